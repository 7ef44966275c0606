"""A real PostgreSQL on loopback → the rows of a snapshot; what is wrong with it is said without its address."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Built, Stamp, build
from cs_playbook.errors import UserError
from cs_playbook.model.data import Contract
from cs_playbook.model.mapping import Sources
from cs_playbook.parse.data import read_contract
from cs_playbook.parse.mapping import read_sources
from cs_playbook.source.tree import Mapping, read_tree

BINARIES = (
    "/usr/local/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
)
NOBODY = 65534
DATA = """
data: acme
tables:
  accounts:
    key: id
    fields: {id: text, arr: number, live: boolean, since: date, tags: list, note: text}
  tickets: {key: id, account: account_id, fields: {id: integer, account_id: text}}
"""
SOURCES = """
sources: acme
tables:
  accounts:
    database_from_environment: CRM_DATABASE
    query: |
      select key, arr, live, created, tags, '100 % %s' as note from account
    fields: {id: key, arr: arr, live: live, since: created, tags: tags, note: note}
  tickets:
    database_from_environment: CRM_DATABASE
    query: select id, account from ticket
    fields: {id: id, account_id: account}
"""
TABLES = """
create table account(key text, arr numeric(12,2), live boolean, created timestamptz, tags text[]);
insert into account values
  ('a', 1234.50, true, '2026-03-01 23:30:00+00', '{x,y}'), ('b', null, null, null, null);
create table ticket(id bigint, account text);
insert into ticket select n, 'a' from generate_series(1, 5000) n;
create function wipe() returns int language sql as 'delete from ticket; select 1';
"""

needs_driver = pytest.mark.skipif(
    importlib.util.find_spec("psycopg") is None, reason="psycopg is not installed"
)


def program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *BINARIES)))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a server that lives as long as the tests of this file; it refuses to run as root."""
    initdb, server = program("initdb"), program("postgres")
    if initdb is None or server is None:
        pytest.skip("no PostgreSQL server is installed here")
    # pytest keeps its own folders shut to everybody else
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    as_nobody: dict[str, Any] = (
        {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    if as_nobody:
        os.chown(folder, NOBODY, NOBODY)
    try:
        with served(initdb, server, folder, as_nobody) as address:
            yield address
    finally:
        shutil.rmtree(folder)


@contextmanager
def served(initdb: str, server: str, folder: Path, as_nobody: dict[str, Any]) -> Iterator[str]:
    where, quiet = folder / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    made = subprocess.run(
        [initdb, "-D", where, "-U", "crm", "-A", "trust", "-N", "-E", "UTF8", "--no-locale"],
        check=False, capture_output=True, text=True, cwd=folder, **as_nobody,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-p", str(port), "-h", "127.0.0.1", "-k", "", "-F"]
    running = subprocess.Popen([server, "-D", where, *options], cwd=folder, **quiet, **as_nobody)
    try:
        yield ready(f"postgresql://crm:kept-secret@127.0.0.1:{port}/postgres", running)
    finally:
        running.terminate()
        running.wait(timeout=20)


def ready(address: str, running: subprocess.Popen[bytes]) -> str:
    import psycopg

    while True:
        assert running.poll() is None, "the server has ended"
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(TABLES)
                return address
        except psycopg.OperationalError:
            continue


def contract() -> Contract:
    root = read_tree(DATA, "data.yaml").root
    assert isinstance(root, Mapping)
    read, _ = read_contract(root)
    assert read is not None
    return read


def sources(text: str = SOURCES) -> Sources:
    root = read_tree(text, "sources.yaml").root
    assert isinstance(root, Mapping)
    read, found = read_sources(root, contract())
    assert read is not None
    assert [finding.message for finding in found if finding.is_error] == []
    return read


def built(folder: Path, address: str, read: Sources | None = None) -> Built:
    exports = Exports(folder, ZoneInfo("Europe/Paris"), {"CRM_DATABASE": address} if address else {})
    stamp = Stamp(date(2026, 3, 2), "2026-03-02T06:00:00Z", "0")
    return build(contract(), read or sources(), exports, folder / "snapshots", stamp, replace=True)


@needs_driver
def test_what_the_database_answers_is_read_with_its_types(tmp_path: Path, address: str) -> None:
    made = built(tmp_path, address)

    assert made.path is not None, made.findings
    with closing(sqlite3.connect(made.path)) as connection:
        accounts = connection.execute("SELECT id, arr, live, since, tags, note FROM accounts").fetchall()
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (5000,)
    march_2 = (date(2026, 3, 2) - date(1970, 1, 1)).days  # in Paris it is past midnight
    assert accounts == [
        ("a", 1234.5, 1, march_2, '["x","y"]', "100 % %s"),
        ("b", None, 0, None, "[]", "100 % %s"),
    ]
    assert made.manifest is not None
    assert [(file.file, file.rows) for file in made.manifest.sources] == [
        ("CRM_DATABASE (accounts)", 2),
        ("CRM_DATABASE (tickets)", 5000),
    ]


@needs_driver
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("delete from ticket returning id, account", "syntax error"),
        ("select wipe() as id, 'a' as account", "cannot execute DELETE in a read-only transaction"),
        ("select id, account from tickets", 'relation "tickets" does not exist'),
        ("select id, 1 / (id - 4000) as account from ticket", "division by zero"),
    ],
)
def test_a_query_reads_and_does_nothing_else(tmp_path: Path, address: str, query: str, message: str) -> None:
    made = built(tmp_path, address, sources(SOURCES.replace("select id, account from ticket", query)))

    [finding] = [finding for finding in made.findings if finding.is_error]
    assert (finding.code, finding.span.line, message in finding.message) == ("CSP729", 11, True), finding
    assert built(tmp_path, address).path is not None


@needs_driver
def test_the_address_is_never_shown(tmp_path: Path, address: str) -> None:
    for wrong in (
        address.replace("/postgres", "/nowhere"),
        f"host {address}",
        address.replace("127.0.0.1", "::1"),
    ):
        with pytest.raises(UserError) as caught:
            built(tmp_path, wrong)
        assert "CRM_DATABASE" in caught.value.sentence
        assert "kept-secret" not in f"{caught.value.sentence} {caught.value.hint}"


def test_an_address_that_is_not_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the environment variable CRM_DATABASE is not set"):
        built(tmp_path, "")


def test_a_driver_that_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(UserError) as caught:
        built(tmp_path, "postgresql://crm@127.0.0.1/crm")

    assert caught.value.hint == "pip install 'cs-playbook[postgres]'"
