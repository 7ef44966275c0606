"""What becomes of open enrollments when a text changes → words, screens and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cs_playbook.model.event import TextChanged
from cs_playbook.report.pieces import BLANK, Line, line, wrapped
from cs_playbook.report.words import clean, count

if TYPE_CHECKING:  # history and status show moves, and start without the planner
    from cs_playbook.study.replay import Replayed, Trouble

MOST_DIFFERENCES = 6
_HOW = {
    "keep": ("goes on by its own text", "go on by their own text"),
    "move": ("moves to the text of today", "move to the text of today"),
    "restart": ("ends and begins anew", "end and begin anew"),
    "stop": ("ends", "end"),
}
_TROUBLES = {
    "lost": ("loses open work", "lose open work"),
    "repeated": ("is asked again for what was done", "are asked again for what was done"),
    "contradictory": ("does not fit the new text", "do not fit the new text"),
}


def changed_lines(found: Sequence[Replayed], width: int, names: bool) -> Iterator[Line]:
    """The section of dry-run; nothing where every open enrollment goes by today's text."""
    if found:
        yield BLANK
        yield line(("head", "  Because the text changed"))
    for item in found:
        many = int(item.count > 1)
        said = [
            f"{clean(item.playbook)}, text of {item.since.isoformat()}: {item.count} {_HOW[item.how][many]}"
        ]
        said += [f"{number} {_TROUBLES[kind][int(number > 1)]}" for kind, number in item.counts]
        yield from wrapped("warn" if item.counts else "", " · ".join(said), width, "    ")
        if item.differs:
            yield from wrapped("soft", f"today's differs in: {differs_words(item.differs)}", width, "      ")
        for trouble in item.first:
            yield from wrapped(
                "", f"- {_who(trouble, names)}: {trouble.step}, {clean(trouble.why)}", width, "      "
            )


def differs_words(differs: Sequence[str]) -> str:
    """`steps.call.due, exit`, the first few."""
    more = len(differs) - MOST_DIFFERENCES
    return ", ".join(clean(part) for part in differs[:MOST_DIFFERENCES]) + (
        f" and {count(more, 'more place')}" if more > 0 else ""
    )


def _who(trouble: Trouble, names: bool) -> str:
    row = f" ({trouble.row})" if trouble.row else ""
    return clean((trouble.name if names else trouble.account) + row)


def changed_json(item: Replayed, names: bool) -> dict[str, Any]:
    """One text that is not today's: who goes by it, what becomes of them."""
    return {
        "playbook": item.playbook,
        "open_enrollments": item.how,
        "count": item.count,
        "since": item.since.isoformat(),
        "differs": list(item.differs),
        "counts": dict(item.counts),
        "first": [_trouble_json(trouble, names) for trouble in item.first],
    }


def _trouble_json(trouble: Trouble, names: bool) -> dict[str, Any]:
    named = {"name": trouble.name} if names else {}
    subject = {"account": trouble.account, **named, "row": trouble.row}
    return {"kind": trouble.kind, **subject, "step": trouble.step, "why": trouble.why}


def moved_words(event: TextChanged) -> str:
    """`goes by a new text; call_exec is now call; cancelled, no longer there: ask`."""
    return "; ".join(["goes by a new text", *_parts(event)])


def _parts(event: TextChanged) -> Iterator[str]:
    for old, now in sorted(event.renamed.items()):
        yield f"{old} is now {now}" if "~" not in now else f"another step is called {old} now"
    for what, steps in (
        ("cancelled, no longer there", event.gone),
        ("open again", event.back),
        ("asked again", event.anew),
        ("passed over, what comes after has begun", event.passed),
        ("repeats no more", event.once),
        ("repeats from now on", event.often),
    ):
        if steps:
            yield f"{what}: {', '.join(steps)}"
    if event.asks:
        yield f"{count(len(event.asks), 'letter')} that nobody got, asked again"
