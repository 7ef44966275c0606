"""Two sorted streams of who fits, or of where accounts stand → who enters, who leaves, who moves; in constant memory."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from cs_playbook.study.difference import Group, Moves, OneOfThem
from cs_playbook.study.merging import side_by_side

FIRST = 10  # accounts that are named, the largest ARR first

T = TypeVar("T")
Keyed = tuple[str, T]


class Gathering:
    """Holds the count, the ARR and the first names of a group while it goes by, account by account."""

    def __init__(self) -> None:
        self._count = 0
        self._arr: float | None = None
        self._last: str | None = None
        self._first: list[tuple[tuple[float, str, str], OneOfThem]] = []

    def take(self, one: OneOfThem) -> None:
        self._count += 1
        if one.arr is not None and one.account != self._last:
            self._arr = (self._arr or 0) + one.arr
        self._last = one.account
        place = (-one.arr if one.arr is not None else 1.0, one.account, one.row or "")
        insort(self._first, (place, one), key=lambda item: item[0])
        del self._first[FIRST:]

    def group(self) -> Group:
        return Group(self._count, self._arr, tuple(one for _, one in self._first))


def moves_of(
    fact: str,
    before: Iterable[Keyed[str]],
    now: Iterable[Keyed[str]],
    of: Callable[[str], OneOfThem],
    renamed: Callable[[str], str] = lambda name: name,
) -> Moves:
    """(account, where it stands) of both sides; whoever only one side knows has not moved."""
    ways: Counter[tuple[str, str]] = Counter()
    moved = Gathering()
    for account, old, new in side_by_side(before, now):
        if old is None or new is None or renamed(old) == new:
            continue
        ways[old, new] += 1
        moved.take(of(account))
    ordered = sorted(ways.items(), key=lambda item: (-item[1], item[0]))
    return Moves(fact, dict(ordered), moved.group())
