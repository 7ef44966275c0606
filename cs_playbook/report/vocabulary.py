"""The words of a workspace → a screen, Markdown and JSON: type, how often filled, frequent values, where used."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from cs_playbook.model.personal import NEVER_SHOWN
from cs_playbook.model.value import FieldType, from_day
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.values import TIE, value_words
from cs_playbook.report.words import clean, count, day_with_year, markdown
from cs_playbook.source.finding import NOWHERE
from cs_playbook.study.vocabulary import FACTS, Seen, Use, Word, WordKind

FORMAT_VERSION = 1
SMALL = 5  # below, a count might point at one customer: shown only where names are

_TITLES = {
    WordKind.FIELD: "Fields of an account",
    WordKind.SIGNAL: "Signals",
    WordKind.TRAIT: "Traits",
    WordKind.SEGMENTATION: "Segmentations",
    WordKind.SCORECARD: "Scorecards",
    WordKind.PLAN: "Success plans",
    WordKind.TABLE: "Tables and their fields: has(contacts, …), number_of(tickets, …), newest(invoices.amount)",
    WordKind.RESOURCE: "Lists kept by hand, beside every account, and their fields: rows('webinars', …), row.title",
    WordKind.ROLE: "Roles: owner, to, from, cc, tell",
    WordKind.FUNCTION: "Functions",
}
_COLUMNS = (Column(18), Column(None), Column(None, right=True), Column(24), Column(None, right=True))
_SHOWN_USES = 12
_NOT_EXPORTED = ("not exported", "asks for what is not exported")


# --- the screen ---


def as_lines(
    words: Sequence[Word], day: date | None, accounts: int, trouble: str, width: int, names: bool
) -> Iterator[Line]:
    """All words. `names`: small counts are shown too."""
    yield from wrapped("head", _head(words, day, accounts), width)
    if trouble:
        yield from wrapped("warn", clean(trouble), width)
    for kind, title in _TITLES.items():
        mine = [word for word in words if _section(word.kind) is kind]
        if mine:
            yield BLANK
            yield line(("strong", title))
            yield from table([_row(word, names) for word in mine], _COLUMNS, width)
    yield BLANK
    yield from wrapped("soft", f"{NEVER_SHOWN[0].upper()}{NEVER_SHOWN[1:]}.", width)
    yield line(("soft", "cs-playbook vocabulary WORD   tells one of them whole"))


def _section(kind: WordKind) -> WordKind:
    """A table stands with its fields."""
    return {WordKind.COLUMN: WordKind.TABLE, WordKind.ITEM: WordKind.RESOURCE}.get(kind, kind)


def _head(words: Sequence[Word], day: date | None, accounts: int) -> str:
    facts = sum(word.kind in FACTS for word in words)
    of = (
        f"as in the snapshot of {day_with_year(day)}, {count(accounts, 'account')}"
        if day
        else "no snapshot is counted"
    )
    return f"{count(facts, 'fact')}, {count(len(words), 'word')} in all · {of}"


def _row(word: Word, names: bool) -> list[Cell]:
    used = f"used{TIE}{len(word.uses)}×" if word.uses else "not used" if word.kind in FACTS else ""
    about = "" if word.told else _NOT_EXPORTED[word.kind is WordKind.SIGNAL]
    about = about or _holds(word, names) or clean(_first_sentence(word.says) or word.form)
    return [
        Cell(f"  {clean(word.name)}"),
        Cell(_type(word), "soft"),
        Cell(_filled(word)),
        Cell(about),
        Cell(used, "soft"),
    ]


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".")


def _type(word: Word) -> str:
    match word.kind:
        case WordKind.FUNCTION | WordKind.TABLE | WordKind.RESOURCE:
            return ""
        case _:
            return f"{word.type}, {clean(word.unit)}" if word.unit else word.type


def _filled(word: Word) -> str:
    if not word.told:
        return "unknown"
    if word.seen is None or word.kind is WordKind.TABLE:
        return f"{word.seen.cells}{TIE}rows" if word.seen else ""
    if word.kind is WordKind.RESOURCE:
        return f"{word.seen.cells}{TIE}items"
    share = word.seen.share
    return "" if share is None else f"{_percent(share)}{TIE}%"


def _percent(share: float) -> str:
    """Whole, and never 100 or 0 where it is not."""
    return str(min(max(round(share * 100), 0 if share == 0 else 1), 100 if share == 1 else 99))


def _holds(word: Word, names: bool) -> str:
    """What its cells hold: the frequent values, or from … to …"""
    seen = word.seen
    if seen is not None and seen.top:
        said = " · ".join(f"{clean(value)}{TIE}{_several(number, names)}" for value, number in seen.top)
        return f"{said} …" if seen.more else said
    if seen is not None and seen.least is not None:
        return f"{value_words(seen.least, word.fact, word.unit)} to {value_words(seen.most, word.fact, word.unit)}"
    return " · ".join(clean(value) for value in word.values)


def _several(number: int, names: bool) -> str:
    return str(number) if names or number >= SMALL else f"<{SMALL}"


def one_lines(words: Sequence[Word], width: int, names: bool) -> Iterator[Line]:
    """One word, or the few of that name, whole; the fields of a table as a list."""
    below = [word for word in words if any(word.name.startswith(f"{other.name}.") for other in words)]
    for number, word in enumerate(one for one in words if one not in below):
        if number:
            yield BLANK
        yield from _whole(word, width, names)
    if below:
        yield BLANK
        yield from table([_row(word, names) for word in below], _COLUMNS, width)


def _whole(word: Word, width: int, names: bool) -> Iterator[Line]:
    yield from wrapped("head", f"{clean(word.name)} · {_kind_words(word)}", width)
    for style, text in _facts(word, names):
        yield from wrapped(style, text, width, "  ")
    if word.kind in (WordKind.FUNCTION, WordKind.TABLE) and not word.uses:
        return
    yield BLANK
    yield line(("strong", f"  Used {len(word.uses)}×" if word.uses else "  Used nowhere"))
    places: dict[str, list[Use]] = {}
    for use in word.uses:
        places.setdefault(use.by, []).append(use)
    shown = [[Cell(f"    {clean(by)}"), Cell(_place(uses), "soft")] for by, uses in places.items()]
    if shown:
        yield from table(shown[:_SHOWN_USES], (Column(20), Column(20)), width)
    if len(shown) > _SHOWN_USES:
        yield line(("soft", f"    and {len(shown) - _SHOWN_USES} more"))


def _place(uses: Sequence[Use]) -> str:
    more = f", and {count(len(uses) - 1, 'more place')}" if len(uses) > 1 else ""
    return f"{clean(uses[0].at.file)}:{uses[0].at.line}{more}"


def _kind_words(word: Word) -> str:
    if word.kind in (WordKind.COLUMN, WordKind.ITEM):
        return f"field of {word.name.partition('.')[0]}, {_type(word)}"
    said = _type(word)
    return (
        f"{word.kind.value}, {said}"
        if said
        else word.type
        if word.kind is WordKind.FUNCTION
        else word.kind.value
    )


def _known(word: Word) -> Iterator[tuple[str, str]]:
    if not word.told:
        yield "warn", f"{_NOT_EXPORTED[word.kind is WordKind.SIGNAL]}: unknown, so nothing starts by it"
    elif word.seen is not None and word.fact is not None:
        seen = word.seen
        yield "", f"filled in {seen.filled} of {seen.cells} ({_filled(word).replace(TIE, ' ')})"


def _facts(word: Word, names: bool) -> Iterator[tuple[str, str]]:
    if word.says:
        yield "", clean(word.says)
    if word.form:
        yield "soft", clean(word.form)
    yield from _known(word)
    holds = _holds(word, names)
    if holds:
        yield "", holds
    if word.values:
        yield "", f"may be: {', '.join(clean(value) for value in word.values)}"
    if word.hidden and word.seen is not None:
        yield "soft", f"its values are not shown: {NEVER_SHOWN}"
    if word.at is not NOWHERE:
        yield "soft", f"{clean(word.at.file)}:{word.at.line}"


# --- Markdown ---


def as_markdown(words: Sequence[Word], day: date | None, accounts: int, names: bool) -> str:
    lines = ["# Vocabulary", "", f"{markdown(_head(words, day, accounts))}.", ""]
    for kind, title in _TITLES.items():
        mine = [word for word in words if _section(word.kind) is kind]
        if mine:
            lines += [
                f"## {title}",
                "",
                "| word | type | filled | values | says | used in |",
                "|---|---|--:|---|---|---|",
            ]
            lines += [_markdown_row(word, names) for word in mine] + [""]
    return "\n".join([*lines, f"{NEVER_SHOWN[0].upper()}{NEVER_SHOWN[1:]}.", ""])


def _markdown_row(word: Word, names: bool) -> str:
    used = ", ".join(dict.fromkeys(markdown(use.by) for use in word.uses))
    says = markdown(" · ".join(part for part in (word.says, word.form) if part))
    cells = [
        f"`{clean(word.name)}`",
        markdown(_type(word) or word.type),
        _filled(word),
        markdown(_holds(word, names)),
        says,
        used,
    ]
    return f"| {' | '.join(cell.replace(TIE, ' ') for cell in cells)} |"


# --- JSON ---


def as_json(words: Sequence[Word], day: date | None, accounts: int, trouble: str, names: bool) -> str:
    content = {
        "format_version": FORMAT_VERSION,
        "day": day.isoformat() if day else None,
        "accounts": accounts,
        "trouble": trouble,
        "rule": NEVER_SHOWN,
        "words": [_written(word, names) for word in words],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _written(word: Word, names: bool) -> dict[str, Any]:
    return {
        "word": word.name,
        "kind": word.kind.value,
        "type": word.type,
        "unit": word.unit,
        "says": word.says,
        "form": word.form,
        "values": list(word.values),
        "hidden": word.hidden,
        "exported": word.told,
        "at": None if word.at is NOWHERE else f"{word.at.file}:{word.at.line}",
        "seen": None if word.seen is None else _seen(word.seen, word.fact, names),
        "uses": [{"by": use.by, "at": f"{use.at.file}:{use.at.line}"} for use in word.uses],
    }


def _seen(seen: Seen, kind: FieldType | None, names: bool) -> dict[str, Any]:
    return {
        "cells": seen.cells,
        "filled": seen.filled,
        "share": None if seen.share is None else round(seen.share, 4),
        "top": [{"value": value, "rows": number if names or number >= SMALL else f"<{SMALL}"} for value, number in seen.top],
        "more": seen.more,
        "least": _plain(seen.least, kind),
        "most": _plain(seen.most, kind),
    }  # fmt: skip


def _plain(value: object, kind: FieldType | None) -> object:
    is_day = kind is not None and kind.reads_as is FieldType.DATE and isinstance(value, int)
    return from_day(int(str(value))).isoformat() if is_day else value
