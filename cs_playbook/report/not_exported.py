"""What nobody exports, and who asks for it → a sentence above a plan, and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cs_playbook.report.pieces import BLANK, Line, wrapped
from cs_playbook.report.words import clean, count
from cs_playbook.study.not_exported import NotExported

_SHOWN = 8


def not_exported_lines(found: Sequence[NotExported], width: int) -> Iterator[Line]:
    """Tables by name, fields counted: `validate -v` names them all."""
    if not found:
        return
    yield BLANK
    for one in found:
        if one.stops_all:
            fact = f"! `active:` asks for {clean(one.name)}, which nobody exports: no account may count as active"
            yield from wrapped("error", fact, width)
    yield from wrapped(
        "warn", f"? {_named(found)}: unknown, nothing starts by it      validate -v tells more", width
    )


def _named(found: Sequence[NotExported]) -> str:
    tables = [one for one in found if "." not in one.name]
    fields = len(found) - len(tables)
    if not tables:
        return count(fields, "field is not exported", "fields are not exported")
    said = [f"{clean(one.name)} {len(one.playbooks)}" for one in tables[:_SHOWN]]
    said += [f"{len(tables) - _SHOWN} more tables"] if len(tables) > _SHOWN else []
    first = (
        said[0].replace(" ", " (")
        + f" {'playbook asks' if len(tables[0].playbooks) == 1 else 'playbooks ask'})"
    )
    names = " · ".join([first, *said[1:]])
    return f"not exported: {names}" + (f" · {count(fields, 'field')}" if fields else "")


def as_record(one: NotExported) -> dict[str, Any]:
    return {"name": one.name, "playbooks": list(one.playbooks), "stops_all": one.stops_all}
