"""A stream of what is decided → counts, first names and minutes: what is kept, in which order, in how much memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cs_playbook.commands.dry_run import decisions
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.workspace import calendar_of, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.plan.decision import HeldBy, SubjectPlan, Today
from cs_playbook.study.behind import Reason, Seen
from cs_playbook.study.plan_line import LineKind
from cs_playbook.study.plan_summary import summarise
from cs_playbook.study.planned import PlanSummary, PlaybookSummary
from cs_playbook.values import replace
from tests.builders import FILES, MONDAY, World, account, contact, on, small, tables, used
from tests.builders_plan import a_morning, planned, summary

FEW_SEATS = FILES["playbooks/few-seats.yaml"]


def a_world(root: Path, **changes: str) -> World:
    world = small(root / "small", **changes)
    world.export(a_morning())
    world.build(MONDAY)
    return world


def of(found: PlanSummary, name: str) -> PlaybookSummary:
    return next(playbook for playbook in found.playbooks if playbook.name == name)


def names(found: PlaybookSummary, kind: LineKind) -> list[str]:
    return [line.name for line in found.lines.get(kind, ())]


# --- counts ---


def test_starts_are_counted_by_playbook_and_shadows_apart(tmp_path: Path) -> None:
    found = summary(a_world(tmp_path))

    assert (found.started, found.shadowed) == ({"few-seats": 2, "promise-late": 1}, {"renewing": 1})


def test_the_arr_of_an_account_in_which_two_playbooks_start_counts_once(tmp_path: Path) -> None:
    world = small(tmp_path / "small")
    morning = a_morning()
    promises = [{"id": "p", "account_id": "acme", "due_on": on(-3)}]
    world.export({**morning, "promises": promises})
    world.build(MONDAY)

    found = summary(world)

    assert found.started == {"few-seats": 2, "promise-late": 1}
    assert found.arr == 48000 + 60000


def test_what_goes_on_ends_and_is_late_is_counted_by_what_it_is(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "product", MONDAY)
    world.export(
        {**a_morning(), "promises": [{"id": "p1", "account_id": "calm", "due_on": on(-3), "kept_on": on(3)}]}
    )
    world.build(on(4))

    found = summary(world, on(4))

    assert (found.moves, found.work) == (1, {"drafts": 1})
    assert found.ended == {"kept": 1}
    assert (found.late, found.told) == (1, {"nora@vendor.example": 1})


def test_an_answer_that_came_back_in_a_list_counts_before_it_is_recorded(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.run(MONDAY)
    world.answer_list([{"key": world.task("bolt", "ask").key, "outcome": "season"}])

    found = planned(world)

    assert (found.answers, found.summary.ended) == (1, {"season": 1})
    assert world.task("bolt", "ask").outcome is None


def test_who_waits_for_room_is_held_by_the_limit_and_named(tmp_path: Path) -> None:
    limited = FEW_SEATS + "limits: {new_per_day: 1}\n"
    found = summary(a_world(tmp_path, **{"playbooks/few-seats": limited}))

    assert found.held == {HeldBy.LIMIT: 1}
    assert names(of(found, "few-seats"), LineKind.HELD) == ["Bolt"]


def test_a_rule_says_how_many_fit_are_unknown_near_and_not_patient_enough(tmp_path: Path) -> None:
    found = summary(a_world(tmp_path))

    few, quiet = of(found, "few-seats").numbers, of(found, "quiet").numbers
    assert few is not None
    assert quiet is not None
    assert (few.fitting, few.near, [(u.what, u.accounts) for u in few.unknown]) == (
        2,
        1,
        [("seats is empty", 1)],
    )
    assert quiet.patient == 1


def test_who_is_in_a_playbook_already_does_not_wait_for_it(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    for day in range(3):
        # An export that is the same as yesterday's is no new observation.
        world.morning(on(day), {"usage": [used(key, on(day), 40) for key in ("acme", "bolt", "dim", "zeta")]})
    world.build(on(3))

    quiet = of(summary(world, on(3)), "quiet")

    assert quiet.numbers is not None
    assert (quiet.numbers.fitting, quiet.numbers.patient) == (1, 0)


# --- names ---


def test_the_largest_are_named_and_the_rest_is_counted(tmp_path: Path) -> None:
    world = small(tmp_path / "small")
    many = [account(f"a{number}", seats=3, arr=50000 + number) for number in range(12)]
    world.export(tables(many))
    world.build(MONDAY)

    found = of(summary(world), "few-seats")

    assert found.counts[LineKind.START] == 12
    assert names(found, LineKind.START) == [f"A{number}" for number in range(11, 1, -1)]


def test_a_start_is_named_with_its_reason_its_values_and_its_first_task(tmp_path: Path) -> None:
    (bolt, _) = of(summary(a_world(tmp_path)), "few-seats").lines[LineKind.START]

    assert bolt.reason == Reason(
        "fewer than ten seats are left", (Seen("seats", 9, bolt.reason.seen[0].type),)
    )
    assert (bolt.step, bolt.title, bolt.owner_name) == ("ask", "Ask Bolt what happened", "Marc")
    assert bolt.due == date(2026, 3, 3)


def test_a_ratio_is_kept_with_what_it_was_reckoned_from(tmp_path: Path) -> None:
    signals = """\
signals:
  events_now: {from: usage, value: sum(events), last: 7 days}
  events_before: {from: usage, value: sum(events), last: 7 days, before: 7 days}
  change: {value: events_now / events_before - 1, unit: ratio}
"""
    fall = FEW_SEATS.replace(
        "when: {when: seats < 10, because: fewer than ten seats are left}", "when: change < -0.4"
    )
    world = small(tmp_path / "small", signals=signals, **{"playbooks/few-seats": fall})
    usage = [used("acme", on(-1), 55), used("acme", on(-8), 100)]
    world.export(tables([account("acme")], [contact("claire", "acme")], [], usage))
    world.build(MONDAY)

    (acme,) = of(summary(world), "few-seats").lines[LineKind.START]

    (change,) = acme.reason.seen
    assert change.value == pytest.approx(-0.45)
    assert [(part.name, part.value, part.earlier_of) for part in change.inside] == [
        ("events_now", 55, ""),
        ("events_before", 100, "events_now"),
    ]


# --- minutes ---


def test_minutes_are_those_of_all_that_is_open_after_today_by_owner(tmp_path: Path) -> None:
    team = FILES["team.yaml"].replace("{name: Léa,", "{name: Léa, minutes_per_week: 60,")
    world = a_world(tmp_path, team=team)

    lea, marc = summary(world).minutes

    assert (lea.owner, lea.today, lea.week, lea.share) == ("lea@vendor.example", 0, 30, 0.5)
    assert (marc.owner, marc.today, marc.week, marc.share) == ("marc@vendor.example", 0, 15, None)


def test_what_is_late_is_asked_today(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.run(MONDAY)
    world.build(on(4))

    lea, _ = summary(world, on(4)).minutes

    assert (lea.today, lea.week) == (30, 30)


# --- the whole ---


def test_a_plan_of_twenty_thousand_takes_no_more_memory_than_its_first_names(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    plans = list(decisions(world.workspace, MONDAY))
    today = a_day(world)

    def many() -> Iterator[SubjectPlan]:
        for number in range(20_000):
            plan = plans[number % len(plans)]
            yield replace(plan, subject=replace(plan.subject, account=f"a{number:05}"))

    tracemalloc.start()
    found = summarise(many(), today, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sum(found.started.values()) + sum(found.shadowed.values()) == 20_000
    assert peak < 1_000_000


def a_day(world: World) -> Today:
    return the_morning(world).today


def the_morning(world: World) -> Morning:
    workspace = world.workspace
    with open_snapshot(workspace, MONDAY) as snapshot:
        calendar = calendar_of(workspace.catalog.project.calendar)
        return prepare(Sources(workspace.catalog, workspace.around, snapshot, Ledger.in_memory(), calendar))


def test_looking_changes_no_file(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in world.root.rglob("*")}

    summary(world)

    assert {path: path.stat().st_mtime_ns for path in world.root.rglob("*")} == before


def test_without_a_ledger_as_in_a_clone_the_plan_is_that_of_a_first_day(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    fresh = summary(world)
    world.ledger.unlink()

    assert summary(world) == fresh
    assert not world.ledger.exists()


def test_a_day_that_has_passed_is_not_planned_again(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.build(on(1))
    world.run(on(1))

    with pytest.raises(StoppedOnPurpose, match="time does not go back"):
        summary(world, MONDAY)


def test_what_would_stop_a_run_is_told(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.edit("project.yaml", "a_table_shrinks_by: 100%", "a_table_shrinks_by: 10%")
    world.run(MONDAY)
    world.export({"usage": []})
    world.build(on(1))

    assert [stop.rule for stop in planned(world, on(1)).stops] == ["a_table_shrinks_by"]
