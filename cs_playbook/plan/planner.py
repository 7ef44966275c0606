"""One account, one day: its open enrollments go on, new ones start; decisions in the order in which they are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from cs_playbook.model.about import table_row
from cs_playbook.model.columns import book_column
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.event import Ended, StartAsked, Started, StartRefused, TraitSet
from cs_playbook.model.playbook import MOVE, RESTART, Playbook, Status
from cs_playbook.plan.advance import advance
from cs_playbook.plan.decision import Change, Decision, Held, HeldBy, Row, Subject, SubjectPlan, Today
from cs_playbook.plan.enroll import Before, refusal, refused, start
from cs_playbook.plan.fold import begin, fold
from cs_playbook.plan.in_flight import again, make_way, move, new_text, playbook_of, stop
from cs_playbook.plan.left_alone import left_alone
from cs_playbook.plan.midway import done_elsewhere
from cs_playbook.plan.playing import Playing
from cs_playbook.plan.step_set import with_conflicts
from cs_playbook.plan.together import in_the_way
from cs_playbook.plan.work import work
from cs_playbook.values import replace


class Start(Struct, frozen=True):
    """A start that may happen today: by the rule, or asked by a person."""

    playbook: Playbook | None
    row: str | None
    before: Before
    asked: StartAsked | None = None


class Account(Struct, frozen=True):
    """All that is known today of one account: its facts, contacts, the rows that enrollments are about.

    `rows`: (table, key) → values of `row.x`. `known`: an enrollment of the ledger by its key; `before`: what the
    account, or a row of it, has been through in a playbook; both as it stood before the run. `named`: what a playbook
    would be about, which is about values of facts too, from the key of its table's row.
    """

    subject: Subject
    rows: dict[tuple[str, str], Row]
    enrollments: Sequence[Enrollment]
    starts: Sequence[Start] = ()
    held: Sequence[tuple[str | None, Held]] = ()
    known: Callable[[str], Enrollment | None] = lambda key: None
    before: Callable[[Playbook, str | None], Before] = lambda playbook, row: Before()
    named: Callable[[Playbook, str | None], str | None] = lambda playbook, row: row


def plan_account(account: Account, today: Today) -> list[SubjectPlan]:
    """The plans of the account and of each of its rows that has something going on."""
    going = {item.playbook: item.started_on for item in account.enrollments if _is_treated(item)}
    playing = _playing(account, going, today)
    account = replace(account, subject=replace(account.subject, others=playing))
    plans: list[SubjectPlan] = []
    for enrollment in account.enrollments:
        plans += _heard([*_go_on(account, enrollment, today), *playing.take()], today)
    for beginning in account.starts:
        seen = _as_seen(beginning, playing)
        plan = _begin(account, seen, going, today) if seen is not None else None
        if plan is not None:
            plans += _heard([plan, *playing.take()], today)
            going |= {item.playbook: item.started_on for item in plan.after if item.arm is Arm.TREATED}
    playing.end()
    plans += [SubjectPlan(replace(account.subject, row=row), (held,), ()) for row, held in account.held]
    return with_conflicts(plans, today.set_by_hand)


def _heard(plans: list[SubjectPlan], today: Today) -> list[SubjectPlan]:
    """Two enrollments of one account see of each other what is handed out, like two accounts."""
    today.decided(plans)
    return plans


def _playing(account: Account, going: dict[str, date], today: Today) -> Playing:
    """What its steps may begin; what they have begun is in the way of others as all else is."""

    def begin(playbook: Playbook, row: str | None, before: Before, asked: StartAsked) -> SubjectPlan | None:
        within = replace(account, subject=replace(account.subject, others=playing))
        plan = _begin(within, Start(playbook, row, before, asked), going, today)
        if plan is not None and plan.after:
            going[playbook.first_name] = today.day
        return plan

    playing = Playing(today, begin, account.known, account.before, account.named)
    return playing


def _as_seen(beginning: Start, playing: Playing) -> Start | None:
    """A start with what has begun today before it; None: the rule begins nothing twice."""
    if beginning.playbook is None:
        return beginning
    before = playing.seen(beginning.playbook, beginning.row, beginning.before)
    if beginning.asked is None and before.is_open:
        return None
    playing.note(beginning.playbook, beginning.row)
    return replace(beginning, before=before)


def _is_treated(enrollment: Enrollment) -> bool:
    """Also what ends today is in the way until tomorrow: a second run of the day must find nothing new."""
    return enrollment.arm is Arm.TREATED and enrollment.is_open


def _go_on(account: Account, enrollment: Enrollment, today: Today) -> list[SubjectPlan]:
    text, playbook = today.texts.get(enrollment.definition), playbook_of(enrollment, today)
    subject = subject_of(account, text or playbook, enrollment.row)
    undecided = today.undecided.get(enrollment.playbook)
    if undecided is not None:
        held = Held(HeldBy.UNDECIDED, enrollment.playbook, None, undecided)
        return [SubjectPlan(subject, (held,) if enrollment.is_open else (), (enrollment,))]
    status = playbook.status if playbook else None
    # What an exit has begun to undo is undone.
    if status is Status.RETIRED and _is_treated(enrollment) and enrollment.ending is None:
        return [_retire(enrollment, text, subject, today)]
    resting = _resting(enrollment, status, subject, today)
    new = new_text(enrollment, text, subject, resting, today)
    if new is not None:
        return _by_the_new_text(account, enrollment, new, subject, resting, today)
    stopped = _frozen(enrollment, text, status)
    if stopped is not None or text is None:
        return [SubjectPlan(subject, (stopped,) if stopped else (), (enrollment,))]
    after, decisions = advance(enrollment, text, subject, today, work, resting)
    return [SubjectPlan(subject, decisions, (after,))]


def _by_the_new_text(
    account: Account,
    enrollment: Enrollment,
    new: Playbook,
    subject: Subject,
    resting: Held | None,
    today: Today,
) -> list[SubjectPlan]:
    """It goes on by the new text on the same day; or ends, and perhaps begins anew."""
    if new.changes.open_enrollments == MOVE:
        moved = move(enrollment, today.steps_of(enrollment.definition), new, today)
        after, decisions = advance(_fold(enrollment, moved), new, subject, today, work, resting)
        return [SubjectPlan(subject, (moved, *decisions), (after,))]
    started = None
    if new.changes.open_enrollments == RESTART:
        started = again(enrollment, new, subject, account.before(new, enrollment.row), today)
    ended = make_way(enrollment, today) if started else stop(enrollment, today)
    last = SubjectPlan(subject, (ended,), (_fold(enrollment, ended),))
    return [last, _first_day(started, new, None, subject, today)] if started else [last]


def _fold(enrollment: Enrollment, change: Change) -> Enrollment:
    assert not isinstance(change.event, StartRefused | TraitSet)
    return fold(enrollment, change.event)


def _retire(enrollment: Enrollment, text: Playbook | None, subject: Subject, today: Today) -> SubjectPlan:
    """What is open ends, unless an answer, an exit or the goal ends it with a better word on this very day."""
    after: Enrollment = enrollment
    decisions: tuple[Decision, ...] = ()
    if text is not None:
        said = Held(HeldBy.PAUSED, text.name, None, "the playbook is retired")
        after, decisions = advance(enrollment, text, subject, today, work, said)
    if not after.is_open or after.ending is not None:
        return SubjectPlan(subject, decisions, (after,))
    ended = Ended(enrollment.key, today.day, "retired", "retired")
    kept = tuple(decision for decision in decisions if isinstance(decision, Change))
    return SubjectPlan(subject, (*kept, Change(ended)), (fold(after, ended),))


def _resting(enrollment: Enrollment, status: Status | None, subject: Subject, today: Today) -> Held | None:
    """Why nothing of it opens, times out or is sent today; its people's answers, its exit and its goal still count."""
    if not _is_treated(enrollment):
        return None
    match status:
        case Status.PAUSED:
            return Held(HeldBy.PAUSED, enrollment.playbook, None, "the playbook is paused: nothing opens")
        case Status.SHADOW:
            why = "the playbook is in shadow, it tells nobody: nothing opens"
            return Held(HeldBy.PAUSED, enrollment.playbook, None, why)
        case _:
            pass
    alone = left_alone(subject, today)
    if alone is not None:
        return alone.held(enrollment.playbook)
    if enrollment.sleeps(today.day):
        why = f"put off until {enrollment.asleep_until}: {enrollment.asleep_because}"
        return Held(HeldBy.ASLEEP, enrollment.playbook, None, why, enrollment.asleep_until)
    return None


def _frozen(enrollment: Enrollment, text: Playbook | None, status: Status | None) -> Held | None:
    if not enrollment.is_open:
        return None
    if text is None:
        return Held(
            HeldBy.TEXT,
            enrollment.playbook,
            None,
            "the text with which it began no longer binds: cs-playbook validate says where",
        )
    if status is Status.DRAFT:
        return Held(HeldBy.DRAFT, text.name, None, "the playbook is a draft now: nothing of it moves")
    return None


def subject_of(account: Account, playbook: Playbook | None, row: str | None) -> Subject:
    """The account, or its row with `row.x` beside the account's facts; a row that vanished is not present."""
    if playbook is not None and (account.subject.person is not None or playbook.trigger.per_person):
        return holding_a_book(account.subject, playbook)
    if row is None:
        return account.subject
    if playbook is not None and playbook.trigger.one_per is None and playbook.trigger.per_value:
        return replace(account.subject, row=row)
    key = table_row(playbook.trigger, row) if playbook else None
    found = account.rows.get((playbook.trigger.one_per or "", key)) if playbook and key else None
    if found is None:
        return replace(account.subject, row=row, present=False)
    values = {**account.subject.values, **{f"row.{name}": value for name, value in found.items()}}
    return replace(account.subject, row=row, values=values)


def holding_a_book(subject: Subject, playbook: Playbook) -> Subject:
    """A person by the role that the playbook is about; without any account of it they are not there."""
    role = playbook.trigger.per_person
    there = role is not None and subject.person is not None and subject.values.get(book_column(role))
    return replace(subject, person=role, present=subject.present and bool(there))


def _begin(account: Account, beginning: Start, going: Mapping[str, date], today: Today) -> SubjectPlan | None:
    subject = subject_of(account, beginning.playbook, beginning.row)
    if beginning.asked is not None:
        why = refusal(beginning.asked, beginning.playbook, subject, beginning.before, today)
        why = why or _in_its_way(beginning.asked.playbook, subject, going, today)
        if why is not None:
            return SubjectPlan(subject, (refused(beginning.asked, why, today.day),), ())
    if beginning.playbook is None or not subject.present:
        return None
    started = start(beginning.playbook, subject, beginning.before, beginning.asked, today)
    if started is None:
        return _over_already(subject, beginning, today)
    at = beginning.asked.at if beginning.asked else None
    return _first_day(started, beginning.playbook, at, subject, today)


def _first_day(
    started: Change, playbook: Playbook, at: str | None, subject: Subject, today: Today
) -> SubjectPlan:
    """`at`: the step at which it stands already."""
    assert isinstance(started.event, Started)
    first: list[Decision] = [started]
    enrollment = begin(started.event)
    if enrollment.arm is Arm.TREATED:
        for event in done_elsewhere(playbook, at, enrollment.key, today.day) if at else ():
            first.append(Change(event))
            enrollment = fold(enrollment, event)
        enrollment, later = advance(enrollment, playbook, subject, today, work)
        first += later
    return SubjectPlan(subject, tuple(first), (enrollment,))


def _in_its_way(playbook: str, subject: Subject, going: Mapping[str, date], today: Today) -> str | None:
    """The account is left alone, or in a playbook beside which this one never runs."""
    alone = left_alone(subject, today)
    return alone.words if alone else in_the_way(playbook, going, today.rivals) or None


def _over_already(subject: Subject, beginning: Start, today: Today) -> SubjectPlan | None:
    """Exit or goal fits already: the rule starts nothing; a person is told."""
    if beginning.asked is None:
        return None
    why = "its exit or its goal fits already"
    return SubjectPlan(subject, (refused(beginning.asked, why, today.day),), ())
