"""Playbooks that are about values of facts: who fits, or is asked for → under which name it is known; who fits no more."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.compile import candidates, naming
from cs_playbook.compile.scan import Rule, says_no
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.about import Once, about_text, continues, table_row
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.value import Value
from cs_playbook.plan.decision import subject_key

_AT_ONCE = 500  # accounts looked up together


def name_fitting(place: int, playbook: Playbook, past: str, stage: Stage, ledger: Ledger, day: date) -> None:
    """Whoever fits rule `place` gets its name in `temp.fitting`; whose value is empty does not fit. `past`: who fitted."""
    connection = stage.connection
    connection.execute(naming.NAMED)
    connection.execute(naming.EMPTY_NAMED)
    connection.executemany(naming.ADD_NAMED, _named(place, playbook, past, connection, ledger, day))
    connection.execute(naming.FORGET_FITTING, (place,))
    connection.execute(naming.FITTING_AGAIN, (place,))


def _named(
    place: int, playbook: Playbook, past: str, connection: sqlite3.Connection, ledger: Ledger, day: date
) -> Iterator[tuple[str, str, int, int, int]]:
    trigger = playbook.trigger
    found = connection.execute(naming.fitting_with(trigger.per_value), (place,))
    while some := found.fetchmany(_AT_ONCE):
        accounts = list(dict.fromkeys(account for account, *_ in some))
        before = ledger.about_before(playbook.first_name, accounts, day)
        fitted = _fitted(connection.execute(naming.fitted_of(past), (json.dumps(accounts),)))
        for account, row, holds, over, number, *values in some:
            now = about_text(trigger.per_value, _by_name(playbook, values), row)
            if now is not None:
                known = (*fitted.get(account, ()), *before.get(account, ()))
                yield account, continues(trigger, now, known), holds, over, number


def _fitted(subjects: Iterator[tuple[str]]) -> dict[str, list[Once]]:
    """What fitted yesterday goes on fitting, though its value was corrected."""
    found: dict[str, list[Once]] = {}
    for (subject,) in subjects:
        account, _, row = subject.partition("\x1f")
        found.setdefault(account, []).append(Once(row, row))
    return found


def _by_name(playbook: Playbook, values: Sequence[Value]) -> Mapping[str, Value]:
    facts = (item.fact for item in playbook.trigger.per_value)
    return dict(zip(facts, values, strict=True))


def name_of_start(
    playbook: Playbook, account: str, row: str | None, stage: Stage, ledger: Ledger, day: date
) -> str | None:
    """What a start would be about that somebody asks for, who names at most the row of a table: `row`.

    None: the account as a whole; or a value is empty, or the account is not there.
    """
    trigger = playbook.trigger
    if not trigger.per_value:
        return row
    values = stage.connection.execute(naming.values_of(trigger.per_value), (account,)).fetchone()
    if values is None or (trigger.one_per is not None and row is None):
        return None
    key = None if trigger.one_per is None else row
    now = about_text(trigger.per_value, _by_name(playbook, values), key)
    before = ledger.about_before(playbook.first_name, [account], day).get(account, ())
    return None if now is None else continues(trigger, now, before)


def fits_no_more(place: int, rule: Rule, stage: Stage) -> Iterator[str]:
    """Of the subjects of `temp.gone`: those to which the rule says no today, and those whose value is another one."""
    connection, trigger = stage.connection, rule.playbook.trigger
    gone: dict[str, list[str]] = {}
    for (subject,) in connection.execute(naming.GONE).fetchall():
        account, _, row = subject.partition("\x1f")
        gone.setdefault(subject_key(account, table_row(trigger, row)), []).append(subject)
    connection.execute(candidates.EMPTY_GONE)
    connection.executemany(naming.ADD_GONE, ((plain,) for plain in gone))
    said_no = {plain for (plain,) in connection.execute(says_no(rule, stage.catalog.contract))}
    for plain, subjects in gone.items():
        if plain in said_no or _is_another(place, plain, rule, connection):
            yield from subjects


def named_rows(place: int, account: str, stage: Stage) -> list[str]:
    """The names of what fits rule `place`, of one account."""
    return [str(row) for (row,) in stage.connection.execute(naming.FITTING_OF, (place, account)) if row]


def _is_another(place: int, plain: str, rule: Rule, connection: sqlite3.Connection) -> bool:
    """It fits, under another name."""
    account, _, row = plain.partition("\x1f")
    fitting = connection.execute(naming.FITTING_OF, (place, account))
    return any(row == (table_row(rule.playbook.trigger, named) or "") for (named,) in fitting)
