"""Programs run side by side → medians, ratios and a table: the only figures that mean something on a busy machine."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20
PYTHON = sys.executable
OURS = (str(Path(PYTHON).with_name("cs-playbook")),)
NOTHING = (PYTHON, "-c", "pass")


@dataclass(frozen=True, slots=True)
class Figure:
    """`seconds` of a piece of work beside `limit_seconds` of its limit program, times `at_most`. `note`: what else was seen."""

    work: str
    seconds: float
    limit: str = ""
    limit_seconds: float = 0.0
    at_most: float = 0.0
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.seconds / self.limit_seconds if self.limit_seconds else 0.0

    @property
    def holds(self) -> bool:
        return self.ratio <= self.at_most


def side_by_side(works: Mapping[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Median seconds of each, taken in turns: what slows the machine down slows all of them down."""
    for work in works.values():
        work()  # the first time compiles, and warms the files
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def program(command: Sequence[str], at: Path | None = None) -> Callable[[], None]:
    """A whole process, from its start to its end; it must end well."""

    def run() -> None:
        subprocess.run(
            command, cwd=at, env=surroundings(), stdout=subprocess.DEVNULL, check=True, close_fds=False
        )

    return run


@dataclass(frozen=True, slots=True)
class Spent:
    """What one command took. `peak`: resident bytes at the most."""

    seconds: float
    peak: int


def spend(words: Sequence[str], at: Path) -> Spent:
    """Runs a command of ours once. `at`: a folder of its own for the figures."""
    note = at / "peak"
    command = (PYTHON, "-m", "tests.benchmarks.peak", str(note), *words)
    began = time.perf_counter()
    subprocess.run(command, env=surroundings(), stdout=subprocess.DEVNULL, check=True, close_fds=False)
    return Spent(time.perf_counter() - began, int(note.read_text(encoding="ascii")))


def surroundings() -> dict[str, str]:
    """As everywhere else: what has been compiled once is not compiled again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def table(title: str, figures: Sequence[Figure]) -> str:
    """One line a figure, for people."""
    lines = [f"\n{title}"]
    for figure in figures:
        against = (
            f"{figure.ratio:6.1f} × {figure.limit} ({_seconds(figure.limit_seconds)}), at most {figure.at_most:g}"
            if figure.limit
            else ""
        )
        lines.append(f"  {figure.work:<44} {_seconds(figure.seconds):>9}  {against} {figure.note}".rstrip())
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
