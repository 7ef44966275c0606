"""Letters that go out once in a family: who of it has had one, as the ledger stood and as the plan of the day goes by."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from datetime import date

from msgspec import Struct, field

from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.event import StepOpened
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email
from cs_playbook.plan.decision import Change, Subject, SubjectPlan
from cs_playbook.values import replace


def shared_steps(playbooks: Iterable[Playbook]) -> frozenset[tuple[str, str]]:
    """(playbook, step) of the letters that say `once_per: family`; playbooks by their first name."""
    return frozenset(
        (playbook.first_name, step.id)
        for playbook in playbooks
        for step in playbook.all_steps
        if isinstance(step.verb, Email) and step.verb.once_per == "family"
    )


def family_of(account: str, above: object) -> str:
    """The key of the account above (`above`), or its own: one level, a parent with its children."""
    return account if above is None else str(above)


class Had(Struct, frozen=True):
    """The newest letter that an address has had: when, for which account, of which enrollment."""

    on: date
    account: str
    enrollment: str


class Families(Struct):
    """Holds who has had which letter while a plan goes by, account by account.

    `parent`: the field that names the account above. `newest`: by (family, playbook, step, address in small letters).
    """

    parent: str
    steps: frozenset[tuple[str, str]]
    key: str  # of the contacts table
    newest: MutableMapping[tuple[str, str, str, str], Had] = field(default_factory=dict)

    def aside(self) -> Families:
        """Knows the same, and keeps what it hears to itself: for a plan that may not be the one that counts."""
        return replace(self, newest=ChainMap({}, self.newest))

    def had(self, subject: Subject, enrollment: Enrollment, step: str, address: str) -> str:
        """The account for which this address has had the letter of another enrollment; "" where it has not."""
        family = family_of(subject.account, subject.values.get(self.parent))
        known = self.newest.get((family, enrollment.playbook, step, address.casefold()))
        return "" if known is None or known.enrollment == enrollment.key else known.account

    def of_enrollment(
        self, enrollment: Enrollment, above: object, address: Callable[[str], str | None]
    ) -> None:
        """Adds the letters of one that is open. `above`: the account above its own; `address`: of a contact, by its key."""
        family = family_of(enrollment.account, above)
        for task in enrollment.tasks.values():
            if (enrollment.playbook, task.step) in self.steps and _is_written(task):
                for written in _addresses(task, address):
                    self._add((family, enrollment.playbook, task.step, written), task.opened_on, enrollment)

    def hand_out(self, plans: Iterable[SubjectPlan]) -> None:
        """Adds the letters that are written today."""
        for plan in plans:
            above, rows = plan.subject.values.get(self.parent), self._rows(plan.subject)
            family = family_of(plan.subject.account, above)
            for enrollment, task in _opened(plan):
                if (enrollment.playbook, task.step) in self.steps:
                    for written in _addresses(task, rows.get):
                        self._add(
                            (family, enrollment.playbook, task.step, written), task.opened_on, enrollment
                        )

    def _rows(self, subject: Subject) -> Mapping[str, str | None]:
        return {str(row[self.key]): row.get("email") for row in subject.contacts}

    def _add(self, key: tuple[str, str, str, str], on: date, enrollment: Enrollment) -> None:
        """Of one day the first in order of account."""
        known = self.newest.get(key)
        if known is None or known.on < on:
            self.newest[key] = Had(on, enrollment.account, enrollment.key)


def _is_written(task: OpenTask) -> bool:
    """A draft that somebody has thrown away, or that was taken back, has told nobody."""
    return task.state is not TaskState.CANCELLED and task.outcome != "discarded"


def _addresses(task: OpenTask, address: Callable[[str], str | None]) -> Iterator[str]:
    found = address(task.contact) if task.contact is not None else None
    yield from (written.casefold() for written in (found, *task.copies) if written)


def _opened(plan: SubjectPlan) -> Iterator[tuple[Enrollment, OpenTask]]:
    after = {enrollment.key: enrollment for enrollment in plan.after}
    for decision in plan.decisions:
        if isinstance(decision, Change) and isinstance(decision.event, StepOpened):
            enrollment = after.get(decision.event.enrollment)
            yield from ((enrollment, task) for task in decision.event.tasks if enrollment is not None)
