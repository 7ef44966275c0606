"""A key and a prepared day → one account: its facts, its rows, its past, its plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import reduce

from cs_playbook.commands.planning import Morning
from cs_playbook.commands.whom import has_books
from cs_playbook.compile.asked import lasting_by_row
from cs_playbook.compile.looking import ONE_ACCOUNT, contacts_of_one, rows_of_one, since_of
from cs_playbook.compile.scan import Rule
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.data import Table
from cs_playbook.model.enrollment import Enrollment, TaskState
from cs_playbook.model.event import EnrollmentEvent, TaskWord
from cs_playbook.model.lasting import series_of
from cs_playbook.plan.decision import Row, Subject, SubjectPlan, subject_key
from cs_playbook.plan.fold import fold
from cs_playbook.values import replace


def subject_of(account: str, morning: Morning) -> Subject:
    """The account as it stands today; without values where it is not in the snapshot."""
    contract = morning.today.catalog.contract
    cursor = morning.stage.connection.execute(ONE_ACCOUNT, (account,))
    names = [column[0] for column in cursor.description][2:]
    found = cursor.fetchone()
    if found is None:
        ours = has_books(morning.today.catalog) and account in morning.today.catalog.team.addresses
        return Subject(account, None, {}, (), present=False, active=False, person="" if ours else None)
    values = dict(zip(names, found[2:], strict=True))
    table = contract.table("contacts")
    contacts = tuple(_rows(contacts_of_one(table), table, account, morning)) if table else ()
    person = "" if found[1] < 0 else None
    active = bool(values.get("_active")) or person is not None
    return Subject(account, None, values, contacts, active=active, person=person)


def row_subjects(subject: Subject, rule: Rule | None, table: Table, morning: Morning) -> Iterator[Subject]:
    """Each of its rows with the account's facts beside it, and since when the patient conditions hold."""
    series = {series_of(condition) for condition in lasting_by_row(rule.condition)} if rule else set()
    for row in _rows(rows_of_one(table), table, subject.account, morning):
        key = str(row[table.key or ""])
        about = subject_key(subject.account, key)
        since = {name: _since(name, about, morning) for name in series}
        values = {**subject.values, **since, **{f"row.{name}": value for name, value in row.items()}}
        yield replace(subject, row=key, values=values)


def _rows(query: str, table: Table, account: str, morning: Morning) -> Iterator[Row]:
    for cells in morning.stage.connection.cursor().execute(query, (account,)):
        yield {field.name: cell for field, cell in zip(table.fields, cells, strict=True)}


def _since(series: str, about: str, morning: Morning) -> int | None:
    found = morning.stage.connection.execute(since_of(series), (about,)).fetchone()
    return found[0] if found else None


# --- what was, what comes ---


def enrollments_of(account: str, ledger: Ledger, answered: Sequence[TaskWord]) -> list[Enrollment]:
    """All of them, the oldest first, with the answers that the ledger does not know yet."""
    return [_with_answers(enrollment, answered) for enrollment in ledger.enrollments_of(account)]


def _with_answers(enrollment: Enrollment, answered: Sequence[TaskWord]) -> Enrollment:
    fresh = [given for given in answered if given.enrollment == enrollment.key]
    open_ones = (given for given in fresh if enrollment.tasks[given.task].state is TaskState.OPEN)
    return reduce(fold, open_ones, enrollment)


def enrollments_on(account: str, ledger: Ledger, day: date) -> list[Enrollment]:
    """As they stood at the end of a past day: the fold of what was recorded until then."""
    standing: dict[str, Enrollment] = {}
    for recorded in ledger.history(account):
        if recorded.day <= day and isinstance(recorded.event, EnrollmentEvent):
            event = recorded.event
            standing[event.enrollment] = fold(standing.get(event.enrollment), event)
    return list(standing.values())


def plans_of(account: str, morning: Morning) -> list[SubjectPlan]:
    """What the next run would do with it. The plan goes by in order of account, up to this one."""
    found: list[SubjectPlan] = []
    for plan in morning.plans():
        if plan.subject.account > account:
            break
        if plan.subject.account == account:
            found.append(plan)
    return found
