"""What a plan consists of: changes (each an event to be), what is held and why, and what is late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct, field

from cs_playbook.model.answer import Values
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Evidence
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import EnrollmentEvent, Muted, StartRefused, TraitSet
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.mail_policy import Caps
from cs_playbook.model.playbook import Outline, Playbook
from cs_playbook.model.team import Pool
from cs_playbook.model.value import Value

Row = Mapping[str, Any]
Rank = tuple[
    int, date, str, str
]  # priority of the playbook, since when it waits, the playbook's name, its place in it


class Begun(Struct, frozen=True):
    """What came of a playbook that a step wants to begin: its `enrollment`; or `why` not, at all; or what it still
    `needs` to be given."""

    enrollment: str = ""
    why: str = ""
    needs: tuple[str, ...] = ()


class Others(Protocol):
    """The other playbooks of an account, for the steps that begin them."""

    def begin(self, name: str, parent: Playbook, of: Enrollment, given: Mapping[str, Value]) -> Begun: ...

    def outcome(self, enrollment: str) -> str | None: ...


class Subject(Struct, frozen=True):
    """An account, or one of its rows, as it stands today. `values`: facts by name, `row.x` beside them.

    `contacts`: rows of the contacts table. Not `present`: missing from the snapshot. Not `active`: gets nothing new.
    `picked`: role of a pool → addresses of who has been picked for it in this enrollment, the newest first.
    `person`: None for an account; for one of our people (`account` is the address) the role by which they have a book.
    """

    account: str
    row: str | None
    values: Values
    contacts: tuple[Row, ...] = ()
    present: bool = True
    active: bool = True
    others: Others | None = None
    picked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    person: str | None = None


class Wish(Struct, frozen=True):
    """A mail that a step would write today. `key`: the task's it would be. `caps`: those that hold for it. `reader`: the mark
    of its address, "" where there is none."""

    key: str
    rank: Rank
    account: str
    contact: str
    address: str
    caps: tuple[Caps, ...]
    reader: str = ""


class TooMany(Struct, frozen=True):
    """Why a mail waits. `until`: the first day on which it may go, as far as that is known."""

    why: str
    until: date | None


class Today(Struct, frozen=True):
    """Everything a day is planned with. `texts`: definition → playbook as it was when it began (None: no longer binds).

    `lacks(letter, language, values)`: the blanks of a letter that these values leave empty.
    `unwritable(letter, language, values, names, addresses)`: why such a mail can have no header; "" if it can.
    `muted`: accounts that people have said to leave alone. `rivals`: playbooks that never run together, by first names.
    `set_by_hand`: (account, trait) on which people have had a word on this day or later.
    `watched(playbook, subject)`: whether a start by rule is only watched (`holdout:`).
    `pick(role, pool)`: whose turn it is among the people of a pool.
    `outlines`: definition → what can be read of a text that no longer binds.
    `had(subject, enrollment, step, address)`: the account of its family for which the address has had that letter.
    `decided(plans)`: hears what has been decided of an account so far, for what is handed out along the way.
    `barred(address)`: why nobody writes to it any more, "" where one may. `mail_turn(wish)`: why a mail has to wait
    because of the caps; None where there are none.
    `rows(subject, table, condition)`: the rows that a letter goes through, as it shows them.
    `key_names`: accounts that have got another id, or another's → under what their keys are made: none is made twice.
    `undecided`: first names of playbooks that cannot be decided today, with the reason.
    `reader(address)`: the mark by which the caps know it again; "" where nothing is capped, or there is no key.
    `token(address)`: by which it is known outside, in the link of `unsubscribe:`; "" where there is no key.
    """

    day: date
    reckoning: Reckoning
    catalog: Catalog
    texts: Mapping[str, Playbook | None] = field(default_factory=dict)
    lacks: Callable[[str, str, Mapping[str, Any]], tuple[str, ...]] = lambda letter, language, values: ()
    muted: Mapping[str, Muted] = field(default_factory=dict)
    rivals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    set_by_hand: frozenset[tuple[str, str]] = frozenset()
    watched: Callable[[Playbook, Subject], bool] = lambda playbook, subject: False
    pick: Callable[[str, Pool], str | None] = lambda role, pool: None
    rows: Callable[[Subject, str, str], tuple[Row, ...]] = lambda subject, table, condition: ()
    outlines: Mapping[str, Outline] = field(default_factory=dict)
    had: Callable[[Subject, Enrollment, str, str], str] = lambda subject, enrollment, step, address: ""
    decided: Callable[[Sequence[SubjectPlan]], None] = lambda plans: None
    unwritable: Callable[[str, str, Mapping[str, Any], Sequence[str], Sequence[str]], str] = (
        lambda letter, language, values, names, addresses: ""
    )
    barred: Callable[[str], str] = lambda address: ""
    mail_turn: Callable[[Wish], TooMany | None] | None = None
    token: Callable[[str], str] = lambda address: ""
    reader: Callable[[str], str] = lambda address: ""
    undecided: Mapping[str, str] = field(default_factory=dict)
    key_names: Mapping[str, str] = field(default_factory=dict)

    def key_name(self, account: str) -> str:
        return self.key_names.get(account, account)

    def steps_of(self, definition: str) -> tuple[str, ...]:
        """The steps of a text, also of one that no longer binds, as far as they can be read."""
        text, outline = self.texts.get(definition), self.outlines.get(definition)
        if text is not None:
            return tuple(step.id for step in text.all_steps)
        return tuple(outline.titles) if outline else ()


class HeldBy(StrEnum):
    """Why something that could happen does not, today."""

    LIMIT = "limit"
    RESTING = "resting"
    ALREADY = "fitted before it went live"
    UNKNOWN = "unknown"
    DATE = "no date yet"
    NOBODY = "nobody"
    NOT_BEFORE = "not before"
    ABSENT = "missing from the snapshot"
    INACTIVE = "not active"
    TEXT = "text no longer binds"
    UNDECIDED = "cannot be decided"
    DRAFT = "draft"
    PAUSED = "paused"
    TOGETHER = "not together"
    LEFT_ALONE = "left alone"
    ASLEEP = "asleep"
    HELD_OUT = "held out"
    CAPS = "caps"
    QUIET = "quiet days"


class Change(Struct, frozen=True):
    """An event that the run will record. `evidence`: the conditions behind it. `note`: a sentence where there is one."""

    event: EnrollmentEvent | StartRefused | TraitSet
    evidence: tuple[Evidence, ...] = ()
    note: str = ""


class Held(Struct, frozen=True):
    """`step` None: the start itself."""

    by: HeldBy
    playbook: str
    step: str | None
    why: str
    until: date | None = None


class Late(Struct, frozen=True):
    """An open task whose day has passed."""

    task: OpenTask
    playbook: str


Decision = Change | Held | Late


class SubjectPlan(Struct, frozen=True):
    """All that is decided about one subject today, in order; and its enrollments as they stand afterwards."""

    subject: Subject
    decisions: tuple[Decision, ...]
    after: tuple[Enrollment, ...]


def subject_key(account: str, row: str | None) -> str:
    """One text for an account or an account and its row (the unit separator cannot stand in a key)."""
    return account if row is None else f"{account}\x1f{row}"
