"""Segmentations, a snapshot and memory → where the portfolio stands, who moved since a day and why, who waits or is stuck."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from cs_playbook.commands.facts_stage import SHOWN, Stage, stage_facts
from cs_playbook.commands.past_stage import fact_series, fill_past, recalled_fact
from cs_playbook.commands.standing import standing
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile import standing as queries
from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.segments import by_hand
from cs_playbook.compile.sql import sql
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.answer import explain
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.columns import column_of
from cs_playbook.model.condition import Evidence, Leaf
from cs_playbook.model.exceptions import exceptions_of
from cs_playbook.model.expression import Expression, Value, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.segment import Segmentation, StageState
from cs_playbook.model.team import FromField
from cs_playbook.source.finding import did_you_mean
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.behind import Facts, Reason, reason_of
from cs_playbook.study.segments import (
    ByHand,
    InStage,
    Moved,
    OwnerNow,
    PortfolioSegments,
    SegmentationNow,
    SegmentNow,
    Waiting,
    Whose,
)

MONEY = "arr"
SHOWN_EACH = 10
WEEKS = 4
_THEN = "segments_then"


def portfolio_segments(
    workspace: Workspace, name: str, day: date | None, since: date | None, shown: int = SHOWN_EACH
) -> PortfolioSegments:
    """`name` "": all of them. `day` None: the newest snapshot. `since` None: four weeks before. `shown`: of each list.

    Raises ChoiceError where there is no such segmentation.
    """
    catalog = workspace.catalog
    chosen = _chosen(name, catalog)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        stage = _stage(snapshot, catalog, ledger, chosen)
        look = _Look(stage, catalog, ledger, snapshot.day, since, shown)
        accounts = stage.connection.execute(queries.HOW_MANY).fetchone()[0]
        return PortfolioSegments(snapshot.day, accounts, tuple(map(look.at, chosen)))


def _chosen(name: str, catalog: Catalog) -> list[Segmentation]:
    known = catalog.segmentations
    if not known:
        hint = "a file that begins with `segments: tier` is one"
        raise ChoiceError("there is no segmentation in this workspace", hint)
    if name and name not in known:
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise ChoiceError(f"there is no segmentation '{name}'", hint)
    return [known[name]] if name else list(known.values())


def _stage(snapshot: Snapshot, catalog: Catalog, ledger: Ledger, chosen: list[Segmentation]) -> Stage:
    day = snapshot.day
    observed = tuple(to_day(run.day) for run in ledger.run_days() if run.fresh and run.day < day)
    fresh = ledger.sources_before(day) != sources_hash(snapshot.manifest)
    reckoning = Reckoning(to_day(day), calendar_of(catalog.project.calendar), observed, fresh)
    facts = [name for name in (*SHOWN, catalog.contract.accounts.key or "id") if name in catalog.facts]
    for one in chosen:
        facts += [*one.facts, *(() if len(one.standing) > 1 else (one.says,))]
    wanted = [owner for one in chosen if (owner := _owner(one, catalog)) is not None]
    active = [] if catalog.contract.active is None else [catalog.contract.active]
    return stage_facts(
        snapshot, asked_of([*active, *wanted], facts, catalog), catalog, reckoning, ledger, day
    )


def _owner(one: Segmentation, catalog: Catalog) -> Expression | None:
    """Whose book an account is in, where that comes from a fact."""
    role = catalog.owning_role(one.name)
    return role.source.fact if role is not None and isinstance(role.source, FromField) else None


class _Look(Struct, frozen=True):
    """All that is read from, while one segmentation after the other is looked at."""

    stage: Stage
    catalog: Catalog
    ledger: Ledger
    day: date
    asked_since: date | None
    shown: int

    def at(self, one: Segmentation) -> SegmentationNow:
        rows = {fact: self._counted(one, fact) for fact in one.standing}
        since = self._since(one)
        known = all(self._then(fact, since) for fact in one.standing)
        ways = self._ways(one) if known else {}
        state = one.state is not None
        return SegmentationNow(
            segmentation=one,
            segments=self._segments(one, rows),
            owners=self._owners(one, rows[one.name]) if one.name in rows else (),
            since=since if known else None,
            moves=ways,
            moved=tuple(item for fact in one.standing for item in self._moved(one, fact)) if ways else (),
            waiting=tuple(self._waiting(one)) if one.by_rule else (),
            by_hand=tuple(self._by_hand(one)),
            nowhere=tuple(self._whose(row) for row in self._nowhere(one)),
            in_stage=tuple(self._in_stage(one)) if state else (),
            overdue=dict(self._ask(queries.overdue(one.state or "", StageState.ON_TRACK))) if state else {},
        )

    @property
    def money(self) -> str | None:
        return MONEY if MONEY in self.stage.columns else None

    def _ask(self, query: str, *values: Value) -> list[Any]:
        return self.stage.connection.execute(query, values).fetchall()

    def _rows(self, query: str, *values: Value) -> list[dict[str, Value]]:
        cursor: sqlite3.Cursor = self.stage.connection.execute(query, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _whose(self, row: Mapping[str, Value]) -> Whose:
        money, key = row.get(MONEY), str(row["_id"])
        known = float(money) if isinstance(money, int | float) else None
        return Whose(key, str(row.get("name") or key), known)

    # --- how many ---

    def _counted(self, one: Segmentation, fact: str) -> list[tuple[str, str | None, int, float | None]]:
        """(owner, where, accounts, ARR)."""
        owner = _owner(one, self.catalog)
        by = "null" if owner is None else sql(owner, account_columns("f"))
        found = self._ask(queries.by_owner(fact, by, self.money))
        return [(str(who), _text(where), int(count), money) for who, where, count, money in found]

    def _segments(
        self, one: Segmentation, rows: Mapping[str, list[tuple[str, str | None, int, float | None]]]
    ) -> tuple[SegmentNow, ...]:
        found = []
        for segment in {segment.name: segment for segment in one.segments}.values():
            tag = f"{one.name}.{segment.name}"
            counted = rows[tag] if tag in rows else rows[one.name]
            wanted = "yes" if tag in rows else segment.name
            mine = [(count, money) for _, where, count, money in counted if where == wanted]
            found.append(self._segment(segment.name, one, mine))
        without = [(count, money) for _, where, count, money in rows.get(one.name, []) if where is None]
        if not without:
            return tuple(found)
        accounts, money = _sums(without)
        return (*found, SegmentNow(None, accounts, money if self.money else None))

    def _segment(self, name: str, one: Segmentation, mine: list[tuple[int, float | None]]) -> SegmentNow:
        segment = next(segment for segment in one.segments if segment.name == name)
        accounts, money = _sums(mine)
        promised = segment.minutes_per_month
        return SegmentNow(
            segment,
            accounts,
            money if self.money else None,
            None if promised is None else promised * accounts,
        )

    def _owners(
        self, one: Segmentation, rows: list[tuple[str, str | None, int, float | None]]
    ) -> tuple[OwnerNow, ...]:
        names = (*one.names, *((None,) if any(where is None for _, where, *_ in rows) else ()))
        minutes = {segment.name: segment.minutes_per_month or 0 for segment in one.segments}
        if _owner(one, self.catalog) is None:
            return ()
        found: list[OwnerNow] = []
        for email in dict.fromkeys(who for who, *_ in rows):
            mine = {where: (count, money) for who, where, count, money in rows if who == email}
            person = self.catalog.team.person(email)
            counts = tuple(mine.get(name, (0, None))[0] for name in names)
            _, money = _sums(list(mine.values()))
            work = sum(minutes.get(name or "", 0) * count for name, count in zip(names, counts, strict=True))
            shown = person.name if person and person.name else email
            found.append(OwnerNow(email, shown, counts, money if self.money else None, work))
        return tuple(sorted(found, key=lambda owner: (owner.email == "", -owner.minutes, owner.email)))

    def _nowhere(self, one: Segmentation) -> list[dict[str, Value]]:
        if one.name not in one.standing:
            return []
        return self._rows(queries.standing_nowhere(one.name, self.money), self.shown)

    # --- who moved ---

    def _since(self, one: Segmentation) -> date:
        """Four weeks, or as far back as anything is remembered."""
        if self.asked_since is not None:
            return self.asked_since
        firsts = [self.ledger.ever_remembered(fact_series(fact)) for fact in one.standing]
        known = [first + timedelta(days=1) for first in firsts if first is not None]
        return max([self.day - timedelta(weeks=WEEKS), *known])

    def _then(self, fact: str, since: date) -> bool:
        """Where everybody stood at the end of the day before; False where nothing was remembered so far back."""
        series = fact_series(fact)
        first = self.ledger.ever_remembered(series)
        if first is None or first >= since:
            return False
        rows = recalled_fact(fact, self.catalog, self.ledger, since)
        fill_past(self.stage.connection, f"{_THEN}_{fact}", rows)
        return True

    def _ways(self, one: Segmentation) -> dict[tuple[str | None, str | None], int]:
        """A tag that came is a way from nothing to it; one that went, to nothing."""
        found: dict[tuple[str | None, str | None], int] = {}
        for fact in one.standing:
            for before, now, count in self._ask(queries.moves(fact, f"{_THEN}_{fact}")):
                way = (_text(before), _text(now))
                if fact != one.name:
                    name = fact.removeprefix(f"{one.name}.")
                    way = (name if before else None, name if now else None)
                found[way] = found.get(way, 0) + int(count)
        return found

    def _moved(self, one: Segmentation, fact: str) -> Iterator[Moved]:
        query = queries.moved(fact, f"{_THEN}_{fact}", self.money)
        for row in self._rows(query, self.shown):
            said = row[column_of(by_hand(one, fact))]
            told = None if said is None else _text(said)
            reason = None if told is not None else self._reason(one, fact, row)
            yield Moved(self._whose(row), fact, _text(row["value"]), _text(row[fact]), reason, told)

    def _reason(self, one: Segmentation, fact: str, row: Mapping[str, Value]) -> Reason | None:
        """What says yes of the rule of the segment in which it stands now."""
        segment = one.tagged(fact) or next((each for each in one.segments if each.name == row[fact]), None)
        if segment is None or segment.when is None:
            return None
        evidence = explain(segment.when, row, self.stage.reckoning)
        facts = Facts(row, self.stage.reckoning, self.catalog)
        return reason_of([_deciding(evidence)], facts) if evidence.answer else None

    # --- who stands elsewhere than the rules say ---

    def _waiting(self, one: Segmentation) -> Iterator[Waiting]:
        hand = column_of(by_hand(one, one.name))
        for now, says, count in self._ask(queries.waiting(one.name, one.says, hand)):
            rows = self._rows(queries.who_waits(one.name, one.says, hand, self.money), now, says, self.shown)
            some = tuple(self._whose(row) for row in rows)
            yield Waiting(_text(now), _text(says), int(count), some)

    def _by_hand(self, one: Segmentation) -> Iterator[ByHand]:
        known = exceptions_of(self.catalog)
        for fact in one.standing:
            for said in standing(known[fact], self.ledger, self.day):
                rows = self._rows("select _id, * from temp.facts_keyed where _id = ?", said.account)
                whose = self._whose(rows[0]) if rows else Whose(said.account, said.account)
                value = "yes" if said.value is True else "no" if said.value is False else str(said.value)
                yield ByHand(whose, fact, value, said.until, said.by, said.because)

    def _in_stage(self, one: Segmentation) -> Iterator[InStage]:
        query = queries.longest(one.state or "", one.days, StageState.ON_TRACK)
        for row in self._rows(query, self.shown):
            days = row[one.days]
            assert isinstance(days, int)
            yield InStage(self._whose(row), str(row[one.name]), days, str(row[one.state or ""]))


def _sums(found: list[tuple[int, float | None]]) -> tuple[int, float | None]:
    return sum(count for count, _ in found), sum((money or 0.0 for _, money in found), 0.0)


def _text(value: Value) -> str | None:
    """A segment's name; of a tag yes or no."""
    if value is None or isinstance(value, str):
        return value
    return "yes" if value else "no"


def _deciding(evidence: Evidence) -> Evidence:
    """The line that makes it a yes: of several ways the first, of what must all hold the last."""
    if isinstance(evidence.condition, Leaf) or evidence.condition.because or not evidence.items:
        return evidence
    kind = evidence.condition.kind
    if kind == "any":
        return _deciding(next((item for item in evidence.items if item.answer), evidence.items[0]))
    return evidence if kind == "none" else _deciding(evidence.items[-1])
