"""What explain has found → JSON for other programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from cs_playbook.model.enrollment import Enrollment
from cs_playbook.plan.decision import HeldBy
from cs_playbook.report.health import score_json
from cs_playbook.report.plan_json import FORMAT_VERSION, limit_json, plain, seen_json, written
from cs_playbook.report.trait_lines import trait_json
from cs_playbook.study.behind import Part, words_of
from cs_playbook.study.explained import (
    EnrollmentExplained,
    Explained,
    NearAccount,
    NearExplained,
    PlaybookExplained,
    RuleExplained,
    StepExplained,
    WayOut,
)

_ANSWERS = {True: "yes", False: "no", None: "unknown"}


def as_json(found: Explained) -> str:
    """One object. Answers are yes, no, unknown; dates as 2026-03-31; empty values null."""
    return written({
        "format_version": FORMAT_VERSION,
        "day": found.day.isoformat(),
        "account": found.account,
        "name": found.name,
        "present": found.present,
        "not_active_because": part_json(found.active) if found.active else None,
        "past": found.is_past,
        "traits": [trait_json(item) for item in found.traits],
        "scorecards": [score_json(item) for item in found.scores],
        "playbooks": [_playbook(item) for item in found.playbooks],
    })  # fmt: skip


def near_json(found: NearExplained) -> str:
    """One object: by condition how many accounts it alone keeps out, and the nearest of them."""
    return written({
        "format_version": FORMAT_VERSION,
        "day": found.day.isoformat(),
        "playbook": found.playbook,
        "seen": found.seen,
        "one_condition_short": found.short,
        "unknown": found.unknown,
        "conditions": [
            {"condition": item.text, "accounts": item.count, "nearest": [_near(account) for account in item.nearest]}
            for item in found.conditions
        ],
    })  # fmt: skip


def part_json(part: Part) -> dict[str, Any]:
    """A condition where it is written, its answer, its values, its limit, its parts."""
    condition = part.evidence.condition
    span = condition.span
    content: dict[str, Any] = {
        "answer": _ANSWERS[part.evidence.answer],
        "condition": words_of(condition),
        "file": span.file,
        "line": span.line,
        "values": [seen_json(seen) for seen in part.seen],
    }
    if part.limit is not None:
        content["limit"] = limit_json(part.limit)
    if part.evidence.lasting is not None:
        held, asked = part.evidence.lasting
        content["held_days"], content["asked_days"] = held, asked
    if part.inside:
        content["parts"] = [part_json(item) for item in part.inside]
    return content


def _playbook(found: PlaybookExplained) -> dict[str, Any]:
    return {
        "playbook": found.name,
        "status": found.playbook.status.value if found.playbook else None,
        "rows": found.rows,
        "rules": [_rule(rule) for rule in found.rules],
        "open": [_enrollment(item) for item in found.enrollments],
    }


def _rule(rule: RuleExplained) -> dict[str, Any]:
    return {
        "row": rule.row,
        "standing": rule.standing.value,
        "why": rule.why,
        "since": plain(rule.since),
        "until": plain(rule.until),
        "conditions": [part_json(part) for part in rule.parts],
        "fitted": plain(rule.fitted),
        "episodes": plain(rule.episodes),
    }


def _enrollment(found: EnrollmentExplained) -> dict[str, Any]:
    enrollment = found.enrollment
    return {
        "enrollment": enrollment.key,
        "arm": enrollment.arm.value,
        "row": enrollment.row,
        "about": enrollment.about or enrollment.row,
        "started_on": enrollment.started_on.isoformat(),
        "day_zero": enrollment.day_zero.isoformat(),
        "watch_until": plain(enrollment.watch_until),
        "by": enrollment.by,
        "given": plain(dict(enrollment.given)),
        "snoozed": _snoozed(enrollment.asleep_until, enrollment.asleep_because),
        "ending": enrollment.ending,
        "episode": enrollment.episode,
        "held": plain(found.held),
        "differs": list(found.differs),
        "steps": [_step(step, enrollment) for step in found.steps],
        "ends_as": [_way_out(way) for way in found.ways_out],
    }


def _snoozed(until: date | None, because: str) -> dict[str, Any] | None:
    return None if until is None else {"until": until.isoformat(), "because": because}


def _repeats(step: StepExplained, enrollment: Enrollment) -> dict[str, Any] | None:
    """`next_on` None: one is open, or nobody knows yet."""
    so_far = enrollment.repeats.get(step.step)
    if so_far is None:
        return None
    waits = step.held is not None and step.held.by is HeldBy.NOT_BEFORE
    next_on = step.held.until if step.held is not None and waits else None
    times = {"begun": so_far.begun, "finished": so_far.finished, "planned": plain(so_far.planned)}
    return {"rhythm": so_far.rhythm, **times, "next_on": plain(next_on)}


def _step(step: StepExplained, enrollment: Enrollment) -> dict[str, Any]:
    return {
        "step": step.step,
        "kind": step.kind,
        "title": step.title,
        "progress": plain(step.progress),
        "tasks": plain(step.tasks),
        "repeats": _repeats(step, enrollment),
        "after": {"any": step.any_of, "steps": plain(step.awaited)},
        "until": part_json(step.until) if step.until else None,
        "held": plain(step.held),
        "next_run": step.next,
    }


def _way_out(way: WayOut) -> dict[str, Any]:
    return {"outcome": way.outcome, "goal": way.is_goal, "last": plain(way.last), "when": part_json(way.part)}


def _near(account: NearAccount) -> dict[str, Any]:
    return {
        "account": account.account,
        "name": account.name,
        "is_in": account.is_in,
        "condition": part_json(account.part),
    }
