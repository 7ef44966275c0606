"""The JSON Schemas of the kinds of files → every key one may write, with its type and default, and the shapes they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from cs_playbook.values import replace

# A block of no more than these is a condition or a case: both are shapes, told once.
_OF_CONDITIONS = {"all", "any", "none", "when", "is", "because", "for"}
_MASS = ("people",)  # a word without an article
_OTHERWISE = {
    "step": "a [step](#steps-the-verbs)", "after": "[what comes before](#after--a-shape)",
}  # fmt: skip
# Definitions that are no shape of their own: texts that are named.
_NAMES = {"id": "a name", "step_id": "a name"}
_WORDS = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false", "null": "null",
}  # fmt: skip
_NOT_YET = "Not yet: "


class Key(Struct, frozen=True):
    """One key. `place`: playbook.trigger.when; `path`: the keys above it, inside its file or shape. `keys`: those below.

    `default`: what holds where it is left out, as YAML; "" where nothing does, or its `says` tells.
    """

    place: str
    name: str
    path: tuple[str, ...]
    says: str
    type: str
    is_required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    later: tuple[str, ...] = ()  # choices that are not yet
    not_yet: bool = False
    keys: tuple[Key, ...] = ()


def keys_of(root: str, schema: Mapping[str, Any]) -> tuple[Key, ...]:
    """The keys of a schema, or of one of its definitions; `root` begins their places."""
    names = schema.get("additionalProperties")
    return (
        *_keys(schema, root, ()),
        *(_below({"items": names}, root, ()) if isinstance(names, dict) else ()),
    )


def shapes_of(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Definition → its schema, of all kinds; the richest where they differ."""
    shapes: dict[str, Mapping[str, Any]] = {}
    for schema in schemas.values():
        for name, inner in schema.get("definitions", {}).items():
            if name not in _NAMES and len(str(inner)) > len(str(shapes.get(name, ""))):
                shapes[name] = inner
    return shapes


def everything(keys: tuple[Key, ...]) -> Iterator[Key]:
    """The keys, and all below them."""
    for key in keys:
        yield key
        yield from everything(key.keys)


def places(value: Any, root: str, schema: Mapping[str, Any], kind: Mapping[str, Any]) -> Iterator[str]:
    """The places of all keys that a file (or a part of it, read as plain values) uses. `kind`: with the definitions."""
    root, schema = _resolved(root, schema, kind)
    if isinstance(value, list):
        for item in value:
            yield from places(item, root, schema.get("items", {}), kind)
    elif isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            if name in known:
                yield f"{root}.{name}"
                yield from places(inner, f"{root}.{name}", known[name], kind)
            elif isinstance(others, dict):
                yield from places(inner, root, others, kind)


def _resolved(root: str, schema: Mapping[str, Any], kind: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    named = str(schema.get("$ref", "")).removeprefix("#/definitions/")
    return (named, kind["definitions"][named]) if named else (root, schema)


def _keys(schema: Mapping[str, Any], root: str, path: tuple[str, ...]) -> Iterator[Key]:
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield replace(_key(f"{root}.{name}", name, path, inner), is_required=name in required)


def _key(place: str, name: str, path: tuple[str, ...], schema: Mapping[str, Any]) -> Key:
    says = str(schema.get("description", ""))
    if "not" in schema:
        return Key(place, name, path, says.removeprefix(_NOT_YET), "", not_yet=True)
    return Key(
        place, name, path, says, _type(schema),
        default=_written(schema.get("default")),
        choices=tuple(str(choice) for choice in schema.get("enum", ())),
        later=tuple(schema.get("x-not-yet", ())),
        keys=tuple(_below(schema, place, (*path, name))),
    )  # fmt: skip


def _below(schema: Mapping[str, Any], place: str, path: tuple[str, ...]) -> Iterator[Key]:
    """Of a block, of the blocks of a list, of the blocks under names: names are anybody's, and no keys."""
    properties = schema.get("properties", {})
    if properties and not set(properties) <= _OF_CONDITIONS:
        yield from _keys(schema, place, path)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict) and "$ref" not in inner:
            yield from _below(inner, place, path)


# --- in words ---


def _type(schema: Mapping[str, Any]) -> str:
    named = str(schema.get("$ref", "")).removeprefix("#/definitions/")
    if named:
        return _shape(named)
    if "enum" in schema:
        return "one word"
    if "const" in schema:
        return f"`{schema['const']}`"
    said = schema.get("type", ())
    types = (said,) if isinstance(said, str) else tuple(said)
    words = [_WORDS[one] for one in types if one in _WORDS]
    words += [_list(schema)] if "array" in types else []
    words += [_block(schema)] if "object" in types else []
    if set(types) > {"object", "array", "number"}:
        return "anything"
    return " or ".join(dict.fromkeys(words)) or "anything"


def _list(schema: Mapping[str, Any]) -> str:
    inner = schema.get("items", {})
    properties = set(inner.get("properties", {}))
    if "is" in properties and properties <= _OF_CONDITIONS:
        return "a list of [cases](#cases--a-shape)"
    if "$ref" in inner:
        return f"a list, in it {_shape(inner['$ref'].removeprefix('#/definitions/'))}"
    return "a list of blocks" if properties else "a list"


def _block(schema: Mapping[str, Any]) -> str:
    properties = set(schema.get("properties", {}))
    if properties and properties <= _OF_CONDITIONS:
        return "a [condition](#condition--a-shape)"
    return "a block of keys" if properties else "names with their values"


def _shape(name: str) -> str:
    """With a link to its entry."""
    link = f"[{name.replace('_', ' ')}](#{name.replace('_', '-')}--a-shape)"
    if name in _OTHERWISE:
        return _OTHERWISE[name]
    return _NAMES.get(name) or (link if name.endswith("s") or name in _MASS else f"a {link}")


def _written(default: Any) -> str:
    """As one writes it in YAML."""
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, list):
        return f"[{', '.join(map(str, default))}]"
    return (
        str(default)
        if str(default).strip() and str(default).isprintable() and default not in (".", ",", ";")
        else f'"{default}"'
    )
