"""The tables and indexes by which a run can be taken back, as SQL: a new ledger has them, a migrated one gets them."""

from __future__ import annotations

# Once for each run: an enrollment that was taken back may begin again, under the same key.
STARTED_ONCE = "create unique index event_started on event(enrollment, run) where kind = 'Started';"

UNDO_TABLES = """
create index event_recalled on event(enrollment, seq) where kind = 'Recalled';
create index event_moved on event(account) where kind = 'AccountMoved';
create index event_undone on event(seq) where kind = 'RunUndone';

create table series_before(
  run integer not null references run(id), series text not null, first_day integer, last_day integer,
  primary key (run, series)
) strict, without rowid;
create table memory_before(
  run integer not null references run(id), series text not null, subject text not null, day integer not null,
  value any, primary key (run, series, subject, day)
) strict, without rowid;
"""
