"""Scorecards, a snapshot and memory → how the portfolio does by band and who does worst; or the whole sum of one account."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date, timedelta

from cs_playbook.commands.account import account_meant
from cs_playbook.commands.facts_stage import SHOWN, Stage, stage_facts
from cs_playbook.commands.past_stage import fact_series
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.looking import ONE_ACCOUNT
from cs_playbook.compile.portfolio import ACTIVE_KEYS, by_band, worst
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.expression import FieldType, Value, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.scorecard import CHANGES, Scorecard
from cs_playbook.model.scored import scored
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.health import (
    AccountHealth,
    BandNow,
    CardNow,
    PortfolioHealth,
    ScoreNow,
    WorstAccount,
)

MONEY = "arr"
SHOWN_WORST = 10
WEEKS = 12


def portfolio_health(workspace: Workspace, day: date | None) -> PortfolioHealth:
    """`day` None: the newest snapshot. Raises ChoiceError where there is no scorecard."""
    catalog = _with_cards(workspace.catalog)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        stage = _stage(snapshot, catalog, ledger, [])
        cards = tuple(_card(card, stage, ledger, snapshot.day) for card in catalog.scorecards.values())
        return PortfolioHealth(snapshot.day, cards, units_of(catalog))


def account_health(workspace: Workspace, account: str, day: date | None) -> AccountHealth:
    """`account`: its key or its name, in any case. Raises ChoiceError for what does not exist."""
    catalog = _with_cards(workspace.catalog)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        key = account_meant(account, snapshot, ledger, catalog.contract)
        changes = [card.change(days) for card in catalog.scorecards.values() for days in CHANGES]
        stage = _stage(snapshot, catalog, ledger, changes)
        found = stage.connection.execute(ONE_ACCOUNT, (key,))
        row = next(_rows(found), None)
        values = {} if row is None else row[1]
        scores = (
            _score(card, key, values, stage, ledger, snapshot.day) for card in catalog.scorecards.values()
        )
        name = str(values.get("name") or key)
        return AccountHealth(
            snapshot.day, key, name, row is not None, tuple(scores) if row else (), units_of(catalog)
        )


def units_of(catalog: Catalog) -> Mapping[str, tuple[FieldType | None, str]]:
    """How the value of a fact is shown."""
    units = {name: signal.unit or "" for name, signal in catalog.signals.items()}
    return {name: (kind.reads_as, units.get(name, "")) for name, kind in catalog.facts.items()}


def _with_cards(catalog: Catalog) -> Catalog:
    if not catalog.scorecards:
        raise ChoiceError(
            "there is no scorecard in this workspace", "cs-playbook new scorecard health begins one"
        )
    return catalog


def _stage(snapshot: Snapshot, catalog: Catalog, ledger: Ledger, more: list[str]) -> Stage:
    day = snapshot.day
    observed = tuple(to_day(run.day) for run in ledger.run_days() if run.fresh and run.day < day)
    fresh = ledger.sources_before(day) != sources_hash(snapshot.manifest)
    reckoning = Reckoning(to_day(day), calendar_of(catalog.project.calendar), observed, fresh)
    facts = [name for name in (*SHOWN, catalog.contract.accounts.key or "id") if name in catalog.facts]
    facts += [part for card in catalog.scorecards.values() for part in (card.band, card.drag)]
    active = [] if catalog.contract.active is None else [catalog.contract.active]
    asked = asked_of(active, [*facts, *more], catalog)
    return stage_facts(snapshot, asked, catalog, reckoning, ledger, day)


def _rows(cursor: sqlite3.Cursor) -> Iterator[tuple[str, dict[str, Value]]]:
    """(key, facts) of queries that select `_id, f.*`."""
    names = [column[0] for column in cursor.description][2:]
    yield from ((str(row[0]), dict(zip(names, row[2:], strict=True))) for row in cursor)


# --- the portfolio ---


def _card(card: Scorecard, stage: Stage, ledger: Ledger, day: date) -> CardNow:
    money = MONEY if MONEY in stage.columns else None
    found = {band: (count, arr) for band, count, arr in stage.connection.execute(by_band(card, money))}
    days, past = _past(card, stage, ledger, day)
    names = [*(band.name for band in card.bands), *([None] if None in found else [])]
    bands = tuple(
        BandNow(name, *found.get(name, (0, 0.0 if money else None)), past.get(name, ())) for name in names
    )
    rows = _rows(stage.connection.execute(worst(card, money), (SHOWN_WORST,)))
    return CardNow(card, bands, tuple(_worst(card, key, values, stage) for key, values in rows), days)


def _worst(card: Scorecard, key: str, values: dict[str, Value], stage: Stage) -> WorstAccount:
    money = values.get(MONEY)
    known = float(money) if isinstance(money, int | float) else None
    return WorstAccount(key, str(values.get("name") or key), known, scored(card, values, stage.reckoning))


def _past(
    card: Scorecard, stage: Stage, ledger: Ledger, day: date
) -> tuple[tuple[date, ...], dict[str | None, tuple[int, ...]]]:
    """Week by week: in which band the accounts of today were, where that was remembered."""
    first = ledger.ever_remembered(fact_series(card.band))
    if first is None:
        return (), {}
    days = [day - timedelta(weeks=weeks) for weeks in range(WEEKS, 0, -1)]
    days = [past for past in days if past >= first]
    keys = {row[0] for row in stage.connection.execute(ACTIVE_KEYS)}
    counted = [_counted(card, ledger, past, keys) for past in days]
    names = [band.name for band in card.bands]
    return tuple(days), {name: tuple(count[name] for count in counted) for name in names}


def _counted(card: Scorecard, ledger: Ledger, day: date, keys: set[str]) -> Counter[Value]:
    after = day + timedelta(days=1)  # as it stood at the end of that day
    remembered = ledger.remembered(fact_series(card.band), after)
    return Counter(value for subject, value, _ in remembered if subject in keys)


# --- one account ---


def _score(
    card: Scorecard, account: str, values: dict[str, Value], stage: Stage, ledger: Ledger, day: date
) -> ScoreNow:
    said = {days: values.get(card.change(days)) for days in CHANGES}
    changes = {days: float(change) for days, change in said.items() if isinstance(change, int | float)}
    now = scored(card, values, stage.reckoning)
    remembered = ledger.remembered(fact_series(card.band), day)
    since = next(
        (since for subject, value, since in remembered if (subject, value) == (account, now.band)), None
    )
    return ScoreNow(now, changes, since)
