"""What stands in a cell, and of which type it is: all that tables, the ledger and expressions have in common."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

EPOCH = date(1970, 1, 1)

# A value as it stands in a snapshot: dates are days since 1970-01-01, yes/no is 1/0, lists are tuples; None is empty.
Value = str | int | float | bool | tuple[str, ...] | None


def to_day(when: date) -> int:
    return (when - EPOCH).days


def from_day(day: int) -> date:
    return EPOCH + timedelta(days=day)


class FieldType(StrEnum):
    """What a field may hold. `happened` is a date that is known only once it has come; `email` is checked text."""

    TEXT = "text"
    EMAIL = "email"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    HAPPENED = "happened"
    LIST = "list"

    @property
    def reads_as(self) -> FieldType:
        """The type conditions see."""
        return _READ_AS.get(self, self)

    @property
    def is_number(self) -> bool:
        return self in (FieldType.NUMBER, FieldType.INTEGER)


_READ_AS = {FieldType.EMAIL: FieldType.TEXT, FieldType.HAPPENED: FieldType.DATE}
