"""What is missing does nothing: days without a run, accounts and rows that are not there, columns that are empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.model.event import (
    CameBack,
    Ended,
    Event,
    Started,
    StepOpened,
    TaskAnswered,
    WentMissing,
)
from tests.builders import (
    Row,
    Tables,
    account,
    contact,
    on,
    promise,
    small,
    tables,
    used,
)

ZETA = account("zeta", seats=50)


def only(*accounts: Row, **rows: list[Row]) -> Tables:
    """These, and Zeta, who is always there and always busy."""
    busy = [used(str(row["id"]), on(day), 1) for row in (*accounts, ZETA) for day in range(-7, 15)]
    return {**tables([*accounts, ZETA], usage=busy), **rows}


def kinds(events: list[Event], *wanted: type) -> list[str]:
    return [type(event).__name__ for event in events if isinstance(event, wanted)]


# --- days without a run ---


def test_after_days_without_a_run_it_goes_on_from_what_it_finds(tmp_path: Path) -> None:
    """Waits and due dates are dates: what fell due in between is due, and is late."""
    world = small(tmp_path / "w")
    rows = only(account("acme", seats=3), account("bolt", seats=3), contacts=[contact("claire", "acme")])
    world.morning(on(0), rows)
    world.done(world.task("acme", "ask"), "product", on(0))
    world.run(on(0))
    world.done(world.task("acme", "write"), "sent", on(0))
    world.run(on(0))
    assert world.enrollment("acme").steps["reply"].until == on(3)

    result = world.morning(on(10), rows)

    assert world.enrollment("acme").steps["reply"].outcome == "timed_out"
    assert world.task("acme", "call").due == on(14)  # two business days after Thursday
    assert (result.counts["late"], result.counts["event:TaskEscalated"]) == (1, 1)
    assert [line["state"] for line in world.lines(on(10)) if line["account"] == "bolt"] == ["late"]


# --- absent is frozen ---


def test_an_account_that_is_missing_freezes_and_comes_back(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    there, gone = only(account("acme", seats=3)), only()
    world.morning(on(0), there)
    task = world.task("acme", "ask")

    for day in range(1, 5):
        world.morning(on(day), gone)

    assert [type(event).__name__ for event in world.events()] == ["Started", "StepOpened", "WentMissing"]
    assert world.task("acme", "ask") == task
    world.morning(on(5), there)
    assert [type(event).__name__ for event in world.events()][3:] == ["CameBack", "TaskEscalated"]
    assert world.enrollment("acme").is_open


def test_an_account_that_stays_away_is_gone(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), only(account("acme", seats=3)))
    world.morning(on(1), only())

    world.morning(on(5), only())
    assert world.enrollment("acme").is_open
    world.morning(on(6), only())  # absent_after: 5 days

    ended = world.events()[-1]
    assert isinstance(ended, Ended)
    assert (ended.outcome, ended.why, world.enrollment("acme").open_tasks) == ("gone", "gone", ())


def test_an_answer_about_a_missing_account_counts_and_what_follows_waits(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    there = only(account("acme", seats=3), contacts=[contact("claire", "acme"), contact("zoe", "zeta")])
    world.morning(on(0), there)
    world.done(world.task("acme", "ask"), "product", on(0))
    world.morning(on(1), only(contacts=[contact("zoe", "zeta")]))

    assert kinds(world.events(), StepOpened, TaskAnswered, WentMissing) == [
        "StepOpened",
        "TaskAnswered",
        "WentMissing",
    ]
    world.morning(on(2), there)
    assert kinds(world.events()[4:], CameBack, StepOpened) == ["CameBack", "StepOpened"]
    assert world.task("acme", "write").contact == "claire"


def test_a_row_that_is_missing_freezes_comes_back_or_is_gone(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    one, two = promise("p1", "zeta", on(-1)), promise("p2", "zeta", on(-1))
    world.morning(on(0), only(promises=[one, two]))

    world.morning(on(1), only(promises=[two]))
    world.morning(on(2), only(promises=[one]))
    assert kinds(world.events()[4:], WentMissing, CameBack) == ["WentMissing", "CameBack", "WentMissing"]
    world.morning(on(7), only(promises=[one]))

    ends = {item.row: (item.is_open, item.outcome) for item in world.enrollments("zeta") if item.row}
    assert ends == {"p1": (True, None), "p2": (False, "gone")}


def test_an_absent_day_is_no_yes_of_a_condition_that_must_last(tmp_path: Path) -> None:
    """`for: 3 days` means seen to be so on each run of three days, not on the first and the last."""
    world = small(tmp_path / "w")
    silent = account("acme")

    for day, there in enumerate([[silent], [], [silent], [silent]]):
        world.morning(on(day), only(*there, usage=[used("zeta", on(0), day + 1)]))
        assert kinds(world.events(), Started) == []

    world.morning(on(4), only(silent, usage=[used("zeta", on(0), 9)]))
    assert kinds(world.events(), Started) == ["Started"]


# --- an unknown starts nothing, ends nothing, sends nothing ---

COLUMNS_OF_SMALL = ("arr", "status", "seats", "sector", "renewal_date", "language", "csm_email", "name")


# What zeta's start does not hang on; or what the files say of an unknown: a tier stays, a role has a stand-in.
HAPPENS_ALL_THE_SAME = {
    "name": {"Started", "StepOpened"},
    "sector": {"Started", "StepOpened"},
    "language": {"Started", "StepOpened"},
    "renewal_date": {"Started", "StepOpened"},
    "arr": {"Started", "StepOpened"},
    "csm_email": {"Started", "StepOpened", "TaskReassigned"},
}


@pytest.mark.parametrize("column", COLUMNS_OF_SMALL)
def test_a_blank_column_starts_ends_and_sends_nothing(column: str, tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    contacts = [contact("claire", "acme"), contact("bob", "bolt"), contact("zoe", "zeta")]
    promises = [promise("p1", "bolt", on(9)), promise("p2", "zeta", on(9))]
    usage = [used("zeta", on(0), 50)]
    accounts = [account("acme", seats=3, arr=60000, renewal_date=on(200)), account("bolt", seats=5), ZETA]
    world.morning(on(0), tables(accounts, contacts, promises, usage))
    world.done(world.task("acme", "ask"), "product", on(0))
    world.run(on(0))
    known = len(world.events())
    assert world.task("acme", "write").kind == "email"

    accounts[2] = {**ZETA, "seats": 3}  # fits, were it not for the blank
    world.morning(on(1), tables([{**row, column: None} for row in accounts], contacts, promises, usage))

    happened = {type(event).__name__ for event in world.events()[known:]}
    assert happened == HAPPENS_ALL_THE_SAME.get(column, set())
