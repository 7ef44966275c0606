"""The deepest and longest conditions that are allowed are run by the real SQL, wrapped as deeply as the program ever wraps them."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_playbook.commands.workspace import examine
from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.sql import sql
from cs_playbook.model.answer import evaluate, truth
from cs_playbook.model.expression import Value
from cs_playbook.parse.condition import read_condition
from cs_playbook.parse.tokens import Refusal
from tests.builders import Row, account, given, on, promise, small
from tests.test_two_readers import RECKONING, bound, by_sql, database

__all__ = ["database"]

ROW: dict[str, Value] = {
    "arr": 1.0, "spend": 2.0, "seats": 3, "users": 4, "tier": "high", "owner": "low", "paying": 1, "renewal": 20_000,
    "signed": 20_100, "roles": '["high"]',
}  # fmt: skip
# Shape → a condition of that shape, so many levels deep or so many parts long. Facts: arr, seats, a text, a date, a yes/no.
SHAPES: dict[str, Callable[[int], str]] = {
    "not": lambda n: "not " * n + "arr > 0",
    "and": lambda n: "(arr > 0 and " * n + "arr > 0" + ")" * n,
    "or then and": lambda n: "(arr > 0 or (arr > 0 and " * n + "arr > 0" + "))" * n,
    "sum on the right": lambda n: "(1 + " * n + "arr" + ")" * n + " > 0",
    "sum on the left": lambda n: "(" * n + "arr" + " + 1)" * n + " > 0",
    "quotient on the right": lambda n: "(1 / " * n + "arr" + ")" * n + " > 0",
    "quotient of sums": lambda n: "((" * n + "arr" + " + 1) / 2)" * n + " > 0",
    "signs": lambda n: "- " * n + "arr > 0",
    "when": lambda n: "case when " * n + "arr > 0" + " then arr > 0 end" * n,
    "then": lambda n: "case when arr > 0 then " * n + "arr > 0" + " end" * n,
    "second then": lambda n: "case when arr < 0 then arr < 0 when arr > 0 then " * n + "arr > 0" + " end" * n,
    "else": lambda n: "case when arr < 0 then arr < 0 else " * n + "arr > 0" + " end" * n,
    "case of a value": lambda n: "case " * n + "arr" + " when 1 then 1 end" * n + " > 0",
    "lower": lambda n: "lower(" * n + "NAME" + ")" * n + " = 'high'",
    "latest": lambda n: "latest(DAY, " * n + "DAY" + ")" * n + " < today",
    "like": lambda n: "lower(" * n + "NAME" + ")" * n + " like lower('HIGH')",
    "is null": lambda n: "(" * n + "arr" + " is null)" * n,
    "compared": lambda n: "((arr > 0) = " * n + "(arr > 0)" + ")" * n,
    "between": lambda n: "case when arr between 1 and " * n + "1" + " then 1 end" * n + " > 0",
    "in": lambda n: "case when arr in (2, " * n + "1" + ") then 1 end" * n + " > 0",
    "and in a row": lambda n: "arr > 0" + " and arr > 0" * min(n * 20, 800),
    "or in a row": lambda n: "arr > 0" + " or arr > 0" * min(n * 20, 800),
    "sums in a row": lambda n: "arr" + " + 1" * n + " > 0",
    "quotients in a row": lambda n: "arr" + " / 1" * n + " > 0",
    "quotients in a sum": lambda n: "1 + (arr" + " / 1" * (n - 1) + ") > 0",
    "choices": lambda n: "arr in (1" + ", 2" * min(n * 20, 1500) + ")",
    "dates": lambda n: "earliest(DAY, " + "today, " * (min(n, 50) - 2) + "DAY) < today",
    "cases": lambda n: "case" + " when arr < 0 then 1" * min(n, 250) + " else 2 end > 0",
}  # fmt: skip


def deepest(shape: Callable[[int], str]) -> str:
    """The largest condition of a shape that is read; sizes above 200 are those of its text."""
    return shape(_most(lambda n: _is_read(shape(n))))


def _most(holds: Callable[[int], bool]) -> int:
    """The last from 2 to 200 for which it holds."""
    return bisect_left(range(3, 201), 1, key=lambda n: not holds(n)) + 2


def _is_read(text: str) -> bool:
    try:
        read_condition(text)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("name", SHAPES)
def test_the_deepest_of_a_shape_has_the_same_answer_from_both_readers(
    database: sqlite3.Connection, name: str
) -> None:
    text = deepest(SHAPES[name]).replace("NAME", "tier").replace("DAY", "renewal")
    expression = bound(text)
    many = by_sql(database, sql(expression, account_columns("f")), ROW)
    assert (None if many is None else bool(many)) == truth(evaluate(expression, ROW, RECKONING))


WORLD = """\
playbook: {name}
title: Deep
status: live
owner: cs_ops
why: Nobody meets the limits of a database.
{trigger}
  already_matching: start
steps:
  - {{id: look, task: Look, owner: csm, due: 1 day, when: "{text}"}}
exit:
  - {{when: {{all: ["{text}", "arr < 0"], for: 2 days}}, outcome: lost}}
goal: {{when: "{text}", outcome: won, within: 9 days}}
"""
OF_ACCOUNTS = """\
trigger:
  when:
    - {{when: "{text}", for: 2 days}}
    - any: [{{when: {{any: ["{text}", "arr < 0"]}}, for: 1 day}}, "arr < 1"]"""
OF_ROWS = """\
trigger:
  one_per: promises
  when:
    - {{when: "{text}", for: 2 days}}
    - {{when: "row.due_on <= today and ({text})", for: 1 day}}"""
SEGMENTS = """\
segments: reach
title: Deep
first_match:
  - {{segment: one, title: One, when: ["{text}"]}}
  - {{segment: two, title: Two, when: "{other}"}}
  - {{segment: last, title: Last, when: otherwise}}
"""
SIGNALS = """\
signals:
  events_now: {{from: usage, value: sum(events), last: 7 days}}
  deep: {{value: "{text}"}}
  rows: {{from: usage, where: "{of_rows}", value: count(*)}}
  sums: {{from: usage, value: "sum(case when {of_rows} then 1 else 0 end)"}}
"""


@pytest.mark.parametrize("trigger", [OF_ACCOUNTS, OF_ROWS], ids=["accounts", "rows"])
def test_forty_playbooks_signals_and_segments_with_the_deepest_conditions_are_run(
    tmp_path: Path, trigger: str
) -> None:
    """Forty, because a scan asks many rules in one query."""
    texts = [wrapped(shape) for shape in SHAPES.values()]
    deep = texts[0]
    asking = {"playbooks/asking": LONG.format(conditions="deep, rows > 0, sums > 0")}
    playbooks = {
        f"playbooks/deep-{number}": WORLD.format(
            name=f"deep-{number}", trigger=trigger.format(text=text), text=text
        )
        for number, text in enumerate((texts * 2)[:40])
    }
    world = small(
        tmp_path,
        **playbooks,
        **asking,
        reach=SEGMENTS.format(text=texts[1], other=texts[2]),
        signals=SIGNALS.format(text=deep, of_rows=deep.replace("arr", "account.arr")),
    )
    late: list[Row] = [promise("p", "acme", on(-1))]
    for day in range(3):
        world.morning(on(day), given(account("acme"), day=day, promises=late))
    assert world.enrollments("acme")


def wrapped(shape: Callable[[int], str]) -> str:
    """What is left of the room when lists and `for` of the world above have taken theirs; seats is a whole number."""
    most = _most(lambda n: _is_read("not " * 6 + "(" + shape(n) + ")"))
    return shape(most).replace("NAME", "name").replace("DAY", "renewal_date")


LONG = """\
playbook: long
title: Long
status: live
owner: cs_ops
why: A list of five hundred.
trigger:
  when:
    any: [{conditions}]
  already_matching: start
steps:
  - {{id: look, task: Look, owner: csm, due: 1 day}}
"""


def test_a_list_of_five_hundred_conditions_is_run_and_one_more_is_a_finding(tmp_path: Path) -> None:
    lines = [f"arr = {number}" for number in range(498)]
    world = small(
        tmp_path, **{"playbooks/long": LONG.format(conditions=", ".join([*lines, "arr > 1", "seats > 1"]))}
    )
    world.morning(on(0), given(account("acme")))
    assert any(item.playbook == "long" for item in world.enrollments("acme"))
    world.write("playbooks/long.yaml", LONG.format(conditions=", ".join(["arr > 1"] * 501)))
    assert messages(tmp_path) == ["more than 500 conditions in one"]


def test_lists_inside_each_other_are_measured_with_the_lines_in_them(tmp_path: Path) -> None:
    nested = "{none: [" * 14 + "not not not not not not not not (arr > 1)" + ", arr > 2]}" * 14
    small(tmp_path).write("playbooks/long.yaml", LONG.format(conditions=nested))
    assert messages(tmp_path) == ["the condition is nested too deeply"]


def messages(root: Path) -> list[str]:
    return [finding.message for finding in examine(root).findings if finding.is_error]


@pytest.mark.parametrize("reckoned", ["s{before} + s{before}", "s{before} + 1"])
def test_sixty_signals_may_stand_on_each_other(tmp_path: Path, reckoned: str) -> None:
    """SQLite writes what a layer names into the layer above: twice each time would be a billion."""
    signals = ["  s0: {value: arr}"]
    signals += [f"  s{n}: {{value: {reckoned.format(before=n - 1)}}}" for n in range(1, 61)]
    world = small(
        tmp_path,
        signals="signals:\n  events_now: {from: usage, value: sum(events), last: 7 days}\n"
        + "\n".join(signals),
        **{"playbooks/long": LONG.format(conditions="s60 > 1")},
    )
    world.morning(on(0), given(account("acme")))
    assert any(item.playbook == "long" for item in world.enrollments("acme"))
