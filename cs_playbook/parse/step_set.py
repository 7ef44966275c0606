"""`set:` and `notify:` of a step → what it sets traits to, whom it tells; each mistake with what to write instead."""

from __future__ import annotations

import json
from functools import partial

from cs_playbook.model.condition import Cases
from cs_playbook.model.expression import Expression
from cs_playbook.model.step import ChannelRef, Notify, Sentence, Set
from cs_playbook.model.team import People
from cs_playbook.model.trait import NewValue, Trait
from cs_playbook.parse.conditions import read_cases
from cs_playbook.parse.nodes import scalar
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.sentence import read_sentence
from cs_playbook.parse.step_node import StepNode
from cs_playbook.parse.story_value import Wrong
from cs_playbook.parse.targets import read_target
from cs_playbook.parse.trait import trait_value
from cs_playbook.parse.trait_source import is_reckoned, read_reckoned
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence, plain
from cs_playbook.values import replace


def read_set(step: StepNode) -> Set | None:
    """None where any of its traits cannot be set so."""
    node = step.node.get("set")
    entries = node.entries if isinstance(node, Mapping) else ()
    values: list[tuple[str, Cases[NewValue | Expression]]] = []
    for key, value in entries:
        trait = step.scope.traits.get(key.text)
        if trait is None:
            step.findings += _no_trait(key, step.scope)
            continue
        cases: Cases[NewValue | Expression] | None
        cases, wrong = read_cases(value, step.scope, partial(_value, trait=trait, scope=step.scope))
        step.findings += wrong
        values += [(trait.name, cases)] if cases else []
    return Set(tuple(values)) if values and len(values) == len(entries) else None


def _no_trait(key: Scalar, scope: Scope) -> list[Finding]:
    """Fields come from the snapshot and signals are reckoned: neither can be set."""
    name, traits = key.text, sorted(scope.traits)
    if name in scope.unread:
        return []  # it is reported where it is defined
    known = f"traits are: {', '.join(traits)}" if traits else "define one: traits: {at_risk: {type: boolean}}"
    if scope.contract.accounts.field(name) is not None:
        fact = f"'{name}' is a field of accounts: it comes with the snapshot, and only traits are set"
    elif name in scope.facts:
        fact = f"'{name}' is reckoned from other facts, and only traits are set"
    else:
        fact, known = f"there is no trait '{name}'", did_you_mean(name, traits) or known
    return [Finding(key.span, "CSP350", fact, known)]


def _value(node: Node, trait: Trait, scope: Scope) -> tuple[NewValue | Expression | None, list[Finding]]:
    """One value of one trait, or what it is read from; null clears it."""
    if isinstance(node, Sequence):
        return None, []  # the schema has said so
    if not isinstance(node, Scalar):
        hint = f"write {{{trait.name}: <value>}}, or cases: [{{when: …, is: <value>}}]"
        return None, [Finding(node.span, "CSP351", f"'{trait.name}' is set to one value", hint)]
    if node.value is None:
        return NewValue(None), []
    if is_reckoned(node, trait, scope):
        return read_reckoned(node, trait, scope)
    value = trait_value(node.text if node.quoted else node.value, trait)
    if isinstance(value, Wrong):
        return None, [Finding(node.span, "CSP351", value.message, value.hint)]
    return NewValue(value), []


# --- notify ---


def read_notify(step: StepNode) -> Notify | None:
    node = step.node.get("notify")
    says = _sentence(step)
    if node is None:
        return None
    to: Cases[People | ChannelRef] | None
    to, wrong = read_cases(node, step.scope, partial(read_target, key="notify", among=step.targets))
    step.findings += wrong
    return Notify(to, says, _meta(step)) if to else None


def _meta(step: StepNode) -> str:
    """Free content: nothing in it means anything to us, so it goes along as it stands."""
    node = step.node.get("meta")
    return "" if node is None else json.dumps(plain(node), ensure_ascii=False, default=str)


def _sentence(step: StepNode) -> Sentence | None:
    """A note is about the account: no contact fills a blank of it."""
    value = scalar(step.node, "says")
    if value is None:
        return None
    sentence, wrong = read_sentence(value, step.scope)
    hint = "a note is about the account: {{ account.x }}, {{ row.x }}"
    of_contacts = [finding for finding in wrong if finding.message.startswith("'contact.")]
    step.findings += [replace(one, hint=hint) if one in of_contacts else one for one in wrong]
    return sentence
