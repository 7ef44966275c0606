"""Ledger and snapshot of the morning → the letters that families have had; nothing where no letter is sent once a family."""

from __future__ import annotations

from collections.abc import Iterable

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.commands.mail_counts import contact_addresses
from cs_playbook.compile import wanted
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.playbook import Playbook
from cs_playbook.plan.families import Families, shared_steps


def family_letters(
    playbooks: Iterable[Playbook], enrollments: Iterable[tuple[str, Enrollment]], stage: Stage
) -> Families | None:
    """`playbooks`: of today, and the texts of what is open. `enrollments`: (account, …), the open ones among others."""
    contract = stage.catalog.contract
    steps, parent, contacts = shared_steps(playbooks), contract.accounts.parent, contract.table("contacts")
    if not steps or parent is None or contacts is None or contacts.key is None:
        return None
    found = Families(parent, steps, contacts.key)
    cursor, one = stage.connection.cursor(), wanted.some_facts((parent,))
    address = contact_addresses(stage)
    for account, enrollment in enrollments:
        if enrollment.is_open and enrollment.arm is Arm.TREATED and enrollment.tasks:
            above = cursor.execute(one, (account,)).fetchone()
            found.of_enrollment(enrollment, above[0] if above else None, address)
    return found
