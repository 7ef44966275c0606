"""What one run would do too much of stops it; what cannot be decided is left out whole; the calendar surprises nobody."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.dry_run import dry_run
from cs_playbook.commands.run import Permission, StoppedByRule
from cs_playbook.commands.undecided import with_players
from cs_playbook.errors import Undecidable
from cs_playbook.model.event import Allowed
from cs_playbook.model.measure import WHOSE, measure, other_cells
from cs_playbook.model.stopping import Above, MostDone, StopWhen
from cs_playbook.plan.guards import Shape, broken
from cs_playbook.plan.measured import implausible, others
from cs_playbook.plan.much import Before, Much, too_much
from cs_playbook.study.measuring import chosen_keys
from tests.builders import World, account, contact, on, promise, small, tables, used

# --- too much ---

EARLY = "{a_table_shrinks_by: 100%}"


def many(seats: int, few: int = 120) -> list[dict[str, object]]:
    """120 accounts; the first `few` have so many seats."""
    return [account(f"a{n:03}", seats=seats if n < few else 50) for n in range(120)]


def begun(root: Path, stop_when: str, own: str = "") -> World:
    """Forty accounts are in few-seats, nobody has answered."""
    world = small(root)
    world.edit("project.yaml", EARLY, stop_when)
    world.edit("playbooks/few-seats.yaml", "owner: cs_ops\n", f"owner: cs_ops\n{own}")
    people = [contact(f"c{n:03}", f"a{n:03}") for n in range(120)]
    world.morning(on(0), tables(many(3, 40), people, usage=[used("a000", on(0), 1)]))
    return world


def stopped(world: World, day: int) -> StoppedByRule:
    before = world.ledger.read_bytes()
    with pytest.raises(StoppedByRule) as found:
        world.run(on(day))
    assert world.ledger.read_bytes() == before
    return found.value


def test_everything_that_ends_at_once_stops_the_run_and_a_person_lets_it_pass(tmp_path: Path) -> None:
    world = begun(tmp_path / "w", "{endings: {more_than: 30, and_share: 20%}, numbers_change_by: 99 times}")
    world.export({"accounts": many(50)})
    world.build(on(1))

    found = stopped(world, 1)

    said = "40 of 40 open enrollments would end because the data say so (100 %), 0 at the last run; stopped above 30 and 20 %"
    assert [(stop.rule, stop.sentence, stop.largest) for stop in found.stops] == [
        ("endings", said, ("few-seats 40",))
    ]
    assert "most of it: few-seats 40" in str(found)
    assert [stop.sentence for stop in dry_run(world.workspace, on(1)).stops] == [said]
    world.run(on(1), Permission({"endings": "they all bought seats"}, "nora@vendor.example", found.plan))
    assert [event.rule for event in world.events() if isinstance(event, Allowed)] == ["endings"]
    assert world.run(on(1)).nothing


def test_what_stops_the_plan_is_told_with_what_stops_the_data(tmp_path: Path) -> None:
    """A person looks once."""
    world = begun(tmp_path / "w", "{endings: {more_than: 30, and_share: 20%}}")
    world.export({"accounts": many(50)})
    world.build(on(1))

    world.export({"contacts": []})
    world.build(on(1))

    assert [stop.rule for stop in stopped(world, 1).stops] == ["a_table_shrinks_by", "endings"]


def test_a_playbook_is_stopped_by_a_tighter_limit_of_its_own(tmp_path: Path) -> None:
    own = "stop_when: {newly_fitting_a_playbook: {more_than: 5, and_share: 2%}, tasks_for_one_person: 3}\n"
    world = begun(tmp_path / "w", EARLY, own)
    world.export({"accounts": many(3, 48)})
    world.build(on(1))

    found = stopped(world, 1)

    assert [stop.sentence for stop in found.stops] == [
        "few-seats fits 8 accounts that did not fit at the last run (6.67 % of 120); stopped above 5 and 2 %, the limits of its own",
        "lea@vendor.example would get 8 new tasks of few-seats in one run; at most 3 are allowed, by its own limit",
    ]
    assert found.stops[0].largest == tuple(f"a{n:03}" for n in range(40, 48))


def test_the_first_live_day_of_a_playbook_is_what_it_is_for(tmp_path: Path) -> None:
    world = small(tmp_path / "w")

    assert world.morning(on(0), tables(many(3))).counts["tasks"] == 120


def test_emails_and_the_tasks_of_one_person_are_counted() -> None:
    much = Much(emails=Counter(newsletter=120), tasks=Counter({("lea", "newsletter"): 61}))
    usual = StopWhen(most=MostDone(emails=Above(100, 0.10), tasks_for_one_person=60))

    found = too_much(much, Before(400, {"emails": 7, "tasks_for_one_person": 9}), usual, {})
    first = too_much(much, Before(400, {}, frozenset({"newsletter"})), usual, {})

    assert [stop.sentence for stop in found] == [
        "one run would write 120 emails for 400 accounts, 7 at the last run; stopped above 100 and 10 %",
        "lea would get 61 new tasks in one run, 9 at the last run; at most 60 are allowed",
    ]
    assert first == []


# --- the calendar ---


def renewing(days: int) -> list[dict[str, object]]:
    return [account(f"a{n:03}", renewal_date=on(days)) for n in range(120)]


def test_what_the_calendar_brings_stops_nobody(tmp_path: Path) -> None:
    """All contracts end on one day; 90 days before it they fit at once, as everybody could have known."""
    world = small(tmp_path / "w")
    world.morning(on(0), tables(renewing(91)))

    assert world.morning(on(1), tables(renewing(91))).counts["event:Started"] == 120


def test_what_an_export_brings_on_that_day_does(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), tables(renewing(191)))
    world.export({"accounts": renewing(91)})
    world.build(on(1))

    assert [stop.rule for stop in stopped(world, 1).stops] == ["newly_fitting_a_playbook"]


def test_without_the_snapshot_of_the_last_run_all_of_it_counts(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), tables(renewing(91)))
    world.build(on(1))
    (world.root / "data" / "snapshots" / "2026-03-02.db").unlink()

    assert [stop.rule for stop in stopped(world, 1).stops] == ["newly_fitting_a_playbook"]


# --- what cannot be decided ---

TOO_LARGE = [used("a1", on(-k), 2**62) for k in range(3)]


def six(
    usage: list[dict[str, object]], seats: int = 3, late: bool = True
) -> dict[str, list[dict[str, object]]]:
    rows = [account(f"a{n}", seats=seats if n < 3 else 50) for n in range(6)]
    owed = [promise("p", "a5", on(-1))] if late else []
    return tables(rows, [contact(f"c{n}", f"a{n}") for n in range(6)], owed, usage)  # type: ignore[return-value,arg-type]


def test_who_cannot_be_decided_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sum that no number can hold: few-seats and quiet ask for it, the promise is kept in mind all the same."""
    world = small(tmp_path / "w")
    world.export(six(TOO_LARGE))
    world.build(on(0))
    here = ["-C", str(world.root), "--as-of", str(on(0))]

    assert run_app([*here, "dry-run"]) == 0
    seen = " ".join(capsys.readouterr().out.split())
    assert run_app([*here, "run"]) == 5
    told = capsys.readouterr().err
    run_app([*here, "status"])

    why = "a sum of whole numbers is too large"
    assert f"few-seats cannot be decided: {why}" in seen
    assert f"! few-seats could not be decided: {why}; nothing of it was done" in told
    assert f"! quiet could not be decided: {why}" in told
    assert "could not decide few-seats, quiet" in " ".join(capsys.readouterr().out.split())
    assert [start[:2] for start in world.starts()] == [("a5", "promise-late")]
    world.morning(on(1), six([used("a1", on(1), 1)]))
    assert [start[1:] for start in world.starts()] == [("promise-late", 0), *[("few-seats", 1)] * 3]
    assert world.wrong() == []


def test_what_is_open_of_it_waits_as_it_is(tmp_path: Path) -> None:
    """Neither its goal, nor an answer that came, nor what a person has asked for is half done."""
    world = small(tmp_path / "w")
    world.morning(on(0), six([used("a1", on(0), 1)]))
    world.done(world.task("a1", "ask"), "product", on(0))
    world.ask("few-seats", "a4", on(0))
    world.export(six(TOO_LARGE, seats=50))
    world.build(on(1))
    before = [world.enrollment(key, "few-seats") for key in ("a0", "a1", "a2")]

    result = world.run(on(1))

    assert set(result.undecided) == {"few-seats", "quiet"}
    assert result.counts["held:cannot be decided"] == 3
    assert [world.enrollment(key, "few-seats") for key in ("a0", "a1", "a2")] == before
    assert world.enrollments("a4") == []
    assert {line["state"] for line in world.lines(on(1)) if line["playbook"] == "few-seats"} == {"frozen"}
    assert world.run(on(1)).nothing
    world.morning(on(2), six([used("a1", on(2), 1)], seats=50))
    assert [item.outcome for item in world.enrollments("a1")] == ["recovered"]
    assert world.starts()[-1] == ("a4", "few-seats", 2)


def test_what_all_of_them_need_is_a_sentence_and_nothing_is_done(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("tier.yaml", "arr >= 40000", "events_now > 5")
    world.export(six(TOO_LARGE))
    world.build(on(0))

    with pytest.raises(Undecidable, match="a sum of whole numbers is too large"):
        world.run(on(0))

    assert world.events() == []


def test_who_plays_one_that_cannot_be_decided_waits_too(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    step = "  - {id: again, playbook: few-seats, after: save}\n"
    quiet = world.root / "playbooks" / "quiet.yaml"
    quiet.write_text(quiet.read_text(encoding="utf-8").rstrip() + f"\n{step}", encoding="utf-8")

    assert with_players({"few-seats": "why"}, world.workspace.catalog) == {
        "few-seats": "why",
        "quiet": "it plays few-seats, which cannot be decided",
    }


# --- what is measured ---


def shape(rows: int, empties: dict[str, int] | None = None, **measures: int) -> Shape:
    found = {name.replace("_", ":"): number for name, number in measures.items()}
    return Shape({"t": rows}, empties or {}, {"t": {"looked": rows, **found}})


@pytest.mark.parametrize(
    ("before", "now", "rules"),
    [
        (shape(100, median_arr=5000), shape(100, median_arr=15000), ["numbers_change_by"]),
        (shape(100, median_arr=5000), shape(100, median_arr=14900), []),
        (shape(100, newest_day=1000), shape(100, newest_day=992), ["a_table_falls_back_by"]),
        (shape(100, newest_day=1000), shape(100, newest_day=993), []),
        (shape(100, middle_d=1000), shape(100, middle_d=1151), ["dates_move_by"]),
        (shape(100, middle_d=1000), shape(100, middle_d=850), []),
        (shape(100, word_s_a=50), shape(100, word_s_a=71), ["words_shift_by"]),
        (shape(100, word_s_a=50), shape(100, word_s_a=70), []),
        (shape(1000, word_s_a=30), shape(1000, word_s_a=0), ["words_shift_by"]),
        (shape(1000, word_s_a=29), shape(1000, word_s_a=0), []),
        (shape(99, word_s_a=90), shape(99, word_s_a=0), []),
        (shape(100), shape(100, median_arr=1), []),
    ],
)  # fmt: skip
def test_a_measure_stops_beyond_its_limit_and_not_on_it(before: Shape, now: Shape, rules: list[str]) -> None:
    assert [stop.rule for stop in implausible(now, before, StopWhen())] == rules


@pytest.mark.parametrize(
    ("before", "now", "rules"),
    [
        (shape(100), shape(151), ["a_table_grows_by"]),
        (shape(100), shape(150), []),
        (shape(99), shape(900), []),
        (shape(12, {"t.a": 2}), shape(12, {"t.a": 12}), ["empty_cells_rise_by"]),
        (shape(12, {"t.a": 3}), shape(12, {"t.a": 12}), []),
        (shape(100, {"t.a": 0}), shape(130, {"t.a": 30}), []),  # new rows, not yet filled
        (shape(100, {"t.a": 0}), shape(130, {"t.a": 31}), ["empty_cells_rise_by"]),
    ],
)  # fmt: skip
def test_rows_and_cells_stop_beyond_their_limit_and_not_on_it(
    before: Shape, now: Shape, rules: list[str]
) -> None:
    assert [stop.rule for stop in broken(now, before, StopWhen())] == rules


def halves(words: list[int]) -> int:
    return sum(word << 4 * place for place, word in enumerate(words))


def test_rows_that_are_known_again_are_compared_cell_by_cell() -> None:
    keys, names = [1 + n % 15 for n in range(64)], [1 + n % 15 for n in range(64)]
    then = {measure(WHOSE, "id"): halves(keys), measure("known", "name"): halves(names)}
    other = {
        measure(WHOSE, "id"): halves([*keys[:60], 0, 0, 0, 0]),
        measure("known", "name"): halves([*[(n % 15) + 1 for n in names[:30]], *names[30:]]),
    }

    assert list(other_cells(then, other, WHOSE)) == [("id", 4, 64)]
    assert list(other_cells(then, other, "known")) == [("name", 30, 60)]


def test_what_changes_every_day_is_no_sign_and_is_forgotten_slowly() -> None:
    then = {measure(WHOSE, "id"): halves([1] * 64), measure("known", "note"): halves([1] * 64)}
    here = {measure(WHOSE, "id"): halves([1] * 64), measure("known", "note"): halves([2] * 64)}
    before, now = Shape({"t": 64}, {}, {"t": then}), Shape({"t": 64}, {}, {"t": here})
    used_to_it = Shape({"t": 64}, {}, {"t": then}, {"t.note": 90})

    assert [stop.rule for stop in implausible(now, before, StopWhen())] == ["known_cells_change_by"]
    assert implausible(now, used_to_it, StopWhen()) == []
    assert others(before, used_to_it) == {"t.id": 0, "t.note": 81}


def test_the_keys_that_are_known_stay_while_others_come_and_go() -> None:
    keys = [f"{n:05}" for n in range(400)]
    later = [*keys[4:], *(f"{n:05}" for n in range(900, 904))]

    assert set(chosen_keys(keys)) == set(chosen_keys(keys[::-1]))
    assert len(chosen_keys(keys)) == 64
    assert len({*chosen_keys(keys)} & {*chosen_keys(later)}) >= 58
    ends = [str(key)[-1] for key in chosen_keys(f"{n:05}-{k}" for n in range(200) for k in range(2))]
    assert 20 <= ends.count("0") <= 44  # keys that end alike do not fall together


def test_a_snapshot_of_the_same_rows_in_another_order_measures_the_same(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    rows = tables(many(3, 40), usage=[used(f"a{n:03}", on(-1) - timedelta(n % 3), n) for n in range(120)])
    world.export(rows)
    one = world.build(on(0)).manifest
    world.export({name: list(some)[::-1] for name, some in rows.items()})
    other = world.build(on(1)).manifest

    assert one is not None
    assert other is not None
    assert one.tables == other.tables
    assert dict(one.counts["accounts"].measures)["median:seats"] == 50_000
