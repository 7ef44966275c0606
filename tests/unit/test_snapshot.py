"""From exports to a snapshot and back: what is built, what is refused, what a snapshot allows."""

from __future__ import annotations

import fcntl
import hashlib
import os
import random
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cs_playbook.check.data_codes import CODES
from cs_playbook.compile.placing import shape
from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Built, Stamp, build
from cs_playbook.effects.snapshot_memory import memory_snapshot
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.model.data import Contract
from cs_playbook.model.mapping import Sources
from cs_playbook.parse.data import read_contract
from cs_playbook.parse.mapping import read_sources
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import Finding, Severity, Span
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.source.tree import Mapping, read_tree

DAY = date(2026, 3, 2)
DATA = """
data: acme
tables:
  accounts:
    key: id
    parent: parent_id
    fields:
      {id: text, parent_id: text, name: text, arr: number, seats: integer, strategic: boolean, renewal: date}
  contacts:
    key: id
    account: account_id
    fields: {id: text, account_id: text, email: email, roles: list}
  subscriptions:
    key: id
    account: account_id
    fields: {id: text, account_id: text, ended_on: happened}
  usage:
    account: {through: subscriptions, by: subscription_id}
    day: day
    fields: {subscription_id: text, day: date, events: integer}
"""
SOURCES = """
sources: acme
dates: YYYY-MM-DD
tables:
  accounts:
    file: accounts.csv
    fields:
      {id: id, parent_id: parent, name: name, arr: arr, seats: seats, strategic: strategic, renewal: renewal}
  contacts: {file: contacts.csv, fields: {id: id, account_id: account, email: email, roles: roles}}
  subscriptions: {file: subscriptions.csv, fields: {id: id, account_id: account, ended_on: ended}}
  usage: {file: usage.csv, fields: {subscription_id: subscription, day: day, events: events}}
"""
FILES = {
    "accounts": """id,parent,name,arr,seats,strategic,renewal
b,,Borealis,,10,,2026-09-30
a,,Acme,1200.5,,true,
c,a,Ceres,0,3,false,2026-12-31
""",
    "contacts": "id,account,email,roles\n1,a,claire@acme.example,champion;admin\n2,b,,\n",
    "subscriptions": "id,account,ended\ns2,a,\ns1,a,2026-12-31\ns3,b,\n",
    "usage": "subscription,day,events\ns1,2026-03-01,5\ns3,2026-03-01,7\ns2,2026-02-01,1\ns2,2026-02-01,1\n",
}


def contract(text: str = DATA) -> Contract:
    root = read_tree(text, "data.yaml").root
    assert isinstance(root, Mapping)
    read, wrong = read_contract(root)
    assert read is not None
    assert wrong == []
    return read


def sources(text: str = SOURCES) -> Sources:
    root = read_tree(text, "sources.yaml").root
    assert isinstance(root, Mapping)
    read, wrong = read_sources(root, contract())
    assert read is not None
    assert wrong == []
    return read


def set_aside(at_most: str) -> Sources:
    return sources(SOURCES.replace("dates:", f"bad_rows: set_aside\nat_most: {at_most}\ndates:"))


def export(folder: Path, **changed: str) -> Path:
    """The files above, some changed."""
    folder.mkdir(exist_ok=True)
    for name, text in {**FILES, **changed}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def built(tmp_path: Path, mapping: Sources | None = None, day: date = DAY, **changed: str) -> Built:
    folder = export(tmp_path / "exports", **changed)
    return build(
        contract(),
        mapping or sources(),
        Exports(folder),
        tmp_path / "snapshots",
        Stamp(day, f"{day}T06:00:00Z", "0.1"),
    )


def errors(made: Built) -> list[tuple[str, int, str]]:
    return [(Path(f.span.file).name, f.span.line, f.message) for f in made.findings if f.is_error]


def rows(path: Path | None, query: str) -> list[tuple[object, ...]]:
    assert path is not None
    with Snapshot.open(path) as snapshot:
        return snapshot.connection.execute(query).fetchall()


# --- what is built ---


def test_accounts_are_numbered_in_the_order_of_their_keys_and_typed(tmp_path: Path) -> None:
    assert rows(built(tmp_path).path, "SELECT * FROM accounts") == [
        (1, "a", None, "Acme", 1200.5, None, 1, None),
        (2, "b", None, "Borealis", None, 10, 0, 20726),
        (3, "c", "a", "Ceres", 0.0, 3, 0, 20818),
    ]


def test_rows_belong_to_accounts_also_through_another_table(tmp_path: Path) -> None:
    path = built(tmp_path).path

    assert rows(path, "SELECT * FROM subscriptions") == [
        (1, 1, "s1", "a", 20818),
        (1, 2, "s2", "a", None),
        (2, 3, "s3", "b", None),
    ]
    assert rows(path, "SELECT * FROM usage") == [
        (1, 1, 2, "s2", 20485, 1),
        (1, 2, 2, "s2", 20485, 1),
        (1, 3, 1, "s1", 20513, 5),
        (2, 4, 3, "s3", 20513, 7),
    ]


def test_lists_are_json_and_an_empty_one_is_a_list(tmp_path: Path) -> None:
    assert rows(built(tmp_path).path, "SELECT id, email, roles FROM contacts") == [
        ("1", "claire@acme.example", '["champion","admin"]'),
        ("2", None, "[]"),
    ]


def test_tables_are_strict_and_their_keys_serve_the_scan(tmp_path: Path) -> None:
    made = dict(rows(built(tmp_path).path, "SELECT name, sql FROM sqlite_schema"))

    assert made["contacts"] == (
        'CREATE TABLE "contacts"(_account INTEGER NOT NULL, _row INTEGER NOT NULL, '
        '"id" TEXT, "account_id" TEXT, "email" TEXT, "roles" TEXT NOT NULL, '
        "PRIMARY KEY (_account, _row)) STRICT, WITHOUT ROWID"
    )
    assert made["usage"] == (
        'CREATE TABLE "usage"(_account INTEGER NOT NULL, _row INTEGER NOT NULL, _through INTEGER NOT NULL, '
        '"subscription_id" TEXT, "day" INTEGER, "events" INTEGER, '
        'PRIMARY KEY (_account, "day", _row)) STRICT, WITHOUT ROWID'
    )


def test_the_manifest_says_what_it_was_made_of(tmp_path: Path) -> None:
    made = built(tmp_path)

    manifest = snapshots.read_manifest(made.path or Path())

    assert manifest == made.manifest
    assert (manifest.day, manifest.built_at, manifest.version) == (DAY, "2026-03-02T06:00:00Z", "0.1")
    assert [(source.file, source.rows) for source in manifest.sources] == [
        ("accounts.csv", 3), ("contacts.csv", 2), ("subscriptions.csv", 3), ("usage.csv", 4),
    ]  # fmt: skip
    assert manifest.sources[1].sha256 == hashlib.sha256(FILES["contacts"].encode()).hexdigest()
    assert [name for name, _ in manifest.tables] == ["accounts", "contacts", "subscriptions", "usage"]
    assert manifest.shape == shape(contract())


def test_an_empty_yes_no_cell_is_no_and_still_counts_as_empty(tmp_path: Path) -> None:
    made = built(tmp_path)
    assert made.manifest is not None

    empties = dict(made.manifest.counts["accounts"].empties)

    assert empties == {"id": 0, "parent_id": 2, "name": 0, "arr": 1, "seats": 1, "strategic": 1, "renewal": 1}
    assert dict(made.manifest.counts["contacts"].empties)["roles"] == 1


def test_two_equal_rows_without_a_key_are_two_rows(tmp_path: Path) -> None:
    assert rows(built(tmp_path).path, "SELECT count(*) FROM usage WHERE subscription_id = 's2'") == [(2,)]


@settings(max_examples=25)
@given(some.randoms(use_true_random=False))
def test_the_order_of_an_export_leaves_no_trace(chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        usual = built(Path(folder))
        other = built(
            Path(folder),
            day=date(2026, 3, 3),
            **{name: shuffled(text, chance) for name, text in FILES.items()},
        )
        assert usual.manifest is not None
        assert other.manifest is not None

        assert other.manifest.sha256 == usual.manifest.sha256
        assert other.manifest.tables == usual.manifest.tables


def shuffled(text: str, chance: random.Random) -> str:
    header, *lines = text.splitlines(keepends=True)
    chance.shuffle(lines)
    return header + "".join(lines)


def test_a_column_that_nobody_maps_is_told(tmp_path: Path) -> None:
    made = built(tmp_path, contacts="id,account,email,roles,fax,age\n1,a,,,,\n")

    assert [(f.code, f.severity, f.message) for f in made.findings] == [
        ("CSP741", Severity.NOTE, "2 columns are not mapped: fax, age")
    ]


def test_a_field_nobody_has_is_empty_and_a_constant_is_the_same_everywhere(tmp_path: Path) -> None:
    mapping = sources(SOURCES.replace("arr: arr, seats: seats", "arr: null, seats: {is: 5}"))

    assert rows(built(tmp_path, mapping).path, "SELECT arr, seats FROM accounts") == [(None, 5)] * 3


def test_a_parent_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    made = built(tmp_path, accounts=FILES["accounts"].replace("c,a,", "c,z,"))

    assert [(f.code, f.message) for f in made.findings] == [
        ("CSP742", "1 accounts have a parent_id that is not among accounts, e.g. 'z'")
    ]


@pytest.mark.parametrize(
    ("parents", "said"),
    [
        (("", "a", ""), "a → a"),
        (("a", "b", "a"), "a → b → a"),
        (("c", "b", "a"), "a → b → c → a"),
    ],
)
def test_accounts_that_stand_above_themselves_are_a_warning(
    parents: tuple[str, str, str], said: str, tmp_path: Path
) -> None:
    head, *lines = FILES["accounts"].splitlines()
    cells = [line.split(",", 2) for line in lines]
    turned = [",".join((key, parent, rest)) for (key, _, rest), parent in zip(cells, parents, strict=True)]

    made = built(tmp_path, accounts="\n".join((head, *turned, "")))

    assert [(f.code, f.message) for f in made.findings] == [
        ("CSP744", f"accounts stand above themselves: {said}")
    ]


def test_what_is_expected_of_rows_is_asked_of_the_finished_tables(tmp_path: Path) -> None:
    def violations(connection: sqlite3.Connection, _contract: Contract) -> list[Finding]:
        (count,) = connection.execute("SELECT count(*) FROM accounts WHERE arr = 0").fetchone()
        return [Finding(Span("data.yaml"), "CSP743", f"{count} accounts pay nothing", "", Severity.WARNING)]

    stamp = Stamp(DAY, "", "")
    made = build(
        contract(),
        sources(),
        Exports(export(tmp_path / "exports")),
        tmp_path / "snapshots",
        stamp,
        violations,
    )

    assert (made.manifest is not None, made.findings[0].message) == (True, "1 accounts pay nothing")


# --- what is refused ---


def test_every_bad_row_is_listed_with_its_place_and_nothing_is_built(tmp_path: Path) -> None:
    made = built(
        tmp_path,
        accounts="id,parent,name,arr,seats,strategic,renewal\na,,Acme,much,,,\n,,Nobody,,,,\nb,,Borealis,1\n",
        contacts="id,account,email,roles\n1,b,lea,\n2,z,,\n",
    )

    assert (made.path, made.manifest, os.listdir(tmp_path / "snapshots")) == (None, None, [])
    assert errors(made)[:4] == [
        ("accounts.csv", 1, "not one account is left"),
        ("accounts.csv", 1, "3 of 3 rows of accounts are bad (100.0%)"),
        ("accounts.csv", 2, "arr: 'much' is not a number written like 1234.5"),
        ("accounts.csv", 3, "id is empty: it is the key"),
    ]
    assert ("accounts.csv", 4, "4 cells where the header has 7") in errors(made)
    assert ("contacts.csv", 2, "email: 'lea' is not one email address") in errors(made)
    assert ("contacts.csv", 3, "there is no 'z' among accounts") in errors(made)
    bad = next(f for f in made.findings if f.message.startswith("arr:"))
    assert (bad.span.column, bad.span.length) == (9, 4)


def test_a_row_with_several_bad_cells_names_them_all(tmp_path: Path) -> None:
    made = built(
        tmp_path,
        accounts="id,parent,name,arr,seats,strategic,renewal\na,,Acme,much,few,perhaps,\n",
        contacts="id,account,email,roles\n",
    )

    bad = next(message for file, line, message in errors(made) if line == 2)
    assert [cell.split(" is ")[0] for cell in bad.split("; ")] == [
        "arr: 'much'",
        "seats: 'few'",
        "strategic: 'perhaps'",
    ]


def test_all_rows_that_share_a_key_are_bad(tmp_path: Path) -> None:
    made = built(
        tmp_path, set_aside("90%"), contacts="id,account,email,roles\n1,a,,\n2,a,,\n1,b,,\n1,b,bad,\n"
    )

    assert rows(made.path, "SELECT id FROM contacts") == [("2",)]
    assert [(f.span.line, f.message) for f in made.findings] == [
        (1, "3 of 4 rows of contacts are bad (75.0%)"),
        (2, "the id '1' is also on line 4"),
        (4, "the id '1' is also on line 2"),
        (5, "email: 'bad' is not one email address"),
    ]


def test_a_row_whose_row_in_between_is_bad_is_bad_too(tmp_path: Path) -> None:
    made = built(tmp_path, set_aside("90%"), subscriptions="id,account,ended\ns1,a,soon\ns2,a,\ns3,b,\n")

    assert [f.message for f in made.findings if f.span.file.endswith("usage.csv")] == [
        "1 of 4 rows of usage are bad (25.0%)",
        "it belongs to 's1', which is itself a bad row (line 2 of subscriptions)",
    ]


def test_more_bad_rows_than_allowed_refuse_the_whole(tmp_path: Path) -> None:
    made = built(tmp_path, set_aside("30%"), contacts="id,account,email,roles\n1,a,,\n2,z,,\n")

    assert made.manifest is None
    assert errors(made) == [("contacts.csv", 1, "more rows of contacts are bad than `at_most: 30%` allows")]


def test_a_dozen_bad_rows_are_all_listed_with_the_way_to_leave_them_out(tmp_path: Path) -> None:
    good = "".join(f"g{n},a,,\n" for n in range(2000))
    bad = "".join(f"{n},z,,\n" for n in range(12))

    made = built(tmp_path, contacts=f"id,account,email,roles\n{good}{bad}")

    assert len([f for f in made.findings if f.code == "CSP735"]) == 12
    assert made.findings[0].message == "12 of 2012 rows of contacts are bad (0.6%)"
    assert "`bad_rows: set_aside`" in made.findings[0].hint


def test_rows_that_are_wrong_alike_hide_no_other_mistake(tmp_path: Path) -> None:
    alike = "".join(f"{n},z,,\n" for n in range(50))

    made = built(tmp_path, contacts=f"id,account,email,roles\n{alike}x,a,,,,,\n")

    assert [f.code for f in made.findings][1:] == ["CSP735", "CSP735", "CSP735", "CSP736"]


def test_of_many_rows_that_are_wrong_alike_three_are_listed(tmp_path: Path) -> None:
    made = built(tmp_path, contacts="id,account,email,roles\n" + "".join(f"{n},z,,\n" for n in range(50)))

    listed = [f for f in made.findings if f.code == "CSP735"]

    assert (len(listed), made.findings[0].message) == (
        3,
        "50 of 50 rows of contacts are bad (100.0%); 3 of them as examples",
    )


def test_missing_files_and_columns_come_all_at_once(tmp_path: Path) -> None:
    folder = export(tmp_path / "exports", contacts="id,account,mail,roles\n", accounts="id;parent;name\n")
    (folder / "usage.csv").rename(folder / "usages.csv")

    made = build(contract(), sources(), Exports(folder), tmp_path / "snapshots", Stamp(DAY, "", ""))

    said = {(f.span.file, f.code, f.hint) for f in made.findings}
    assert ("sources.yaml", "CSP722", "did you mean 'mail'?") in said
    assert ("sources.yaml", "CSP721", "did you mean 'usages.csv'?") in said
    assert (
        "sources.yaml",
        "CSP722",
        "the header is one single column with ';' in it: is `separator: ';'` meant?",
    ) in said


def test_a_column_that_is_there_twice_is_refused_where_it_is_needed(tmp_path: Path) -> None:
    made = built(tmp_path, contacts="id,account,email,roles,email,fax,fax\n")

    assert [f.code for f in made.findings if f.is_error] == ["CSP723"]


def test_undeclared_dates_refuse_the_file_even_where_bad_rows_are_set_aside(tmp_path: Path) -> None:
    root = read_tree(
        SOURCES.replace("dates: YYYY-MM-DD", "bad_rows: set_aside\nat_most: 100%"), "sources.yaml"
    ).root
    assert isinstance(root, Mapping)
    mapping, wrong = read_sources(root, contract())

    made = built(tmp_path, mapping, usage="subscription,day,events\ns1,01-03-2026,5\ns1,2026-03-01,5\n")

    assert [f.code for f in wrong] == ["CSP714"]
    assert [f.code for f in made.findings if f.is_error] == ["CSP727"]


def test_without_one_account_nothing_is_built(tmp_path: Path) -> None:
    made = built(tmp_path, **{name: text.splitlines()[0] + "\n" for name, text in FILES.items()})

    assert errors(made) == [("accounts.csv", 1, "not one account is left")]


def test_every_code_is_in_the_list(tmp_path: Path) -> None:
    made = built(tmp_path, contacts="id,account,email,roles,x\n1,z,lea,\n\n1,a\n", subscriptions="")

    assert {f.code for f in made.findings} <= CODES.keys()


def test_a_day_is_never_replaced_unless_asked(tmp_path: Path) -> None:
    first = built(tmp_path)

    with pytest.raises(ChoiceError) as stop:
        built(tmp_path, contacts="id,account,email,roles\n")

    assert stop.value.sentence == "there is already a snapshot of 2026-03-02"
    assert snapshots.read_manifest(first.path or Path()) == first.manifest


def test_a_day_is_replaced_when_asked(tmp_path: Path) -> None:
    built(tmp_path)
    folder = export(tmp_path / "exports", contacts="id,account,email,roles\n")

    again = build(
        contract(), sources(), Exports(folder), tmp_path / "snapshots", Stamp(DAY, "", ""), replace=True
    )

    assert rows(again.path, "SELECT count(*) FROM contacts") == [(0,)]


def test_a_refused_build_leaves_the_day_before_as_it_was(tmp_path: Path) -> None:
    before = built(tmp_path)

    built(tmp_path, day=date(2026, 3, 3), contacts="id\n")

    assert sorted(os.listdir(tmp_path / "snapshots")) == ["2026-03-02.db", "2026-03-02.json"]
    assert rows(before.path, "SELECT count(*) FROM contacts") == [(2,)]


def test_what_a_cut_build_left_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    for name in (".building.db", ".building.json", "2026-03-02.db"):
        (tmp_path / "snapshots" / name).write_bytes(b"half")

    made = built(tmp_path)

    assert sorted(os.listdir(tmp_path / "snapshots")) == ["2026-03-02.db", "2026-03-02.json"]
    assert rows(made.path, "SELECT count(*) FROM accounts") == [(3,)]


def test_one_build_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    other = os.open(tmp_path / "snapshots", os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(StoppedOnPurpose, match="another build is at work"):
            built(tmp_path)
    finally:
        os.close(other)


def test_only_the_owner_may_read_a_snapshot(tmp_path: Path) -> None:
    made = built(tmp_path)
    assert made.path is not None

    assert (made.path.stat().st_mode & 0o777, made.path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


# --- opening ---


def changed(path: Path, change: str) -> None:
    beside = path.with_suffix(".json")
    content = path.read_bytes()
    match change:
        case "a byte":
            path.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
        case "cut":
            path.write_bytes(content[:-4096])
        case "empty":
            path.write_bytes(b"")
        case "no manifest":
            beside.unlink()
        case "half a manifest":
            beside.write_text(beside.read_text()[:100])
        case "a newer manifest":
            beside.write_text(beside.read_text().replace('"format_version": 1', '"format_version": 2'))
        case "another day":
            path.rename(path.with_name("2026-03-03.db"))
            beside.rename(beside.with_name("2026-03-03.json"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "a byte",
            "the snapshot 2026-03-02.db is not the file its manifest describes: it was changed or cut",
        ),
        ("cut", "the snapshot 2026-03-02.db is not the file its manifest describes: it was changed or cut"),
        ("empty", "the snapshot 2026-03-02.db is an empty file"),
        ("no manifest", "the snapshot 2026-03-02.db has no manifest: its building was cut short"),
        ("half a manifest", "2026-03-02.json is not the manifest of a snapshot"),
        ("a newer manifest", "its format_version is 2, this program reads 1"),
        ("another day", "2026-03-03.json says that it is of 2026-03-02: files of two days are mixed up"),
    ],
)
def test_a_snapshot_that_is_not_what_its_manifest_says_stops(
    tmp_path: Path, change: str, sentence: str
) -> None:
    path = built(tmp_path).path
    assert path is not None
    changed(path, change)

    with pytest.raises(StoppedOnPurpose) as stop:
        Snapshot.open(next(path.parent.glob("*.db")))

    assert sentence in stop.value.sentence
    assert "cs-playbook snapshot build" in stop.value.hint


@pytest.mark.parametrize(
    ("before", "after"),
    [(r'"rows": \d+', '"rows": 1e999'), (r'"version": "[^"]*"', '"version": "\\\\ud800"')],
)
def test_a_manifest_of_numbers_or_letters_that_cannot_be_is_none(
    tmp_path: Path, before: str, after: str
) -> None:
    path = built(tmp_path).path or Path()
    beside = path.with_suffix(".json")
    beside.write_text(re.sub(before, after, beside.read_text("utf-8")), encoding="utf-8")

    with pytest.raises(StoppedOnPurpose, match="is not the manifest of a snapshot"):
        Snapshot.open(path)


def test_a_snapshot_of_another_contract_stops(tmp_path: Path) -> None:
    path = built(tmp_path).path or Path()
    other = contract(DATA.replace("seats: integer", "seats: number"))

    with pytest.raises(StoppedOnPurpose, match="was built by another contract"):
        Snapshot.open(path, shape(other))
    Snapshot.open(path, shape(contract())).close()


def test_a_snapshot_that_is_not_there_is_a_choice(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="there is no snapshot"):
        Snapshot.open(tmp_path / "2026-03-02.db")


def test_a_name_with_letters_that_mean_something_in_an_address_is_only_a_name(tmp_path: Path) -> None:
    odd = tmp_path / "50% ?mode=rwc#é"
    odd.mkdir()

    assert rows(built(odd).path, "SELECT count(*) FROM accounts") == [(3,)]


def test_a_snapshot_that_was_replaced_is_not_the_same(tmp_path: Path) -> None:
    path = built(tmp_path).path or Path()
    with Snapshot.open(path) as snapshot:
        before = snapshot.still_the_same()
        build(
            contract(),
            sources(),
            Exports(tmp_path / "exports"),
            path.parent,
            Stamp(DAY, "", ""),
            replace=True,
        )

        assert (before, snapshot.still_the_same()) == (True, False)


def test_the_newest_the_one_of_a_day_and_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    for day in (2, 5, 4):
        built(tmp_path, day=date(2026, 3, day))
    (folder / "2026-03-09.db").write_bytes(b"a build that was cut")
    (folder / "notes.db").write_bytes(b"")

    assert snapshots.days(folder) == (date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 5))
    assert snapshots.newest(folder).name == "2026-03-05.db"
    assert snapshots.on(folder, date(2026, 3, 4)).name == "2026-03-04.db"
    assert snapshots.previous(folder, date(2026, 3, 4)) == folder / "2026-03-02.db"
    assert snapshots.previous(folder, date(2026, 3, 2)) is None
    with pytest.raises(ChoiceError) as stop:
        snapshots.on(folder, date(2026, 3, 3))
    assert stop.value.hint == "there are: 2026-03-02, 2026-03-04, 2026-03-05"
    with pytest.raises(ChoiceError) as stop:
        snapshots.on(folder, date(2026, 3, 6))
    assert stop.value.hint.endswith(
        "; cs-playbook snapshot build --as-of 2026-03-06 makes it from the exports"
    )


def test_a_folder_without_snapshots_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UserError) as stop:
        snapshots.newest(tmp_path / "nowhere")

    assert "cs-playbook snapshot build" in stop.value.hint


# --- what a snapshot allows ---


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Snapshot]:
    with Snapshot.open(built(tmp_path).path or Path()) as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts",
        "UPDATE accounts SET arr = 0",
        "INSERT INTO accounts(_n) VALUES (9)",
        "DROP TABLE accounts",
        "CREATE TABLE main.mine(a)",
        "CREATE INDEX main.mine ON accounts(arr)",
        "ATTACH 'other.db' AS other",
        "DETACH main",
        "VACUUM",
        "VACUUM INTO 'other.db'",
        "PRAGMA query_only = 0",
        "PRAGMA writable_schema = 1",
        "PRAGMA temp_store_directory = '/'",
        "SELECT * FROM pragma_table_info('accounts')",
        "SELECT load_extension('x')",
        "SELECT random()",
        "SELECT datetime('now')",
        "SELECT CURRENT_DATE",
        "SELECT readfile('x')",
        "CREATE TEMP TRIGGER t AFTER DELETE ON accounts BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE temp.t USING fts5(a)",
    ],
)
def test_a_snapshot_refuses_all_but_reading(opened: Snapshot, statement: str) -> None:
    with pytest.raises(sqlite3.DatabaseError, match=r"authori[sz]|no such function: readfile"):
        opened.connection.execute(statement)


def test_a_snapshot_lets_temporary_tables_be_filled(opened: Snapshot) -> None:
    work = opened.connection
    work.execute("CREATE TEMP TABLE facts(n INTEGER PRIMARY KEY, arr REAL) STRICT")
    work.execute("INSERT INTO temp.facts SELECT _n, coalesce(arr, 0) FROM accounts")
    work.execute("UPDATE temp.facts SET arr = arr * 2")
    work.execute("CREATE INDEX temp.by_arr ON facts(arr)")
    work.execute("DELETE FROM temp.facts WHERE arr = 0")

    assert work.execute("SELECT * FROM facts").fetchall() == [(1, 2401.0)]
    work.execute("DROP TABLE temp.facts")


def test_lists_and_windows_can_be_asked(opened: Snapshot) -> None:
    champions = "SELECT id FROM contacts WHERE 'champion' IN (SELECT value FROM json_each(roles))"
    ranked = "SELECT id, row_number() OVER (ORDER BY arr DESC) FROM accounts ORDER BY 2 LIMIT 1"

    assert opened.connection.execute(champions).fetchall() == [("1",)]
    assert opened.connection.execute(ranked).fetchall() == [("a", 1)]


def test_a_function_of_ours_can_be_added(opened: Snapshot) -> None:
    opened.add_function("twice", 1, lambda number: number * 2)

    assert opened.connection.execute("SELECT twice(21)").fetchone() == (42,)


def test_a_snapshot_says_how_many_rows_it_has(opened: Snapshot) -> None:
    assert opened.rows == {"accounts": 3, "contacts": 2, "subscriptions": 3, "usage": 4}
    assert opened.day == DAY


# --- in memory ---


def test_rows_given_as_dicts_make_the_same_tables_as_an_export(tmp_path: Path) -> None:
    given_rows = {
        "accounts": [
            {"id": "b", "name": "Borealis", "seats": 10, "renewal": date(2026, 9, 30)},
            {"id": "a", "name": "Acme", "arr": 1200.5, "strategic": True},
            {"id": "c", "parent_id": "a", "name": "Ceres", "arr": 0, "seats": 3, "renewal": 20818},
        ],
        "contacts": [
            {"id": "1", "account_id": "a", "email": "claire@acme.example", "roles": ["champion", "admin"]},
            {"id": "2", "account_id": "b", "roles": ()},
        ],
        "subscriptions": [
            {"id": "s2", "account_id": "a"},
            {"id": "s1", "account_id": "a", "ended_on": date(2026, 12, 31)},
            {"id": "s3", "account_id": "b"},
        ],
        "usage": [
            {"subscription_id": "s1", "day": date(2026, 3, 1), "events": 5},
            {"subscription_id": "s3", "day": date(2026, 3, 1), "events": 7},
            {"subscription_id": "s2", "day": date(2026, 2, 1), "events": 1},
            {"subscription_id": "s2", "day": date(2026, 2, 1), "events": 1},
        ],
    }
    path = built(tmp_path).path

    with memory_snapshot(contract(), given_rows, DAY) as snapshot:
        for table in FILES:
            assert snapshot.connection.execute(f"SELECT * FROM {table}").fetchall() == rows(
                path, f"SELECT * FROM {table}"
            )
        assert snapshot.rows == {"accounts": 3, "contacts": 2, "subscriptions": 3, "usage": 4}
        assert snapshot.still_the_same()
        assert snapshot.connection.execute("SELECT count(*) FROM sqlite_temp_schema").fetchone() == (0,)


def test_a_snapshot_in_memory_cannot_be_changed_either() -> None:
    snapshot = memory_snapshot(contract(), {"accounts": [{"id": "a"}]}, DAY)

    with snapshot, pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        snapshot.connection.execute("DELETE FROM accounts")


@pytest.mark.parametrize(
    ("given_rows", "sentence"),
    [
        ({"accounts": [{"name": "Acme"}]}, "row 1 of accounts: id is empty"),
        ({"accounts": [{"id": "a", "nam": "Acme"}]}, "row 1 of accounts: there is no field 'nam'"),
        ({"accounts": [{"id": "a"}, {"id": "a"}]}, "row 1 of accounts: the id 'a' is also on line 2"),
        ({"contacts": [{"id": "1", "account_id": "b"}]}, "row 1 of contacts: there is no 'b' among accounts"),
    ],
)
def test_rows_that_belong_to_nobody_are_no_story(
    given_rows: dict[str, list[dict[str, str]]], sentence: str
) -> None:
    with pytest.raises(ChoiceError) as stop:
        memory_snapshot(contract(), given_rows, DAY)

    assert stop.value.sentence == sentence
