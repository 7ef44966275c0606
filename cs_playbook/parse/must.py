"""`must:` of a question → the condition that its answer satisfies, or what cannot be asked when somebody answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs_playbook.model.asks import Ask
from cs_playbook.model.condition import Condition, conditions, leaves
from cs_playbook.model.expression import Memory, Name, Related, walk
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Node
from cs_playbook.values import replace

_KNOWS = "when somebody answers, the answers and the account's own fields are known, and nothing else"


def read_must(
    node: Node, ask: Ask, asks: Mapping[str, Ask], scope: Scope
) -> tuple[Condition | None, list[Finding]]:
    """`asks`: what is asked together, each by its bare name; a fact of the same name would be meant as well."""
    both = sorted(name for name in asks if name in scope.facts)
    if both:
        fact = f"'{both[0]}' is a fact of the account too: `must:` could mean both"
        return None, [Finding(asks[both[0]].span, "CSP370", fact, "give the question another name")]
    answers = {name: each.type for name, each in asks.items()}
    choices = {name: each.choices for name, each in asks.items() if each.choices}
    inside = replace(
        scope, facts={**scope.facts, **answers}, values={**scope.values, **choices},
        row=None, contact=False, steps=None, given=None,
    )  # fmt: skip
    condition, findings = read_conditions(node, inside)
    if condition is None or findings:
        return condition, findings
    wrong = [*_not_known(condition, {*answers, *_fields(scope)}), *_not_asked(condition, ask)]
    return condition, wrong[:1]


def _fields(scope: Scope) -> Iterator[str]:
    yield from (field.name for field in scope.contract.accounts.fields)


def _not_known(condition: Condition, known: set[str]) -> Iterator[Finding]:
    for leaf in leaves(condition):
        for part in walk(leaf.expression):
            match part:
                case Name(name=name) if name != "today" and name not in known:
                    fact = f"'{name}' is worked out in a run, and cannot be asked by `must:`"
                    yield Finding(leaf.span, "CSP370", fact, _KNOWS)
                case Related() | Memory():
                    fact = f"{part.function}() is worked out in a run, and cannot be asked by `must:`"
                    yield Finding(leaf.span, "CSP370", fact, _KNOWS)
                case _:
                    pass
    if any(part.lasting is not None for part in conditions(condition)):
        yield Finding(condition.span, "CSP370", "`for:` cannot be asked of an answer", "leave it out")


def _not_asked(condition: Condition, ask: Ask) -> Iterator[Finding]:
    named = (part for leaf in leaves(condition) for part in walk(leaf.expression) if isinstance(part, Name))
    if all(name.name != ask.name for name in named):
        fact = f"`must:` of '{ask.name}' does not speak of '{ask.name}'"
        yield Finding(condition.span, "CSP370", fact, f"e.g. must: {ask.name} > 0")
