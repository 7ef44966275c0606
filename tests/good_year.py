"""A year of the made-up portfolio, morning by morning: seasons, churn, growth, a price rise, a colleague who leaves.

No morning may be stopped. All of it, from the top of the repository: make year. What stops a run is told, and let pass.
"""

from __future__ import annotations

import sys
import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from cs_playbook.commands.run import Permission, StoppedByRule
from cs_playbook.study import made_up
from cs_playbook.study.made_up import FIRST_MORNING
from tests.builders import World, library, write_csv

DAYS = 365
USAGE = "product_usage.csv"
USAGE_IS_KEPT = timedelta(days=120)  # so far back goes the export of the product
PRICES_RISE_ON, PRICE_RISE = date(2026, 10, 1), 1.06
SHE_LEAVES_ON, SHE, HER_COLLEAGUE = date(2026, 11, 2), "ines@vendor.example", "marc@vendor.example"
# From, to, and how many of a hundred people stay away.
HOLIDAYS = ((date(2026, 7, 13), date(2026, 8, 30), 25), (date(2026, 12, 19), date(2027, 1, 3), 50))
ANSWERED_IN_A_DAY = 4  # of 16 open tasks


def mornings(first: date = FIRST_MORNING, days: int = DAYS, every: int = 1) -> list[date]:
    return [first + timedelta(days=n) for n in range(0, days, every)]


def exports(day: date, last: date) -> dict[str, str]:
    """File → text, as of `day`. `last`: no day after it will be asked for (usage is made up once)."""
    files = made_up.exports(day)
    texts = {name: "".join(lines) for name, lines in files.items() if name != USAGE}
    texts["crm_accounts.csv"] = "".join(
        _account(line, day) for line in made_up.exports(day)["crm_accounts.csv"]
    )
    header, days, lines = _usage(last)
    first, end = bisect_right(days, (day - USAGE_IS_KEPT).isoformat()), bisect_right(days, day.isoformat())
    texts[USAGE] = header + "".join(lines[first:end])
    return texts


def _account(line: str, day: date) -> str:
    cells = line.split(",")
    if day >= SHE_LEAVES_ON:
        line = line.replace(SHE, HER_COLLEAGUE)
    if day >= PRICES_RISE_ON and len(cells) > 4 and cells[4].isdigit():
        before, after = f",{cells[4]},", f",{round(int(cells[4]) * PRICE_RISE)},"
        line = line.replace(before, after, 1)
    return line


@lru_cache(maxsize=1)
def _usage(last: date) -> tuple[str, list[str], list[str]]:
    """The header; and of each row, oldest first, its day and its line. People are on holiday now and then."""
    header, *lines = made_up.exports(last)[USAGE]
    there = [line for line in lines if not _is_away(line)]
    return header, [line.split(",")[1] for line in there], there


def _is_away(line: str) -> bool:
    _, day, person, _ = line.split(",")
    return any(
        first.isoformat() <= day <= end.isoformat() and crc32(f"{person} {first}".encode()) % 100 < share
        for first, end, share in HOLIDAYS
    )


def arrive(world: World, day: date, last: date) -> None:
    """The exports of the day, and its snapshot."""
    for name, text in exports(day, last).items():
        world.write(f"exports/{name}", text)
    built = world.build(day)
    assert built.manifest is not None, [finding.message for finding in built.findings][:5]


def live(world: World, days: Iterable[date], last: date) -> Iterator[tuple[date, tuple[str, ...]]]:
    """Each morning, and the sentences of what has stopped its run; then a person lets it pass, and people answer."""
    for day in days:
        arrive(world, day, last)
        try:
            world.run(day)
            told: tuple[str, ...] = ()
        except StoppedByRule as stopped:
            told = tuple(f"{stop.rule}: {stop.sentence}" for stop in stopped.stops)
            rules = dict.fromkeys((stop.rule for stop in stopped.stops), "it is right")
            world.run(day, Permission(rules, "nora@vendor.example", stopped.plan))
        _answer(world, day)
        yield day, told


def _answer(world: World, day: date) -> None:
    """Some of what is open comes back the next morning, answered; the same ones each time."""
    rows = [
        {"key": line["key"], "outcome": line["outcomes"].split(" | ")[0]}
        for line in world.lines(day)
        if crc32(f"{line['key']} {day}".encode()) % 16 < ANSWERED_IN_A_DAY
    ]
    if rows:
        write_csv(world.root / "answers" / f"{day}.csv", rows, ("key", "outcome"))


def main() -> int:
    """[FIRST DAYS [EVERY]]: from which day on, how many, and only every so manyth. Exit 1 where a morning was stopped."""
    first = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else FIRST_MORNING
    count, every = ([int(word) for word in sys.argv[2:]] + [DAYS, 1][len(sys.argv[2:]) :])[:2]
    days, stopped = mornings(first, count, every), 0
    with tempfile.TemporaryDirectory() as folder:
        for day, told in live(library(Path(folder) / "year"), days, days[-1]):
            stopped += bool(told)
            sys.stdout.write("\n  ".join([f"{day}  {'stopped' if told else 'goes by'}", *told]) + "\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(days)} mornings, {stopped} stopped\n")
    return 1 if stopped else 0


if __name__ == "__main__":
    sys.exit(main())
