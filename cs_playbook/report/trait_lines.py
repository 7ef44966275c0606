"""What was said of an account → lines of explain, and JSON: what counts, what has expired and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cs_playbook.model.trait import NowSaid
from cs_playbook.model.value import FieldType
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table
from cs_playbook.report.traits import shown, standing_words
from cs_playbook.report.values import date_words
from cs_playbook.report.words import clean, count
from cs_playbook.study.explained import Explained

MOST_EXCEPTIONS = 5
_COLUMNS = (Column(), Column(16), Column(40))  # trait, value, since when and by whom


def trait_lines(found: Explained, width: int) -> Iterator[Line]:
    """Nothing where nothing was ever said."""
    if not found.traits:
        return
    yield BLANK
    yield line(("soft", "  Said of it"))
    yield from table([_row(item) for item in found.traits], _COLUMNS, width)


def _row(item: NowSaid) -> list[Cell]:
    trait, said = item.trait, item.said
    value = clean(shown(said.value, trait.type))
    if item.expired and item.expires_on is not None and said.until is not None:
        why = f"{value} by hand ended on {date_words(item.expires_on)} ({standing_words(said)})"
        return [Cell(trait.name), Cell("by rule", "soft"), Cell(why, "soft")]
    if item.expired and item.expires_on is not None:
        empty = "no" if trait.type is FieldType.BOOLEAN else "empty"
        why = f"{value} expired on {date_words(item.expires_on)} ({standing_words(said)})"
        return [Cell(trait.name), Cell(empty, "warn"), Cell(why, "warn")]
    end = "until" if said.until else "expires on"
    until = f", {end} {date_words(item.expires_on)}" if item.expires_on else ""
    because = f": {clean(said.because)}" if said.because else ""
    return [Cell(trait.name), Cell(value), Cell(f"{standing_words(said)}{until}{because}", "soft")]


def exception_lines(found: Sequence[NowSaid], width: int) -> Iterator[Line]:
    """Who stands where a person has put it, whatever the rules say."""
    if not found:
        return
    yield BLANK
    yield line(("soft", f"  {count(len(found), 'segment is', 'segments are')} set by hand"))
    shown = found[:MOST_EXCEPTIONS]
    yield from table([_exception(item) for item in shown], (Column(), Column(16), Column(24)), width, "    ")
    if len(found) > len(shown):
        yield line(("soft", f"    … and {len(found) - len(shown)} more, cs-playbook segments lists them"))


def _exception(item: NowSaid) -> list[Cell]:
    value = f"{item.trait.name} {clean(shown(item.said.value, item.trait.type))}"
    until = f" until {date_words(item.expires_on)}" if item.expires_on else ""
    return [Cell(clean(item.said.account)), Cell(value + until), Cell(clean(item.said.because), "soft")]


def trait_json(item: NowSaid) -> dict[str, Any]:
    said = item.said
    value = bool(said.value) if item.trait.type is FieldType.BOOLEAN else said.value
    end = item.expires_on.isoformat() if item.expires_on else None
    return {
        "trait": item.trait.name,
        "value": None if item.expired else value,
        "said": value,
        "on": said.on.isoformat(),
        "by": said.by,
        "because": said.because,
        "expires_on": end,
        "expired": item.expired,
    }
