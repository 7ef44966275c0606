"""A child that lets itself be traced → what it asks of the kernel, one thing after the other, and its death before one.

strace does the same, and is not everywhere; ptrace is in every Linux. Elsewhere `possible()` is no.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from collections.abc import Callable

_TRACEME, _CONT, _SYSCALL, _SET_OPTIONS, _GET_SYSCALL_INFO = 0, 7, 24, 0x4200, 0x420E
_GOOD = 0x1 | 0x00100000  # syscalls stop as SIGTRAP | 0x80; whoever is traced dies with us
_ENTRY = 1
_STOP = signal.SIGTRAP | 0x80

# write pwrite writev pwritev (f)truncate fallocate rename* unlink* rmdir mkdir* link* symlink* open* creat f(data)sync
# (f)chmod* (f)chown* flock: as the kernel numbers them. On another machine each syscall counts.
_CHANGING = {
    "x86_64": {1, 18, 20, 296, 76, 77, 285, 82, 264, 316, 87, 263, 84, 83, 258, 86, 265, 88, 266, 2, 257, 85, 74, 75,
               90, 91, 268, 92, 93, 260, 73},
    "aarch64": {64, 68, 66, 70, 45, 46, 47, 38, 276, 35, 34, 37, 36, 56, 82, 83, 52, 53, 54, 55, 32},
}  # fmt: skip


class _Info(ctypes.Structure):
    """ptrace_syscall_info of linux/ptrace.h, as far as it is asked for."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("rest", ctypes.c_uint64 * 8),
    )


def possible() -> bool:
    """Whether this system lets a process trace its child."""
    if sys.platform != "linux":
        return False
    child = os.fork()
    if child == 0:
        try:
            traced_by_the_parent(lambda: None)
        finally:
            os._exit(0)
    stopped = os.waitpid(child, 0)[1]
    if os.WIFSTOPPED(stopped):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return os.WIFSTOPPED(stopped)


def traced_by_the_parent(work: Callable[[], object]) -> None:
    """In the child: stops until the parent lets it go on, then works."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(_TRACEME, 0, None, None) != 0:
        raise OSError(ctypes.get_errno(), "this system lets nobody be traced")
    os.kill(os.getpid(), signal.SIGSTOP)
    work()


def mutating(child: int) -> list[int]:
    """The child's syscalls that change something outside, by their number from 1; it works to its end."""
    changing = _CHANGING.get(platform.machine())
    found = []

    def look(count: int, number: int) -> bool:
        if changing is None or number in changing:
            found.append(count)
        return False

    status = _follow(child, look)
    assert status == 0, f"it ended with {status}"
    return found


def kill_before(child: int, count: int) -> int:
    """How the child ended: by the kill before its n-th syscall, or by itself."""
    return _follow(child, lambda seen, number: seen == count)


def _follow(child: int, kill: Callable[[int, int], bool]) -> int:
    """Lets it go from syscall to syscall; `kill`: (how many so far, the kernel's number) → whether it dies now."""
    libc = ctypes.CDLL(None, use_errno=True)
    status = os.waitpid(child, 0)[1]
    libc.ptrace(_SET_OPTIONS, child, None, ctypes.c_void_p(_GOOD))
    info, seen, entering = _Info(), 0, False
    while os.WIFSTOPPED(status):
        signalled = os.WSTOPSIG(status)
        if signalled == _STOP:
            entering = not entering
            if entering:
                seen += 1
                libc.ptrace(
                    _GET_SYSCALL_INFO, child, ctypes.c_void_p(ctypes.sizeof(info)), ctypes.byref(info)
                )
                assert info.op == _ENTRY
                if kill(seen, info.number):
                    os.kill(child, signal.SIGKILL)
        passed_on = 0 if signalled in (_STOP, signal.SIGSTOP, signal.SIGTRAP) else signalled
        libc.ptrace(_SYSCALL, child, None, ctypes.c_void_p(passed_on))
        status = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(status)
