"""Every expression and every name of people in a playbook: what it asks, wherever it asks it."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.condition import Cases, Condition, leaves
from cs_playbook.model.expression import Expression, Name
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import (
    Approve,
    ChannelRef,
    Decide,
    Document,
    Email,
    Notify,
    Play,
    Sentence,
    Set,
    Step,
    Task,
    Wait,
)
from cs_playbook.model.team import People
from cs_playbook.model.time import FromDate, Rhythm
from cs_playbook.model.trait import NewValue
from cs_playbook.source.finding import Span


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
    for step in playbook.all_steps:
        yield from step_conditions(step)


def step_conditions(step: Step) -> Iterator[Condition]:
    if step.when is not None:
        yield step.when
    if step.repeats is not None and step.repeats.until is not None:
        yield step.repeats.until
    for cases in step_cases(step):
        yield from (fit.when for fit in cases.fits if fit.when is not None)
    match step.verb:
        case Task(done_when=done_when) | Document(done_when=done_when):
            yield from (fit.when for fit in done_when if fit.when is not None)
        case Wait(until=until) if until is not None:
            yield until
        case _:
            pass


def step_cases(step: Step) -> Iterator[Cases[object]]:
    """Every list of cases of a step."""
    if step.not_before is not None:
        yield step.not_before  # type: ignore[misc]
    if step.repeats is not None:
        yield step.repeats.every  # type: ignore[misc]
    yield from (*_told(step), *_what(step))
    match step.verb:
        case Task() | Approve() | Document() as verb:
            yield from (verb.owner, verb.due, verb.minutes, *((verb.about,) if verb.about else ()))
        case Email() as verb:
            yield from (verb.letter, verb.to, verb.sender, verb.due, verb.minutes, verb.sends)  # type: ignore[misc]
            yield from (verb.expires_after,) if verb.expires_after is not None else ()  # type: ignore[misc]
        case Set(values=named) | Play(given=named):
            yield from (cases for _, cases in named)  # type: ignore[misc]
        case Wait() | Decide() | Notify():
            pass  # all they have is what they do


def _what(step: Step) -> Iterator[Cases[object]]:
    """How long, which way, which document, which playbook, whom."""
    match step.verb:
        case (
            Wait(lasting=cases)
            | Decide(cases=cases)
            | Document(name=cases)
            | Play(playbook=cases)
            | Notify(to=cases)
        ):
            yield cases  # type: ignore[misc]
        case _:
            pass


def _told(step: Step) -> Iterator[Cases[object]]:
    """Who else is told, and when: of what is late, and of a letter."""
    match step.verb:
        case Task(escalate=escalate) | Approve(escalate=escalate) | Document(escalate=escalate) if escalate:
            yield from (escalate.when_late_by, escalate.tell)  # type: ignore[misc]
        case Email(copies=copies) if copies is not None:
            yield copies  # type: ignore[misc]
        case _:
            pass


def step_dates(step: Step) -> Iterator[Expression]:
    """The dates that due, not_before and every count from."""
    yield from (named for _, named in placed_dates(step))


def placed_dates(step: Step) -> Iterator[tuple[Span, Expression]]:
    """The same, each with its place."""
    for cases in step_cases(step):
        for fit in cases.fits:
            match fit.value:
                case FromDate(date=named, span=span):
                    yield span, named
                case Rhythm(phase=phase, span=span) if phase is not None:
                    yield span or step.span, phase
                case _:
                    pass


def expressions_of(playbook: Playbook) -> Iterator[Expression]:
    """Every expression of a playbook, wherever it stands."""
    for condition in (*rule_conditions(playbook), *later_conditions(playbook)):
        yield from (leaf.expression for leaf in leaves(condition))
    for step in playbook.all_steps:
        yield from step_dates(step)
        yield from handed_over(step)


def handed_over(step: Step) -> Iterator[Expression]:
    """What it gives to the playbook that it starts, and what it sets traits to."""
    match step.verb:
        case Play(given=given):
            yield from (fit.value for _, cases in given for fit in cases.fits)
        case Set(values=values):
            fits = (fit for _, cases in values for fit in cases.fits)
            yield from (fit.value for fit in fits if not isinstance(fit.value, NewValue))
        case _:
            pass


def sentences_of(playbook: Playbook) -> Iterator[Sentence]:
    for step in playbook.all_steps:
        match step.verb:
            case Document(checklist=checklist):
                yield from checklist
            case Task(title=title, checklist=checklist):
                yield from (title, *checklist)
            case Approve(question=question, checklist=checklist):
                yield from (question, *checklist)
            case Notify(says=says) if says is not None:
                yield says
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
    for step in playbook.all_steps:
        match step.verb:
            case Task() | Approve() | Document() as verb:
                yield from (fit.value for fit in verb.owner.fits)
                yield from _people(verb.escalate.tell if verb.escalate else None)
                yield from (fit.value for fit in (verb.about.fits if verb.about else ()))
            case Email(copies=copies) as email:
                yield from (fit.value for cases in (email.to, email.sender) for fit in cases.fits)
                yield from (fit.value for fit in (copies.fits if copies else ()))
            case Notify(to=to):
                yield from _people(to)
            case _:
                pass


def _people(told: Cases[People | ChannelRef] | None) -> Iterator[People]:
    """Channels aside."""
    fits = () if told is None else told.fits
    yield from (fit.value for fit in fits if not isinstance(fit.value, ChannelRef))
