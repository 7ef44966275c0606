"""Exports of every kind, as `sources:` declares them → the rows of a snapshot, or each mistake at its place."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Built, Stamp, build
from cs_playbook.model.data import Contract
from cs_playbook.model.mapping import Sources
from cs_playbook.parse.data import read_contract
from cs_playbook.parse.mapping import read_sources
from cs_playbook.source.finding import Finding
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import read_tree

DATA = """
data: acme
tables:
  accounts:
    key: id
    fields:
      id: text
      name: text
      arr: number
      seats: integer
      live: boolean
      status: {type: text, values: [active, ended, trial]}
      since: date
      csm: email
      tags: list
"""
NOTHING = "name: null, arr: null, seats: null, live: null, status: null, since: null, csm: null, tags: null"


def sources(table: str, top: str = "") -> tuple[Sources, list[Finding]]:
    """`table`: what stands below `accounts:`, its fields apart from `id` null unless they are named."""
    text = f"sources: acme\n{top}\ntables:\n  accounts:\n{table}"
    root = read_tree(text, "sources.yaml").root
    assert isinstance(root, Block)
    read, found = read_sources(root, contract())
    assert read is not None
    return read, found


def contract() -> Contract:
    root = read_tree(DATA, "data.yaml").root
    assert isinstance(root, Block)
    read, _ = read_contract(root)
    assert read is not None
    return read


def mapped(where: str, fields: str, top: str = "dates: YYYY-MM-DD") -> Sources:
    """`where`: the lines of the origin; `fields`: those that have a source."""
    named = {pair.split(":")[0].strip() for pair in NOTHING.split(",")}
    said = {line.split(":")[0] for line in fields.split("\n")}
    rest = "\n".join(f"      {name}: null" for name in sorted(named - said))
    lines = "\n".join(f"    {line}" for line in where.strip().split("\n"))
    own = "\n".join(f"      {line}" for line in fields.split("\n"))
    read, found = sources(f"{lines}\n    fields:\n{own}\n{rest}\n", top)
    assert [finding.message for finding in found if finding.is_error] == []
    return read


def built(folder: Path, read: Sources, *, zone: str = "Europe/Paris") -> Built:
    stamp = Stamp(date(2026, 3, 2), "2026-03-02T06:00:00Z", "0")
    return build(contract(), read, Exports(folder, ZoneInfo(zone)), folder / "snapshots", stamp, replace=True)


def rows(made: Built, columns: str = "id") -> list[tuple[object, ...]]:
    assert made.path is not None, told(made)
    with closing(sqlite3.connect(made.path)) as connection:
        return connection.execute(f"SELECT {columns} FROM accounts ORDER BY _n").fetchall()


def told(made: Built) -> list[tuple[str, int, str]]:
    """Code, line, message of what is more than a note."""
    return [(f.code, f.span.line, f.message) for f in made.findings if f.severity != "note"]


def notes(made: Built) -> list[str]:
    return [f.message for f in made.findings if f.severity == "note"]


def text_file(folder: Path, name: str, text: str, encoding: str = "utf-8") -> None:
    (folder / name).write_text(text, encoding=encoding)


# --- how files are written ---


def test_tabs_semicolons_old_encodings_and_numbers_of_a_french_spreadsheet(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.tsv", "id\tname\na\tZoé\n")
    text_file(tmp_path, "crm.csv", "id;name;arr\na;Zoé;1 234,50\nb;;1\u00a0000\n", "cp1252")

    tabs = built(tmp_path, mapped("file: crm.tsv", "id: id\nname: name"))
    french = mapped(
        'file: crm.csv\nencoding: cp1252\nseparator: ";"',
        'id: id\nname: name\narr: {column: arr, decimal: ",", thousands: " "}',
    )

    assert rows(tabs, "id, name") == [("a", "Zoé")]
    assert rows(built(tmp_path, french), "id, name, arr") == [("a", "Zoé", 1234.5), ("b", None, 1000.0)]


RECORDS = [
    {"id": 10**17 + 1, "owner": {"email": "lea@acme.example"}, "arr": 12.5, "live": True, "tags": ["a", "b"]},
    {"id": "b", "owner": None, "arr": None, "live": False, "tags": [], "seats": 7},
]
NESTED = "id: id\ncsm: owner.email\narr: arr\nlive: live\ntags: tags\nseats: seats"
READ = [
    ("100000000000000001", "lea@acme.example", 12.5, 1, '["a","b"]', None),
    ("b", None, None, 0, "[]", 7),
]


@pytest.mark.parametrize(
    ("name", "where", "content"),
    [
        ("crm.json", "", json.dumps(RECORDS)),
        (
            "crm.json",
            "\nrows: result.items",
            json.dumps({"n": [[1]], "result": {"items": RECORDS}, "more": {}}),
        ),
        ("crm.jsonl", "", "\n".join(map(json.dumps, RECORDS)) + "\n\n"),
        ("crm.export", "\nformat: json_lines", "\n".join(map(json.dumps, RECORDS))),
    ],
)
def test_records_are_read_with_their_types_and_nested_values(
    tmp_path: Path, name: str, where: str, content: str
) -> None:
    text_file(tmp_path, name, content)

    made = built(tmp_path, mapped(f"file: {name}{where}", NESTED, 'decimal: ","'))

    assert rows(made, "id, csm, arr, live, tags, seats") == READ


def test_what_a_database_file_answers_is_read_with_its_types(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        connection.execute("CREATE TABLE account(key, gone, amount, since)")
        connection.execute("INSERT INTO account VALUES ('b', 0, 2.5, '2026-01-31'), ('a', 1, NULL, NULL)")
        connection.commit()
    where = "file: crm.db\nquery: select key, gone, amount, since from account where amount is not null"

    made = built(
        tmp_path,
        mapped(where, "id: key\nlive: gone\narr: amount\nsince: since", 'dates: YYYY-MM-DD\ndecimal: ","'),
    )

    assert rows(made, "id, live, arr, since") == [("b", 0, 2.5, 20484)]
    assert made.manifest is not None
    assert [(file.file, file.rows) for file in made.manifest.sources] == [("crm.db (accounts)", 1)]


def test_the_order_in_which_a_database_answers_is_no_new_observation(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        connection.execute("CREATE TABLE account(key)")
        connection.execute("INSERT INTO account VALUES ('b'), ('a'), ('c')")
        connection.commit()

    def asked(order: str) -> str:
        made = built(
            tmp_path, mapped(f"file: crm.db\nquery: select key from account order by key {order}", "id: key")
        )
        assert made.manifest is not None
        return sources_hash(made.manifest)

    assert asked("asc") == asked("desc")


@pytest.mark.parametrize(
    ("query", "told_so"),
    [
        ("delete from account", "the query does more than read"),
        ("attach 'other.db' as other", "the query does more than read"),
        ("select load_extension('x')", "the query does more than read"),
        ("select key from accounts", "no such table: accounts"),
        ("select 1; select 2", "one statement at a time"),
        ("begin", "the query gives no rows"),
    ],
)
def test_a_query_reads_and_does_nothing_else(tmp_path: Path, query: str, told_so: str) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        connection.execute("CREATE TABLE account(key)")
        connection.execute("INSERT INTO account VALUES ('b')")
        connection.commit()

    made = built(tmp_path, mapped(f'file: crm.db\nquery: "{query}"', "id: key"))

    [(code, line, message)] = told(made)
    assert (code, line) == ("CSP729", 6)
    assert told_so in message
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (1,)


def test_a_database_file_whose_last_page_is_cut_off_gives_no_empty_cells(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        connection.execute("CREATE TABLE account(key)")
        connection.execute("INSERT INTO account VALUES ('b')")
        connection.commit()
    os.truncate(tmp_path / "crm.db", (tmp_path / "crm.db").stat().st_size - 1000)

    made = built(tmp_path, mapped("file: crm.db\nquery: select key from account", "id: key"))

    [(code, _, message)] = told(made)
    assert (code, "its last page is not whole" in message) == ("CSP729", True)


# --- which rows ---


def test_a_file_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    text_file(tmp_path, "eu.csv", "id,arr\na,1\n")
    text_file(tmp_path, "us.csv", "id,arr\nb,2\n")

    made = built(tmp_path, mapped('files: [eu.csv, ./eu.csv, "*.csv"]', "id: id\narr: arr"))

    assert rows(made, "id, arr") == [("a", 1.0), ("b", 2.0)]


def test_several_files_become_one_table_and_each_row_keeps_its_place(tmp_path: Path) -> None:
    text_file(tmp_path, "eu.csv", "id,arr\na,1\nb,many\n")
    text_file(tmp_path, "us.csv", "arr,id\n2,c\n3,a\n")

    made = built(tmp_path, mapped("files: [eu.csv, us.csv]", "id: id\narr: arr"))

    assert [(Path(f.span.file).name, f.span.line, f.message) for f in made.findings if f.span.line > 1] == [
        ("eu.csv", 2, "the id 'a' is also on line 3 of " + (tmp_path / "us.csv").as_posix()),
        ("eu.csv", 3, "arr: 'many' is not a number written like 1234.5"),
        ("us.csv", 3, "the id 'a' is also on line 2 of " + (tmp_path / "eu.csv").as_posix()),
    ]


def test_a_file_that_is_called_with_a_star_is_meant_alone(tmp_path: Path) -> None:
    text_file(tmp_path, "a*b.csv", "id\n1\n")
    text_file(tmp_path, "a-b.csv", "id\n2\n")

    assert rows(built(tmp_path, mapped('file: "a*b.csv"', "id: id"))) == [("1",)]


def test_a_pattern_takes_the_files_that_there_are(tmp_path: Path) -> None:
    for day in (2, 1):
        text_file(tmp_path, f"day-{day}.csv", f"id\n{day}\n")
    text_file(tmp_path, "day.csv", "id\n3\n")

    made = built(tmp_path, mapped('files: "day-*.csv"', "id: id"))

    assert rows(made) == [("1",), ("2",)]
    assert told(built(tmp_path, mapped('files: "week-*.csv"', "id: id"))) == [
        ("CSP721", 5, f"no file is called {(tmp_path / 'week-*.csv').as_posix()}")
    ]


def test_only_the_rows_of_where_count(tmp_path: Path) -> None:
    text_file(
        tmp_path, "all.csv", "id,kind,deleted\na,customer,false\nb,partner,false\nc,customer,true\nd,,false\n"
    )

    made = built(
        tmp_path, mapped('file: all.csv\nwhere: {kind: [customer, ""], deleted: {not: "true"}}', "id: id")
    )

    assert rows(made) == [("a",), ("d",)]
    assert notes(made) == ["rows of accounts left out: 2 by `where:`"]


def test_a_word_of_where_that_the_export_writes_otherwise_is_said(tmp_path: Path) -> None:
    text_file(tmp_path, "all.csv", "id,deleted\na,FALSE\nb,TRUE\nc,FALSE\n")

    hidden = built(tmp_path, mapped('file: all.csv\nwhere: {deleted: {not: "true"}}', "id: id"))

    assert told(hidden) == [("CSP774", 6, "deleted: 'true' in `where:` is not the cell 'TRUE'")]


def test_of_the_rows_with_a_key_the_newest_counts(tmp_path: Path) -> None:
    text_file(
        tmp_path,
        "history.csv",
        "id,arr,at\n"
        "a,1,2026-01-01 10:00:00\n"
        "a,much,2025-12-31 23:00:00.999\n"  # older rows may be bad
        "a,2,2026-01-01 10:00:00.5\n"
        "b,3,2026-01-01 23:30:00Z\n"
        "b,4,2026-01-02 00:00:00+01:00\n"
        "c,5,2026-01-01\n"
        "c,5,2026-01-01\n",
    )

    made = built(
        tmp_path,
        mapped("file: history.csv\nnewest_by: {column: at, dates: timestamp, zone: UTC}", "id: id\narr: arr"),
    )

    assert rows(made, "id, arr") == [("a", 2.0), ("b", 3.0), ("c", 5.0)]
    assert notes(made) == ["rows of accounts left out: 4 by `newest_by:`"]


def test_two_rows_that_are_equally_new_and_differ_are_bad(tmp_path: Path) -> None:
    text_file(tmp_path, "history.csv", "id,arr,at\na,1,2026-01-01\na,2,2026-01-01\nb,1,\n")

    made = built(tmp_path, mapped("file: history.csv\nnewest_by: at", "id: id\narr: arr"))

    assert [(code, line) for code, line, _ in told(made)] == [
        ("CSP726", 1),
        ("CSP738", 1),
        ("CSP734", 2),
        ("CSP734", 3),
        ("CSP731", 4),
    ]


def test_a_row_without_a_moment_takes_no_sound_row_with_it(tmp_path: Path) -> None:
    text_file(tmp_path, "history.csv", "id,arr,at\na,1,2026-01-01\na,2,\na,3,2026-01-02\nb,1,2026-01-01\n")
    origin = "file: history.csv\nnewest_by: at"

    made = built(
        tmp_path, mapped(origin, "id: id\narr: arr", "dates: YYYY-MM-DD\nbad_rows: set_aside\nat_most: 50%")
    )

    assert rows(made, "id, arr") == [("a", 3.0), ("b", 1.0)]
    assert [(code, line) for code, line, _ in told(made) if line > 1] == [("CSP731", 3)]


# --- columns of another file ---

OWNED = "file: crm.csv\nlookups: {owner: {file: users.csv, key: id, by: owner%s}}"


def test_a_column_of_another_file_is_found_by_its_key_step_by_step(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.csv", "id,owner\na,1\nb,\n")
    text_file(
        tmp_path,
        "users.csv",
        "id,email,team\n1,lea@acme.example,t\n2,lea@acme.example,t\n2,lea@acme.example,t\n",
    )
    text_file(tmp_path, "teams.jsonl", '{"key": "t", "name": "North"}')
    chain = "file: crm.csv\nlookups:\n  owner: {file: users.csv, key: id, by: owner}\n  team: {file: teams.jsonl, key: key, by: owner.team}"

    made = built(tmp_path, mapped(chain, "id: id\ncsm: owner.email\nname: team.name"))

    assert rows(made, "id, csm, name") == [("a", "lea@acme.example", "North"), ("b", None, None)]


def test_who_is_not_there_is_a_bad_row_unless_it_may_be_empty(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.csv", "id,owner\na,1\nb,9\n")
    text_file(tmp_path, "users.csv", "id,email\n1,lea@acme.example\n")

    refused = built(tmp_path, mapped(OWNED % "", "id: id\ncsm: owner.email"))
    empty = built(tmp_path, mapped(OWNED % ", unmatched: empty", "id: id\ncsm: owner.email"))

    assert ("CSP773", 3, "owner: '9' is not among owner") in told(refused)
    assert rows(empty, "id, csm") == [("a", "lea@acme.example"), ("b", None)]
    assert told(empty) == [("CSP773", 6, "1 row names what is not among owner, e.g. '9'")]


def test_a_key_that_is_looked_up_and_stands_twice_forbids_the_build(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.csv", "id,owner\na,1\n")
    text_file(
        tmp_path, "users.csv", "id,email,at\n1,lea@acme.example,2025-01-01\n1,marc@acme.example,2026-01-01\n"
    )

    refused = built(tmp_path, mapped(OWNED % "", "id: id\ncsm: owner.email"))
    newest = built(tmp_path, mapped(OWNED % ", newest_by: at", "id: id\ncsm: owner.email"))

    assert told(refused) == [("CSP772", 3, "owner: the id '1' is also on line 2, and says something else")]
    assert rows(newest, "csm") == [("marc@acme.example",)]


def test_a_looked_up_column_that_is_not_there_is_said_where_it_is_asked_for(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.csv", "id,owner\na,1\n")
    text_file(tmp_path, "users.csv", "id,email\n1,lea@acme.example\n")

    [finding] = built(tmp_path, mapped(OWNED % "", "id: id\ncsm: owner.emial")).findings

    assert (finding.code, finding.span.line, finding.hint) == ("CSP722", 9, "did you mean 'email'?")


# --- what cells mean ---


def test_units_are_reckoned_in_decimals(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.csv", "id,cents,minutes\na,1999,120\nb,,90\n")
    read = mapped(
        "file: crm.csv", "id: id\narr: {column: cents, times: 0.01}\nseats: {column: minutes, divided_by: 60}"
    )

    made = built(tmp_path, read)

    assert ("CSP731", 3, "minutes: '90' gives 1.5, which is not a whole number") in told(made)
    text_file(tmp_path, "crm.csv", "id,cents,minutes\na,1999,120\n")
    assert rows(built(tmp_path, read), "arr, seats") == [(19.99, 2)]


def test_words_are_translated_and_a_new_word_is_no_guess(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.csv", "id,type\na,Customer\nb,Churned\nc,\nd,Prospect\ne,Partner\n")
    words = "{Customer: active, Churned: ended, Prospect: null%s}"

    strict = built(
        tmp_path, mapped("file: crm.csv", f"id: id\nstatus: {{column: type, words: {words % ''}}}")
    )
    others = mapped(
        "file: crm.csv", f"id: id\nstatus: {{column: type, words: {words % ', otherwise: trial'}}}"
    )

    assert ("CSP732", 6, "type: 'Partner' is none of the `words:` of this field") in told(strict)
    assert rows(built(tmp_path, others), "status") == [("active",), ("ended",), (None,), (None,), ("trial",)]


@pytest.mark.parametrize(
    ("dates", "cell", "day"),
    [
        ("epoch seconds", "1772406000", date(2026, 3, 2)),  # 23:00 in London, the next day in Paris
        ("epoch milliseconds", "1772406000000", date(2026, 3, 2)),
        ("timestamp", "2026-03-01T23:30:00Z", date(2026, 3, 2)),
        ("timestamp", "2026-03-01 23:30:00.123456 UTC", date(2026, 3, 2)),
        ("timestamp", "2026-03-02T03:00:00+05:30", date(2026, 3, 1)),
        ("timestamp", "2026-03-01 23:30", date(2026, 3, 1)),  # no zone: the project's clock
        ("timestamp", "2026-03-01", date(2026, 3, 1)),
        ("timestamp, zone: UTC", "2026-03-01 23:30:00", date(2026, 3, 2)),
        ("YYYY-MM-DD H:MM:SS, zone: UTC", "2026-03-01 23:30:00", date(2026, 3, 2)),
        ("YYYY-MM-DDTHH:MM:SSZ", "2026-03-01T23:30:00Z", date(2026, 3, 2)),
        ("M/D/YYYY", "3/1/2026", date(2026, 3, 1)),
        ("timestamp", "9999-12-31 23:59:59Z", date(9999, 12, 31)),
    ],
)
def test_a_moment_is_the_day_it_is_in_the_zone_of_the_project(
    tmp_path: Path, dates: str, cell: str, day: date
) -> None:
    text_file(tmp_path, "crm.csv", f"id,at\na,{cell}\n")

    made = built(
        tmp_path,
        mapped(
            "file: crm.csv",
            f'id: id\nsince: {{column: at, dates: "{dates}"}}'.replace(', zone: UTC"', '", zone: UTC'),
        ),
    )

    assert rows(made, "since") == [((day - date(1970, 1, 1)).days,)]


# --- what is wrong ---


@pytest.mark.parametrize(
    ("content", "code", "line", "message"),
    [
        ('[{"id": 1},\n{"id": ]', "CSP728", 2, "this is not JSON: Expecting value"),
        (
            '[{"id": 1},\n{"id": 2}',
            "CSP728",
            2,
            "the file ends where a comma or the end of the list is expected",
        ),
        ('[{"id": 1}]\n[]', "CSP728", 2, "more stands behind the end of the JSON"),
        ('[{"id": 1, "id": 2}]', "CSP728", 1, "the key 'id' stands twice in a record"),
        ('[{"id": NaN}]', "CSP728", 1, "NaN is no number of JSON"),
        ("[" * 100_000, "CSP728", 1, "records stand in records too deep to be read"),
        ('{"data": [{"id": 1}]}', "CSP728", 1, "a record stands where the list of records is expected"),
        ("", "CSP726", 1, "is empty"),
        ('[{"id": "' + "x" * 3_000_000 + '"}]', "CSP728", 1, "a record of more than 1,000,000 letters"),
        ('[{"id": 1},\n7]', "CSP739", 2, "a single value stands where a record is expected"),
        ('[{"id": "\\ud800"}]', "CSP739", 1, "a text holds half a letter, or a NUL"),
        ('[{"id": ["\\ud800"]}]', "CSP739", 1, "a text holds half a letter, or a NUL"),
        ('[{"id": {"\\ud800": 1}}]', "CSP739", 1, "a text holds half a letter, or a NUL"),
        ('[{"id": ["a\\u0000"]}]', "CSP739", 1, "a text holds half a letter, or a NUL"),
        ('[{"id": {"x": 1}}]', "CSP731", 1, "id: a record stands where one value is expected"),
        ('[{"Id": 1}]', "CSP722", 7, "'id'"),
        ('[{"id": "\xff"}]', "CSP724", 1, "bytes that cannot be read as utf-8"),
    ],
)
def test_a_bad_file_of_records_is_never_a_traceback(
    tmp_path: Path, content: str, code: str, line: int, message: str
) -> None:
    (tmp_path / "crm.json").write_bytes(content.encode("latin-1"))

    found = told(built(tmp_path, mapped("file: crm.json", "id: id")))

    assert [(c, n) for c, n, said in found if message in said] == [(code, line)]


def test_every_bad_line_of_records_is_listed(tmp_path: Path) -> None:
    text_file(tmp_path, "crm.jsonl", '{"id": 1}\n{"id": 2\n[]\n{"id": ' + "[" * 100_000 + "\n")

    found = told(built(tmp_path, mapped("file: crm.jsonl", "id: id")))

    assert [(code, line) for code, line, _ in found if line > 1] == [
        ("CSP739", 2),
        ("CSP739", 3),
        ("CSP739", 4),
    ]


@pytest.mark.parametrize(
    ("table", "code", "message"),
    [
        ("    fields: {id: id}", "CSP770", "nothing says where the rows of accounts are"),
        (
            "    file: a.csv\n    files: [b.csv]",
            "CSP770",
            "the rows of accounts come from `file:` and from `files:`",
        ),
        ("    file: a.db", "CSP770", "an SQLite file needs a `query:`"),
        ("    file: a.csv\n    query: select 1", "CSP770", "`query:` says nothing about a CSV file"),
        ('    file: a.json\n    separator: ";"', "CSP770", "`separator:` says nothing about a JSON file"),
        ("    files: [a.csv, b.json]", "CSP770", "'a.csv' and 'b.json' are written in different ways"),
        ("    file: a.csv\n    where: {gone: false}", "CSP719", "false is written without quotes"),
        ("    file: a.csv\n    newest_by: {dates: timestamp}", "CSP719", "`newest_by:` names no column"),
        ("    file: a.csv\n    fields: {name: {column: n, times: 2}}", "CSP771", "name is of type text"),
        (
            "    file: a.csv\n    fields: {arr: {column: n, times: 0}}",
            "CSP771",
            "0 would make every arr the same",
        ),
        (
            "    file: a.csv\n    fields: {arr: {column: n, times: 2, divided_by: 2}}",
            "CSP771",
            "multiplied and divided",
        ),
        (
            "    file: a.csv\n    fields: {status: {column: n, words: {x: gone}}}",
            "CSP717",
            "'gone' is not one of",
        ),
        (
            "    file: a.csv\n    fields: {since: {column: n, zone: Pariss}}",
            "CSP120",
            "there is no time zone 'Pariss'",
        ),
        ("    file: a.csv\n    fields: {since: {column: n, dates: epoch}}", "CSP713", "'epoch' has no YYYY"),
        (
            "    file: a.csv\n    lookups: {owner: {file: u.csv, key: id, by: owner.id}}",
            "CSP719",
            "owner is found by owner.id, and it cannot find itself",
        ),
        (
            "    file: a.csv\n    lookups: {owner: {file: u.csv, key: id, by: x}}",
            "CSP719",
            "nothing is read from the lookup owner",
        ),
        (
            "    file: a.csv\n    where: {owner.id: x}\n    lookups: {owner: {file: u.csv, key: id, by: x}}",
            "CSP719",
            "`where:` asks for owner.id, which is looked up",
        ),
    ],
)
def test_what_is_declared_wrongly_is_said(table: str, code: str, message: str) -> None:
    _, found = sources(table)

    assert [finding.code for finding in found if message in finding.message] == [code]
