"""A long reading, told step by step → a bar on a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING

from cs_playbook.cli.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Watch = Callable[[str, int, float | None], None]


@contextmanager
def watching(settings: Settings, unit: str = "rows") -> Iterator[Watch]:
    """What to call with what is read, how many so far (of the `unit`) and the share of it (None: unknown)."""
    with ExitStack() as stack:
        yield _Bar(stack, settings.color, unit).show if sys.stderr.isatty() else _nobody


def _nobody(_shown: str, _rows: int, _share: float | None) -> None:
    return


class _Bar:
    """Drawn from the first call on: a small export is read before one could see it, and never loads rich."""

    def __init__(self, stack: ExitStack, color: bool, unit: str) -> None:
        self._stack = stack
        self._color = color
        self._unit = unit
        self._progress: Progress | None = None
        self._lines: dict[str, TaskID] = {}

    def show(self, shown: str, rows: int, share: float | None) -> None:
        progress = self._progress or self._drawn()
        if shown not in self._lines:
            for line in self._lines.values():
                progress.remove_task(line)
            total = None if share is None else 1.0
            self._lines = {shown: progress.add_task(PurePath(shown).name, total=total, rows="")}
        progress.update(self._lines[shown], completed=share or 0.0, rows=f"{rows:,} {self._unit}")

    def _drawn(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[rows]}"),
        )
        console = Console(stderr=True, no_color=not self._color)
        self._progress = self._stack.enter_context(Progress(*columns, console=console, transient=True))
        return self._progress
