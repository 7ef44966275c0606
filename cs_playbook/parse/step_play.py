"""A step that is a document or another playbook → what it does."""

from __future__ import annotations

from datetime import date

from cs_playbook.model.condition import Cases
from cs_playbook.model.expression import Expression, FieldType, Literal, Name, to_day
from cs_playbook.model.step import TASK_DONE, Document, Play
from cs_playbook.parse.conditions import read_cases, read_expression
from cs_playbook.parse.nodes import block, texts
from cs_playbook.parse.step_node import StepNode
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Node, Scalar

_OF_AN_EXPRESSION = frozenset("'()*/<>=")


def read_document(step: StepNode) -> Document | None:
    key = step.node.key("document")
    name = step.cases("document", lambda node: _document(step, node))
    owner = step.whom("owner", "document")
    outcomes = texts(step.node, "outcomes") or (TASK_DONE,)
    done_when = step.done_when(outcomes)
    if name is None or owner is None or key is None:
        return None
    return Document(
        name, owner, step.due(), step.minutes(), key.span, outcomes, step.checklist(), step.about(),
        step.escalation(), done_when,
    )  # fmt: skip


def _document(step: StepNode, node: Node) -> tuple[str | None, list[Finding]]:
    if not isinstance(node, Scalar):
        return None, []
    known = step.scope.documents
    if node.text in known:
        return node.text, []
    hint = did_you_mean(node.text, known) or f"write documents/{node.text}/en.md"
    return None, [Finding(node.span, "CSP375", f"there is no document '{node.text}'", hint)]


def read_play(step: StepNode) -> Play | None:
    key = step.node.key("playbook")
    name = step.cases("playbook", lambda node: _playbook(step, node))
    given = _given(step)
    return None if name is None or key is None else Play(name, key.span, given)


def _playbook(step: StepNode, node: Node) -> tuple[str | None, list[Finding]]:
    if not isinstance(node, Scalar):
        return None, []
    known = step.scope.playbooks
    if known is None or node.text in known:
        return node.text, []
    hint = did_you_mean(node.text, known) or f"there are: {', '.join(sorted(known))}"
    return None, [Finding(node.span, "CSP380", f"there is no playbook '{node.text}'", hint)]


def _given(step: StepNode) -> tuple[tuple[str, Cases[Expression]], ...]:
    """What is handed over. Whether the other playbook asks for it is known only when all have been read."""
    read: list[tuple[str, Cases[Expression]]] = []
    inside = block(step.node, "given")
    for name, said in inside.entries if inside else ():
        cases: Cases[Expression] | None
        cases, wrong = read_cases(said, step.scope, lambda node: _value(step, node))
        step.findings += wrong
        read += [(name.text, cases)] if cases else []
    return tuple(read)


def _value(step: StepNode, node: Node) -> tuple[Expression | None, list[Finding]]:
    """A number, yes/no, a day; the name of something known here; an expression; else a text as it stands."""
    if not isinstance(node, Scalar):
        return None, []
    plain = _plain(node)
    if plain is not None:
        return plain, []
    if step.scope.find(Name(node.text)) is not None or set(node.text) & _OF_AN_EXPRESSION:
        expression, _, wrong = read_expression(node, step.scope)
        return expression, wrong
    near = did_you_mean(node.text, step.scope.known()) if node.text.isidentifier() or "." in node.text else ""
    if near and " " not in node.text:
        return None, [Finding(node.span, "CSP210", f"there is no '{node.text}' to hand over", near)]
    return Literal(node.text, FieldType.TEXT), []


def _plain(node: Scalar) -> Literal | None:
    if isinstance(node.value, bool):
        return Literal(node.value, FieldType.BOOLEAN)
    if isinstance(node.value, int):
        return Literal(node.value, FieldType.INTEGER)
    if isinstance(node.value, float):
        return Literal(node.value, FieldType.NUMBER)
    try:
        return Literal(to_day(date.fromisoformat(node.text)), FieldType.DATE)
    except ValueError:
        return None
