"""Every expression and every name of people in a playbook: what it asks, wherever it asks it."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.condition import Cases, Condition, leaves
from cs_playbook.model.expression import Expression, Name
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Approve, Decide, Email, Sentence, Step, Task, Wait
from cs_playbook.model.team import People
from cs_playbook.model.time import FromDate


def rule_conditions(playbook: Playbook) -> Iterator[Condition]:
    """What is asked of everybody: audience and trigger."""
    yield from (
        condition for condition in (playbook.audience, playbook.trigger.when) if condition is not None
    )


def later_conditions(playbook: Playbook) -> Iterator[Condition]:
    """What is asked of who is enrolled: exit, goal and the steps."""
    yield from (way_out.when for way_out in playbook.exits)
    if playbook.goal is not None:
        yield playbook.goal.when
    for step in playbook.steps:
        yield from step_conditions(step)


def step_conditions(step: Step) -> Iterator[Condition]:
    if step.when is not None:
        yield step.when
    for cases in step_cases(step):
        yield from (fit.when for fit in cases.fits if fit.when is not None)
    match step.verb:
        case Task(done_when=done_when):
            yield from (fit.when for fit in done_when if fit.when is not None)
        case Wait(until=until) if until is not None:
            yield until
        case _:
            pass


def step_cases(step: Step) -> Iterator[Cases[object]]:
    """Every list of cases of a step."""
    if step.not_before is not None:
        yield step.not_before  # type: ignore[misc]
    match step.verb:
        case Task() | Approve() as verb:
            yield from (verb.owner, verb.due, verb.minutes)  # type: ignore[misc]
        case Email() as verb:
            yield from (verb.letter, verb.to, verb.sender, verb.due, verb.minutes)  # type: ignore[misc]
        case Wait(lasting=lasting):
            yield lasting  # type: ignore[misc]
        case Decide(cases=cases):
            yield cases  # type: ignore[misc]


def step_dates(step: Step) -> Iterator[Expression]:
    """The dates that due and not_before count from."""
    for cases in step_cases(step):
        yield from (fit.value.date for fit in cases.fits if isinstance(fit.value, FromDate))


def expressions_of(playbook: Playbook) -> Iterator[Expression]:
    """Every expression of a playbook, wherever it stands."""
    for condition in (*rule_conditions(playbook), *later_conditions(playbook)):
        yield from (leaf.expression for leaf in leaves(condition))
    for step in playbook.steps:
        yield from step_dates(step)


def sentences_of(playbook: Playbook) -> Iterator[Sentence]:
    for step in playbook.steps:
        match step.verb:
            case Task(title=title, checklist=checklist):
                yield from (title, *checklist)
            case Approve(question=question, checklist=checklist):
                yield from (question, *checklist)
            case _:
                pass


def named_in_sentences(playbook: Playbook) -> Iterator[Name]:
    """The blanks of its titles, questions and checklists."""
    for sentence in sentences_of(playbook):
        yield from (piece for piece in sentence.pieces if isinstance(piece, Name))


def people_of(playbook: Playbook) -> Iterator[People]:
    """Everybody it names, wherever."""
    if playbook.owner is not None:
        yield playbook.owner
    for step in playbook.steps:
        match step.verb:
            case Task() | Approve() as verb:
                yield from (fit.value for fit in verb.owner.fits)
                yield from (
                    who
                    for who in (verb.about, verb.escalate.tell if verb.escalate else None)
                    if who is not None
                )
            case Email() as email:
                yield from (fit.value for cases in (email.to, email.sender) for fit in cases.fits)
            case _:
                pass
