"""Whom an address names: as it is written first, then whatever its capitals."""

from __future__ import annotations

import pytest

from cs_playbook.model.team import Always, Person, Role, Team
from cs_playbook.source.finding import Span

HERE = Span("team.yaml")
PEOPLE = tuple(Person(email, name, HERE) for email, name in (("Lea@x.example", "Lea"), ("lea@x.example", "Other Lea"), ("lea@x.example", "Third")))  # fmt: skip
TEAM = Team(
    "t", (Role("csm", Always("a@x.example"), HERE), Role("csm", Always("b@x.example"), HERE)), PEOPLE, HERE
)


@pytest.mark.parametrize(
    ("address", "name"), [("Lea@x.example", "Lea"), ("lea@x.example", "Other Lea"), ("LEA@X.example", "Lea")]
)
def test_the_first_of_an_address_counts_and_the_exact_one_before_others(address: str, name: str) -> None:
    person = TEAM.person(address)

    assert person is not None
    assert person.name == name


def test_the_first_of_a_role_counts_and_who_is_not_there_is_nobody() -> None:
    assert TEAM.role("csm") is TEAM.roles[0]
    assert TEAM.role("ae") is None
    assert TEAM.person("nobody@x.example") is None
