"""The tables, indexes and triggers of an empty ledger, as SQL."""

from __future__ import annotations

from cs_playbook.effects.ledger_posts import INDEX as INDEX_OF_POSTED
from cs_playbook.effects.ledger_suppression import INDEX as INDEX_OF_SUPPRESSED
from cs_playbook.effects.ledger_undo_tables import STARTED_ONCE, UNDO_TABLES
from cs_playbook.effects.outbox_schema import OUTBOX

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

create table file(
  run integer not null references run(id), path text not null, content blob, sha256 text not null,
  primary key (run, path)
) strict;
"""
MADE = f"{_TABLES}\n{STARTED_ONCE}\n{UNDO_TABLES}\n{OUTBOX}\n{INDEX_OF_SUPPRESSED}\n{INDEX_OF_POSTED}"
