"""A workspace with a snapshot → seconds of the processors for each stage of its day, as JSON; a program of its own.

`waited`: seconds of its first thread, which does as much as any other: so long it takes where nobody else is at work.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cs_playbook.commands.choosing import choose_starts
from cs_playbook.commands.facts_stage import Stage, everything_asked, stage_facts
from cs_playbook.commands.planning import Morning
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger, open_snapshot, open_workspace
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.plan.decision import Today
from tests.benchmarks.peak import peak


@contextmanager
def staged(workspace: Workspace) -> Iterator[tuple[Stage, Today]]:
    """The facts of the newest snapshot, ready."""
    catalog = workspace.catalog
    with open_ledger(workspace, writing=False) as ledger, open_snapshot(workspace, None) as snapshot:
        reckoning = Reckoning(to_day(snapshot.day), calendar_of(catalog.project.calendar), (), True)
        asked = everything_asked(catalog, [])
        stage = stage_facts(snapshot, asked, catalog, reckoning, ledger, snapshot.day)
        texts = {playbook.definition: playbook for playbook in catalog.playbooks.values()}
        yield stage, Today(snapshot.day, reckoning, catalog, texts)


def decide(root: Path) -> dict[str, float]:
    """Seconds for facts, starts and the whole plan; and how many fit, how many decisions there are."""
    workspace = open_workspace(root)
    began, waiting = time.process_time(), time.thread_time()
    with staged(workspace) as (stage, today), open_ledger(workspace, writing=False) as ledger:
        facts = time.process_time()
        choices = choose_starts(stage, ledger, today, None)
        chosen = time.process_time()
        decisions = sum(len(plan.decisions) for plan in Morning(today, stage, choices, ledger).plans())
        planned, waited = time.process_time(), time.thread_time() - waiting
    fitting = sum(choice.fitting for choice in choices.choices)
    return {
        "facts": facts - began, "starts": chosen - facts, "plan": planned - chosen, "fitting": fitting, "decisions": decisions,
        "waited": waited, "peak": peak(),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(decide(Path(sys.argv[1]))))
