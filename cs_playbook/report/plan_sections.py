"""What one playbook does today → its heading, its names, and what to know about who does not start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cs_playbook.model.condition import conditions
from cs_playbook.model.playbook import Approve, Playbook, Sentence, Task
from cs_playbook.report.plan_words import MARKS, Named, named_line
from cs_playbook.report.words import clean, count
from cs_playbook.study.plan_line import LineKind
from cs_playbook.study.planned import PlaybookSummary, RuleNumbers

Note = tuple[str, str, str]  # mark, sentence, the command that tells more


@dataclass(frozen=True, slots=True)
class Headed:
    """`more`: by mark, how many are not named."""

    name: str
    says: str
    names: tuple[Named, ...]
    more: dict[str, int]
    notes: tuple[Note, ...]


def headed(found: PlaybookSummary, day: date, names: bool) -> Headed:
    """All that the screen says of one playbook."""
    lines = [(kind, item) for kind in MARKS for item in found.lines.get(kind, ())]
    more = {MARKS[kind][0]: found.counts[kind] - len(found.lines[kind]) for kind in found.counts}
    named = tuple(named_line(kind, item, day, names) for kind, item in lines)
    return Headed(clean(found.name), " · ".join(_says(found)), named, more, tuple(_notes(found)))


def _says(found: PlaybookSummary) -> Iterator[str]:
    playbook, starts = found.playbook, found.counts.get(LineKind.START, 0)
    most = playbook.limits.new_per_day if playbook else None
    if found.is_shadow:
        yield "shadow: nobody is told"
    if starts:
        yield f"{starts} new" + (f" of at most {most} a day" if most is not None else "")
    elif playbook is None:
        yield "no longer in the files"
    elif found.numbers is None:
        yield "started by people only"
    else:
        yield "nothing new"
    if playbook and starts:
        yield from _begins_with(found, playbook)


def _begins_with(found: PlaybookSummary, playbook: Playbook) -> Iterator[str]:
    """The first task, once for all: `first: Find out what changed at …`."""
    steps = {item.step for item in found.lines[LineKind.START] if item.step}
    step = playbook.step(next(iter(steps))) if len(steps) == 1 else None
    match step.verb if step else None:
        case Task(title=sentence) | Approve(question=sentence):
            yield f"first: {_with_gaps(sentence)}"
        case _:
            pass


def _with_gaps(sentence: Sentence) -> str:
    return clean("".join(piece if isinstance(piece, str) else "…" for piece in sentence.pieces))


def _notes(found: PlaybookSummary) -> Iterator[Note]:
    numbers, playbook = found.numbers, found.playbook
    if numbers is None or playbook is None:
        return
    if numbers.patient:
        verb = "fits" if numbers.patient == 1 else "fit"
        yield "~", f"{numbers.patient} {verb}, but not yet for {_patience(playbook)}", ""
    if numbers.already:
        yield (
            ".",
            f"{numbers.already} fitted before it went live and are left alone (already_matching: skip)",
            "",
        )
    for unknown in numbers.unknown:
        yield (
            "?",
            f"{clean(unknown.what)} on {count(unknown.accounts, 'account')}: unknown, nothing starts",
            "",
        )
    yield from _near(numbers, playbook)


def _near(numbers: RuleNumbers, playbook: Playbook) -> Iterator[Note]:
    if numbers.near:
        verb = "is" if numbers.near == 1 else "are"
        text = f"{count(numbers.near, 'account')} {verb} one condition short"
        yield "~", text, f"cs-playbook explain --near {playbook.name}"


def _patience(playbook: Playbook) -> str:
    """How long the longest `for` of the trigger asks."""
    asked = [item for item in (playbook.audience, playbook.trigger.when) if item is not None]
    days = [item.lasting for one in asked for item in conditions(one) if item.lasting]
    return count(max(days, default=1), "day")
