"""Accounts above and below one another: circles end, and what is asked of a family does not depend on the order of its accounts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.model.family import circles

KEYS = "abcdef"


def walked(start: str, above: dict[str, str]) -> list[str]:
    """The way up, for as many steps as there are accounts."""
    way = [start]
    while way[-1] in above and len(way) <= len(KEYS):
        way.append(above[way[-1]])
    return way


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(KEYS)))
def test_an_account_is_in_a_circle_when_it_meets_itself_on_its_way_up(above: dict[str, str]) -> None:
    inside = {key for ring in circles(above) for key in ring}

    assert inside == {key for key in KEYS if key in walked(key, above)[1:]}


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(KEYS)))
def test_each_circle_is_named_once_from_its_smallest_key(above: dict[str, str]) -> None:
    found = circles(above)

    assert found == sorted({ring[ring.index(min(ring)) :] + ring[: ring.index(min(ring))] for ring in found})
    assert all(
        above[one] == other for ring in found for one, other in zip(ring, (*ring[1:], ring[0]), strict=True)
    )
