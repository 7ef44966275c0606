"""How far the minutes of a team reach → the arithmetic, line by line, and when looking after many at once pays off."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cs_playbook.report.pieces import Cell, Column, Line, line, table, wrapped
from cs_playbook.report.values import amount_words
from cs_playbook.report.words import clean, count
from cs_playbook.study.capacity import Reach, Reached

_COLUMNS = (
    Column(14),
    Column(None, right=True),
    Column(None, right=True),
    Column(None, right=True),
    Column(20),
)


def reach_lines(found: Reach, width: int) -> Iterator[Line]:
    """All minutes are those of a month. `width`: from 80 columns up."""
    yield line(
        ("strong", "  Whom there is a human for"),
        ("soft", "   minutes a month, without holidays and absences"),
    )
    yield from table([*_ground(found), *(_segment(one, found) for one in found.segments)], _COLUMNS, width)
    for said in _conclusion(found):
        yield from wrapped("", said, width, "  ")


def _ground(found: Reach) -> list[list[Cell]]:
    per_week = found.has * 12 / 52
    people = count(found.people, "person", "people")
    return [
        [Cell(people), Cell(), Cell(), Cell(_minutes(found.has)), Cell(f"{_minutes(per_week)} a week × 52 / 12", "soft")],
        [Cell("playbooks ask"), Cell(), Cell(), Cell(f"−{_minutes(found.playbooks)}".replace("-", "−")), Cell("on average of these weeks", "soft")],
        [Cell("for promises"), Cell(), Cell(), Cell(_minutes(found.for_promises)), Cell()],
    ]  # fmt: skip


def _segment(one: Reached, found: Reach) -> list[Cell]:
    asked = one.accounts * one.minutes
    how = "one-to-many, " if one.minutes == found.together else ""
    reached = f"{how}reaches {one.affordable} of {one.accounts}"
    without = f", {one.without} without" if one.without else ""
    return [
        Cell(clean(one.segment)), Cell(f"{one.accounts} × {one.minutes}"), Cell(f"= {amount_words(asked)}"),
        Cell(f"{_minutes(one.left)} left"), Cell(reached + without, "error" if one.without else ""),
    ]  # fmt: skip


def _conclusion(found: Reach) -> Iterator[str]:
    if not found.without:
        yield "Everybody has what is promised to them."
        return
    accounts = count(found.without, "account")
    have = "has" if found.without == 1 else "have"
    yield f"{accounts} {have} no affordable human: one by one they ask {_minutes(found.missing)}, {_people(found)}."
    if found.together is not None:
        many = found.without * found.together
        yield (
            f"Looked after together, {found.without} × {found.together} = {amount_words(many)}: "
            f"{_minutes(found.saved)} less, where a person has {_minutes(found.person)}. "
            + (
                "A one-to-many team pays off."
                if found.pays_off
                else "A one-to-many team does not pay off yet."
            )
        )


def _people(found: Reach) -> str:
    return (
        f"{_one_decimal(found.missing / found.person)} people more" if found.person else "and nobody has any"
    )


def _one_decimal(value: Fraction) -> str:
    return f"{float(value):.1f}"


def _minutes(minutes: Fraction) -> str:
    return amount_words(round(minutes))


def reach_json(found: Reach) -> dict[str, Any]:
    """Minutes a month, rounded to a hundredth."""
    return {
        "people": found.people, "has": _number(found.has), "playbooks": _number(found.playbooks),
        "segments": [
            {"segment": one.segment, "accounts": one.accounts, "minutes": one.minutes, "affordable": one.affordable,
             "without": one.without, "left": _number(one.left)}
            for one in found.segments
        ],
        "without_a_human": found.without, "missing": _number(found.missing), "one_to_many_minutes": found.together,
        "saved_one_to_many": _number(found.saved), "one_to_many_pays_off": found.pays_off,
    }  # fmt: skip


def _number(minutes: Fraction) -> float:
    return round(float(minutes), 2)
