"""One account, one day: its open enrollments go on, new ones start; decisions in the order in which they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.event import StartAsked, Started
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.plan.advance import advance
from cs_playbook.plan.decision import Decision, Held, HeldBy, Row, Subject, SubjectPlan, Today
from cs_playbook.plan.enroll import Before, refusal, refused, start
from cs_playbook.plan.fold import begin
from cs_playbook.plan.work import work


@dataclass(frozen=True, slots=True)
class Start:
    """A start that may happen today: by the rule, or asked by a person."""

    playbook: Playbook | None
    row: str | None
    before: Before
    asked: StartAsked | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """All that is known today of one account: its facts, contacts, the rows that enrollments are about.

    `rows`: (table, key) → values of `row.x`.
    """

    subject: Subject
    rows: dict[tuple[str, str], Row]
    enrollments: Sequence[Enrollment]
    starts: Sequence[Start] = ()
    held: Sequence[tuple[str | None, Held]] = ()


def plan_account(account: Account, today: Today) -> list[SubjectPlan]:
    """The plans of the account and of each of its rows that has something going on."""
    plans = [_go_on(account, enrollment, today) for enrollment in account.enrollments]
    plans += [plan for beginning in account.starts if (plan := _begin(account, beginning, today)) is not None]
    plans += [SubjectPlan(replace(account.subject, row=row), (held,), ()) for row, held in account.held]
    return plans


def _go_on(account: Account, enrollment: Enrollment, today: Today) -> SubjectPlan:
    text = today.texts.get(enrollment.definition)
    subject = subject_of(account, text, enrollment.row)
    stopped = _frozen(enrollment, text, today)
    if stopped is not None or text is None:
        return SubjectPlan(subject, (stopped,) if stopped else (), (enrollment,))
    after, decisions = advance(enrollment, text, subject, today, work)
    return SubjectPlan(subject, decisions, (after,))


def _frozen(enrollment: Enrollment, text: Playbook | None, today: Today) -> Held | None:
    if not enrollment.is_open:
        return None
    if text is None:
        return Held(
            HeldBy.TEXT,
            enrollment.playbook,
            None,
            "the text with which it began no longer binds: cs-playbook validate says where",
        )
    now = next(
        (
            playbook
            for playbook in today.catalog.playbooks.values()
            if playbook.first_name == enrollment.playbook
        ),
        None,
    )
    if now is not None and now.status is Status.DRAFT:
        return Held(HeldBy.DRAFT, now.name, None, "the playbook is a draft now: nothing of it moves")
    return None


def subject_of(account: Account, playbook: Playbook | None, row: str | None) -> Subject:
    """The account, or its row with `row.x` beside the account's facts; a row that vanished is not present."""
    if row is None:
        return account.subject
    table = playbook.trigger.one_per if playbook else None
    found = account.rows.get((table or "", row))
    if found is None:
        return replace(account.subject, row=row, present=False)
    values = {**account.subject.values, **{f"row.{name}": value for name, value in found.items()}}
    return replace(account.subject, row=row, values=values)


def _begin(account: Account, beginning: Start, today: Today) -> SubjectPlan | None:
    subject = subject_of(account, beginning.playbook, beginning.row)
    if beginning.asked is not None:
        why = refusal(beginning.asked, beginning.playbook, subject, beginning.before, today)
        if why is not None:
            return SubjectPlan(subject, (refused(beginning.asked, why, today.day),), ())
    if beginning.playbook is None or not subject.present:
        return None
    by = beginning.asked.by if beginning.asked else "rule"
    started = start(beginning.playbook, subject, beginning.before, by, today)
    if started is None:
        return _over_already(subject, beginning, today)
    assert isinstance(started.event, Started)
    first: list[Decision] = [started]
    enrollment = begin(started.event)
    if enrollment.arm is Arm.TREATED:
        enrollment, later = advance(enrollment, beginning.playbook, subject, today, work)
        first += later
    return SubjectPlan(subject, tuple(first), (enrollment,))


def _over_already(subject: Subject, beginning: Start, today: Today) -> SubjectPlan | None:
    """Exit or goal fits already: the rule starts nothing; a person is told."""
    if beginning.asked is None:
        return None
    why = "its exit or its goal fits already"
    return SubjectPlan(subject, (refused(beginning.asked, why, today.day),), ())
