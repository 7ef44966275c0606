"""A `.bug` file → what it makes worse: a sentence, the tests that find it, a file, the text that is there and the bad one.

A strict search and replace instead of a diff: the text must be there once, whatever stands around it by now.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_HEAD = ("found by: ", "in: ")
_MARKS = ("<<<<<<<", "=======", ">>>>>>>")


@dataclass(frozen=True, slots=True)
class Bug:
    """`found_by`: arguments of pytest, as a shell reads them. `file`: below the repository."""

    name: str
    sentence: str
    found_by: tuple[str, ...]
    file: str
    before: str
    after: str

    def planted(self, text: str) -> str:
        """The text of the file with the bug in it. ValueError: its place is not there, or not the only one."""
        found = text.count(self.before)
        if found != 1:
            raise ValueError(f"{self.name}: its place is {found} times in {self.file}")
        return text.replace(self.before, self.after)


def bugs() -> tuple[Bug, ...]:
    """All of them, in order of name."""
    return tuple(read(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.bug")))


def read(name: str, text: str) -> Bug:
    head, _, rest = text.partition(f"\n{_MARKS[0]}\n")
    before, _, rest = rest.partition(f"\n{_MARKS[1]}\n")
    after, _, end = rest.partition(f"\n{_MARKS[2]}")
    sentence, *said = head.split("\n")
    if end.strip() or len(said) != len(_HEAD) or not all(map(str.startswith, said, _HEAD)) or before == after:
        raise ValueError(f"{name}.bug is not written as the others are")
    found_by, file = (line.removeprefix(start) for line, start in zip(said, _HEAD, strict=True))
    return Bug(name, sentence, tuple(shlex.split(found_by)), file, before, after)
