"""Accounts known by whole numbers, beside a past whose subjects are text: each is looked up, none is searched for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from cs_playbook.commands.near import near
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.facts import facts_sql
from cs_playbook.compile.filled import past_table
from cs_playbook.compile.scan import changed_facts
from cs_playbook.compile.some import EVERYBODY
from cs_playbook.model.expression import FieldType, Memory
from cs_playbook.report.explain import near_lines
from tests.builders import FILES, account, on, small, tables

FALLEN = """\
playbook: fallen
title: Fewer seats than yesterday
why: They are leaving one by one.
status: live
owner: cs_ops
trigger:
  when: seats < was(seats)
  already_matching: start
steps:
  - {id: look, task: Look, owner: csm}
"""
DATA = FILES["data.yaml"].replace("id: text", "id: integer")


def test_what_is_remembered_of_an_account_is_looked_up(tmp_path: Path) -> None:
    catalog = small(tmp_path, data=DATA).workspace.catalog
    made = facts_sql(
        asked_of([Memory("was", "seats", None, FieldType.INTEGER)], ["arr", "status"], catalog), catalog
    )
    [past] = [one.table for one in made.past]
    with closing(sqlite3.connect(":memory:")) as connection:
        fields = ", ".join(catalog.contract.accounts.kinds)
        connection.execute(
            f"create table accounts (_n integer primary key, {fields.replace('id,', 'id integer,', 1)})"
        )
        connection.execute("create temp table facts_keyed (_n integer primary key, _id integer, arr real)")
        connection.execute(past_table(past))
        made_of = [statement for statement in made.statements if isinstance(statement, str)]
        steps: list[str] = []
        for statement in (*made_of, made.relation, changed_facts("arr", past)):
            steps += [step for *_, step in connection.execute(f"explain query plan {statement}", EVERYBODY)]
            if statement in made_of:
                connection.execute(statement, EVERYBODY)

    # The past of a fact is `p` where it is compared with today.
    asked = [step for step in steps if past in step or " p " in f"{step} "]
    assert len(asked) >= 2
    assert all("SEARCH" in step for step in asked), asked


def test_the_ledger_stays_whole_and_remembers(tmp_path: Path) -> None:
    world = small(tmp_path, data=DATA)
    world.write("playbooks/fallen.yaml", FALLEN)
    world.morning(on(0), tables([account("9", seats=80), account("10", seats=80)]))
    world.morning(on(1), tables([account("9", seats=70), account("10", seats=80)]))

    assert world.starts() == [("9", "fallen", 1)]
    assert world.wrong() == []


def test_who_is_nearly_there_is_named(tmp_path: Path) -> None:
    world = small(tmp_path, data=DATA)
    world.morning(on(0), tables([account("10", name="")]))

    seen = str([*near_lines(near(world.workspace, "few-seats", on(0)), 100)])

    assert "10" in seen
