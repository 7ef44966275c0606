"""A tree held against the schema of its kind → findings at the very key or value that is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from functools import cache
from typing import Any

from cs_playbook.source import shipped
from cs_playbook.source.finding import Finding, Span, did_you_mean
from cs_playbook.source.shape import Fits, fitting
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence, plain

KINDS = (
    "project",
    "data",
    "sources",
    "signals",
    "traits",
    "segments",
    "scorecard",
    "team",
    "resources",
    "kpis",
    "playbook",
    "success_plan",
    "tests",
)
KINDS_NOT_YET: tuple[str, ...] = ()

_TYPES = {
    "string": "text", "object": "a block of keys", "array": "a list", "integer": "a whole number", "number": "a number",
    "boolean": "true or false", "null": "nothing",
}  # fmt: skip


def kind_of(root: Node | None, file: str) -> tuple[str | None, list[Finding]]:
    """The kind a file says with its first key."""
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return None, [
            Finding(
                Span(file), "CSP108", "the file is empty", f"its first key names its kind: {', '.join(KINDS)}"
            )
        ]
    if not isinstance(root, Mapping) or not root.entries:
        return None, [
            Finding(
                root.span,
                "CSP108",
                "a file begins with its kind",
                f"one of: {', '.join(KINDS)}, as in `playbook: usage-drop`",
            )
        ]
    key = root.entries[0][0]
    if key.text in KINDS_NOT_YET:
        return None, [Finding(key.span, "CSP109", f"'{key.text}:' is not yet part of the language", "")]
    if key.text not in KINDS:
        later = next((other.text for other, _ in root.entries if other.text in KINDS), None)
        near = f"the kind comes first: move `{later}:` to the top" if later else did_you_mean(key.text, KINDS)
        return None, [
            Finding(
                key.span,
                "CSP108",
                f"'{key.text}' is no kind of file",
                near or f"the first key is one of: {', '.join(KINDS)}",
            )
        ]
    return key.text, []


def check_shape(root: Mapping, kind: str) -> list[Finding]:
    """Every key and value that the schema of the kind refuses."""
    if _fits(kind)(root):
        return []  # before jsonschema is even loaded
    errors = _validator(kind).iter_errors(plain(root))
    return [finding for error in errors for finding in _findings(error, root)]


@cache
def schema(kind: str) -> dict[str, Any]:
    """The published schema of a kind."""
    loaded: dict[str, Any] = json.loads((shipped.schemas() / f"{kind}.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _fits(kind: str) -> Fits:
    return fitting(schema(kind))


@cache
def _validator(kind: str) -> Any:
    # Half of the time a command takes to start, and only what is wrong needs it.
    from jsonschema import Draft7Validator  # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415

    # An empty registry: a `$ref` never leaves the schema (jsonschema would fetch it otherwise).
    return Draft7Validator(schema(kind), registry=Registry())


def _findings(error: Any, root: Node) -> Iterator[Finding]:
    node = _at(root, error.absolute_path)
    match error.validator:
        case "additionalProperties" if isinstance(node, Mapping):
            yield from _unknown_keys(error, node)
        case "required" if isinstance(node, Mapping):
            missing = [name for name in error.validator_value if node.get(name) is None]
            # jsonschema reports each missing key in an error of its own
            wanted = next(
                (name for name in missing if f"'{name}'" in error.message), missing[0] if missing else ""
            )
            meant = error.schema.get("properties", {}).get(wanted, {}).get("description", "")
            yield Finding(
                _head(node), "CSP111", f"'{wanted}' is missing here", f"{wanted}: {meant}" if meant else ""
            )
        case "not":
            yield Finding(_key_span(root, error), "CSP109", _not_yet(error), "")
        case "pattern" if error.parent is None and "propertyNames" in error.absolute_schema_path:
            key = node.key(error.instance) if isinstance(node, Mapping) else None
            yield Finding(
                key.span if key else node.span,
                "CSP114",
                f"'{error.instance}' cannot be a name",
                "lower case letters, digits and _; begins with a letter",
            )
        case "type" if _is_bare_list_of_people(error):
            return  # parse/team.py says it better: CSP136
        case "maxProperties":
            yield Finding(
                node.span,
                "CSP115",
                "more than one key stands here",
                error.schema.get("x-hint", "keep one of them"),
            )
        case _:
            yield _value_finding(error, node)


def _is_bare_list_of_people(error: Any) -> bool:
    """A name among the cases of `owner:` and its kin."""
    cases = error.schema.get("properties", {}).get("is", {}).get("$ref") == "#/definitions/people"
    return cases and isinstance(error.instance, str)


def _unknown_keys(error: Any, node: Mapping) -> Iterator[Finding]:
    known = list(error.schema.get("properties", {}))
    usable = [name for name in known if "not" not in error.schema["properties"][name]]
    for key, _ in node.entries:
        if key.text not in known:
            near = did_you_mean(key.text, usable)
            # any_of is near to all_of, and means the other one
            hint = error.schema["x-hint"] if "first_of" in known else near
            yield Finding(
                key.span,
                "CSP110",
                f"'{key.text}' is not a key here",
                hint or f"one may write: {', '.join(usable)}",
            )


def _value_finding(error: Any, node: Node) -> Finding:
    if error.validator == "type" and isinstance(node, Sequence) and "x-list" in error.schema:
        return Finding(node.span, "CSP112", error.schema["x-list"], error.schema["x-list-hint"])
    hint = error.schema.get("x-hint", "")
    shown = _shown(node)
    match error.validator:
        case "type":
            wanted = (
                error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
            )
            words = " or ".join(_TYPES[name] for name in wanted)
            return Finding(
                node.span,
                "CSP112",
                f"{shown} stands where {words} is expected",
                hint or _type_hint(wanted, node, error.schema),
            )
        case "enum" | "const":
            allowed = [str(value) for value in error.schema.get("enum", [error.schema.get("const")])]
            if str(error.instance) in error.schema.get("x-not-yet", []):
                return Finding(
                    node.span,
                    "CSP109",
                    f"'{error.instance}' is not yet part of the language",
                    f"for now: {', '.join(allowed)}",
                )
            near = did_you_mean(str(error.instance), allowed)
            return Finding(
                node.span,
                "CSP113",
                f"{shown} is not one of the words known here",
                near or f"one of: {', '.join(allowed)}",
            )
        case "pattern":
            return Finding(
                node.span,
                "CSP114",
                f"{shown} is not written as it should be",
                hint or f"it must fit {error.validator_value}",
            )
        case "minItems" | "minProperties" | "minLength":
            return Finding(
                node.span, "CSP115", "this is empty", hint or "write at least one, or leave the key out"
            )
        case "minimum":
            return Finding(node.span, "CSP115", f"{shown} is too small", f"at least {error.validator_value}")
        case _:
            return Finding(node.span, "CSP115", f"{shown} does not fit here: {error.message[:120]}", hint)


def _type_hint(wanted: list[str], node: Node, schema: Dictionary[str, Any]) -> str:
    if "is" in schema.get("properties", {}):
        return "several values are cases: [{when: …, is: …}, {when: otherwise, is: …}]; one stands without brackets"
    if isinstance(node, Scalar) and "string" in wanted and not isinstance(node.value, str):
        return f'put it in quotes: "{node.text}"' if node.text else "write a value, or leave the key out"
    if isinstance(node, Scalar) and wanted == ["array"]:
        return f"a list stands in brackets: [{node.text}]"
    if isinstance(node, Mapping) and wanted == ["array"]:
        return "begin each item with a dash: `- `"
    if isinstance(node, Sequence) and wanted == ["string"]:
        return "write one text, without brackets and dashes"
    return "write `key: value` below it" if isinstance(node, Scalar) and wanted == ["object"] else ""


def _not_yet(error: Any) -> str:
    name = error.absolute_path[-1] if error.absolute_path else "this"
    reason = str(error.schema.get("description", "")).removeprefix("Not yet: ")
    return f"'{name}' is not yet part of the language ({reason})"


def _shown(node: Node) -> str:
    match node:
        case Scalar(text=text):
            return f"'{text[:60]}'" if text else "nothing"
        case Sequence():
            return "a list"
        case Mapping():
            return "a block of keys"


def _at(root: Node, path: Any) -> Node:
    node = root
    for part in path:
        inner = node.items[part] if isinstance(node, Sequence) and isinstance(part, int) else None
        if isinstance(node, Mapping):
            inner = node.get(str(part))
        if inner is None:
            return node
        node = inner
    return node


def _head(node: Mapping) -> Span:
    """Where a block begins: its first key."""
    return node.entries[0][0].span if node.entries else node.span


def _key_span(root: Node, error: Any) -> Span:
    """The key under which the refused value stands."""
    path = list(error.absolute_path)
    parent = _at(root, path[:-1])
    key = parent.key(str(path[-1])) if isinstance(parent, Mapping) and path else None
    return key.span if key else _at(root, path).span
