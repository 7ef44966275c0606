"""The newest snapshot → all that a mail is asked before it leaves, and no more: no rule is scanned, nobody starts."""

from __future__ import annotations

from cs_playbook.commands.choosing import Choices
from cs_playbook.commands.facts_stage import everything_asked, stage_facts
from cs_playbook.commands.mail_counts import barred_addresses
from cs_playbook.commands.planning import Morning, pinned_texts
from cs_playbook.commands.unsubscribing import token_of
from cs_playbook.commands.workspace import Workspace, calendar_of
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.value import to_day
from cs_playbook.plan.decision import Today
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.values import replace


def mail_morning(workspace: Workspace, snapshot: Snapshot, ledger: Ledger) -> Morning:
    """Its facts are those of roles, letters and hands-off; today knows who is muted, and whom nobody writes to."""
    catalog, day = workspace.catalog, snapshot.day
    bare = replace(catalog, playbooks={}, documents={})
    reckoning = Reckoning(to_day(day), calendar_of(catalog.project.calendar), (), True)
    stage = stage_facts(snapshot, everything_asked(bare, []), bare, reckoning, ledger, day)
    today = Today(
        day, reckoning, catalog, pinned_texts(ledger, workspace.around, catalog, day), muted=ledger.muted(day),
        barred=barred_addresses(stage, ledger), token=token_of(ledger),
    )  # fmt: skip
    return Morning(today, stage, Choices((), 0), ledger)
