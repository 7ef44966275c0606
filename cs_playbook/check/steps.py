"""A playbook's steps one by one: ids, what ends the enrollment, answers that lead nowhere, lists of cases."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.covered import covered_by
from cs_playbook.check.covers import covers, never_reached
from cs_playbook.check.rule import Asked, note
from cs_playbook.model.condition import Fit
from cs_playbook.model.step import Approve, Decide, Document, Step, Task
from cs_playbook.model.wording import write
from cs_playbook.source.finding import Finding, did_you_mean, warning


def ids_are_unique(asked: Asked) -> Iterator[Finding]:
    """CSP303 Two steps have the same id

    A step is remembered under its id: in the ledger, in `after`, and in conditions as
    steps.<id>.outcome. With two steps of one id nobody could say which of them has ended.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call the champion, owner: csm}
          - {id: call, task: Call the sponsor, owner: csm}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: call_champion, task: Call the champion, owner: csm}
          - {id: call_sponsor, task: Call the sponsor, owner: csm}
    """
    first: dict[str, Step] = {}
    for step in asked.playbook.all_steps:
        taken = first.setdefault(step.id, step)
        if taken is not step:
            fact = f"there is already a step '{step.id}', on line {taken.span.line}"
            yield Finding(step.span, "CSP303", fact, "give one of them another id")


def ends_with_its_own_outcomes(asked: Asked) -> Iterator[Finding]:
    """CSP314 `ends` names an outcome that the step does not have

    `ends:` lists answers that end the enrollment. A name that the step can never end with is a slip of
    the pen, and the answer that was meant ends nothing. Which outcomes a step has depends on its verb:
    a task its `outcomes` (or done), an email sent, discarded or undeliverable, a wait met or timed_out,
    a decision its cases, an approval approved or refused.

    Fails:

        # playbooks/example.yaml
        steps:
          - id: find_cause
            task: Find out what changed
            owner: csm
            outcomes: [season, product_problem]
            ends: [saison]

    Mended:

        # playbooks/example.yaml
        steps:
          - id: find_cause
            task: Find out what changed
            owner: csm
            outcomes: [season, product_problem]
            ends: [season]
    """
    for step in asked.ways.steps.values():
        for outcome in dict.fromkeys(step.ends):
            known = asked.ways.outcomes[step.id]
            if step.repeats is not None:
                known = (*step.outcomes, *known)  # an answer to one of its tasks, or the end of all of them
            if outcome not in known:
                fact = f"`ends` names '{outcome}', and step '{step.id}' never ends so"
                yield Finding(step.span, "CSP314", fact, did_you_mean(outcome, known) or ends_with(known))


def ends_with(outcomes: tuple[str, ...]) -> str:
    """What to choose from."""
    return f"it ends with: {', '.join(outcomes)}"


def every_answer_leads_on(asked: Asked) -> Iterator[Finding]:
    """CSP313 A note: an answer that nothing follows

    No mistake, but worth a look, and shown by `validate -v` only. When a step ends with this outcome,
    nothing comes after it on this branch; if nothing else is open, the enrollment ends as `finished`.
    An answer that is meant to end it is better named in `ends:`, so that the enrollment carries it as
    its outcome.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer]}
          - {id: note, task: Note what was agreed, owner: csm, after: {call: agreed}}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer], ends: [no_answer]}
          - {id: note, task: Note what was agreed, owner: csm, after: {call: agreed}}
    """
    followed: dict[str, set[str]] = {}
    for step in asked.playbook.steps:
        for item in step.after.requirements:
            outcomes = item.outcomes or asked.ways.outcomes.get(item.step, ())
            followed.setdefault(item.step, set()).update(outcomes)
    for step in asked.ways.steps.values():
        outcomes = asked.ways.outcomes[step.id]
        here = followed.get(step.id, set()).union(step.ends)
        loose = tuple(repr(outcome) for outcome in outcomes if outcome not in here)
        branches = bool(here) or isinstance(step.verb, Task | Document | Decide | Approve)
        if loose and len(outcomes) > 1 and branches:
            names = " and ".join(([", ".join(loose[:-1])] if loose[1:] else []) + [loose[-1]])
            fact = f"nothing follows {names} of step '{step.id}': its branch ends there"
            yield note(step.span, "CSP313", fact)


def cases_have_an_otherwise(asked: Asked) -> Iterator[Finding]:
    """CSP315 A warning: a list of cases may fit nobody

    Where no case fits, or one above it cannot be answered because a field is empty, there is no value:
    a decision waits, a task without owner or due date does not open. A last case `when: otherwise`
    catches them. Cases that name every one of the `values:` of one field need none: they are a note
    only, shown by `validate -v`, because an empty field still waits.

    Fails:

        # playbooks/example.yaml
        steps:
          - id: size
            decide:
              - {when: arr >= 50000, is: big}
              - {when: arr < 50000, is: small}

    Mended:

        # playbooks/example.yaml
        steps:
          - id: size
            decide:
              - {when: arr >= 50000, is: big}
              - {when: otherwise, is: small}
    """
    for step, cases in asked.cases:
        last = cases.fits[-1].when
        if last is not None and all(fit.when is not None for fit in cases.fits):
            what = "decision" if isinstance(step.verb, Decide) else "list of cases"
            named = covered_by(asked, cases)
            if named is not None:
                fact = f"this {what} names every value of '{write(named)}': while that is empty step '{step.id}' waits"
                yield note(last.span, "CSP315", fact)
                continue
            fact = f"this {what} has no `otherwise`: where no case fits, step '{step.id}' waits for ever"
            yield warning(last.span, "CSP315", fact, "end it with {when: otherwise, is: …}")


def every_case_can_fit(asked: Asked) -> Iterator[Finding]:
    """CSP316 A case that is never asked

    The first case that fits is taken. After `otherwise`, and after a case that asks the same, nothing
    is asked; after one that asks for less (arr >= 2000 above arr >= 80000) neither: a warning.

    Fails:

        # playbooks/example.yaml
        steps:
          - id: size
            decide:
              - {when: otherwise, is: small}
              - {when: arr >= 50000, is: big}

    Mended:

        # playbooks/example.yaml
        steps:
          - id: size
            decide:
              - {when: arr >= 50000, is: big}
              - {when: otherwise, is: small}
    """
    for step, cases in asked.cases:
        for at, fit in enumerate(cases.fits):
            takes = ((other, covers(other.when, fit.when)) for other in cases.fits[:at])
            above, how = next(((other, how) for other, how in takes if how), (None, ""))
            if above is not None:
                yield _never_asked(step, fit, above, how)


def _never_asked(step: Step, fit: Fit[object], above: Fit[object], how: str) -> Finding:
    span = fit.when.span if fit.when is not None else step.span
    if above.when is None:
        return Finding(
            span, "CSP316", "this case stands after `otherwise` and is never asked", "`otherwise` goes last"
        )
    fact = f"this case is never taken: the one on line {above.when.span.line} {how}"
    hint = (
        "ask something else, or delete it"
        if how == "asks the same"
        else "move it up: who asks for more goes first"
    )
    return never_reached(span, "CSP316", fact, how, hint)
