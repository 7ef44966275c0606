"""Two snapshots, and what is asked of both → what is gone, new, emptier, never seen before, and what that means for a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from cs_playbook.model.stopping import StopWhen
from cs_playbook.plan.guards import Shape, Stop, broken
from cs_playbook.source.manifest import Manifest, TableCount
from cs_playbook.study.data_check import WORTH_A_LOOK_EMPTIED, WORTH_A_LOOK_GROWN, WORTH_A_LOOK_SHRUNK

SHOWN_KEYS = 20  # of those that are gone or new; the others are counted

Key = TypeVar("Key", str, int)


class Verdict(StrEnum):
    """STOPS: a run would do nothing at all. LOOK: only a person can tell whether it is right. FINE: told, no more."""

    STOPS = "stops"
    LOOK = "look"
    FINE = "fine"


class Moved(Struct, frozen=True):
    """Keys that are gone and that are new: how many, and the first of them."""

    gone: int
    new: int
    first_gone: tuple[str, ...]
    first_new: tuple[str, ...]


class TableChange(Struct, frozen=True):
    """Rows before and now (None: there was, or is, no such table). `moved` None: its rows have no key, or another one."""

    name: str
    before: int | None
    now: int | None
    verdict: Verdict
    moved: Moved | None = None

    @property
    def share(self) -> float | None:
        """Grown (above 0) or shrunk by, as a share of the rows before; None where there were none."""
        return (self.now - self.before) / self.before if self.before and self.now is not None else None


class EmptyChange(Struct, frozen=True):
    """Shares of empty cells, 0 to 1; `before` None: the column is new, or there were no rows."""

    table: str
    field: str
    before: float | None
    now: float
    verdict: Verdict

    @property
    def points(self) -> float | None:
        return None if self.before is None else (self.now - self.before) * 100


class Unseen(Struct, frozen=True):
    """Values of a field that the snapshot before had nowhere, with how many rows; `more`: there are others."""

    table: str
    field: str
    values: tuple[tuple[str, int], ...]
    more: bool


class Loose(Struct, frozen=True):
    """Rows that belong to nobody. `what`: in words; before and now."""

    what: str
    before: int
    now: int


class LastRun(Struct, frozen=True):
    """A run is held against the last run, not against this snapshot: of which day, and what would stop it."""

    day: date
    stops: tuple[Stop, ...]


class SnapshotChange(Struct, frozen=True):
    """Everything that differs. `contract`: tables, fields and types that changed, as sentences."""

    day: date
    before: date
    tables: tuple[TableChange, ...]
    empties: tuple[EmptyChange, ...]
    unseen: tuple[Unseen, ...]
    loose: tuple[Loose, ...]
    contract: tuple[str, ...]
    names: Mapping[str, str]  # of accounts that are gone or new, by key
    rules: StopWhen
    last_run: LastRun | None = None
    implausible: tuple[Stop, ...] = ()  # units, words, days, ids: what else would stop a run

    @property
    def stops(self) -> int:
        """How many things would stop a run."""
        if self.last_run is not None:
            return len(self.last_run.stops)
        return self._verdicts().count(Verdict.STOPS) + len(self.implausible)

    @property
    def looks(self) -> int:
        """How many things a person should look at."""
        seen = self._verdicts().count(Verdict.LOOK)
        return seen + len(self.unseen) + len(self.contract) + sum(one.now > one.before for one in self.loose)

    def _verdicts(self) -> list[Verdict]:
        return [*(one.verdict for one in self.tables), *(one.verdict for one in self.empties)]


def moved(before: Iterable[Key], now: Iterable[Key]) -> Moved:
    """Two streams of keys in order, each key once → what only one of them has. Constant memory."""
    gone: list[str] = []
    new: list[str] = []
    counts = [0, 0]
    for which, key in _only_one(iter(before), iter(now)):
        counts[which] += 1
        shown = (gone, new)[which]
        if len(shown) < SHOWN_KEYS:
            shown.append(str(key))
    return Moved(counts[0], counts[1], tuple(gone), tuple(new))


def _only_one(before: Iterator[Key], now: Iterator[Key]) -> Iterator[tuple[int, Key]]:
    """(0, key) of what only the first has, (1, key) of what only the second has."""
    one, other = next(before, None), next(now, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one < other):
            assert one is not None
            yield 0, one
            one = next(before, None)
        elif one is None or other < one:
            yield 1, other
            other = next(now, None)
        else:
            one, other = next(before, None), next(now, None)


def tables_changed(
    now: Manifest, before: Manifest, keys: Mapping[str, Moved], rules: StopWhen
) -> Iterator[TableChange]:
    """Every table of both, in the order of the contract, those that are gone last."""
    was, has = before.counts, now.counts
    for name in dict.fromkeys((*has, *was)):
        rows_before = was[name].rows if name in was else None
        rows_now = has[name].rows if name in has else None
        verdict = _of_rows(name, rows_before, rows_now, keys.get(name), rules)
        if name in now.not_exported:
            verdict = Verdict.LOOK  # `sources:` says so: no export has broken
        yield TableChange(name, rows_before, rows_now, verdict, keys.get(name))


def _of_rows(name: str, before: int | None, now: int | None, moved: Moved | None, rules: StopWhen) -> Verdict:
    if before is None:
        return Verdict.LOOK
    # The very rule of a run, asked for this table alone.
    if broken(Shape({name: now or 0}, {}), Shape({name: before}, {}), rules):
        return Verdict.STOPS
    gone = max(moved.gone if moved else 0, before - (now or 0))
    shrunk = gone > 0 and gone >= WORTH_A_LOOK_SHRUNK * before
    grown = now is not None and now > before and now - before >= WORTH_A_LOOK_GROWN * before
    return Verdict.LOOK if shrunk or grown or now is None else Verdict.FINE


def empties_changed(now: Manifest, before: Manifest, rules: StopWhen) -> Iterator[EmptyChange]:
    """Every column that has rows today, in the order of the contract."""
    was = before.counts
    for table, count in now.tables:
        for field, empty in count.empties if count.rows else ():
            yield _of_cells(table, field, was.get(table), count, empty, rules)


def _of_cells(
    table: str, field: str, was: TableCount | None, now: TableCount, empty: int, rules: StopWhen
) -> EmptyChange:
    then = dict(was.empties).get(field) if was is not None and was.rows else None
    share = empty / now.rows
    if was is None or then is None:
        return EmptyChange(table, field, None, share, Verdict.FINE)
    place = f"{table}.{field}"
    stops = broken(Shape({table: now.rows}, {place: empty}), Shape({table: was.rows}, {place: then}), rules)
    before = then / was.rows
    told = [stop for stop in stops if stop.rule == "empty_cells_rise_by"]
    look = abs(share - before) >= WORTH_A_LOOK_EMPTIED
    return EmptyChange(
        table, field, before, share, Verdict.STOPS if told else Verdict.LOOK if look else Verdict.FINE
    )


def exports_changed(now: Manifest, before: Manifest) -> tuple[str, ...]:
    """Tables and fields that one of both had and the other did not."""
    was, has = frozenset(before.not_exported), frozenset(now.not_exported)
    return (
        *(
            f"{name} {_are(name)} not exported any more: unknown"
            for name in now.not_exported
            if name not in was
        ),
        *(f"{name} {_are(name)} exported now" for name in before.not_exported if name not in has),
    )


def _are(name: str) -> str:
    return "is" if "." in name else "are"


def contract_changed(
    now: Mapping[str, Mapping[str, str]], before: Mapping[str, Mapping[str, str]], *, same_shape: bool
) -> tuple[str, ...]:
    """Table → column → how it is stored, of both. `same_shape`: both were built by contracts that are alike."""
    told = [
        *(f"the table {name} is new" for name in now if name not in before),
        *(f"the table {name} is gone" for name in before if name not in now),
    ]
    for table in now:
        if table in before:
            told += _columns_changed(table, now[table], before[table])
    if not told and not same_shape:
        return ("data.yaml declares a type, a key or a `day:` otherwise than then",)
    return tuple(told)


def _columns_changed(table: str, now: Mapping[str, str], before: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{table}.{name} is new" for name in now if name not in before)
    yield from (f"{table}.{name} is gone" for name in before if name not in now)
    for name, kind in now.items():
        if before.get(name, kind) != kind:
            yield f"{table}.{name} was {_STORED[before[name]]}, and is {_STORED[kind]} now"


_STORED = {"TEXT": "a text", "REAL": "a number", "INTEGER": "a whole number, a day or yes/no"}
