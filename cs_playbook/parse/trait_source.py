"""What a step sets a trait to, where that is no plain value but a fact, an answer or an expression → it, bound and of its type."""

from __future__ import annotations

import re

from cs_playbook.model.expression import Expression, FieldType, Literal, Name
from cs_playbook.model.trait import Trait
from cs_playbook.parse.advice import KIND_WORDS
from cs_playbook.parse.conditions import read_expression
from cs_playbook.parse.refused import FUNCTIONS
from cs_playbook.parse.scope import RESERVED, Scope
from cs_playbook.parse.story_value import Wrong
from cs_playbook.parse.trait import trait_value
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Scalar

_DOTTED = re.compile(r"(?P<first>[a-z_]\w*)(?:\.\w+)+\Z")
_CALL = re.compile(r"(?P<function>[a-z_]+)\s*\(.*\)\Z", re.DOTALL)
_OPERATORS = re.compile(r"(?=.*[A-Za-z]).*[()*/<>=+']", re.DOTALL)


def is_reckoned(node: Scalar, trait: Trait, scope: Scope) -> bool:
    """Whether somebody means what stands in a fact, and not the words themselves. What the trait may hold comes first."""
    text = node.text.strip()
    if not isinstance(node.value, str) or _is_a_value(text, trait):
        return False
    if scope.find(Name(text)) is not None:
        return True
    dotted = _DOTTED.match(text)
    if dotted is not None and dotted["first"] in (*RESERVED, "account", "parent", *scope.facts):
        return True  # a slip of the pen in given.x must never become the text 'given.x'
    return _is_expression(text, trait)


def _is_a_value(text: str, trait: Trait) -> bool:
    takes_anything = trait.type is FieldType.TEXT and not trait.values
    return not takes_anything and not isinstance(trait_value(text, trait), Wrong)


def _is_expression(text: str, trait: Trait) -> bool:
    """A text may hold brackets and strokes: there only a function, a case or a quoted text is an expression."""
    if trait.type is not FieldType.TEXT:
        return _OPERATORS.match(text) is not None
    call = _CALL.match(text)
    known = call is not None and call["function"] in FUNCTIONS
    return known or (text.startswith("case ") and text.endswith(" end")) or text.startswith("'")


def read_reckoned(node: Scalar, trait: Trait, scope: Scope) -> tuple[Expression | None, list[Finding]]:
    expression, kind, findings = read_expression(node, scope)
    if expression is None:
        return None, findings
    wrong = _unlike(node, trait, kind) or _never(node, trait, expression, scope)
    return (None, [*findings, wrong]) if wrong else (expression, findings)


def _unlike(node: Scalar, trait: Trait, kind: FieldType | None) -> Finding | None:
    same = kind is None or kind is trait.type or (kind.is_number and trait.type is FieldType.NUMBER)
    if same:
        return None
    assert kind is not None
    fact = f"'{trait.name}' is {KIND_WORDS[trait.type]}, and '{node.text}' is {KIND_WORDS[kind]}"
    return Finding(
        node.span, "CSP351", fact, f"a trait is set to {KIND_WORDS[trait.type]}, or null clears it"
    )


def _never(node: Scalar, trait: Trait, expression: Expression, scope: Scope) -> Finding | None:
    """As far as it is known what it is read from may hold."""
    match expression:
        case Name():
            values = scope.values_of(expression)
        case Literal(value=str() as value):
            values = (value,)
        case _:
            values = ()
    stranger = next((value for value in values if trait.text_of(value) is None), None)
    if stranger is None:
        return None
    fact = f"'{trait.name}' is never '{stranger}', and '{node.text}' may be"
    hint = f"say which it means: [{{when: {node.text} = '{stranger}', is: {trait.values[0]}}}, …]"
    return Finding(node.span, "CSP351", fact, hint)
