"""A playbook's steps as a graph: what comes after what, circles, steps that no course of events opens."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from cs_playbook.check.rule import Asked
from cs_playbook.check.steps import ends_with
from cs_playbook.check.ways import Ways, is_endless
from cs_playbook.model.step import Requirement, Step, Wait
from cs_playbook.source.finding import Finding, did_you_mean


def after_names_a_step(asked: Asked) -> Iterator[Finding]:
    """CSP307 `after` names a step that does not exist

    A step opens when the steps it comes after have ended. One that does not exist never ends, so the
    step would never open. `after: start` means at once; an outcome stands behind its step: {call:
    agreed}.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: find_cause, task: Find out what changed, owner: csm}
          - {id: call, task: Call them, owner: csm, after: find_couse}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: find_cause, task: Find out what changed, owner: csm}
          - {id: call, task: Call them, owner: csm, after: find_cause}
    """
    for _, item in _requirements(asked):
        if item.step not in asked.ways.steps and item.step not in asked.ways.unread:
            yield Finding(
                item.span, "CSP307", f"there is no step '{item.step}'", _meant(item.step, asked.ways)
            )


def _meant(written: str, ways: Ways) -> str:
    if written == "start":
        return "`after: start` stands alone: the step opens at once"
    owner = next((step for step in ways.steps.values() if written in step.outcomes), None)
    if owner is not None:
        return f"'{written}' is an outcome of step '{owner.id}': write {{{owner.id}: {written}}}"
    return did_you_mean(written, ways.steps) or f"there are: {', '.join(ways.steps)}"


def after_asks_for_its_outcomes(asked: Asked) -> Iterator[Finding]:
    """CSP308 `after` asks for an outcome that the step never ends with

    `after: {call: agreed}` opens a step when `call` has ended with `agreed`. If `call` cannot end so,
    the step never opens. A task ends with one of its `outcomes` (or done), an email with sent,
    discarded or undeliverable, a wait with met (only if it has an `until:`) or timed_out, a decision
    with one of its cases, an approval with approved or refused.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: rescue, approve: "Offer a rescue plan?", owner: csm}
          - {id: plan, task: Write the plan, owner: csm, after: {rescue: accepted}}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: rescue, approve: "Offer a rescue plan?", owner: csm}
          - {id: plan, task: Write the plan, owner: csm, after: {rescue: approved}}
    """
    for _, item in _requirements(asked):
        before = asked.ways.steps.get(item.step)
        for outcome in item.outcomes:
            if (
                before is not None
                and outcome not in asked.ways.outcomes[before.id]
                and not is_endless(before)
            ):
                yield _never_ends_so(item, before, outcome, asked.ways)


def _never_ends_so(item: Requirement, before: Step, outcome: str, ways: Ways) -> Finding:
    fact = f"step '{before.id}' never ends with '{outcome}'"
    if isinstance(before.verb, Wait) and outcome in before.outcomes:
        return Finding(
            item.span, "CSP308", f"{fact}: it has no `until:`", "say `until:`, or ask for timed_out"
        )
    hint = did_you_mean(outcome, ways.outcomes[before.id]) or ends_with(ways.outcomes[before.id])
    return Finding(item.span, "CSP308", fact, hint)


def no_circles(asked: Asked) -> Iterator[Finding]:
    """CSP309 Steps wait for each other in a circle

    Each step opens once. Steps that come after each other in a circle wait for ever. A way back to an
    earlier step is written as a new step, with an id of its own.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: offer, task: Make an offer, owner: csm, after: answer}
          - {id: answer, task: Read the answer, owner: csm, after: offer}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: offer, task: Make an offer, owner: csm}
          - {id: answer, task: Read the answer, owner: csm, after: offer}
    """
    for circle in asked.ways.circles:
        first = asked.ways.steps[circle[0]]
        if len(circle) == 1:
            yield Finding(
                first.span, "CSP309", f"step '{first.id}' comes after itself", "name the step before it"
            )
        else:
            way = " → ".join((*circle, circle[0]))
            hint = "each step opens once: a second try is a step of its own"
            yield Finding(first.span, "CSP309", f"these steps wait for each other: {way}", hint)


def every_step_is_reached(asked: Asked) -> Iterator[Finding]:
    """CSP312 A step that is never reached

    No course of events opens it: it asks for two answers of one step at once, or comes after two
    branches of which only one is ever taken, or after an answer that ends the enrollment (`ends:`).
    `after` with several steps means all of them; {any: […]} means the first.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: size, decide: [{when: arr >= 50000, is: big}, {when: otherwise, is: small}]}
          - {id: visit, task: Visit them, owner: csm, after: {size: big}}
          - {id: call, task: Call them, owner: csm, after: {size: small}}
          - {id: note, task: Write down what they said, owner: csm, after: [visit, call]}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: size, decide: [{when: arr >= 50000, is: big}, {when: otherwise, is: small}]}
          - {id: visit, task: Visit them, owner: csm, after: {size: big}}
          - {id: call, task: Call them, owner: csm, after: {size: small}}
          - {id: note, task: Write down what they said, owner: csm, after: {any: [visit, call]}}
    """
    ended = list(_past_the_end(asked))
    yield from ended
    told = {finding.span for finding in ended}
    told |= {item.span for _, item in _requirements(asked) if is_endless(asked.ways.steps.get(item.step))}
    reached = asked.ways.reached()
    for step in asked.ways.steps.values():
        if step.id not in reached and not told & {item.span for item in step.after.requirements}:
            yield from _why_never(step, asked.ways, reached)


def _past_the_end(asked: Asked) -> Iterator[Finding]:
    """What comes after an answer that ends the enrollment."""
    for step in asked.ways.steps.values():
        for item, need in zip(step.after.requirements, asked.ways.needs[step.id], strict=True):
            before = asked.ways.steps.get(item.step)
            over = [outcome for outcome in item.outcomes if before is not None and outcome in before.ends]
            if over:
                fact = f"'{over[0]}' of step '{item.step}' ends the enrollment: '{step.id}' is never reached by it"
                hint = f"take '{over[0]}' out of its `ends:`, or ask for another outcome"
                yield Finding(item.span, "CSP312", fact, hint)
            elif before is not None and not need.endings and not is_endless(before):
                fact = f"step '{item.step}' always ends the enrollment: '{step.id}' is never reached by it"
                yield Finding(
                    item.span, "CSP312", fact, f"leave an outcome of '{item.step}' out of its `ends:`"
                )


def _why_never(step: Step, ways: Ways, reached: frozenset[str]) -> Iterator[Finding]:
    """Only where it goes wrong first: what follows a step that is never reached is not reported too."""
    pairs = list(zip(step.after.requirements, ways.needs[step.id], strict=True))
    if any(item.step in ways.steps and item.step not in reached for item, _ in pairs):
        return
    for (one, a), (other, b) in combinations(pairs, 2):
        if not ways.together(a, b):
            yield _never_both(step, one, other)
            return
    fact = f"step '{step.id}' is never reached: what it comes after never all happens"
    yield Finding(step.span, "CSP312", fact, "`after: {any: […]}` is met by the first of them")


def _never_both(step: Step, one: Requirement, other: Requirement) -> Finding:
    if one.step == other.step:
        fact = f"step '{step.id}' is never reached: '{one.step}' cannot end both ways"
        hint = f"either of them: {{{one.step}: [{', '.join((*one.outcomes, *other.outcomes))}]}}"
        return Finding(other.span, "CSP312", fact, hint)
    fact = f"step '{step.id}' is never reached: {_words(one)} and {_words(other)} never both happen"
    return Finding(other.span, "CSP312", fact, "if one of them is enough: after: {any: […]}")


def _words(item: Requirement) -> str:
    return f"'{item.step}'" if not item.outcomes else f"'{item.step}: {' or '.join(item.outcomes)}'"


def _requirements(asked: Asked) -> Iterator[tuple[Step, Requirement]]:
    for step in asked.playbook.steps:
        yield from ((step, item) for item in step.after.requirements)
