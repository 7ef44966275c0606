"""A snapshot and the SQL of its facts → as many connections as there are processors, and the facts of everybody filled.

SQLite lets go of Python's lock while it works, and what is asked of an account needs no other one: each connection fills
the facts of its part of the accounts, and the first one takes the tables of the others over, as they are.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise, product
from pathlib import Path
from threading import Event

from msgspec import Struct

from cs_playbook.compile.facts_sql import FactsSql
from cs_playbook.compile.own_functions import own_functions
from cs_playbook.compile.plans import PlansTable
from cs_playbook.compile.some import EVERYBODY, EXTENT, FIRST, HIGHEST, LAST, LOWEST, taken_over
from cs_playbook.model.functions import Reckoning
from cs_playbook.source.snapshot import PART, Snapshot, together

FEWEST = 10_000  # accounts of a part: fewer are done before another connection stands
MOST = 4  # parts: each keeps pages of its own in memory
_PATIENCE = 0.05  # seconds


class Part(Struct, frozen=True):
    """The accounts from one number to another, and the connection that asks of them. What it fills in its schema `own` is
    read on the snapshot's connection in `schema`."""

    connection: sqlite3.Connection
    numbers: Mapping[str, int]
    own: str = "temp"
    schema: str = "temp"


def parts_of(snapshot: Snapshot, reckoning: Reckoning, plan: FactsSql) -> tuple[Part, ...]:
    """The first part stays on the snapshot's own connection; the others end with it."""
    first, last, accounts = snapshot.connection.execute(EXTENT).fetchone()
    count = min(processors(), accounts // FEWEST, MOST)
    if count < 2 or not plan.apart or snapshot.path is None:
        return (Part(snapshot.connection, EVERYBODY),)
    from tempfile import TemporaryDirectory

    # Once they are open the files need no name: whatever ends this program, none of them stays behind.
    with TemporaryDirectory(prefix="cs-playbook-") as folder:
        others = [
            snapshot.again(Path(folder) / str(number), f"{PART}_{number}") for number in range(1, count)
        ]
    for other in others:
        for name, function in own_functions(reckoning).items():
            other.add_function(name, -1, function)
    here, *there = ranges(first, last, count)
    return (
        Part(snapshot.connection, here),
        *(
            Part(other.connection, some, PART, f"{PART}_{number}")
            for number, (other, some) in enumerate(zip(others, there, strict=True), 1)
        ),
    )


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ranges(first: int, last: int, count: int) -> list[dict[str, int]]:
    """From number to number, as wide as each other, with no end at both ends."""
    inside = [first + (last + 1 - first) * number // count for number in range(1, count)]
    ends = [LOWEST, *inside, HIGHEST + 1]
    return [{FIRST: low, LAST: high - 1} for low, high in pairwise(ends)]


def fill_facts(parts: Sequence[Part], plan: FactsSql, fill_plans: Callable[[Part, PlansTable], None]) -> None:
    """`temp.facts` of everybody, once the past is there. `fill_plans`: how a stage is filled that SQL alone cannot fill."""
    here, *others = parts
    for _, stage in groupby(plan.statements, key=type):
        some = tuple(stage)
        tables = [one for one in some if isinstance(one, PlansTable)]
        for table, part in product(tables, parts):
            fill_plans(part, table)
        statements = [one for one in some if isinstance(one, str)]
        side_by_side(parts, [statements] * len(parts))
    side_by_side(parts, [plan.facts(part.own) for part in parts])
    for other in others:
        here.connection.execute(taken_over(other.schema))


def side_by_side(parts: Sequence[Part], statements: Sequence[Sequence[str]]) -> None:
    """On each part its statements, the first part in this thread. All have ended when it returns, or raises what one raised."""
    over = Event()
    if len(parts) == 1:
        _execute(parts[0], statements[0], over)
        return
    from concurrent.futures import ThreadPoolExecutor, wait

    with ThreadPoolExecutor(len(parts) - 1) as threads:
        going = [
            threads.submit(_execute, part, some, over)
            for part, some in zip(parts[1:], statements[1:], strict=True)
        ]
        try:
            _execute(parts[0], statements[0], over)
            for one in going:
                one.result()
        finally:
            over.set()
            # Again and again: who is between two statements hears nothing.
            while wait(going, _PATIENCE).not_done:
                for part in parts[1:]:
                    part.connection.interrupt()


def _execute(part: Part, statements: Sequence[str], over: Event) -> None:
    """In one transaction. `over`: somebody has failed, and nobody goes on."""
    try:
        with together(part.connection):
            for statement in statements:
                if not over.is_set():
                    part.connection.execute(statement, part.numbers)
    except BaseException:
        over.set()
        raise
