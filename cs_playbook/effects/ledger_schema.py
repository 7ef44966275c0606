"""A new connection → the settings and the empty tables of the ledger."""

from __future__ import annotations

import sqlite3
from functools import cache

from cs_playbook.effects import ledger_sums

APPLICATION_ID = 0x4353504C  # "CSPL": `file` and other programs see whose database this is
USER_VERSION = 1
SHAPE = "select type, name, tbl_name, coalesce(sql, '') from sqlite_schema"
WAIT = "pragma busy_timeout = 5000"  # milliseconds, for a reader that is just finishing

_SETTINGS = (
    WAIT,
    "pragma foreign_keys = on",
    "pragma secure_delete = on",  # what was deleted is overwritten, not only forgotten
    "pragma trusted_schema = off",
    "pragma cell_size_check = on",
    "pragma journal_mode = delete",  # one writer; and the write-ahead log of older SQLites can corrupt
    "pragma synchronous = extra",  # full would let a power cut undo a commit whose files are already out
    "pragma fullfsync = on",  # the same on macOS; nothing elsewhere
    "pragma cache_size = -32768",  # KiB; a run that changes more waits for the disk in between
)


def build(connection: sqlite3.Connection, ledger_id: str, version: str, made_at: str) -> None:
    """The tables of an empty ledger, in one transaction."""
    settle(connection)
    whose = f"pragma application_id = {APPLICATION_ID}; pragma user_version = {USER_VERSION};"
    connection.executescript(f"begin immediate; {whose} {_TABLES}")
    meta = [("id", ledger_id), ("version", version), ("made_at", made_at)]
    connection.executemany("insert into meta values (?, ?)", meta)
    ledger_sums.begin(connection)
    connection.execute("commit")


@cache
def as_made() -> frozenset[tuple[str, ...]]:
    """What SQLite says of the tables, indexes and triggers of a ledger that nobody has touched."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.executescript(_TABLES)
        return frozenset(connection.execute(SHAPE))
    finally:
        connection.close()


def settle(connection: sqlite3.Connection) -> None:
    """Safe before fast: one writer, every commit on the disk."""
    for setting in _SETTINGS:
        connection.execute(setting)


_TABLES = """
create table meta(k text primary key, v text not null) strict, without rowid;

create table run(
  id integer primary key, day text not null, snapshot_sha text not null, sources_hash text not null,
  files_hash text not null, plan_hash text not null, version text not null, started_at text not null,
  fresh integer not null check (fresh in (0, 1)), counts text not null,
  published integer not null default 0 check (published in (0, 1))
) strict;
create index run_of_day on run(day);

create table event(
  seq integer primary key, run integer references run(id), day text not null, recorded_at text not null,
  kind text not null, enrollment text, account text, body text not null, hash text not null
) strict;
create index event_of_account on event(account);
create unique index event_started on event(enrollment) where kind = 'Started';
create index event_asked on event(seq) where kind = 'StartAsked';
create index event_trait on event(account, day) where kind = 'TraitSet';
create index event_notified on event(day, seq) where kind = 'Notified';
create index event_muted on event(seq) where kind in ('Muted', 'Unmuted');
create trigger event_stays before update on event
  begin select raise(abort, 'an event is never changed'); end;
create trigger event_is_kept before delete on event
  begin select raise(abort, 'an event is never deleted'); end;

create table definition(
  sha text primary key, playbook text not null, text text not null, first_day text not null
) strict, without rowid;
create trigger definition_stays before update on definition
  begin select raise(abort, 'a definition is never changed'); end;
create trigger definition_is_kept before delete on definition
  begin select raise(abort, 'a definition is never deleted'); end;

create table enrollment(
  key text primary key, playbook text not null, account text not null, row text, episode integer not null,
  arm text not null, started_on text not null, ended_on text, outcome text, watch_until text,
  state text not null
) strict;
create index enrollment_to_look_at
  on enrollment(account, coalesce(row, ''), playbook, episode, ended_on, watch_until)
  where ended_on is null or watch_until is not null;
create index enrollment_of_playbook
  on enrollment(playbook, account, row, episode, arm, started_on, ended_on, outcome);
create index enrollment_of_account on enrollment(account);
create unique index enrollment_once_at_a_time
  on enrollment(playbook, account, coalesce(row, char(0)), arm) where ended_on is null;

create table task(
  key text primary key, enrollment text not null references enrollment(key), playbook text not null,
  arm text not null, owner text not null, state text not null, opened_on text not null, due text not null,
  step text not null
) strict, without rowid;
create index task_open on task(playbook, arm, enrollment, opened_on, key, owner) where state = 'open';

create table memory(
  series text not null, subject text not null, day integer not null, value any,
  primary key (series, subject, day)
) strict, without rowid;
create table series(
  series text primary key, first_day integer not null, last_day integer not null
) strict, without rowid;

create table outbox(
  task text primary key, enrollment text not null references enrollment(key), run integer references run(id),
  contact text, payload text not null,
  state text not null check (state in ('draft', 'sent', 'discarded', 'cancelled'))
) strict, without rowid;
create trigger outbox_moves_once before update on outbox when old.state <> 'draft'
  begin select raise(abort, 'only a draft can change: nobody is told twice'); end;
create trigger outbox_stays_with_its_contact before update of task, enrollment, contact on outbox
  when (old.task, old.enrollment, old.contact) is not (new.task, new.enrollment, new.contact)
  begin select raise(abort, 'a draft keeps its contact'); end;
create trigger outbox_is_kept before delete on outbox
  begin select raise(abort, 'a line of the outbox is never deleted'); end;
create trigger outbox_is_for_the_treated before insert on outbox
  when (select arm from enrollment where key = new.enrollment) is not 'treated'
  begin select raise(abort, 'only a treated enrollment may tell somebody'); end;

create table file(
  run integer not null references run(id), path text not null, content blob, sha256 text not null,
  primary key (run, path)
) strict;
"""
