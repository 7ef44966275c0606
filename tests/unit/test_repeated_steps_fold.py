"""A step that repeats, folded from its events: what is remembered of it between two times, and when it is over."""

from __future__ import annotations

from datetime import date
from functools import reduce

from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, StepState, TaskState
from cs_playbook.model.event import (
    Ended,
    EnrollmentEvent,
    Started,
    StepOpened,
    StepOver,
    StepRepeats,
    TaskAnswered,
)
from cs_playbook.plan.advance import enrollment_values
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.fold import begin, fold
from cs_playbook.plan.speaking import of_enrollment

DAY, LATER = date(2026, 3, 2), date(2026, 3, 9)
BEGUN = begin(Started("e", "p", "acme", None, 1, "d", Arm.TREATED, DAY, "rule"))
FIRST = (StepRepeats("e", "look", DAY), StepRepeats("e", "look", DAY, 1, DAY, DAY, "1 week"))
SECOND = StepRepeats("e", "look", LATER, 2, LATER, DAY, "1 week")


def opened(key: str, occurrence: int, on: date) -> StepOpened:
    return StepOpened(
        "e", "look", on, (OpenTask(key, "look", "task", "lea", on, on, 5, occurrence=occurrence),)
    )


def after(*events: EnrollmentEvent) -> Enrollment:
    return reduce(fold, events, BEGUN)


def test_between_two_times_the_step_has_no_progress_and_its_last_result_can_be_asked_for() -> None:
    between = after(*FIRST, opened("t1", 1, DAY), TaskAnswered("e", "t1", "refused", DAY, "lea"))

    assert "look" not in between.steps
    assert between.repeats["look"].finished == 1
    assert enrollment_values(between)["steps.look.outcome"] == "refused"


def test_an_answer_of_an_earlier_time_says_nothing_of_a_later_one() -> None:
    first = (*FIRST, opened("t1", 1, DAY), TaskAnswered("e", "t1", "refused", DAY, "lea"))

    second = after(*first, SECOND, opened("t2", 2, LATER), TaskAnswered("e", "t2", "approved", LATER, "lea"))

    assert enrollment_values(second)["steps.look.outcome"] == "approved"


def test_while_it_is_open_again_sentences_name_what_came_of_the_time_before() -> None:
    first = (*FIRST, opened("t1", 1, DAY), TaskAnswered("e", "t1", "refused", DAY, "lea"))

    again = after(*first, SECOND, opened("t2", 2, LATER))

    assert of_enrollment(Subject("acme", None, {}), again).values["steps.look.outcome"] == "refused"


def test_what_is_open_is_cancelled_when_the_step_is_over() -> None:
    over = after(*FIRST, opened("t1", 1, DAY), StepOver("e", "look", LATER, "met"))

    assert over.tasks["t1"].state is TaskState.CANCELLED
    assert (over.steps["look"].state, over.steps["look"].outcome) == (StepState.DONE, "met")


def test_the_end_of_the_enrollment_cancels_what_would_open_again() -> None:
    between = (*FIRST, opened("t1", 1, DAY), TaskAnswered("e", "t1", "done", DAY, "lea"))

    assert after(*between, Ended("e", LATER, "lost", "exit")).steps["look"].state is StepState.CANCELLED
