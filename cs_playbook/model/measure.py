"""What is measured of a snapshot beside its rows and empties: the names under which manifests and the ledger keep it.

Each measure is a whole number under `kind:field` or `kind:field:word`, of one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

MEDIAN = "median"  # of the numbers that are not 0, their sign left out, in thousandths
MIDDLE = "middle"  # the median of the days, counted from 1970-01-01
NEWEST = "newest"  # the newest day of a table with a `day:`, up to that of the snapshot
LOOKED = "looked"  # how many rows the words were counted in
WORD = "word"  # in how many of these the word stands
WHOSE = "whose"  # of rows known by their keys: the key itself, first, and whose they are; four bits for each, as below
KNOWN = "known"  # their texts: four bits for each of 64 rows; 0: no such row, or nothing in the cell

BUCKETS = 64


def measure(kind: str, field: str, word: str | None = None) -> str:
    return f"{kind}:{field}" if word is None else f"{kind}:{field}:{word}"


def other_cells(
    before: Mapping[str, int], now: Mapping[str, int], kind: str
) -> Iterator[tuple[str, int, int]]:
    """Of one table: (field, how many of the known rows are other in it, of how many). `kind`: WHOSE or KNOWN."""
    key = next((name for name in now if name.startswith(f"{WHOSE}:")), None)
    if key is None or key not in before:
        return
    keys = list(zip(_halves(before[key]), _halves(now[key]), strict=True))
    if kind == WHOSE:
        yield key.partition(":")[2], sum(then != here for then, here in keys if then), sum(then > 0 for then, _ in keys)  # fmt: skip
    again = [place for place, (then, here) in enumerate(keys) if then and then == here]
    for name in before:
        if name.startswith(f"{kind}:") and name != key and name in now:
            was, has = _halves(before[name]), _halves(now[name])
            both = [place for place in again if was[place] and has[place]]
            yield name.partition(":")[2], sum(was[place] != has[place] for place in both), len(both)


def _halves(bits: int) -> list[int]:
    return [bits >> 4 * place & 15 for place in range(BUCKETS)]
