"""Two catalogs, one snapshot, one ledger → whom the change concerns today: both plans, made by the same code, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from functools import partial

from msgspec import Struct, field

from cs_playbook.commands.choosing import Choice
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.stopping import newly_fitting
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.comparing import FITTING, named, standing_by
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import Ended, Started, StepOpened
from cs_playbook.model.exceptions import now_called
from cs_playbook.parse.playbook import Surroundings
from cs_playbook.plan.decision import Change, SubjectPlan
from cs_playbook.plan.guards import Stop, already_passed, too_many
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.crossing import Gathering, moves_of
from cs_playbook.study.difference import Impact, Moves, OneOfThem, RuleDifference, Work
from cs_playbook.study.merging import side_by_side
from cs_playbook.study.plan_summary import summarise
from cs_playbook.study.planned import OwnerMinutes, PlanSummary
from cs_playbook.study.replay import Replay, Replayed
from cs_playbook.values import replace


class Meant(Struct, frozen=True):
    """What one side's files mean."""

    catalog: Catalog
    around: Surroundings


def impact_of(workspace: Workspace, before: Meant, day: date | None) -> Impact:
    """`workspace`: the files as they are now. `day`: None for the newest snapshot.

    Raises UserError where there is no snapshot, or one that either contract does not fit; StoppedOnPurpose where a
    later day has been run.
    """
    now = Meant(workspace.catalog, workspace.around)
    with ExitStack() as stack:
        new = _side(workspace, now, day, stack)
        old = _side(workspace, before, new.snapshot.day, stack)
        rules = tuple(_rules(old, new))
        moves = tuple(move for move in _moves(old, new) if move.ways)
        was, planned = _planned(old), _planned(new)
        return Impact(
            day=new.snapshot.day,
            accounts=new.snapshot.rows.get("accounts", 0),
            rules=rules,
            work=_work(was, planned),
            moves=moves,
            minutes=_minutes(was.summary, planned.summary),
            open=_open(before.catalog, now.catalog, planned.replayed),
            stops=tuple(_stops(old, new, before.catalog)),
            has_ledger=workspace.ledger.exists(),
            works_today=bool(was.summary.changes),
        )


class _Side(Struct, frozen=True):
    """The morning of one side's files, open for reading."""

    snapshot: Snapshot
    morning: Morning


def _side(workspace: Workspace, meant: Meant, day: date | None, stack: ExitStack) -> _Side:
    """Snapshot and ledger are those of the files as they are now: an old revision does not say where to read."""
    ledger = stack.enter_context(look_into_ledger(workspace))
    # A run of this day has given out the starts of one of the sides: neither is to know of it.
    catalog = replace(meant.catalog, files="")
    there = replace(workspace, catalog=replace(workspace.catalog, contract=catalog.contract))
    snapshot = stack.enter_context(open_snapshot(there, day))
    for stop in already_passed(snapshot.day, ledger.last_day()):
        raise StoppedOnPurpose(stop.sentence, "diff looks at a day that has not passed")
    sources = Sources(catalog, meant.around, snapshot, ledger, calendar_of(catalog.project.calendar))
    return _Side(snapshot, prepare(sources))


# --- who fits ---


def _rules(old: _Side, new: _Side) -> Iterator[RuleDifference]:
    """By the name ever: a renamed playbook is the same."""
    then, now = _choices(old), _choices(new)
    for name in dict.fromkeys((*now, *then)):
        yield _rule(then.get(name), now.get(name), old, new)


def _choices(side: _Side) -> dict[str, Choice]:
    return {choice.playbook.first_name: choice for choice in side.morning.choices.choices}


def _rule(then: Choice | None, now: Choice | None, old: _Side, new: _Side) -> RuleDifference:
    enter, leave, patient = Gathering(), Gathering(), 0
    for _, before, after in side_by_side(_fitting(then, old), _fitting(now, new)):
        if before is None and after is not None:
            enter.take(_one(after, new))
            patient += not after.holds
        elif after is None and before is not None:
            leave.take(_one(before, old))
    known = now or then
    assert known is not None
    return RuleDifference(
        known.playbook.name,
        then.fitting if then else 0,
        now.fitting if now else 0,
        enter.group(),
        leave.group(),
        patient,
    )


class _Fitting(Struct, frozen=True):
    """`holds`: every `for` has been patient enough."""

    account: str
    row: str | None
    holds: bool


def _fitting(choice: Choice | None, side: _Side) -> Iterator[tuple[str, _Fitting]]:
    if choice is None:
        return
    found = side.morning.stage.connection.execute(FITTING, (choice.place,))
    for subject, account, row, holds in found:
        yield str(subject), _Fitting(str(account), row, bool(holds))


def _one(fitting: _Fitting, side: _Side) -> OneOfThem:
    return replace(_account(fitting.account, side), row=fitting.row)


def _account(account: str, side: _Side) -> OneOfThem:
    query = named(frozenset(side.morning.stage.columns))
    name, arr = side.morning.stage.connection.execute(query, (account,)).fetchone() or (None, None)
    known = float(arr) if isinstance(arr, int | float) else None
    return OneOfThem(account, str(name or account), None, known)


# --- where accounts stand ---


def _moves(old: _Side, new: _Side) -> Iterator[Moves]:
    """Segments and bands that both sides have."""
    for fact in (fact for fact in _standings(new) if fact in _standings(old)):
        query = standing_by(fact)
        then = old.morning.stage.connection.execute(query)
        now = new.morning.stage.connection.execute(query)
        names = now_called(fact, new.morning.today.catalog)
        called = partial(_called, names=names)
        yield moves_of(fact, then, now, partial(_account, side=new), called)


def _called(name: str, names: Mapping[str, str]) -> str:
    """A segment that is only called otherwise is the same."""
    return names.get(name, name)


def _standings(side: _Side) -> dict[str, None]:
    catalog, columns = side.morning.today.catalog, side.morning.stage.columns
    facts = [fact for one in catalog.segmentations.values() for fact in one.places]
    facts += [card.band for card in catalog.scorecards.values()]
    return {fact: None for fact in facts if fact in columns}


# --- what happens ---


class _Counting(Struct):
    """Holds the counts of a plan while it goes by. By the name ever."""

    work: dict[str, Work] = field(default_factory=dict)

    def watching(self, plans: Iterable[SubjectPlan]) -> Iterator[SubjectPlan]:
        for plan in plans:
            if plan.after and plan.after[0].arm is Arm.TREATED:
                name = plan.after[0].playbook
                self.work[name] = _and(self.work.get(name, Work()), plan)
            yield plan


def _and(work: Work, plan: SubjectPlan) -> Work:
    for decision in plan.decisions:
        match decision:
            case Change(event=Started()):
                work = replace(work, started=work.started + 1)
            case Change(event=Ended()):
                work = replace(work, ended=work.ended + 1)
            case Change(event=StepOpened(tasks=tasks)):
                drafts = sum(task.kind == "email" for task in tasks)
                work = replace(work, drafts=work.drafts + drafts, tasks=work.tasks + len(tasks) - drafts)
            case _:
                pass
    return work


class _Planned(Struct, frozen=True):
    """A whole plan, counted. `called`: the name ever → the name of that side."""

    summary: PlanSummary
    work: dict[str, Work]
    replayed: tuple[Replayed, ...]
    called: dict[str, str]


def _planned(side: _Side) -> _Planned:
    morning, counting, replay = side.morning, _Counting(), Replay(side.morning.today)
    plans = counting.watching(replay.watching(morning.plans()))
    summary = summarise(plans, morning.today, {}, 1)
    known = morning.today.catalog.playbooks.values()
    called = {playbook.first_name: playbook.name for playbook in known}
    return _Planned(summary, counting.work, replay.found(), called)


def _work(was: _Planned, now: _Planned) -> dict[str, tuple[Work, Work]]:
    """Only where something differs."""
    found: dict[str, tuple[Work, Work]] = {}
    for name in sorted(was.work.keys() | now.work.keys()):
        pair = was.work.get(name, Work()), now.work.get(name, Work())
        if pair[0] != pair[1]:
            found[now.called.get(name) or was.called.get(name, name)] = pair
    return found


def _minutes(
    was: PlanSummary, now: PlanSummary
) -> tuple[tuple[OwnerMinutes | None, OwnerMinutes | None], ...]:
    """Whose week changes, the most first."""
    then = {minutes.owner: minutes for minutes in was.minutes}
    after = {minutes.owner: minutes for minutes in now.minutes}
    pairs = [(then.get(owner), after.get(owner)) for owner in sorted(then.keys() | after.keys())]
    return tuple(sorted((pair for pair in pairs if _more(pair)), key=lambda pair: -abs(_more(pair))))


def _more(pair: tuple[OwnerMinutes | None, OwnerMinutes | None]) -> int:
    before, now = (minutes.week if minutes else 0 for minutes in pair)
    return now - before


def _open(before: Catalog, now: Catalog, replayed: tuple[Replayed, ...]) -> tuple[Replayed, ...]:
    """Of playbooks whose text the change touches."""
    old = {playbook.first_name: playbook.definition for playbook in before.playbooks.values()}
    touched = {
        playbook.name
        for playbook in now.playbooks.values()
        if old.get(playbook.first_name) != playbook.definition
    }
    return tuple(item for item in replayed if item.playbook in touched)


def _stops(old: _Side, new: _Side, before: Catalog) -> Iterator[Stop]:
    """By the limits of before: a change may not raise the limit that would stop it."""
    rules = before.project.stop_when
    known = {stop.sentence for stop in too_many(newly_fitting(old.morning), rules)}
    yield from (stop for stop in too_many(newly_fitting(new.morning), rules) if stop.sentence not in known)
