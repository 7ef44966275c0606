"""The quick look at a file's shape must say yes exactly where jsonschema finds nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from cs_playbook.source import shipped
from cs_playbook.source.finding import NOWHERE
from cs_playbook.source.schema import KINDS, schema
from cs_playbook.source.shape import Fits, fitting
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence, plain, read_tree

VALUES = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.0,
    0.5,
    "",
    "high",
    "3 days",
    "90%",
    "2026-03-02",
    "Bad Name",
    "otherwise",
)
KEYS = (
    "when",
    "is",
    "all",
    "any",
    "id",
    "type",
    "values",
    "first_of",
    "for",
    "meta",
    "every",
    "strange",
    "Bad Key",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_of_the_library_fits(kind: str) -> None:
    assert [path for path, root in files_of(kind) if not look(kind)(root)] == []


@settings(max_examples=350)
@given(st.data())
def test_it_fits_exactly_where_jsonschema_finds_nothing(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    _, root = data.draw(st.sampled_from(files_of(kind)))
    for _ in range(data.draw(st.integers(1, 3))):
        root = changed(root, data.draw)

    assert look(kind)(root) == validator(kind).is_valid(plain(root))


def test_a_word_it_does_not_know_is_refused_and_never_ignored() -> None:
    with pytest.raises(ValueError, match="uniqueItems"):
        fitting({"type": "array", "uniqueItems": True})


@cache
def look(kind: str) -> Fits:
    return fitting(schema(kind))


@cache
def validator(kind: str) -> Draft7Validator:
    return Draft7Validator(schema(kind))


@cache
def files_of(kind: str) -> tuple[tuple[str, Mapping], ...]:
    found = []
    for path in sorted(shipped.playbooks().rglob("*.yaml")):
        root = read_tree(path.read_text(encoding="utf-8"), path.name).root
        if isinstance(root, Mapping) and root.entries[0][0].text == kind:
            found.append((path.name, root))
    return tuple(found)


def changed(node: Node, draw: Any) -> Any:
    """The node with one thing in it changed, somewhere on a way that is drawn."""
    inside: list[Any] = []
    match node:
        case Mapping(entries=entries):
            inside = list(entries)
        case Sequence(items=items):
            inside = list(items)
    if not inside or draw(st.integers(0, 5)) == 0:
        return another(node, draw)
    at = draw(st.integers(0, len(inside) - 1))
    if isinstance(node, Mapping):
        key, value = inside[at]
        inside[at] = (key, changed(value, draw))
        return Mapping(tuple(inside), node.span)
    inside[at] = changed(inside[at], draw)
    return Sequence(tuple(inside), node.span)


def another(node: Node, draw: Any) -> Node:
    """A value, a list or a block in its place; or the block with a key more, a key less, a list with an item less."""
    how = draw(st.sampled_from(("value", "list", "block", "more", "less")))
    if how == "more" and isinstance(node, Mapping):
        key = draw(st.sampled_from(KEYS))
        others = tuple(entry for entry in node.entries if entry[0].text != key)
        return Mapping((*others, (scalar(key), value(draw))), node.span)
    if how == "less" and isinstance(node, Mapping) and node.entries:
        return Mapping(node.entries[: draw(st.integers(0, len(node.entries) - 1))], node.span)
    if how == "less" and isinstance(node, Sequence):
        return Sequence(node.items[:-1], node.span)
    if how == "list":
        return Sequence((node, value(draw)), node.span)
    if how == "block":
        return Mapping(((scalar(draw(st.sampled_from(KEYS))), node),), node.span)
    return value(draw)


def value(draw: Any) -> Scalar:
    return scalar(draw(st.sampled_from(VALUES)))


def scalar(value: Any) -> Scalar:
    return Scalar(value, str(value), NOWHERE)
