"""Ledger and snapshot of the morning → the mails that count for the caps, and the addresses that nobody writes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.compile import suppressing, wanted
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.duration import Duration
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.suppression import barring
from cs_playbook.plan.decision import Today
from cs_playbook.plan.mail_caps import Mails

LATE_WORDS = (
    31  # days after the end of an enrollment on which somebody may still say that a mail of it was sent
)


def mails_that_count(
    enrollments: Iterable[tuple[str, Enrollment]], stage: Stage, ledger: Ledger, today: Today
) -> Mails | None:
    """None where nothing is capped. `enrollments`: (account, …), the open ones among others."""
    catalog, contacts = today.catalog, today.catalog.contract.table("contacts")
    longest = _longest(catalog)
    if not longest or contacts is None or contacts.key is None:
        return None
    calendar = today.reckoning.calendar
    found = Mails(today.day, calendar, contacts.key)
    address = contact_addresses(stage)
    for _, enrollment in enrollments:
        if enrollment.is_open and enrollment.arm is Arm.TREATED and enrollment.tasks:
            found.of_enrollment(enrollment, address)
    back = min(calendar.add(today.day, Duration(-one.count, one.unit)) for one in longest)
    for enrollment in ledger.ended_with_mails(calendar.add(back, Duration(-LATE_WORDS, "day"))):
        found.of_enrollment(enrollment, address)
    return found


def _longest(catalog: Catalog) -> list[Duration]:
    caps = (catalog.project.mail.caps, *(playbook.email_caps for playbook in catalog.playbooks.values()))
    return [cap.per for one in caps for cap in one.said]


def contact_addresses(stage: Stage) -> Callable[[str], str | None]:
    contacts = stage.catalog.contract.table("contacts")
    assert contacts is not None
    ask, cursor = wanted.address_of(contacts), stage.connection.cursor()

    @cache
    def address(contact: str) -> str | None:
        row = cursor.execute(ask, (contact,)).fetchone()
        return None if row is None else row[0]

    return address


def barred_addresses(stage: Stage, ledger: Ledger) -> Callable[[str], str]:
    """By the ledger's list, and by the rows of the snapshot that the project file names."""
    return barring(ledger.suppression_list(), _by_data(stage))


def _by_data(stage: Stage) -> Mapping[str, str]:
    """Address in small letters → the reason; of several rules the first of the file."""
    found: dict[str, str] = {}
    contract = stage.catalog.contract
    for rule in stage.catalog.project.mail.suppressing:
        stage.connection.execute(suppressing.view(rule, contract))
        for (address,) in stage.connection.cursor().execute(suppressing.addresses(rule)):
            found.setdefault(str(address).strip().casefold(), rule.because)
    return found
