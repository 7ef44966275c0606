"""A name as a person writes it, and a prepared day → one account: its key, its facts, its rows, its past, its plan."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce

from cs_playbook.commands.planning import Morning
from cs_playbook.compile import wanted
from cs_playbook.compile.asked import lasting_of
from cs_playbook.compile.looking import ONE_ACCOUNT, contacts_of_one, rows_of_one, since_of
from cs_playbook.compile.scan import Rule
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.data import Contract, Table
from cs_playbook.model.enrollment import Enrollment, TaskState
from cs_playbook.model.event import EnrollmentEvent, TaskAnswered
from cs_playbook.model.lasting import series_of
from cs_playbook.plan.decision import Row, Subject, SubjectPlan, subject_key
from cs_playbook.plan.fold import fold
from cs_playbook.source.snapshot import Snapshot

SHOWN = 8  # accounts named where several are meant, or none
COMPARED = 5_000  # names that are looked at for a likely one


def find_account(written: str, snapshot: Snapshot, ledger: Ledger, contract: Contract) -> str:
    """The key of the account meant: its key or its name, in any case; also one that only the ledger still knows.

    Raises ChoiceError where there is none, or several.
    """
    name = "name" if contract.accounts.field("name") else None
    meant = _Meant(written)
    for row in snapshot.connection.execute(wanted.account_names(contract.accounts.key or "id", name)):
        meant.look_at(str(row[0]), str(row[1] or "") if name else "")
    found = meant.exact or meant.in_any_case
    if len(found) == 1:
        return found[0]
    if not found and ledger.enrollments_of(written):
        return written
    raise meant.several() if found else meant.none()


@dataclass
class _Meant:
    """Holds which accounts may be meant while all of them go by; a large portfolio is never kept."""

    written: str
    exact: list[str] = field(default_factory=list)
    in_any_case: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    alike: dict[str, str] = field(default_factory=dict)

    def look_at(self, key: str, name: str) -> None:
        meant = self.written.casefold().strip()
        said = f"{name} ({key})" if name else key
        if key == self.written:
            self.exact.append(key)
        if meant in (key.casefold(), name.casefold()):
            self.in_any_case.append(key)
        elif meant and meant in name.casefold() and len(self.inside) < SHOWN:
            self.inside.append(said)
        for text in (key.casefold(), name.casefold()):
            # Only what begins alike is compared in the end: comparing takes a while.
            if text[:1] == meant[:1] and len(self.alike) < COMPARED:
                self.alike[text] = said

    def several(self) -> ChoiceError:
        keys = self.in_any_case
        shown = ", ".join(keys[:SHOWN]) + (" …" if len(keys) > SHOWN else "")
        return ChoiceError(
            f"'{self.written}' is the name of {len(keys)} accounts", f"say which, by its key: {shown}"
        )

    def none(self) -> ChoiceError:
        near = difflib.get_close_matches(self.written.casefold().strip(), self.alike, n=3, cutoff=0.6)
        shown = ", ".join(self.inside or [self.alike[text] for text in near])
        hint = f"did you mean {shown}?" if shown else "its key or its name, as in the snapshot"
        return ChoiceError(f"there is no account '{self.written}' in the snapshot", hint)


# --- what it is ---


def subject_of(account: str, morning: Morning) -> Subject:
    """The account as it stands today; without values where it is not in the snapshot."""
    contract = morning.today.catalog.contract
    cursor = morning.stage.connection.execute(ONE_ACCOUNT, (account,))
    names = [column[0] for column in cursor.description][2:]
    found = cursor.fetchone()
    if found is None:
        return Subject(account, None, {}, (), present=False, active=False)
    values = dict(zip(names, found[2:], strict=True))
    table = contract.table("contacts")
    contacts = tuple(_rows(contacts_of_one(table), table, account, morning)) if table else ()
    return Subject(account, None, values, contacts, active=bool(values.get("_active")))


def row_subjects(subject: Subject, rule: Rule | None, table: Table, morning: Morning) -> Iterator[Subject]:
    """Each of its rows with the account's facts beside it, and since when the patient conditions hold."""
    series = {series_of(condition) for condition in lasting_of(rule.condition)} if rule else set()
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


def enrollments_of(account: str, ledger: Ledger, answered: Sequence[TaskAnswered]) -> list[Enrollment]:
    """All of them, the oldest first, with the answers that the ledger does not know yet."""
    return [_with_answers(enrollment, answered) for enrollment in ledger.enrollments_of(account)]


def _with_answers(enrollment: Enrollment, answered: Sequence[TaskAnswered]) -> Enrollment:
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
