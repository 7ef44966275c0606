"""A draft → the texts of `data.yaml` and `sources.yaml`, with every doubt as a question in a comment."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import date

from cs_playbook.report.words import count
from cs_playbook.report.yaml_words import comment, word, words
from cs_playbook.study.draft import Draft, DraftField, DraftTable, Question, Said

WIDTH = 110
_BESIDE = 40
_MOST = 60  # columns named that were not taken: a CRM exports hundreds, and the questions must be found among them
_ASIDE = "# "


def data_text(draft: Draft, day: date) -> str:
    """`data.yaml`."""
    lines = [f"data: {word(draft.name)}", *_opening(draft, day), "tables:"]
    for table in draft.tables:
        lines += _data_table(table)
    return "\n".join(lines) + "\n"


def sources_text(draft: Draft, day: date) -> str:
    """`sources.yaml`."""
    lines = [f"sources: {word(draft.name)}", *_opening(draft, day), f"folder: {word(draft.folder)}"]
    lines += [_usual(key, said, dict(draft.decided)) for key, said in draft.usual]
    lines += [line for question in draft.questions for line in _asked(question, "")]
    lines.append(f"{'bad_rows: refuse':<32} # or set_aside: leave out up to 1% of a table")
    lines.append("tables:")
    for table in draft.tables:
        lines += _sources_table(table, draft)
    for name, question in draft.absent:
        lines += [*_asked(question, "  "), f"  {name}: null"]
    lines += _left(draft)
    return "\n".join(lines) + "\n"


def _usual(key: str, said: Said, decided: Mapping[str, str]) -> str:
    """The order of day and month with the cell that tells it."""
    line = f"{key}: {_said(key, said)}"
    sign = next((sign for sign in decided if key == "dates" and said[2:3] == sign), None)
    return line if sign is None else f"{line:<32} # '{decided[sign]}' tells the day from the month"


def _left(draft: Draft) -> Iterator[str]:
    if draft.left_out or draft.strangers:
        yield from ("", "# --- no table was made of these")
    for file, question in draft.left_out:
        yield from _wrapped(f"QUESTION: {file}: {question.text}", "")
    if draft.strangers:
        why = (
            "like no table of data.yaml"
            if draft.knows_contract
            else "no column names an account, or a row of another table (a lookup may read them)"
        )
        yield from _wrapped(f"{why}: {', '.join(draft.strangers)}", "")


def _opening(draft: Draft, day: date) -> list[str]:
    number = len(draft.all_questions())
    return [
        f"# Drafted on {day.isoformat()} from {count(len(draft.tables) + len(draft.left_out) + len(draft.strangers), 'export')}, with "
        f"{count(number, 'question')} in both files. A QUESTION is for you:",
        "# decide it, change the line if need be, and delete the question.",
    ] if not draft.knows_contract else [
        f"# Drafted on {day.isoformat()} for the tables of data.yaml, with {count(number, 'question')}. A QUESTION is for you:",
        "# decide it, change the line if need be, and delete the question.",
    ]  # fmt: skip


# --- data.yaml ---


def _data_table(table: DraftTable) -> Iterator[str]:
    yield _beside(f"  {table.name}:", f"{table.file}, {count(table.rows, 'row')}")
    if table.key:
        yield f"    key: {table.key}"
    if table.through:
        yield f"    account: {{through: {table.through}, by: {table.belongs}}}"
    elif table.belongs:
        yield f"    account: {table.belongs}"
    if table.day:
        yield _beside(f"    day: {table.day}", "windows count on it, and later rows are hidden")
    yield "    fields:"
    for field in table.fields:
        for question in field.questions:
            if question.about == "type":
                yield from _asked(question, "      ")
        yield from _data_field(field)


def _data_field(field: DraftField) -> Iterator[str]:
    """The few values it holds stand beside it, or before it where they take more room."""
    line = f"      {_ASIDE if field.aside else ''}{field.name}: {field.type}"
    offer = f"all there are? {{type: text, values: {words(field.values)}}}" if field.values else ""
    if offer and len(offer) < WIDTH - _BESIDE:
        yield _beside(line, offer)
        return
    yield from _wrapped(offer, "      ")
    yield line


# --- sources.yaml ---


def _sources_table(table: DraftTable, draft: Draft) -> Iterator[str]:
    yield _beside(f"  {table.name}:", count(table.rows, "row"))
    for question in table.questions:
        yield from _asked(question, "    ")
    yield from _origin(table)
    yield "    fields:"
    for field in table.fields:
        yield from _field(field, draft)
    for why, columns in table.not_taken:
        more = f" … and {len(columns) - _MOST} more" if len(columns) > _MOST else ""
        yield from _wrapped(f"not taken, {why}: {', '.join(columns[:_MOST])}{more}", "      ")


def _origin(table: DraftTable) -> Iterator[str]:
    yield f"    file: {word(table.file)}"
    for key, value in table.said:
        yield f"    {key}: {word(value)}"
    if table.encoding != "utf-8":
        yield f"    encoding: {table.encoding}"
    if table.separator != "," and not table.file.lower().endswith((".tsv", ".tab")):
        yield f"    separator: {word(table.separator)}"
    if table.where:
        yield f"    where: {{{word(table.where[0])}: {{not: {words((table.where[1],))}}}}}"
    if table.newest_by:
        yield f"    newest_by: {{column: {word(table.newest_by[0])}, dates: {table.newest_by[1]}}}"


def _field(field: DraftField, draft: Draft) -> Iterator[str]:
    for question in field.questions:
        if question.about == "cells" or draft.knows_contract:
            yield from _asked(question, "      ")
    yield f"      {_ASIDE if field.aside else ''}{field.name}: {_source(field)}"


def _source(field: DraftField) -> str:
    if field.column is None:
        return "null" if field.always is None else f"{{is: {word(field.always)}}}"
    if not field.said:
        return word(field.column)
    said = ", ".join(f"{key}: {_said(key, value)}" for key, value in field.said)
    return f"{{column: {word(field.column)}, {said}}}"


def _said(key: str, said: Said) -> str:
    return words(said) if isinstance(said, tuple) else _sign(key, said)


def _sign(key: str, said: str) -> str:
    return f'"{said}"' if key in ("decimal", "thousands", "lists") or ":" in said else said


# --- comments ---


def _asked(question: Question, indent: str) -> list[str]:
    before = "QUESTION that stops the build" if question.stops else "QUESTION"
    return list(_wrapped(f"{before}: {question.text}", indent))


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from textwrap.wrap(
        comment(text),
        WIDTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}#   ",
        break_on_hyphens=False,
    )


def _beside(line: str, says: str) -> str:
    return f"{line:<{_BESIDE}} # {comment(says)}"
