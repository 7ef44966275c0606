"""Why an account is, or is not, in a playbook: every condition with its values, where it stands, every step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_playbook.commands.people import Act
from cs_playbook.commands.resting import snooze
from cs_playbook.errors import ChoiceError
from cs_playbook.report.explain import as_json, as_lines, near_json
from cs_playbook.report.pieces import plain, wide
from cs_playbook.study.explained import Fitted, Standing
from tests.builders import FILES, MONDAY, World, account, contact, on, promise, small, tables, used
from tests.builders_plan import a_morning, explain_screen, explained, near_screen, nearly

FEW_SEATS = FILES["playbooks/few-seats.yaml"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = small(tmp_path / "small")
    world.export(a_morning())
    world.build(MONDAY)
    return world


def standing(world: World, key: str, playbook: str, day: object = MONDAY) -> Standing:
    (found,) = explained(world, key, playbook, day).playbooks  # type: ignore[arg-type]
    return found.rules[0].standing


# --- whole screens ---


def test_who_is_not_in_it_reads_which_condition_says_no_and_by_how_much(world: World) -> None:
    assert (
        explain_screen(world, "Zeta", "few-seats")
        == """\
Zeta (zeta) · few-seats · Monday 2 March 2026 · not started: 1 of 2 conditions says no

  yes  tier = 'high'                  high
  NO   fewer than ten seats are left  seats 12  limit 10, 3 over

The rule was not watched before today. Never started before.
"""
    )


def test_an_empty_value_leaves_it_unknown(world: World) -> None:
    assert (
        explain_screen(world, "dim", "few-seats")
        == """\
Dim (dim) · few-seats · Monday 2 March 2026 · not started: 1 of 2 conditions is unknown

  yes      tier = 'high'                  high
  unknown  fewer than ten seats are left  seats empty

The rule was not watched before today. Never started before.
"""
    )


def test_all_playbooks_of_an_account(world: World) -> None:
    assert (
        explain_screen(world, "calm")
        == """\
Calm (calm) · Monday 2 March 2026

few-seats · not started: 2 of 2 conditions say no

  NO  tier = 'high'                  low
  NO  fewer than ten seats are left  seats 100  limit 10, 91 over

The rule was not watched before today. Never started before.

promise-late · p1 · starts with the next run

  yes  row.kept_on is null  empty
  yes  row.due_on < today   27 Feb 2026  limit 2 Mar 2026, 2 days to spare

The rule was not watched before today. Never started before.

quiet · fits, but not yet for long enough

  yes  not running('few-seats')  no
  NO   nobody used it this week  events_now 0  for 1 of 3 days

The rule was not watched before today. Never started before.

renewing · starts with the next run

  yes  days_until(renewal_date) between 0 and 90  49 days, 20 Apr 2026  41 days to spare

The rule was not watched before today. Never started before.
"""
    )


def test_an_open_enrollment_step_by_step(world: World) -> None:
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "product", MONDAY)
    world.build(on(1))
    world.run(on(1))
    world.done(world.task("bolt", "write"), "sent", on(1))
    world.build(on(2))
    world.run(on(2))

    assert (
        explain_screen(world, "bolt", "few-seats", on(2))
        == """\
Bolt (bolt) · few-seats · Wednesday 4 March 2026 · running since Monday 2 March

  Started by its rule on Monday 2 March: day 2

  done     ask    Ask Bolt what happened                    product on Mon 2, Marc
  done     write  Look at the draft to Bob                  sent on Tue 3, Marc
                  <bob@bolt.example> and send it
  open     reply  a wait                                    waits until Sat 7; or until seats >= 10:
                                                            no (9, 1 short); since Wed 4
  to come  size   a decision                                after reply: timed_out
  to come  call   Call Bolt                                 after size: small or offer: approved or
                                                            reply: met
  later, perhaps:  offer

  It ends as
  no  lost (exit)       status = 'ended'              active
  no  recovered (goal)  seats >= 2 * at_start(seats)  seats 9 · seats at the         until Wed 1 Apr
                        and seats >= 10               start 9

  Its rule today
  yes  tier = 'high'                  high
  yes  fewer than ten seats are left  seats 9  limit 10

Fits since 2 March.
"""
    )


def test_who_is_nearly_in(world: World) -> None:
    assert (
        near_screen(world, "few-seats")
        == """\
few-seats · Monday 2 March 2026 · 1 account is one condition short

  fewer than ten seats are left   keeps out 1
    Zeta (zeta)  12  3 over

  For one more a single condition is unknown: a value is empty.

cs-playbook explain ACCOUNT few-seats   tells all of one account
"""
    )


# --- where it stands ---


def test_what_the_next_run_starts_is_told(world: World) -> None:
    assert standing(world, "acme", "few-seats") is Standing.STARTS


def test_what_started_is_running_and_a_shadow_is_in_shadow(world: World) -> None:
    world.run(MONDAY)

    assert standing(world, "acme", "few-seats") is Standing.RUNNING
    assert standing(world, "calm", "renewing") is Standing.SHADOW
    assert "few-seats · Monday 2 March 2026 · started today\n" in explain_screen(world, "acme", "few-seats")


def test_who_waits_for_room_is_held(world: World) -> None:
    world.edit("playbooks/few-seats.yaml", "goal:", "limits: {new_per_day: 1}\ngoal:")

    assert standing(world, "bolt", "few-seats") is Standing.HELD
    assert "fits, and is held: at most 1 new a day" in explain_screen(world, "bolt", "few-seats")


def test_who_fitted_before_the_playbook_went_live_is_left_alone(world: World) -> None:
    world.edit("playbooks/few-seats.yaml", "already_matching: start", "already_matching: skip")

    assert "fits, and is held: it fitted already on 2026-03-02" in explain_screen(world, "bolt", "few-seats")


def test_who_rests_reads_until_when(world: World) -> None:
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "season", MONDAY)
    world.build(on(1))
    world.run(on(1))
    world.build(on(2))

    assert (
        explain_screen(world, "bolt", "few-seats", on(2))
        == """\
Bolt (bolt) · few-seats · Wednesday 4 March 2026
fits, and is held: it ended on 2026-03-03; again from 2026-03-06

  yes  tier = 'high'                  high
  yes  fewer than ten seats are left  seats 9  limit 10

Fits since 2 March. Started on 2 March, ended on 3 March: season.
"""
    )


def test_who_was_here_once_does_not_come_again_without_reentry(world: World) -> None:
    world.edit("playbooks/few-seats.yaml", "reentry: {days_after_end: 3, at_most: 2}\n", "")
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "season", MONDAY)
    world.build(on(1))
    world.run(on(1))
    world.build(on(9))

    assert standing(world, "bolt", "few-seats", on(9)) is Standing.BEFORE


def test_whose_exit_fits_already_does_not_start(world: World) -> None:
    world.edit("playbooks/few-seats.yaml", "when: status = 'ended'", "when: seats < 5")

    assert standing(world, "acme", "few-seats") is Standing.OVER


def test_who_is_not_active_reads_why(world: World) -> None:
    world.export({"accounts": [*a_morning()["accounts"], account("gone", seats=3, status="ended")]})
    world.build(MONDAY)

    assert (
        explain_screen(world, "gone", "few-seats")
        == """\
It is not active: no playbook starts or opens anything.
  NO  status <> 'ended'  ended
Gone (gone) · few-seats · Monday 2 March 2026 · not started: the account is not active

  yes  tier = 'high'                  high
  yes  fewer than ten seats are left  seats 3  limit 10

The rule was not watched before today. Never started before.
"""
    )


def test_who_left_the_snapshot_is_frozen_and_still_explained(world: World) -> None:
    world.run(MONDAY)
    world.export(
        tables(
            [account("zeta")],
            [contact("zoe", "zeta")],
            [promise("p", "zeta", on(9))],
            [used("zeta", on(0), 1)],
        )
    )
    world.build(on(1))

    text = explain_screen(world, "acme", "few-seats", on(1))

    assert text.startswith("It is missing from the snapshot: everything waits.\nacme · few-seats")
    assert "  All of it waits: it is missing from the snapshot.\n" in text


def test_a_draft_shows_what_it_would_say(world: World) -> None:
    world.edit("playbooks/few-seats.yaml", "status: live", "status: draft")

    assert (
        explain_screen(world, "acme", "few-seats")
        == """\
Acme (acme) · few-seats · Monday 2 March 2026 · a draft: nothing happens before it is live

  yes  tier = 'high'                  high
  yes  fewer than ten seats are left  seats 3  limit 10

Never started before.
"""
    )


def test_a_refused_wish_says_why(world: World) -> None:
    world.edit("playbooks/few-seats.yaml", "audience: tier = 'high'", "audience: tier = 'low'")
    world.ask("few-seats", "acme", MONDAY)

    assert "asked for by a person, and not started: it is not in the playbook's audience" in explain_screen(
        world, "acme", "few-seats"
    )


# --- what was ---


def test_whether_it_fitted_before_is_remembered(world: World) -> None:
    world.run(MONDAY)
    world.export({"accounts": [account("acme", seats=30), *a_morning()["accounts"][1:]]})
    world.build(on(1))
    world.run(on(1))
    world.build(on(2))

    (found,) = explained(world, "acme", "few-seats", on(2)).playbooks

    assert found.rules[0].fitted == Fitted(MONDAY, False, on(1))


def test_a_day_that_has_passed_is_explained_as_it_was(world: World) -> None:
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "season", on(1))
    world.build(on(1))
    world.run(on(1))

    then, now = explained(world, "bolt", "few-seats", MONDAY), explained(world, "bolt", "few-seats", on(1))

    assert (then.is_past, then.playbooks[0].rules[0].standing) == (True, Standing.RUNNING)
    assert (now.is_past, now.playbooks[0].enrollments) == (False, ())


def test_an_answer_in_a_returned_list_counts_before_it_is_recorded(world: World) -> None:
    world.run(MONDAY)
    world.answer_list([{"key": world.task("bolt", "ask").key, "outcome": "product"}])

    text = explain_screen(world, "bolt", "few-seats")

    assert "  done     ask    Ask Bolt what happened" in text
    assert "the next run: it opens" in text


# --- steps ---


def test_a_skipped_step_says_because_of_what(world: World) -> None:
    steps = """\
  - {id: praise, task: Praise, owner: csm, after: {ask: people}}
  - {id: cake, task: Bring cake, owner: csm, after: praise}
"""
    world.edit("playbooks/few-seats.yaml", "  - id: write\n", f"{steps}  - id: write\n")
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "product", MONDAY)
    world.build(on(1))
    world.run(on(1))

    text = explain_screen(world, "bolt", "few-seats", on(1))

    assert "  skipped  praise  Praise  " in text
    assert "ask ended as product, not people\n" in text
    assert "  skipped with it:  cake\n" in text


def test_a_late_task_says_how_late_and_who_was_told(world: World) -> None:
    world.run(MONDAY)
    world.export({"usage": [used("acme", on(3), 1)]})
    world.build(on(4))
    world.run(on(4))

    (found,) = explained(world, "acme", "few-seats", on(4)).playbooks
    text = " ".join(explain_screen(world, "acme", "few-seats", on(4)).split())

    assert found.enrollments[0].steps[0].tasks[0].is_late(on(4))
    assert (
        "late ask Ask Acme what happened Léa, due Tue 3, 3 days late, told on Fri 6, open since Mon 2" in text
    )


def test_a_step_without_anybody_is_held(world: World) -> None:
    team = FILES["team.yaml"].replace("csm: {from: csm_email, else: cs_ops}", "csm: {from: csm_email}")
    world.write("team.yaml", team)
    world.export({"accounts": [account("acme", seats=3, csm_email=None)]})
    world.export(
        {"contacts": [contact("claire", "acme")], "promises": [], "usage": [used("acme", MONDAY, 1)]}
    )
    world.build(MONDAY)
    world.run(MONDAY)

    text = explain_screen(world, "acme", "few-seats")

    assert "  held  ask  Ask Acme what happened  nobody is there to do it\n" in text


# --- rows ---


def test_of_many_rows_those_in_the_playbook_and_the_nearest_are_shown(world: World) -> None:
    kept = [promise(f"k{number}", "calm", on(-9), on(-8)) for number in range(5)]
    world.export({"promises": [promise("p1", "calm", on(-3)), *kept]})
    world.build(MONDAY)
    world.run(MONDAY)

    text = explain_screen(world, "calm", "promise-late")

    assert text.startswith("Calm (calm) · promise-late · p1 · Monday 2 March 2026 · started today\n")
    assert (
        "Calm (calm) · promise-late · k0 · Monday 2 March 2026 · not started: 1 of 2 conditions says no\n"
        in text
    )
    assert text.endswith("4 of its 6 promises are shown: the nearest.\n")


# --- names ---


@pytest.mark.parametrize("written", ["bolt", "Bolt", "BOLT", " bolt "])
def test_an_account_is_found_by_key_or_name_in_any_case(world: World, written: str) -> None:
    assert explained(world, written).account == "bolt"


@pytest.mark.parametrize(
    ("ask", "sentence", "hint"),
    [
        (lambda world: explained(world, "bold"), "there is no account 'bold' in the snapshot", "did you mean Bolt (bolt)?"),
        (lambda world: explained(world, "cm"), "there is no account 'cm' in the snapshot", "did you mean Acme (acme)?"),
        (lambda world: explained(world, "qqq"), "there is no account 'qqq' in the snapshot", "its key or its name, as in the snapshot"),
        (lambda world: explained(world, "acme", "few-seat"), "there is no playbook 'few-seat'", "did you mean 'few-seats'?"),
        (lambda world: nearly(world, "few-seat"), "there is no playbook 'few-seat'", "did you mean 'few-seats'?"),
        (
            lambda world: nearly(world, "promise-late"),
            "'promise-late' is about rows of promises: who is near is counted for accounts only",
            "cs-playbook explain ACCOUNT promise-late shows those of one account",
        ),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused_with_what_is_meant(
    world: World, ask: Callable[[World], object], sentence: str, hint: str
) -> None:
    with pytest.raises(ChoiceError) as refused:
        ask(world)

    assert (refused.value.sentence, refused.value.hint) == (sentence, hint)


def test_a_name_of_two_accounts_asks_which(world: World) -> None:
    world.export({"accounts": [*a_morning()["accounts"], account("acme-2", name="ACME")]})
    world.build(MONDAY)

    assert explained(world, "acme").account == "acme"  # a key comes before a name
    with pytest.raises(ChoiceError) as refused:
        explained(world, "Acme")
    assert refused.value.hint == "say which, by its key: acme, acme-2"


# --- other forms ---


@pytest.mark.parametrize("width", [80, 83, 100, 160])
def test_no_line_is_wider_than_the_terminal(world: World, width: int) -> None:
    world.edit(
        "playbooks/few-seats.yaml", "fewer than ten seats are left", "fewer than ten seats are left " * 9
    )
    world.run(MONDAY)

    lines = plain(as_lines(explained(world, "bolt"), width)).splitlines()

    assert max(map(wide, lines)) <= width


def test_json_holds_the_answers_the_values_and_the_steps(world: World) -> None:
    world.run(MONDAY)

    found = json.loads(as_json(explained(world, "bolt", "few-seats")))

    (playbook,) = found["playbooks"]
    (rule,) = playbook["rules"]
    assert rule["standing"] == "running"
    assert rule["conditions"][1] == {
        "answer": "yes",
        "condition": "fewer than ten seats are left",
        "file": "playbooks/few-seats.yaml",
        "line": 9,
        "values": [{"name": "seats", "value": 9}],
        "limit": {"at": "most", "value": 10, "unit": "", "gap": 0},
    }
    assert [step["step"] for step in playbook["open"][0]["steps"]] == [
        "ask",
        "write",
        "reply",
        "size",
        "offer",
        "call",
    ]


def test_json_says_what_repeats_and_what_is_put_off_and_until_when(world: World) -> None:
    weekly = "{id: weekly, task: Look again, owner: csm, every: 1 week, at_most: 9, after: start}"
    world.edit("playbooks/few-seats.yaml", "  - id: ask\n", f"  - {weekly}\n  - id: ask\n    after: start\n")
    world.run(MONDAY)
    world.done(world.task("bolt", "weekly"), "done", on(0))
    marc = Act("marc@vendor.example", on(0), f"{on(0)}T09:00:00Z")
    snooze(world.workspace, world.task("bolt", "ask").key, on(3), "she is on holiday", marc)
    world.build(on(1))
    world.run(on(1))

    found = json.loads(as_json(explained(world, "bolt", "few-seats", on(1))))

    (enrollment,) = found["playbooks"][0]["open"]
    weekly, ask = enrollment["steps"][:2]
    assert weekly["repeats"] == {
        "rhythm": "1 week",
        "begun": 1,
        "finished": 1,
        "planned": "2026-03-02",
        "next_on": "2026-03-09",
    }
    assert (ask["tasks"][0]["asleep_until"], ask["tasks"][0]["asleep_because"]) == (
        "2026-03-05",
        "she is on holiday",
    )
    assert (ask["tasks"][0]["instead_of"], ask["tasks"][0]["pool"], ask["repeats"]) == ("", "", None)
    assert (enrollment["row"], enrollment["day_zero"], enrollment["snoozed"], enrollment["given"]) == (
        None,
        "2026-03-02",
        None,
        {},
    )


def test_who_is_nearly_in_as_json(world: World) -> None:
    found = json.loads(near_json(nearly(world, "few-seats")))

    assert (found["one_condition_short"], found["unknown"]) == (1, 1)
    (condition,) = found["conditions"]
    assert [account["account"] for account in condition["nearest"]] == ["zeta"]
