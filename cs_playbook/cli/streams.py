"""The standard streams as they were given → streams on which no letter and no reader that has gone can fail.

One that is closed is nobody's: its number must not go to the next file that is opened, which may be the ledger.
Whoever stops reading (`| head`) has seen enough: the command goes on to its end. A letter that a terminal does not
know is shown by one like it.
"""

from __future__ import annotations

import codecs
import io
import os
import sys

LIKE_LETTERS = "cs-playbook-like-letters"
# What our own screens are drawn with: one letter for one, so that tables stay tables.
_DRAWN = str.maketrans("…·→›−–—✗✓’‘“”«»\u00a0\u202f", "~-->---xv''\"\"<>  ")


def prepare_streams() -> None:
    """Called once, before anything is opened or written."""
    codecs.register_error(LIKE_LETTERS, _like)
    for number in (0, 1, 2):
        _occupy(number)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the end
    sys.stdout = _patient(sys.stdout, 1)
    sys.stderr = _patient(sys.stderr, 2)


def flush_streams() -> OSError | None:
    """Writes what is left; gives what kept it from being written, e.g. a full disk. That stream then leads nowhere."""
    failed = None
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            failed = failed or error
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return failed


class _Listener(io.FileIO):
    """Takes everything, also when nobody listens any more."""

    def write(self, written, /):  # type: ignore[no-untyped-def]  # any buffer
        try:
            return super().write(written)
        except BrokenPipeError:
            return len(written)


def _occupy(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        # The lowest free number is given out, and those below are taken by now.
        os.open(os.devnull, os.O_RDWR)


def _patient(given: io.TextIOWrapper | object, number: int) -> io.TextIOWrapper:
    """The stream of that number in the encoding that was given for it."""
    return io.TextIOWrapper(
        io.BufferedWriter(_Listener(number, "w", closefd=False)),
        encoding=getattr(given, "encoding", None) or "utf-8",
        errors=LIKE_LETTERS,
        line_buffering=number == 2 or os.isatty(number),
    )


def _like(error: UnicodeError) -> tuple[str, int]:
    """`e` for é, `~` for …, `?` for what has nothing like it, as bytes that were no UTF-8."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from unicodedata import normalize

    unknown = error.object[error.start : error.end].translate(_DRAWN)
    parts = (normalize("NFKD", letter).encode("ascii", "ignore").decode() for letter in unknown)
    return "".join(part or "?" for part in parts), error.end
