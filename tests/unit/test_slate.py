"""A snapshot in memory that is written anew for each day: what was ready stays, what was known goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from cs_playbook.effects.snapshot_memory import Image, Slate, memory_image
from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import NOWHERE

DAY = date(2026, 3, 2)
ACCOUNTS = Table(
    "accounts", (Field("id", FieldType.TEXT, NOWHERE), Field("arr", FieldType.NUMBER, NOWHERE)), NOWHERE, "id"
)
CONTRACT = Contract("c", (ACCOUNTS,), NOWHERE)


def image(**arr: float) -> Image:
    return memory_image(CONTRACT, {"accounts": [{"id": name, "arr": value} for name, value in arr.items()]})


@pytest.fixture
def slate() -> Iterator[Slate]:
    with Slate(CONTRACT) as opened:
        yield opened


def test_nothing_of_the_day_before_is_left(slate: Slate) -> None:
    slate.write(image(acme=1, borealis=2), DAY)
    slate.connection.execute("create temp table if not exists known (subject text)")
    slate.connection.execute("insert into temp.known select id from main.accounts")

    slate.write(image(acme=3), DAY + timedelta(days=1), "export of day 1")

    assert slate.connection.execute("select id, arr from main.accounts").fetchall() == [("acme", 3.0)]
    assert slate.connection.execute("select * from temp.known").fetchall() == []
    assert (slate.day, slate.rows) == (DAY + timedelta(days=1), {"accounts": 1})


def test_a_function_answers_for_the_day_that_is_written(slate: Slate) -> None:
    answers = []
    for number in (0, 1):
        slate.write(image(acme=1), DAY + timedelta(days=number))
        slate.add_function("cs_today", -1, lambda today=number: today)
        answers += slate.connection.execute("select cs_today() from main.accounts").fetchall()

    assert answers == [(0,), (1,)]
