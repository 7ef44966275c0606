"""What an enrollment is about: values, rows and both; neither the order of accounts nor a second run of a day matters."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from cs_playbook.commands.people import Act, Midway, ask_start
from cs_playbook.errors import ChoiceError
from cs_playbook.model.about import Once, about_text, continues, table_row
from cs_playbook.model.event import Started, ValueMoved
from cs_playbook.model.playbook import PerValue, Trigger
from cs_playbook.model.value import FieldType, to_day
from cs_playbook.source.finding import NOWHERE
from tests.builders import Row, World, account, given, on, promise, small

RENEWAL = """\
playbook: renewal
title: Renewal
why: To see what it is about.
status: live
owner: cs_ops
trigger: {one_per: ONE_PER, when: arr > 20000 and days_until(renewal_date) <= 90, started_by: [rule, csm, playbook], already_matching: start}
steps:
  - {id: prepare, task: Prepare, owner: csm, due: 10 days before renewal_date, outcomes: [renewed], ends: [renewed]}
"""


def world_of(folder: Path, one_per: str = "renewal_date", **more: str) -> World:
    world = small(folder / "w")
    for path in (world.root / "playbooks").iterdir():
        path.unlink()
    world.write("playbooks/renewal.yaml", RENEWAL.replace("ONE_PER", one_per))
    for name, text in more.items():
        world.write(f"playbooks/{name}.yaml", text)
    return world


def begun(world: World) -> list[tuple[str, str | None]]:
    return [(event.account, event.row) for event in world.events() if isinstance(event, Started)]


def act(day: date) -> Act:
    return Act("lea@vendor.example", day, f"{day}T09:00:00Z")


NEAR = account("acme", renewal_date=on(80))


def test_a_second_run_of_the_day_does_nothing_though_the_value_has_moved(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    world.morning(on(0), given(NEAR))
    world.morning(on(1), given({**NEAR, "renewal_date": on(60)}, day=1))
    before = world.events()

    world.run(on(1))

    assert world.events() == before
    assert [event.about for event in before if isinstance(event, ValueMoved)] == [on(60).isoformat()]
    assert world.wrong() == []


def test_what_ended_today_is_in_the_way_of_the_next_value_until_tomorrow(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    world.morning(on(0), given(NEAR))
    world.done(world.task("acme", "prepare"), "renewed", on(1))
    world.morning(on(1), given({**NEAR, "renewal_date": on(10)}, day=1))
    world.run(on(1))
    assert begun(world) == [("acme", on(80).isoformat())]

    world.morning(on(2), given({**NEAR, "renewal_date": on(10)}, day=2))

    assert begun(world) == [("acme", on(80).isoformat()), ("acme", on(10).isoformat())]


def test_the_order_of_accounts_does_not_matter(tmp_path: Path) -> None:
    rows = [
        account(key, renewal_date=on(days)) for key, days in (("acme", 80), ("borealis", 40), ("ceres", 80))
    ]
    moved = [{**row, "renewal_date": on(20)} for row in rows]
    worlds = [world_of(tmp_path / name) for name in ("a", "b")]
    for world, turned in zip(worlds, (1, -1), strict=True):
        world.morning(on(0), given(*rows[::turned]))
        world.morning(on(1), given(*moved[::turned], day=1))

    assert worlds[0].events() == worlds[1].events()


def test_what_a_person_asks_for_is_started_once_and_then_no_longer_pending(tmp_path: Path) -> None:
    world = world_of(tmp_path, "[promises, renewal_date]")
    poor = account("acme", arr=10, renewal_date=on(80))
    rows: list[Row] = [promise("p1", "acme", on(30)), promise("p2", "acme", on(30))]
    world.morning(on(0), given(poor, promises=rows))
    world.ask("renewal", "acme", on(0), "p1")
    world.morning(on(1), given(poor, promises=rows, day=1))
    world.run(on(1))
    world.morning(on(2), given(poor, promises=rows, day=2))

    assert begun(world) == [("acme", f"p1/{on(80)}")]
    with pytest.raises(ChoiceError, match="acme is in 'renewal' since"):
        world.ask("renewal", "acme", on(2), "p1")


def test_a_person_is_told_that_the_value_is_empty(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    empty = account("acme", renewal_date=None)
    world.morning(on(0), given(empty))
    world.ask("renewal", "acme", on(0))

    world.morning(on(1), given(empty, day=1))

    assert [
        getattr(event, "why", "") for event in world.events() if type(event).__name__ == "StartRefused"
    ] == ["renewal_date is empty: there is nothing it could be about"]


def test_a_person_names_no_row_where_there_is_no_table(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    world.morning(on(0), given(NEAR))

    with pytest.raises(ChoiceError, match="about the account, not one of its rows"):
        ask_start(world.workspace, "renewal", "acme", on(80).isoformat(), "", act(on(0)), Midway())


def test_a_step_starts_it_about_the_value_of_the_day_and_waits_for_it(tmp_path: Path) -> None:
    plays = """\
playbook: plays
title: Plays
why: To start another one.
status: live
owner: cs_ops
trigger: {when: seats = 7, already_matching: start}
steps:
  - {id: other, playbook: renewal}
  - {id: after, task: And then, owner: csm}
"""
    world = world_of(tmp_path, plays=plays)
    poor = account("acme", arr=10, seats=7, renewal_date=on(80))
    world.morning(on(0), given(poor))
    assert ("acme", on(80).isoformat()) in begun(world)
    world.done(world.task("acme", "prepare"), "renewed", on(1))
    world.morning(on(1), given(poor, day=1))
    world.morning(on(2), given(poor, day=2))

    assert world.task("acme", "after").opened_on == on(2)


# --- names ---


def about(*facts: PerValue, table: str | None = None) -> Trigger:
    return Trigger(None, ("rule",), None, table, NOWHERE, None, facts)


DAY = PerValue("renewal_date", FieldType.DATE)
PLAN = PerValue("plan", FieldType.TEXT)
words = st.text("ab/~0 1é", min_size=1, max_size=4)


@drawn(st.tuples(words, words), st.tuples(words, words))
def test_two_things_have_two_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    names = [about_text((PLAN,), {"plan": plan}, row) for row, plan in (one, other)]

    assert (names[0] == names[1]) == (one == other)


@drawn(words, words)
def test_the_row_of_the_table_is_read_back_from_the_name(row: str, plan: str) -> None:
    name = about_text((PLAN,), {"plan": plan}, row)

    assert table_row(about(PLAN, table="promises"), name) == row


@drawn(st.integers(-60, 60), st.booleans())
def test_a_date_within_45_days_of_one_that_is_over_is_the_same(days: int, is_open: bool) -> None:
    then = date(2026, 9, 30)
    now = about_text((DAY,), {"renewal_date": to_day(then + timedelta(days))}, None) or ""

    name = continues(about(DAY), now, [Once(then.isoformat(), then.isoformat(), is_open)])

    assert (name == then.isoformat()) == (is_open or abs(days) <= 45)


def test_the_nearest_one_is_gone_on_with() -> None:
    before = [Once("2026-01-01", "2026-01-01"), Once("2026-02-20", "2026-02-20")]

    assert continues(about(DAY), "2026-01-31", before) == "2026-02-20"
    assert continues(about(DAY), "2026-01-20", before) == "2026-01-01"


def test_of_values_that_are_no_dates_only_the_same_one_is_the_same() -> None:
    assert continues(about(PLAN), "team", [Once("teams", "teams")]) == "team"
    assert continues(about(PLAN), "team", [Once("free", "team")]) == "free"


def test_a_text_about_something_else_takes_nobody_over(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    world.morning(on(0), given(NEAR))
    (old,) = world.enrollments("acme")
    world.edit("playbooks/renewal.yaml", "one_per: renewal_date, ", "")
    world.edit("playbooks/renewal.yaml", "steps:\n", "changes: {open_enrollments: move}\nsteps:\n")
    world.morning(on(1), given(NEAR, day=1))

    assert begun(world) == [("acme", on(80).isoformat()), ("acme", None)]
    assert old in world.enrollments("acme")
