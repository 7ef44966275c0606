"""A letter as written in `emails/<playbook>/<name>/<language>.md`: its subject, what it needs, its words; and what stands below all of them."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.source.finding import Span

# `emails/signature/<language>.md`: Markdown without a head, below every letter in that language.
SIGNATURE = "signature"


class Letter(Struct, frozen=True):
    """`name`: usage-drop/check-in. `needs`: blanks that must be filled, e.g. contact.first_name. `body`: Markdown with Jinja.

    `body_line`: the line of the file on which the body begins, for findings inside it.
    """

    name: str
    language: str
    subject: str
    needs: tuple[str, ...]
    category: str
    body: str
    span: Span
    body_line: int = 1
