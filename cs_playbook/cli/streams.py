"""The three standard streams as they were given → streams on which nothing that is written can fail.

One that is closed is nobody's: its number must not go to the next file that is opened, which may be the ledger.
Whoever stops reading (`| head`) has seen enough: the command goes on to its end. A letter that a terminal does not
know is shown by one like it.
"""

from __future__ import annotations

import io
import os
import sys

_NUMBERS = {"stdin": 0, "stdout": 1, "stderr": 2}
# What our own screens draw with, one column each, so that tables stay tables.
_LIKE = str.maketrans("…·→›−–—✗✓’‘“”«»\u00a0\u202f", "~-->---xv''\"\"<>  ")


def prepare_streams() -> None:
    """Called once, before anything is opened or written."""
    for number in _NUMBERS.values():
        _occupy(number)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the end
    sys.stdout = _patient(sys.stdout, 1)
    sys.stderr = _patient(sys.stderr, 2)


def printable(text: str) -> str:
    """A text that came from outside, e.g. an argument, without bytes that were no UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def flush_streams() -> OSError | None:
    """Writes what is left; what keeps it from being written, e.g. a full disk. Then the streams lead nowhere."""
    failed = None
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            failed = failed or error
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
    return failed


class _Listener(io.FileIO):
    """Takes everything, also when nobody listens any more."""

    def write(self, written: object, /) -> int:
        try:
            return super().write(written) or 0  # type: ignore[arg-type]
        except BrokenPipeError:
            return len(written)  # type: ignore[arg-type]


def _occupy(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        # The lowest free number is given out, and those below are taken by now.
        os.open(os.devnull, os.O_RDWR)


def _patient(given: io.TextIOBase | object, number: int) -> io.TextIOWrapper:
    """The stream of that number, with the encoding that was given."""
    encoding = getattr(given, "encoding", None) or "utf-8"
    if given is not None and not _is_ours(given, number):
        return given  # type: ignore[return-value]  # somebody listens in, e.g. a test
    try:
        known = "…é→".encode(encoding) is not None
    except UnicodeEncodeError:
        known = False
    stream = io.TextIOWrapper(
        io.BufferedWriter(_Listener(number, "w", closefd=False)),
        encoding=encoding,
        errors="replace" if known else "cs-playbook",
        line_buffering=number == 2 or os.isatty(number),
    )
    return stream


def _is_ours(given: object, number: int) -> bool:
    try:
        return isinstance(given, io.TextIOWrapper) and given.fileno() == number
    except (OSError, ValueError):
        return False
