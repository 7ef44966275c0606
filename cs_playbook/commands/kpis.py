"""A workspace and its snapshots → its KPIs as they stand, by a fact or a role, with what they were; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from typing import assert_never

from msgspec import Struct, field

from cs_playbook.commands.facts_stage import Stage, stage_facts
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.kpis import among, counted, values, worth
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError, StoppedOnPurpose
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import Name, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.kpi import Aim, Kpi, Retention, Share, Taken, parts_of
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.team import FromField
from cs_playbook.model.time import Calendar
from cs_playbook.model.value import FieldType
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import did_you_mean
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.kpis import (
    Board,
    Compared,
    Figures,
    Key,
    KpiNow,
    Reading,
    compared,
    retained,
    shares,
    taken,
)

POINTS = 8  # of a trend, today's besides
A_YEAR = timedelta(days=365)
OLDEST = timedelta(
    days=31
)  # the other snapshot of a retention may be older by a month: some are built monthly
_GROUPS = (FieldType.TEXT, FieldType.BOOLEAN, FieldType.INTEGER)
_NOT_IN_IT = Figures(Reading(None))


class Wanted(Struct, frozen=True):
    """What a person asks for. `name` "": all KPIs. `by`: a fact or a role. `since`: the first day of the trend."""

    name: str = ""
    by: str = ""
    since: date | None = None
    day: date | None = None


def kpi_board(workspace: Workspace, wanted: Wanted) -> Board:
    """Raises ChoiceError for a KPI, a fact or a day that is not there."""
    catalog = workspace.catalog
    kpis = _kpis(wanted.name, catalog)
    by = _fact_meant(wanted.by, catalog) if wanted.by else None
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        days = snapshots.days(workspace.snapshots)
        with open_snapshot(workspace, wanted.day) as opened:
            day = opened.day
        reader = _Reader(workspace, ledger, days, kpis, by, calendar_of(workspace.catalog.project.calendar))
        now = reader.on(day)
        past = [
            (earlier, found)
            for earlier in _trend(days, day, wanted.since)
            if (found := reader.earlier(earlier))
        ]
        told = tuple(
            KpiNow(
                kpi,
                now[kpi.name],
                tuple((earlier, found[kpi.name]) for earlier, found in past),
                _aims(kpi, catalog),
            )
            for kpi in kpis
        )
        people = {person.email: person.name for person in catalog.team.people}
        kind = catalog.facts[by].reads_as if by is not None else None
        return Board(day, told, wanted.by, kind, people, tuple(reader.trouble.items()))


def _kpis(name: str, catalog: Catalog) -> tuple[Kpi, ...]:
    if not catalog.kpis:
        raise ChoiceError(
            "there is no KPI in this workspace", "cs-playbook new kpis NAME begins a file of them"
        )
    if name and name not in catalog.kpis:
        hint = did_you_mean(name, catalog.kpis) or f"there are: {', '.join(catalog.kpis)}"
        raise ChoiceError(f"there is no KPI '{name}'", hint)
    return (catalog.kpis[name],) if name else tuple(catalog.kpis.values())


def _fact_meant(written: str, catalog: Catalog) -> str:
    """A role stands for the fact in which its person is written."""
    role = catalog.team.role(written)
    if role is not None and isinstance(role.source, FromField) and isinstance(role.source.fact, Name):
        return role.source.fact.name
    kinds = {name: kind.reads_as for name, kind in catalog.facts.items()}
    if kinds.get(written) in _GROUPS:
        return written
    if written in kinds:
        raise ChoiceError(
            f"'{written}' cannot tell accounts apart: it is a {kinds[written]}", "name a text or a yes/no"
        )
    if role is not None:
        raise ChoiceError(
            f"the role '{written}' is not read from a fact of the account", "name the fact itself"
        )
    roles = [role.name for role in catalog.team.roles if isinstance(role.source, FromField)]
    known = [*(name for name, kind in kinds.items() if kind in _GROUPS), *roles]
    segments = ", ".join([*catalog.segmentations, *roles])
    raise ChoiceError(
        f"there is no fact or role '{written}'", did_you_mean(written, known) or f"e.g. {segments}"
    )


def _trend(days: Sequence[date], day: date, since: date | None) -> list[date]:
    """The first one and some in between, evenly."""
    first = since or day - A_YEAR
    earlier = [one for one in days if first <= one < day]
    if since is not None and not earlier:
        raise ChoiceError(
            f"there is no snapshot from {since} to before {day}", "cs-playbook kpis shows what there is"
        )
    if len(earlier) <= POINTS:
        return earlier
    last = len(earlier) - 1
    return [earlier[place * last // (POINTS - 1)] for place in range(POINTS)]


def _aims(kpi: Kpi, catalog: Catalog) -> tuple[tuple[str, Aim], ...]:
    """Of playbooks that are in use, or will be."""
    used = (playbook for playbook in catalog.playbooks.values() if playbook.status is not Status.RETIRED)
    return tuple(aim for playbook in used if (aim := _aim(playbook, kpi)) is not None)


def _aim(playbook: Playbook, kpi: Kpi) -> tuple[str, Aim] | None:
    aim = playbook.words.aim
    return (playbook.name, aim) if aim is not None and aim.kpi == kpi.name else None


# --- one day ---


class _Reader(Struct):
    """Holds what several days need, and which snapshots could not be asked."""

    workspace: Workspace
    ledger: Ledger
    days: tuple[date, ...]
    kpis: tuple[Kpi, ...]
    by: str | None
    calendar: Calendar
    trouble: dict[date, str] = field(default_factory=dict)

    def earlier(self, day: date) -> dict[str, Figures] | None:
        """None where its snapshot cannot be asked: an old one may be of another contract."""
        if day in self.trouble:
            return None
        try:
            return self.on(day)
        except StoppedOnPurpose as stop:
            self.trouble[day] = stop.sentence
            return None

    def on(self, day: date) -> dict[str, Figures]:
        with self._opened(day) as snapshot:
            stage = self._stage(snapshot)
            found = {kpi.name: self._figures(kpi, stage) for kpi in self.kpis if not _compares(kpi)}
            found |= self._retained(stage, day)
        return {kpi.name: found.get(kpi.name, _NOT_IN_IT) for kpi in self.kpis}

    def _opened(self, day: date) -> Snapshot:
        return open_snapshot(self.workspace, day)

    def _stage(self, snapshot: Snapshot) -> Stage:
        catalog, day = self.workspace.catalog, snapshot.day
        parts = [part for kpi in self.kpis for part in parts_of(kpi)]
        active = [] if catalog.contract.active is None else [catalog.contract.active]
        asked = asked_of([*active, *parts], [] if self.by is None else [self.by], catalog)
        reckoning = Reckoning(to_day(day), self.calendar)
        return stage_facts(snapshot, asked, catalog, reckoning, self.ledger, day)

    def _figures(self, kpi: Kpi, stage: Stage) -> Figures:
        match kpi.figure:
            case Share() as share:
                return shares(stage.connection.execute(counted(kpi, share, self.by)))
            case Taken() as value:
                return taken(value.take, stage.connection.execute(values(kpi, value, self.by)))
            case Retention():
                raise AssertionError("a retention needs two snapshots")
            case _:
                assert_never(kpi.figure)

    # --- two snapshots ---

    def _retained(self, stage: Stage, day: date) -> Iterator[tuple[str, Figures]]:
        for over in dict.fromkeys(kpi.figure.over for kpi in self.kpis if isinstance(kpi.figure, Retention)):
            mine = [kpi for kpi in self.kpis if isinstance(kpi.figure, Retention) and kpi.figure.over == over]
            start, why = self._other_day(day, over)
            found = self._compared(mine, stage, day, start) if start is not None else None
            if found is None:
                why = why or self.trouble.get(start or day, "")
                yield from ((kpi.name, Figures(Reading(None), since=start, why=why)) for kpi in mine)
            else:
                yield from found.items()

    def _other_day(self, day: date, over: Duration) -> tuple[date | None, str]:
        """The newest snapshot of that day, or up to a month older."""
        aim = self.calendar.add(day, Duration(-over.count, over.unit))
        known = [one for one in self.days if one <= aim]
        if known and known[-1] >= aim - OLDEST:
            return known[-1], ""
        nearest = known[-1] if known else self.days[0]
        said = "the newest before it is" if known else "the oldest one is"
        return None, f"there is no snapshot of {aim} or of the month before; {said} of {nearest}"

    def _compared(
        self, kpis: Sequence[Kpi], stage: Stage, day: date, start: date
    ) -> dict[str, Figures] | None:
        try:
            with self._opened(start) as snapshot:
                before = self._stage(snapshot)
                return {kpi.name: self._one(kpi, before, stage, day, start) for kpi in kpis}
        except StoppedOnPurpose as stop:
            self.trouble[start] = stop.sentence
            return None

    def _one(self, kpi: Kpi, before: Stage, after: Stage, day: date, start: date) -> Figures:
        assert isinstance(kpi.figure, Retention)
        query = worth(kpi, kpi.figure, self.by)
        found = compared(before.connection.execute(query), after.connection.execute(query))
        figures = retained(found, kpi.figure.counted, self._seen_lately(found, day, start))
        return Figures(figures.all, figures.groups, start)

    def _seen_lately(self, found: Compared, day: date, start: date) -> set[Key]:
        """Who is missing today and was there within `absent_after`: a hole in the export is no farewell."""
        contract = self.workspace.catalog.contract
        missing = {key for key, _, _ in found.missing}
        lately = [
            one for one in self.days if max(start, day - timedelta(days=contract.absent_after)) < one < day
        ]
        seen: set[Key] = set()
        for one in lately if missing else ():
            with suppress(StoppedOnPurpose), self._opened(one) as snapshot:
                asked = json.dumps(sorted(missing - seen))
                query = among(contract.accounts.key or "id")
                seen |= {key for (key,) in snapshot.connection.execute(query, (asked,))}
        return seen


def _compares(kpi: Kpi) -> bool:
    return isinstance(kpi.figure, Retention)
