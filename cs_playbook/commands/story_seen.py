"""A day that was played → what stands in it, in the words in which stories expect it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cs_playbook.commands.desk import Desk
from cs_playbook.commands.one_account import row_subjects, subject_of
from cs_playbook.commands.story_day import Played
from cs_playbook.commands.story_traits import told_items
from cs_playbook.commands.story_why import subject_name
from cs_playbook.compile.scan import rule_of
from cs_playbook.letters.lacking import templates
from cs_playbook.model.about import table_row
from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, Progress, StepState
from cs_playbook.model.event import (
    Ended,
    Event,
    GoalMet,
    Notified,
    Started,
    StartRefused,
    StepEnded,
    StepOpened,
    StepOver,
    StepPassed,
    StepSkipped,
    TaskEscalated,
)
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.decision import Change, Held, HeldBy, Subject, SubjectPlan
from cs_playbook.plan.lines import DRAFT, contact_row, title_of
from cs_playbook.plan.speaking import of_enrollment
from cs_playbook.values import replace

Item = dict[str, Any]


def name_of(plan: SubjectPlan) -> str:
    return subject_name(plan.subject.account, plan.subject.row)


def changes(played: Played) -> Iterator[tuple[SubjectPlan, Change]]:
    for plan in played.plans:
        yield from ((plan, decision) for decision in plan.decisions if isinstance(decision, Change))


def events(played: Played) -> Iterator[tuple[SubjectPlan, Event]]:
    yield from ((plan, change.event) for plan, change in changes(played))


def all_events(played: Played) -> Iterator[tuple[SubjectPlan, Event]]:
    """Also those of the playbooks that it plays."""
    yield from events(played)
    for plan in played.others:
        yield from ((plan, item.event) for item in plan.decisions if isinstance(item, Change))


def told_before(plan: SubjectPlan, played: Played) -> str:
    """A step of a playbook that is played is called `champion-change.meet`; nothing stands before its own."""
    first_name = plan.after[0].playbook if plan.after else played.setting.playbook.first_name
    if first_name == played.setting.playbook.first_name:
        return ""
    known = played.setting.catalog.playbooks.values()
    return next((f"{other.name}." for other in known if other.first_name == first_name), f"{first_name}.")


def started(played: Played) -> list[str]:
    """Who is only watched has not started: it is held out."""
    return sorted(name_of(plan) for plan, event in events(played) if _begins(event))


def _begins(event: Event) -> bool:
    return isinstance(event, Started) and event.arm is not Arm.HELD_OUT


def ended(played: Played) -> dict[str, str]:
    """Subject → outcome; also what people ended before the run."""
    found: dict[str, str] = {}
    for event in played.by_hand:
        enrollment = played.ledger.enrollment(event.enrollment) if isinstance(event, Ended) else None
        if enrollment is not None:
            found[subject_name(enrollment.account, enrollment.row)] = enrollment.outcome or ""
    found |= {name_of(plan): event.outcome for plan, event in events(played) if isinstance(event, Ended)}
    return dict(sorted(found.items()))


def goals(played: Played) -> list[str]:
    return sorted(name_of(plan) for plan, event in events(played) if isinstance(event, GoalMet))


def escalated_items(played: Played) -> list[Item]:
    """One for each person, or channel, told of a late line: by step, account, row, to."""
    return [
        {
            "step": plan.after[0].tasks[event.task].step,
            "account": plan.subject.account,
            "row": plan.subject.row,
            "to": person,
        }
        for plan, event in events(played)
        if isinstance(event, TaskEscalated)
        for person in event.to or (event.channel,)
    ]


def closed(played: Played) -> list[tuple[str, str, str]]:
    """(subject, step, outcome); a step that never was has `passed over` or `skipped` for an outcome."""
    found: list[tuple[str, str, str]] = []
    for plan, event in all_events(played):
        whose = told_before(plan, played)
        match event:
            case StepEnded(step=step, outcome=outcome) | StepOver(step=step, outcome=outcome):
                found.append((name_of(plan), f"{whose}{step}", outcome))
            case StepPassed(step=step):
                found.append((name_of(plan), f"{whose}{step}", StepState.PASSED.value))
            case StepSkipped(step=step):
                found.append((name_of(plan), f"{whose}{step}", StepState.SKIPPED.value))
            case _:
                pass
    return found


def held(played: Played) -> list[tuple[str, Held]]:
    """Also starts that people asked for in vain."""
    found: list[tuple[str, Held]] = []
    for plan in played.plans:
        found += [(name_of(plan), item) for item in plan.decisions if isinstance(item, Held)]
        found += [(name_of(plan), _watched(event)) for event in _held_out(plan)]
    return found


def _held_out(plan: SubjectPlan) -> Iterator[Started]:
    for item in plan.decisions:
        if isinstance(item, Change) and isinstance(item.event, Started) and not _begins(item.event):
            yield item.event


def _watched(event: Started) -> Held:
    return Held(
        HeldBy.HELD_OUT, event.playbook, None, "held out: watched only, to compare with", event.watch_until
    )


def refusals(played: Played) -> list[tuple[str, str]]:
    return [(name_of(plan), event.why) for plan, event in events(played) if isinstance(event, StartRefused)]


# --- what is open ---


def open_items(played: Played) -> list[Item]:
    """Open tasks, and waits, by step, account, row, owner, due, title, contact, late, minutes, until."""
    return [
        item
        for plan, enrollment, text in _going(played)
        for step in text.all_steps
        for item in _items(step, plan, enrollment, played)
    ]


def _going(played: Played) -> Iterator[tuple[SubjectPlan, Enrollment, Playbook]]:
    for plan in (*played.plans, *played.others):
        for enrollment in plan.after:
            text = played.morning.today.texts.get(enrollment.definition)
            if enrollment.is_open and text is not None:
                yield plan, enrollment, text


def _items(step: Step, plan: SubjectPlan, enrollment: Enrollment, played: Played) -> Iterator[Item]:
    progress = enrollment.steps.get(step.id)
    if progress is None or progress.state is not StepState.OPEN:
        return
    tasks = [task for task in enrollment.open_tasks if task.step == step.id]
    whose = {
        "step": f"{told_before(plan, played)}{step.id}",
        "account": enrollment.account,
        "row": enrollment.row,
    }
    for task in tasks:
        yield {**whose, **_task(task, step, of_enrollment(plan.subject, enrollment), played)}
    if not tasks and not isinstance(
        step.verb, Email
    ):  # of a mail that waits to be sent nobody has to do anything
        yield {**whose, **_wait(progress)}


def _wait(progress: Progress) -> Item:
    return {"until": progress.until}


def _task(task: OpenTask, step: Step, subject: Subject, played: Played) -> Item:
    today = played.morning.today
    title = title_of(
        step, subject, contact_row(task.contact, subject, today), today, sends=task.sends or DRAFT
    )
    return {
        "owner": task.owner, "for": task.instead_of or None, "due": task.due, "contact": task.contact, "minutes": task.minutes,
        "late": task.is_late(played.on), "title": title,
    }  # fmt: skip


# --- drafts ---


def draft_items(played: Played) -> list[Item]:
    """Those made today, by email, to, cc, language, account, subject, from, missing."""
    return [
        _draft(task, step, plan, played)
        for plan, event in all_events(played)
        if isinstance(event, StepOpened)
        for task in event.tasks
        if (step := _step(task, plan, played)) is not None and isinstance(step.verb, Email)
    ]


def _step(task: OpenTask, plan: SubjectPlan, played: Played) -> Step | None:
    text = played.morning.today.texts.get(plan.after[0].definition)
    return text.step(task.step) if text else None


def _draft(task: OpenTask, step: Step, plan: SubjectPlan, played: Played) -> Item:
    today, subject, enrollment = played.morning.today, plan.subject, plan.after[0]
    text = today.texts.get(enrollment.definition)
    assert isinstance(step.verb, Email)
    assert text is not None
    desk = Desk(task, step.verb, text, enrollment, subject, today, templates(today.catalog))
    written = desk.write()
    return {
        "step": f"{told_before(plan, played)}{step.id}", "email": written.letter, "language": written.language, "account": enrollment.account,
        "row": enrollment.row, "to": (desk.contact or {}).get("email"), "from": task.owner, "cc": list(task.copies),
        "missing": list(task.missing), "send": task.sends or DRAFT, "due": task.due, "subject": written.rendered.subject if written.rendered else None,
    }  # fmt: skip


# --- notes ---


def note_items(played: Played) -> list[Item]:
    """Those told today."""
    return [
        item
        for plan, event in events(played)
        if isinstance(event, Notified)
        for item in told_items(event, plan, plan.after[0], played.morning.today)
    ]


# --- anybody ---


def accounts(played: Played) -> Sequence[str]:
    return sorted(played.world.tables[ACCOUNTS])


def enrollments(played: Played, account: str) -> list[Enrollment]:
    """In the playbook of the story, the oldest first."""
    first_name = played.setting.playbook.first_name
    return [item for item in played.ledger.enrollments_of(account) if item.playbook == first_name]


def subject_today(name: str, played: Played) -> Subject | None:
    """An account, or its row, with all facts of the day; None where it is not in the export."""
    account, _, row = name.partition("/")
    subject = subject_of(account, played.morning)
    if not subject.present or not row:
        return subject if subject.present else None
    playbook = played.setting.playbook
    table = played.setting.catalog.contract.table(playbook.trigger.one_per or "")
    if table is None:
        return replace(subject, row=row)
    key = table_row(playbook.trigger, row)
    rows = row_subjects(subject, rule_of(playbook), table, played.morning)
    return next((replace(one, row=row) for one in rows if one.row == key), None)
