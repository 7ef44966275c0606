"""What an enrollment is about besides its account → the text that tells it from others, and which of them it continues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.model.value import FieldType, Value, from_day

if TYPE_CHECKING:  # the ledger starts without playbooks
    from cs_playbook.model.playbook import PerValue, Trigger

SAME_WITHIN = 45  # days: a date as near as that to one that is over is the same one, corrected
_SLASH = (("~", "~0"), ("/", "~1"))  # in this order; backwards on the way back


class Once(Struct, frozen=True):
    """Something there was for an account: the `row` it is known by from its first day, what it was `about` in the end."""

    row: str
    about: str
    is_open: bool = False


def about_text(values: Sequence[PerValue], facts: Mapping[str, Value], row: str | None) -> str | None:
    """`2026-09-30`, `p1`, or both: `p1/2026-09-30`. `row`: the key of the table's row, where there is one.

    None where a value is empty: there is nothing to be about.
    """
    told = [_told(facts.get(item.fact), item.type) for item in values]
    if any(text is None for text in told):
        return None
    parts = [part for part in (row, *told) if part is not None]
    return _joined(parts) if parts else None


def table_row(trigger: Trigger, row: str | None) -> str | None:
    """The key of the table's row in the text that names an enrollment; None where it is about no table."""
    if row is None or trigger.one_per is None:
        return None
    return _parts(row, trigger)[0]


def about_words(trigger: Trigger, row: str, about: str | None) -> str:
    """For people: `2026-09-30`, or `p1, 2026-09-30`; once it was corrected, as it stands since."""
    return ", ".join(_parts(about or row, trigger))


def continues(trigger: Trigger, now: str, before: Iterable[Once]) -> str:
    """The name under which `now` is known: of the one that runs, whatever its values were; else of the one that is over
    and as good as the same; else its own.
    """
    parts = _parts(now, trigger)
    mine = [once for once in before if _same_row(trigger, parts, once)]
    running = next((once.row for once in reversed(mine) if once.is_open), None)
    if running is not None:
        return running
    near = [
        (distance, -place, once.row)
        for place, once in enumerate(mine)
        for text in (once.row, once.about)
        if (distance := _distance(trigger, parts, text)) is not None
    ]
    return min(near)[2] if near else now


def _told(value: Value, kind: FieldType) -> str | None:
    if value is None or value == "":
        return None
    if kind.reads_as is FieldType.DATE:
        assert isinstance(value, int)
        return from_day(value).isoformat()
    if kind is FieldType.BOOLEAN:
        return "yes" if value else "no"
    return str(value)


def _joined(parts: Sequence[str]) -> str:
    """A part alone stands as it is; of several the slashes inside are written otherwise, so that no two sound alike."""
    return parts[0] if len(parts) == 1 else "/".join(_escaped(part) for part in parts)


def _escaped(part: str) -> str:
    for letter, written in _SLASH:
        part = part.replace(letter, written)
    return part


def _parts(text: str, trigger: Trigger) -> tuple[str, ...]:
    """The table's key first, if there is a table."""
    if len(trigger.per_value) + (trigger.one_per is not None) < 2:
        return (text,)
    return tuple(_read(part) for part in text.split("/"))


def _read(part: str) -> str:
    for letter, written in reversed(_SLASH):
        part = part.replace(written, letter)
    return part


def _same_row(trigger: Trigger, parts: tuple[str, ...], once: Once) -> bool:
    """Whether it is about the same row of the table; an older text may have been about something else altogether."""
    known = _parts(once.row, trigger)
    return len(known) == len(parts) and (trigger.one_per is None or known[0] == parts[0])


def _distance(trigger: Trigger, parts: tuple[str, ...], before: str) -> int | None:
    """In days, between what both are about; None where they are not the same."""
    known = _parts(before, trigger)
    if len(known) != len(parts):
        return None
    count = len(trigger.per_value)
    pairs = zip(trigger.per_value, known[-count:], parts[-count:], strict=True)
    apart = [_apart(item.type, then, now) for item, then, now in pairs]
    return None if None in apart else sum(days for days in apart if days is not None)


def _apart(kind: FieldType, then: str, now: str) -> int | None:
    if then == now:
        return 0
    if kind.reads_as is not FieldType.DATE:
        return None
    try:
        days = abs((date.fromisoformat(then) - date.fromisoformat(now)).days)
    except ValueError:  # the fact was no date when that one began
        return None
    return days if days <= SAME_WITHIN else None
