"""`rank() over (partition by csm_email order by arr desc)`: the words of a rank → its expression; what it may stand on."""

from __future__ import annotations

from collections.abc import Callable

from cs_playbook.model.expression import Expression, FieldType, Rank
from cs_playbook.parse.cursor import Cursor
from cs_playbook.parse.tokens import Refusal, Token

EXAMPLE = "rank() over (partition by csm_email order by arr desc)"


def read_rank(reader: Cursor, token: Token, read: Callable[[], Expression]) -> Rank:
    """After `rank(`. `read` reads one value. Raises Refusal at the first word that cannot be read."""
    if not reader.skip(")"):
        raise Refusal(token.at, "CSP214", "rank() has nothing in its brackets", f"e.g. {EXAMPLE}")
    _word(reader, "over")
    if not reader.skip("("):
        raise _missing(reader, "(")
    among: list[Expression] = []
    if reader.skip_word("partition"):
        _word(reader, "by")
        among.append(read())
        while reader.skip(","):
            among.append(read())
    _word(reader, "order")
    _word(reader, "by")
    orders = [_order(reader, read)]
    while reader.skip(","):
        orders.append(_order(reader, read))
    reader.close("(", token)
    return Rank(tuple(orders), tuple(among), reader.since(token.at))


def _order(reader: Cursor, read: Callable[[], Expression]) -> tuple[Expression, str]:
    value = read()
    if reader.skip_word("desc"):
        return value, "desc"
    reader.skip_word("asc")
    return value, "asc"


def _word(reader: Cursor, word: str) -> None:
    if not reader.skip_word(word):
        raise _missing(reader, word)


def _missing(reader: Cursor, word: str) -> Refusal:
    return Refusal(reader.here.at, "CSP214", f"'{word}' is missing here", f"e.g. {EXAMPLE}")


def may_be_ranked(kind: FieldType | None) -> bool:
    """What has an order: numbers and days; of yes and no, no comes first."""
    return kind is None or kind.is_number or kind in (FieldType.DATE, FieldType.BOOLEAN)
