"""A playbook's text changes while enrollments are open: ends and new beginnings, and what people see of all that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.validating import validate
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.event import Ended, Started
from cs_playbook.report.plan_json import as_json
from tests.builders import World, account, contact, given, on, promise, small
from tests.builders_plan import explain_screen, planned, screen
from tests.test_in_flight import (
    ASK,
    CALL,
    FEW,
    FILE,
    HEAD,
    WRITE,
    begun,
    next_day,
    open_steps,
    playbook,
    rename_the_manager,
)

# --- restart ---


def test_restarted_it_ends_and_begins_anew_the_same_day(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    key = world.task("acme", "ask").key
    world.done(key, "stays", on(0))

    next_day(world, 1, playbook(ASK, changes="restart"))

    first, second = world.enrollments("acme")
    assert (first.outcome, first.ended_on, second.episode, second.started_on) == (
        "restarted",
        on(1),
        2,
        on(1),
    )
    assert open_steps(world) == ["ask"]
    assert world.task("acme", "ask").key != key
    assert [event.restarts for event in world.events() if isinstance(event, Started)] == ["", first.key]


def test_a_restart_counts_for_no_reentry_and_is_no_end(tmp_path: Path) -> None:
    """At most two: with the one that began anew it would be the third."""
    world = begun(tmp_path, ASK)
    next_day(world, 1, playbook(ASK, CALL, changes="restart"))
    world.stop("leaving", "acme", on(1))

    next_day(world, 2)
    next_day(world, 3)

    assert [item.episode for item in world.enrollments("acme")] == [1, 2, 3]


def test_nothing_begins_anew_whose_exit_fits_already(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)

    gone = HEAD + "exit:\n  - {when: seats < 5, outcome: too_small}\n"
    found = next_day(world, 1, playbook(ASK, changes="restart", head=gone))

    assert (found.episode, found.outcome, found.is_open) == (1, "stopped_by_change", False)


# --- stop ---


def test_stopped_it_ends_and_its_lines_are_cancelled(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)

    found = next_day(world, 1, playbook(ASK, CALL, changes="stop"))

    assert (found.outcome, found.why_ended, open_steps(world)) == ("stopped_by_change", "changed", [])
    assert [event.outcome for event in world.events() if isinstance(event, Ended)] == ["stopped_by_change"]


# --- what validate says before a run does it ---


def findings(world: World) -> list[str]:
    found = validate(world.root, None).findings
    return [
        f"{item.severity} {item.code} {item.message} | {item.hint}"
        for item in found
        if item.code[:5] == "CSP36"
    ]


def test_validate_names_the_step_that_open_enrollments_stand_on_and_what_to_write(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    renamed = (ASK.replace("id: ask", "id: ask_them"), CALL.replace("{ask:", "{ask_them:"))

    world.write(FILE, playbook(*renamed, changes="move"))
    assert (
        findings(world)
        == [
            "note CSP364 1 open enrollment of the text of 2026-03-02 move to today's: acme (ask) | ",
            "error CSP362 1 open enrollment stands on the step 'ask', which is gone: what is open there would be cancelled"
            " | under changes: write renamed_steps: {ask: ask_them}; if it may be cancelled: renamed_steps: {ask: null}",
        ][::-1]
    )

    for names in ("ask: ask_them", "ask: null"):
        world.write(FILE, playbook(*renamed, changes="move", renamed=names))
        assert [said[:12] for said in findings(world)] == ["note CSP364 "]
    world.write(FILE, playbook(*renamed, changes="keep"))
    assert [said[:12] for said in findings(world)] == ["note CSP364 "]


def test_validate_says_whose_text_no_longer_binds_and_where(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, "  - {id: help, task: Help, owner: csm_manager, after: ask}\n")
    rename_the_manager(world)
    world.write(FILE, playbook(ASK, "  - {id: help, task: Help, owner: chief, after: ask}\n"))

    said = [item for item in findings(world) if "CSP363" in item]

    assert len(said) == 1
    assert (
        "1 open enrollment of 'leaving' would freeze: the text of 2026-03-02, line 11: there is no role"
        in said[0]
    )
    assert run_app(["-C", str(world.root), "validate", "--no-cache"]) == 1
    world.edit(FILE, "open_enrollments: keep", "open_enrollments: move")
    assert not [item for item in findings(world) if "CSP363" in item]


def test_validate_needs_no_ledger_and_fears_no_broken_one(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)
    world.write(FILE, playbook(CALL.replace("{ask: stays}", "start"), changes="move"))
    world.ledger.write_bytes(b"no ledger at all")
    assert findings(world) == []

    world.ledger.unlink()
    assert findings(world) == []


def test_what_validate_remembers_is_forgotten_when_the_ledger_has_grown(tmp_path: Path) -> None:
    world = begun(tmp_path / "w", ASK)
    kept = tmp_path / "kept"
    world.write(FILE, playbook(ASK, CALL, changes="stop"))
    assert any(item.code == "CSP364" for item in validate(world.root, kept).findings)

    next_day(world, 1)

    assert not any(item.code == "CSP364" for item in validate(world.root, kept).findings)


# --- frozen ---


def test_tasks_of_a_text_that_no_longer_binds_stay_on_the_lists(tmp_path: Path) -> None:
    world = begun(
        tmp_path,
        ASK.replace("Ask them", '"Ask {{ account.name }}"'),
        "  - {id: help, task: Help, owner: csm_manager, after: ask}\n",
    )
    rename_the_manager(world)
    world.write(FILE, playbook(ASK, "  - {id: help, task: Help, owner: chief, after: ask}\n"))
    key = world.task("acme", "ask").key

    world.morning(on(1), FEW)

    line = next(line for line in world.lines(on(1)) if line["key"] == key)
    assert (line["state"], line["title"], line["owner"], line["due"]) == (
        "frozen", "Ask Acme", "lea@vendor.example", "2026-03-03",
    )  # fmt: skip
    assert line["outcomes"] == "stays | leaves"
    assert "Frozen" in (world.root / f"out/{on(1)}/owners/lea@vendor.example/digest.md").read_text()
    world.done(key, "stays", on(1))
    assert world.enrollment("acme").steps["ask"].outcome == "stays"


# --- a playbook that is called otherwise ---


def test_a_renamed_playbook_keeps_what_is_open_its_count_and_who_fitted(tmp_path: Path) -> None:
    """At most two times; who has fitted since before it went live is not new to it."""
    world = begun(tmp_path, ASK)
    key = world.task("acme", "ask").key
    world.stop("leaving", "acme", on(0))
    renamed = playbook(ASK).replace("playbook: leaving", "playbook: going\nformerly: [leaving]")

    world.write(FILE, renamed)
    world.morning(on(1), FEW)
    world.morning(on(2), FEW)
    assert [item.episode for item in world.enrollments("acme")] == [1, 2]
    assert world.task("acme", "ask").key != key
    world.stop("going", "acme", on(2))
    world.morning(on(4), FEW)

    assert [item.playbook for item in world.enrollments("acme")] == ["leaving", "leaving"]
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert ledger.ever_remembered("fits:leaving:live") == on(0)
        assert ledger.ever_remembered("fits:going:live") is None


def test_a_changed_text_under_a_new_name_moves_all_the_same(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)
    key = world.task("acme", "ask").key
    text = playbook(ASK.replace("id: ask", "id: phone"), changes="move", renamed="ask: phone")

    next_day(world, 1, text.replace("playbook: leaving", "playbook: going\nformerly: [leaving]"))

    assert world.task("acme", "phone").key == key


# --- what other playbooks see ---


def test_a_restart_is_no_end_to_those_who_ask_for_ends(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)
    world.write(
        "playbooks/after.yaml",
        """\
playbook: after
title: After they left
why: To see.
status: live
owner: cs_ops
trigger: {when: "finished('leaving', '30 days')", already_matching: start}
steps:
  - {id: look, task: Look, owner: csm}
""",
    )
    next_day(world, 1, playbook(ASK, CALL, changes="restart"))
    next_day(world, 2)
    assert {item.playbook for item in world.enrollments("acme")} == {"leaving"}

    next_day(world, 3, playbook(ASK, changes="stop"))
    next_day(world, 4)

    assert {item.playbook for item in world.enrollments("acme")} == {"leaving", "after"}


def test_a_step_that_plays_another_one_waits_for_the_one_that_begins_anew(tmp_path: Path) -> None:
    world = small(tmp_path)
    world.write(
        "playbooks/few-seats.yaml",
        "playbook: few-seats\ntitle: Few\nsteps:\n  - {id: x, task: X, owner: csm}\n",
    )
    parent = "playbook: parent\ntitle: It plays\nwhy: To play.\nstatus: live\nowner: cs_ops\ntrigger: {when: seats < 10, already_matching: start}\nsteps:\n  - {id: play, playbook: leaving}\n  - {id: thank, task: Thank them, owner: csm}\n"
    played = HEAD.replace(
        "when: seats < 10, started_by: [rule, csm], already_matching: start", "started_by: [playbook]"
    )
    world.write("playbooks/quiet.yaml", parent)
    world.write(FILE, playbook(ASK, head=played))
    world.morning(on(0), FEW)

    next_day(world, 1, playbook(ASK.replace("1 day", "2 days"), changes="restart", head=played))
    next_day(world, 2)
    assert open_steps(world) == ["ask"]
    world.done(world.task("acme", "ask"), "stays", on(2))
    next_day(world, 3)
    next_day(world, 4)

    assert open_steps(world) == ["thank"]


# --- the plan tells it before ---


def test_a_dry_run_shows_what_a_move_loses_and_contradicts(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    world.done(world.task("acme", "ask"), "stays", on(0))
    world.run(on(0))
    world.build(on(1))
    world.write(FILE, playbook(ASK.replace("[stays, leaves]", "[goes, leaves]"), changes="move"))

    (found,) = planned(world, on(1)).changed

    assert (found.playbook, found.how, found.count) == ("leaving", "move", 1)
    assert found.differs == ("steps.ask.outcomes", "steps.call (gone)")
    assert [(item.kind, item.step) for item in found.first] == [("lost", "call"), ("contradictory", "ask")]
    said = screen(world, on(1))
    assert "leaving, text of 2026-03-02: 1 moves to the text of today" in said
    assert "- Acme: call, cancelled on the list of lea@vendor.example" in said
    written = json.loads(as_json(planned(world, on(1))))["changed_texts"][0]
    assert (written["open_enrollments"], written["counts"]) == ("move", {"contradictory": 1, "lost": 1})


def test_a_dry_run_shows_what_a_restart_asks_again(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    world.done(world.task("acme", "ask"), "stays", on(0))
    world.build(on(1))
    world.write(FILE, playbook(ASK, WRITE.replace("call", "ask"), changes="restart"))

    (found,) = planned(world, on(1)).changed

    assert [(item.kind, item.step) for item in found.first] == [("repeated", "ask")]


def test_explain_says_by_which_text_it_goes_and_what_differs(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    world.write(
        FILE,
        playbook(
            ASK.replace("1 day", "3 days"), CALL, head=HEAD + "exit:\n  - {when: seats = 0, outcome: lost}\n"
        ),
    )

    said = explain_screen(world, "acme", "leaving", on(0))

    assert "It goes by the text of 2026-03-02; today's differs in: exit, steps.ask.due." in said


def test_the_history_tells_a_move(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = begun(tmp_path, ASK, CALL)
    renamed = (ASK.replace("id: ask", "id: phone"), CALL.replace("{ask:", "{phone:"))
    next_day(world, 1, playbook(*renamed, changes="move", renamed="ask: phone"))

    assert run_app(["-C", str(world.root), "history", "acme"]) == 0

    assert "leaving: goes by a new text; ask is now phone" in capsys.readouterr().out


# --- `for` about rows of two tables ---


def test_the_same_question_about_rows_of_two_tables_is_remembered_apart(tmp_path: Path) -> None:
    world = small(tmp_path)
    for name, table in (("of-promises", "promises"), ("of-contacts", "contacts")):
        world.write(
            f"playbooks/{name}.yaml",
            f"playbook: {name}\ntitle: Rows\nwhy: To see.\nstatus: live\nowner: cs_ops\n"
            f"trigger: {{one_per: {table}, when: {{when: row.id <> 'x', for: 2 days}}, already_matching: start}}\n"
            "steps:\n  - {id: look, task: Look, owner: csm}\n",
        )
    for day in (0, 1, 2):
        rows = given(
            account("acme"),
            contacts=[contact("n1", "acme")],
            promises=[promise("n1", "acme", on(9))],
            day=day,
        )
        world.morning(on(day), rows)

    assert {start for start in world.starts() if start[1].startswith("of-")} == {
        ("acme", "of-contacts", 1), ("acme", "of-promises", 1),
    }  # fmt: skip


def test_patience_with_the_account_counts_in_a_rule_about_rows_too(tmp_path: Path) -> None:
    world = small(tmp_path)
    world.write(
        "playbooks/of-promises.yaml",
        "playbook: of-promises\ntitle: Rows\nwhy: To see.\nstatus: live\nowner: cs_ops\n"
        "trigger: {one_per: promises, when: [row.id <> 'x', {when: seats > 5, for: 2 days}], already_matching: start}\n"
        "steps:\n  - {id: look, task: Look, owner: csm}\n",
    )
    for day in (0, 1):
        world.morning(on(day), given(account("acme"), promises=[promise("p1", "acme", on(9))], day=day))

    assert ("acme", "of-promises", 1) in world.starts()
