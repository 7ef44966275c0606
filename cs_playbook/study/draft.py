"""What a draft of `sources:` and `data:` is made of: tables, fields, and every doubt as a question."""

from __future__ import annotations

from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.model.value import FieldType

Said = str | tuple[str, ...]


class Question(Struct, frozen=True):
    """A doubt that a person decides. `stops`: nothing can be built before it is answered.

    `about`: the type of a field, which `data:` says, or how and where its cells are written, which `sources:` says.
    """

    text: str
    stops: bool = False
    about: OneOf["type", "cells"] = "cells"


class DraftField(Struct, frozen=True):
    """A field and the column it is read from (None: none was found; then `always` is the cell of all rows, if any). `said`: dates, decimal, empty, yes … as written.

    `values`: the few texts it holds, offered as a comment. `aside`: why it is drafted as a comment only; "" if it counts.
    """

    name: str
    column: str | None
    type: FieldType
    said: tuple[tuple[str, Said], ...] = ()
    values: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    aside: str = ""
    always: str | None = None


class DraftTable(Struct, frozen=True):
    """`belongs`: the field that names the account; with `through`, the field that names a row of that table.

    `said`: format, rows, query. `newest_by`: a column, and how its dates are written. `where`: a column and the cell its rows must have, as an offer.
    """

    name: str
    file: str
    rows: int
    encoding: str
    separator: str
    fields: tuple[DraftField, ...]
    key: str | None = None
    belongs: str | None = None
    through: str | None = None
    day: str | None = None
    newest_by: tuple[str, str] | None = None
    where: tuple[str, str] | None = None
    not_taken: tuple[tuple[str, tuple[str, ...]], ...] = ()  # why, and which columns
    questions: tuple[Question, ...] = ()
    said: tuple[tuple[str, str], ...] = ()


class Draft(Struct, frozen=True):
    """`left_out`: files of which no table was made, and why. `usual`: what most fields say of their cells.

    `absent`: tables of the contract that no file is like; drafted as exported by nobody.
    `knows_contract`: the tables are those of a contract that stands already, and only `sources:` is drafted.
    """

    name: str
    folder: str
    tables: tuple[DraftTable, ...]
    usual: tuple[tuple[str, Said], ...] = ()
    left_out: tuple[tuple[str, Question], ...] = ()
    strangers: tuple[str, ...] = ()  # files that name no account, nor a row of another
    decided: tuple[tuple[str, str], ...] = ()  # sign of dates, and the cell that tells day from month
    questions: tuple[Question, ...] = ()
    knows_contract: bool = False
    absent: tuple[tuple[str, Question], ...] = ()

    def all_questions(self) -> list[Question]:
        """In the order in which they are read."""
        inside = [
            question
            for table in self.tables
            for question in (*table.questions, *(q for field in table.fields for q in field.questions))
        ]
        aside = (*self.absent, *self.left_out)
        return [*self.questions, *inside, *(question for _, question in aside)]
