"""The mails that a run has put into the outbox → their bytes, inside its transaction; or back to a person, and why."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.commands.mail_desks import AtDesk, at_desks
from cs_playbook.commands.planning import Morning
from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.letters.message import Unsendable
from cs_playbook.model.event import MailMoved
from cs_playbook.model.outbox import RUN, MailState

_TOGETHER = 2_000  # mails with their enrollments in memory at a time: about 10 MB


def bytes_of_the_day(morning: Morning) -> Iterator[Written | MailMoved]:
    """Reads the ledger as the run leaves it. What cannot be written is a draft for `from`, who sees why."""
    after = ""
    while waiting := morning.ledger.unwritten_mails(after, _TOGETHER):
        for mail in at_desks(morning, waiting):
            content = mail.desk.finished() if mail.desk else Unsendable("the text of its playbook is gone")
            yield (
                _back(mail, content.reason, morning)
                if isinstance(content, Unsendable)
                else Written(mail.task.key, content)
            )
        after = waiting[-1][1].key


def _back(mail: AtDesk, why: str, morning: Morning) -> MailMoved:
    to = MailState.DRAFT.value
    return MailMoved(mail.enrollment.key, mail.task.key, morning.today.day, to, RUN, why)
