"""A field and how its cells are written → a reader: text of a cell → the value as it stands in a snapshot.

Nothing is guessed and nothing is trimmed: a cell is exactly what the format says, or it is a BadCell.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import assert_never

from cs_playbook.model.data import Field
from cs_playbook.model.expression import FieldType
from cs_playbook.model.mapping import Format
from cs_playbook.parse.address import is_address
from cs_playbook.parse.date_pattern import ISO, DatePattern, read_pattern
from cs_playbook.parse.moment import EPOCHS, TIMESTAMP, Clocks, day_reader
from cs_playbook.source.finding import did_you_mean

Stored = str | int | float | None  # lists are JSON text, dates days since 1970-01-01, yes and no 1 and 0
Read = Callable[[str], Stored]

LARGEST = 2**63 - 1
MOST_DIGITS = 20  # with its sign: more is no integer, however many of them are zeros
_in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BLANKS = " \u00a0\u202f"  # a space between thousands may be one that does not break
_SHOWN = 60


class BadCell(Exception):
    """A cell that is not what its field and format say."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def cell_reader(field: Field, way: Format, project: tzinfo = UTC) -> Read:
    """The reader of a field's cells; an empty cell is None whatever the type. The reader raises BadCell.

    `project`: the zone in which a moment becomes a day.
    """
    if field.type is FieldType.TEXT and not field.values:
        empty = frozenset(("", *way.empty))
        return lambda cell: None if cell in empty else cell  # most cells there are: one call instead of two
    return or_empty(_reader(field, way, project), way)


def scaled_reader(field: Field, way: Format, unit: Callable[[Decimal], Decimal]) -> Read:
    """The same for a number in another unit; reckoned in decimals, so that 1999 cents are 19.99."""
    text = _number_text(way)

    def read(cell: str) -> Stored:
        number = unit(Decimal(text(cell)))
        if field.type is FieldType.INTEGER:
            return _whole_number(cell, number)
        return _finite(cell, float(number))

    return or_empty(read, way)


def or_empty(read: Read, way: Format) -> Read:
    """None where the cell is a word that means empty."""
    empty = frozenset(("", *way.empty))
    return lambda cell: None if cell in empty else read(cell)


def shown(cell: str) -> str:
    """A cell inside a sentence: quoted, shortened, without letters that cannot be seen."""
    short = cell if len(cell) <= _SHOWN else cell[: _SHOWN - 1] + "…"
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short) + "'"


def _reader(field: Field, way: Format, project: tzinfo) -> Read:
    match field.type:
        case FieldType.TEXT:
            return _text(field.values)
        case FieldType.EMAIL:
            return _email
        case FieldType.NUMBER:
            return _number(way)
        case FieldType.INTEGER:
            return _integer(way)
        case FieldType.BOOLEAN:
            return _boolean(way)
        case FieldType.DATE | FieldType.HAPPENED:
            return _date(way, project)
        case FieldType.LIST:
            return _list(way, field.values)
        case _:
            assert_never(field.type)


def _text(values: tuple[str, ...]) -> Read:
    if not values:
        return lambda cell: cell
    known = frozenset(values)

    def read(cell: str) -> Stored:
        if cell not in known:
            raise _not_among(cell, values)
        return cell

    return read


def _not_among(cell: str, values: tuple[str, ...]) -> BadCell:
    hint = did_you_mean(cell, values) or f"the contract allows: {', '.join(values)}"
    return BadCell("CSP732", f"{shown(cell)} is not one of the values of this field", hint)


def _email(cell: str) -> Stored:
    if not is_address(cell):
        raise BadCell(
            "CSP731", f"{shown(cell)} is not one email address", "one address a cell: name@company.example"
        )
    return cell


def _number(way: Format) -> Read:
    text = _number_text(way)
    return lambda cell: _finite(cell, float(text(cell)))


def _number_text(way: Format) -> Callable[[str], str]:
    """A number as Python writes it; BadCell where the cell is none."""
    expression, plain = number_expression(way), plain_number(way)

    def read(cell: str) -> str:
        if expression.fullmatch(cell) is None:
            fact = f"{shown(cell)} is not a number written like {_example(way)}"
            raise BadCell("CSP731", fact, _number_hint(cell))
        return plain(cell)

    return read


def number_expression(way: Format) -> re.Pattern[str]:
    """What a cell must look like to be a number."""
    return re.compile(rf"[+-]?{_whole(way)}({re.escape(way.decimal)}[0-9]+)?([eE][+-]?[0-9]+)?")


def plain_number(way: Format) -> Callable[[str], str]:
    """A number that looks like that → as Python writes it."""
    gone = _gone(way)
    return lambda cell: cell.translate(gone).replace(way.decimal, ".")


def _finite(cell: str, number: float) -> float:
    if not math.isfinite(number):
        raise BadCell("CSP731", f"{shown(cell)} is too large for a number")
    return number + 0.0  # minus zero is zero


def _whole_number(cell: str, number: Decimal) -> int:
    if number != number.to_integral_value():
        fact = f"{shown(cell)} gives {number.normalize():f}, which is not a whole number"
        raise BadCell("CSP731", fact, "declare the field as number")
    if abs(number) > LARGEST:
        raise BadCell("CSP731", f"{shown(cell)} is too large for an integer")
    return int(number)


def _number_hint(cell: str) -> str:
    if re.fullmatch(r"[+-]?[0-9][0-9., '\u00a0\u202f]*", cell):
        return "`decimal:` and `thousands:` in sources say how numbers are written"
    return "a number has no currency, no percent sign and no blanks around it"


def _example(way: Format) -> str:
    return f"1{way.thousands}234{way.decimal}5"


def _whole(way: Format) -> str:
    if not way.thousands:
        return "[0-9]+"
    between = f"[{_BLANKS}]" if way.thousands == " " else re.escape(way.thousands)
    return f"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)"


def _gone(way: Format) -> dict[int, int | None]:
    """What stands between thousands, for str.translate."""
    return str.maketrans("", "", _BLANKS if way.thousands == " " else way.thousands)


def integer_expression(way: Format) -> re.Pattern[str]:
    """What a cell must look like to be a whole number."""
    return re.compile(rf"[+-]?{_whole(way)}")


def plain_integer(way: Format) -> Callable[[str], str]:
    """A whole number that looks like that → as Python writes it."""
    gone = _gone(way)
    return lambda cell: cell.translate(gone)


def _integer(way: Format) -> Read:
    expression, plain = integer_expression(way), plain_integer(way)

    def read(cell: str) -> Stored:
        if expression.fullmatch(cell) is None:
            raise BadCell(
                "CSP731",
                f"{shown(cell)} is not a whole number",
                "an integer has no decimals, not even .0: declare the field as number if it may have some",
            )
        digits = plain(cell)
        number = int(digits) if len(digits) <= MOST_DIGITS else LARGEST + 1
        if abs(number) > LARGEST:
            raise BadCell(
                "CSP731",
                f"{shown(cell)} is too large for an integer",
                "if it is a name and not a quantity, declare the field as text",
            )
        return number

    return read


def _boolean(way: Format) -> Read:
    def read(cell: str) -> Stored:
        if _is_word(cell, way.yes, "true"):
            return 1
        if _is_word(cell, way.no, "false"):
            return 0
        raise BadCell(
            "CSP731",
            f"{shown(cell)} is neither {_words(way.yes, 'true')} nor {_words(way.no, 'false')}",
            "`yes:` and `no:` in sources name the words",
        )

    return read


def _is_word(cell: str, words: tuple[str, ...] | None, usual: str) -> bool:
    return cell.lower() == usual if words is None else cell in words


def _words(words: tuple[str, ...] | None, usual: str) -> str:
    return usual if words is None else " or ".join(words)


def _date(way: Format, project: tzinfo) -> Read:
    day = day_reader(way.dates, Clocks.of(way, project))
    # Made once: a file may hold a bad day in each row.
    by_words = way.dates is None or way.dates == TIMESTAMP or way.dates in EPOCHS
    other = None if by_words else read_pattern(str(way.dates)).other_order()

    def read(cell: str) -> Stored:
        value = day(cell)
        if value is None:
            raise _not_a_day(cell, way.dates, other)
        return value

    return read


def _not_a_day(cell: str, dates: str | None, other: DatePattern | None) -> BadCell:
    """`other`: the pattern with day and month in each other's place."""
    if dates is None:
        fact = f"{shown(cell)} is not written {ISO}, and nothing says how dates are written here"
        hint = "write `dates:` in sources, e.g. `dates: DD-MM-YYYY`; it is never guessed"
        return BadCell("CSP727", fact, hint)
    if other is None:
        example = "2026-03-02T10:00:00Z" if dates == TIMESTAMP else str(1772445600 * EPOCHS[dates])
        fact = f"{shown(cell)} is no {dates} like {example}"
        return BadCell("CSP731", fact, "`dates:` says how it is written")
    fact = f"{shown(cell)} is not a day written {dates}"
    if other.day(cell) is not None:
        return BadCell("CSP731", fact, f"it fits {other.text}: are day and month mixed up in `dates:`?")
    return BadCell("CSP731", fact, "`dates:` in sources says how days are written; a field may have its own")


def _list(way: Format, values: tuple[str, ...]) -> Read:
    check = _text(values)

    @lru_cache(maxsize=4096)  # a column holds the same few lists again and again
    def read(cell: str) -> Stored:
        items = [item.strip(" ") for item in cell.split(way.lists)]
        return as_list(tuple(str(check(item)) for item in items if item))

    return read


def as_list(items: tuple[str, ...]) -> str:
    """A list as it stands in a snapshot."""
    return _in_json(items)
