"""What was, from the ledger → tables of the past on the connections of a snapshot, before the facts of the day are made.

A million accounts have a million values in each series: SQLite takes them from the ledger itself, beside the snapshot,
wherever a series stands there as it is asked for; all else comes row by row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta

from cs_playbook.commands.facts_apart import Part, side_by_side
from cs_playbook.commands.standing import standing
from cs_playbook.compile.filled import (
    LEDGER,
    Past,
    Recorded,
    add_past,
    from_ledger,
    from_short_ledger,
    past_table,
)
from cs_playbook.compile.some import EXTENT, past_of_some, subjects_of_some
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.exceptions import now_called, settable
from cs_playbook.model.expression import Memory, Value, to_day
from cs_playbook.model.lasting import series_of
from cs_playbook.model.trait import as_fact
from cs_playbook.source.snapshot import Snapshot, together

CHANGES = 2  # rows for each account: up to here newer rows take the place of older ones in no time


def fill_from_ledger(
    snapshot: Snapshot, parts: Sequence[Part], asked: Iterable[Past], catalog: Catalog, ledger: Ledger, day: date
) -> list[Past]:  # fmt: skip
    """Memory as it stood at the end of the previous logical day: of everybody for the first part, also of who is no
    account, or no longer; for each other part of its accounts. Returns what has to come row by row."""
    once = {past.table: past for past in asked}
    series = {
        name: said for name, past in once.items() if (said := _recorded(past, catalog, day)) is not None
    }
    file = ledger.file_beside
    if file is None or not series:
        return list(once.values())
    some = subjects_of_some("m.subject", catalog.contract.accounts)
    whose = ["true", *(some for _ in parts[1:])]
    # An open transaction would hold the ledger for as long.
    with ledger.reading(), snapshot.beside(file, LEDGER):
        short = _short(snapshot, series)
        side_by_side(parts, [list(_filled(series, short, subjects)) for subjects in whose])
    return [past for name, past in once.items() if name not in series]


def _short(snapshot: Snapshot, series: Mapping[str, Recorded]) -> set[str]:
    """Where hardly anybody has changed yet."""
    _, _, accounts = snapshot.connection.execute(EXTENT).fetchone()
    counted = ((name, *snapshot.connection.execute(one.count).fetchone()) for name, one in series.items())
    return {name for name, rows in counted if rows <= CHANGES * accounts}


def _filled(series: Mapping[str, Recorded], short: Set[str], subjects: str) -> Iterator[str]:
    for table, recorded in series.items():
        fill = from_short_ledger if table in short else from_ledger
        yield from (past_table(table), fill(table, recorded, subjects))


def _recorded(past: Past, catalog: Catalog, day: date) -> Recorded | None:
    """None: it does not stand in the ledger as it is asked for."""
    match past.asks:
        case Memory(function="since") as memory:
            return Recorded(fact_series(memory.subject), to_day(day), "m.day")
        case Memory() as memory if memory.function not in ("was", "ago") or now_called(
            memory.subject, catalog
        ):
            return None
        case Memory(function="ago") as memory:
            return Recorded(fact_series(memory.subject), to_day(min(_ago(memory, day), day)))
        case Memory() as memory:
            return Recorded(fact_series(memory.subject), to_day(day))
        case condition:
            return Recorded(series_of(condition), to_day(day))


def fill_from_rows(
    parts: Sequence[Part], waiting: Iterable[Past], catalog: Catalog, ledger: Ledger, day: date
) -> None:
    """The same for what `fill_from_ledger` has left."""
    here, *others = parts
    for past in waiting:
        fill_past(here.connection, past.table, recalled(past, catalog, ledger, day))
        for other in others:
            rows = here.connection.execute(past_of_some(past.table, catalog.contract.accounts), other.numbers)
            fill_past(other.connection, past.table, rows)


def fill_past(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[str, Value, int]]) -> None:
    """A small table of the past: subject, value, the day since which it is so."""
    with together(connection):
        connection.execute(past_table(table))
        connection.executemany(add_past(table), rows)


def recalled(past: Past, catalog: Catalog, ledger: Ledger, day: date) -> Iterator[tuple[str, Value, int]]:
    """Memory as it stood at the end of the previous logical day."""
    match past.asks:
        case Memory(function="running" | "finished" | "last_outcome") as memory:
            return _of_playbooks(memory, catalog, ledger, day)
        case Memory(function="trait" | "set_on" | "by_hand") as memory:
            return _of_traits(memory, catalog, ledger, day)
        case Memory() as memory:
            return _of_facts(memory, now_called(memory.subject, catalog), ledger, day)
        case condition:
            return remembered(ledger, series_of(condition), day)


def _of_playbooks(
    memory: Memory, catalog: Catalog, ledger: Ledger, day: date
) -> Iterator[tuple[str, Value, int]]:
    for name in _first_names(memory.subject, catalog):
        match memory.function:
            case "running":
                yield from ((account, 1, 0) for account in ledger.running(name, day))
            case "finished":
                since = day - timedelta(days=memory.days or 0)
                yield from ((account, 1, 0) for account in ledger.finished(name, since, day))
            case _:
                yield from ((account, outcome, 0) for account, outcome in ledger.last_outcomes(name, day))


def _of_traits(
    memory: Memory, catalog: Catalog, ledger: Ledger, day: date
) -> Iterator[tuple[str, Value, int]]:
    trait = settable(catalog)[memory.subject]
    for said in standing(trait, ledger, day):
        called = now_called(memory.subject, catalog).get(str(said.value), said.value)
        value = to_day(said.on) if memory.function == "set_on" else as_fact(called, trait.type)
        yield said.account, value, to_day(said.on)


def _of_facts(
    memory: Memory, names: Mapping[str, str], ledger: Ledger, day: date
) -> Iterator[tuple[str, Value, int]]:
    series, ago = fact_series(memory.subject), _ago(memory, day)
    match memory.function:
        case "changed":
            return ((account, changed, 0) for account, changed in ledger.changed(series, ago, day))
        case "ago":
            return _called(names, remembered(ledger, series, min(ago, day)))
        case "since":
            return ((whose, since, since) for whose, _, since in remembered(ledger, series, day))
        case _:
            return _called(names, remembered(ledger, series, day))


def _ago(memory: Memory, day: date) -> date:
    return day - timedelta(days=(memory.days or 1) - 1)


def _called(
    names: Mapping[str, str], found: Iterator[tuple[str, Value, int]]
) -> Iterator[tuple[str, Value, int]]:
    """With the names of today: what is only called otherwise has not changed."""
    if not names:
        return found
    return ((subject, names.get(str(value), value), since) for subject, value, since in found)


def recalled_fact(
    fact: str, catalog: Catalog, ledger: Ledger, before: date
) -> Iterator[tuple[str, Value, int]]:
    """(subject, value at the end of the day before `before`, since which day)."""
    return _called(now_called(fact, catalog), remembered(ledger, fact_series(fact), before))


def remembered(ledger: Ledger, series: str, before: date) -> Iterator[tuple[str, Value, int]]:
    """(subject, value at the end of the day before `before`, since which day), for `fill_past`."""
    # A million accounts have a million values in each series: nothing here may look at them one by one.
    return ledger.remembered_as_stored(series, before)


def _first_names(written: str, catalog: Catalog) -> tuple[str, ...]:
    """One playbook, or all that have a tag."""
    tag = written.removeprefix("tag:")
    return (_first_name(written, catalog),) if tag == written else catalog.tagged.get(tag, ())


def _first_name(playbook: str, catalog: Catalog) -> str:
    """By its name of today or any it had."""
    known = next(
        (known for known in catalog.playbooks.values() if playbook in (known.name, *known.formerly)), None
    )
    return known.first_name if known else playbook


def fact_series(fact: str) -> str:
    return f"fact:{fact}"
