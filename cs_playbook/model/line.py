"""A line of somebody's list, with everything a person needs to read it: what `tasks.csv`, digests and screens show."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class TaskLine(Struct, frozen=True):
    """`state`: new, open, late, asleep, frozen. `contact`: name and address of whom it is about. `draft`: the letter's file, if there is one.

    `asks`: (question, what one may answer) besides the outcome. `document`: the file to fill.
    Where there is none: `missing` names the blanks that are empty, `unsendable` says what else is wrong.
    """

    key: str
    state: str
    account: str
    account_name: str
    playbook: str
    playbook_title: str
    step: str
    kind: str
    title: str
    owner: str
    owner_name: str
    due: date
    opened_on: date
    minutes: int
    outcomes: tuple[str, ...]
    priority: int = 2
    why: str = ""
    contact: str = ""
    checklist: tuple[str, ...] = ()
    draft: str = ""
    missing: tuple[str, ...] = ()
    unsendable: str = ""
    row: str = ""
    about: str = ""  # the value, or row and value, where the playbook is about values
    asleep: str = ""  # until when, and why
    asks: tuple[tuple[str, str], ...] = ()
    document: str = ""
