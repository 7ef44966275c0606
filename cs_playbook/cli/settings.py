"""What the global options say, the clock, and how text reaches the screen."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cs_playbook.errors import ChoiceError
from cs_playbook.report.words import unseen_escaped

_PICTURE = {
    "error": "bold red",
    "warn": "yellow",
    "good": "green",
    "soft": "dim",
    "strong": "bold",
    "head": "bold",
}
_STYLES = {"error": "31;1", "warn": "33", "good": "32", "soft": "2", "strong": "1", "head": "1"}


@dataclass(frozen=True, slots=True)
class Output:
    """`-o FORMAT[=FILE]`. `file` None: standard output."""

    format: str
    file: Path | None


@dataclass(frozen=True, slots=True)
class Settings:
    """`as_of` picks a day and replaces the clock. `names`: show names (else ids)."""

    directory: Path = Path()
    as_of: date | None = None
    outputs: tuple[Output, ...] = ()
    quiet: bool = False
    verbose: bool = False
    color: bool = True
    names: bool = True
    extra: dict[str, str] = field(default_factory=dict)

    def today(self, timezone: str = "UTC") -> date:
        """The day of --as-of, or today in the project's zone."""
        return self.as_of or datetime.now(ZoneInfo(timezone)).date()

    def now(self, timezone: str) -> datetime:
        """Now; with --as-of, 00:00 of that day in the project's zone."""
        zone = ZoneInfo(timezone)
        if self.as_of is None:
            return datetime.now(zone)
        return datetime(self.as_of.year, self.as_of.month, self.as_of.day, tzinfo=zone)

    @property
    def recorded_at(self) -> str:
        """UTC, ISO text, to the second: for audit columns only, no decision reads it."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cache_folder() -> Path | None:
    """Where this user's programs keep what can be made again; None where there is no such place."""
    try:
        usual = {"darwin": Path.home() / "Library" / "Caches", "win32": Path.home() / "AppData" / "Local"}
        place = os.environ.get("XDG_CACHE_HOME") or usual.get(sys.platform, Path.home() / ".cache")
    except RuntimeError:  # nobody's home
        return None
    return Path(place) / "cs-playbook" / "verdicts"


def width() -> int:
    """Columns of the terminal; 100 where there is none. Never below 80."""
    import shutil

    return max(shutil.get_terminal_size((100, 24)).columns, 80) if sys.stdout.isatty() else 100


Line = Sequence[tuple[str, str]]  # pieces of (style, text)


def emit(settings: Settings, **formats: Callable[[], str]) -> None:
    """A result in every format that was asked for (the first one given here if none was), each to its file or the screen."""
    wished = settings.outputs or (Output(next(iter(formats)), None),)
    for output in wished:
        make = formats.get(output.format)
        if make is None:
            raise ChoiceError(f"there is no format '{output.format}' here", f"one of: {', '.join(formats)}")
        made = unseen_escaped(make()) if output.format == "json" else make()
        if output.file is None:
            show(made, settings)
        else:
            output.file.write_text(made, encoding="utf-8")


def only_formats(settings: Settings, *known: str) -> None:
    """Asked before a command acts: what cannot be written must stop it before, not after."""
    for output in settings.outputs:
        if output.format not in known:
            raise ChoiceError(f"there is no format '{output.format}' here", f"one of: {', '.join(known)}")
        if output.file is not None and not output.file.resolve().parent.is_dir():
            raise ChoiceError(f"there is no folder {output.file.resolve().parent}", "make it first")


def show(text: str, settings: Settings) -> None:
    """A result on standard output."""
    if not settings.quiet:
        sys.stdout.write(text)


def colored(lines: Iterable[Line], settings: Settings) -> str:
    """Lines of (style, text) pieces as text, coloured on a terminal that may be."""
    return "".join(
        "".join(paint(style, text, settings) for style, text in line).rstrip() + "\n" for line in lines
    )


def picture(lines: Iterable[Line], title: str, columns: int) -> str:
    """The same lines as an SVG picture of a terminal."""
    from io import StringIO

    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    console = Console(
        record=True, width=columns, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    for line in lines:
        written = Text()
        for style, text in line:
            written.append(text, style=_PICTURE.get(style, ""))
        console.print(written, no_wrap=True, overflow="ellipsis", highlight=False)
    drawn = console.export_svg(title=title, theme=MONOKAI, unique_id="screen")
    # rich asks a font server for letters; whoever opens the picture has a fixed-width font of their own.
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL).replace(
        "Fira Code", "ui-monospace, Menlo, Consolas"
    )


def say(text: str) -> None:
    """Anything that is no result: standard error."""
    sys.stderr.write(text + "\n")


def paint(style: str, text: str, settings: Settings) -> str:
    """Colour helps and is never needed."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if settings.color and style in _STYLES else text


def may_color(no_color: bool) -> bool:
    return (
        not no_color
        and not os.environ.get("NO_COLOR")
        and sys.stdout.isatty()
        and os.environ.get("TERM") != "dumb"
    )
