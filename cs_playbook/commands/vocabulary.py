"""A workspace, and the newest snapshot where there is one → its words with fill rates and frequent values; or one word."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from itertools import islice

from msgspec import Struct

from cs_playbook.check.reference_words import all_functions
from cs_playbook.commands.facts_stage import stage_facts
from cs_playbook.commands.language import entries_of
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.filled_cells import AT_ONCE, counted, different, frequent, rows_of
from cs_playbook.compile.sql import quoted
from cs_playbook.errors import ChoiceError, StoppedOnPurpose
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.personal import MOST_VALUES, is_repeated
from cs_playbook.model.value import FieldType
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import NOWHERE, did_you_mean
from cs_playbook.study.vocabulary import FACTS, Seen, Word, WordKind, words_of
from cs_playbook.values import replace

SHOWN_VALUES = 5

_FACTS = "(select * from temp.facts where _n > 0)"  # people who have a book are no accounts
_TAKES = re.compile(r"^\*(.+)\*$", re.MULTILINE)
_YES_NO = {0: "no", 1: "yes"}


class Vocabulary(Struct, frozen=True):
    """All words, or those that were asked for. `day` None: there is no snapshot, so nothing is counted."""

    words: tuple[Word, ...]
    day: date | None
    accounts: int = 0
    trouble: str = ""  # why the snapshot cannot be asked, where there is one


def vocabulary(workspace: Workspace, written: str, day: date | None) -> Vocabulary:
    """`written` "": all. A table comes with its fields. Raises ChoiceError for a word that is not there."""
    words = words_of(workspace.catalog, functions())
    wanted = _wanted(written.strip().removesuffix("()"), words) if written.strip() else words
    if day is None and not snapshots.days(workspace.snapshots):
        return Vocabulary(wanted, None)
    try:
        return _counted(workspace, wanted, day)
    except StoppedOnPurpose as stop:
        # Whoever has just edited data.yaml still wants to know which words there are.
        return Vocabulary(wanted, None, trouble=stop.sentence)


def _counted(workspace: Workspace, wanted: tuple[Word, ...], day: date | None) -> Vocabulary:
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        reckoning = Reckoning(to_day(snapshot.day), calendar_of(workspace.catalog.project.calendar))
        facts = [word.name for word in wanted if word.kind in FACTS]
        active = workspace.catalog.contract.active
        asked = asked_of([] if active is None else [active], facts, workspace.catalog)
        stage = stage_facts(snapshot, asked, workspace.catalog, reckoning, ledger, snapshot.day)
        seen = dict(_seen(stage.connection, wanted))
        told = (replace(word, seen=seen.get(word.name, word.seen)) for word in wanted)
        return Vocabulary(tuple(told), snapshot.day, snapshot.rows["accounts"])


def functions() -> Iterator[Word]:
    """Each with what the reference says of it."""
    for name in all_functions():
        entry = entries_of(name)[0]
        takes = _TAKES.search(entry)
        paragraphs = [text for text in entry.split("\n\n")[1:] if text[:1] not in ("*", "`")]
        says = paragraphs[0].replace("\n", " ") if paragraphs else ""
        of = entry.partition("\n")[0].rpartition(" · ")[2].replace("`", "")
        form = takes[1].replace("`", "") if takes else ""
        yield Word(name, WordKind.FUNCTION, of, NOWHERE, says=says, form=form)


def _wanted(written: str, words: tuple[Word, ...]) -> tuple[Word, ...]:
    exact = tuple(word for word in words if word.name.casefold() == written.casefold())
    if exact:
        below = (word for word in words if any(word.name.startswith(f"{one.name}.") for one in exact))
        return (*exact, *below)
    # `roles` alone is contacts.roles, of whichever table has such a field.
    last = tuple(word for word in words if word.name.rpartition(".")[2].casefold() == written.casefold())
    if last:
        return last
    known = [*(word.name for word in words), *(word.name.rpartition(".")[2] for word in words)]
    hint = did_you_mean(written, known) or "cs-playbook vocabulary lists all of them"
    raise ChoiceError(f"there is no word '{written}' in this workspace", hint)


# --- what the snapshot has of them ---


def _seen(connection: sqlite3.Connection, words: tuple[Word, ...]) -> Iterator[tuple[str, Seen]]:
    by_table: dict[str, dict[str, Word]] = {}
    for word in words:
        if word.fact is not None:
            table, name = _place(word)
            by_table.setdefault(table, {})[name] = word
    for table, named in by_table.items():
        yield from ((named[name].name, seen) for name, seen in _of_table(connection, table, named))
    for word in words:
        if word.kind is WordKind.TABLE:
            rows = connection.execute(rows_of(word.name)).fetchone()[0]
            yield word.name, Seen(rows, rows)


def _place(word: Word) -> tuple[str, str]:
    """The table, as SQL writes it, and the column. Facts of accounts stand in one table, whatever they come from."""
    if word.kind is not WordKind.COLUMN:
        return _FACTS, word.name
    table, _, name = word.name.partition(".")
    return f"main.{quoted(table)}", name


def _of_table(
    connection: sqlite3.Connection, table: str, named: Mapping[str, Word]
) -> Iterator[tuple[str, Seen]]:
    kinds = {name: word.fact for name, word in named.items() if word.fact is not None}
    names = iter(kinds)
    while some := tuple(islice(names, AT_ONCE)):
        rows, *cells = connection.execute(counted(table, {name: kinds[name] for name in some})).fetchone()
        for place, name in enumerate(some):
            filled, least, most = cells[3 * place : 3 * place + 3]
            seen = Seen(rows, filled or 0, least=least, most=most)
            yield name, _with_values(connection, table, name, named[name], kinds[name], seen)


def _with_values(
    connection: sqlite3.Connection, table: str, name: str, word: Word, kind: FieldType, seen: Seen
) -> Seen:
    """The frequent ones, where there are few different ones and nobody is named by them."""
    if word.hidden or not seen.filled:
        return seen
    if kind.reads_as is FieldType.TEXT and not word.values:
        several = connection.execute(different(table, name), (MOST_VALUES + 1,)).fetchone()[0]
        if not is_repeated(several, seen.filled):
            return seen
    if kind.reads_as not in (FieldType.TEXT, FieldType.BOOLEAN, FieldType.LIST):
        return seen
    found = connection.execute(frequent(table, name, kind), (SHOWN_VALUES + 1,)).fetchall()
    top = tuple(
        (_YES_NO.get(value, str(value)) if kind is FieldType.BOOLEAN else str(value), count)
        for value, count in found[:SHOWN_VALUES]
    )
    return replace(seen, top=top, more=len(found) > SHOWN_VALUES)
