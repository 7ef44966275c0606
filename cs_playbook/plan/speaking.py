"""What sentences and letters may name, as plain values: the account, the row, the contact, the roles, the steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import Table
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.expression import FieldType, Name, Value, from_day, to_list
from cs_playbook.model.playbook import Sentence
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.plan.people import Colleague, Someone, roles_spoken

NOTHING = "—"


def say(sentence: Sentence, subject: Subject, contact: Row | None, catalog: Catalog) -> str:
    """The sentence with its blanks filled; an empty blank shows as a dash, for people inside the team only."""
    filled = "".join(piece if isinstance(piece, str) else _blank(piece, subject, contact) for piece in sentence.pieces)
    return " ".join(filled.split())


def _blank(name: Name, subject: Subject, contact: Row | None) -> str:
    if name.scope.value == "contact":
        value: Value = (contact or {}).get(name.name)
    else:
        value = subject.values.get(name.key)
    return NOTHING if value is None else _shown(value, name.type)


def _shown(value: Value, kind: FieldType | None) -> str:
    readable = spoken(value, kind)
    if isinstance(readable, date):
        return readable.isoformat()
    if isinstance(readable, tuple):
        return ", ".join(readable)
    if isinstance(readable, float) and readable == int(readable):
        return str(int(readable))
    return str(readable)


def spoken(value: Value, kind: FieldType | None) -> Any:
    """A stored value as a template sees it: dates as dates, yes/no as booleans, lists as tuples."""
    if value is None:
        return None
    match kind:
        case FieldType.DATE | FieldType.HAPPENED if isinstance(value, int):
            return from_day(value)
        case FieldType.BOOLEAN:
            return bool(value)
        case FieldType.LIST:
            return to_list(value)
        case _:
            return value


def letter_values(subject: Subject, enrollment: Enrollment | None, contact: Row | None, today: Today) -> dict[str, Any]:
    """Everything a letter may name, nested: account.name, contact.first_name, csm.name, steps.call.outcome, today."""
    catalog = today.catalog
    contract = catalog.contract
    values: dict[str, Any] = {
        "account": {name: spoken(subject.values.get(name), kind) for name, kind in catalog.facts.items()},
        "contact": _row(contact, contract.table("contacts")),
        "row": {key.removeprefix("row."): value for key, value in subject.values.items() if key.startswith("row.")},
        "today": today.day,
        "steps": {} if enrollment is None else _steps(enrollment),
    }
    for role, found in roles_spoken(subject, today).items():
        values[role] = _someone(found, contract.table("contacts"))
    return values


def _row(row: Row | None, table: Table | None) -> dict[str, Any]:
    if row is None or table is None:
        return {}
    return {field.name: spoken(row.get(field.name), field.type.reads_as) for field in table.fields}


def _someone(found: tuple[Someone, ...], table: Table | None) -> Mapping[str, Any]:
    if not found:
        return {}
    first = found[0]
    if isinstance(first, Colleague):
        return {"name": first.name, "email": first.email}
    return _row(first.row, table)


def _steps(enrollment: Enrollment) -> dict[str, Any]:
    return {step: {"outcome": progress.outcome, "done_on": progress.done_on} for step, progress in enrollment.steps.items()}


def language_for(contact: Row | None, subject: Subject, letter: str, catalog: Catalog) -> str:
    """The reader's: the contact's language, else the account's, else the default; one in which the letter exists."""
    wished = [(contact or {}).get("language"), subject.values.get("language")]
    languages = catalog.project.languages
    for language in (*(wish for wish in wished if wish in languages.supported), languages.default):
        if (letter, str(language)) in catalog.letters:
            return str(language)
    return next((known for name, known in sorted(catalog.letters) if name == letter), languages.default)
