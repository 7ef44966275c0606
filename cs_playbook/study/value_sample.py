"""The cells of a column, as they stream by → how many differ, which repeat, and how many of them another column has.

A sample by hash in bounded memory: whole while a column has few values, then every second of them, every fourth …
Whether a value is kept depends on the value alone, so two columns can be compared through their samples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from hashlib import blake2b

MANY = 1 << 18  # values of a column that may be a key: exact up to here, with some 17 MB
FEW = 1 << 12
_TEXTS = 1 << 12


class ValueSample:
    """What was seen of one column. `capacity`: how many different values it remembers at most."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.example_of_repeat = ""
        self._mask = 0
        self._seen: set[int] = set()
        self._again: defaultdict[int, int] = defaultdict(int)
        self._texts: dict[int, str] = {}

    def add(self, cells: Mapping[str, int]) -> None:
        """Cells with how often each came."""
        seen, again, mask = self._seen, self._again, self._mask
        for cell, times in cells.items():
            key = _hash(cell)
            if key & mask:
                continue
            if key in seen:
                again[key] += times
            else:
                seen.add(key)
                if len(self._texts) < _TEXTS:
                    self._texts[key] = cell
                if times == 1:
                    continue
                again[key] += times - 1
            self.example_of_repeat = self.example_of_repeat or cell
        while len(self._seen) > self.capacity:
            self._halve()

    def forget_beyond(self, capacity: int) -> None:
        """For what turned out to be no key: less memory from now on."""
        self.capacity = min(self.capacity, capacity)
        while len(self._seen) > self.capacity:
            self._halve()

    @property
    def is_whole(self) -> bool:
        """Whether every value is in it."""
        return self._mask == 0

    @property
    def different(self) -> int:
        """How many different values: exact while whole, else about."""
        return len(self._seen) * (self._mask + 1)

    @property
    def sharing(self) -> int:
        """How many rows share their value with another."""
        return sum(self._again.values(), len(self._again)) * (self._mask + 1)

    def counted(self) -> dict[str, int]:
        """Each value with how often it came, most frequent first: of those whose text is remembered."""
        counts = {text: 1 + self._again.get(key, 0) for key, text in self._texts.items() if key in self._seen}
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def found_in(self, keys: ValueSample) -> tuple[int, int, str]:
        """Rows whose value is among `keys`, rows whose is not (both of the sample alone), and one of these values."""
        mask = self._mask | keys._mask
        rows = {key: 1 + self._again.get(key, 0) for key in self._seen if not key & mask}
        orphans = [key for key in rows if key not in keys._seen]
        lost = sum(rows[key] for key in orphans)
        examples = sorted(self._texts[key] for key in orphans if key in self._texts)
        return sum(rows.values()) - lost, lost, examples[0] if examples else ""

    def _halve(self) -> None:
        self._mask = self._mask * 2 + 1
        self._seen = {key for key in self._seen if not key & self._mask}
        for kept in (self._again, self._texts):
            for key in [key for key in kept if key & self._mask]:
                del kept[key]


def _hash(cell: str) -> int:
    return int.from_bytes(blake2b(cell.encode("utf-8", "surrogatepass"), digest_size=8).digest())
