"""A number of accounts → the snapshot of a made-up portfolio, drawn by SQL alone: always the same, a million in a minute."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from cs_playbook.compile import placing
from cs_playbook.model.data import Contract
from cs_playbook.model.expression import to_day
from cs_playbook.source.manifest import Manifest, TableCount, write_manifest
from cs_playbook.source.snapshot import sha256_of

DAY = date(2026, 3, 2)
USAGE_ROWS = 5  # for each account


def snapshot(contract: Contract, folder: Path, accounts: int) -> Path:
    """`<folder>/<DAY>.db` and its manifest, in the tables of the starter library's contract."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{DAY.isoformat()}.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in ("journal_mode = off", "synchronous = off", "cache_size = -64000"):
            connection.execute(f"pragma {setting}")
        connection.execute("begin")
        for table in contract.tables:
            connection.execute(placing.create(table))
        numbers = f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {accounts}) "
        for statement in _FILL:
            connection.execute(statement.replace("@numbers@", numbers).replace("@today@", str(to_day(DAY))))
        connection.execute("commit")
        counts = [
            (table.name, connection.execute(f"select count(*) from {table.name}").fetchone()[0])
            for table in contract.tables
        ]
    tables = tuple((name, TableCount(rows, ())) for name, rows in counts)
    manifest = Manifest(
        DAY, "2026-03-02T05:00:00Z", sha256_of(path), (), tables, placing.shape(contract), "0"
    )
    path.with_suffix(".json").write_text(write_manifest(manifest), encoding="utf-8")
    return path


def _drawn(salt: int, below: int) -> str:
    """A number from 0 to below, drawn for account i."""
    return f"(((((i * 2654435761 + {salt} * 40503) & 4294967295) * 2246822519 & 4294967295) >> 8) % {below})"


_ID = "printf('a%07d', i)"
_FILL = (
    f"""@numbers@
insert into accounts (_n, id, name, arr, potential_arr, licensed_seats, employees, contract_status, contract_start,
  renewal_date, strategic, sector, language, csm_email, ae_email)
select i, {_ID}, 'Account ' || i, {_drawn(1, 900)} * 100.0, {_drawn(2, 2000)} * 100.0, {_drawn(3, 200)}, {_drawn(4, 3000)},
  iif({_drawn(5, 20)} = 0, 'trial', 'active'), @today@ - {_drawn(6, 900)}, @today@ + {_drawn(7, 365)}, {_drawn(8, 50)} = 0,
  'retail', iif({_drawn(9, 3)} = 0, 'fr', 'en'), 'csm' || {_drawn(10, 200)} || '@vendor.example', 'paul@vendor.example'
from n""",
    f"""@numbers@
insert into contacts (_account, _row, id, account_id, email, first_name, roles, last_seen, has_left, opted_out, language)
select i, i, printf('c%07d', i), {_ID}, 'c' || i || '@customer.example', 'Claire',
  iif({_drawn(11, 3)} = 0, '["admin"]', '["champion","user"]'), @today@ - {_drawn(12, 200)}, {_drawn(13, 10)} = 0, 0, 'en'
from n""",
    f"""@numbers@
insert into activities (_account, _row, account_id, kind, happened_on)
select i, i, {_ID}, iif({_drawn(14, 2)} = 0, 'meeting', 'email_in'), @today@ - {_drawn(15, 300)} from n""",
    f"""@numbers@
insert into subscriptions (_account, _row, id, account_id, product, begun_on)
select i, i, printf('s%07d', i), {_ID}, 'core', @today@ - {_drawn(16, 900)} from n""",
    f"""@numbers@, k(k) as (select value from json_each('[0,1,2,3,4]'))
insert into usage (_account, _row, _through, subscription_id, day, user_id, events)
select i, i * {USAGE_ROWS} + k, i, printf('s%07d', i), @today@ - (({_drawn(17, 60)}) + k * 13) % 60, 'u' || ((i + k) % 7), 1 + k
from n, k""",
    f"""@numbers@
insert into tickets (_account, _row, id, account_id, priority, opened_on, closed_on)
select i, i, printf('t%07d', i), {_ID}, iif({_drawn(18, 4)} = 0, 'urgent', 'normal'), @today@ - {_drawn(19, 90)},
  iif({_drawn(20, 2)} = 0, null, @today@ - 1) from n""",
    f"""@numbers@
insert into invoices (_account, _row, id, account_id, amount, issued_on, due_on)
select i, i, printf('i%07d', i), {_ID}, 100.0, @today@ - 60, @today@ - {_drawn(21, 60)} from n""",
)
