"""A document as written in `documents/<name>/<language>.md`: its title, and the text with sections that a colleague fills."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.model.letter import Letter
from cs_playbook.model.step import Sentence


class DocumentText(Struct, frozen=True):
    """`title`: what its task is called. `text`: its words, with the same blanks as a letter's; its subject is the title."""

    title: Sentence
    text: Letter
