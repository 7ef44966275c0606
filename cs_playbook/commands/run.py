"""Do what the plan of the day says, once: guard, plan, record all of it in one transaction, then put the files in place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from cs_playbook.commands.answer_files import list_files
from cs_playbook.commands.answers import Returned, returned_lists
from cs_playbook.commands.answers_in_snapshot import answers_in
from cs_playbook.commands.day_lines import DayLines, made_of_the_day
from cs_playbook.commands.outputs import outputs
from cs_playbook.commands.planning import Morning, Sources, earlier_run, prepare
from cs_playbook.commands.publishing import OUT, Published, publish_what_is_left
from cs_playbook.commands.recording import Tally, definitions, observations
from cs_playbook.commands.stopping import (
    Segments,
    kept,
    near_the_limits,
    segments_of,
    shape_of,
    shape_recorded,
    still_exported,
    stops_of_the_plan,
    stops_of_the_rules,
)
from cs_playbook.commands.too_large import values_may_be_too_large
from cs_playbook.commands.undecided import left_out
from cs_playbook.commands.unsubscribing import make_key
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger, open_snapshot
from cs_playbook.effects import forgetting_journal
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_made import Afterwards, Made
from cs_playbook.effects.ledger_records import Seal
from cs_playbook.effects.line_store import LineStore
from cs_playbook.effects.lock import locked
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.errors import StoppedOnPurpose, Undecidable, UserError
from cs_playbook.model.data import Contract
from cs_playbook.model.event import Allowed, Event, MailMoved
from cs_playbook.plan.guards import Shape, Stop, already_passed, broken, too_old
from cs_playbook.plan.measured import implausible
from cs_playbook.plan.much import Much
from cs_playbook.source.finding import in_order
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.values import replace

if TYPE_CHECKING:  # only where a cut came while somebody was being forgotten, or the project says `keep:`
    from cs_playbook.commands.forget import Forgotten
    from cs_playbook.commands.tidying import Tidied

UNDECIDED = "undecided:"  # and the first name of a playbook that was left out; so too
REFUSED = "refused_answers"  # rows of returned lists, in what is counted of a run


class Permission(Struct, frozen=True):
    """What a person lets one plan do although a rule would stop it: rule → reason; who says so; which plan they saw."""

    rules: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    plan: str = ""


class StoppedByRule(StoppedOnPurpose):
    """`stops`: the rules that nobody has allowed. `plan`: what a permission must name."""

    def __init__(self, stops: Sequence[Stop], plan: str, why_not: str) -> None:
        sentences = "\n  ".join(f"{stop.rule}: {stop.sentence}{_largest(stop)}" for stop in stops)
        may_pass = all(stop.allowable for stop in stops)
        rules = " ".join(dict.fromkeys(f"--allow {stop.rule}" for stop in stops)) if may_pass else ""
        old = any(stop.rule == "snapshot_older_than" for stop in stops)
        first = (
            "build the snapshot of today: cs-playbook snapshot build; or, " if old else "look at the data; "
        )
        way_on = (
            f'{first}if it is right: cs-playbook run {rules} --plan {plan} --because "…"'
            if rules
            else "bring a snapshot of today"
        )
        super().__init__(f"nothing was done{why_not}:\n  {sentences}", way_on)
        self.stops = tuple(stops)
        self.plan = plan


def _largest(stop: Stop) -> str:
    return f"\n    most of it: {' · '.join(stop.largest)}" if stop.largest else ""


class Clock(Struct, frozen=True):
    """`now`: for the age of the snapshot (zoned). `recorded_at`: UTC, ISO text. `day`: the day asked for, or the newest."""

    now: datetime
    recorded_at: str
    day: date | None = None


class RunResult(Struct, frozen=True):
    """`counts` as in recording.Tally. `nothing`: all was done already. `finished`: files of a cut run were put in place first.

    `undecided`: first names of the playbooks that were left out, each with the reason. `tidied`: what `keep:` deleted.
    `forgotten`: what a cut had left of a `forget`, and this run has finished before all else.
    """

    day: date
    folder: Path
    counts: Mapping[str, int]
    returned: Returned
    nothing: bool = False
    finished: int = 0
    allowed: Sequence[str] = ()
    undecided: Mapping[str, str] = field(default_factory=dict)
    tidied: Tidied | None = None
    forgotten: Forgotten | None = None


def run(workspace: Workspace, clock: Clock, permission: Permission, version: str) -> RunResult:
    """Raises StoppedOnPurpose before anything is done; afterwards everything is done, or nothing.

    A playbook that cannot be decided is left out whole; the others are done.
    """
    with locked(workspace.ledger, "run"):
        forgotten = _finished_cut(workspace)
        result = replace(_alone(workspace, clock, permission, version), forgotten=forgotten)
        if not workspace.catalog.project.keep.says_something:
            return result
        from cs_playbook.commands.tidying import tidy

        return replace(result, tidied=tidy(workspace.place, result.day))


def _finished_cut(workspace: Workspace) -> Forgotten | None:
    forgetting_journal.drop_what_never_began(workspace.ledger)
    if not forgetting_journal.place_of(workspace.ledger).exists():
        return None
    from cs_playbook.commands.forget import finish_what_was_cut

    return finish_what_was_cut(workspace.place)


def _alone(workspace: Workspace, clock: Clock, permission: Permission, version: str) -> RunResult:
    with open_ledger(workspace, writing=True) as ledger:
        finished = publish_what_is_left(workspace.root, ledger)
        try:
            return _run(workspace, ledger, clock, permission, version, finished, {})
        except Undecidable as failure:
            undecided = _left_out(workspace, ledger, clock.day, failure)
        return _run(workspace, ledger, clock, permission, version, finished, undecided)


def _run(
    workspace: Workspace, ledger: Ledger, clock: Clock, permission: Permission, version: str, finished: Published,
    undecided: Mapping[str, str],
) -> RunResult:  # fmt: skip
    with values_may_be_too_large(), open_snapshot(workspace, clock.day) as snapshot:
        ready = _morning(workspace, snapshot, ledger, clock, permission, undecided)
        morning = ready.morning
        result = RunResult(
            morning.today.day,
            workspace.root / OUT / morning.today.day.isoformat(),
            {},
            _told(ready.returned, finished),
            finished=finished.count,
            allowed=[event.rule for event in ready.allowed],
            undecided=undecided,
        )
        still = _nothing_to_do(morning, snapshot, workspace)
        if still is not None:
            return replace(result, counts=still, nothing=True)
        make_key(workspace.catalog, ledger)
        counts = _commit(ready, snapshot, workspace, clock, version)
    published = publish_what_is_left(workspace.root, ledger)
    allowed = [event.rule for event in ready.allowed]
    return replace(result, counts=counts, returned=_told(result.returned, published), allowed=allowed)


def _left_out(
    workspace: Workspace, ledger: Ledger, day: date | None, failure: UserError
) -> Mapping[str, str]:
    def reopen() -> AbstractContextManager[Snapshot]:
        return open_snapshot(workspace, day)

    with reopen() as snapshot:
        return left_out(_sources(workspace, snapshot, ledger), reopen, failure)


def _sources(workspace: Workspace, snapshot: Snapshot, ledger: Ledger) -> Sources:
    calendar = calendar_of(workspace.catalog.project.calendar)
    return Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar)


def _told(returned: Returned, published: Published) -> Returned:
    """With what was found while files were put in place."""
    return replace(returned, findings=in_order([*returned.findings, *published.findings]))


class _Ready(Struct, frozen=True):
    """A morning that nothing has stopped so far. `allowed` grows by what the plan itself needs a permission for."""

    morning: Morning
    returned: Returned
    segments: Segments
    permission: Permission
    plan: str
    last: RunRecord | None
    allowed: list[Allowed]

    def let_pass(self, stops: Sequence[Stop]) -> list[Allowed]:
        """What a person has allowed of these, each rule once."""
        known = {event.rule for event in self.allowed}
        fresh = [
            Allowed(rule, self.permission.rules[rule], self.permission.by, self.plan, self.morning.today.day)
            for rule in dict.fromkeys(stop.rule for stop in stops)
            if rule not in known
        ]
        self.allowed.extend(fresh)
        return fresh


def _morning(
    workspace: Workspace, snapshot: Snapshot, ledger: Ledger, clock: Clock, permission: Permission,
    undecided: Mapping[str, str],
) -> _Ready:  # fmt: skip
    """Everything that stops is told at once, so that a person looks once."""
    stops = guards(workspace, snapshot, ledger, clock)
    plan = plan_id(workspace, snapshot, ledger)
    if not all(stop.allowable for stop in stops):
        raise StoppedByRule(stops, plan, "")
    returned = returned_lists(workspace, ledger, snapshot.day, answers_in(workspace, snapshot, ledger))
    sources = replace(_sources(workspace, snapshot, ledger), undecided=undecided)
    morning, last = prepare(sources, returned.answers), ledger.last_run()
    segments = segments_of(morning)
    stops += stops_of_the_rules(morning, segments, last, workspace.catalog.project.stop_when)
    if _not_allowed(stops, permission, plan):
        # Nothing is written: there is time to look at the plan too.
        stops += stops_of_the_plan(seen_through(morning), morning, last, workspace.catalog)
    _stop_unless_allowed(stops, permission, plan)
    ready = _Ready(morning, returned, segments, permission, plan, last, [])
    ready.let_pass(stops)
    return ready


def seen_through(morning: Morning) -> Much:
    """How much the plan would do."""
    much = Much()
    for _ in much.watching(morning.plans()):
        pass
    return much


def guards(workspace: Workspace, snapshot: Snapshot, ledger: Ledger, clock: Clock) -> list[Stop]:
    """What can be seen before any rule is asked."""
    rules = workspace.catalog.project.stop_when
    zone = ZoneInfo(workspace.catalog.project.calendar.timezone)
    last, contract = ledger.last_run(), workspace.catalog.contract
    # Also against a run of this day: what was let pass then is the measure now, and a worse snapshot is no better.
    now, before = shape_of(snapshot.manifest, contract), _shape_before(last, contract)
    return [
        *already_passed(snapshot.day, ledger.last_day()),
        *too_old(snapshot.day, clock.now, zone, rules),
        *broken(now, before, rules),
        *implausible(now, before, rules),
    ]


def _shape_before(last: RunRecord | None, contract: Contract) -> Shape | None:
    return still_exported(shape_recorded(last), contract) if last else None


def plan_id(workspace: Workspace, snapshot: Snapshot, ledger: Ledger) -> str:
    """Names the plan before it is made: the same files, answers, snapshot, memory and day always give the same plan."""
    lists = (hashlib.sha256(path.read_bytes()).hexdigest() for path in list_files(workspace))
    parts = (
        workspace.catalog.files,
        snapshot.manifest.sha256,
        ledger.head(),
        snapshot.day.isoformat(),
        *lists,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _stop_unless_allowed(stops: Sequence[Stop], permission: Permission, plan: str) -> None:
    """A permission is for the plan that was looked at; that plan is done once, so it is good once."""
    left = _not_allowed(stops, permission, plan)
    if left:
        other = permission.rules and permission.plan != plan
        raise StoppedByRule(
            left, plan, f" (the permission is for the plan {permission.plan})" if other else ""
        )


def _not_allowed(stops: Sequence[Stop], permission: Permission, plan: str) -> list[Stop]:
    seen = permission.plan == plan
    return [stop for stop in stops if not (seen and stop.allowable and stop.rule in permission.rules)]


def _nothing_to_do(morning: Morning, snapshot: Snapshot, workspace: Workspace) -> dict[str, int] | None:
    """What is late and held on a second run of the day: same files, same snapshot, no answer in between. Else None."""
    if morning.answered or earlier_run(morning.ledger, snapshot, workspace.catalog) is None:
        return None
    tally = Tally()
    for _ in tally.events(morning.plans()):
        return None
    # People may have closed or stopped something meanwhile: the lists must tell.
    return None if morning.ledger.acted_since_the_last_run() else dict(tally.counts)


def _commit(
    ready: _Ready, snapshot: Snapshot, workspace: Workspace, clock: Clock, version: str
) -> dict[str, int]:
    tally, much, morning = Tally(), Much(), ready.morning
    contract, refused = workspace.catalog.contract, ready.returned.refused
    shape = shape_of(snapshot.manifest, contract)
    record = RunRecord(
        morning.today.day,
        snapshot.manifest.sha256,
        sources_hash(snapshot.manifest),
        workspace.catalog.files,
        "",
        version,
        clock.recorded_at,
        {},
    )

    def sealed() -> Seal:
        sizes = kept(shape, _shape_before(ready.last, contract), ready.segments, much)
        sizes |= near_the_limits(much, workspace.catalog.project.stop_when.most)
        sizes |= {f"{UNDECIDED}{name}": 1 for name in morning.today.undecided}
        return Seal(
            tally.plan_hash, {**sizes, **({REFUSED: len(refused)} if refused else {}), **tally.counts}
        )

    with LineStore() as store:
        lines = DayLines(store)
        morning.ledger.commit(
            record, _events(ready, workspace, tally, much), definitions(morning), observations(morning),
            _while_it_stays(snapshot, outputs(morning, lines, refused)), clock.recorded_at,
            Afterwards(_counted(made_of_the_day(morning, lines), tally), sealed, tally.hear),
        )  # fmt: skip
    return dict(tally.counts)


def _events(ready: _Ready, workspace: Workspace, tally: Tally, much: Much) -> Iterator[Event]:
    """Whether it is too much is known when the last one has gone by: then the whole transaction is taken back."""
    morning = ready.morning
    yield from (tally.count(event) for event in ready.allowed)
    yield from (tally.count(event) for event in morning.answered)
    yield from tally.events(much.watching(morning.plans()))
    stops = stops_of_the_plan(much, morning, ready.last, workspace.catalog)
    _stop_unless_allowed(stops, ready.permission, ready.plan)
    yield from (tally.count(event) for event in ready.let_pass(stops))


def _counted(made: Iterator[Made], tally: Tally) -> Iterator[Made]:
    for one in made:
        if isinstance(one, MailMoved):
            tally.count(one)
        yield one


def _while_it_stays(snapshot: Snapshot, files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Asked once more before the transaction ends: a snapshot replaced under the run takes the whole run back."""
    yield from files
    if not snapshot.still_the_same():
        raise StoppedOnPurpose(
            "the snapshot was replaced while the run was reading it: nothing was done",
            "look at what writes into the folder of snapshots, and run again",
        )
