"""A playbook's text changes while enrollments are open: each way on, as a story over days."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.people import Act
from cs_playbook.commands.resolving import resolve
from cs_playbook.commands.send import send
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, Progress, StepState, TaskState
from cs_playbook.model.event import StepOpened, TextChanged
from cs_playbook.model.outbox import InDoubt
from cs_playbook.plan.fold_move import after_move
from cs_playbook.values import replace
from tests.builders import World, account, contact, given, on, small
from tests.test_send import Post, clock

FILE = "playbooks/leaving.yaml"
HEAD = """\
playbook: leaving
title: They are leaving
why: To keep them.
status: live
owner: cs_ops
trigger: {when: seats < 10, started_by: [rule, csm], already_matching: start}
reentry: {days_after_end: 1, at_most: 2}
"""
ASK = "  - {id: ask, task: Ask them, owner: csm, due: 1 day, outcomes: [stays, leaves], after: start}\n"
CALL = "  - {id: call, task: Call them, owner: csm, after: {ask: stays}}\n"
WRITE = "  - {id: write, task: Write to them, owner: csm, after: call}\n"
FEW = given(account("acme", seats=3), contacts=[contact("claire", "acme")])


def playbook(*steps: str, changes: str = "keep", renamed: str = "", head: str = HEAD) -> str:
    names = f", renamed_steps: {{{renamed}}}" if renamed else ""
    return f"{head}changes: {{open_enrollments: {changes}{names}}}\nsteps:\n{''.join(steps)}"


def begun(root: Path, *steps: str, head: str = HEAD) -> World:
    """Acme is in the playbook since the Monday."""
    world = small(root)
    for other in ("few-seats", "quiet"):
        world.edit(f"playbooks/{other}.yaml", "status: live", "status: draft")
    world.write(FILE, playbook(*steps, head=head))
    world.morning(on(0), FEW)
    return world


def next_day(world: World, day: int, text: str | None = None) -> Enrollment:
    if text is not None:
        world.write(FILE, text)
    world.morning(on(day), FEW)
    assert world.run(on(day)).nothing
    assert world.wrong() == []
    return world.enrollment("acme")


def open_steps(world: World) -> list[str]:
    return sorted(task.step for item in world.enrollments("acme") for task in item.open_tasks)


def changes(world: World) -> list[TextChanged]:
    return [event for event in world.events() if isinstance(event, TextChanged)]


def rename_the_manager(world: World) -> None:
    """No text of before knows the new name."""
    for path in sorted(world.root.rglob("*.yaml")):
        if "csm_manager" in path.read_text():
            world.edit(path.relative_to(world.root).as_posix(), "csm_manager", "chief")


# --- keep ---


@pytest.mark.parametrize("said", ["changes: {open_enrollments: keep}\n", ""])
def test_kept_it_goes_on_by_the_text_with_which_it_began(said: str, tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    world.done(world.task("acme", "ask"), "stays", on(0))

    next_day(world, 1, f"{HEAD}{said}steps:\n{ASK}")

    assert open_steps(world) == ["call"]
    assert changes(world) == []


def test_how_changes_are_taken_is_no_change_of_the_text(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)

    next_day(world, 1, playbook(ASK, CALL, changes="move"))

    assert changes(world) == []


# --- move ---


def test_moved_it_goes_by_the_new_text_from_the_next_run_on(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    key = world.task("acme", "ask").key
    world.done(key, "stays", on(0))
    shout = CALL.replace("task: Call them", "task: Call them at once")

    next_day(world, 1, playbook(ASK, shout, changes="move"))

    assert [line["title"] for line in world.lines(on(1))] == ["Call them at once"]
    assert world.enrollment("acme").definition == world.workspace.catalog.playbooks["leaving"].definition
    assert [(event.on, event.gone) for event in changes(world)] == [(on(1), ())]


def test_what_is_done_stays_done_and_what_is_open_stays_open_under_its_key(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL, WRITE)
    world.done(world.task("acme", "ask"), "stays", on(0))
    world.run(on(0))
    key = world.task("acme", "call").key

    found = next_day(world, 1, playbook(ASK, CALL.replace("csm,", "csm, due: 9 days,"), changes="move"))

    assert world.task("acme", "call").key == key
    assert found.steps["ask"].outcome == "stays"


def test_open_lines_of_a_step_that_is_gone_are_cancelled_and_told(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    key = world.task("acme", "ask").key

    found = next_day(world, 1, playbook(CALL.replace("{ask: stays}", "start"), changes="move"))

    assert found.tasks[key].state is TaskState.CANCELLED
    assert changes(world)[0].gone == ("ask",)
    assert open_steps(world) == ["call"]
    digest = (world.root / f"out/{on(1)}/owners/lea@vendor.example/digest.md").read_text()
    assert "Ask them" in digest
    assert "no longer" in digest


def test_a_new_step_whose_after_is_met_opens_at_once(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    world.done(world.task("acme", "ask"), "stays", on(0))
    tell = "  - {id: tell, task: Tell sales, owner: csm, after: {ask: stays}}\n"

    next_day(world, 1, playbook(ASK, CALL, tell, changes="move"))

    assert open_steps(world) == ["call", "tell"]


def test_a_new_step_that_stands_only_before_what_has_begun_is_passed_over(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    look = "  - {id: look, task: Look at usage, owner: csm, after: start}\n"
    more = "  - {id: think, task: Think, owner: csm, after: look}\n"

    found = next_day(world, 1, playbook(look, more, ASK.replace("start", "think"), CALL, changes="move"))

    assert changes(world)[0].passed == ("look", "think")
    assert found.steps["look"].state is StepState.PASSED
    assert open_steps(world) == ["ask"]


def test_a_new_step_between_what_is_done_and_what_is_not_yet_begun_opens_before_it(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    world.done(world.task("acme", "ask"), "stays", on(0))
    look = "  - {id: look, task: Look at usage, owner: csm, after: {ask: stays}}\n"

    next_day(world, 1, playbook(ASK, look, CALL.replace("{ask: stays}", "look"), changes="move"))

    assert open_steps(world) == ["look"]


def test_a_step_that_was_there_and_has_not_begun_is_not_lost_by_standing_first_now(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, WRITE.replace("call", "ask"))

    next_day(
        world, 1, playbook(WRITE.replace("call", "start"), ASK.replace("start", "write"), changes="move")
    )

    assert open_steps(world) == ["ask", "write"]


def test_a_skipped_step_that_the_new_text_reaches_is_asked_again(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL, WRITE, "  - {id: bill, task: Send it, owner: csm, after: start}\n")
    world.done(world.task("acme", "ask"), "leaves", on(0))
    world.run(on(0))
    assert world.enrollment("acme").steps["write"].state is StepState.SKIPPED

    both = CALL.replace("stays}", "[stays, leaves]}")
    next_day(
        world,
        1,
        playbook(
            ASK, both, WRITE, "  - {id: bill, task: Send it, owner: csm, after: start}\n", changes="move"
        ),
    )

    assert changes(world)[0].anew == ("call", "write")
    assert open_steps(world) == ["bill", "call"]


def test_a_renamed_step_goes_on_with_its_open_line_and_its_key(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    key = world.task("acme", "ask").key
    renamed = ASK.replace("id: ask", "id: phone")

    next_day(
        world, 1, playbook(renamed, CALL.replace("{ask:", "{phone:"), changes="move", renamed="ask: phone")
    )
    assert world.task("acme", "phone").key == key
    world.done(key, "stays", on(1))
    next_day(world, 2)

    assert open_steps(world) == ["call"]
    assert world.enrollment("acme").steps["phone"].outcome == "stays"


def test_without_its_new_name_a_renamed_step_is_another_one(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    key = world.task("acme", "ask").key

    next_day(
        world,
        1,
        playbook(ASK.replace("id: ask", "id: phone"), CALL.replace("{ask:", "{phone:"), changes="move"),
    )

    assert world.enrollment("acme").tasks[key].state is TaskState.CANCELLED
    assert world.task("acme", "phone").key != key


def test_names_may_change_again_and_again(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    key = world.task("acme", "ask").key
    for day, name, names in ((1, "phone", "ask: phone"), (2, "ring", "ask: phone, phone: ring")):
        text = playbook(ASK.replace("id: ask", f"id: {name}"), changes="move", renamed=names)
        next_day(world, day, text)
        assert world.task("acme", name).key == key

    next_day(world, 3, playbook(ASK, changes="move", renamed="phone: ring, ring: ask"))

    assert world.task("acme", "ask").key == key
    assert len(changes(world)) == 3


def test_two_names_are_caught_up_with_at_once(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)
    key = world.task("acme", "ask").key
    ring = ASK.replace("id: ask", "id: ring")

    next_day(world, 1, playbook(ring, changes="move", renamed="ask: phone, phone: ring"))

    assert world.task("acme", "ring").key == key


def test_a_name_taken_again_by_another_step_makes_keys_of_its_own(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)
    key = world.task("acme", "ask").key
    phone = ASK.replace("id: ask", "id: phone")
    next_day(world, 1, playbook(phone, changes="move", renamed="ask: phone"))

    next_day(world, 2, playbook(phone, ASK, changes="move"))

    assert world.task("acme", "phone").key == key
    assert world.task("acme", "ask").key != key


def test_a_step_that_comes_back_comes_back_as_it_was(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, "  - {id: bill, task: Send it, owner: csm, after: start}\n")
    key = world.task("acme", "ask").key
    bill = "  - {id: bill, task: Send it, owner: csm, after: start}\n"
    next_day(world, 1, playbook(bill, changes="move"))
    assert open_steps(world) == ["bill"]

    next_day(world, 2, playbook(ASK, bill, changes="move"))

    assert world.task("acme", "ask").key == key
    assert world.task("acme", "ask").due == on(1)
    assert changes(world)[-1].back == ("ask",)


def test_what_was_done_is_not_done_again_when_its_step_comes_back(tmp_path: Path) -> None:
    bill = "  - {id: bill, task: Send it, owner: csm, after: start}\n"
    world = begun(tmp_path, ASK, bill)
    world.done(world.task("acme", "ask"), "stays", on(0))
    next_day(world, 1, playbook(bill, changes="move"))

    next_day(world, 2, playbook(ASK, bill, changes="move"))

    assert open_steps(world) == ["bill"]
    assert (
        len([event for event in world.events() if isinstance(event, StepOpened) and event.step == "ask"]) == 1
    )


@pytest.mark.parametrize(("word", "outcome"), [("sent", "sent"), ("dead", "undeliverable"), ("", None)])
def test_a_mail_in_doubt_whose_step_was_gone_for_a_while_does_not_stay_open(
    tmp_path: Path, word: str, outcome: str | None
) -> None:
    mail = "  - {id: mail, email: few-seats/hello, to: champion, from: csm, send: auto}\n"
    call = "  - {id: call, task: Call them, owner: csm, after: {mail: [sent, undeliverable]}}\n"
    bill = "  - {id: bill, task: Send it, owner: csm, after: start}\n"
    world = begun(tmp_path, mail, bill, call)
    (key,) = [task.key for task in world.enrollment("acme").tasks.values() if task.step == "mail"]
    act = Act("lea@vendor.example", on(1), f"{on(1)}T09:00:00Z")
    send(world.workspace, Post({"claire@acme.example": InDoubt("no answer")}), clock(on(0)))
    gone = next_day(world, 1, playbook(bill, changes="move"))
    assert (gone.tasks[key].state, gone.tasks[key].mail) == (TaskState.CANCELLED, "uncertain")
    if word:
        resolve(world.workspace, key, word, "I asked her", act)

    back = next_day(world, 2, playbook(mail, bill, call, changes="move"))

    assert (back.tasks[key].outcome, back.tasks[key].mail) == (outcome, word or "uncertain")
    if not word:
        resolve(world.workspace, key, "sent", "I asked her", replace(act, on=on(2)))
    assert open_steps(world) == (["bill", "call"] if word else ["bill"])
    next_day(world, 3)
    assert open_steps(world) == ["bill", "call"]


def test_an_open_step_of_another_kind_is_another_step(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK)
    key = world.task("acme", "ask").key

    found = next_day(
        world,
        1,
        playbook(
            "  - {id: ask, approve: Shall we, owner: csm, ends: [refused], after: start}\n", changes="move"
        ),
    )

    assert found.tasks[key].state is TaskState.CANCELLED
    assert (world.task("acme", "ask").kind, world.task("acme", "ask").key != key) == ("approve", True)
    world.done(world.task("acme", "ask"), "approved", on(1))
    assert not next_day(world, 2).is_open


def test_a_wait_goes_on_to_its_day(tmp_path: Path) -> None:
    world = begun(tmp_path, "  - {id: rest, wait: 5 days}\n", "  - {id: call, task: Call, owner: csm}\n")

    found = next_day(
        world,
        1,
        playbook(
            "  - {id: rest, wait: 2 days}\n", "  - {id: call, task: Call, owner: csm}\n", changes="move"
        ),
    )

    assert found.steps["rest"].until == on(5)


def test_what_came_again_and_again_and_now_comes_once_is_done_after_its_open_line(tmp_path: Path) -> None:
    weekly = "  - {id: look, task: Look, owner: csm, every: 1 week, at_most: 9}\n"
    world = begun(tmp_path, weekly)

    next_day(world, 1, playbook("  - {id: look, task: Look, owner: csm}\n", changes="move"))
    world.done(world.task("acme", "look"), None, on(1))

    assert not next_day(world, 2).is_open


def test_what_came_once_and_now_comes_again_and_again_goes_on_from_its_open_line(tmp_path: Path) -> None:
    world = begun(tmp_path, "  - {id: look, task: Look, owner: csm}\n")
    first = world.task("acme", "look").key

    next_day(
        world,
        1,
        playbook("  - {id: look, task: Look, owner: csm, every: 2 days, at_most: 9}\n", changes="move"),
    )
    assert world.task("acme", "look").key == first
    world.done(first, None, on(1))
    next_day(world, 2)

    assert world.task("acme", "look").occurrence == 2
    assert world.task("acme", "look").key != first


def test_a_text_that_no_longer_binds_is_left_behind_by_a_move(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, "  - {id: help, task: Help, owner: csm_manager, after: ask}\n")
    key = world.task("acme", "ask").key
    rename_the_manager(world)

    next_day(
        world, 1, playbook(ASK, "  - {id: help, task: Help, owner: chief, after: ask}\n", changes="move")
    )

    assert world.task("acme", "ask").key == key


def test_an_answer_is_taken_by_the_text_that_the_person_knew(tmp_path: Path) -> None:
    world = begun(tmp_path, ASK.replace("after: start", "ends: [leaves], after: start"), CALL)
    world.done(world.task("acme", "ask"), "leaves", on(0))

    found = next_day(world, 1, playbook(ASK, CALL, changes="move"))

    assert (found.outcome, found.is_open) == ("leaves", False)
    assert changes(world) == []


def test_the_goal_is_watched_as_long_as_the_new_text_says(tmp_path: Path) -> None:
    goal = "goal: {when: seats >= 20, within: 30 days, outcome: recovered}\n"
    world = begun(tmp_path, ASK, head=HEAD + goal)

    found = next_day(world, 1, playbook(ASK, changes="move", head=HEAD + goal.replace("30", "10")))

    assert found.watch_until == on(10)


@pytest.mark.parametrize("status", ["paused", "draft"])
def test_a_change_waits_until_the_playbook_acts_again(status: str, tmp_path: Path) -> None:
    world = begun(tmp_path, ASK, CALL)
    text = playbook(CALL.replace("{ask: stays}", "start"), changes="move")

    next_day(world, 1, text.replace("status: live", f"status: {status}"))
    assert (open_steps(world), changes(world)) == (["ask"], [])
    next_day(world, 2, text)

    assert open_steps(world) == ["call"]


def test_what_an_earlier_program_said_of_a_rhythm_adds_up_to_what_it_wrote_down() -> None:
    """It began to count anew, and its ledgers say so: another sum of the same events would be a damage."""
    ready = Progress(StepState.OPEN, on(0))
    done = [OpenTask(f"t{n}", "look", "task", "lea", on(n), on(n), 15, occurrence=n) for n in (1, 2)]
    before = Enrollment("e1", "leaving", "acme", None, 1, "d1", Arm.TREATED, on(0), "rule", steps={"look": ready}, tasks={task.key: task for task in done})  # fmt: skip

    then = after_move(before, TextChanged("e1", "d2", on(3), often=("look",)))
    now = after_move(before, TextChanged("e1", "d2", on(3), often=("look",), begun={"look": 2}))

    assert (then.repeats["look"].begun, then.repeats["look"].finished) == (1, 0)
    assert (now.repeats["look"].begun, now.repeats["look"].finished) == (2, 1)
