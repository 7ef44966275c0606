"""Who wants to end a playbook for an account → nothing, or why they may not: `started_by:` names them, or they own it."""

from __future__ import annotations

from contextlib import ExitStack

from cs_playbook.commands.choosing import Choices
from cs_playbook.commands.facts_stage import everything_asked, stage_facts
from cs_playbook.commands.one_account import subject_of
from cs_playbook.commands.planning import Morning
from cs_playbook.commands.workspace import Workspace, calendar_of, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.playbook import ANYONE, Playbook
from cs_playbook.model.team import People, RoleRef
from cs_playbook.model.value import to_day
from cs_playbook.plan.decision import Today
from cs_playbook.plan.enroll import starters
from cs_playbook.plan.people import colleagues
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import NOWHERE
from cs_playbook.values import replace


def refuse_stranger(workspace: Workspace, playbook: Playbook, account: str, by: str, ledger: Ledger) -> None:
    """Raises ChoiceError. Who gives no address of the team is believed, like at a start; and where no snapshot knows
    the account nobody can tell who its people are."""
    named = starters(playbook)
    whose: list[People] = [RoleRef(role, NOWHERE) for role in named if role != ANYONE]
    whose += [playbook.owner] if playbook.owner is not None else []
    if ANYONE in named or not whose or workspace.catalog.team.person(by) is None:
        return
    with ExitStack() as stack:
        morning = _morning(workspace, ledger, stack)
        if morning is None:
            return
        subject = subject_of(account, morning)
        found = [person for who in whose for person in colleagues(who, subject, morning.today)]
        # Who is away may say it as well as who stands in.
        if subject.present and by not in {name for one in found for name in (one.email, one.instead_of)}:
            raise ChoiceError(f"{by} {_none_of(named, playbook)}", _hint(playbook))


def _none_of(named: list[str], playbook: Playbook) -> str:
    owner = "the owner of the playbook" if playbook.owner is not None else ""
    roles = " nor ".join([*(f"its {role}" for role in named), *((owner,) if owner else ())])
    return f"is neither {roles}" if " nor " in roles else f"is not {roles}"


def _hint(playbook: Playbook) -> str:
    return f"who may end '{playbook.name}' for an account stands in its trigger: started_by: [rule, csm]"


def _morning(workspace: Workspace, ledger: Ledger, stack: ExitStack) -> Morning | None:
    """Only what roles ask, on the day of the newest snapshot; None where there is no snapshot."""
    if not snapshots.days(workspace.place.snapshots):
        return None
    opened = stack.enter_context(open_snapshot(workspace, None))
    bare = replace(workspace.catalog, playbooks={}, letters={}, documents={})
    reckoning = Reckoning(to_day(opened.day), calendar_of(bare.project.calendar), (), True)
    stage = stage_facts(opened, everything_asked(bare, []), bare, reckoning, ledger, opened.day)
    return Morning(Today(opened.day, reckoning, workspace.catalog), stage, Choices((), 0), ledger)
