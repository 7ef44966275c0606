"""Ledger and facts of the morning → what the people of pools have on their hands; nothing where there is no pool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.compile import wanted
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask
from cs_playbook.model.team import Pool
from cs_playbook.model.value import Value
from cs_playbook.plan.pools import Turns, pools_of


def turns(
    catalog: Catalog, enrollments: Iterable[tuple[str, Enrollment]], stage: Stage, ledger: Ledger
) -> Turns | None:
    """Who was picked last, and the open lines of everybody. `enrollments`: (account, …), in order of account."""
    pools = pools_of(catalog.team)
    if not pools:
        return None
    found = Turns(dict(_last(pools, ledger)))
    if any(pool.pick != "round robin" for pool in pools.values()):
        facts = counted_facts(catalog)
        for account, group in groupby(enrollments, key=itemgetter(0)):
            tasks = list(open_lines(enrollment for _, enrollment in group))
            if tasks:
                found.of_account(tasks, _facts_of(account, facts, stage))
    return found


def counted_facts(catalog: Catalog) -> tuple[str, ...]:
    """The facts of which somebody may have the least."""
    return tuple(sorted({pool.by for pool in pools_of(catalog.team).values() if pool.by is not None}))


def open_lines(enrollments: Iterable[Enrollment]) -> Iterator[OpenTask]:
    """Of those that are treated: of the others nobody has anything to do."""
    for enrollment in enrollments:
        if enrollment.arm is Arm.TREATED:
            yield from enrollment.open_tasks


def _last(pools: dict[str, Pool], ledger: Ledger) -> Iterator[tuple[str, str]]:
    for role, pool in pools.items():
        if pool.pick == "round robin" and (last := ledger.last_picked(role)) is not None:
            yield role, last


def _facts_of(account: str, facts: tuple[str, ...], stage: Stage) -> dict[str, Value]:
    if not facts:
        return {}
    row = stage.connection.cursor().execute(wanted.some_facts(facts), (account,)).fetchone()
    return {} if row is None else dict(zip(facts, row, strict=True))
