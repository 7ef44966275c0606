"""Two streams in order of their keys → each key once, with what either side has of it; in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

K = TypeVar("K", bound=Any)  # text, or whole numbers where an export has such keys
T = TypeVar("T")


def side_by_side(
    before: Iterable[tuple[K, T]], now: Iterable[tuple[K, T]]
) -> Iterator[tuple[K, T | None, T | None]]:
    """Both in order of their keys, each key once on a side; None where a side has it not."""
    old, new = iter(before), iter(now)
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield one[0], one[1], None
            one = next(old, None)
        elif one is None or other[0] < one[0]:
            yield other[0], None, other[1]
            other = next(new, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(old, None), next(new, None)
