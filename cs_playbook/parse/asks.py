"""The node of `asks:` → the questions, at the start of a playbook or of a step."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary

from cs_playbook.model.asks import ASK_TYPES, Ask, Misread, value_of
from cs_playbook.model.value import FieldType, Value
from cs_playbook.parse.must import read_must
from cs_playbook.parse.nodes import block, says_yes, scalar, texts
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence
from cs_playbook.values import replace

TAKEN = ("outcome", "done_on", "done_on_time")  # what steps.<id>. is followed by already
_TYPES = ", ".join(ASK_TYPES)


def read_asks(node: Mapping, scope: Scope | None = None) -> tuple[tuple[Ask, ...], list[Finding]]:
    """All that `asks:` of a playbook or a step says; a question that cannot be read is left out, and told.

    `scope`: what `must:` may name besides the answers; None: it is read elsewhere.
    """
    asks: list[Ask] = []
    findings: list[Finding] = []
    inside = block(node, "asks")
    for name, said in inside.entries if inside else ():
        ask, wrong = _read_ask(name, said)
        findings += wrong
        asks += [ask] if ask else []
    if scope is None or inside is None:
        return tuple(asks), findings
    known = {ask.name: ask for ask in asks}
    with_must = [_with_must(ask, inside.get(ask.name), known, scope) for ask in asks]
    return tuple(ask for ask, _ in with_must), [*findings, *(one for _, wrong in with_must for one in wrong)]


def _with_must(
    ask: Ask, said: Node | None, asks: Dictionary[str, Ask], scope: Scope
) -> tuple[Ask, list[Finding]]:
    written = said.get("must") if isinstance(said, Mapping) else None
    if written is None:
        return ask, []
    must, findings = read_must(written, ask, asks, scope)
    return replace(ask, must=must), findings


def _read_ask(name: Scalar, said: Node) -> tuple[Ask | None, list[Finding]]:
    wrong = list(_wrong_name(name))
    long = said if isinstance(said, Mapping) else None
    type_node = long.get("type") if long else said
    kind = _kind(type_node)
    if type_node is None or kind is None:
        wrong.append(_no_type(name, type_node or said))
        return None, wrong
    choices = texts(Mapping(((name, type_node),), said.span), name.text) if kind[1] else ()
    wrong += _wrong_choices(name, type_node, choices) if kind[1] else ()
    ask = Ask(name.text, kind[0], name.span, choices, long is not None and says_yes(long, "optional"))
    default, wronger = _default(long, ask)
    wrong += wronger
    return (None if wrong else Ask(ask.name, ask.type, ask.span, ask.choices, ask.optional, default)), wrong


def _kind(node: Node | None) -> tuple[FieldType, bool] | None:
    """The type, and whether it is a list of choices."""
    if isinstance(node, Sequence):
        return FieldType.TEXT, True
    kind = ASK_TYPES.get(node.text) if isinstance(node, Scalar) else None
    return None if kind is None else (kind, False)


def _wrong_name(name: Scalar) -> Iterator[Finding]:
    if name.text in TAKEN:
        fact = f"'{name.text}' cannot be asked: every step has it of its own"
        yield Finding(name.span, "CSP370", fact, "give the question another name")


def _no_type(name: Scalar, node: Node) -> Finding:
    if isinstance(node, Scalar):
        near = (
            did_you_mean(node.text, ASK_TYPES) or f"one of: {_TYPES}; or a list of choices: [price, product]"
        )
        return Finding(
            node.span, "CSP370", f"'{name.text}' is asked for '{node.text}', which is no type", near
        )
    fact = f"'{name.text}' does not say what kind of answer it takes"
    return Finding(node.span, "CSP370", fact, f"`type:` is one of: {_TYPES}; or a list of choices")


def _wrong_choices(name: Scalar, node: Node, choices: tuple[str, ...]) -> Iterator[Finding]:
    same = [
        choice for at, choice in enumerate(choices) if choice.casefold() in map(str.casefold, choices[:at])
    ]
    if len(choices) < 2 or same:
        fact = (
            f"'{same[0]}' stands twice among the choices"
            if same
            else f"'{name.text}' leaves nothing to choose"
        )
        yield Finding(node.span, "CSP370", fact, "write two or more: [price, product, people]")
    # A returned list writes them as reason=price; …
    for choice in choices:
        if not choice.strip() or set(choice) & set(";=|\n"):
            yield Finding(node.span, "CSP370", f"'{choice}' cannot be a choice", "leave out ; = and |")


def _default(node: Mapping | None, ask: Ask) -> tuple[Value, list[Finding]]:
    said = scalar(node, "default") if node else None
    if said is None or said.value is None:
        return None, []
    value = value_of(ask, said.text)
    if isinstance(value, Misread):
        fact = f"the default '{said.text}' is no answer to '{ask.name}'"
        return None, [Finding(said.span, "CSP370", fact, value.hint)]
    return value, []
