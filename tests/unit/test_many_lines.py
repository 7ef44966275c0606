"""A morning with very much to do: lines wait on the disk in their order, one page stays readable, nothing piles up."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.commands.dry_run import decisions
from cs_playbook.effects.line_store import LineStore, Reads
from cs_playbook.model.line import TaskLine
from cs_playbook.plan.decision import Subject
from cs_playbook.report.day_page import SHOWN_OF_ONE, WHOLE, Letters, day_page, part_of, shown_of_one
from cs_playbook.report.task_lists import csv_head, csv_rows, task_csv
from cs_playbook.values import replace
from tests.builders import MONDAY, account, small, tables

CALL = TaskLine(
    key="a000", state="new", account="acme", account_name="Acme", playbook="usage-drop",
    playbook_title="Usage drop", step="call", kind="task", title="Call Acme", owner="lea@vendor.example",
    owner_name="Léa", due=MONDAY, opened_on=MONDAY, minutes=30, outcomes=("agreed",),
    checklist=("Usage", "Tickets"), asks=(("reason", "price|product"),),
)  # fmt: skip

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LINES = st.lists(
    st.builds(
        lambda key, owner, due, priority, account, why: replace(
            CALL, key=key, owner=owner, due=due, priority=priority, account=account, why=why
        ),
        _WORDS, st.sampled_from(["Zoé@x", "anna@x", "ü@x"]),
        st.dates(date(2026, 1, 1), date(2026, 1, 4)), st.integers(0, 9), _WORDS, _WORDS,
    ),
    max_size=12, unique_by=lambda line: line.key,
)  # fmt: skip


@settings(max_examples=25)
@given(LINES)
def test_what_waits_on_the_disk_comes_back_as_it_was_in_the_order_of_lists(lines: list[TaskLine]) -> None:
    ordered = sorted(lines, key=lambda line: (line.owner, line.due, line.priority, line.account, line.key))
    with LineStore() as store:
        for line in lines:
            store.add(Reads.OPEN, line.owner, line)
            store.add(Reads.LEAVING, "anna@x", line)
        store.all_in()
        owners = store.who(Reads.OPEN)

        assert [line for who in owners for line in store.most_urgent_first(Reads.OPEN, who)] == ordered
        assert store.as_they_came(Reads.LEAVING, "anna@x") == lines
        assert list(store.keys(Reads.OPEN)) == sorted(line.key for line in lines)
        assert store.who(Reads.TOLD) == []


@settings(max_examples=25)
@given(LINES)
def test_a_list_in_parts_is_the_list(lines: list[TaskLine]) -> None:
    parts = b"".join(csv_rows([line]) for line in lines)

    assert csv_head() + parts == task_csv(lines)


def test_the_page_of_a_day_shows_all_and_of_a_huge_one_the_most_urgent_of_each_with_the_way_to_the_rest() -> (
    None
):
    least, most = SHOWN_OF_ONE
    lines = [replace(CALL, key=f"a{n:03}", due=MONDAY + timedelta(days=n)) for n in range(most + 5)]

    def page(lines_in_all: int, people: int = 3) -> str:
        shown = shown_of_one(lines_in_all, people)
        return day_page(MONDAY, [part_of(lines, "lea@vendor.example", shown)], Letters(0, 0, 0))

    ordinary, huge = page(WHOLE), page(WHOLE + 1)
    assert f"{most + 5} new tasks, 0 late, {most + 5} open in all" in huge
    assert (ordinary.count("<code>"), huge.count("<code>")) == (most + 5, most)
    assert page(WHOLE + 1, people=40).count("<code>") == WHOLE // 40
    assert page(WHOLE + 1, people=WHOLE).count("<code>") == least
    assert "less urgent" not in ordinary
    assert "and 5 more, less urgent:" in huge
    assert 'href="owners/lea@vendor.example/tasks.csv"' in huge


def test_a_planned_account_leaves_nothing_that_only_the_collector_of_garbage_finds(tmp_path: Path) -> None:
    world = small(tmp_path)
    world.export(tables([account(f"a{n:02}", seats=3) for n in range(30)]))
    world.build(MONDAY)
    with no_collector():
        plans = (plan for plan in decisions(world.workspace, MONDAY) if plan.decisions)
        next(plans)
        before = alive()
        planned = sum(1 for _ in islice(plans, 25))

        assert planned == 25
        assert alive() - before < 5


def alive() -> int:
    return sum(isinstance(found, Subject) for found in gc.get_objects())


@contextmanager
def no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
