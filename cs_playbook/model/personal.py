"""A field of a table → whether what stands in it is a person's, a name or free text: then no screen shows its values.

The rule, in words for a screen, is NEVER_SHOWN.
"""

from __future__ import annotations

import re

from cs_playbook.model.data import Field, Table
from cs_playbook.model.value import FieldType

NEVER_SHOWN = (
    "values are never shown of e-mail addresses, keys, and texts whose name says name, mail, phone, title, address, "
    "subject, comment, note or description; of other texts only where a few values repeat"
)
MOST_VALUES = 50  # a text with more different ones is free text
REPEATS = 4  # each value must stand there so many times, on the average

_SAYS_SO = re.compile(
    r"(^|_)(name|names|e?mail|phone|mobile|title|address|street|subject|comment|comments|note|notes|description|text|body|"
    r"message|url|website|user|login|birthday)(_|$)"
)


def is_personal(field: Field, table: Table) -> bool:
    """Whether its values may name or describe a person or a customer. What lists its `values:` never does."""
    if field.type is FieldType.EMAIL:
        return True
    if field.values or field.type not in (FieldType.TEXT, FieldType.LIST, FieldType.INTEGER):
        return False
    return field.name in _keys(table) or (
        field.type is not FieldType.INTEGER and _SAYS_SO.search(field.name) is not None
    )


def is_repeated(different: int, cells: int) -> bool:
    """Whether a text that holds so many different values in so many cells is one of a few words."""
    return 0 < different <= MOST_VALUES and different * REPEATS <= cells


def _keys(table: Table) -> tuple[str | None, ...]:
    """The fields that name rows: of this table, and of the one its rows belong to. Others end in _id."""
    by = table.through.by if table.through else table.account
    return (
        table.key, by, table.parent, *(field.name for field in table.fields if field.name.endswith("_id")),
    )  # fmt: skip
