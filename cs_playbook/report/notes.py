"""Notes → the file of a channel, for people and for programs; and what a digest tells for information."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date

from cs_playbook.model.note import Note
from cs_playbook.report.words import count, day_in_words, markdown, unseen_escaped
from cs_playbook.values import as_plain

FOR_INFORMATION = "## For your information"


def channel_page(channel: str, day: date, notes: Sequence[Note]) -> str:
    """Markdown, a line a note."""
    head = f"# {markdown(channel)}, {day_in_words(day)}: {count(len(notes), 'note')}"
    return "\n".join([head, "", *(_line(note) for note in notes), ""])


def channel_lines(notes: Iterable[Note]) -> str:
    """A JSON object a line: {format_version, every field of a note}. `key` is the same for ever: deliver each once.

    What ends a line for some readers (U+2028, U+0085) is spelt, so that a line stays an object.
    """
    objects = ({"format_version": 1, **as_plain(note)} for note in notes)
    return "".join(f"{unseen_escaped(json.dumps(one, ensure_ascii=False, default=str))}\n" for one in objects)


def for_your_information(notes: Sequence[Note]) -> list[str]:
    """The section of a digest; nothing where there is none."""
    return [FOR_INFORMATION, "", *(_line(note) for note in notes), ""] if notes else []


def _line(note: Note) -> str:
    who = "" if note.account_name in note.text else f" ({markdown(note.account_name)})"
    return f"- {markdown(note.text)}{who}  `{note.playbook} › {note.step}`"
