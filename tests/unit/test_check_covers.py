"""A condition that stands below one that asks for less is never asked, and nothing else is said to be so."""

from __future__ import annotations

import operator
from itertools import product
from pathlib import Path

import pytest

from cs_playbook.check.covers import covers
from cs_playbook.commands.workspace import examine
from cs_playbook.model.condition import Group, Leaf
from cs_playbook.parse.condition import read_condition
from cs_playbook.source.finding import NOWHERE, Severity
from tests.builders import small

FITS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}
QUESTIONS = [(sign, bound) for sign, bound in product(FITS, (-5, 4, 5))]
SEATS = (-6, -5, -4.5, 3, 4, 4.5, 5, 6)


def leaf(sign: str, bound: int, fact: str = "seats") -> Leaf:
    return Leaf("", read_condition(f"{fact} {sign} {bound}"), NOWHERE)


@pytest.mark.parametrize("above", QUESTIONS, ids=str)
def test_a_question_covers_those_that_no_number_gets_past(above: tuple[str, int]) -> None:
    def is_left_for(below: tuple[str, int]) -> bool:
        return any(FITS[below[0]](n, below[1]) and not FITS[above[0]](n, above[1]) for n in SEATS)

    said = {below: not covers(leaf(*above), leaf(*below)) for below in QUESTIONS}

    assert said == {below: is_left_for(below) for below in QUESTIONS}


def test_what_must_hold_besides_leaves_nobody_either() -> None:
    low, high, other = leaf(">=", 5), leaf(">=", 80), leaf(">=", 80, "arr")
    both, either = Group("all", (other, high), NOWHERE), Group("any", (other, high), NOWHERE)

    assert covers(low, both) == "takes all of these"
    assert covers(Group("any", (other, low), NOWHERE), high) == "takes all of these"
    assert (covers(low, either), covers(low, other), covers(both, high)) == ("", "", "")
    assert covers(Leaf("", low.expression, NOWHERE, lasting=3), high) == ""


def test_a_segment_below_a_wider_one_is_a_warning(tmp_path: Path) -> None:
    world = small(tmp_path)
    world.write(
        "segments/size.yaml",
        "segments: size\nfirst_match:\n  - {segment: large, when: seats >= 2}\n"
        "  - {segment: huge, when: seats >= 80}\n  - {segment: none, when: otherwise}\n",
    )

    found = [one for one in examine(world.root).findings if one.code == "CSP505"]

    assert [(one.message, one.severity) for one in found] == [
        ("'huge' is never reached: 'large' already takes all of these", Severity.WARNING)
    ]
