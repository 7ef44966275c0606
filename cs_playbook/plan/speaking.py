"""What sentences and letters may name, as plain values: the account, the row, the contact, the roles, the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from cs_playbook.model.answer import Values
from cs_playbook.model.asks import Ask
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import PARENT_DOT, Table
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.expression import FieldType, Name, Value, from_day, to_day, to_list
from cs_playbook.model.step import Sentence
from cs_playbook.model.team import RoleRef
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.plan.people import Colleague, Contact, knowing, people
from cs_playbook.values import replace

NOTHING = "—"


def say(sentence: Sentence, subject: Subject, contact: Row | None, catalog: Catalog) -> str:
    """The sentence with its blanks filled; an empty blank shows as a dash, for people inside the team only."""
    filled = "".join(
        piece if isinstance(piece, str) else _blank(piece, subject, contact) for piece in sentence.pieces
    )
    return " ".join(filled.split())


def _blank(name: Name, subject: Subject, contact: Row | None) -> str:
    if name.scope.value == "contact":
        value: Value = (contact or {}).get(name.name)
    else:
        value = subject.values.get(name.key)
    return NOTHING if value is None else _shown(value, name.type)


def _shown(value: Value, kind: FieldType | None) -> str:
    readable = spoken(value, kind)
    if isinstance(readable, bool):
        return "yes" if readable else "no"
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


def of_enrollment(subject: Subject, enrollment: Enrollment) -> Subject:
    """The subject with what was given to its enrollment and came of its steps, for sentences that name them."""
    known: dict[str, Value] = {f"given.{name}": value for name, value in enrollment.given.items()}
    for step, progress in enrollment.so_far.items():
        done_on = None if progress.done_on is None else to_day(progress.done_on)
        known |= {f"steps.{step}.outcome": progress.outcome, f"steps.{step}.done_on": done_on}
        known |= {f"steps.{step}.{name}": value for name, value in progress.answers.items()}
    return replace(subject, values={**subject.values, **known}) if known else subject


def letter_values(
    subject: Subject, enrollment: Enrollment | None, contact: Row | None, today: Today
) -> Mapping[str, Any]:
    """Everything a letter may name, nested: account.name, contact.first_name, csm.name, steps.call.outcome, today."""
    contacts = today.catalog.contract.table("contacts")
    subject = subject if enrollment is None else knowing(subject, enrollment)
    return _WhenAsked(
        {
            "account": lambda: _Spoken(subject.values, today.catalog.facts),
            "parent": lambda: _Spoken(subject.values, today.catalog.facts, PARENT_DOT),
            "contact": lambda: _row(contact, contacts),
            "row": lambda: {} if enrollment is None else _about(subject, enrollment, today),
            "today": lambda: today.day,
            "rows": lambda: partial(today.rows, subject),
            "steps": lambda: {} if enrollment is None else _steps(enrollment, today),
            "given": lambda: {} if enrollment is None else _given(enrollment, today),
        },
        partial(_way_to_role, subject, today),
    )


def _way_to_role(subject: Subject, today: Today, name: str) -> Callable[[], Any] | None:
    role = today.catalog.team.role(name)
    return None if role is None else partial(_spoken_of, RoleRef(role.name, role.span), subject, today)


class _WhenAsked(Mapping[str, Any]):
    """Values that are worked out when they are first asked for: a letter names few of all that it may, some often.

    `other`: the way to the value of another name; None where there is none.
    """

    def __init__(
        self, ways: Mapping[str, Callable[[], Any]], other: Callable[[str], Callable[[], Any] | None]
    ) -> None:
        self._ways = ways
        self._other = other
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            way = self._ways.get(name) or self._other(name)
            if way is None:
                raise KeyError(name)
            self._known[name] = way()
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._ways or (isinstance(name, str) and self._other(name) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ways)

    def __len__(self) -> int:
        return len(self._ways)


class _Spoken(Mapping[str, Any]):
    """The facts of an account, or the fields of a row, as a letter reads them. `above`: what stands before their names."""

    def __init__(self, values: Values, kinds: Mapping[str, FieldType], above: str = "") -> None:
        self._values = values
        self._kinds = kinds
        self._above = above

    def __getitem__(self, name: str) -> Any:
        return spoken(self._values.get(f"{self._above}{name}"), self._kinds[name].reads_as)

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


def _row(row: Row | None, table: Table | None) -> Mapping[str, Any]:
    return {} if row is None or table is None else _Spoken(row, table.kinds)


def _about(subject: Subject, enrollment: Enrollment, today: Today) -> Mapping[str, Any]:
    """The row that the enrollment is about."""
    text = today.texts.get(enrollment.definition)
    table = today.catalog.contract.table(text.trigger.one_per or "") if text else None
    return {} if table is None else _Spoken(subject.values, table.kinds, "row.")


def _spoken_of(role: RoleRef, subject: Subject, today: Today) -> Mapping[str, Any]:
    """The first person in a role."""
    first = next(iter(people(role, subject, today)), None)
    match first:
        case None:
            return {}
        case Colleague(pool=pool) if pool:  # nobody is picked yet, and tomorrow it may be another
            return {}
        case Colleague():
            return {"name": first.name, "email": first.email}
        case Contact():
            return _row(first.row, today.catalog.contract.table("contacts"))


def _steps(enrollment: Enrollment, today: Today) -> dict[str, Any]:
    text = today.texts.get(enrollment.definition)
    asks = {step.id: step.asks for step in text.all_steps} if text else {}
    return {
        step: {
            "outcome": progress.outcome,
            "done_on": progress.done_on,
            **_as_asked(asks.get(step, ()), progress.answers),
        }
        for step, progress in enrollment.so_far.items()
    }


def _given(enrollment: Enrollment, today: Today) -> dict[str, Any]:
    text = today.texts.get(enrollment.definition)
    return _as_asked(text.asks if text else (), enrollment.given)


def _as_asked(asks: tuple[Ask, ...], values: Mapping[str, Value]) -> dict[str, Any]:
    """What is stored, as a template sees it: dates as dates."""
    return {ask.name: spoken(values.get(ask.name), ask.type) for ask in asks}


def language_for(contact: Row | None, subject: Subject, letter: str, catalog: Catalog) -> str:
    """The reader's: the contact's language, else the account's, else the default; one in which the letter exists."""
    languages = catalog.project.languages
    wished = ((contact or {}).get("language"), subject.values.get("language"))
    wishes = (one_read_by(str(wish), languages.supported) for wish in wished if wish)
    for language in (*(wish for wish in wishes if wish), languages.default):
        if (letter, language) in catalog.letters:
            return language
    return next((known for name, known in sorted(catalog.letters) if name == letter), languages.default)


def one_read_by(wish: str, supported: Sequence[str]) -> str:
    """Who reads de-AT or DE reads de, and who reads pt reads pt-BR; "" where there is nothing of the kind."""
    said = wish.strip().replace("_", "-").casefold()
    folded = {language.casefold(): language for language in supported}
    plain = said.partition("-")[0]
    near = (language for name, language in folded.items() if name.partition("-")[0] == plain)
    return folded.get(said) or folded.get(plain) or next(near, "")
