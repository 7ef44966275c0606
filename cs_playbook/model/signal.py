"""Signals (`signals:`): facts of an account that are reckoned, each defined once."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.model.condition import Condition
from cs_playbook.model.expression import Expression, FieldType
from cs_playbook.source.finding import Span


class Signal(Struct, frozen=True):
    """`table`: whose rows are counted (None: reckoned from other facts). The window: `last` days, ending `before` days ago.

    Not `told`: it stands on a table or a field that nobody exports.
    """

    name: str
    value: Expression
    type: FieldType
    span: Span
    table: str | None = None
    where: Condition | None = None
    last: int | None = None
    before: int = 0
    unit: str | None = None
    says: str = ""
    told: bool = True
