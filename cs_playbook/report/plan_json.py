"""The plan of a day → JSON for other programs: the screen's counts and names, or every decision on a line of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import Any

from msgspec import Struct

from cs_playbook.model.expression import FieldType, from_day, to_list
from cs_playbook.plan.decision import Change, Decision, Held, Late, SubjectPlan
from cs_playbook.report.in_flight import changed_json
from cs_playbook.report.not_exported import as_record
from cs_playbook.report.plan_words import without_texts
from cs_playbook.report.trait_lines import trait_json
from cs_playbook.study.behind import Limit, Reason, Seen
from cs_playbook.study.plan_line import LineKind, PlanLine
from cs_playbook.study.planned import DryRun, OwnerMinutes, PlaybookSummary, RuleNumbers
from cs_playbook.values import names_of

FORMAT_VERSION = 1
_DATES = (FieldType.DATE, FieldType.HAPPENED)


def as_json(found: DryRun, names: bool = True) -> str:
    """One object. Dates as 2026-03-31, shares from 0 to 1, empty values null. Without `names`: keys only."""
    summary = found.summary
    return written({
        "format_version": FORMAT_VERSION,
        "day": found.day.isoformat(),
        "snapshot": {"built_at": found.built_at, "accounts": found.accounts, "active": found.seen, "hours_old": found.hours_old},
        "files": found.files,
        "plan": found.plan,
        "stops": [
            {"rule": stop.rule, "sentence": stop.sentence, "largest": list(stop.largest)} for stop in found.stops
        ],
        "undecided": dict(found.undecided),
        "counts": {
            "start": summary.started, "shadow": summary.shadowed, "advance": summary.moves, "work": summary.work,
            "late": summary.late, "told": summary.told, "end": summary.ended, "shadows_ended": summary.shadows_ended,
            "traits": summary.traits, "traits_overruled": summary.overruled, "notes": summary.notes,
            "goals_met_later": summary.goals, "refused": summary.refused, "not_before": summary.later,
            "held": {by.value: number for by, number in summary.held.items()},
        },
        "arr_of_starts": summary.arr,
        "by_hand": [trait_json(item) | {"account": item.said.account} for item in found.by_hand],
        "not_exported": [as_record(one) for one in found.not_exported],
        "answers": {"count": found.answers, "findings": [_finding(item) for item in found.findings]},
        "changed_texts": [changed_json(item, names) for item in found.changed],
        "playbooks": [_playbook(item, names) for item in summary.playbooks],
        "minutes": [_minutes(item, names) for item in summary.minutes],
    })  # fmt: skip


def as_jsonl(plans: Iterable[SubjectPlan]) -> Iterator[str]:
    """Every decision of the plan in its order, keys only: {format_version, account, row, decision, …}."""
    for plan in plans:
        for decision in plan.decisions:
            subject = {
                "format_version": FORMAT_VERSION,
                "account": plan.subject.account,
                "row": plan.subject.row,
            }
            yield json.dumps({**subject, **_decision(decision)}, ensure_ascii=False) + "\n"


def written(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def reason_json(reason: Reason, names: bool) -> dict[str, Any]:
    shown = reason if names else without_texts(reason)
    return {"text": shown.text, "values": [seen_json(seen) for seen in shown.seen]}


def seen_json(seen: Seen) -> dict[str, Any]:
    """A value by its name, with its unit and what it was reckoned from where there is such."""
    content: dict[str, Any] = {"name": seen.name, "value": plain_value(seen.value, seen.type)}
    if seen.unit:
        content["unit"] = seen.unit
    if seen.inside:
        content["from"] = [seen_json(part) for part in seen.inside]
    return content


def limit_json(limit: Limit) -> dict[str, Any]:
    value = plain_value(limit.value, limit.type)
    return {"at": limit.side, "value": value, "unit": limit.unit, "gap": limit.gap}


def plain_value(value: Any, kind: FieldType | None) -> Any:
    if value is None:
        return None
    if kind in _DATES and isinstance(value, int):
        return from_day(value).isoformat()
    if kind is FieldType.BOOLEAN:
        return bool(value)
    return list(to_list(value)) if kind is FieldType.LIST else value


def _playbook(found: PlaybookSummary, names: bool) -> dict[str, Any]:
    return {
        "playbook": found.name,
        "status": found.playbook.status.value if found.playbook else None,
        "counts": {kind.value: number for kind, number in found.counts.items()},
        "rule": _rule(found.numbers) if found.numbers else None,
        "first": {
            kind.value: [_line(kind, item, names) for item in lines] for kind, lines in found.lines.items()
        },
    }


def _rule(numbers: RuleNumbers) -> dict[str, Any]:
    return {
        "fitting": numbers.fitting,
        "new": numbers.new,
        "already": numbers.already,
        "not_long_enough": numbers.patient,
        "one_condition_short": numbers.near,
        "unknown": [
            {"what": item.what, "accounts": item.accounts, "not_exported": item.untold}
            for item in numbers.unknown
        ],
    }


def _line(kind: LineKind, item: PlanLine, names: bool) -> dict[str, Any]:
    named = {"name": item.name} if names else {}
    reason = reason_json(item.reason, names)
    if kind is LineKind.TELL and not names:
        reason["text"] = item.step  # the sentence of a note may hold what the customer wrote
    subject = {
        "account": item.account,
        **named,
        "row": item.row,
        "about": item.about or None,
        "arr": item.arr,
    }
    held = {"by": item.held_by.value, "until": plain(item.until)} if item.held_by else None
    return {**subject, "reason": reason, "task": _task(item, names) if item.step else None, "held": held}


def _task(item: PlanLine, names: bool) -> dict[str, Any]:
    title = {"title": item.title} if names else {}
    stands_in = {"instead_of": item.instead_of or None, "pool": item.pool or None}
    times = {"due": plain(item.due), "repeats": item.again or None, "snoozed": item.asleep or None}
    return {"step": item.step, **title, "owner": item.owner, **stands_in, **times, "told": list(item.told)}


def _minutes(person: OwnerMinutes, names: bool) -> dict[str, Any]:
    named = {"name": person.name} if names else {}
    asked = {
        "today": person.today,
        "seven_days": person.week,
        "per_week": person.per_week,
        "share": person.share,
    }
    return {"owner": person.owner, **named, **asked}


def _finding(item: Any) -> dict[str, Any]:
    return {"file": item.span.file, "line": item.span.line, "code": item.code, "message": item.message}


def _decision(decision: Decision) -> dict[str, Any]:
    match decision:
        case Change(event=event, note=note):
            return {"decision": type(event).__name__, **plain(event), **({"note": note} if note else {})}
        case Held():
            return {"decision": "Held", **plain(decision)}
        case Late(task=task, playbook=playbook):
            return {"decision": "Late", "playbook": playbook, "task": task.key, "due": task.due.isoformat()}


def plain(value: Any) -> Any:
    """A frozen value of ours as JSON has it."""
    match value:
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case tuple() | list():
            return [plain(item) for item in value]
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case Struct():
            return {name: plain(getattr(value, name)) for name in names_of(value)}
        case _:
            return value
