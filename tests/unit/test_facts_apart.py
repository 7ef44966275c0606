"""The facts of a day by several connections side by side: what is found is what one finds alone, and nothing stays behind."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.commands import facts_apart
from cs_playbook.commands.choosing import fitting
from cs_playbook.commands.facts_apart import Part, ranges, side_by_side
from cs_playbook.commands.facts_stage import everything_asked, stage_facts
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger, open_snapshot
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.facts import facts_sql
from cs_playbook.compile.filled import add_past, past_table
from cs_playbook.compile.some import EVERYBODY, FIRST, LAST, past_of_some, within
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import StoppedOnPurpose, UserError
from cs_playbook.model.columns import column_of
from cs_playbook.model.data import Field, Table
from cs_playbook.model.expression import FieldType, Memory, Value, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.source.finding import NOWHERE
from cs_playbook.source.manifest import parse_manifest, write_manifest
from cs_playbook.source.snapshot import Snapshot, together
from cs_playbook.values import replace
from tests.benchmarks import portfolio
from tests.benchmarks.workspaces import with_ledger, workspace
from tests.builders import REPOSITORY, World, on

ACCOUNTS = 40
REFUSED = r"not authorized|too many attached|readonly"
EVERYBODYS = """\
playbook: everybody-@days@
title: Made for a test
why: To have many that fit, and more than may start.
status: live
owner: cs_ops
trigger:
  when: [{when: arr >= 100, for: @days@ days}, was(lifecycle) = lifecycle]
  already_matching: start
limits: {new_per_day: 5}
steps:
  - {id: look, task: Look, owner: csm}
"""
PAST = f'"{column_of(Memory("was", "lifecycle", None, FieldType.TEXT))}"'
PATIENCE = 500
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The second day of a portfolio: with memory, a scorecard, segments, and an account that has a success plan."""
    made = World(workspace(tmp_path_factory.mktemp("apart") / "w", 3))
    for name in ("nimbus-nettle-2026", "template-first-year"):
        text = (REPOSITORY / "playbooks" / "plans" / f"{name}.yaml").read_text(encoding="utf-8")
        made.write(
            f"plans/{name}.yaml", text.replace("champion-change", "play-000").replace("A1015", "a0000033")
        )
    made.edit(
        "playbooks/play-001.yaml",
        "    - paying\n",
        "    - paying\n    - plan.progress is null or plan.progress < 50\n",
    )
    for days in (1, 30):
        made.write(f"playbooks/everybody-{days}.yaml", EVERYBODYS.replace("@days@", str(days)))
    first = portfolio.snapshot(made.workspace.catalog.contract, made.workspace.snapshots, ACCOUNTS)
    with_ledger(made.root)
    made.run(portfolio.DAY)
    second = first.with_name(f"{on(1)}.db")
    shutil.copy(first, second)
    manifest = parse_manifest(first.with_suffix(".json").read_text(encoding="utf-8"))
    second.with_suffix(".json").write_text(write_manifest(replace(manifest, day=on(1))), encoding="utf-8")
    return made


@contextmanager
def morning(workspace: Workspace) -> Iterator[Morning]:
    with ExitStack() as opened:
        ledger = opened.enter_context(open_ledger(workspace, writing=False))
        snapshot = opened.enter_context(open_snapshot(workspace, on(1)))
        calendar = calendar_of(workspace.catalog.project.calendar)
        yield prepare(Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar))


def in_parts(count: int, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts_apart, "processors", lambda: count)
    patch.setattr(facts_apart, "FEWEST", 1)


def found(morning: Morning) -> list[object]:
    """All that later stages read, and the plan itself."""
    tables = ("facts", "fitting", "held")
    rows = [
        morning.stage.connection.execute(f"select * from temp.{name} order by 1, 2, 3") for name in tables
    ]
    return [
        *(table.fetchall() for table in rows),
        morning.choices,
        [(plan.subject.values, plan.decisions, plan.after) for plan in morning.plans()],
    ]


@pytest.fixture(scope="module")
def alone(world: World) -> list[object]:
    with morning(world.workspace) as one, pytest.MonkeyPatch.context() as patch:
        in_parts(1, patch)
        assert len(one.stage.parts) == 1
        return found(one)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_in_parts_the_same_is_found(
    count: int, world: World, alone: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(count, monkeypatch)
    with morning(world.workspace) as parted:
        assert len(parted.stage.parts) == count
        assert found(parted) == alone


def test_the_table_of_who_fits_says_what_is_read_one_by_one(world: World) -> None:
    with morning(world.workspace) as one:
        rules = [choice.rule for choice in one.choices.choices]
        found = one.stage.connection.execute("select rule, subject, account, row, holds, n from temp.fitting")

        assert sorted(found) == sorted(fitting(rules, one.stage))


@given(st.integers(-5, 5), st.integers(0, 50), st.integers(1, 4))
def test_each_number_is_in_one_part(first: int, more: int, count: int) -> None:
    parts = ranges(first, first + more, count)

    for number in (*range(first - 3, first + more + 3), *EVERYBODY.values()):
        assert sum(part[FIRST] <= number <= part[LAST] for part in parts) == 1


@pytest.mark.parametrize(
    ("kind", "keys"),
    [(FieldType.INTEGER, [-2, -1, 9, 10, 101]), (FieldType.TEXT, ["-1", "10", "9", "Z", "a", "\uffee", "\U0001f600"])],
)  # fmt: skip
def test_each_part_knows_the_past_of_all_its_accounts(kind: FieldType, keys: list[Value]) -> None:
    accounts = Table("accounts", (Field("id", kind, NOWHERE),), NOWHERE, key="id")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"create table accounts (_n integer primary key, id {kind}) strict")
        connection.execute(past_table("past"))
        connection.executemany("insert into accounts (id) values (?)", [(key,) for key in keys])
        connection.executemany(add_past("past"), [(str(key), 1, 0) for key in keys])
        for part in ranges(1, len(keys), 3):
            mine = connection.execute(f"select id from accounts where {within('_n')}", part).fetchall()
            known = connection.execute(past_of_some("past", accounts), part).fetchall()

            assert {subject for subject, _, _ in known} == {str(key) for (key,) in mine}


def test_a_small_portfolio_stays_on_one_connection(world: World) -> None:
    with morning(world.workspace) as small:
        assert len(small.stage.parts) == 1


@pytest.mark.parametrize("fact", ["place", "calls_first", "risky_below", "group_arr", "parent.arr"])
def test_what_is_asked_of_other_accounts_keeps_all_on_one_connection(fact: str) -> None:
    catalog = World(REPOSITORY / "tests" / "semantics").workspace.catalog

    assert facts_sql(asked_of([], ["arr"], catalog), catalog).apart
    assert not facts_sql(asked_of([], [fact], catalog), catalog).apart


# --- the ledger beside the snapshot ---


@pytest.mark.parametrize("count", [1, 3])
def test_what_was_is_the_same_taken_from_the_ledger_by_sqlite_or_row_by_row(
    count: int, world: World, alone: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(count, monkeypatch)
    asked: list[object] = []
    monkeypatch.setattr(Ledger, "remembered_as_stored", lambda *question: asked.append(question) or iter(()))
    with morning(world.workspace) as beside:
        assert not {question[1] for question in asked if not str(question[1]).startswith("fits:")}
        remembered = beside.stage.connection.execute(f"select * from temp.{PAST} order by 1").fetchall()
    monkeypatch.undo()

    in_parts(count, monkeypatch)
    monkeypatch.setattr(Ledger, "file_beside", None)
    with morning(world.workspace) as row_by_row:
        past = row_by_row.stage.connection.execute(f"select * from temp.{PAST} order by 1").fetchall()
        assert found(row_by_row) == alone

    assert len(past) == ACCOUNTS
    assert remembered == past


def test_the_ledger_is_free_again_before_anything_is_decided(world: World) -> None:
    with (
        morning(world.workspace) as decided,
        closing(sqlite3.connect(world.workspace.ledger, isolation_level=None, timeout=0)) as writer,
    ):
        writer.execute("begin exclusive")  # as whoever commits does
        writer.execute("rollback")
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            decided.stage.connection.execute("select * from ledger.memory")


def test_a_ledger_in_the_middle_of_a_change_is_read_by_itself(world: World) -> None:
    with open_ledger(world.workspace, writing=True) as ledger:
        assert ledger.file_beside == world.workspace.ledger
        ledger._connection.execute("begin immediate")
        assert ledger.file_beside is None
    assert Ledger.in_memory().file_beside is None


def test_a_ledger_that_somebody_writes_into_is_waited_for_and_then_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
    catalog = world.workspace.catalog
    with (
        open_ledger(world.workspace, writing=False) as ledger,
        open_snapshot(world.workspace, on(1)) as snapshot,
        closing(sqlite3.connect(world.workspace.ledger, isolation_level=None)) as writer,
    ):
        reckoning = Reckoning(to_day(snapshot.day), calendar_of(catalog.project.calendar), (), True)
        writer.execute("begin exclusive")
        with pytest.raises(StoppedOnPurpose, match="another program is using the ledger"):
            stage_facts(snapshot, everything_asked(catalog, []), catalog, reckoning, ledger, snapshot.day)


# --- nothing stays behind ---


def test_other_parts_write_into_files_that_have_no_name_and_nobody_else_may_read(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(3, monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with morning(world.workspace):
        assert [*tmp_path.iterdir()] == []
        assert threading.active_count() == 1


@pytest.mark.parametrize(
    "statement",
    ["attach 'x.db' as x", "delete from main.accounts", "pragma query_only = off", "create table main.x (y)"],
)
def test_every_connection_keeps_the_snapshot_as_it_is(
    statement: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(2, monkeypatch)
    with morning(world.workspace) as parted:
        for part in parted.stage.parts:
            with pytest.raises(sqlite3.DatabaseError, match=REFUSED):
                part.connection.execute(statement)


def test_what_a_part_has_filled_is_only_read_elsewhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts(2, monkeypatch)
    with morning(world.workspace) as parted, pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        parted.stage.connection.execute("delete from part_1.facts")


def test_a_snapshot_that_is_replaced_meanwhile_is_not_read_in_parts(world: World, tmp_path: Path) -> None:
    here = world.workspace.snapshots / f"{on(1)}.db"
    for path in (here, here.with_suffix(".json")):
        shutil.copy(path, tmp_path)
    with Snapshot.open(tmp_path / here.name) as opened:
        shutil.copy(here, tmp_path / "other")
        (tmp_path / "other").rename(tmp_path / here.name)
        with pytest.raises(StoppedOnPurpose, match="was changed while it was read"):
            opened.again(tmp_path / "part", "part_1")


def test_the_file_of_another_part_is_let_in_once(world: World, tmp_path: Path) -> None:
    with Snapshot.open(world.workspace.snapshots / f"{on(1)}.db") as opened:
        opened.again(tmp_path / "part", "part_1")

        # Both doors are closed behind it: the one that knows its name, and the one that counts.
        assert opened.connection.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) == 0
        with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
            opened.connection.execute(f"attach '{(tmp_path / 'part').as_uri()}?mode=rwc' as part_2")


def test_a_file_that_cannot_be_looked_into_leaves_no_door_open(world: World, tmp_path: Path) -> None:
    with Snapshot.open(world.workspace.snapshots / f"{on(1)}.db") as opened:
        with (
            pytest.raises(sqlite3.OperationalError, match="unable to open"),
            opened.beside(tmp_path / "gone", "ledger"),
        ):
            pass
        (tmp_path / "gone").touch()

        assert opened.connection.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) == 0
        with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
            opened.connection.execute(f"attach '{(tmp_path / 'gone').as_uri()}?mode=ro' as ledger")


@pytest.fixture
def two() -> Iterator[list[Part]]:
    """Two connections; what is endless is cut off after a second, and found out."""
    turns = [0, 0]

    def counted(at: int) -> bool:
        turns[at] += 1
        return turns[at] > PATIENCE

    with ExitStack() as opened:
        parts = []
        for at in range(2):
            connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
            connection.set_progress_handler(partial(counted, at), 100_000)
            parts.append(Part(opened.enter_context(closing(connection)), EVERYBODY))
        yield parts
    assert max(turns) <= PATIENCE


@pytest.mark.parametrize("statements", [(["no"], [ENDLESS]), (["select 1"], ["no", ENDLESS])])
def test_where_one_part_fails_all_end(statements: list[list[str]], two: list[Part]) -> None:
    with pytest.raises(sqlite3.OperationalError, match='near "no"'):
        side_by_side(two, statements)

    assert threading.active_count() == 1
    assert not any(part.connection.in_transaction for part in two)


def test_where_one_part_fails_the_others_begin_nothing_more(
    two: list[Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(facts_apart, "Event", lambda: over)
    two[0].connection.create_function("until_over", 0, lambda: over.wait(PATIENCE / 100))

    with pytest.raises(sqlite3.OperationalError, match='near "no"'):
        side_by_side(two, [["select until_over()", "create table begun (x)"], ["no"]])

    assert two[0].connection.execute("select * from sqlite_schema").fetchall() == []


def test_an_interrupt_ends_all(two: list[Part]) -> None:
    class Interrupted(list[str]):
        def __iter__(self) -> Iterator[str]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(two, [Interrupted(), [ENDLESS]])

    assert threading.active_count() == 1


def test_where_temporary_files_have_no_room_it_is_said() -> None:
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute("pragma max_page_count = 1")
        with pytest.raises(UserError, match="no room for the facts of the day"), together(connection):
            connection.execute("create table x (y)")
