"""A point of a run → the run in a child process that is killed there, as the power switch would do it."""

from __future__ import annotations

import os
import random
import select
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import cs_playbook
from tests.torture import syscalls

PACKAGE = Path(cs_playbook.__file__).parent
Work = Callable[[], object]
_Trace = Callable[[FrameType, str, Any], Any]


@dataclass(frozen=True, slots=True)
class AtLine:
    """Before the line is worked for the n-th time."""

    file: str
    line: int
    time: int

    def __str__(self) -> str:
        return f"line:{self.file}:{self.line}:{self.time}"


@dataclass(frozen=True, slots=True)
class AtSyscall:
    """Before the kernel does the n-th thing that it is asked for."""

    number: int

    def __str__(self) -> str:
        return f"syscall:{self.number}"


@dataclass(frozen=True, slots=True)
class AtMoment:
    """After so many microseconds, wherever that is: also within SQLite."""

    microseconds: int

    def __str__(self) -> str:
        return f"moment:{self.microseconds}"


Cut = AtLine | AtSyscall | AtMoment


def read_cut(text: str) -> Cut:
    kind, *rest = text.split(":")
    match kind, rest:
        case "line", [file, line, time]:
            return AtLine(file, int(line), int(time))
        case "syscall", [number]:
            return AtSyscall(int(number))
        case "moment", [microseconds]:
            return AtMoment(int(microseconds))
    raise ValueError(f"no point of a run: {text!r}")


def killed(work: Work, at: Cut) -> bool:
    """Works in a child. False: it had ended before it came to that point."""
    match at:
        case AtLine():
            status = _ended(_forked(lambda: _tracing(work, _killing(at))))
        case AtMoment(microseconds):
            status = _ended(child := _forked(work), lambda: _kill_after(child, microseconds))
        case AtSyscall(number):
            child = _forked(lambda: syscalls.traced_by_the_parent(work))
            status = syscalls.kill_before(child, number)
    if status not in (0, -signal.SIGKILL):
        raise AssertionError(f"the run broke by itself at {at}: it ended with {status}")
    return status == -signal.SIGKILL


def in_a_child(work: Callable[[], str]) -> str:
    """What the work says, done in a process of its own: nothing of it stays in this one."""
    told, tell = os.pipe()

    def say() -> None:
        with os.fdopen(tell, "w", encoding="utf-8") as answer:
            answer.write(work())

    child = _forked(say)
    os.close(tell)
    with os.fdopen(told, encoding="utf-8") as answer:
        said = answer.read()
    status = _ended(child)
    assert status == 0, f"it ended with {status}: {said}"
    return said


def lines_of(work: Work) -> list[tuple[str, int, int]]:
    """(file below the package, line, how often) of all that a run works, in order of its first time."""
    seen: Counter[tuple[str, int]] = Counter()
    known: dict[CodeType, str | None] = {}

    def enter(frame: FrameType, kind: str, argument: object) -> _Trace | None:
        code = frame.f_code
        if code not in known:
            known[code] = _below(code)
        return line if known[code] is not None else None

    def line(frame: FrameType, kind: str, argument: object) -> _Trace:
        if kind == "line":
            seen[known[frame.f_code] or "", frame.f_lineno] += 1
        return line

    def said() -> str:
        _tracing(work, enter)
        return "\n".join(f"{file}\t{number}\t{times}" for (file, number), times in seen.items())

    rows = (row.split("\t") for row in in_a_child(said).splitlines())
    return [(file, int(number), int(times)) for file, number, times in rows]


def syscalls_of(work: Work) -> list[int]:
    """Which of the things that a run asks of the kernel change something outside, by their number from 1."""
    return syscalls.mutating(_forked(lambda: syscalls.traced_by_the_parent(work)))


def microseconds_of(work: Work) -> int:
    """How long it takes, by the clock of this machine."""
    before = os.times().elapsed
    _ended(_forked(work))
    return max(int((os.times().elapsed - before) * 1_000_000), 20_000)


def some_of(lines: Sequence[tuple[str, int, int]], chance: random.Random, count: int) -> list[Cut]:
    """Any time of any line, also the hundredth."""
    chosen = chance.choices(lines, k=count)
    return [AtLine(file, line, chance.randint(1, times)) for file, line, times in chosen]


def _below(code: CodeType) -> str | None:
    path = Path(code.co_filename)
    return path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else None


def _killing(at: AtLine) -> _Trace:
    """Only the functions of that file are traced: the others go on at their own speed."""
    filename, left = str(PACKAGE / at.file), at.time

    def enter(frame: FrameType, kind: str, argument: object) -> _Trace | None:
        return line if frame.f_code.co_filename == filename else None

    def line(frame: FrameType, kind: str, argument: object) -> _Trace:
        nonlocal left
        if kind == "line" and frame.f_lineno == at.line:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    return enter


def _tracing(work: Work, trace: _Trace) -> None:
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)


def _forked(work: Work) -> int:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def _kill_after(child: int, microseconds: int) -> None:
    descriptor = os.pidfd_open(child)
    try:
        if not select.select([descriptor], [], [], microseconds / 1_000_000)[0]:
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(descriptor)


def _ended(child: int, meanwhile: Callable[[], None] = lambda: None) -> int:
    meanwhile()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
