"""What people answer with values, documents they fill, playbooks that play others: through the commands, on real files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cs_playbook.commands.correcting import correct_given
from cs_playbook.commands.given import cell_pairs, pairs_of
from cs_playbook.commands.people import Act, Midway, ask_start, close_task
from cs_playbook.errors import ChoiceError
from cs_playbook.model.asks import Ask, Misread, understand, value_of
from cs_playbook.model.event import GivenCorrected, Started, StepEnded, TaskAnswered
from cs_playbook.model.expression import to_day
from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import NOWHERE
from tests.builders import World, account, on, small, tables

ASKING = """\
playbook: asking
title: Asking
status: live
owner: csm
why: To ask.
trigger: {started_by: [csm]}
asks: {meeting_date: date, mode: [repair, optimise], wish: {type: text, optional: true}}
steps:
  - id: plan
    document: save-plan
    owner: csm
    asks: {reason: [price, product], amount: number, note: {type: text, optional: true}}
  - {id: meet, task: Meet them, owner: csm, not_before: 1 day before given.meeting_date, due: 0 days after given.meeting_date}
  - {id: other, playbook: other, given: {topic: steps.plan.reason}}
"""
OTHER = """\
playbook: other
title: Other
status: live
owner: csm
why: To be played.
trigger: {started_by: [playbook]}
asks: {topic: text}
steps:
  - {id: talk, task: "Talk about {{ given.topic }}", owner: csm}
"""
SAVE_PLAN = """\
---
title: "Save plan for {{ account.name }}"
---
## Why

{{ given.mode }} because of {{ given.wish }}

## Next
"""
ACT = Act("lea@vendor.example", on(0), "2026-03-02T09:00:00Z")


def ask(name: str, kind: FieldType = FieldType.TEXT, *choices: str, optional: bool = False) -> Ask:
    return Ask(name, kind, NOWHERE, choices, optional)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = small(tmp_path / "w")
    world.write("playbooks/asking.yaml", ASKING)
    world.write("playbooks/other.yaml", OTHER)
    world.write("documents/save-plan/en.md", SAVE_PLAN)
    world.morning(on(0), tables([account("acme", name="A*cme")]))
    return world


def started(world: World, *given: str) -> None:
    pairs = pairs_of(given or ("meeting_date=2026-03-12", "mode=Repair"), "--given")
    ask_start(world.workspace, "asking", "acme", None, "", ACT, Midway(given=pairs))
    world.run(on(0))


def test_everything_wrong_with_what_is_given_is_said_at_once(world: World) -> None:
    with pytest.raises(ChoiceError) as refused:
        started(world, "mode=repare", "wishes=x")

    told = str(refused.value)
    assert "'repare' is no answer to 'mode' (did you mean 'repair'?)" in told
    assert "'asking' does not ask 'wishes'" in told
    assert "'meeting_date' is not answered" in told
    assert world.enrollments("acme") == []


def test_what_is_given_is_recorded_with_its_types(world: World) -> None:
    started(world)

    [event] = [event for event in world.events() if isinstance(event, Started)]
    assert event.given == {"meeting_date": to_day(on(10)), "mode": "repair", "wish": None}


def test_a_document_is_written_once_with_visible_blanks(world: World) -> None:
    started(world)

    task = world.task("acme", "plan")
    path = f"{on(0)}/owners/lea@vendor.example/documents/save-plan-{task.key}.md"
    published = world.published()
    assert published[path].decode() == (
        "# Save plan for A\\*cme\n\n## Why\n\nrepair because of (not known)\n\n## Next\n"
    )
    assert (
        f"[documents/save-plan-{task.key}.md]"
        in published[f"{on(0)}/owners/lea@vendor.example/digest.md"].decode()
    )
    world.morning(on(1))
    later = world.published()
    page = later[f"{on(1)}/index.html"].decode()
    (linked,) = re.findall(r'href="(owners/[^"]+)"', page)
    assert (world.root / "out" / f"{on(1)}" / linked).resolve() == (world.root / "out" / path).resolve()
    assert "say also: reason: price|product; amount: number" in page
    assert [name for name in later if name.endswith(path.rpartition("/")[2])] == [path]
    digest = later[f"{on(1)}/owners/lea@vendor.example/digest.md"].decode()
    assert f"../../../{path}" in digest


def test_the_list_names_the_questions_and_takes_the_answers(world: World) -> None:
    started(world)
    [line] = [line for line in world.lines(on(0)) if line["step"] == "plan"]
    assert line["asks"] == "reason: price|product; amount: number; note: text (may stay empty)"
    assert line["answers"] == "reason=; amount=; note="

    world.answer_list([{**line, "outcome": "done", "answers": "reason=Price; amount=1200.5; note=a; b"}])
    world.run(on(0))

    [event] = [event for event in world.events() if isinstance(event, TaskAnswered)]
    assert event.answers == {"reason": "price", "amount": 1200.5, "note": "a; b"}


def test_answers_that_are_none_keep_the_line_open_and_are_told(world: World) -> None:
    started(world)
    [line] = [line for line in world.lines(on(0)) if line["step"] == "plan"]
    world.answer_list([{**line, "outcome": "done", "answers": "reason=prise; amount="}])

    told = world.run(on(0)).returned.findings

    assert {(finding.code, finding.message) for finding in told} == {
        ("CSP769", "'prise' is no answer to 'reason'"),
        ("CSP769", "'amount' is not answered"),
    }
    assert world.task("acme", "plan")
    world.answer_list([{**line, "outcome": "", "answers": "reason=price; amount=1"}])
    assert [finding.message for finding in world.run(on(0)).returned.findings] == [
        "the line has answers and no outcome"
    ]


def test_done_asks_for_the_answers_too(world: World) -> None:
    started(world)
    key = world.task("acme", "plan").key

    with pytest.raises(ChoiceError, match=r"'reason' is not answered .*; 'amount' is not answered"):
        close_task(world.workspace, key, "done", "", ACT)
    close_task(world.workspace, key, "done", "", ACT, [("reason", "product"), ("amount", "7")])

    assert world.enrollment("acme").steps["plan"].answers == {"reason": "product", "amount": 7.0}


def test_a_date_corrected_moves_what_is_not_yet_open(world: World) -> None:
    started(world)
    close_task(
        world.workspace, world.task("acme", "plan").key, None, "", ACT, [("reason", "price"), ("amount", "7")]
    )
    world.run(on(0))
    assert not any(task.step == "meet" for task in world.enrollment("acme").open_tasks)

    correct_given(world.workspace, "acme", "asking", [("meeting_date", on(1).isoformat())], "", ACT)
    world.run(on(0))

    assert world.task("acme", "meet").due == on(1)
    assert [event.given for event in world.events() if isinstance(event, GivenCorrected)] == [
        {"meeting_date": to_day(on(1))}
    ]
    with pytest.raises(ChoiceError, match="'mode' cannot be empty"):
        correct_given(world.workspace, "acme", "asking", [("mode", "")], "", ACT)


def test_a_played_playbook_is_begun_once_ends_and_is_read_the_next_day(world: World) -> None:
    started(world, f"meeting_date={on(1)}", "mode=repair")
    close_task(
        world.workspace, world.task("acme", "plan").key, None, "", ACT, [("reason", "price"), ("amount", "7")]
    )
    world.run(on(0))
    world.done(world.task("acme", "meet"), "done", on(0))
    world.run(on(0))
    again = world.run(on(0))

    assert again.nothing
    assert [start[:2] for start in world.starts()] == [("acme", "asking"), ("acme", "other")]
    assert world.enrollment("acme", "other").by == "playbook:asking"
    assert world.enrollment("acme", "other").given == {"topic": "price"}
    world.done(world.task("acme", "talk"), "done", on(0))
    world.run(on(0))
    assert not world.enrollment("acme", "other").is_open
    assert world.enrollment("acme", "asking").is_open
    world.morning(on(1))
    assert not world.enrollment("acme", "asking").is_open
    ends = [event for event in world.events() if isinstance(event, StepEnded) and event.step == "other"]
    assert [(event.outcome, event.by) for event in ends] == [("finished", "playbook")]
    assert world.wrong() == []


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("reason=; amount=", [("reason", ""), ("amount", "")]),
        ("Reason = price ;amount= 12", [("reason", "price"), ("amount", "12")]),
        ("raeson=price", [("raeson", "price")]),
        ("price; amount=1", [("price", ""), ("amount", "1")]),
        ("", []),
    ],
)
def test_a_cell_of_answers_is_cut_at_the_names_of_the_questions(
    cell: str, read: list[tuple[str, str]]
) -> None:
    assert cell_pairs(cell, [ask("reason"), ask("amount", FieldType.NUMBER)]) == read


def test_one_question_alone_needs_no_name() -> None:
    assert cell_pairs("call Claire; then wait", [ask("next_step")]) == [
        ("next_step", "call Claire; then wait")
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldType.NUMBER, "1,200"),
        (FieldType.NUMBER, "nan"),
        (FieldType.INTEGER, "1.0"),
        (FieldType.DATE, "4.5.2026"),
        (FieldType.DATE, "20260504"),
        (FieldType.BOOLEAN, "perhaps"),
    ],
)
def test_what_could_be_read_in_several_ways_is_no_answer(kind: FieldType, text: str) -> None:
    assert understand([("x", text)], [ask("x", kind)], "'step'").values == {}
    assert len(understand([("x", text)], [ask("x", kind)], "'step'").wrong) == 1


@pytest.mark.parametrize("written", ["12.000", "+1.500", "١٢"])
def test_a_number_that_could_be_read_in_two_ways_is_no_answer(written: str) -> None:
    misread = value_of(ask("amount", FieldType.NUMBER), written)

    assert isinstance(misread, Misread)


@pytest.mark.parametrize(("written", "meant"), [("12.0000", 12.0), ("0.125", 0.125), ("1200.50", 1200.5)])
def test_a_number_that_is_plain_is_taken(written: str, meant: float) -> None:
    assert value_of(ask("amount", FieldType.NUMBER), written) == meant


def test_the_same_outcome_with_other_answers_is_no_repetition(world: World) -> None:
    started(world)
    [line] = [line for line in world.lines(on(0)) if line["step"] == "plan"]
    key = line["key"]
    close_task(world.workspace, key, "done", "", ACT, [("reason", "price"), ("amount", "7")])

    assert close_task(world.workspace, key, "done", "", ACT, [("reason", "price"), ("amount", "7.0")]).already
    assert close_task(world.workspace, key, "done", "", ACT).already
    with pytest.raises(ChoiceError, match=r"was answered on .*, and amount otherwise"):
        close_task(world.workspace, key, "done", "", ACT, [("reason", "price"), ("amount", "70")])
    world.answer_list([{**line, "outcome": "done", "answers": "reason=product; amount=70"}])
    assert [(found.code, found.message) for found in world.run(on(0)).returned.findings] == [
        ("CSP763", f"the task was answered on {on(0)}, and reason, amount otherwise")
    ]
    world.answer_list([{**line, "outcome": "done", "answers": "reason=price; amount=7"}])
    assert world.run(on(0)).returned.findings == ()


def test_two_rows_with_other_answers_contradict_each_other(world: World) -> None:
    started(world)
    [line] = [line for line in world.lines(on(0)) if line["step"] == "plan"]
    both = ({**line, "outcome": "done", "answers": f"reason=price; amount={amount}"} for amount in (7, 70))
    world.answer_list([*both])

    assert [found.code for found in world.run(on(0)).returned.findings] == ["CSP763"]
    assert world.enrollment("acme").steps["plan"].answers["amount"] == 7.0
