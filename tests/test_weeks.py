"""Weeks of runs, answers, edits and missing days, beside a model; `make torture` plays many more of them."""

from __future__ import annotations

from datetime import date

from tests.torture import weeks
from tests.torture.weeks import Weeks


def test_over_some_days_the_ledger_is_what_the_model_says() -> None:
    weeks.play(examples=1, steps=10, derandomize=True)


def test_twice_through_a_playbook_with_its_wait_and_its_rest_is_what_the_model_says() -> None:
    """Over the 29th of February, one day after the other; acme may come back once, three days after its end."""
    played = Weeks()
    played.begin(date(2028, 2, 20))
    try:
        played.a_morning(1, [("bolt", (10, "active")), ("calm", None)], None, None)
        answer(played, "product")
        answer(played, "sent")
        days(played, 3)  # the wait
        answer(played, "agreed")
        days(played, 3)  # the rest
        answer(played, "season")
        days(played, 3)
        assert [one.outcome for one in played.model.episodes["acme"]] == ["finished", "season"]
    finally:
        played.teardown()


def answer(played: Weeks, outcome: str) -> None:
    """By a list, where it is the first of its step; the next morning takes it."""
    ((_, _, step),) = played.open_lines()
    played.people_answer([(0, weeks.OUTCOMES[step].index(outcome), outcome == "product")])
    days(played, 1)


def days(played: Weeks, count: int) -> None:
    for _ in range(count):
        played.a_morning(1, [], None, None)
