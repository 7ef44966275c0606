"""`email_hours:`: by the clock of whoever reads it a mail leaves, or waits for the next `send`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from cs_playbook.commands.send import Clock, rehearse, send
from cs_playbook.commands.workspace import examine
from cs_playbook.model.mail_policy import Hours
from tests.builders import World, on, small
from tests.test_send import Post, exported, states, with_mails


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Acme's Claire lives in New York, Bolt's where nobody knows, of Calm nothing is known."""
    world = with_mails(tmp_path_factory.mktemp("abroad") / "small")
    world.edit("project.yaml", "format: 1", "format: 1\nemail_hours: 8:00-18:00")
    world.edit("data.yaml", "has_left: boolean,", "has_left: boolean, timezone: text,")
    world.edit("sources.yaml", "has_left: has_left,", "has_left: has_left, timezone: timezone,")
    world.export(exported(1))
    zones = {"claire-acme": "America/New_York", "claire-bolt": "Nowhere/Land"}
    file = world.root / "exports" / "contacts.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    lines = [f"{head},timezone", *(f"{row},{zones.get(row.split(',')[0], '')}" for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert world.build(on(2)).manifest is not None
    return world


@pytest.mark.parametrize(
    ("moment", "leave", "acme_waits_until"),
    [
        ("06:59", [], on(2)),
        ("07:00", ["bolt", "calm"], on(2)),
        ("12:59", ["bolt", "calm"], on(2)),
        ("13:00", ["acme", "bolt", "calm"], None),
        ("17:00", ["acme"], None),
        ("23:00", [], on(3)),
    ],
)
def test_they_decide_when_it_leaves(
    abroad: World, moment: str, leave: list[str], acme_waits_until: date | None
) -> None:
    at = Clock(on(2), lambda: "2026-03-04T06:05:00Z", datetime.fromisoformat(f"2026-03-04T{moment}:00+00:00"))

    result = rehearse(abroad.workspace, at)

    assert sorted(told.enrollment.account for told in result.moved) == leave
    acme = [told for told in result.waiting if told.enrollment.account == "acme"]
    assert [told.until for told in acme] == [acme_waits_until][: len(acme)]
    assert len(acme) == ("acme" not in leave)


def test_they_are_said_with_their_clock_and_until_when(abroad: World, tmp_path: Path) -> None:
    world = abroad.copy(tmp_path / "small")
    friday_evening = datetime(2026, 3, 6, 22, 30, tzinfo=UTC)
    world.edit("project.yaml", "format: 1", "format: 1\nquiet_for_emails: [weekends]")
    assert world.build(on(4)).manifest is not None

    result = send(world.workspace, Post(), Clock(on(4), lambda: "2026-03-06T22:30:00Z", friday_evening))

    told = next(one for one in result.waiting if one.enrollment.account == "calm")
    assert (told.why, told.until) == ("it is 23:30 in Europe/Paris, mails leave 8:00-18:00", on(7))
    assert states(world) == {"acme": "sent", "bolt": "pending", "calm": "pending"}  # 17:30 in New York


@pytest.mark.parametrize("said", ["18:00-8:00", "8:00-8:00", "8:70-9:00", "8:00-24:01"])
def test_hours_that_are_none_are_refused(said: str, tmp_path: Path) -> None:
    world = small(tmp_path / "small")
    world.edit("project.yaml", "format: 1", f"format: 1\nemail_hours: {said}")

    (wrong,) = [one for one in examine(world.root).findings if one.is_error]
    assert (wrong.code, wrong.span.line) == ("CSP421", 3)


def test_they_may_last_until_midnight() -> None:
    late = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)

    assert Hours(time(20), None).open_on(late) is None
    assert str(Hours(time(20), None)) == "20:00-24:00"
