"""The data of the last run, asked as of today → what the calendar alone has brought: no export has broken there.

On 3 September a third of the contracts end in 120 days, at once. The older snapshot is opened only where something
would stop a run, and only if it is still the one that was run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cs_playbook.commands.choosing import Choice, fitting
from cs_playbook.commands.facts_stage import Stage, stage_facts
from cs_playbook.commands.planning import Morning
from cs_playbook.compile import placing
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.errors import UserError
from cs_playbook.source.snapshot import Snapshot, on


@contextmanager
def as_of_today(morning: Morning, last: RunRecord | None) -> Iterator[Stage | None]:
    """The facts of the last run's snapshot, reckoned for today; None where it is gone, or built by another contract."""
    old = _opened(morning, last)
    if old is None:
        yield None
        return
    with old:
        today, stage = morning.today, morning.stage
        yield stage_facts(old, stage.asked, today.catalog, today.reckoning, morning.ledger, today.day)


def _opened(morning: Morning, last: RunRecord | None) -> Snapshot | None:
    if last is None or morning.folder is None or last.day >= morning.today.day:
        return None
    try:
        old = Snapshot.open(on(morning.folder, last.day), placing.shape(morning.today.catalog.contract))
    except UserError:  # then all of it counts
        return None
    if old.manifest.sha256 == last.snapshot_sha:
        return old
    old.close()
    return None


def fitted_before(choices: Iterable[Choice], stage: Stage) -> dict[int, set[str]]:
    """Place of a rule → the accounts that fit it by these facts."""
    rules = [(choice.place, choice.rule) for choice in choices]
    found: dict[int, set[str]] = {place: set() for place, _ in rules}
    for number, _, account, *_ in fitting([rule for _, rule in rules], stage):
        found[rules[number][0]].add(account)
    return found
