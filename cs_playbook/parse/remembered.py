"""A reader of cells → the same, which remembers what it has read: columns say the same few thousand things again and again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cs_playbook.parse.cell import Stored

Key = TypeVar("Key", bound=Hashable)

MOST = 8192  # of a column: eleven years of days, and some half a megabyte


class Remembered(dict[Key, Stored], Generic[Key]):
    """`remembered[cell]` is what `read(cell)` gives. A key that is there is found without any code of ours being run."""

    def __init__(self, read: Callable[[Key], Stored]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Key) -> Stored:
        value = self._read(cell)
        if len(self) < MOST:
            self[cell] = value
        return value
