"""A workspace and a day → the plan of the day as people see it; nothing is changed, not even a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from msgspec import Struct

from cs_playbook.commands.answers import Returned, returned_lists
from cs_playbook.commands.answers_in_snapshot import answers_in
from cs_playbook.commands.choosing import Choice, before_of, shares_of
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.run import Clock, guards, plan_id
from cs_playbook.commands.standing import set_by_hand
from cs_playbook.commands.stopping import segments_of, stops_of_the_plan, stops_of_the_rules
from cs_playbook.commands.too_large import values_may_be_too_large
from cs_playbook.commands.undecided import left_out
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.asked import lasting_of
from cs_playbook.compile.looking import IMPATIENT
from cs_playbook.compile.scan import near
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import StoppedOnPurpose, Undecidable, UserError
from cs_playbook.model.event import TaskWord
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.rhythm import next_day
from cs_playbook.plan.decision import SubjectPlan
from cs_playbook.plan.enroll import Before, comes_again
from cs_playbook.plan.guards import Stop, already_passed
from cs_playbook.plan.much import Much
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.behind import asks_untold, unknown_words
from cs_playbook.study.not_exported import not_exported
from cs_playbook.study.plan_summary import FIRST, summarise
from cs_playbook.study.planned import DryRun, RuleNumbers, Unknown
from cs_playbook.study.replay import Replay

NOBODY: Mapping[str, str] = MappingProxyType({})


def dry_run(
    workspace: Workspace,
    day: date | None,
    now: datetime | None = None,
    answered: Sequence[TaskWord] = (),
    first: int = FIRST,
) -> DryRun:
    """`day`: None for the newest snapshot. `now` (zoned) judges its age; None: nobody asks.

    `answered`: answers that neither the ledger nor `answers/` knows. `first`: names of a kind per playbook.
    Raises StoppedOnPurpose where there is no ledger or a broken snapshot, ChoiceError where there is none.
    """
    try:
        return _dry_run(workspace, day, now, answered, first, {})
    except Undecidable as failure:
        undecided = _left_out(workspace, day, failure)
    return _dry_run(workspace, day, now, answered, first, undecided)


def _dry_run(
    workspace: Workspace,
    day: date | None,
    now: datetime | None,
    answered: Sequence[TaskWord],
    first: int,
    undecided: Mapping[str, str],
) -> DryRun:
    with values_may_be_too_large(), ExitStack() as stack:
        opened = _open(workspace, day, answered, stack, undecided)
        _refuse_the_past(opened)
        morning, snapshot, ledger = opened.morning, opened.snapshot, opened.ledger
        numbers = _numbers_of_all(morning)
        replay, much = Replay(morning.today), Much()
        plans = much.watching(replay.watching(morning.plans()))
        planned = summarise(plans, morning.today, numbers, first)
        return DryRun(
            day=snapshot.day,
            built_at=snapshot.manifest.built_at,
            accounts=snapshot.rows.get("accounts", 0),
            seen=morning.choices.seen,
            files=workspace.catalog.files,
            plan=plan_id(workspace, snapshot, ledger),
            summary=planned,
            hours_old=_hours_old(workspace, snapshot, now),
            built=snapshot.manifest.built(_zone(workspace)),
            stops=_stops(workspace, opened, much, now),
            answers=len(morning.answered),
            findings=opened.returned.findings,
            changed=replay.found(),
            by_hand=tuple(set_by_hand(workspace.catalog, ledger, snapshot.day)),
            not_exported=tuple(
                one for one in not_exported(workspace.catalog) if one.playbooks or one.stops_all
            ),
            undecided=undecided,
        )


def _left_out(workspace: Workspace, day: date | None, failure: UserError) -> Mapping[str, str]:
    def reopen() -> AbstractContextManager[Snapshot]:
        return open_snapshot(workspace, day)

    with look_into_ledger(workspace) as ledger, reopen() as snapshot:
        calendar = calendar_of(workspace.catalog.project.calendar)
        sources = Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar)
        return left_out(sources, reopen, failure)


def decisions(workspace: Workspace, day: date | None) -> Iterator[SubjectPlan]:
    """The whole plan, subject by subject, for formats that show all of it."""
    with ExitStack() as stack:
        yield from _open(workspace, day, (), stack).morning.plans()


class _Opened(Struct, frozen=True):
    """Everything a look needs, open for reading."""

    snapshot: Snapshot
    ledger: Ledger
    returned: Returned
    morning: Morning


def _open(
    workspace: Workspace,
    day: date | None,
    answered: Sequence[TaskWord],
    stack: ExitStack,
    undecided: Mapping[str, str] = NOBODY,
) -> _Opened:
    ledger = stack.enter_context(look_into_ledger(workspace))
    snapshot = stack.enter_context(open_snapshot(workspace, day))
    returned = returned_lists(workspace, ledger, snapshot.day, answers_in(workspace, snapshot, ledger))
    calendar = calendar_of(workspace.catalog.project.calendar)
    sources = Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar, undecided=undecided)
    each_once = {answer.task: answer for answer in (*returned.answers, *answered)}
    return _Opened(snapshot, ledger, returned, prepare(sources, tuple(each_once.values())))


# --- what the rules say of the whole portfolio ---


def _numbers_of_all(morning: Morning) -> dict[str, RuleNumbers]:
    choices = morning.choices.choices
    shares = shares_of([choice.rule for choice in choices if choice.rule.row is None], morning.stage)
    return {
        choice.playbook.name: _numbers(place, choice, morning, shares) for place, choice in enumerate(choices)
    }


def _numbers(place: int, choice: Choice, morning: Morning, shares: Mapping[str, float]) -> RuleNumbers:
    short, unknown = _near(choice, morning, shares)
    patient = _patient(place, choice, morning)
    coming = _coming(choice.playbook, morning)
    return RuleNumbers(choice.fitting, choice.new, choice.already, patient, short, unknown, coming)


def _coming(playbook: Playbook, morning: Morning) -> date | None:
    every, day = playbook.trigger.every, morning.today.day
    return None if every is None else next_day(every, day, day, morning.today.reckoning.calendar)


def _near(
    choice: Choice, morning: Morning, shares: Mapping[str, float]
) -> tuple[int | None, tuple[Unknown, ...]]:
    """Nobody counts whose rows are nearly right: only rules about accounts."""
    if choice.rule.row is not None:
        return None, ()
    asked = near(choice.rule, shares)
    short, *unknown = morning.stage.connection.execute(asked.query).fetchone()
    catalog = morning.today.catalog
    found = [
        Unknown(unknown_words(part, catalog), int(count), asks_untold(part, catalog))
        for part, count in zip(asked.parts, unknown, strict=True)
        if count
    ]
    return int(short), tuple(found)


def _patient(place: int, choice: Choice, morning: Morning) -> int:
    """Who fits, could start, and has only to go on fitting."""
    if not lasting_of(choice.rule.condition):
        return 0
    waiting = morning.stage.connection.execute(IMPATIENT, (place,)).fetchall()
    before = before_of(choice.playbook, waiting, morning.ledger)
    return sum(_may_start(choice, before.get(subject, Before())) for subject in waiting)


def _may_start(choice: Choice, before: Before) -> bool:
    return not before.is_open and (before.treated == 0 or comes_again(choice.playbook))


# --- what would stop a run ---


def _refuse_the_past(opened: _Opened) -> None:
    """What is open today says nothing of what was open then."""
    for stop in already_passed(opened.snapshot.day, opened.ledger.last_day()):
        hint = "cs-playbook explain and history show what was done; dry-run looks ahead"
        raise StoppedOnPurpose(stop.sentence, hint)


def _stops(workspace: Workspace, opened: _Opened, much: Much, now: datetime | None) -> tuple[Stop, ...]:
    """Just those that `run` finds, before anybody allows one."""
    snapshot, rules = opened.snapshot, workspace.catalog.project.stop_when
    clock = Clock(now or _at_noon(workspace, snapshot), "", snapshot.day)
    early, last, morning = (
        guards(workspace, snapshot, opened.ledger, clock),
        opened.ledger.last_run(),
        opened.morning,
    )
    of_rules = stops_of_the_rules(morning, segments_of(morning), last, rules)
    return (*early, *of_rules, *stops_of_the_plan(much, morning, last, workspace.catalog))


def _at_noon(workspace: Workspace, snapshot: Snapshot) -> datetime:
    """A moment of the snapshot's own day: no snapshot is too old for it."""
    return datetime.combine(snapshot.day, time(12), _zone(workspace))


def _hours_old(workspace: Workspace, snapshot: Snapshot, now: datetime | None) -> int | None:
    """Counted from 00:00 of its day, as the rule that stops a run counts."""
    if now is None:
        return None
    began = datetime.combine(snapshot.day, time(0), _zone(workspace))
    return int((now - began).total_seconds() // 3600)


def _zone(workspace: Workspace) -> ZoneInfo:
    return ZoneInfo(workspace.catalog.project.calendar.timezone)
