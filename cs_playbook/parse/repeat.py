"""`every:`, `until:` and `at_most:` of a step → how it repeats."""

from __future__ import annotations

from cs_playbook.model.step import Repeat
from cs_playbook.model.time import Rhythm
from cs_playbook.parse.nodes import number, text
from cs_playbook.parse.rhythm import read_rhythm
from cs_playbook.parse.step_node import StepNode
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Node, Scalar
from cs_playbook.values import replace

REPEATING = ("every", "until", "at_most")


def read_repeat(step: StepNode, verb: str) -> Repeat | None:
    """None where the step opens once."""
    name = text(step.node, "id")
    if step.node.get("every") is None:
        _without_every(step, verb, name)
        return None
    if verb == "wait":
        hint = "its `until:` is the end of the wait; let the step after it repeat"
        step.report(
            step.node.key("every") or step.node,
            "CSP396",
            f"step '{name}' waits, and a wait is over once",
            hint,
        )
        return None
    every, until = step.cases("every", lambda node: _rhythm(step, node)), step.condition("until")
    return Repeat(every, until, number(step.node, "at_most")) if every is not None else None


def _without_every(step: StepNode, verb: str, name: str) -> None:
    for key in ("until", "at_most"):
        if step.node.get(key) is not None and (verb, key) != ("wait", "until"):
            fact = f"`{key}` ends what repeats, and step '{name}' opens once"
            hint = "how often it opens: every: 1 week" + (
                "; what ends a task: done_when" if (verb, key) == ("task", "until") else ""
            )
            step.report(step.node.key(key) or step.node, "CSP396", fact, hint)


def _rhythm(step: StepNode, node: Node) -> tuple[Rhythm | None, list[Finding]]:
    """Counted before anybody knows whom the step is about: there is no contact to ask for a date."""
    if not isinstance(node, Scalar):
        return None, []
    return read_rhythm(node, step.dates_of(node, replace(step.scope, contact=False)))
