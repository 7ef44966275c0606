"""A run that was, or would be, taken back → text: what is recalled, what stays and why; or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Protocol

from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import Ended, Notified, TaskEscalated
from cs_playbook.plan.recall import Part, Stays
from cs_playbook.report.pieces import wrap
from cs_playbook.report.words import clean, count, day_with_year

_NAMED = 12  # of those that stay


class Told(Protocol):
    """What the screen asks of commands/undo.py: Undone."""

    @property
    def run(self) -> Any: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...
    @property
    def back(self) -> tuple[Part, ...]: ...
    @property
    def left(self) -> tuple[Part, ...]: ...
    @property
    def traits(self) -> int: ...
    @property
    def answers(self) -> int: ...
    @property
    def asked(self) -> int: ...
    @property
    def later(self) -> int: ...
    @property
    def already(self) -> Any: ...
    @property
    def lists(self) -> str: ...
    @property
    def no_lists(self) -> str: ...
    @property
    def aside(self) -> str: ...


def undone_text(told: Told, width: int = 100) -> str:
    return "\n".join([*_head(told, "is taken back"), *_body(told, width), *_done(told, width)]) + "\n"


def would_be_text(told: Told, because: str, width: int = 100) -> str:
    """`because`: the reason as it was typed, for the command that does it."""
    said = clean(because) or "…"
    done = [] if told.already or (told.parts and not told.back) else [
        "", f'Nothing was changed.   cs-playbook run --undo {told.run.number} --because "{said}"   does this.'
    ]  # fmt: skip
    return "\n".join([*_head(told, "would be taken back"), *_body(told, width), *done]) + "\n"


def _head(told: Told, verb: str) -> Iterator[str]:
    run = f"Run {told.run.number} (plan of {day_with_year(told.run.record.day)})"
    if told.already is not None:
        yield f"{run} was taken back on {day_with_year(told.already.on)} by {clean(told.already.by)}: {clean(told.already.because)}"
        yield "  there is nothing more to take back: cs-playbook run starts the day anew"
        return
    back, left = len(told.back), len(told.left)
    if told.parts and not back:
        yield f"{run} cannot be taken back: {'all' if left > 1 else 'the'} {count(left, 'enrollment')} of it stay as they are"
        return
    stays = f"; {left} {'stays' if left == 1 else 'stay'}: {_kinds(told.left)}" if left else ""
    yield f"{run} {verb}: {back} of {count(len(told.parts), 'enrollment')} recalled{stays}"


def _kinds(left: Sequence[Part]) -> str:
    kinds = Counter(part.verdict.kind for part in left if isinstance(part.verdict, Stays))
    return " · ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))


def _body(told: Told, width: int) -> Iterator[str]:
    if told.already is not None:
        return
    for words in _counts(told):
        yield f"  {words}"
    if told.left:
        yield ""
        yield "What stays"
        for part in told.left[:_NAMED]:
            yield from (f"  {words}" for words in wrap(f"{_who(part)}: {clean(_why(part))}", width - 2))
        if len(told.left) > _NAMED:
            yield f"  and {len(told.left) - _NAMED} more: -o json names them all"
    if told.later:
        yield ""
        words = (
            f"! {count(told.later, 'run')} came after it: what it had observed stays, and so does its day."
        )
        yield "\n".join(wrap(words, width))


def _counts(told: Told) -> Iterator[str]:
    began = [part for part in told.back if part.began]
    events = [event for part in told.back for event in part.events]
    lines = [part.now.tasks[key] for part in told.back for key in part.opened if key in part.now.tasks]
    drafts = sum(task.kind == "email" for task in lines)
    held_out = sum(part.now.arm is not Arm.TREATED for part in began)
    watched = f" ({held_out} of them watched only)" if held_out else ""
    numbers = [
        (len(began), f"{count(len(began), 'enrollment')} had begun{watched}: as if never"),
        (len(told.back) - len(began), f"{count(len(told.back) - len(began), 'enrollment')} went on: back where they were"),
        (len(lines) - drafts, f"{count(len(lines) - drafts, 'task')} taken off the lists"),
        (drafts, f"{count(drafts, 'mail')} that nobody has received"),
        (sum(isinstance(event, Ended) for event in events), f"{count(sum(isinstance(event, Ended) for event in events), 'end')} taken back"),
        (told.traits, f"{count(told.traits, 'trait')} as they were before"),
        (told.asked, f"{count(told.asked, 'start')} asked for by people and refused: asked anew by the next run"),
    ]  # fmt: skip
    yield from (words for number, words in numbers if number)
    if told.answers:
        yield f"{count(told.answers, 'answer')} of people that it took: they stay"
    said = sum(isinstance(event, Notified | TaskEscalated) for event in events)
    if said:
        yield f"{count(said, 'note and escalation', 'notes and escalations')}: off the lists; who has read one knows it"


def _who(part: Part) -> str:
    row = "" if part.now.row is None else f" ({clean(part.now.row)})"
    return f"{clean(part.now.account)}{row} · {part.now.playbook}"


def _why(part: Part) -> str:
    return part.verdict.why if isinstance(part.verdict, Stays) else ""


def _done(told: Told, width: int) -> Iterator[str]:
    if told.already is not None or (told.parts and not told.back):
        return
    yield ""
    if told.lists:
        yield "\n".join(
            wrap(f"The lists are written anew in {told.lists}; the old files are in {told.aside}", width)
        )
    else:
        why = f"! The lists cannot be written anew now: {clean(told.no_lists)}"
        yield "\n".join(wrap(f"{why}; the next run does it. The old files are in {told.aside}", width))
    yield "  cs-playbook dry-run   shows what a run would do now"


def undone_json(told: Told) -> str:
    content = {
        "format_version": 1,
        "run": told.run.number,
        "day": told.run.record.day.isoformat(),
        "changed": bool(told.aside),
        "taken_back_before": _before(told.already),
        "recalled": [_entry(part) for part in told.back],
        "stay": [{**_entry(part), "kind": _kind(part), "why": _why(part)} for part in told.left],
        "traits": told.traits,
        "answers_kept": told.answers,
        "starts_asked_anew": told.asked,
        "later_runs": told.later,
        "lists": told.lists,
        "aside": told.aside,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _kind(part: Part) -> str:
    return part.verdict.kind if isinstance(part.verdict, Stays) else ""


def _entry(part: Part) -> dict[str, object]:
    return {
        "enrollment": part.now.key, "account": part.now.account, "row": part.now.row, "playbook": part.now.playbook,
        "began": part.began, "lines": sorted(part.opened),
    }  # fmt: skip


def _before(already: Any) -> dict[str, object] | None:
    if already is None:
        return None
    on: date = already.on
    return {"by": already.by, "on": on.isoformat(), "because": already.because}
