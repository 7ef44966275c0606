"""A run that is taken back: as if it had never run, where nobody has answered and no one has received anything."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given as that
from hypothesis import settings

from cs_playbook.commands import resting, undo
from cs_playbook.commands.people import Act
from cs_playbook.commands.undo import Undone, Words
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.recall import RECALLED
from cs_playbook.plan.recall import Stays
from cs_playbook.values import replace
from tests.builders import VERSION, World, account, contact, given, on, small, tables
from tests.histories import History, Play, histories
from tests.test_laws import some_histories
from tests.test_laws_memory import playbook

FEW = "playbooks/few-seats.yaml"


def words(day: date) -> Words:
    return Words(day, "lea@vendor.example", "the wrong export", f"{day}T08:00:00Z")


def take_back(world: World, day: date, which: str = "last") -> Undone:
    return undo.undo(world.workspace.place, which, words(day), VERSION)


def why_left(told: Undone) -> dict[str, tuple[str, str]]:
    return {
        part.now.account: (part.verdict.kind, part.verdict.why)
        for part in told.left
        if isinstance(part.verdict, Stays)
    }


def known(world: World) -> dict[str, object]:
    """All that decides about tomorrow: enrollments, memory, what people wait for."""
    connection = sqlite3.connect(world.ledger)
    states = connection.execute(
        "select state from enrollment where arm <> 'recalled' order by key"
    ).fetchall()
    memory = connection.execute("select * from memory order by series, subject, day").fetchall()
    series = connection.execute("select * from series order by series").fetchall()
    connection.close()
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        days = ledger.run_days()
        last = ledger.last_run()
        return {
            "enrollments": [without_recalled(read_enrollment(state)) for (state,) in states],
            "memory": memory,
            "series": series,
            "days": days,
            "last": last and (last.day, last.sources_hash),
            "asked": ledger.pending_starts(),
        }


def without_recalled(enrollment: Enrollment) -> Enrollment:
    tasks = {key: task for key, task in enrollment.tasks.items() if task.outcome != RECALLED}
    return replace(enrollment, tasks=tasks)


def in_place(world: World) -> dict[str, bytes]:
    return {path: content for path, content in world.published().items() if not path.startswith("undone/")}


# --- the laws ---


@settings(some_histories, max_examples=2)
@that(histories())
def test_run_and_undo_is_as_if_it_had_never_run_and_the_next_run_does_the_same_again(
    history: History,
) -> None:
    with TemporaryDirectory() as folder:
        plain, undone = small(Path(folder) / "plain"), small(Path(folder) / "undone")
        before: list[dict[str, object]] = []

        def look(world: World, day: date) -> None:
            before.append(known(world))

        def back_and_forth(world: World, day: date) -> None:
            answers = take_back(world, day).answers
            assert answers or known(world) == before[-1]
            assert take_back(world, day, str(len_of_runs(world))).already is not None
            world.run(day)

        Play().of(history, plain)
        Play(between=look, after=back_and_forth).of(history, undone)

        assert known(undone) == known(plain)
        # Who had a list while the run was away, and has none any more, reads that all is done: nothing else is more.
        more = in_place(undone).keys() - in_place(plain).keys()
        assert {path: in_place(undone)[path] for path in in_place(plain)} == in_place(plain)
        assert all("/owners/" in path for path in more)
        assert undone.wrong() == []


def len_of_runs(world: World) -> int:
    """The number of the run that was taken back last."""
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        return next(run.number for run in ledger.runs() if run.taken_back is not None)


def test_the_second_of_two_runs_of_a_day_goes_and_the_first_one_stays(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    day = given(account("acme", seats=3))
    world.morning(on(0), day)
    world.write("playbooks/second.yaml", playbook("second", "seats < 10"))
    world.edit("playbooks/few-seats.yaml", "seats < 10", "seats < 2")
    before = known(world)

    world.run(on(0))
    assert [start[1] for start in world.starts()] == ["few-seats", "second"]
    take_back(world, on(0))

    assert known(world) == before
    world.run(on(0))
    assert [item.playbook for item in world.enrollments("acme") if item.is_open] == ["few-seats", "second"]


def test_after_an_earlier_run_of_the_day_is_taken_back_its_starts_are_given_out_again(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))
    world.done(world.task("acme", "ask"), "product", on(0))
    world.run(on(0))

    told = take_back(world, on(0), "1")

    assert why_left(told) == {"acme": ("gone on", "run 2 has gone on with it")}
    assert told.later == 1
    assert world.enrollments("bolt") == []
    result = world.run(on(0))
    assert result.counts["event:Started"] == 1
    assert world.enrollment("bolt").is_open
    assert world.run(on(0)).nothing


def test_one_that_had_to_begin_anew_goes_on_as_it_was(tmp_path: Path) -> None:
    """Which of the two is written down first must not matter: the account is never in it twice."""
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    before = known(world)
    world.edit(FEW, "steps:\n", "changes: {open_enrollments: restart}\nsteps:\n")
    world.edit(FEW, "minutes: 30", "minutes: 40")
    world.morning(on(1), given(account("acme", seats=3), day=1))
    assert [item.why_ended for item in world.enrollments("acme")] == ["restarted", ""]

    told = take_back(world, on(1))

    assert (len(told.back), known(world)) == (2, before)


def test_runs_taken_back_one_after_the_other_leave_no_line_that_nobody_knows(tmp_path: Path) -> None:
    """The line that the last one opened was put off, and is cancelled when the one before goes too."""
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3), contacts=[contact("claire", "acme")]))
    world.done(world.task("acme", "ask"), "product", on(0))
    world.morning(on(1), given(day=1))  # acme is missing: the run says so, and does nothing else to it
    world.morning(on(2), given(account("acme", seats=3), contacts=[contact("claire", "acme")], day=2))
    draft = world.task("acme", "write").key
    resting.snooze(
        world.workspace, draft, on(4), "she is away", Act("lea@vendor.example", on(2), "2026-03-04T09:00:00Z")
    )

    for _ in range(2):
        assert take_back(world, on(2)).left == ()

    assert world.wrong() == []
    assert world.enrollment("acme").tasks[draft].outcome == RECALLED


def test_what_began_after_a_time_that_was_taken_back_keeps_its_number(tmp_path: Path) -> None:
    """Each time is over on its day, so nothing has gone on with it; the third began before the second was taken back."""
    world = small(tmp_path / "small")
    world.edit("playbooks/quiet.yaml", "status: live", "status: draft")
    mail = "  - {id: write, email: few-seats/hello, to: champion, from: csm, send: draft}\n"
    head, _, _ = (world.root / FEW).read_text("utf-8").partition("goal:")
    head = head.replace("days_after_end: 3, at_most: 2", "days_after_end: 1, at_most: 9")
    world.write(FEW, f"{head}steps:\n{mail}")
    for day in range(3):
        world.morning(on(day), given(account("acme", seats=5, strategic="yes"), day=day))
    assert [item.episode for item in world.enrollments("acme")] == [1, 2, 3]

    assert take_back(world, on(2), which="2").back
    world.morning(on(3), given(account("acme", seats=5, strategic="yes"), day=3))

    assert [(item.episode, item.why_ended) for item in world.enrollments("acme")][-2:] == [
        (3, "finished"),
        (4, "finished"),
    ]


def test_a_recalled_start_takes_nobodys_place_in_the_trickle(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write(
        "playbooks/slow.yaml",
        playbook("slow", "seats < 10", "").replace("steps:", "limits: {new_per_day: 1}\nsteps:"),
    )
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))
    first = [item.account for item in everybody(world) if item.playbook == "slow"]

    take_back(world, on(0))
    world.run(on(0))

    assert [item.account for item in everybody(world) if item.playbook == "slow"] == first


def everybody(world: World) -> list[Enrollment]:
    return [item for key in ("acme", "bolt", "zeta") for item in world.enrollments(key)]


def test_a_bad_day_that_was_let_pass_is_no_measure_once_it_is_taken_back(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    world.morning(on(1), given(account("acme", seats=3), account("bolt"), day=1))
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert ledger.last_run().counts["rows:accounts"] == 3  # type: ignore[union-attr]

    take_back(world, on(1))

    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert ledger.last_run().counts["rows:accounts"] == 2  # type: ignore[union-attr]
    assert (
        world.build(on(1)).manifest is not None
    )  # nothing of the day is left: its snapshot may be built anew


# --- what stays ---


def test_what_somebody_has_answered_stays_and_keeps_the_day(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))
    world.done(world.task("acme", "ask"), "product", on(0), by="lea@vendor.example")
    draft = "owners/lea@vendor.example/tasks.csv"

    told = take_back(world, on(0))

    assert why_left(told) == {"acme": ("answered", "lea@vendor.example has answered ask")}
    assert [part.now.account for part in told.back] == ["bolt"]
    assert world.enrollment("acme").is_open
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert ledger.last_day() == on(0)
        assert ledger.last_run() is None
    assert b"Acme" in (world.root / f"out/undone/run-1/{on(0)}/{draft}").read_bytes()
    assert world.wrong() == []


def test_a_mail_that_has_gone_out_stays_and_one_that_has_not_is_put_away(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    people = [contact("claire", "acme"), contact("bob", "bolt")]
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3), contacts=people))
    for key in ("acme", "bolt"):
        world.done(world.task(key, "ask"), "product", on(0))
    world.run(on(0))
    mails = {
        key: next(t for t in world.enrollment(key).open_tasks if t.kind == "email")
        for key in ("acme", "bolt")
    }
    world.done(mails["acme"], "sent", on(0), by="lea@vendor.example")

    told = take_back(world, on(0))

    assert set(why_left(told)) == {"acme"}
    drafts = {Path(path).stem for path in in_place(world) if path.endswith(".eml")}
    assert mails["bolt"].key not in drafts
    aside = {Path(path).stem for path in world.published() if path.startswith("undone/run-2/")}
    assert mails["bolt"].key in aside
    # The answer that was there before the run stands, and the run opens the same line under the same key.
    world.run(on(0))
    assert mails["bolt"].key in {task.key for task in world.enrollment("bolt").open_tasks}
    assert world.wrong() == []


def test_an_answer_to_what_was_there_before_does_not_keep_what_the_run_has_opened(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    steps = (
        "  - {id: look, task: Look, owner: csm}\n"
        "  - {id: then, task: Look again, owner: csm, after: start, not_before: day 1}\n"
    )
    world.write(
        "playbooks/two.yaml", playbook("two", "seats < 10").partition("steps:")[0] + "steps:\n" + steps
    )
    day = given(account("acme", seats=3))
    world.morning(on(0), day)
    world.morning(on(1), given(account("acme", seats=3), day=1))
    again = world.task("acme", "then")
    world.done(world.task("acme", "look"), None, on(1))

    assert take_back(world, on(1)).left == ()

    two = world.enrollment("acme", "two")
    assert (two.steps["look"].outcome, "then" in two.steps) == ("done", False)
    world.run(on(1))
    assert world.task("acme", "then").key == again.key


def test_what_a_person_asked_for_is_asked_for_again(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme")))
    world.ask("few-seats", "acme", on(0))
    world.run(on(0))
    assert world.enrollment("acme").by == "lea@vendor.example"

    take_back(world, on(0))

    assert world.enrollments("acme") == []
    world.run(on(0))
    assert world.enrollment("acme").by == "lea@vendor.example"


def test_traits_and_notes_of_a_run_go_with_it(tmp_path: Path) -> None:
    world = small(
        tmp_path / "w", traits="traits:\n  at_risk: {type: boolean, owner: csm, says: in trouble}\n"
    )
    world.write(
        "playbooks/flag.yaml",
        playbook("flag", "seats < 10").partition("steps:")[0]
        + "steps:\n  - {id: flag, set: {at_risk: true}}\n  - {id: look, task: Look, owner: csm}\n",
    )
    world.morning(on(0), given(account("acme", seats=3)))

    told = take_back(world, on(0))

    assert told.traits == 1
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert list(ledger.said_of("at_risk", on(1), on(1))) == []


def test_what_people_wrote_into_a_list_is_kept_and_named(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    filled = world.root / "out" / on(0).isoformat() / "tasks.csv"
    filled.write_text("what Lea has filled in")

    told = take_back(world, on(0))

    assert [finding.code for finding in told.findings] == ["CSP768"]
    assert (world.root / f"out/undone/run-1/{on(0)}/tasks.csv").read_text() == "what Lea has filled in"
    assert world.lines(on(0)) == []


def test_a_run_is_taken_back_also_while_its_playbook_is_being_mended(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    place = world.workspace.place
    world.write("playbooks/broken.yaml", "playbook: broken\nwhy: not finished\n")

    told = undo.undo(place, "last", words(on(0)), VERSION)

    assert (told.lists, bool(told.no_lists)) == ("", True)
    assert [path for path in in_place(world) if "tasks.csv" in path] == []
    assert world.enrollments("acme") == []


def test_a_run_that_is_none_is_refused_with_those_there_are(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    with pytest.raises(ChoiceError, match="there was no run yet"):
        take_back(world, on(0))
    world.morning(on(0), tables([account("acme")]))

    with pytest.raises(ChoiceError, match="there is no run '7'") as refused:
        take_back(world, on(0), "7")
    assert refused.value.hint == "the last ones: 1 (of 2026-03-02); or say: last"


def test_looking_first_changes_nothing(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    before = world.ledger.read_bytes(), world.published()

    told = undo.look(world.workspace.place, "last", words(on(0)))

    assert [part.now.account for part in told.back] == ["acme"]
    assert (world.ledger.read_bytes(), world.published()) == before
