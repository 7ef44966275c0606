"""`sources suggest` on files whose values have types: JSON, a record a line, SQLite."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cs_playbook.commands.suggesting import Suggested, suggest, write_new
from cs_playbook.errors import ChoiceError
from tests.unit.test_sources_suggest import TODAY, built

ACCOUNTS = [
    {"id": f"A{n}", "owner": {"email": f"p{n % 3}@v.example"}, "arr": 1000 + n * 1.125, "strategic": n % 2 == 0,
     "signed": f"2025-03-{10 + n}", "notes": [{"by": "ada"}]}
    for n in range(12)
]  # fmt: skip


def exports(folder: Path) -> list[Path]:
    """A list below two keys, a record a line in a .json, and a database with a view and an empty table."""
    (folder / "accounts.json").write_text(json.dumps({"next": None, "data": {"items": ACCOUNTS}}))
    tickets = [{"id": n, "account": {"id": f"A{n % 12}"}, "opened": f"2026-10-{1 + n % 28:02d}T10:00:00Z"} for n in range(40)]  # fmt: skip
    (folder / "tickets.json").write_text("\n".join(map(json.dumps, tickets)))
    with closing(sqlite3.connect(folder / "crm.db")) as crm:
        crm.execute('create table "the lines" (account_id text, amount real, scan blob)')
        crm.executemany('insert into "the lines" values (?, ?, x\'00\')', [(f"A{n % 12}", n * 1.5) for n in range(20)])  # fmt: skip
        crm.execute("create table empty_one (account_id text)")
        crm.commit()
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Suggested:
    return suggest(exports(tmp_path_factory.mktemp("typed")), None, None, TODAY)


def test_where_the_records_stand_is_declared(made: Suggested) -> None:
    said = {table.name: (table.file, table.said) for table in made.draft.tables}
    assert said == {
        "accounts": ("accounts.json", (("rows", "data.items"),)),
        "tickets": ("tickets.json", (("format", "json_lines"),)),
        "the_lines": ("crm.db", (("query", 'SELECT * FROM "the lines"'),)),
    }
    assert made.unreadable == ()


def test_types_are_those_of_the_values_and_nested_ones_are_columns_of_their_own(made: Suggested) -> None:
    fields = {
        f"{table.name}.{field.column}": field.type.value
        for table in made.draft.tables
        for field in table.fields
    }
    assert fields == {
        "accounts.id": "text", "accounts.owner.email": "email", "accounts.arr": "number",
        "accounts.strategic": "boolean", "accounts.signed": "date", "tickets.id": "text",
        "tickets.account.id": "text", "tickets.opened": "happened", "the_lines.account_id": "text",
        "the_lines.amount": "number",
    }  # fmt: skip
    assert [question.text for question in made.draft.all_questions()] == []


def test_the_draft_builds_as_it_is(made: Suggested, tmp_path: Path) -> None:
    manifest = built(made, tmp_path).manifest
    assert manifest is not None
    assert [(name, count.rows) for name, count in manifest.tables] == [
        ("accounts", 12),
        ("the_lines", 20),
        ("tickets", 40),
    ]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.json", "", "it is empty"),
        ("a.json", "{}", "no list of records is in it"),
        ("a.json", '{"a": 1', "the file ends in the middle of a record"),
        ("a.jsonl", "\xff", "bytes that are not UTF-8"),
        ("a.db", "no database at all", "file is not a database"),
        ("a.xlsx", "x", "save it as CSV"),
    ],
)
def test_what_holds_no_records_is_left_out_with_its_reason(
    tmp_path: Path, name: str, text: str, why: str
) -> None:
    (tmp_path / name).write_text(text, encoding="latin-1")
    with pytest.raises(ChoiceError, match="not one file could be read") as refused:
        suggest([tmp_path / name], None, None, TODAY)
    assert why in refused.value.hint


def test_a_workspace_never_gets_a_second_mapping(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("project: x\n")
    (tmp_path / "ours.yaml").write_text("sources: ours\n")
    with pytest.raises(ChoiceError, match=r"ours\.yaml says `sources:` already"):
        write_new([("sources.yaml", "sources: theirs\n")], tmp_path / "draft", tmp_path)
    assert not (tmp_path / "draft").exists()
