"""Who wants to release, change or settle somebody's mail → nothing, or why they may not: the sender, their manager, the playbook's owner."""

from __future__ import annotations

from contextlib import ExitStack

from cs_playbook.commands.mail_morning import mail_morning
from cs_playbook.commands.one_account import subject_of
from cs_playbook.commands.planning import Morning
from cs_playbook.commands.workspace import Workspace, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.playbook import Playbook
from cs_playbook.plan.people import colleagues
from cs_playbook.source import snapshot as snapshots


class Senders:
    """A context manager: who the owner of a playbook is may need the snapshot, which is then read once for all mails."""

    def __init__(self, workspace: Workspace, ledger: Ledger) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._stack = ExitStack()
        self._morning: Morning | None = None

    def __enter__(self) -> Senders:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def refuse_stranger(self, enrollment: Enrollment, task: OpenTask, by: str) -> None:
        """ChoiceError. Who gives no address of the team is believed, like at a stop."""
        team = self._workspace.catalog.team
        if team.person(by) is None:
            return
        sender = team.person(task.owner)
        if by in {task.owner, task.instead_of, sender.manager if sender else None}:
            return
        playbook = self._playbook(enrollment)
        if playbook is None or by not in self._owners(playbook, enrollment.account):
            raise ChoiceError(
                f"{by} may not speak for the mail {task.key[:8]} of {task.owner}",
                "its sender may, their manager, and the owner of the playbook",
            )

    def _playbook(self, enrollment: Enrollment) -> Playbook | None:
        known = self._workspace.catalog.playbooks.values()
        return next((item for item in known if item.first_name == enrollment.playbook), None)

    def _owners(self, playbook: Playbook, account: str) -> set[str]:
        if playbook.owner is None or not snapshots.days(self._workspace.place.snapshots):
            return set()
        if self._morning is None:
            opened = self._stack.enter_context(open_snapshot(self._workspace, None))
            self._morning = mail_morning(self._workspace, opened, self._ledger)
        subject = subject_of(account, self._morning)
        found = colleagues(playbook.owner, subject, self._morning.today)
        return {name for one in found for name in (one.email, one.instead_of) if name}
