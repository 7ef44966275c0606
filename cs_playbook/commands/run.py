"""Do what the plan of the day says, once: guard, plan, record all of it in one transaction, then put the files in place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cs_playbook.commands.answer_files import list_files
from cs_playbook.commands.answers import Returned, returned_lists
from cs_playbook.commands.answers_in_snapshot import answers_in
from cs_playbook.commands.outputs import outputs
from cs_playbook.commands.planning import Morning, Sources, earlier_run, prepare
from cs_playbook.commands.publishing import OUT, Published, publish_what_is_left
from cs_playbook.commands.recording import Tally, definitions, observations
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import RunRecord, Seal
from cs_playbook.effects.lock import locked
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.data import Contract
from cs_playbook.model.event import Allowed, Event
from cs_playbook.plan.guards import NewlyFitting, Shape, Stop, already_passed, broken, too_many, too_old
from cs_playbook.source.finding import in_order
from cs_playbook.source.manifest import Manifest, sources_hash
from cs_playbook.source.snapshot import Snapshot

REFUSED = "refused_answers"  # rows of returned lists, in what is counted of a run
_ROWS, _EMPTY = "rows:", "empty:"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a person lets one plan do although a rule would stop it: rule → reason; who says so; which plan they saw."""

    rules: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    plan: str = ""


class StoppedByRule(StoppedOnPurpose):
    """`stops`: the rules that nobody has allowed. `plan`: what a permission must name."""

    def __init__(self, stops: Sequence[Stop], plan: str, why_not: str) -> None:
        sentences = "\n  ".join(f"{stop.rule}: {stop.sentence}" for stop in stops)
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


@dataclass(frozen=True, slots=True)
class Clock:
    """`now`: for the age of the snapshot (zoned). `recorded_at`: UTC, ISO text. `day`: the day asked for, or the newest."""

    now: datetime
    recorded_at: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """`counts` as in recording.Tally. `nothing`: all was done already. `finished`: files of a cut run were put in place first."""

    day: date
    folder: Path
    counts: Mapping[str, int]
    returned: Returned
    nothing: bool = False
    finished: int = 0
    allowed: Sequence[str] = ()


def run(workspace: Workspace, clock: Clock, permission: Permission, version: str) -> RunResult:
    """Raises StoppedOnPurpose before anything is done; afterwards everything is done, or nothing."""
    with locked(workspace.ledger, "run"), open_ledger(workspace, writing=True) as ledger:
        finished = publish_what_is_left(workspace.root, ledger)
        with open_snapshot(workspace, clock.day) as snapshot:
            morning, returned, allowed = _morning(workspace, snapshot, ledger, clock, permission)
            result = RunResult(
                morning.today.day,
                workspace.root / OUT / morning.today.day.isoformat(),
                {},
                _told(returned, finished),
                finished=finished.count,
                allowed=[event.rule for event in allowed],
            )
            still = _nothing_to_do(morning, snapshot, workspace)
            if still is not None:
                return replace(result, counts=still, nothing=True)
            counts = _commit(morning, snapshot, workspace, allowed, returned, clock, version)
        published = publish_what_is_left(workspace.root, ledger)
        return replace(result, counts=counts, returned=_told(result.returned, published))


def _told(returned: Returned, published: Published) -> Returned:
    """With what was found while files were put in place."""
    return replace(returned, findings=in_order([*returned.findings, *published.findings]))


def _morning(
    workspace: Workspace, snapshot: Snapshot, ledger: Ledger, clock: Clock, permission: Permission
) -> tuple[Morning, Returned, list[Allowed]]:
    """Everything that stops is told at once, so that a person looks once."""
    stops = guards(workspace, snapshot, ledger, clock)
    plan = plan_id(workspace, snapshot, ledger)
    if not all(stop.allowable for stop in stops):
        raise StoppedByRule(stops, plan, "")
    returned = returned_lists(workspace, ledger, snapshot.day, answers_in(workspace, snapshot, ledger))
    sources = Sources(
        workspace.catalog, workspace.around, snapshot, ledger, calendar_of(workspace.catalog.project.calendar)
    )
    morning = prepare(sources, returned.answers)
    stops += too_many(newly_fitting(morning), workspace.catalog.project.stop_when)
    _stop_unless_allowed(stops, permission, plan)
    allowed = [
        Allowed(stop.rule, permission.rules[stop.rule], permission.by, plan, snapshot.day)
        for stop in _once(stops)
    ]
    return morning, returned, allowed


def _once(stops: list[Stop]) -> list[Stop]:
    return list({stop.rule: stop for stop in stops}.values())


def guards(workspace: Workspace, snapshot: Snapshot, ledger: Ledger, clock: Clock) -> list[Stop]:
    """What can be seen before any rule is asked."""
    rules = workspace.catalog.project.stop_when
    zone = ZoneInfo(workspace.catalog.project.calendar.timezone)
    last = ledger.last_run()
    return [
        *already_passed(snapshot.day, last.day if last else None),
        *too_old(snapshot.day, clock.now, zone, rules),
        # Also against a run of this day: what was let pass then is the measure now, and a worse snapshot is no better.
        *broken(
            shape_of(snapshot.manifest, workspace.catalog.contract),
            shape_recorded(last) if last else None,
            rules,
        ),
    ]


def newly_fitting(morning: Morning) -> list[NewlyFitting]:
    """What we offer to many is meant to fit many: playbooks about the items of a list of ours surprise nobody."""
    offered = {table.name for table in morning.today.catalog.contract.resources}
    return [
        NewlyFitting(choice.playbook.name, choice.new, max(morning.choices.seen, 1))
        for choice in morning.choices.choices
        if choice.playbook.trigger.one_per not in offered
    ]


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
    seen = permission.plan == plan
    left = [stop for stop in stops if not (seen and stop.allowable and stop.rule in permission.rules)]
    if left:
        raise StoppedByRule(
            left,
            plan,
            f" (the permission is for the plan {permission.plan})" if permission.rules and not seen else "",
        )


def shape_of(manifest: Manifest, contract: Contract) -> Shape:
    """Answers from the CRM come and go with the tasks: how many there are says nothing of the data."""
    alone = {table.name for table in contract.exported if table.stands_alone}
    tables = [(table, count) for table, count in manifest.tables if table not in alone]
    rows = {table: count.rows for table, count in tables}
    empties = {f"{table}.{name}": empty for table, count in tables for name, empty in count.empties}
    return Shape(rows, empties)


def shape_recorded(run: RunRecord) -> Shape | None:
    """How big the snapshot of that run was: remembered in the ledger, because old snapshots may be gone."""
    rows = {name.removeprefix(_ROWS): count for name, count in run.counts.items() if name.startswith(_ROWS)}
    empties = {
        name.removeprefix(_EMPTY): count for name, count in run.counts.items() if name.startswith(_EMPTY)
    }
    return Shape(rows, empties) if rows else None


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
    morning: Morning,
    snapshot: Snapshot,
    workspace: Workspace,
    allowed: list[Allowed],
    returned: Returned,
    clock: Clock,
    version: str,
) -> dict[str, int]:
    tally = Tally()
    shape = shape_of(snapshot.manifest, workspace.catalog.contract)
    sizes = {
        **{f"{_ROWS}{name}": rows for name, rows in shape.rows.items()},
        **{f"{_EMPTY}{name}": empty for name, empty in shape.empties.items()},
        **({REFUSED: len(returned.refused)} if returned.refused else {}),
    }
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
    morning.ledger.commit(
        record, _events(morning, allowed, tally), definitions(morning), observations(morning), _while_it_stays(snapshot, outputs(morning, returned.refused)),
        clock.recorded_at, lambda: Seal(tally.plan_hash, {**sizes, **tally.counts}),
    )  # fmt: skip
    return dict(tally.counts)


def _events(morning: Morning, allowed: list[Allowed], tally: Tally) -> Iterator[Event]:
    yield from (tally.count(event) for event in allowed)
    yield from (tally.count(event) for event in morning.answered)
    yield from tally.events(morning.plans())


def _while_it_stays(snapshot: Snapshot, files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Asked once more before the transaction ends: a snapshot replaced under the run takes the whole run back."""
    yield from files
    if not snapshot.still_the_same():
        raise StoppedOnPurpose(
            "the snapshot was replaced while the run was reading it: nothing was done",
            "look at what writes into the folder of snapshots, and run again",
        )
