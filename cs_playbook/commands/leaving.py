"""The mails that wait → of each whether it leaves now, waits on, or is over; asked of the newest snapshot, changing nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from cs_playbook.commands.mail_desks import AtDesk, Mail, at_desks
from cs_playbook.commands.mail_morning import mail_morning
from cs_playbook.commands.workspace import Workspace, calendar_of, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.letters.finishing import without_copies
from cs_playbook.letters.headers import written_address
from cs_playbook.letters.plain_head import reader
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.outbox import MailState, Sealed
from cs_playbook.model.project import Project
from cs_playbook.plan.mail_leaving import Leaves, Over, Verdict, Waits, may_leave
from cs_playbook.values import replace

MOVED = "its contact has another address by now"


class Asked(Struct, frozen=True):
    """One mail and what is said of it."""

    enrollment: Enrollment
    task: OpenTask
    verdict: Verdict


def ask_all(
    workspace: Workspace, ledger: Ledger, mails: Sequence[Mail], on: date, at: datetime | None = None
) -> list[Asked]:
    """In order of due day and key. `on`: the day on which they would leave; `at`: the moment, None: nobody's clock is asked."""
    if not mails:
        return []
    with open_snapshot(workspace, None) as snapshot:
        morning = mail_morning(workspace, snapshot, ledger)
        asked = (_ask(one, ledger, morning.today.day, on) for one in at_desks(morning, mails))
        found = [one if at is None else _by_the_clock(one, workspace.catalog.project, at) for one in asked]
    return sorted(found, key=lambda one: (one.task.due, one.task.key))


def _ask(one: AtDesk, ledger: Ledger, day: date, on: date) -> Asked:
    desk = one.desk
    text, verb = (desk.text, desk.verb) if desk else (None, None)
    said = may_leave(one.task, one.enrollment, text, verb, one.subject, one.today, max(on, day))
    if isinstance(said, Leaves):
        content = ledger.mail_bytes(one.task.key)
        if content is None:
            said = Waits("it has no bytes: the next run writes them")
        elif said.address and written_address(said.address) != address_in(content):
            said = Over(MailState.SUPPRESSED, MOVED)
    return Asked(one.enrollment, one.task, said)


def _by_the_clock(asked: Asked, project: Project, at: datetime) -> Asked:
    """Nobody's phone rings at night for it: it waits for a `send` within the hours of whoever reads it."""
    hours, said = project.mail.hours, asked.verdict
    if hours is None or not isinstance(said, Leaves):
        return asked
    zone = _zone(said.zone) or _zone(project.calendar.timezone)
    assert zone is not None  # `validate` knows the project's
    there = at.astimezone(zone)
    day = hours.open_on(there)
    if day is None:
        return asked
    until = project.mail.quiet.opens_on(day, calendar_of(project.calendar))
    return replace(asked, verdict=Waits(hours.closed_at(there, zone.key), until))


def _zone(name: str) -> ZoneInfo | None:
    """None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def address_in(content: bytes) -> str:
    """Whom a mail of ours is for."""
    if known := reader(content):
        return known
    head = BytesHeaderParser().parsebytes(content.partition(b"\r\n\r\n")[0])
    return getaddresses([str(head["To"])])[0][1]


def sealed(asked: Asked, content: bytes) -> Sealed:
    """`asked` leaves."""
    assert isinstance(asked.verdict, Leaves)
    gone = {one.address for one in asked.verdict.without}
    people = (asked.verdict.address, *(copy for copy in asked.task.copies if copy not in gone))
    return Sealed(
        asked.task.key,
        written_address(asked.task.owner),
        tuple(written_address(address) for address in people),
        without_copies(content, {written_address(address) for address in gone}) if gone else content,
    )
