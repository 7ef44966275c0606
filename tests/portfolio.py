"""A day → the exports of the made-up portfolio cut down: who has a story, one in three of the others, the last weeks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from cs_playbook.study.made_up import exports

_ACCOUNT = re.compile(r"\b[ACS]([12])(\d{3})\b")  # of an account, of its contacts, of its subscriptions
# File → which column holds the day; rules look back sixty days at most.
_LONG = {"product_usage.csv": 1, "crm_activities.csv": 2}


def write_portfolio(folder: Path, day: date) -> None:
    """A third of the work of the whole, and the same stories."""
    folder.mkdir(exist_ok=True)
    for name, lines in exports(day).items():
        kept = _kept(lines)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(_recent(kept, _LONG[name], day) if name in _LONG else kept)


def _kept(lines: Iterable[str]) -> Iterator[str]:
    rows = iter(lines)
    yield next(rows)
    for line in rows:
        named = _ACCOUNT.search(line)
        if named is None or named[1] == "1" or int(named[2]) % 3 == 0:
            yield line


def _recent(lines: Iterable[str], column: int, day: date) -> Iterator[str]:
    first = (day - timedelta(60)).isoformat()
    rows = iter(lines)
    yield next(rows)
    yield from (line for line in rows if line.split(",")[column] >= first)
