"""What `send` did, or would do → a few lines, or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from cs_playbook.report.pieces import wrap
from cs_playbook.report.words import clean, count, day_with_year

SHOWN = 10  # mails of a kind; more are counted
# In the order in which people should look at them.
_SAID = {
    "uncertain": "uncertain: nobody knows whether it arrived", "dead": "refused for good", "pending": "not taken yet, the next send tries again",
    "expired": "expired: it came too late", "suppressed": "not sent: nobody writes to them any more",
}  # fmt: skip


class One(Protocol):
    """What is asked of commands/send.py: Told."""

    @property
    def enrollment(self) -> Any: ...
    @property
    def task(self) -> Any: ...
    @property
    def state(self) -> Any: ...
    @property
    def why(self) -> str: ...
    @property
    def until(self) -> date | None: ...
    @property
    def without(self) -> Sequence[Any]: ...


class Result(Protocol):
    """What is asked of commands/send.py: SendResult."""

    @property
    def day(self) -> date: ...
    @property
    def through(self) -> str: ...
    @property
    def moved(self) -> Sequence[One]: ...
    @property
    def waiting(self) -> Sequence[One]: ...
    @property
    def cut(self) -> Sequence[One]: ...
    @property
    def uncertain(self) -> int: ...
    @property
    def stopped(self) -> Any: ...


def as_text(result: Result, width: int, posts: Sequence[str] = ()) -> str:
    """Counts first, then what needs a hand with its reason, and the way on. `posts`: lines about notes and digests."""
    sent = sum(told.state == "sent" for told in result.moved)
    lines = [f"{day_with_year(result.day)}: {_counts(result, sent, 'sent')}{_through(result, sent)}"]
    return "\n".join([*lines, *_kinds(result, width), *_way_on(result), *posts]) + "\n"


def rehearsed_text(result: Result, width: int, posts: Sequence[str] = ()) -> str:
    sent = [told for told in result.moved if told.state == "sent"]
    lines = [f"{day_with_year(result.day)}: {_counts(result, len(sent), 'would leave')}"]
    lines += [f"  {line}" for told in sent[:SHOWN] for line in wrap(_where(told), width - 2)]
    lines += [f"  … and {len(sent) - SHOWN} more"] if len(sent) > SHOWN else []
    way_on = ["", "Nothing was changed. cs-playbook send does this."]
    return "\n".join([*lines, *_kinds(result, width), *posts, *way_on]) + "\n"


def _through(result: Result, sent: int) -> str:
    return f", through {clean(result.through)}" if sent else ""


def _counts(result: Result, sent: int, word: str) -> str:
    states = Counter(str(told.state) for told in result.moved)
    parts = [f"{sent} {word}"] if sent else []
    parts += [
        f"{states[state]} {state if state != 'pending' else 'not taken yet'}"
        for state in _SAID
        if states[state]
    ]
    parts += [f"{len(result.waiting)} held"] if result.waiting else []
    return ", ".join(parts) or ("no mail was sent" if result.stopped is not None else "no mail to send")


def _kinds(result: Result, width: int) -> Iterable[str]:
    for state, words in _SAID.items():
        found = [told for told in result.moved if told.state == state]
        yield from _list(found if state != "uncertain" else [*result.cut, *found], words, width)
    yield from _list(result.waiting, "held", width)
    short = [told for told in result.moved if told.without]
    yield from _listed(
        [(told, "; ".join(map(str, told.without))) for told in short], "copies left out", width
    )


def _list(found: Sequence[One], title: str, width: int) -> list[str]:
    return _listed([(told, f"{told.why}{_until(told)}") for told in found], title, width)


def _until(told: One) -> str:
    return f", until {told.until.isoformat()}" if told.until else ""


def _listed(found: Sequence[tuple[One, str]], title: str, width: int) -> list[str]:
    if not found:
        return []
    lines = ["", f"  {title}"]
    for told, why in found[:SHOWN]:
        first, *more = wrap(f"{_where(told)}: {clean(why)}", width - 6)
        lines += [f"    {first}", *(f"      {line}" for line in more)]
    return [*lines, *([f"    … and {len(found) - SHOWN} more"] if len(found) > SHOWN else [])]


def _where(told: One) -> str:
    enrollment, task = told.enrollment, told.task
    contact = f" to {clean(task.contact)}" if task.contact else ""
    return f"{task.key[:8]}  {clean(enrollment.account)} · {enrollment.playbook} › {task.step}{contact}"


def _way_on(result: Result) -> list[str]:
    lines = []
    if result.stopped is not None:
        lines += ["", f"! stopped: {clean(result.stopped.sentence)}", f"  {clean(result.stopped.hint)}"]
    if result.uncertain:
        doubted = count(result.uncertain, "mail is", "mails are")
        lines += ["", f"! {doubted} uncertain: look whether it arrived, then"]
        lines += ['  cs-playbook send --resolve KEY sent|again|dead --because "…"']
    return lines


def resolved_text(told: One) -> str:
    follows = {
        "sent": "counts as sent; what follows opens with the next run",
        "pending": "waits in the outbox; the next send sends it again",
        "dead": "is dead: nobody gets it, and its step ends undeliverable",
    }
    return f"{_where(told)} {follows[str(told.state)]}\n"


def as_json(result: Result, posts: Mapping[str, Any]) -> str:
    """{format_version, day, through, mails: [{key, account, playbook, step, contact, state, why, until}], uncertain, stopped,
    notes, digests: [{key, to, account, state, why}]}.

    `state` is what it is now; what is held is `pending` with a reason.
    """
    told = [*result.cut, *result.moved, *result.waiting]
    content = {
        "format_version": 1, "day": result.day.isoformat(), "through": result.through,
        "mails": [_json(one) for one in told], "uncertain": result.uncertain,
        "stopped": result.stopped.sentence if result.stopped is not None else None, **posts,
    }  # fmt: skip
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _json(told: One) -> dict[str, Any]:
    enrollment, task = told.enrollment, told.task
    return {
        "key": task.key, "account": enrollment.account, "row": enrollment.row, "playbook": enrollment.playbook, "step": task.step,
        "contact": task.contact, "state": str(told.state), "why": told.why, "until": told.until.isoformat() if told.until else None,
        "copies_left_out": [str(one) for one in told.without],
    }  # fmt: skip
