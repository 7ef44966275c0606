"""Who stands above whom → the circles among them: accounts that are, step by step, their own parent."""

from __future__ import annotations

from collections.abc import Mapping


def circles(above: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Account → parent; each circle once, from its smallest key upwards, in order of that key."""
    found: list[tuple[str, ...]] = []
    walked: set[str] = set()
    for start in sorted(above):
        way = _way_up(start, above, walked)
        walked |= way.keys()
        top = next(reversed(way), start)
        if above.get(top) in way:
            ring = list(way)[way[above[top]] :]
            at = ring.index(min(ring))
            found.append((*ring[at:], *ring[:at]))
    return sorted(found)


def _way_up(start: str, above: Mapping[str, str], walked: set[str]) -> dict[str, int]:
    """The accounts from there upwards, each with its place, until one that has been met."""
    way: dict[str, int] = {}
    at: str | None = start
    while at is not None and at in above and at not in way and at not in walked:
        way[at] = len(way)
        at = above[at]
    return way
