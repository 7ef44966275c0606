"""A draft whose fields each say how they are written → the same, with what is usual said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cs_playbook.study.draft import Draft, DraftField, Said
from cs_playbook.values import replace

_TOGETHER = (("dates",), ("decimal", "thousands"), ("yes", "no"))
_IF_SILENT: dict[str, Said] = {"decimal": ".", "thousands": "", "lists": ";"}


def with_usual(draft: Draft) -> Draft:
    """Dates, numbers, yes and no as most fields write them; the others keep their own."""
    usual = dict(_usual(draft))
    tables = tuple(
        replace(table, fields=tuple(_shorter(field, usual) for field in table.fields))
        for table in draft.tables
    )
    said = tuple((key, value) for key, value in usual.items() if not _is_silent(key, value))
    return replace(draft, tables=tables, usual=said)


def _usual(draft: Draft) -> Iterator[tuple[str, Said]]:
    fields = [dict(field.said) for table in draft.tables for field in table.fields if not field.aside]
    for keys in _TOGETHER:
        ways = Counter(tuple(said[key] for key in keys) for said in fields if keys[0] in said)
        if ways:
            yield from zip(keys, ways.most_common(1)[0][0], strict=True)


def _shorter(field: DraftField, usual: dict[str, Said]) -> DraftField:
    own = tuple(
        (key, value)
        for key, value in field.said
        if value != usual.get(key)
        and not (key not in usual and _is_silent(key, value))
        and not _same(key, value, usual)
    )
    return replace(field, said=own)


def _same(key: str, value: Said, usual: dict[str, Said]) -> bool:
    """true and TRUE are both read where nothing else is said."""
    return _is_silent(key, value) and _is_silent(key, usual.get(key, ()))


def _is_silent(key: str, value: Said) -> bool:
    """What is read so where nothing is said."""
    if key in ("yes", "no"):
        return all(word.lower() == {"yes": "true", "no": "false"}[key] for word in value)
    return value == _IF_SILENT.get(key)
