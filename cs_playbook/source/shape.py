"""A JSON Schema → a quick yes or no about a node: nearly every file fits, and only one that does not needs reasons.

Knows the words of draft 7 that our own schemas use and refuses all others; a property test holds it to jsonschema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from typing import Any

from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence

Fits = Callable[[Node], bool]
Says = Callable[[Any], bool]  # of a scalar's value

_SAY_NOTHING = frozenset(
    (
        "$schema",
        "title",
        "description",
        "default",
        "examples",
        "definitions",
        "x-hint",
        "x-list",
        "x-list-hint",
        "x-not-yet",
    )
)
_KNOWN = _SAY_NOTHING | frozenset(
    (
        "type", "enum", "const", "not", "properties", "additionalProperties", "propertyNames", "required", "minProperties",
        "maxProperties", "items", "minItems", "pattern", "minLength", "minimum",
    )
)  # fmt: skip
_EVERY_TYPE = ("object", "array", "string", "number", "boolean", "null")
_CLASSES: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


def fitting(schema: Dictionary[str, Any]) -> Fits:
    """What says whether a node fits; made once for a schema. ValueError: a word that is not known here."""
    return _Maker(schema).fits(schema)


class _Maker:
    """Holds what the definitions have become: they name each other, and themselves."""

    def __init__(self, root: Dictionary[str, Any]) -> None:
        self._root = root
        self._made: dict[str, Fits] = {}

    def fits(self, schema: Any) -> Fits:
        if isinstance(schema, bool):
            return _always if schema else _never
        if "$ref" in schema:
            return self._named(schema["$ref"].removeprefix("#/definitions/"))
        strange = schema.keys() - _KNOWN
        if strange:
            raise ValueError(f"not known here: {', '.join(sorted(strange))}")
        fits = self._by_kind(schema)
        if "not" not in schema:
            return fits
        refused = self.fits(schema["not"])
        return lambda node: fits(node) and not refused(node)

    def _named(self, name: str) -> Fits:
        made = self._made
        if name not in made:
            # It may stand within itself: until it is made, whoever names it asks for it later.
            made[name] = lambda node: made[name](node)  # noqa: PLW0108 - what it is then is not what it is now
            made[name] = self.fits(self._root["definitions"][name])
        return made[name]

    def _by_kind(self, schema: Dictionary[str, Any]) -> Fits:
        types = schema.get("type", _EVERY_TYPE)
        types = (types,) if isinstance(types, str) else tuple(types)
        chosen = "enum" in schema or "const" in schema  # our choices are words and numbers
        mapping = self._mapping(schema) if "object" in types and not chosen else _never
        sequence = self._sequence(schema) if "array" in types and not chosen else _never
        scalar = _scalar(schema, types)

        def fits(node: Node) -> bool:
            match node:
                case Scalar():
                    return scalar(node.value)
                case Mapping():
                    return mapping(node)
                case Sequence():
                    return sequence(node)

        return fits

    def _mapping(self, schema: Dictionary[str, Any]) -> Callable[[Mapping], bool]:
        known = {name: self.fits(inner) for name, inner in schema.get("properties", {}).items()}
        others = self.fits(schema.get("additionalProperties", True))
        may_be_named = self.fits(schema["propertyNames"]) if "propertyNames" in schema else None
        required = frozenset(schema.get("required", ()))
        least, most = schema.get("minProperties", 0), schema.get("maxProperties")

        def fits(node: Mapping) -> bool:
            count = len(node.entries)
            if count < least or (most is not None and count > most):
                return False
            if required and not required <= {key.text for key, _ in node.entries}:
                return False
            if may_be_named is not None and not all(may_be_named(_name(key)) for key, _ in node.entries):
                return False
            return all(known.get(key.text, others)(value) for key, value in node.entries)

        return fits

    def _sequence(self, schema: Dictionary[str, Any]) -> Callable[[Sequence], bool]:
        item = self.fits(schema.get("items", True))
        least = schema.get("minItems", 0)
        return lambda node: len(node.items) >= least and all(map(item, node.items))


def _name(key: Scalar) -> Scalar:
    """A key is text, also where it looks like a number."""
    return Scalar(key.text, key.text, key.span)


def _scalar(schema: Dictionary[str, Any], types: tuple[str, ...]) -> Says:
    classes = frozenset(kind for name in types for kind in _CLASSES.get(name, ()))
    whole = "integer" in types
    rules = _rules(schema)

    def fits(value: Any) -> bool:
        if value.__class__ not in classes and not (whole and isinstance(value, float) and value.is_integer()):
            return False
        return all(rule(value) for rule in rules) if rules else True

    return fits


def _rules(schema: Dictionary[str, Any]) -> list[Says]:
    """What a value must be besides of its type; each asks only about its own kind of value."""
    rules: list[Says] = []
    if "enum" in schema or "const" in schema:
        # True is no 1 here, and 1.0 is.
        allowed = {(isinstance(value, bool), value) for value in schema.get("enum", [schema.get("const")])}
        rules.append(lambda value: (isinstance(value, bool), value) in allowed)
    if "pattern" in schema:
        search = re.compile(schema["pattern"]).search
        rules.append(lambda value: not isinstance(value, str) or search(value) is not None)
    if "minLength" in schema:
        shortest = schema["minLength"]
        rules.append(lambda value: not isinstance(value, str) or len(value) >= shortest)
    if "minimum" in schema:
        least = schema["minimum"]
        rules.append(lambda value: isinstance(value, str | bool | None) or value >= least)
    return rules


def _always(_node: Any) -> bool:
    return True


def _never(_node: Any) -> bool:
    return False
