"""The first hour with one's own exports: an empty workspace, a draft, what to do next, and what a slip of the pen is told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cs_playbook.cli import globals_first
from cs_playbook.cli.app import run_app
from cs_playbook.commands.account import _Meant
from cs_playbook.commands.fitting_mappings import fitting
from cs_playbook.commands.library import library
from cs_playbook.commands.ready_mappings import all_mappings
from cs_playbook.report.library import library_lines
from cs_playbook.report.pieces import plain
from cs_playbook.report.sources_summary import _next
from cs_playbook.source.finding import did_you_mean_part
from cs_playbook.study.draft_keys import accounts_of, key_of
from cs_playbook.study.draft_names import tables_of
from tests.unit.test_sources_suggest import Table, seen

DAY = "2026-03-02"


def typed(root: Path, *words: str) -> int:
    return run_app(globals_first(["-C", str(root), "--as-of", DAY, *words]))


def exported(root: Path, *customers: str) -> Path:
    file = root / "exports" / "customers.csv"
    rows = [
        ("customer_id", "product", "seats"),
        *((one, "basic", str(n)) for n, one in enumerate(customers, 3)),
    ]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def test_from_one_flat_table_to_a_dry_run_without_the_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "acme"
    assert run_app(["init", str(root), "--empty"]) == 0
    file = exported(root, "C-1001", "C-1002", "C-1003")
    assert typed(root, "validate") == 1
    assert "cs-playbook sources suggest exports/*.csv --write ." in capsys.readouterr().out

    assert typed(root, "sources", "suggest", str(file), "--write", str(root)) == 0
    assert capsys.readouterr().err.endswith("next: cs-playbook validate, then cs-playbook snapshot build\n")
    assert [typed(root, *words) for words in (
        ("snapshot", "build"), ("new", "playbook", "first"), ("new", "scorecard", "health"), ("validate", "--strict"),
        ("dry-run",),
    )] == [0] * 5  # fmt: skip
    assert typed(root, "done", "d091", "fine") == 1  # taken, and looked for
    assert "there is no" in capsys.readouterr().err
    assert typed(root, "done", "d091", "fine", "--outcome", "bad") == 2
    assert run_app(["init", str(root), "--empty"]) == 1
    assert "there is a workspace in" in capsys.readouterr().err


def test_a_draft_is_told_where_it_must_lie_before_it_is_looked_at() -> None:
    root, exports = Path("/acme"), Path("/acme/exports")
    build = "cs-playbook validate, then cs-playbook snapshot build"

    assert _next(exports, "exports", root, root) == build
    assert (
        _next(exports, "exports", Path("/draft"), root) == f"let it take the place of yours in /acme; {build}"
    )
    assert _next(exports, "exports", Path("/draft"), None).endswith(f"{build} --from /acme/exports")
    assert "init my-team --empty" in _next(exports, "exports", Path("/draft"), None)


def test_exports_of_a_tool_that_is_mapped_already_are_known_by_their_columns() -> None:
    assert {one.name for one in all_mappings()} >= {"zendesk", "stripe"}
    zendesk = [
        ("id", "name", "external_id", "created_at", "notes"),
        ("id", "organization_id", "email", "name", "locale", "last_login_at", "active"),
        ("id", "organization_id", "requester_id", "subject", "type", "priority", "status", "created_at"),
    ]

    assert fitting(zendesk) == ("zendesk",)
    assert fitting(zendesk[:2]) == ("zendesk",)
    assert fitting(zendesk[:1]) == ()


def test_beside_the_files_of_another_tool_the_accounts_are_those_that_others_name() -> None:
    keys = [f"001A{n:04}" for n in range(6)]
    tables = (
        Table("organization.csv", {"id": [f"{n}7032" for n in range(6)], "name": list("abcdef")}),
        Table("sf_account.csv", {"id": keys, "name": list("abcdef")}),
        Table("sf_contact.csv", {"id": [f"003{n:05}" for n in range(6)], "account_id": keys}),
        Table("sf_task.csv", {"id": [f"00T{n:05}" for n in range(6)], "account_id": keys}),
        Table("ticket.csv", {"id": [f"9{n:05}" for n in range(6)], "organization_id": ["17032"] * 6}),
    )
    exports = [seen(table) for table in tables]
    names = tables_of([table.name for table in tables])
    found = [key_of(export, name) for export, name in zip(exports, names, strict=True)]

    assert accounts_of(exports, names, found) == 1


def test_the_library_says_which_tables_a_playbook_asks_for_and_which_are_not_here() -> None:
    handover = [one for one in library() if one.name == "handover"]

    said = plain(library_lines(handover, 100, {"accounts"}))
    assert "asks for accounts, contacts" in said
    assert "not in your data: contacts" in said
    assert "not in your data" not in plain(library_lines(handover, 100, {"accounts", "contacts"}))
    assert "not in your data" not in plain(library_lines(handover, 100))


def test_who_wants_to_write_to_people_that_no_table_has_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "acme"
    run_app(["init", str(root), "--empty"])
    typed(root, "sources", "suggest", str(exported(root, "C-1001", "C-1002")), "--write", str(root))
    typed(root, "new", "email", "first/hello")
    (root / "playbooks").mkdir()
    (root / "playbooks" / "first.yaml").write_text(
        "playbook: first\nstatus: draft\nowner: csm\nwhy: try\n"
        "trigger: {when: health.score < 50 and seats < 6 months, already_matching: skip}\n"
        "steps:\n  - {id: write, email: first/hello, to: csm, from: csm, send: draft}\n"
        "  - {id: ask, task: 'Ask {{ account.name }}', owner: csm, due: 1 day}\n",
        encoding="utf-8",
    )
    capsys.readouterr()

    assert typed(root, "validate") == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "data.yaml has no table contacts: nobody there can be written to" in said
    assert "a plain number has no unit: write 6" in said
    assert "of an account there are: id, plan.missing, plan.progress, plan.status, product, seats" in said


def test_what_two_dotted_names_begin_with_is_no_likeness() -> None:
    assert did_you_mean_part("account.name", ["account.sentiment", "account.tier"]) == ""
    assert (
        did_you_mean_part("account.nam", ["account.sentiment", "account.name"])
        == "did you mean 'account.name'?"
    )
    assert did_you_mean_part("acount.name", ["account.name"]) == "did you mean 'account.name'?"


def test_the_beginning_of_a_key_finds_the_account() -> None:
    meant = _Meant("7590")
    for key in ("7590-VHVEG", "1234-ABCDE"):
        meant.look_at(key, "")

    assert meant.none().hint == "did you mean 7590-VHVEG?"
