"""The audience and trigger of the made-up playbooks, written by hand as SQL, for rule-engine and as JSON Logic."""

from __future__ import annotations

from typing import Any

from cs_playbook.model.expression import to_day
from tests.benchmarks.portfolio import DAY
from tests.benchmarks.workspaces import numbers_of

TODAY = to_day(DAY)
COLUMNS = (
    "tier", "lifecycle", "arr", "paying", "contract_start", "licensed_seats", "active_users_before", "usage_change",
    "seat_use", "renewal_date", "open_urgent_tickets",
)  # fmt: skip
_TOGETHER = 50  # bits of one mask
_LIFECYCLES = ("adopting", "nurturing", "renewing")


def masks(playbooks: int, source: str) -> str:
    """One scan, as somebody writes it who knows the engine: cases that jump, and a subquery that is not asked twice."""
    groups = [range(first, min(first + _TOGETHER, playbooks)) for first in range(0, playbooks, _TOGETHER)]
    sums = [
        " + ".join(f"case when {_sql(number)} then {1 << at} else 0 end" for at, number in enumerate(group))
        for group in groups
    ]
    columns = ", ".join(f"{said} as mask_{at}" for at, said in enumerate(sums))
    names = [f"mask_{at}" for at in range(len(sums))]
    found = " or ".join(f"{name} <> 0" for name in names)
    return f"select id, {', '.join(names)} from (select id, {columns} from {source} limit 1000000000 offset 0) as said where {found}"


def said(row: tuple[Any, ...]) -> set[tuple[str, int]]:
    """A row of `masks` → (account, number of the playbook)."""
    account, *found = row
    return {
        (account, group * _TOGETHER + bit)
        for group, mask in enumerate(found)
        for bit in range(_TOGETHER)
        if mask >> bit & 1
    }


def _sql(number: int) -> str:
    mine = _numbers(number)
    return f"""(tier in ({mine["tier"]}) and lifecycle in {_LIFECYCLES} and arr >= {mine["arr"]}
      and paying = 1 and {TODAY} - contract_start between {mine["from"]} and {mine["to"]}
      and licensed_seats >= {mine["seats"]} and active_users_before >= 2 and (usage_change <= -{mine["fall"]}
        or (seat_use < {mine["share"]} and renewal_date - {TODAY} between 0 and {mine["days"]})
        or open_urgent_tickets > {mine["tickets"]}))"""


def rule(number: int) -> str:
    """For rule-engine."""
    mine = _numbers(number)
    return (
        f"tier in [{mine['tier']}] and lifecycle in {list(_LIFECYCLES)} and arr >= {mine['arr']} and paying == 1"
        f" and {TODAY} - contract_start >= {mine['from']} and {TODAY} - contract_start <= {mine['to']}"
        f" and licensed_seats >= {mine['seats']} and active_users_before >= 2 and (usage_change <= -{mine['fall']}"
        f" or (seat_use < {mine['share']} and renewal_date - {TODAY} >= 0 and renewal_date - {TODAY} <= {mine['days']})"
        f" or open_urgent_tickets > {mine['tickets']})"
    )


def logic(number: int) -> dict[str, Any]:
    """As JSON Logic."""
    mine = _numbers(number)

    def var(name: str) -> dict[str, str]:
        return {"var": name}

    age, left = {"-": [TODAY, var("contract_start")]}, {"-": [var("renewal_date"), TODAY]}
    return {
        "and": [
            {"in": [var("tier"), [word.strip("' ") for word in mine["tier"].split(",")]]},
            {"in": [var("lifecycle"), list(_LIFECYCLES)]},
            {">=": [var("arr"), float(mine["arr"])]},
            {"==": [var("paying"), 1]},
            {"<=": [int(mine["from"]), age, int(mine["to"])]},
            {">=": [var("licensed_seats"), int(mine["seats"])]},
            {">=": [var("active_users_before"), 2]},
            {
                "or": [
                    {"<=": [var("usage_change"), -float(mine["fall"])]},
                    {
                        "and": [
                            {"<": [var("seat_use"), float(mine["share"])]},
                            {"<=": [0, left, int(mine["days"])]},
                        ]
                    },
                    {">": [var("open_urgent_tickets"), int(mine["tickets"])]},
                ]
            },
        ]
    }


def _numbers(number: int) -> dict[str, str]:
    return {mark.strip("@"): value for mark, value in numbers_of(number).items()}
