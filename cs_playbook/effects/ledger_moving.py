"""A ledger in which an account may go on under another id: what it was called, what is said of it, what is remembered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from cs_playbook.effects import ledger_faults, ledger_sums, ledger_writing
from cs_playbook.effects.ledger_cache import fold_into_cache
from cs_playbook.effects.ledger_look import LedgerLook
from cs_playbook.model.event import Event

# What it was called before, each up to the event with which it went on under another id.
HISTORY = """
with recursive was(account, until) as (
  select ?1, (select coalesce(max(seq), 0) from event)
  union select moved.account, moved.seq from event moved join was
    on json_extract(moved.body, '$.to') = was.account and moved.seq <= was.until where moved.kind = 'AccountMoved'
)
select distinct seq, day, recorded_at, run, body from event join was
  on event.account = was.account and event.seq <= was.until order by seq
"""
_MOVES = "select account, json_extract(body, '$.to') from event where kind = 'AccountMoved'"
_FORGOTTEN_THERE = """
select e.account, count(distinct f.seq) from event f join json_each(json_extract(f.body, '$.marks')) m
join enrollment e on e.row is not null and instr(e.row, m.value) where f.kind = 'ContactForgotten' group by e.account
"""
_TRAITS = """
select distinct json_extract(body, '$.trait') from event where kind = 'TraitSet' and account = ? order by 1
"""
_MINE = "select series, subject, day, value from memory where (subject = ?1 or instr(subject, ?1 || char(31)) = 1)"
_RENAMED = """
insert into memory select series, ?2 || substr(subject, length(?1) + 1), day, value from memory
where (subject = ?1 or instr(subject, ?1 || char(31)) = 1)
  and not exists (select 1 from memory known where known.series = memory.series
    and known.subject = ?2 || substr(memory.subject, length(?1) + 1))
"""
_GONE = "delete from memory where subject = ?1 or instr(subject, ?1 || char(31)) = 1"


class LedgerMoving(LedgerLook):
    """One open ledger, a context manager."""

    def key_names(self) -> dict[str, str]:
        """Account → under what its keys are made, where it has ever got another's place, or left its own to another; or
        somebody of it, whom an enrollment was about, was forgotten, and may come back of their own will."""
        times: dict[str, int] = {}
        for pair in self._ask(_MOVES):
            for account in pair:
                times[account] = times.get(account, 0) + 1
        names = {account: f"{account}~{number}" for account, number in times.items()}
        for account, number in self._ask(_FORGOTTEN_THERE):
            names[account] = f"{names.get(account, account)}~f{number}"
        return names

    def traits_of(self, account: str) -> Iterator[str]:
        """The names of all that was ever said of it."""
        yield from (name for (name,) in self._ask(_TRAITS, account))

    def move(self, events: Sequence[Event], account: str, to: str, recorded_at: str) -> None:
        """Records the events, and what is remembered of the one goes on as the other's; what that one knew itself stays."""
        with ledger_faults.transaction(self._connection, self._place):
            ledger_sums.begin(self._connection)
            recorded = ledger_writing.append(self._connection, None, events, recorded_at)
            fold_into_cache(self._connection, recorded, None)
            _rename(self._connection, account, to)


def _rename(connection: sqlite3.Connection, account: str, to: str) -> None:
    before = _sum(connection, account) + _sum(connection, to)
    connection.execute(_RENAMED, (account, to))
    connection.execute(_GONE, (account,))
    ledger_sums.add(connection, "memory", _sum(connection, to) - before)


def _sum(connection: sqlite3.Connection, account: str) -> int:
    return ledger_sums.sum_of(connection.execute(_MINE, (account,)))
