"""A text or a list of texts → how YAML writes it so that it is read back as the same text, and a person can read it."""

from __future__ import annotations

import json
import re

from cs_playbook.report.words import clean, unseen_escaped

_PLAIN = re.compile(r"[^\W\d](?:[\w ./°()&+-]*[\w.)°])?")
# What YAML 1.2, older readers or spreadsheets' people would take for something else than a text.
_MEANING = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"))


def word(text: str) -> str:
    """Plain where nothing in it means anything, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _MEANING:
        return text
    return unseen_escaped(json.dumps(text, ensure_ascii=False))


def words(texts: tuple[str, ...]) -> str:
    """`[a, "b, c"]`."""
    return f"[{', '.join(map(word, texts))}]"


def comment(text: str) -> str:
    """What may stand behind a #: one line, nothing in it can be seen as something else."""
    return clean(text)
