"""A fact that says where accounts stand → the queries that count and list them, and compare them with what was."""

from __future__ import annotations

from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.sql import quoted

HOW_MANY = f"select count(*) from temp.facts where {quoted(ACTIVE)}"


def by_owner(fact: str, owner: str, money: str | None) -> str:
    """(owner, where they stand, accounts, their ARR or null) of all active accounts. `owner`: SQL over facts f."""
    total = f"total(f.{quoted(money)})" if money else "null"
    return (
        f"select coalesce({owner}, ''), f.{quoted(fact)}, count(*), {total} from temp.facts f "
        f"where f.{quoted(ACTIVE)} group by 1, 2 order by 1"
    )


def standing_nowhere(fact: str, money: str | None) -> str:
    """Parameter: how many. (key, all facts …) of those without a segment, the most ARR first."""
    return f"{_listed('f._id, f.*')} and f.{quoted(fact)} is null {_largest(money)}"


def moves(fact: str, then: str) -> str:
    """(before, now, accounts), the most first. `then`: the table of what was remembered."""
    return (
        f"select p.value, f.{quoted(fact)}, count(*) from {_compared(fact, then)} group by 1, 2 "
        "order by 3 desc, 1, 2"
    )


def moved(fact: str, then: str, money: str | None) -> str:
    """Parameter: how many. (key, before, all facts …), the most ARR first."""
    return f"select f._id, p.value, f.* from {_compared(fact, then)} {_largest(money)}"


def waiting(fact: str, says: str, by_hand: str) -> str:
    """(now, what the rules say, accounts), the most first; without those whom a person has set."""
    return (
        f"select f.{quoted(fact)}, f.{quoted(says)}, count(*) from temp.facts f where f.{quoted(ACTIVE)} "
        f"and {_otherwise(fact, says, by_hand)} group by 1, 2 order by 3 desc, 1, 2"
    )


def who_waits(fact: str, says: str, by_hand: str, money: str | None) -> str:
    """Parameters: now, what the rules say, how many. (key, all facts …)."""
    there = f"f.{quoted(fact)} is ? and f.{quoted(says)} is ?"
    return f"{_listed('f._id, f.*')} and {_otherwise(fact, says, by_hand)} and {there} {_largest(money)}"


def overdue(state: str, fine: str) -> str:
    """(state, accounts) of those who are not as expected."""
    return (
        f"select f.{quoted(state)}, count(*) from temp.facts f where f.{quoted(ACTIVE)} "
        f"and f.{quoted(state)} <> '{fine}' group by 1 order by 1"
    )


def longest(state: str, days: str, fine: str) -> str:
    """Parameter: how many. (key, all facts …) of those who are not as expected, the longest first."""
    return (
        f"{_listed('f._id, f.*')} and f.{quoted(state)} <> '{fine}' "
        f"order by f.{quoted(state)} desc, f.{quoted(days)} desc, f._id limit ?"
    )


def _listed(columns: str) -> str:
    return f"select {columns} from temp.facts_keyed f where f.{quoted(ACTIVE)}"


def _compared(fact: str, then: str) -> str:
    joined = f"temp.facts_keyed f join temp.{quoted(then)} p on p.subject = f._id"
    return f"{joined} where f.{quoted(ACTIVE)} and p.value is not f.{quoted(fact)}"


def _otherwise(fact: str, says: str, by_hand: str) -> str:
    return f"f.{quoted(fact)} is not f.{quoted(says)} and f.{quoted(by_hand)} is null"


def _largest(money: str | None) -> str:
    first = f"f.{quoted(money)} desc, " if money else ""
    return f"order by {first}f._id limit ?"
