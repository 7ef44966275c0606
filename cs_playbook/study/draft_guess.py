"""What a column seems to be: a type, a way of writing, and what a person must decide about it."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.model.value import FieldType
from cs_playbook.study.draft import Question, Said


class Guess(Struct, frozen=True):
    """`said`: how its cells are written, as `sources:` says it. `values`: the few texts it holds."""

    type: FieldType
    said: tuple[tuple[str, Said], ...] = ()
    values: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
