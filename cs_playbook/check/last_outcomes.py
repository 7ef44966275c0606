"""What conditions ask of how another playbook ended → findings where it can never have ended so."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import place_in
from cs_playbook.check.steps import ends_with
from cs_playbook.model.asking import later_conditions, rule_conditions
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition, Leaf, leaves
from cs_playbook.model.expression import Literal, Memory, beside_literals, walk
from cs_playbook.model.plays import endings_of
from cs_playbook.source.finding import Finding, Span, did_you_mean


def last_outcomes_exist(catalog: Catalog) -> Iterator[Finding]:
    """CSP319 A condition asks whether another playbook ended in a way in which it never ends

    `last_outcome('onboarding') = 'live'` is never true if no exit, no goal and no `ends:` of `onboarding`
    says `live`. Besides those a playbook ends as finished, stopped, gone, retired or stopped_by_change.

    Fails:

        # playbooks/example.yaml
        audience: last_outcome('other') = 'recoverd'

        # playbooks/other.yaml
        playbook: other
        title: Another playbook
        goal: {when: arr > 0, outcome: recovered}
        steps:
          - {id: call, task: Call them, owner: csm}

    Mended:

        # playbooks/example.yaml
        audience: last_outcome('other') = 'recovered'

        # playbooks/other.yaml
        playbook: other
        title: Another playbook
        goal: {when: arr > 0, outcome: recovered}
        steps:
          - {id: call, task: Call them, owner: csm}
    """
    for leaf in _lines(catalog):
        for part in walk(leaf.expression) if "last_outcome" in leaf.text else ():
            for memory, literal in beside_literals(part, Memory):
                yield from _never_so(memory, literal, place_in(leaf, literal), catalog)
    for signal in catalog.signals.values():
        for part in walk(signal.value):
            for memory, literal in beside_literals(part, Memory):
                yield from _never_so(memory, literal, signal.span, catalog)


def _lines(catalog: Catalog) -> Iterator[Leaf]:
    asked: list[Condition] = []
    for playbook in catalog.playbooks.values():
        asked += [*rule_conditions(playbook), *later_conditions(playbook)]
    for segmentation in catalog.segmentations.values():
        asked += [segment.when for segment in segmentation.segments if segment.when is not None]
    for condition in asked:
        yield from leaves(condition)


def _never_so(memory: Memory, literal: Literal, span: Span, catalog: Catalog) -> Iterator[Finding]:
    other = catalog.playbooks.get(memory.subject) if memory.function == "last_outcome" else None
    if other is None or other.unread:
        return
    endings = endings_of(other)
    if literal.value not in endings:
        fact = f"'{memory.subject}' never ends with '{literal.value}'"
        yield Finding(span, "CSP319", fact, did_you_mean(str(literal.value), endings) or ends_with(endings))
