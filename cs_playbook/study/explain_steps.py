"""An open enrollment, its text and what the next run does to it → its steps one by one, and its ways out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cs_playbook.model.answer import explain
from cs_playbook.model.condition import Condition
from cs_playbook.model.enrollment import Arm, Enrollment, StepState
from cs_playbook.model.event import StepEnded, StepOpened, StepPassed, StepSkipped
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import After, Email, Notify, Requirement, Set, Step, Wait
from cs_playbook.parse.text_difference import differences
from cs_playbook.plan.advance import enrollment_values, steps_of, verdict
from cs_playbook.plan.decision import Change, Decision, Held, HeldBy, Subject, Today
from cs_playbook.plan.in_flight import playbook_of
from cs_playbook.plan.lines import DRAFT, again_words, contact_row, title_of
from cs_playbook.plan.notes import action_words
from cs_playbook.plan.speaking import of_enrollment
from cs_playbook.study.behind import Facts, Part, part_of
from cs_playbook.study.explained import Awaited, EnrollmentExplained, StepExplained, WayOut
from cs_playbook.values import replace


def explain_enrollment(
    enrollment: Enrollment, subject: Subject, decisions: Sequence[Decision], today: Today
) -> EnrollmentExplained:
    """`decisions`: of the next run about this enrollment. `subject`: with the values of its row."""
    text = today.texts.get(enrollment.definition)
    acting = enrollment.arm is Arm.TREATED  # a shadow has no steps
    held = tuple(item for item in decisions if isinstance(item, Held) and item.step is None)
    if text is None:
        return EnrollmentExplained(enrollment, (), (), held)
    facts = Facts({**subject.values, **enrollment_values(enrollment)}, today.reckoning, today.catalog)
    steps = steps_of(enrollment, text) if acting else ()
    told = tuple(_step(step, enrollment, subject, decisions, facts, today) for step in steps)
    return EnrollmentExplained(
        enrollment, told, tuple(_ways_out(text, enrollment, facts)), held, _differs(enrollment, text, today)
    )


def _differs(enrollment: Enrollment, text: Playbook, today: Today) -> tuple[str, ...]:
    new = playbook_of(enrollment, today)
    return () if new is None or new.definition == text.definition else differences(text.text, new.text)


def _step(
    step: Step,
    enrollment: Enrollment,
    subject: Subject,
    decisions: Sequence[Decision],
    facts: Facts,
    today: Today,
) -> StepExplained:
    so_far = enrollment.repeats.get(step.id)
    newest = so_far.begun if so_far is not None else 1
    tasks = tuple(
        task for task in enrollment.tasks.values() if (task.step, task.occurrence) == (step.id, newest)
    )
    subject = of_enrollment(subject, enrollment)
    contact = contact_row(tasks[0].contact, subject, today) if tasks else None
    return StepExplained(
        step=step.id,
        kind=step.kind,
        title=action_words(step.verb)
        if isinstance(step.verb, Set | Notify)
        else title_of(step, subject, contact, today, sends=(tasks[0].sends or DRAFT) if tasks else ""),
        progress=enrollment.steps.get(step.id),
        again=again_words(step, enrollment),
        passed_by=_passed_by(step),
        tasks=tasks,
        awaited=tuple(_awaited(item, enrollment) for item in step.after.requirements),
        any_of=step.after.kind == "any",
        until=_until(step, enrollment, facts),
        held=next(
            (
                _by_name(item, subject, today)
                for item in decisions
                if isinstance(item, Held) and item.step == step.id
            ),
            None,
        ),
        next=_next(step, decisions),
    )


def _by_name(held: Held, subject: Subject, today: Today) -> Held:
    """Who has had enough mails is called by name here: a plan knows only keys."""
    key, _, rest = held.why.partition(" ")
    row = contact_row(key, subject, today) if held.by is HeldBy.CAPS else None
    return replace(held, why=f"{row['first_name']} {rest}") if row and row.get("first_name") else held


def _passed_by(step: Step) -> str:
    when = "its own `when` said no"
    if not isinstance(step.verb, Email) or step.verb.once_per != "family":
        return when
    had = "all had this letter for another account of the family"
    return had if step.when is None else f"{when}, or {had}"


def _awaited(item: Requirement, enrollment: Enrollment) -> Awaited:
    said = verdict(After("all", (item,)), enrollment)
    return Awaited(item.step, item.outcomes, said, enrollment.steps.get(item.step))


def _until(step: Step, enrollment: Enrollment, facts: Facts) -> Part | None:
    """What an open wait looks for."""
    progress = enrollment.steps.get(step.id)
    if progress is None or progress.state is not StepState.OPEN:
        return None
    match step.verb:
        case Wait(until=condition) if condition is not None:
            return _part(condition, facts)
        case _:
            return None


def _part(condition: Condition, facts: Facts) -> Part:
    return part_of(explain(condition, facts.values, facts.reckoning), facts)


def _next(step: Step, decisions: Sequence[Decision]) -> str:
    """What the next run does to this step, the last of it."""
    words = ""
    for decision in decisions:
        match decision:
            case Change(event=StepOpened(step=named, no_copies=no_copies)) if named == step.id:
                words = "; ".join(("opens", *no_copies))
            case Change(event=StepEnded(step=named, outcome=outcome, because=because)) if named == step.id:
                words = f"ends: {outcome}{because and f', {because}'}"
            case Change(event=StepPassed(step=named, because=because)) if named == step.id:
                words = f"is passed over{because and f': {because}'}"
            case Change(event=StepSkipped(step=named)) if named == step.id:
                words = "is skipped"
            case _:
                pass
    return words


def _ways_out(text: Playbook, enrollment: Enrollment, facts: Facts) -> Iterator[WayOut]:
    for way_out in text.exits:
        yield WayOut(way_out.outcome, _part(way_out.when, facts))
    if text.goal is not None:
        within = text.goal.within
        last = None if within is None else enrollment.started_on + timedelta(days=within)
        yield WayOut(text.goal.outcome, _part(text.goal.when, facts), is_goal=True, last=last)
