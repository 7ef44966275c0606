"""A frozen value → what JSON knows of it, and back: written once, from the types of the fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct, structs

KEEP = "Keep this file, and bring the ledger back from a backup."
# No spaces, letters as they are.
encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode


class Translation(NamedTuple):
    """A value of one type → what JSON knows, and back."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


_PLAIN = Translation(_same, _same)
_DATE = Translation(date.isoformat, date.fromisoformat)


@cache
def translation(hint: Any) -> Translation:
    """Made once for each type."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        return _of_fields(hint)
    if hint is date:
        return _DATE
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Translation(_same, {member.value: member for member in hint}.__getitem__)
    if hint in (str, int, float, bool):
        return _PLAIN
    return _of_parts(hint)


def _of_parts(hint: Any) -> Translation:
    inner = get_args(hint)
    if get_origin(hint) is tuple:
        return _of_list(translation(inner[0]))
    if get_origin(hint) is Mapping:
        return _of_map(translation(inner[1]))
    if get_origin(hint) is UnionType:
        return _of_union(tuple(translation(kind) for kind in inner if kind is not NoneType))
    raise TypeError(f"the ledger cannot write a {hint}")


def _of_fields(kind: Any) -> Translation:
    hints = get_type_hints(kind)
    defaults = {field.name: _default(field) for field in sorted(structs.fields(kind), key=attrgetter("name"))}
    names = tuple(defaults)
    values = attrgetter(*names)
    parts = [(name, translation(hints[name])) for name in names]
    writes = [(name, part.write) for name, part in parts if part.write is not _same]
    reads = [(name, part.read) for name, part in parts if part.read is not _same]

    def write(value: Any) -> dict[str, Any]:
        known = zip(names, defaults.values(), values(value), strict=True)
        written = {name: item for name, default, item in known if item != default}
        for name, translate in writes:
            if name in written:
                written[name] = translate(written[name])
        return written

    def read(written: dict[str, Any]) -> Any:
        for name, translate in reads:
            if name in written:
                written[name] = translate(written[name])
        return kind(**written)

    return Translation(write, read)


def _default(field: structs.FieldInfo) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()


def _of_list(part: Translation) -> Translation:
    write, read = part
    if part == _PLAIN:
        return Translation(_same, tuple)
    return Translation(
        lambda items: [write(item) for item in items], lambda items: tuple([read(item) for item in items])
    )


def _of_map(part: Translation) -> Translation:
    write, read = part
    return Translation(
        lambda items: {key: write(items[key]) for key in sorted(items)},
        lambda items: {key: read(item) for key, item in items.items()},
    )


def _of_union(parts: tuple[Translation, ...]) -> Translation:
    """None and one other, or None and what JSON tells apart: words, numbers, yes/no, one list of words."""
    if len(parts) == 1:
        return _or_none(*parts[0])
    writes = {part.write for part in parts} - {_same}
    reads = {part.read for part in parts} - {_same}
    if writes or reads - {tuple}:
        raise TypeError("the ledger cannot tell these apart when it reads them")
    return Translation(_same, lambda value: tuple(value) if isinstance(value, list) else value)


def _or_none(write: Callable[[Any], Any], read: Callable[[Any], Any]) -> Translation:
    return Translation(
        _same if write is _same else lambda value: None if value is None else write(value),
        _same if read is _same else lambda value: None if value is None else read(value),
    )
