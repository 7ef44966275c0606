"""Programs run side by side → seconds of the processor, ratios and a table: what means something on a busy machine."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20
PYTHON = sys.executable
OURS = (str(Path(PYTHON).with_name("cs-playbook")),)
NOTHING = (PYTHON, "-c", "pass")


@dataclass(frozen=True, slots=True)
class Figure:
    """`seconds` of a piece of work beside `limit_seconds` of its limit program, at most `at_most` times as many.

    `at_most` 0: only shown. `note`: what else was seen. `column`: of the history; "": it is not kept.
    """

    work: str
    seconds: float
    limit: str = ""
    limit_seconds: float = 0.0
    at_most: float = 0.0
    note: str = ""
    column: str = ""

    @property
    def ratio(self) -> float:
        return self.seconds / self.limit_seconds if self.limit_seconds else 0.0

    @property
    def holds(self) -> bool:
        return not self.at_most or self.ratio <= self.at_most


def side_by_side(works: Mapping[str, Callable[[], object]], times: int) -> dict[str, float]:
    """The least seconds of the processor for each, taken in turns: what slows the machine down slows all of them down."""
    for work in works.values():
        work()  # the first time compiles, and warms the files
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            taken[name].append(busy(work))
    return {name: min(seconds) for name, seconds in taken.items()}


def busy(work: Callable[[], object]) -> float:
    """Seconds of the processor, those of programs that it starts and waits for included."""
    began = _busy_so_far()
    work()
    return _busy_so_far() - began


def _busy_so_far() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def program(command: Sequence[str], at: Path | None = None) -> Callable[[], None]:
    """A whole process, from its start to its end; it must end well."""

    def run() -> None:
        subprocess.run(
            command, cwd=at, env=surroundings(), stdout=subprocess.DEVNULL, check=True, close_fds=False
        )

    return run


@dataclass(frozen=True, slots=True)
class Spent:
    """What one command took of the processor. `peak`: resident bytes at the most."""

    seconds: float
    peak: int


def spend(words: Sequence[str], at: Path) -> Spent:
    """Runs a command of ours once. `at`: a folder of its own for the figures."""
    note = at / "peak"
    command = (PYTHON, "-m", "tests.benchmarks.peak", str(note), *words)
    seconds = busy(program(command))
    return Spent(seconds, int(note.read_text(encoding="ascii")))


def surroundings() -> dict[str, str]:
    """As everywhere else: what has been compiled once is not compiled again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def table(title: str, figures: Sequence[Figure]) -> str:
    """One line a figure, for people."""
    lines = [f"\n{title}"]
    for figure in figures:
        against = (
            f"{figure.ratio:6.1f} × {figure.limit} ({_seconds(figure.limit_seconds)})" if figure.limit else ""
        )
        against += f", at most {figure.at_most:g}" if figure.at_most else ""
        lines.append(f"  {figure.work:<44} {_seconds(figure.seconds):>9}  {against} {figure.note}".rstrip())
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
