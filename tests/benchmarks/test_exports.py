"""Building a snapshot of one export, beside what the same file takes to be cut into cells at all, in one run."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Stamp, build
from cs_playbook.parse.data import read_contract
from cs_playbook.parse.mapping import read_sources
from cs_playbook.source.tree import Mapping, read_tree
from tests.benchmarks.conftest import Show
from tests.benchmarks.measure import Figure, side_by_side

ROWS = 20_000
DATA = """data: a
tables:
  accounts:
    key: id
    fields: {id: text, name: text, arr: number, seats: integer, live: boolean, status: {type: text, values: [active, ended]}, since: date, updated: date, tags: list}
"""
FIELDS = "fields: {id: id, name: name, arr: arr, seats: seats, live: live, status: {column: status, words: {Customer: active, Churned: ended}}, since: since, updated: {column: updated, dates: timestamp}, tags: tags}"


def _rows() -> list[dict[str, object]]:
    chance = random.Random(7)
    return [
        {"id": f"a{n:07d}", "name": f"Customer {n}", "arr": round(chance.uniform(100, 90_000), 2), "seats": chance.randint(1, 900),
         "live": chance.random() < 0.5, "status": chance.choice(("Customer", "Churned")),
         "since": f"{chance.randint(2015, 2025)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
         "updated": f"2026-01-{chance.randint(1, 28):02d}T10:{chance.randint(0, 59):02d}:00Z", "tags": "x;y"}
        for n in range(ROWS)
    ]  # fmt: skip


def _as_csv(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(_rows()[0]))
        writer.writeheader()
        writer.writerows(_rows())


def _as_lines(path: Path) -> None:
    path.write_text("\n".join(json.dumps({**row, "tags": ["x", "y"]}) for row in _rows()))


def _cut(path: Path) -> None:
    with path.open(newline="") as file:
        for _ in csv.reader(file):
            pass


def _loaded(path: Path) -> None:
    with path.open() as file:
        for line in file:
            json.loads(line)


# Measured on a busy machine: 18.6 and 6.5. 200 000 rows in ten seconds are 50 microseconds a row.
@pytest.mark.parametrize(("name", "write", "floor", "most", "column"), [("a.csv", _as_csv, _cut, 25, "build, CSV"), ("a.jsonl", _as_lines, _loaded, 10, "build, JSON Lines")])  # fmt: skip
def test_a_snapshot_is_built_in_so_many_times_what_reading_alone_takes(
    judge: Show, tmp_path: Path, name: str, write: Callable[[Path], None], floor: Callable[[Path], None], most: float, column: str
) -> None:  # fmt: skip
    write(tmp_path / name)
    data, mapped = read_tree(DATA, "d").root, read_tree(f"sources: a\ndates: YYYY-MM-DD\nyes: [\"True\"]\nno: [\"False\"]\ntables:\n  accounts:\n    file: {name}\n    {FIELDS}\n", "s").root  # fmt: skip
    assert isinstance(data, Mapping)
    assert isinstance(mapped, Mapping)
    contract, _ = read_contract(data)
    assert contract is not None
    sources, wrong = read_sources(mapped, contract)
    assert sources is not None
    assert wrong == []
    exports, stamp = Exports(tmp_path, ZoneInfo("Europe/Paris")), Stamp(date(2026, 3, 2), "", "")
    turns = count()
    taken = side_by_side(
        {
            "alone": lambda: floor(tmp_path / name),
            "built": lambda: build(contract, sources, exports, tmp_path / f"s{next(turns)}", stamp),
        },
        7,
    )
    figure = Figure("build", taken["built"], "reading alone", taken["alone"], most, column=column)
    judge(f"A snapshot of {ROWS:,} rows of {name}", [figure])
