"""What is broken, lost, too old or too much stops a run before anything is done; a person may let one plan pass."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.run import Permission, StoppedByRule
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError, StoppedOnPurpose
from cs_playbook.model.event import (
    Allowed,
)
from tests.builders import (
    MONDAY,
    Row,
    Tables,
    World,
    account,
    contact,
    files_in,
    on,
    promise,
    small,
    tables,
    used,
)

# --- a portfolio of 120 with one thing wrong ---

PARIS = ZoneInfo("Europe/Paris")


def portfolio(**changes: list[Row]) -> Tables:
    """120 accounts of which 10 fit; two contacts and three days of usage each; a promise each."""
    keys = [f"a{n:03}" for n in range(120)]
    given = tables(
        [account(key, seats=3 if n < 10 else 50) for n, key in enumerate(keys)],
        [contact(f"{key}-{k}", key) for key in keys for k in range(2)],
        [promise(f"p-{key}", key, on(-1), MONDAY) for key in keys],
        [used(key, on(-k), 20) for key in keys for k in range(1, 4)],
    )
    return {**given, **changes}


@pytest.fixture(scope="module")
def ran_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The portfolio, run on Monday."""
    world = small(tmp_path_factory.mktemp("guards") / "w")
    world.edit("project.yaml", "a_table_shrinks_by: 100%", "a_table_shrinks_by: 10%")
    world.morning(on(0), portfolio())
    return world


@pytest.fixture
def world(ran_once: World, tmp_path: Path) -> World:
    return ran_once.copy(tmp_path / "w")


def state(world: World) -> tuple[bytes, dict[str, bytes]]:
    """What a stopped run must leave as it was, byte by byte."""
    return world.ledger.read_bytes(), world.published()


def assert_stopped(world: World, work: Callable[[], object], *said: str) -> StoppedOnPurpose:
    """Exit 4, a sentence, a hint, and nothing done."""
    before = state(world)
    with pytest.raises(StoppedOnPurpose) as stopped:
        work()
    assert stopped.value.exit_code == 4
    assert stopped.value.hint
    for words in said:
        assert words in stopped.value.sentence, stopped.value.sentence
    assert state(world) == before
    return stopped.value


@pytest.mark.parametrize("table", ["accounts", "contacts", "promises", "usage"])
def test_half_of_any_table_missing_stops_the_run(table: str, world: World) -> None:
    given = portfolio()
    half = given[table][: len(given[table]) // 2]
    kept = {row["id"] for row in half} if table == "accounts" else None
    world.export(
        {
            name: rows if kept is None else _of_accounts(name, rows, kept)
            for name, rows in portfolio(**{table: half}).items()
        }
    )
    world.build(on(1))

    stopped = assert_stopped(world, lambda: world.run(on(1)), f"the table {table} shrank from", "−50 %")

    assert "--allow a_table_shrinks_by" in stopped.hint
    assert "[" not in stopped.hint


def _of_accounts(name: str, rows: list[Row], kept: set[object]) -> list[Row]:  # type: ignore[type-arg]
    return [row for row in rows if row["id" if name == "accounts" else "account_id"] in kept]


def test_half_of_everything_missing_on_the_very_first_run_is_nobodys_knowledge(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    given = portfolio()

    result = world.morning(
        on(0), {name: rows[: len(rows) // 2] if name == "usage" else rows for name, rows in given.items()}
    )

    assert result.counts["event:Started"] == 10


@pytest.mark.parametrize(
    "column", ["arr", "status", "seats", "renewal_date", "csm_email", "strategic", "name"]
)
def test_a_column_that_empties_stops_the_run(column: str, world: World) -> None:
    rows = portfolio()["accounts"]
    world.export({"accounts": [{**row, column: None} if n % 5 == 0 else row for n, row in enumerate(rows)]})
    world.build(on(1))

    assert_stopped(
        world, lambda: world.run(on(1)), f"accounts.{column} is empty in 20 % of the rows, was 0 %"
    )


def test_a_column_that_empties_by_a_tenth_does_not(world: World) -> None:
    rows = portfolio()["accounts"]
    world.export({"accounts": [{**row, "arr": None} if n % 10 == 0 else row for n, row in enumerate(rows)]})
    world.build(on(1))

    assert world.run(on(1)).day == on(1)


def suddenly_many(world: World) -> None:
    rows = [{**row, "seats": 3} if n < 60 else row for n, row in enumerate(portfolio()["accounts"])]
    world.export({"accounts": rows})
    world.build(on(1))


def test_too_many_that_fit_all_at_once_stop_the_run(world: World) -> None:
    suddenly_many(world)

    said = "few-seats fits 50 accounts that did not fit at the last run (41.7 % of 120); stopped above 40 and 10 %"
    assert_stopped(world, lambda: world.run(on(1)), said)


def test_many_that_fit_on_the_first_live_run_are_what_it_is_for(tmp_path: Path) -> None:
    world = small(tmp_path / "w")

    result = world.morning(on(0), portfolio(accounts=[account(f"a{n:03}", seats=3) for n in range(120)]))

    assert result.counts["event:Started"] == 120


# --- to let it pass ---


def test_a_person_lets_one_run_pass_and_it_is_recorded(world: World) -> None:
    suddenly_many(world)

    result = world.run(on(1), leave(world, on(1), "newly_fitting_a_playbook"))

    allowed = [event for event in world.events() if isinstance(event, Allowed)]
    assert [(event.rule, event.because, event.by, event.on) for event in allowed] == [
        ("newly_fitting_a_playbook", "the new price list", "nora@vendor.example", on(1))
    ]
    assert result.counts["event:Started"] == 50
    assert result.allowed == ["newly_fitting_a_playbook"]


def leave(world: World, day: date, *rules: str) -> Permission:
    """What a person gives who has looked at the plan that was stopped: for these rules, or for all that stopped it."""
    with pytest.raises(StoppedByRule) as stopped:
        world.run(day)
    allowed = rules or [stop.rule for stop in stopped.value.stops]
    return Permission(dict.fromkeys(allowed, "the new price list"), "nora@vendor.example", stopped.value.plan)


def test_what_was_let_pass_is_not_asked_again_on_the_same_day(world: World) -> None:
    """Else whoever answers at noon would find that nothing moves any more."""
    suddenly_many(world)
    world.run(on(1), leave(world, on(1), "newly_fitting_a_playbook"))

    assert world.run(on(1)).nothing
    world.done(world.task("a000", "ask"), "season", on(1))
    assert world.run(on(1)).counts["event:Ended"] == 1


def test_a_shrunk_table_that_was_let_pass_is_the_measure_from_then_on(world: World) -> None:
    world.export({"promises": portfolio()["promises"][:60]})
    world.build(on(1))
    world.run(on(1), leave(world, on(1), "a_table_shrinks_by"))

    assert world.run(on(1)).nothing
    world.build(on(2))
    assert world.run(on(2)).day == on(2)


def test_leave_for_one_stop_is_none_for_another(world: World) -> None:
    suddenly_many(world)

    other = leave(world, on(1), "a_table_shrinks_by")

    assert_stopped(world, lambda: world.run(on(1), other), "newly_fitting_a_playbook")


def test_leave_is_given_for_one_plan(world: World) -> None:
    """Between the look and the word another export arrives: nobody has looked at that one."""
    suddenly_many(world)
    given = leave(world, on(1), "newly_fitting_a_playbook")
    world.export(
        {
            "accounts": [
                {**row, "seats": 3} if n < 100 else row for n, row in enumerate(portfolio()["accounts"])
            ]
        }
    )
    world.build(on(1))

    assert_stopped(
        world,
        lambda: world.run(on(1), given),
        f"the permission is for the plan {given.plan}",
        "fits 90 accounts",
    )

    assert world.run(on(1), leave(world, on(1))).counts["event:Started"] == 90


def test_leave_is_good_once(world: World) -> None:
    """A permission that stays in the crontab lets nothing pass on the next day."""
    suddenly_many(world)
    given = leave(world, on(1), "newly_fitting_a_playbook")
    world.run(on(1), given)
    world.export({"accounts": [{**row, "seats": 3} for row in portfolio()["accounts"]]})
    world.build(on(2))

    assert_stopped(world, lambda: world.run(on(2), given), "newly_fitting_a_playbook")


def test_an_answer_that_comes_meanwhile_is_another_plan(world: World) -> None:
    suddenly_many(world)
    given = leave(world, on(1), "newly_fitting_a_playbook")
    world.answer_list([{"key": world.task("a000", "ask").key, "outcome": "season"}])

    assert_stopped(world, lambda: world.run(on(1), given), "newly_fitting_a_playbook")


def test_nobody_can_allow_time_to_go_back(world: World) -> None:
    world.build(on(1))
    world.run(on(1))

    given = leave(world, on(0), "a_day_already_passed")
    assert_stopped(world, lambda: world.run(on(0), given), "a_day_already_passed")


def test_at_the_command_line_a_stop_is_exit_4_and_says_how_to_go_on(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    suddenly_many(world)
    here = ["-C", str(world.root), "--as-of", "2026-03-03", "run"]

    assert run_app(here) == 4
    told = capsys.readouterr().err
    plan = told.split("--plan ")[1].split(" ")[0]
    allow = ["--allow", "newly_fitting_a_playbook"]
    assert run_app([*here, *allow]) == 1
    assert run_app([*here, *allow, "--because", "the new price list"]) == 1
    assert run_app([*here, *allow, "--because", "the new price list", "--plan", "000000000000"]) == 4
    assert run_app([*here, *allow, "--because", "the new price list", "--plan", plan]) == 0
    assert run_app(here) == 0
    assert "nothing to do" in capsys.readouterr().out


# --- lost, foreign, broken ---


def test_a_lost_ledger_never_looks_like_a_first_day(world: World) -> None:
    world.build(on(1))
    world.ledger.unlink()
    before = files_in(world.root)

    with pytest.raises(StoppedOnPurpose, match="there is no ledger at") as stopped:
        world.run(on(1))

    assert "backup" in stopped.value.hint
    assert files_in(world.root) == before


def test_a_lost_folder_of_the_ledger_too(world: World) -> None:
    world.edit("project.yaml", "path: data/ledger.db", "path: state/ledger.db")

    with pytest.raises(StoppedOnPurpose, match="there is no folder"):
        world.run(on(0))


def test_the_ledger_of_another_project_is_not_written_to(world: World) -> None:
    world.build(on(1))
    world.ledger.unlink()
    Ledger.create(world.ledger, "another", "0", "2026-01-01T00:00:00Z")

    stopped = assert_stopped(world, lambda: world.run(on(1)), "is the ledger of another project")

    assert "this one is another, not 7d0c0000" in stopped.hint


@pytest.mark.parametrize("kept", [0, 10, 4096, 0.5, 0.99])
def test_a_ledger_that_was_cut_short_stops_the_run(kept: float, world: World) -> None:
    world.build(on(1))
    whole = world.ledger.read_bytes()
    world.ledger.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])

    assert_stopped(world, lambda: world.run(on(1)))


def test_a_snapshot_with_one_letter_changed_is_refused(world: World) -> None:
    world.build(on(1))
    path = world.root / "data" / "snapshots" / "2026-03-03.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    assert_stopped(world, lambda: world.run(on(1)), "2026-03-03.db is not the file its manifest describes")


def test_a_snapshot_put_in_the_place_of_another_is_refused(world: World) -> None:
    world.build(on(1))
    folder = world.root / "data" / "snapshots"
    shutil.copy(folder / "2026-03-02.db", folder / "2026-03-03.db")
    assert world.run(on(1)).day == on(1)  # the same bytes: the export of Tuesday was that of Monday

    world.export({"accounts": [*portfolio()["accounts"], account("zzz")]})
    world.build(on(2))
    shutil.copy(folder / "2026-03-02.db", folder / "2026-03-04.db")
    assert_stopped(world, lambda: world.run(on(2)), "2026-03-04.db is not the file its manifest describes")

    shutil.copy(folder / "2026-03-02.json", folder / "2026-03-04.json")
    assert_stopped(world, lambda: world.run(on(2)), "files of two days are mixed up")


def test_a_snapshot_without_manifest_is_none(world: World) -> None:
    world.build(on(1))
    (world.root / "data" / "snapshots" / "2026-03-03.json").unlink()

    with pytest.raises(ChoiceError, match="there is no snapshot of 2026-03-03"):
        world.run(on(1))


def test_a_snapshot_that_is_replaced_while_it_is_read_takes_the_run_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    suddenly_many(world)
    path = world.root / "data" / "snapshots" / "2026-03-03.db"
    go = world.ready(on(1), leave(world, on(1), "newly_fitting_a_playbook"))
    from cs_playbook.commands import run as command

    def meanwhile(*given: object) -> object:
        shutil.copy(path, path.with_suffix(".copy"))
        path.with_suffix(".copy").replace(path)
        return original(*given)  # type: ignore[arg-type]

    original = command.outputs
    monkeypatch.setattr(command, "outputs", meanwhile)
    assert_stopped(world, go, "the snapshot was replaced while the run was reading it")


def test_a_snapshot_that_is_too_old_is_not_acted_on(world: World) -> None:
    world.build(on(1))
    late = datetime.combine(on(2), datetime.min.time(), PARIS) + timedelta(hours=12)

    assert world.run(on(1), now=late).day == on(1)
    world.build(on(2))
    assert_stopped(
        world,
        lambda: world.run(on(2), now=late + timedelta(hours=24, seconds=1)),
        "36 hours old; at most 36 hours are allowed",
    )


def test_a_snapshot_from_the_future_is_not_acted_on(world: World) -> None:
    world.build(on(1))
    before = datetime.combine(on(0), datetime.max.time(), PARIS)

    assert_stopped(
        world, lambda: world.run(on(1), now=before), "snapshot_from_the_future", "which has not come yet"
    )


# --- time is the snapshot's ---


def test_a_day_before_the_last_one_is_refused(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    given = portfolio()
    world.export(given)
    world.build(on(0))
    world.morning(on(1), given)

    assert_stopped(world, lambda: world.run(on(0)), "a_day_already_passed", "time does not go back")


def test_a_day_without_a_snapshot_is_not_invented(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), portfolio())
    before = state(world)

    with pytest.raises(ChoiceError, match="there is no snapshot of 2026-03-03") as stopped:
        world.run(on(1))

    assert "2026-03-02" in stopped.value.hint
    assert state(world) == before
