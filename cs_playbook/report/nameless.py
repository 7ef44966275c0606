"""What a screen is about to show → the same with ids: no name, address or words of a customer, for a log that many read.

What a condition was answered with stays: `explain` is asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cs_playbook.model.line import TaskLine
from cs_playbook.study.explained import Explained
from cs_playbook.study.plans import AccountPlan
from cs_playbook.values import replace


def of_lines(lines: Iterable[TaskLine]) -> list[TaskLine]:
    """A title is its step, a checklist is gone: both are written of what the customer is called."""
    return [
        replace(
            line,
            account_name=line.account,
            owner_name=line.owner,
            title=line.step,
            contact="",
            checklist=(),
            why="",
            about="",
            asleep="put off" if line.asleep else "",
        )
        for line in lines
    ]


def of_mails(listed: Any) -> Any:
    """`listed`: commands/drafts.py DraftList."""
    drafts, outbox = ([_mail(line) for line in lines] for lines in (listed.drafts, listed.outbox))
    return replace(listed, drafts=drafts, outbox=outbox)


def _mail(line: Any) -> Any:
    return replace(line, account_name=line.account, owner_name=line.owner, to="")


def of_explained(found: Explained) -> Explained:
    """Steps by their ids, people by their addresses."""
    playbooks = tuple(
        replace(
            playbook,
            enrollments=tuple(
                replace(one, steps=tuple(replace(step, title=step.step) for step in one.steps))
                for one in playbook.enrollments
            ),
        )
        for playbook in found.playbooks
    )
    return replace(found, name=found.account, playbooks=playbooks, people={})


def of_plan(found: AccountPlan) -> AccountPlan:
    """Its page too: a title may name the customer."""
    account = found.line.plan.account
    return replace(found, line=replace(found.line, name=account), values={**found.values, "name": account})
