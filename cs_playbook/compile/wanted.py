"""The queries that bring the few: facts, contacts and rows of the accounts a plan speaks about, in order of account."""

from __future__ import annotations

from cs_playbook.compile.beside import rows_of
from cs_playbook.compile.rows import seen
from cs_playbook.compile.sql import quoted
from cs_playbook.model.data import Table

WANTED = "create temp table if not exists wanted (account text primary key) strict, without rowid"
EMPTY_WANTED = "delete from temp.wanted"
ADD_WANTED = "insert or ignore into temp.wanted values (?)"
WANTED_ROWS = "create temp table if not exists wanted_rows (account text, place text, row text, primary key (account, place, row)) strict, without rowid"
EMPTY_WANTED_ROWS = "delete from temp.wanted_rows"
ADD_WANTED_ROW = "insert or ignore into temp.wanted_rows values (?, ?, ?)"
FACTS = "select w.account, f.* from temp.wanted w left join temp.facts_keyed f on f._id = w.account order by w.account"
EVERYBODY = "insert or ignore into temp.wanted select _id from temp.facts_keyed"
ACTIVE_COUNT = "select count(*) from temp.facts where _active"


def contacts(table: Table) -> str:
    """(account, fields of the contact …), in order of account and contact."""
    fields = ", ".join(f"c.{quoted(field.name)}" for field in table.fields)
    source = f"temp.wanted w join temp.facts_keyed f on f._id = w.account join temp.{seen(table.name)} c on c._account = f._n"
    return f"select w.account, {fields} from {source} order by w.account, c._row"


def rows(table: Table, beside: tuple[str, ...]) -> str:
    """(account, row key, fields of the row …, what is asked of other rows beside it …) of the rows that are wanted."""
    key = quoted(table.key or "")
    fields = ", ".join(f"r.{quoted(name)}" for name in (*(field.name for field in table.fields), *beside))
    source = f"temp.wanted_rows w join temp.facts_keyed f on f._id = w.account join temp.{rows_of(table.name)} r on r._account = f._n and r.{key} = w.row"
    return f"select w.account, w.row, {fields} from {source} where w.place = ? order by w.account, w.row"


def own_fields(accounts: Table) -> str:
    """Parameter: the key of an account. Its fields, in the order of the contract, as they stand in the snapshot."""
    fields = ", ".join(quoted(field.name) for field in accounts.fields)
    return f"select {fields} from main.accounts where {quoted(accounts.key or 'id')} = ?"


def some_facts(names: tuple[str, ...]) -> str:
    """These facts of one account."""
    return f"select {', '.join(quoted(name) for name in names)} from temp.facts_keyed where _id = ?"


def address_of(table: Table) -> str:
    """Parameter: the key of a contact. Its address."""
    return f"select email from main.{quoted(table.name)} where {quoted(table.key or '')} = ?"


def all_addresses(table: Table) -> str:
    """(contact, address) of everybody who has one, in order of the key."""
    return f"select {quoted(table.key or '')}, email from main.{quoted(table.name)} where email is not null order by 1"


def account_names(key: str, name: str | None) -> str:
    """Keys and names of all accounts, for did-you-mean."""
    return f"select {quoted(key)}{f', {quoted(name)}' if name else ''} from main.accounts"
