"""How things stand, on one screen; and the signs by which a monitor sees that cron did not run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from cs_playbook.commands.heartbeat import beat, ping
from cs_playbook.commands.looking import StatusNow, status
from cs_playbook.commands.place import Place, open_place
from cs_playbook.report.status import status_text
from cs_playbook.study.expected import Expected, expected
from cs_playbook.values import replace
from tests.builders import World, account, given, on, six, small

FRIDAY = datetime(2026, 2, 27, 6, 0).astimezone()
WORK_WEEK = (0, 1, 2, 3, 4)


def at(days: int, hour: int = 6, minute: int = 0) -> datetime:
    return (FRIDAY + timedelta(days)).replace(hour=hour, minute=minute)


# --- when the next run is expected ---


def test_after_a_friday_the_next_run_is_expected_on_monday_at_the_usual_time() -> None:
    began = [at(0, 6, 2), at(-1, 6, 2), at(-2, 6, 2), at(-2, 17)]

    assert expected(began, WORK_WEEK, at(1)) == Expected(at(3, 6, 2))


def test_it_is_missing_two_hours_later_and_stays_so() -> None:
    assert expected([at(0)], WORK_WEEK, at(3, 7, 59)) == Expected(at(3))
    assert expected([at(0)], WORK_WEEK, at(3, 8, 1)) == Expected(at(4), at(3))
    assert expected([at(0)], WORK_WEEK, at(6)) == Expected(at(7), at(3))


def test_who_has_run_on_every_day_for_two_weeks_is_expected_on_sundays_too() -> None:
    assert expected([at(-days) for days in range(20)], WORK_WEEK, at(0, 9)) == Expected(at(1))


def test_who_runs_on_mondays_only_is_not_missed_on_tuesdays() -> None:
    began = [at(-4), at(-11), at(-18)]

    assert expected(began, WORK_WEEK, at(0)) == Expected(at(3))


def test_before_the_first_run_nothing_is_expected() -> None:
    assert expected([], WORK_WEEK, at(0)) is None


# --- the screen ---


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two mornings, Monday and Tuesday."""
    world = small(tmp_path_factory.mktemp("status") / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    world.morning(on(1), given(account("acme", seats=3), account("bolt"), day=1))
    return world


def seen(world: World, day: int, hours: int = 4) -> StatusNow:
    return status(world.workspace.place, six(world.workspace, on(day)) + timedelta(hours=hours))


def shown(world: World, day: int, hours: int = 4) -> list[str]:
    return status_text(seen(world, day, hours), on(day)).splitlines()


def test_in_the_morning_everything_is_on_one_screen(world: World) -> None:
    assert shown(world, 1) == [
        "Last run    today 06:00, run 2, plan of today: 0 starts, 0 new tasks",
        "Next run    expected tomorrow 06:00",
        "Snapshot    of today, built 06:00, 3 accounts (yesterday 2)",
        "Open        1 enrollment · 1 task (0 late)",
        "Held        nothing",
        "Outbox      0 pending · 0 uncertain",
    ]


def test_before_the_first_snapshot_it_says_once_what_to_do(tmp_path: Path) -> None:
    world = small(tmp_path)

    said = status_text(status(open_place(world.root), at(0)), on(0)).partition("\n\n")[0]

    assert said.startswith("! there is no snapshot in")
    assert " ".join(said.split()).count("there is no snapshot") == 1


def test_a_run_that_did_not_come_stands_at_the_top_with_what_to_do(world: World) -> None:
    lines = shown(world, 3)

    assert lines[0].startswith(
        "! the run of yesterday 06:00 did not come: look at cron and its mails; by hand: cs-playbook"
    )
    assert [line[:30] for line in lines if line.startswith("! the snapshot is")] == [
        "! the snapshot is 58 h old, at"
    ]
    assert "Next run    expected tomorrow 06:00" in lines


# --- the signs for a monitor ---


def with_heartbeat(world: World, to: Path) -> Place:
    copy = world.copy(to)
    text = (copy.root / "project.yaml").read_text()
    copy.write(
        "project.yaml", f"{text}heartbeat: {{file: data/last-run, ping_from_environment: CS_HEARTBEAT}}\n"
    )
    return open_place(copy.root)


def test_each_run_that_has_ended_writes_its_file_anew(world: World, tmp_path: Path) -> None:
    place = with_heartbeat(world, tmp_path / "w")

    beat(place, on(1), "2026-03-03T05:00:31Z")
    beat(place, on(1), "2026-03-03T09:00:00Z")

    assert (place.root / "data" / "last-run").read_text() == "2026-03-03T09:00:00Z 2026-03-03\n"


@contextmanager
def monitor() -> Iterator[tuple[str, list[str]]]:
    """A dead-man's switch on loopback: its address, and what it was told."""
    told: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/secret", told
        server.shutdown()


def test_the_monitor_is_told_while_no_run_is_missing(world: World, tmp_path: Path) -> None:
    place = with_heartbeat(world, tmp_path / "w")
    morning = six(world.workspace, on(1))
    with monitor() as (address, told):
        assert ping(place, morning, {"CS_HEARTBEAT": address}) == "the monitor was told"
        assert ping(place, morning + timedelta(days=2), {"CS_HEARTBEAT": address}) == ""
        assert ping(place, morning, {}) == ""
    assert told == ["/secret"]
    assert "secret" not in ping(place, morning, {"CS_HEARTBEAT": address})
    assert ping(place, morning, {"CS_HEARTBEAT": "http://monitor.example/x"}).endswith("no https:// address")


def test_when_a_snapshot_was_built_is_said_in_the_time_of_the_project(world: World) -> None:
    manifest = seen(world, 1).manifest
    assert manifest is not None

    at = {moment: replace(manifest, built_at=moment).built(ZoneInfo("Asia/Tokyo")) for moment in MOMENTS}

    # Where it was built on another day, for it or long after, a time of the day would mislead.
    assert at == dict(zip(MOMENTS, ("23:30", "", "", ""), strict=True))


MOMENTS = (f"{on(1)}T14:30:00Z", f"{on(1)}T15:00:00Z", f"{on(0)}T14:30:00Z", "")
