"""The logical day → the functions that our SQL calls besides those of SQLite, under the names by which it calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cs_playbook.model.functions import Reckoning, functions, like
from cs_playbook.model.lasting import bound

Stored = str | int | float | None


def own_functions(reckoning: Reckoning) -> Mapping[str, Callable[..., Stored]]:
    """Same arguments, same answer, for as long as the day lasts.

    `cs_today()`: days since 1970-01-01. `cs_held_since(days)`: the day since which a condition must have said yes to
    have held so long; null where the snapshots seen cannot prove any.
    """
    return {
        **{f"cs_{name}": function for name, function in functions(reckoning).items()},  # type: ignore[misc]
        "cs_like": like,
        "cs_today": lambda: reckoning.today,
        "cs_held_since": lambda days: bound(days, reckoning),
    }
