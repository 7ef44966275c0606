"""An event or an enrollment → canonical JSON, and back: written once, from the types of the fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Event

_KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(Event)}
_KEEP = "Keep this file, and bring the ledger back from a backup."
_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode


def write_event(event: Event) -> str:
    """Sorted keys, no spaces, dates as ISO text, enums by value, tuples as lists; `kind` names the class.

    A field that has its default is left out, so a default can never change: what happened would.
    """
    kind: Any = type(event)
    written = _translation(kind).write(event)
    return _encode(dict(sorted({"kind": kind.__name__, **written}.items())))


def read_event(text: str) -> Event:
    """The event that was written; StoppedOnPurpose when the text is none."""
    try:
        written = json.loads(text)
        event: Event = _translation(_KINDS[written.pop("kind")]).read(written)
    except (KeyError, TypeError, AttributeError, ValueError) as cause:
        raise StoppedOnPurpose("the ledger holds an event that cannot be read", _KEEP) from cause
    return event


def write_enrollment(enrollment: Enrollment) -> str:
    return _encode(_translation(Enrollment).write(enrollment))


def read_enrollment(text: str) -> Enrollment:
    """The one that was written, its maps in order of their keys; StoppedOnPurpose when the text is none."""
    try:
        enrollment: Enrollment = _translation(Enrollment).read(json.loads(text))
    except (KeyError, TypeError, AttributeError, ValueError) as cause:
        raise StoppedOnPurpose("the ledger holds an enrollment that cannot be read", _KEEP) from cause
    return enrollment


class _Translation(NamedTuple):
    """A value of one type → what JSON knows, and back."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


_PLAIN = _Translation(_same, _same)
_DATE = _Translation(date.isoformat, date.fromisoformat)


@cache
def _translation(hint: Any) -> _Translation:
    """Made once for each type."""
    if isinstance(hint, type) and is_dataclass(hint):
        return _of_fields(hint)
    if hint is date:
        return _DATE
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _Translation(_same, {member.value: member for member in hint}.__getitem__)
    if hint in (str, int, float, bool):
        return _PLAIN
    return _of_parts(hint)


def _of_parts(hint: Any) -> _Translation:
    inner = get_args(hint)
    if get_origin(hint) is tuple:
        return _of_list(_translation(inner[0]))
    if get_origin(hint) is Mapping:
        return _of_map(_translation(inner[1]))
    if get_origin(hint) is UnionType:
        return _of_union(tuple(_translation(kind) for kind in inner if kind is not NoneType))
    raise TypeError(f"the ledger cannot write a {hint}")


def _of_fields(kind: Any) -> _Translation:
    hints = get_type_hints(kind)
    defaults = {field.name: _default(field) for field in sorted(fields(kind), key=attrgetter("name"))}
    names = tuple(defaults)
    values = attrgetter(*names)
    parts = [(name, _translation(hints[name])) for name in names]
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

    return _Translation(write, read)


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _of_list(part: _Translation) -> _Translation:
    write, read = part
    if part == _PLAIN:
        return _Translation(_same, tuple)
    return _Translation(
        lambda items: [write(item) for item in items], lambda items: tuple([read(item) for item in items])
    )


def _of_map(part: _Translation) -> _Translation:
    write, read = part
    return _Translation(
        lambda items: {key: write(items[key]) for key in sorted(items)},
        lambda items: {key: read(item) for key, item in items.items()},
    )


def _of_union(parts: tuple[_Translation, ...]) -> _Translation:
    """None and one other, or None and what JSON tells apart: words, numbers, yes/no, one list of words."""
    if len(parts) == 1:
        return _or_none(*parts[0])
    writes = {part.write for part in parts} - {_same}
    reads = {part.read for part in parts} - {_same}
    if writes or reads - {tuple}:
        raise TypeError("the ledger cannot tell these apart when it reads them")
    return _Translation(_same, lambda value: tuple(value) if isinstance(value, list) else value)


def _or_none(write: Callable[[Any], Any], read: Callable[[Any], Any]) -> _Translation:
    return _Translation(
        _same if write is _same else lambda value: None if value is None else write(value),
        _same if read is _same else lambda value: None if value is None else read(value),
    )
