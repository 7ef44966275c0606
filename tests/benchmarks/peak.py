"""A file and a command line of cs-playbook → the command, run in this very process; the file then holds its peak of memory.

The system's own account of a child begins with what its parent held: a pytest that has grown would be counted in.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from cs_playbook.cli import main

KILOBYTE = 1024


def peak() -> int:
    """Resident bytes of this process at the most."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(
            line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")
        )
        return int(line.split()[1]) * KILOBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    place = Path(sys.argv[1])
    sys.argv = ["cs-playbook", *sys.argv[2:]]
    try:
        main()
    finally:
        place.write_text(str(peak()), encoding="ascii")
