"""What one playbook does today → its heading, its names, and what to know about who does not start."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from cs_playbook.model.condition import conditions
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Approve, Sentence, Task
from cs_playbook.report.pieces import Cell, wide
from cs_playbook.report.plan_words import Named, Voice
from cs_playbook.report.words import clean, count
from cs_playbook.study.plan_line import LineKind
from cs_playbook.study.planned import PlaybookSummary, RuleNumbers, Unknown
from cs_playbook.values import replace

Note = tuple[str, str, str]  # mark, sentence, the command that tells more
ORDER = (
    LineKind.START,
    LineKind.MOVE,
    LineKind.END,
    LineKind.REFUSED,
    LineKind.SET,
    LineKind.TELL,
    LineKind.LATE,
    LineKind.HELD,
)
MOST_LATE = 3  # `tasks` lists them all; here they would drown what is new


class Headed(Struct, frozen=True):
    """`more`: of each kind, how many are not named. `first`: the task with which all that start begin, its blanks open.

    `because`: the reason of all that start, said once.
    """

    name: str
    says: str
    names: tuple[Named, ...]
    more: dict[LineKind, int]
    notes: tuple[Note, ...]
    first: str = ""
    because: str = ""


def headed(found: PlaybookSummary, voice: Voice) -> Headed:
    """All that the screen says of one playbook."""
    shown = {
        kind: lines[:MOST_LATE] if kind is LineKind.LATE else lines for kind, lines in found.lines.items()
    }
    named = tuple(voice.named_line(kind, item) for kind in ORDER for item in shown.get(kind, ()))
    more = {kind: found.counts[kind] - len(lines) for kind, lines in shown.items()}
    says = " · ".join(_says(found))
    return Headed(clean(found.name), says, named, more, tuple(_notes(found)), _first(found))


def with_the_reason_once(section: Headed, room: int) -> Headed:
    """Where the reason of all that start is the same and too long for its column, the lines keep the values."""
    starts = [item for item in section.names if item.kind is LineKind.START]
    reasons = {item.why.text for item in starts}
    if len(reasons) != 1 or all(wide(item.why.whole) <= room for item in starts):
        return section
    names = tuple(
        replace(item, why=Cell(item.why.tail.strip("()"))) if item in starts else item
        for item in section.names
    )
    return replace(section, names=names, because=reasons.pop())


def _says(found: PlaybookSummary) -> Iterator[str]:
    playbook, starts = found.playbook, found.counts.get(LineKind.START, 0)
    most = playbook.limits.new_per_day if playbook else None
    if found.is_shadow:
        yield "shadow: nobody is told"
    if starts or found.held_out:
        begun = f"{starts} new and {found.held_out} held out" if found.held_out else f"{starts} new"
        yield begun + (f" of at most {most} a day" if most is not None else "")
    elif playbook is None:
        yield "no longer in the files"
    elif found.numbers is None:
        yield "started by people only"
    else:
        yield "nothing new"
    if not starts and playbook is not None and found.numbers is not None and found.numbers.coming is not None:
        yield f"every {playbook.trigger.every}, next on {found.numbers.coming.isoformat()}"
    words = (
        (LineKind.MOVE, "goes on", "go on"),
        (LineKind.END, "ends", "end"),
        (LineKind.LATE, "late", "late"),
    )
    yield from (count(found.counts[kind], one, more) for kind, one, more in words if found.counts.get(kind))


def _first(found: PlaybookSummary) -> str:
    steps = {item.step for item in found.lines.get(LineKind.START, ()) if item.step}
    step = found.playbook.step(steps.pop()) if found.playbook and len(steps) == 1 else None
    match step.verb if step else None:
        case Task(title=sentence) | Approve(question=sentence):
            return _with_gaps(sentence)
        case _:
            return ""


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
        yield "?", _unknown(unknown), ""
    yield from _near(numbers, playbook)


def _unknown(found: Unknown) -> str:
    number = count(found.accounts, "account")
    if found.untold:
        return f"{clean(found.what)}: unknown for {number}, nothing starts"
    return f"{clean(found.what)} on {number}: unknown, nothing starts"


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
