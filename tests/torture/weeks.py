"""Weeks of runs, answers, edits and missing days → the ledger beside a model that anybody can read in a minute.

`python -m tests.torture.weeks EXAMPLES` plays many; tests/test_weeks.py plays a few.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from cs_playbook.commands.undo import Words, undo
from cs_playbook.model.enrollment import Arm
from tests.builders import VERSION, Row, account, contact, small, tables, used
from tests.torture.cuts import AtMoment, killed
from tests.torture.histories import play_histories

ACCOUNTS = ("acme", "bolt", "calm")
OUTCOMES = {
    "ask": ("product", "people", "season"),
    "write": ("sent", "discarded"),
    "call": ("agreed", "no_answer"),
}
# Days around which time does odd things: clocks change in Paris, a leap day, a year ends.
BEGINNINGS = (date(2026, 3, 25), date(2026, 10, 22), date(2028, 2, 26), date(2027, 12, 29))
# Seats and status, or missing.
ROWS = st.none() | st.tuples(
    st.sampled_from((3, 3, 9, 10, None)), st.sampled_from(("active", "active", "trial", "ended"))
)
PLAYBOOK = """\
playbook: few
title: Few seats
why: They are leaving one by one.
status: live
owner: cs_ops
trigger: {{when: seats < 10, started_by: [rule, csm], already_matching: start}}
reentry: {{days_after_end: 3, at_most: 2}}
exit: [{{when: status = 'ended', outcome: lost}}]
changes: {{open_enrollments: keep}}
steps:
  - {{id: ask, task: Ask them, owner: csm, due: 1 day, outcomes: [product, people, season], ends: [season]}}
  - {{id: write, email: few-seats/hello, to: champion, from: csm, send: draft, after: {{ask: [product, people]}}}}
  - {{id: pause, wait: {wait} days, after: {{write: sent}}}}
  - {{id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer], after: pause}}
"""


@dataclass
class Episode:
    """`steps`: what has begun: open, or its outcome. `wait` is that of the text with which it began."""

    number: int
    started: date
    wait: int
    steps: dict[str, str] = field(default_factory=dict)
    until: date | None = None
    ended: date | None = None
    outcome: str | None = None

    def end(self, day: date, outcome: str) -> None:
        self.ended, self.outcome = day, outcome
        self.steps = {name: "cancelled" if state == "open" else state for name, state in self.steps.items()}

    def seen(self) -> tuple[object, ...]:
        tasks = sorted(name for name, state in self.steps.items() if state == "open" and name != "pause")
        return self.number, self.started, self.ended, self.outcome, tasks


@dataclass
class Model:
    """What the playbook above means, without a line of what it is a model of."""

    episodes: dict[str, list[Episode]] = field(default_factory=lambda: {key: [] for key in ACCOUNTS})
    wait: int = 3
    last: date | None = None

    def open(self, key: str) -> Episode | None:
        return next((one for one in self.episodes[key] if one.ended is None), None)

    def run(self, day: date, rows: Mapping[str, Row]) -> None:
        for key in ACCOUNTS:
            row = rows.get(key)
            if row is None:  # who is missing is frozen
                continue
            episode = self.open(key)
            if episode is not None:
                self._go_on(episode, row, day)
            elif day != self.last and self._fits(key, row, day):
                begun = Episode(len(self.episodes[key]) + 1, day, self.wait, {"ask": "open"})
                self.episodes[key].append(begun)
        self.last = day

    def _fits(self, key: str, row: Row, day: date) -> bool:
        before = self.episodes[key]
        seats = row["seats"]
        few = seats is not None and int(str(seats)) < 10
        rested = not before or (len(before) < 2 and day >= (before[-1].ended or day) + timedelta(days=3))
        return few and row["status"] != "ended" and rested

    def _go_on(self, episode: Episode, row: Row, day: date) -> None:
        steps = episode.steps
        if steps["ask"] == "season":
            return episode.end(day, "season")
        if row["status"] == "ended":
            return episode.end(day, "lost")
        if steps["ask"] in ("product", "people"):
            steps.setdefault("write", "open")
        if steps.get("write") == "discarded":
            return episode.end(day, "finished")
        if steps.get("write") == "sent" and "pause" not in steps:
            steps["pause"], episode.until = "open", day + timedelta(days=episode.wait)
        if episode.until is not None and day >= episode.until and steps["pause"] == "open":
            steps["pause"], steps["call"] = "timed_out", "open"
        if steps.get("call") in OUTCOMES["call"]:
            return episode.end(day, "finished")
        return None


class Weeks(RuleBasedStateMachine):
    """One workspace, from one day on."""

    @initialize(day=st.sampled_from(BEGINNINGS))
    def begin(self, day: date) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="weeks-"))
        self.world = small(self.folder / "w")
        for path in (self.world.root / "playbooks").iterdir():
            path.unlink()
        self.world.edit("data.yaml", "absent_after: 5 days", "absent_after: 1000 days")
        self.world.write("playbooks/few.yaml", PLAYBOOK.format(wait=3))
        self.day, self.model = day, Model()
        self.rows: dict[str, Row | None] = {key: account(key, seats=3) for key in ACCOUNTS}
        self.seen: dict[str, Row] = {}
        self.listed: dict[str, tuple[Episode, str, str]] = {}
        self.lists = 0
        self.before: Model | None = None

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # --- people ---

    @precondition(lambda self: bool(self.open_lines()))
    @rule(
        said=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.booleans()), min_size=1, max_size=3)
    )
    def people_answer(self, said: list[tuple[int, int, bool]]) -> None:
        for number, which, listed in said:
            lines = self.open_lines()
            if not lines:
                return
            episode, key, step = lines[number % len(lines)]
            outcome = OUTCOMES[step][which % len(OUTCOMES[step])]
            task = self.world.task(key, step).key
            if listed:
                self.listed[task] = (episode, step, outcome)
            else:
                self.before = None
                self.world.done(task, outcome, self.model.last or self.day)
                episode.steps[step] = outcome

    def open_lines(self) -> list[tuple[Episode, str, str]]:
        """(episode, account, step) of all that somebody could answer now, and has not."""
        listed = {(id(episode), step) for episode, step, _ in self.listed.values()}
        return [
            (episode, key, step)
            for key, all_of_it in self.model.episodes.items()
            for episode in all_of_it
            for step, state in episode.steps.items()
            if state == "open" and step in OUTCOMES and (id(episode), step) not in listed
        ]

    # --- mornings ---

    @rule(
        after=st.sampled_from((1, 1, 1, 2, 4, 9)),
        changes=st.lists(st.tuples(st.sampled_from(ACCOUNTS), ROWS), max_size=2),
        wait=st.sampled_from((None, None, 1, 5)),
        cut=st.sampled_from((None, None, None, 5_000, 25_000, 35_000, 45_000)),
    )
    def a_morning(
        self,
        after: int,
        changes: list[tuple[str, tuple[int | None, str] | None]],
        wait: int | None,
        cut: int | None,
    ) -> None:
        """`changes`: seats and status that the export says from now on; None: it is missing. `wait`: somebody edits the text."""
        self.day += timedelta(days=after)
        for key, row in changes:
            self.rows[key] = None if row is None else account(key, seats=row[0], status=row[1])
        if wait is not None:
            self.model.wait = wait
            self.world.write("playbooks/few.yaml", PLAYBOOK.format(wait=wait))
        self.seen = {key: row for key, row in self.rows.items() if row is not None}
        steady = [account("zeta", arr=1), *self.seen.values()]
        champions = [contact(f"c-{row['id']}", str(row["id"])) for row in steady]
        self.world.export(tables(steady, champions, usage=[used("zeta", self.day, 1)]))
        assert self.world.build(self.day).manifest is not None
        self.runs(cut)

    @precondition(lambda self: self.model.last is not None)
    @rule()
    def it_runs_again_on_the_same_day(self) -> None:
        self.runs(None)

    @precondition(lambda self: self.before is not None and not self.listed)
    @rule()
    def the_last_run_is_taken_back(self) -> None:
        """Nobody has answered since: all is as it was before, and the same morning may come again."""
        assert self.before is not None
        words = Words(self.day, "lea@vendor.example", "the wrong export", f"{self.day}T08:00:00Z")
        undo(self.world.workspace.place, "last", words, VERSION)
        self.model, self.before = self.before, None
        self.model_is_the_ledger()
        self.runs(None)

    def runs(self, cut: int | None) -> None:
        self._bring_lists()
        before, runs = None if self.listed else deepcopy(self.model), self.how_many_runs()
        planned = self.world.planned(self.day)
        known = len(self.world.events())
        if cut is not None:
            killed(self.world.ready(self.day), AtMoment(cut))
        self.world.run(self.day)
        for episode, step, outcome in self.listed.values():
            episode.steps[step] = outcome
        self.listed = {}
        self.model.run(self.day, self.seen)
        if self.how_many_runs() > runs:
            self.before = before
        added = [event for event in self.world.events()[known:] if type(event).__name__ != "TaskAnswered"]
        assert added == planned, "a dry run says just what the run does"
        self.is_as_it_should_be()

    def how_many_runs(self) -> int:
        with closing(sqlite3.connect(self.world.ledger)) as connection:
            return int(connection.execute("select count(*) from run").fetchone()[0])

    def _bring_lists(self) -> None:
        if self.listed:
            self.lists += 1
            rows = [
                {"key": task, "outcome": outcome} for task, (_, _, outcome) in sorted(self.listed.items())
            ]
            self.world.answer_list(rows, f"{self.lists}.csv")

    def is_as_it_should_be(self) -> None:
        self.model_is_the_ledger()
        assert self.world.run(self.day).nothing, "the second run does nothing"
        assert list(self._told_twice()) == []

    def model_is_the_ledger(self) -> None:
        for key in ACCOUNTS:
            there = [
                (
                    one.episode,
                    one.started_on,
                    one.ended_on,
                    one.outcome,
                    sorted(task.step for task in one.open_tasks),
                )
                for one in self.world.enrollments(key)
                if one.arm is Arm.TREATED
            ]
            assert there == [episode.seen() for episode in self.model.episodes[key]], key
        assert self.world.wrong() == []

    def _told_twice(self) -> Iterator[str]:
        """One draft for each enrollment and step, on one day."""
        names = [path.rpartition("/")[2] for path in self.world.published() if path.endswith(".eml")]
        yield from (name for name in set(names) if names.count(name) > 1)


def play(examples: int, steps: int, derandomize: bool = False) -> None:
    play_histories(Weeks, examples, steps, derandomize)


if __name__ == "__main__":
    examples = int(sys.argv[1])
    if examples:
        play(examples, 40)
    print(f"{examples} histories of up to 40 steps: as the model says")
