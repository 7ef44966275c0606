"""Small readings of nodes: a text, a list of texts, a number; nothing where the shape is wrong (the schema has said so)."""

from __future__ import annotations

from typing import Any

from cs_playbook.source.finding import Span
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence, plain


def text(node: Mapping, key: str, absent: str = "") -> str:
    value = node.get(key)
    return value.text.strip() if isinstance(value, Scalar) and value.value is not None else absent


def texts(node: Mapping, key: str) -> tuple[str, ...]:
    """A list of texts; one text alone counts as a list of one."""
    value = node.get(key)
    if isinstance(value, Scalar):
        return (value.text,)
    items = value.items if isinstance(value, Sequence) else ()
    return tuple(item.text for item in items if isinstance(item, Scalar))


def places(node: Mapping, key: str) -> tuple[Span, ...]:
    """Where each of `texts` stands."""
    value = node.get(key)
    items = value.items if isinstance(value, Sequence) else (value,)
    return tuple(item.span for item in items if isinstance(item, Scalar))


def number(node: Mapping, key: str) -> int | None:
    value = node.get(key)
    if isinstance(value, Scalar) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return value.value
    return None


def scalar(node: Mapping, key: str) -> Scalar | None:
    value = node.get(key)
    return value if isinstance(value, Scalar) else None


def block(node: Mapping, key: str) -> Mapping | None:
    value = node.get(key)
    return value if isinstance(value, Mapping) else None


def items(node: Mapping, key: str) -> tuple[Node, ...]:
    value = node.get(key)
    return value.items if isinstance(value, Sequence) else ()


def blocks(node: Mapping, key: str) -> tuple[Mapping, ...]:
    return tuple(item for item in items(node, key) if isinstance(item, Mapping))


def plain_block(node: Mapping, key: str) -> dict[str, Any]:
    """A block as plain values."""
    value = node.get(key)
    read = plain(value) if isinstance(value, Mapping) else {}
    return read if isinstance(read, dict) else {}


def says_yes(node: Mapping, key: str) -> bool:
    """Whether `key: true` stands there."""
    said = scalar(node, key)
    return said is not None and said.value is True
