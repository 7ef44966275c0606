"""So many a day, so many a person: who is asked for their owner only where it matters is held as if all were asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.model.playbook import Status
from cs_playbook.plan.enroll import Candidate, Room, thin

TODAY = date(2026, 3, 2)
LIMITS = st.one_of(st.none(), st.integers(0, 4))
OWNERS = st.lists(st.sampled_from((None, "ann", "bob")), max_size=9)
BUSY = st.dictionaries(st.sampled_from(("ann", "bob", "carl")), st.integers(0, 4))


@settings(max_examples=100)
@given(LIMITS, LIMITS, OWNERS, BUSY, st.integers(0, 2))
def test_who_is_held_is_what_asking_everybody_says(
    a_day: int | None, a_person: int | None, owners: list[str | None], busy: dict[str, int], begun: int
) -> None:
    asked: list[str] = []

    def owner_of(account: str) -> str | None:
        asked.append(account)
        return owners[int(account)]

    found = held(a_day, a_person, range(len(owners)), Room(begun, busy, owner_of))

    assert found == one_by_one(a_day, a_person, owners, dict(busy), begun)
    assert a_person is not None or asked == []


def test_nobody_is_asked_who_owns_what_waits_for_a_full_day() -> None:
    asked: list[str] = []
    room = Room(owner_of=lambda account: asked.append(account) or "ann")  # type: ignore[func-returns-value]

    found = held(2, 400, range(5), room)

    assert found == [None, None, *["at most 2 new a day"] * 3]
    assert asked == ["0", "1"]


def held(a_day: int | None, a_person: int | None, accounts: Iterable[int], room: Room) -> list[str | None]:
    limits = SimpleNamespace(new_per_day=a_day, open_per_person=a_person)
    playbook: Any = SimpleNamespace(limits=limits, status=Status.LIVE, reentry=None, name="p")
    candidates = [Candidate(str(account), None, TODAY) for account in accounts]
    return [why.why if why else None for _, why in thin(playbook, candidates, room, None, TODAY)]


def one_by_one(
    a_day: int | None, a_person: int | None, owners: list[str | None], busy: dict[str, int], begun: int
) -> list[str | None]:
    """The law, in the plainest words."""
    found: list[str | None] = []
    for owner in owners:
        has = busy.get(owner, 0) if owner else 0
        if owner and a_person is not None and has >= a_person:
            found.append(f"{owner} has {has} open already, at most {a_person}")
        elif a_day is not None and begun >= a_day:
            found.append(f"at most {a_day} new a day")
        else:
            found.append(None)
            begun += 1
            busy |= {owner: has + 1} if owner else {}
    return found
