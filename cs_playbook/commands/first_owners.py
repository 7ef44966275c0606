"""Accounts of which somebody may start a playbook → who would get its first step; looked up as they are asked for, some at once."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.commands.subjects import want, wanted_subjects
from cs_playbook.model.playbook import Playbook
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.enroll import first_owner
from cs_playbook.values import replace

_AT_ONCE = 50


class FirstOwners(Struct):
    """Most of a large crowd are never asked: a playbook that starts ten a day asks for the owners of the first few.

    `coming`: who may be asked next, in this order. `known`: of some accounts, never of all.
    """

    playbook: Playbook
    stage: Stage
    today: Today
    coming: list[str] = field(default_factory=list)
    known: dict[str, str | None] = field(default_factory=dict)

    def expect(self, accounts: Iterable[str]) -> None:
        self.coming = list(accounts)

    def of(self, account: str) -> str | None:
        if account not in self.known:
            at = self.coming.index(account)
            want(self.stage.connection, self.coming[at : at + _AT_ONCE])
            self.known = {
                subject.account: first_owner(self.playbook, self._in_their_role(subject), self.today)
                for subject in wanted_subjects(self.stage)
            }
        return self.known[account]

    def _in_their_role(self, subject: Subject) -> Subject:
        return (
            subject if subject.person is None else replace(subject, person=self.playbook.trigger.per_person)
        )
