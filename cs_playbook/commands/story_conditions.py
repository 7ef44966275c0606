"""Conditions with their answers → which of them keep the whole from yes, as lines with the values they saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cs_playbook.model.condition import Evidence, Group
from cs_playbook.model.expression import FieldType, Value
from cs_playbook.report.values import TIE, value_words

SAYS = {True: "yes", False: "no", None: "unknown"}


def culprits(said: Evidence) -> Iterator[Evidence]:
    """The conditions that keep it from yes: said no or unknown, or inside `none` yes."""
    if said.answer is True:
        return
    condition = said.condition
    if not isinstance(condition, Group):
        yield said
        return
    free = (False,) if condition.kind == "none" else (True,)
    blocking = [item for item in said.items if item.answer not in free]
    if not blocking:  # all inside say yes, but not for long enough
        yield said
        return
    for item in blocking:
        inside = list(culprits(item))
        yield from inside if inside else leaves_of(item)


def leaves_of(said: Evidence) -> Iterator[Evidence]:
    if not said.items:
        yield said
    for item in said.items:
        yield from leaves_of(item)


def names_of(said: Evidence) -> tuple[str, ...]:
    """How an author may point to a condition: as it is written, or by its reason."""
    return tuple(name for name in (getattr(said.condition, "text", None), said.condition.because) if name)


def condition_line(said: Evidence) -> str:
    """`licensed_seats >= 10` says no (licensed_seats is 8)."""
    words = (*names_of(said), "all of it")[0]
    seen = [f"{name} is {_shown(value, kind)}" for name, value, kind in _seen(said) if name != words]
    held = [f"held for {said.lasting[0]} of {said.lasting[1]} days"] if said.lasting else []
    details = ", ".join([*seen, *held])
    return f"`{words}` says {SAYS[said.answer]}" + (f" ({details})" if details else "")


def _seen(said: Evidence) -> Sequence[tuple[str, Value, str]]:
    return list(dict.fromkeys(value for leaf in leaves_of(said) for value in leaf.values))


def _shown(value: Value, kind: str) -> str:
    return value_words(value, FieldType(kind) if kind else None).replace(TIE, " ")
