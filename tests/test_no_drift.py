"""Schemas and parser cannot drift apart: every key that a schema allows is either "not yet" or read by the parser.

The largest files that can be written stand in golden/ok/maximal; they are read with nodes that note who asks for what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import field

from cs_playbook.parse import catalog
from cs_playbook.source.files import read_files
from cs_playbook.source.schema import KINDS, schema
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import Node, Scalar, Sequence, Tree, read_tree

MAXIMAL = Path(__file__).resolve().parent / "golden" / "ok" / "maximal"

# Not asked for by name, and why.
READ_KEY_BY_KEY = {
    "all", "any", "none",  # a condition goes through its keys
    "first_of", "all_of",  # people: the one key there is
}  # fmt: skip
READ_AS_PLAIN_VALUES = {
    "start",  # what is said with a start
    "open", "drafts", "notified", "escalated",  # rows of stories are compared as they are
}  # fmt: skip
# Only some conditions may be patient; the others are refused with a sentence of their own (CSP219).
NOT_PATIENT = {("signals#condition", "for"), ("team#condition", "for"), ("kpis#condition", "for")}
FREE = {"meta"}  # for people's own use
INSIDE = {"items": "[]", "additionalProperties": "/*"}

Place = tuple[str, str]  # where in the schema, and the key


class ListeningBlock(Block, frozen=True):
    """A block that notes which keys it was asked for."""

    asked: set[str] = field(default_factory=set)

    def get(self, key: str) -> Node | None:
        self.asked.add(key)
        return super().get(key)


def listening(node: Node) -> Node:
    match node:
        case Scalar():
            return node
        case Sequence():
            return Sequence(tuple(map(listening, node.items)), node.span)
        case Block():
            return ListeningBlock(tuple((key, listening(value)) for key, value in node.entries), node.span)


def test_every_key_of_a_schema_is_not_yet_or_in_the_maximal_files(trees: Mapping[str, list[Node]]) -> None:
    used = {
        place for kind in KINDS for tree in trees[kind] for place, asked in places(tree, kind) if not asked
    }

    assert sorted(allowed() - used - NOT_PATIENT) == []


def test_every_key_of_a_schema_is_not_yet_or_read(trees: Mapping[str, list[Node]]) -> None:
    read = {place for kind in KINDS for tree in trees[kind] for place, asked in places(tree, kind) if asked}

    unread = {place for place in allowed() - read if place[1] not in READ_KEY_BY_KEY | FREE}

    assert sorted(unread) == []


@pytest.fixture
def trees(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, list[Node]]:
    """The files of the maximal workspace by kind, after the parser has gone through them."""
    read: dict[str, list[Node]] = {kind: [] for kind in KINDS}

    def listening_tree(text: str, file: str) -> Tree:
        tree = read_tree(text, file)
        assert isinstance(tree.root, Block)
        root = listening(tree.root)
        read[tree.root.entries[0][0].text].append(root)
        return Tree(root, tree.findings)

    monkeypatch.setattr(catalog, "read_tree", listening_tree)
    files = read_files(MAXIMAL)
    found = catalog.read_catalog(files.yaml, files.letters)
    assert [finding for finding in found.findings if finding.is_error] == []
    return read


def allowed() -> set[Place]:
    """Every key that a schema allows."""
    return {place for kind in KINDS for place in keys_of(schema(kind), kind, frozenset())}


def keys_of(inner: Any, kind: str, seen: frozenset[str], at: str = "") -> Iterator[Place]:
    if not isinstance(inner, dict):
        return
    at, inner = resolved(inner, kind, at)
    if at in seen or at.rpartition("/")[2].removesuffix("[]") in READ_AS_PLAIN_VALUES:
        return
    seen |= {at}
    for key, value in inner.get("properties", {}).items():
        if "not" not in value:
            yield f"{kind}{at}", key
            yield from keys_of(value, kind, seen, f"{at}/{key}")
    for word, step in INSIDE.items():
        yield from keys_of(inner.get(word), kind, seen, at + step)


def places(node: Node, kind: str) -> Iterator[tuple[Place, bool]]:
    yield from places_in(node, schema(kind), kind, "")


def places_in(node: Node, inner: Any, kind: str, at: str) -> Iterator[tuple[Place, bool]]:
    """Where in the schema each key of a file stands, and whether it was asked for."""
    at, inner = resolved(inner, kind, at)
    known, others = inner.get("properties", {}), inner.get("additionalProperties")
    match node:
        case Sequence():
            for item in node.items:
                yield from places_in(item, inner.get("items", {}), kind, at + INSIDE["items"])
        case ListeningBlock():
            yield from (((f"{kind}{at}", key), True) for key in node.asked & known.keys())
            for key, value in node.entries:
                if key.text in known:
                    yield (f"{kind}{at}", key.text), False
                    yield from places_in(value, known[key.text], kind, f"{at}/{key.text}")
                elif isinstance(others, dict):
                    yield from places_in(value, others, kind, at + INSIDE["additionalProperties"])


def resolved(inner: Any, kind: str, at: str) -> tuple[str, dict[str, Any]]:
    """A definition stands at its own name, from wherever it is named."""
    if "$ref" not in inner:
        return at, inner
    name = inner["$ref"].removeprefix("#/definitions/")
    return f"#{name}", schema(kind)["definitions"][name]
