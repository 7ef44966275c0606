"""Lines of kind email and a prepared day → each with its desk: its account, contact and letter as they stand today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from cs_playbook.commands.desk import Desk
from cs_playbook.commands.planning import Morning
from cs_playbook.commands.subjects import Follower, want, wanted_rows, wanted_subjects
from cs_playbook.compile.wanted import ADD_WANTED_ROW
from cs_playbook.letters.lacking import templates
from cs_playbook.model.about import table_row
from cs_playbook.model.data import Table
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.step import Email
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.planner import Account, subject_of

Mail = tuple[Enrollment, OpenTask]


class AtDesk(Struct, frozen=True):
    """`subject`: the account, or its row. `desk` None: the text or the step of its playbook is gone."""

    enrollment: Enrollment
    task: OpenTask
    subject: Subject
    desk: Desk | None
    today: Today


def at_desks(morning: Morning, mails: Sequence[Mail]) -> Iterator[AtDesk]:
    """In order of account. Empties what was wanted of the stage before: whatever streams from it must have been read."""
    of_account: dict[str, list[Mail]] = {}
    for mail in mails:
        of_account.setdefault(mail[0].account, []).append(mail)
    _want(of_account, morning)
    template = templates(morning.today.catalog)
    rows = {table.name: Follower(wanted_rows(morning.stage, table)) for table in _tables(mails, morning)}
    for subject in wanted_subjects(morning.stage):
        of_rows = {
            (name, key): row for name, stream in rows.items() for key, row in stream.of(subject.account)
        }
        for enrollment, task in of_account[subject.account]:
            text = morning.today.texts.get(enrollment.definition)
            about = subject_of(Account(subject, of_rows, ()), text, enrollment.row)
            step = text.step(task.step) if text else None
            desk = (
                Desk(task, step.verb, text, enrollment, about, morning.today, template)
                if text is not None and step is not None and isinstance(step.verb, Email)
                else None
            )
            yield AtDesk(enrollment, task, about, desk, morning.today)


def _want(of_account: dict[str, list[Mail]], morning: Morning) -> None:
    connection = morning.stage.connection
    want(connection, of_account)
    for account, mine in of_account.items():
        for enrollment, _ in mine:
            text = morning.today.texts.get(enrollment.definition)
            key = table_row(text.trigger, enrollment.row) if text else None
            if text is not None and key is not None:
                connection.execute(ADD_WANTED_ROW, (account, text.trigger.one_per, key))


def _tables(mails: Iterable[Mail], morning: Morning) -> list[Table]:
    texts = (morning.today.texts.get(enrollment.definition) for enrollment, _ in mails)
    names = sorted({text.trigger.one_per or "" for text in texts if text is not None})
    contract = morning.today.catalog.contract
    return [table for name in names if (table := contract.table(name)) is not None]
