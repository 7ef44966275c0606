"""What the global options say, the clock, and how text reaches the screen."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from cs_playbook.errors import ChoiceError, UserError, WrongCommandLine
from cs_playbook.report.words import unseen_escaped

_PICTURE = {
    "error": "bold red",
    "warn": "yellow",
    "good": "green",
    "soft": "dim",
    "strong": "bold",
    "head": "bold",
}
_KEPT = (".yaml", ".yml", ".db", ".lock")
_STYLES = {"error": "31;1", "warn": "33", "good": "32", "soft": "2", "strong": "1", "head": "1"}


class Output(Struct, frozen=True):
    """`-o FORMAT[=FILE]`. `file` None: standard output."""

    format: str
    file: Path | None


class Settings(Struct, frozen=True):
    """`as_of` picks a day and replaces the clock. `names`: show names (else ids); `names_asked`: somebody said so.

    `hides`: a CI job shows ids in what is full of names elsewhere too; its log is read by more people than the data is meant for.
    """

    directory: Path = Path()
    as_of: date | None = None
    outputs: tuple[Output, ...] = ()
    quiet: bool = False
    verbose: bool = False
    color: bool = True
    names: bool = True
    names_asked: bool = False
    hides: bool = False
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


def day_written(written: str, option: str) -> date | None:
    """The day of an option; None where nothing is written."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise WrongCommandLine(f"'{written}' is not a day", f"write {option} 2026-03-31") from None


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
    only_formats(settings, *formats)
    for output in settings.outputs or (Output(next(iter(formats)), None),):
        make = formats[output.format]
        made = unseen_escaped(make()) if output.format == "json" else make()
        if output.file is None:
            show(_for_any_screen(made) if output.format.startswith("json") else made, settings)
        else:
            _write(made, output.file)


def _write(made: str, file: Path) -> None:
    try:
        file.write_text(made, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}", "the rest is done") from error


def only_formats(settings: Settings, *known: str) -> None:
    """Asked before a command acts: what cannot be written must stop it before, not after."""
    for output in settings.outputs:
        if output.format not in known:
            page = "; pages to look through are in out/<day>/index.html after cs-playbook run"
            hint = f"one of: {', '.join(known)}{page if output.format in ('html', 'pdf') else ''}"
            raise ChoiceError(f"there is no format '{output.format}' here", hint)
        if output.file is not None:
            _refuse_without_folder(output.file)
            _refuse_what_is_kept(output.file)
    files = [
        output.file.resolve() for output in settings.outputs if output.file and not _is_device(output.file)
    ]
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise WrongCommandLine(f"two results go into {twice}", "give each -o a file of its own")


def existing(paths: Sequence[Path], settings: Settings) -> list[Path]:
    """The paths as they are typed, from where one stands. Raises WrongCommandLine for one that is not there."""
    for path in paths:
        if not path.exists():
            inside = settings.directory / path
            meant = inside if settings.directory != Path() and inside.exists() else None
            hint = "paths begin where you stand, not in the workspace of -C"
            raise WrongCommandLine(
                f"there is no {path}", f"did you mean '{meant}'? {hint}" if meant else _near(path)
            )
    return list(paths)


def _near(path: Path) -> str:
    from cs_playbook.source.finding import did_you_mean

    parent = path.parent
    beside = [item.name for item in parent.iterdir()] if parent.is_dir() else []
    if not parent.is_dir():
        return f"there is no folder {parent} either: look at how it is written, and from where it begins"
    return did_you_mean(path.name, beside) or "look at how it is written, and from where it begins"


def _refuse_without_folder(file: Path) -> None:
    if not file.resolve().parent.is_dir():
        raise WrongCommandLine(f"there is no folder {file.resolve().parent}", "make it first")
    if file.is_dir():
        raise WrongCommandLine(f"{file} is a folder", f"name the file: -o FORMAT={file / 'result'}")


def _is_device(file: Path) -> bool:
    return file.exists() and not file.is_file()


def _refuse_what_is_kept(file: Path) -> None:
    """A result replaces what was there; no result is ever called like a file of a workspace."""
    if file.exists() and file.suffix.lower() in _KEPT:
        raise WrongCommandLine(
            f"{file} is no result: nothing is written over it", "name another file: -o FORMAT=FILE"
        )


def _for_any_screen(json: str) -> str:
    """JSON can spell every letter; a program that reads it must not get one that is only like it."""
    if (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8":
        return json
    return re.sub(r"[^\x00-\x7f]", _spelt, json)


def _spelt(letter: re.Match[str]) -> str:
    units = letter[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


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


def in_ci() -> bool:
    """Runners of every make set it."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def may_color(no_color: bool) -> bool:
    return (
        not no_color
        and not os.environ.get("NO_COLOR")
        and sys.stdout.isatty()
        and os.environ.get("TERM") != "dumb"
    )
