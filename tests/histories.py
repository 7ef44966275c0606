"""Made-up histories of a small world: what the exports say each morning, and what people answer during the day."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from tests.builders import MONDAY, Row, Tables, World, account, contact, on, promise, tables, used

ACCOUNTS = ("acme", "bolt", "calm")
# Somebody who is always there.
STEADY = tables(
    [account("zeta", seats=50, arr=10000)],
    [contact("zoe", "zeta")],
    [promise("p-z", "zeta", on(-9), on(-8))],
    [used("zeta", on(-1), 500)],
)
PEOPLE = ("lea@vendor.example", "marc@vendor.example", None)


@dataclass(frozen=True)
class Day:
    """`after`: days since the day before. `answers`: (which open line, which of its outcomes, by a list or at once)."""

    after: int
    tables: Tables
    answers: tuple[tuple[int, int, bool], ...] = ()
    wish: str | None = None


@dataclass(frozen=True)
class History:
    days: tuple[Day, ...]

    def on(self) -> list[tuple[date, Day]]:
        passed, dated = 0, []
        for day in self.days:
            passed += day.after
            dated.append((on(passed), day))
        return dated


def customers(day: int) -> st.SearchStrategy[Tables]:
    """Some of the accounts (the others are missing today), with what hangs on them."""
    keys = st.lists(st.sampled_from(ACCOUNTS), min_size=2, max_size=3, unique=True)
    return keys.flatmap(lambda keys: _of(keys, day)).map(with_steady)


def with_steady(given: Tables) -> Tables:
    return {name: [*rows, *STEADY[name]] for name, rows in given.items()}


def _of(keys: Sequence[str], day: int) -> st.SearchStrategy[Tables]:
    some = st.integers(0, 3)
    return st.builds(
        tables,
        accounts=st.tuples(*(_account(key) for key in keys)),
        contacts=some.map(
            lambda n: [
                contact(f"{key}-{k}", key, language=("fr", "de", None)[k])
                for key in keys
                for k in range(min(n, 2))
            ]
        ),
        promises=some.map(
            lambda n: [
                promise(f"p{k}", keys[k % 2], on(k - 2), on(day) if k == n else None) for k in range(n + 1)
            ]
        ),
        usage=some.map(lambda n: [used(keys[0], on(day - k), 60) for k in range(n)]),
    )


def _account(key: str) -> st.SearchStrategy[Row]:
    return st.builds(
        account,
        st.just(key),
        seats=st.sampled_from((3, 9, 9, 40, None)),
        arr=st.sampled_from((30000, 48000, 60000, None)),
        status=st.sampled_from(("active", "active", "active", "ended", None)),
        strategic=st.sampled_from(("yes", "no", None)),
        csm_email=st.sampled_from(PEOPLE),
        renewal_date=st.sampled_from(("2026-04-01", "2027-04-01", None)),
    )


ANSWERS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.booleans()), max_size=3).map(tuple)
WISHES = st.sampled_from((None, None, *ACCOUNTS))


@st.composite
def histories(draw: st.DrawFn, least: int = 3, most: int = 4) -> History:
    days, passed = [], 0
    for number in range(draw(st.integers(least, most))):
        after = 0 if number == 0 else draw(st.sampled_from((1, 1, 1, 2, 4)))
        passed += after
        days.append(Day(after, draw(customers(passed)), draw(ANSWERS), draw(WISHES)))
    return History(tuple(days))


def nothing_more(world: World, day: date) -> None:
    """What a test does besides running: nothing."""


@dataclass
class Play:
    """How a history is played. `between` is called before each run, `after` behind it, before people answer."""

    between: Callable[[World, date], None] = nothing_more
    after: Callable[[World, date], None] = nothing_more
    shuffle: random.Random | None = None
    seen: list[date] = field(default_factory=list)

    def of(self, history: History, world: World) -> World:
        for day, given in history.on():
            world.export(_shuffled(given.tables, self.shuffle))
            world.build(day)
            self.between(world, day)
            world.run(day)
            self.after(world, day)
            self.seen.append(day)
            people_answer(world, given, day)
        return world


def _shuffled(tables: Tables, chance: random.Random | None) -> Tables:
    return (
        tables if chance is None else {name: chance.sample(rows, len(rows)) for name, rows in tables.items()}
    )


def people_answer(world: World, given: Day, day: date) -> None:
    """Some lines of the day are closed at once, some come back in a list; somebody asks for a playbook."""
    lines = sorted(world.lines(day), key=lambda line: line["key"])
    chosen = {number % len(lines): (outcome, listed) for number, outcome, listed in given.answers if lines}
    returned = []
    for number, (which, listed) in sorted(chosen.items()):
        line = lines[number]
        outcomes = line["outcomes"].split(" | ")
        outcome = outcomes[which % len(outcomes)]
        if listed:
            returned.append({**line, "outcome": outcome})
        else:
            world.done(line["key"], outcome, day)
    if returned:
        world.answer_list(returned, f"{day}.csv")
    if given.wish in (row["id"] for row in given.tables["accounts"]):
        wish(world, str(given.wish), day)


def wish(world: World, key: str, day: date) -> None:
    if not any(item.is_open and item.playbook == "few-seats" for item in world.enrollments(key)):
        world.ask("few-seats", key, day)


def _day(*rows: Sequence[Row]) -> Tables:
    return with_steady(tables(*rows))


STORY = History((
    Day(0, _day(
        [account("acme", seats=3), account("bolt", seats=9, arr=60000), account("calm", arr=30000)],
        [contact("claire", "acme", language="fr"), contact("carl", "acme"), contact("bob", "bolt", email=None)],
        [promise("p1", "calm", on(-3)), promise("p2", "acme", on(-1))],
        [used("calm", MONDAY, 5)],
    ), ((0, 0, False), (1, 0, True))),
    Day(1, _day(
        [account("acme", seats=3), account("bolt", seats=9, arr=60000), account("calm", arr=30000)],
        [contact("claire", "acme", language="fr"), contact("carl", "acme"), contact("bob", "bolt", email=None)],
        [promise("p1", "calm", on(-3), on(1)), promise("p2", "acme", on(-1)), promise("p3", "bolt", on(0))],
    ), ((1, 0, False), (2, 1, True), (3, 0, False)), "calm"),
    Day(3, _day(
        [account("acme", seats=3), account("bolt", status="ended"), account("calm", arr=60000, seats=4)],
        [contact("claire", "acme", language="fr")],
        [promise("p2", "acme", on(-1))],
    ), ((0, 1, False), (2, 0, False))),
    Day(1, _day([account("acme", seats=12), account("calm", arr=60000, seats=4)])),
))  # fmt: skip
"""Four days in which nearly everything happens once."""


def story(root: Path, play: Play | None = None) -> World:
    from tests.builders import small

    return (play or Play()).of(STORY, small(root))
