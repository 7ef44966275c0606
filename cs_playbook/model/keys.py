"""Keys by meaning: who, which playbook, which time, which step, which contact; never content, owner or date."""

from __future__ import annotations

import hashlib

SERIES = "lasting_"  # with this begins the name under which the answers of a `for` are remembered

LETTERS = 16  # of every key
_FIRST = "abcdefghjkmnpqrstuvwxyz"


def enrollment_key(account: str, row: str | None, playbook: str, episode: int) -> str:
    """`playbook` is the first name ever; `episode` counts from 1 for this subject."""
    return _key("enrollment", account, row, playbook, str(episode))


def task_key(enrollment: str, step: str, occurrence: int, contact: str | None) -> str:
    return _key("task", enrollment, step, str(occurrence), contact)


def note_key(enrollment: str, step: str, occurrence: int) -> str:
    return _key("note", enrollment, step, str(occurrence))


def late_note_key(task: str) -> str:
    return _key("late", task)


def _key(*parts: str | None) -> str:
    """A letter and 15 hexadecimal digits: a spreadsheet takes no such key for a number (7317316180226512, 12e45).

    Each part carries its length, so ('ab', 'c') and ('a', 'bc') differ; None differs from "".
    """
    text = "".join("-;" if part is None else f"{len(part)}:{part};" for part in parts)
    digest = hashlib.blake2b(text.encode(), digest_size=9).digest()
    return _FIRST[digest[0] % len(_FIRST)] + digest[1:].hex()[: LETTERS - 1]
