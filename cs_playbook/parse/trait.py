"""The nodes of `traits:` → traits; and a value as it is written → the value a trait holds, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from datetime import date

from cs_playbook.model.expression import FieldType, Value
from cs_playbook.model.team import People
from cs_playbook.model.trait import Trait
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.nodes import scalar, text, texts
from cs_playbook.parse.scope import RESERVED, Scope
from cs_playbook.parse.story_value import Wrong
from cs_playbook.parse.team import read_people
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar
from cs_playbook.values import replace

TYPES = {kind.value: kind for kind in (FieldType.BOOLEAN, FieldType.TEXT, FieldType.NUMBER, FieldType.DATE)}
YES, NO = ("yes", "true"), ("no", "false")


def read_traits(files: list[Mapping], scope: Scope, roles: frozenset[str]) -> tuple[Scope, list[Finding]]:
    """The scope in which the traits are facts beside the fields; one with an error is left unread."""
    findings: list[Finding] = []
    traits: dict[str, Trait] = {}
    unread: set[str] = set()
    places: dict[str, Scalar] = {}
    for file in files:
        entries = file.get("traits")
        for key, node in entries.entries if isinstance(entries, Mapping) else ():
            taken = _taken(key, places, scope)
            if taken is not None:
                findings.append(taken)
                continue
            places[key.text] = key
            trait, wrong = _trait(key, node, roles)
            findings += wrong
            if trait is None:
                unread.add(key.text)
            else:
                traits[key.text] = trait
    return _with_traits(scope, traits, unread), findings


def _with_traits(scope: Scope, traits: Dictionary[str, Trait], unread: set[str]) -> Scope:
    types = {**scope.facts, **{name: trait.type for name, trait in traits.items()}}
    values = {**scope.values, **{name: trait.values for name, trait in traits.items() if trait.values}}
    return replace(scope, facts=types, values=values, unread=scope.unread | unread, traits=traits)


def _taken(key: Scalar, places: Dictionary[str, Scalar], scope: Scope) -> Finding | None:
    """All facts share one namespace."""
    hint = "all facts share one namespace: choose another name"
    first = places.get(key.text)
    if first is not None:
        fact = f"there is already a fact '{key.text}' in {first.span.file}:{first.span.line}"
        return Finding(key.span, "CSP223", fact, hint)
    if key.text in scope.facts:
        return Finding(key.span, "CSP223", f"'{key.text}' is already a field of accounts", hint)
    if key.text in RESERVED:
        return Finding(key.span, "CSP223", f"'{key.text}' means something else in conditions", hint)
    return None


def _trait(key: Scalar, node: Mapping | object, roles: frozenset[str]) -> tuple[Trait | None, list[Finding]]:
    if not isinstance(node, Mapping):
        return None, []  # the schema has said so
    kind, findings = _type(key, node)
    days, wrong = _expiry(node)
    owner, wronger = _owner(node, roles)
    findings += [*wrong, *wronger]
    if kind is None or findings:
        return None, findings
    return Trait(key.text, kind, key.span, texts(node, "values"), owner, days, text(node, "says")), []


def _type(key: Scalar, node: Mapping) -> tuple[FieldType | None, list[Finding]]:
    """Its `type:`, or text where it lists its values."""
    written, values = text(node, "type"), node.get("values")
    if written not in TYPES and written:
        return None, []  # the schema has said so
    if not written and values is None:
        hint = "e.g. {values: [good, neutral, bad]}, or {type: boolean}"
        return None, [
            Finding(key.span, "CSP226", f"the trait '{key.text}' does not say what it may hold", hint)
        ]
    if values is not None and written not in ("", "text"):
        where = node.key("values") or key
        fact = f"'{key.text}' has values and is not text but {written}"
        return None, [Finding(where.span, "CSP226", fact, "leave out `type:`, or leave out `values:`")]
    return TYPES.get(written, FieldType.TEXT), []


def _expiry(node: Mapping) -> tuple[int | None, list[Finding]]:
    written = scalar(node, "expires_after")
    if written is None:
        return None, []
    days, findings = read_days(written)
    if days is not None and days < 1:
        fact = f"'{written.text}': it would never count"
        findings = [*findings, Finding(written.span, "CSP226", fact, "e.g. expires_after: 90 days")]
    return days, findings


def _owner(node: Mapping, roles: frozenset[str]) -> tuple[People | None, list[Finding]]:
    written = node.get("owner")
    return (None, []) if written is None else read_people(written, roles)


# --- a value ---


def trait_value(written: str | bool | int | float, trait: Trait) -> Value | Wrong:
    """`written` as YAML or a command line gives it; the value is what a person would say: a day is ISO text."""
    match trait.type:
        case FieldType.BOOLEAN:
            return _yes_or_no(written, trait)
        case FieldType.NUMBER:
            return _number(written, trait)
        case FieldType.DATE:
            return _day(written, trait)
        case _:
            return _text(written, trait)


def _yes_or_no(written: str | bool | int | float, trait: Trait) -> Value | Wrong:
    said = _as_written(written).casefold()
    if said in (*YES, *NO):
        return said in YES
    return Wrong(
        f"'{trait.name}' is yes or no, and '{_as_written(written)}' is neither", "write true or false"
    )


def _number(written: str | bool | int | float, trait: Trait) -> Value | Wrong:
    wrong = Wrong(f"'{trait.name}' is a number, and '{_as_written(written)}' is none", "e.g. 12 or 0.5")
    try:
        number = float("no" if isinstance(written, bool) else written)
    except ValueError:
        return wrong
    return number if abs(number) < float("inf") else wrong


def _day(written: str | bool | int | float, trait: Trait) -> Value | Wrong:
    try:
        return date.fromisoformat(_as_written(written)).isoformat()
    except ValueError:
        fact = f"'{trait.name}' is a date, and '{_as_written(written)}' is none"
        return Wrong(fact, "year, month, day: 2026-03-31")


def _text(written: str | bool | int | float, trait: Trait) -> Value | Wrong:
    said = _as_written(written)
    if not trait.values:
        return said if said else Wrong(f"'{trait.name}' would be empty", "null clears it")
    same = next((known for known in trait.values if known.casefold() == said.casefold()), said)
    if same in trait.values:
        return same
    hint = did_you_mean(said, trait.values) or f"one of: {', '.join(trait.values)}"
    return Wrong(f"'{trait.name}' is never '{said}'", hint)


def _as_written(written: str | bool | int | float) -> str:
    return str(written).lower() if isinstance(written, bool) else str(written).strip()
