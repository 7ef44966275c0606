"""The condition of a question to rows → by which fields of the playbook's row it finds them (`feature = row.feature`)."""

from __future__ import annotations

from cs_playbook.model.expression import Both, Comparison, Expression, Name, ScopeName, walk


def pairs_with_row(where: Expression | None) -> tuple[str, ...]:
    """The fields of the playbook's row that must equal a field of the rows asked, whatever else is asked of them."""
    return tuple(dict.fromkeys(name for part in _every(where) for name in _pair(part)))


def row_named(where: Expression | None) -> str:
    """The table of the row that is named somewhere in it; nothing where none is."""
    names = (part for part in walk(where) if isinstance(part, Name)) if where is not None else ()
    return next((name.table for name in names if name.scope is ScopeName.ROW), "")


def _every(where: Expression | None) -> tuple[Expression, ...]:
    """What must hold at once."""
    if where is None:
        return ()
    if isinstance(where, Both) and where.operator == "and":
        return tuple(part for item in where.items for part in _every(item))
    return (where,)


def _pair(part: Expression) -> tuple[str, ...]:
    if not isinstance(part, Comparison) or part.operator != "=":
        return ()
    sides = [side for side in (part.left, part.right) if isinstance(side, Name)]
    scopes = {side.scope for side in sides}
    if len(sides) < 2 or scopes != {ScopeName.RELATED, ScopeName.ROW}:
        return ()
    return tuple(side.name for side in sides if side.scope is ScopeName.ROW)
