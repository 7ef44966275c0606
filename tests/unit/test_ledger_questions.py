"""What the ledger answers: who is in what, what was known on a day, what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import Observation, Past, RunDay
from cs_playbook.model.enrollment import Arm, TaskState
from cs_playbook.model.event import (
    Ended,
    StartAsked,
    StartRefused,
    TaskAnswered,
    TaskReassigned,
)
from cs_playbook.model.expression import Value, to_day
from cs_playbook.values import replace
from tests.unit import ledgers
from tests.unit.ledgers import DAY, ID, NOW, RUN, commit, on, opened, started


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return ledgers.made(tmp_path / "state" / "ledger.db")


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path, ID, writing=True) as opened_ledger:
        yield opened_ledger


class TestQuestions:
    def test_an_answer_counts_at_once(self, ledger: Ledger) -> None:
        commit(ledger, started(), opened("7f3a01"), opened("7f3b02"))

        ledger.record([TaskAnswered("e1", "7f3a01", "sent", DAY, "lea")], NOW)

        assert [(task.key, task.state) for _, task in ledger.find_tasks("7f3")] == [
            ("7f3a01", TaskState.DONE),
            ("7f3b02", TaskState.OPEN),
        ]
        assert [task.key for _, task in ledger.find_tasks("7f3b")] == ["7f3b02"]
        assert ledger.find_tasks("a") == []

    def test_the_past_of_many_subjects_is_told_in_their_order(self, ledger: Ledger) -> None:
        commit(ledger, started(), started("e2", "acme", row="r1"), started("e3", "zeta", arm=Arm.SHADOW))
        commit(ledger, Ended("e1", on(1), "lost", "exit"), started("e4", episode=2), day=on(1))
        many = [("zeta", None), *((f"nobody-{number}", None) for number in range(2_500))]

        past = ledger.past_episodes("usage-drop", [*many, ("acme", "r1"), ("acme", None), ("zeta", "r9")])

        assert list(past) == [
            Past(
                "zeta",
                None,
                count=1,
                treated=0,
                open=True,
                last_ended_on=None,
                last_outcome=None,
                last_started_on=on(0),
            ),
            Past(
                "acme",
                "r1",
                count=1,
                treated=1,
                open=True,
                last_ended_on=None,
                last_outcome=None,
                open_treated=True,
                last_started_on=on(0),
            ),
            Past(
                "acme",
                None,
                count=2,
                treated=2,
                open=True,
                last_ended_on=on(1),
                last_outcome="lost",
                open_treated=True,
                last_started_on=on(0),
            ),
        ]
        assert list(ledger.past_episodes("renewal", [("acme", None)])) == []

    def test_who_has_the_newest_open_task_has_the_enrollment(self, ledger: Ledger) -> None:
        later = opened("t2", owner="marc", opened_on=on(1))
        commit(ledger, started(), opened(), later, started("e2", "zeta"), opened("t3", "e2"))
        commit(ledger, started("e3", "beta", arm=Arm.SHADOW), opened("t4", "e3"))
        commit(ledger, started("e4", "delos", playbook="renewal"), opened("t5", "e4"))

        assert ledger.open_count_by_owner("usage-drop") == {"marc": 1, "lea": 1}
        assert ledger.open_count_by_owner("usage-drop", Arm.SHADOW) == {"lea": 1}

        commit(
            ledger, TaskReassigned("e1", "t2", on(1), "lea"), Ended("e2", on(1), "lost", "exit"), day=on(1)
        )

        assert ledger.open_count_by_owner("usage-drop") == {"lea": 1}

    def test_what_runs_is_what_ran_at_the_end_of_the_day_before(self, ledger: Ledger) -> None:
        commit(ledger, started(), started("e2", "shadow", arm=Arm.SHADOW))
        commit(ledger, Ended("e1", on(2), "lost", "exit"), day=on(2))

        running = {day: list(ledger.running("usage-drop", on(day))) for day in range(5)}
        finished = {day: list(ledger.finished("usage-drop", on(day), on(3))) for day in range(5)}

        assert running == {0: [], 1: ["acme"], 2: ["acme"], 3: [], 4: []}
        assert finished == {0: ["acme"], 1: ["acme"], 2: ["acme"], 3: [], 4: []}

    def test_a_start_is_asked_for_until_it_is_started_or_refused(self, ledger: Ledger) -> None:
        def asked(account: str, row: str | None = None) -> StartAsked:
            return StartAsked("usage-drop", account, row, DAY, "lea")

        ledger.record([asked("acme"), asked("zeta"), asked("zeta", "r1"), asked("acme"), asked("beta")], NOW)
        commit(ledger, started("e0", "beta"))
        assert ledger.pending_starts() == (asked("acme"), asked("zeta"), asked("zeta", "r1"), asked("beta"))

        commit(ledger, started(by="lea"), StartRefused("usage-drop", "zeta", "r1", DAY, "no such row"))
        assert ledger.pending_starts() == (asked("zeta"), asked("beta"))

        ledger.record([asked("acme")], NOW)
        assert ledger.pending_starts() == (asked("zeta"), asked("beta"), asked("acme"))

    def test_a_run_day_is_fresh_when_the_exports_are_others_than_the_run_day_before(
        self, ledger: Ledger
    ) -> None:
        for day, sources in [(0, "a"), (1, "a"), (3, "b"), (4, "b"), (4, "c"), (5, "c")]:
            commit(ledger, day=on(day), sources=sources)

        assert ledger.run_days() == (
            RunDay(on(0), True),
            RunDay(on(1), False),
            RunDay(on(3), True),
            RunDay(on(4), True),
            RunDay(on(5), False),
        )

    def test_the_last_run_comes_back_as_it_was_given(self, ledger: Ledger) -> None:
        assert ledger.last_run() is None

        commit(ledger)
        ledger.commit(RUN, [], [], [], [], NOW)

        assert ledger.last_run() == RUN


class TestMemory:
    def remember(self, ledger: Ledger, day: int, **changes: Value) -> None:
        ledger.commit(replace(RUN, day=on(day)), [], [], [Observation("arr", changes.items())], [], NOW)

    def test_a_value_holds_until_it_changes_and_counts_from_the_next_day(self, ledger: Ledger) -> None:
        self.remember(ledger, 0, acme=10.5, zeta="high")
        self.remember(ledger, 1)
        self.remember(ledger, 2, acme=None, zeta=("a", "b"))

        assert list(ledger.remembered("arr", on(0))) == []
        assert list(ledger.remembered("arr", on(2))) == [("acme", 10.5, on(0)), ("zeta", "high", on(0))]
        assert list(ledger.remembered("arr", on(9))) == [("acme", None, on(2)), ("zeta", ("a", "b"), on(2))]
        stored = [("acme", 10.5, to_day(on(0))), ("zeta", "high", to_day(on(0)))]
        assert list(ledger.remembered_as_stored("arr", on(2))) == stored

    def test_a_second_run_of_a_day_remembers_instead_of_the_first(self, ledger: Ledger) -> None:
        self.remember(ledger, 0, acme=1, zeta=1)
        self.remember(ledger, 1, acme=2, zeta=2)
        self.remember(ledger, 1, acme=3)

        assert list(ledger.remembered("arr", on(2))) == [("acme", 3, on(1)), ("zeta", 1, on(0))]

    def test_a_text_that_looks_like_something_else_stays_a_text(self, ledger: Ledger) -> None:
        values: dict[str, Value] = {
            "a": "01000",
            "b": '["x"]',
            "c": ("x",),
            "d": (),
            "e": 1,
            "f": 1.0,
            "g": "",
        }

        self.remember(ledger, 0, **values)

        assert repr({subject: value for subject, value, _ in ledger.remembered("arr", on(1))}) == repr(values)

    def test_the_first_day_is_kept_also_when_nothing_was_there(self, ledger: Ledger) -> None:
        assert ledger.ever_remembered("arr") is None

        self.remember(ledger, 1)
        self.remember(ledger, 3, acme=1)

        assert ledger.ever_remembered("arr") == on(1)
