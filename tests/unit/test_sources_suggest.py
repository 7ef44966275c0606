"""`sources suggest`: what is drafted from exports, which doubts are asked, and that the draft is a sound pair of files.

`pytest --update` writes tests/suggested/expected.txt anew; read it.
"""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.commands.suggesting import Suggested, suggest, write_new
from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Built, Stamp, build
from cs_playbook.errors import ChoiceError
from cs_playbook.model.data import Contract
from cs_playbook.parse.catalog import read_catalog
from cs_playbook.parse.data import read_contract
from cs_playbook.report.sources_draft import data_text, sources_text
from cs_playbook.source.tree import Mapping, read_tree
from cs_playbook.study.column_profile import BATCH, ColumnProfile, profiled
from cs_playbook.study.draft import Draft
from cs_playbook.study.drafting import draft_pair
from cs_playbook.study.export_seen import SeenExport
from cs_playbook.study.value_sample import ValueSample
from cs_playbook.values import replace

TODAY = date(2026, 11, 22)
NO_VALUES = ValueSample(1)
HERE = Path(__file__).parents[1] / "suggested"
REAL = (Path(__file__).parents[2] / ".." / "shared" / "data").resolve()
AROUND = {
    "project.yaml": "project: tried\nformat: 1\nsnapshots: data/snapshots\n"
    "ledger: {path: data/ledger.db, id: a1}\ncalendar: {timezone: Europe/Paris}\n",
    "team.yaml": "team: tried\nroles: {csm: {is: lea@vendor.example}}\n",
}


@dataclass(frozen=True)
class Table:
    """A file, as columns."""

    name: str
    columns: dict[str, list[str]]


def drafted(*tables: Table) -> Draft:
    return draft_pair("tried", "exports", [seen(table) for table in tables], TODAY)


def seen(table: Table) -> SeenExport:
    rows = list(zip(*table.columns.values(), strict=True))
    return SeenExport(table.name, "utf-8", ",", len(rows), profiled(list(table.columns), [rows]))


def accounts(**columns: list[str]) -> Draft:
    rows = len(next(iter(columns.values())))
    return drafted(Table("accounts.csv", {"id": [f"A-{n}" for n in range(rows)], **columns}))


def field(draft: Draft, name: str) -> tuple[str, dict[str, object], list[str]]:
    """Type, what is said of its cells with what is usual, and the questions."""
    found = next(one for one in draft.tables[0].fields if one.name == name)
    return (
        found.type.value,
        {**dict(draft.usual), **dict(found.said)},
        [question.text for question in found.questions],
    )


# --- days ---


def test_a_part_above_12_tells_day_from_month() -> None:
    draft = accounts(signed=["03/04/2025", "16/04/2025"])

    assert field(draft, "signed") == ("date", {"dates": "DD/MM/YYYY"}, [])
    assert draft.decided == (("/", "16/04/2025"),)


def test_month_first_is_seen_as_well() -> None:
    assert field(accounts(signed=["03/04/2025", "04/16/2025"]), "signed")[1] == {"dates": "MM/DD/YYYY"}


def test_where_no_value_decides_the_order_it_is_asked() -> None:
    kind, said, asked = field(accounts(signed=["03/04/2025", "05/04/2025"]), "signed")

    assert (kind, said) == ("date", {"dates": "DD/MM/YYYY"})
    assert asked == [
        "day or month first? None of the 2 values decides it, e.g. '03/04/2025'; day first is a guess"
    ]


def test_where_both_orders_occur_it_stays_a_text() -> None:
    kind, _, asked = field(accounts(signed=["16/04/2025", "04/16/2025"]), "signed")

    assert (kind, len(asked)) == ("text", 1)


def test_times_with_fractions_and_zones_are_timestamps_and_no_zone_is_asked() -> None:
    draft = accounts(made=["2025-04-16 3:15:52", "2025-04-16T10:00:00.123Z"])

    assert field(draft, "made")[:2] == ("date", {"dates": "timestamp"})
    assert [question.text for question in draft.questions] == [
        "times say no zone, e.g. '2025-04-16 3:15:52' in accounts.csv: on your clock (then delete this), or on another, e.g. zone: UTC?"
    ]


def test_what_closes_has_happened_and_what_lies_ahead_is_asked() -> None:
    assert field(accounts(closed_on=["2025-04-16", ""]), "closed_on")[0] == "happened"
    assert "lies in the future" in field(accounts(closed_on=["2027-04-16", ""]), "closed_on")[2][0]
    assert field(accounts(renewal_date=["2027-04-16", ""]), "renewal_date") == (
        "date",
        {"dates": "YYYY-MM-DD"},
        [],
    )


# --- numbers, flags, lists ---


@pytest.mark.parametrize(
    ("cells", "kind", "said"),
    [
        (["1 234,50", "7"], "number", {"decimal": ",", "thousands": " "}),
        (["1,234.50", "1,234"], "number", {"thousands": ","}),
        (["1.234.567", "12"], "integer", {"decimal": ",", "thousands": "."}),
        (["12.5", "1.234"], "number", {}),
    ],
)
def test_signs_of_numbers_are_read_from_the_values_that_tell(
    cells: list[str], kind: str, said: dict[str, str]
) -> None:
    assert field(accounts(arr=cells), "arr") == (kind, said, [])


@pytest.mark.parametrize("cell", ["1.234", "1,234"])
def test_a_fraction_that_may_be_thousands_is_asked(cell: str) -> None:
    assert field(accounts(arr=[cell, "7"]), "arr")[2] == [
        f"is {cell} 1234 or 1.234? No value decides it: `decimal:` and `thousands:` say it"
    ]


def test_two_ways_of_writing_numbers_stay_a_text() -> None:
    assert field(accounts(arr=["1.234,5", "1,234.5"]), "arr")[0] == "text"


def test_digits_that_a_number_would_lose_stay_a_text() -> None:
    assert field(accounts(code=["007", "008"]), "code")[0] == "text"


def test_a_blank_among_numbers_is_declared_empty_and_asked() -> None:
    kind, said, asked = field(accounts(total=["29.85", " "]), "total")

    assert (kind, said["empty"], asked) == (
        "number",
        (" ",),
        ["' ' (1 ×) among numbers: read as empty. Right?"],
    )


def test_words_for_yes_and_no_are_named_and_an_empty_flag_is_asked() -> None:
    assert field(accounts(vip=["Oui", "Non"]), "vip") == ("boolean", {"yes": ("Oui",), "no": ("Non",)}, [])
    assert field(accounts(vip=["TRUE", "false"]), "vip") == ("boolean", {}, [])
    assert "which will mean no" in field(accounts(vip=["TRUE", ""]), "vip")[2][0]
    assert "or a number" in field(accounts(seats=["0", "1"]), "seats")[2][0]


def test_few_texts_are_offered_as_values() -> None:
    draft = accounts(tier=["a", "b"] * 5)

    assert draft.tables[0].fields[1].values == ("a", "b")


# --- keys ---


def test_a_table_belongs_to_accounts_by_the_column_whose_values_are_there() -> None:
    ids = [f"A-{n}" for n in range(10)]
    draft = drafted(
        Table("crm_accounts.csv", {"Account ID": ids}),
        Table("crm_tickets.csv", {"ticket": [f"T{n}" for n in range(10)], "whose": [*ids[:9], "A-x"]}),
        Table("crm_comments.csv", {"ticket": ["T1", "T1"], "says": ["a", "b"]}),
    )

    assert [(one.name, one.belongs, one.through) for one in draft.tables] == [
        ("accounts", None, None),
        ("tickets", "whose", None),
        ("comments", "ticket", "tickets"),
    ]
    assert [question.text for question in draft.tables[1].questions] == [
        "1 of 10 (10%) rows name a whose that crm_accounts.csv does not have, e.g. 'A-x': each is a bad row. "
        "Complete the export, or bad_rows: set_aside"
    ]


def test_small_numbers_are_nobodys_key() -> None:
    numbers = [str(n) for n in range(1, 9)]
    draft = drafted(
        Table("accounts.csv", {"id": numbers}), Table("visits.csv", {"seats": numbers, "floor": numbers})
    )

    assert (len(draft.tables), draft.strangers) == (1, ("visits.csv",))


def test_a_column_that_no_field_can_name_is_nobodys_key() -> None:
    header = ["id", "id", "account_number", "\x1b[31m"]
    row = ["A-1", "x", "A-77", "y"]
    export = SeenExport("accounts.csv", "utf-8", ",", 1, profiled(header, [[row]]))

    (table,) = draft_pair("tried", "exports", [export], TODAY).tables

    assert [(field.name, field.column) for field in table.fields] == [(table.key, "account_number")]


def test_a_history_counts_by_its_newest_rows() -> None:
    columns = {
        "id": ["A", "A"],
        "name": ["a", "b"],
        "updated_at": ["2025-01-01 10:00:00", "2025-01-02 10:00:00"],
    }

    draft = drafted(Table("account_history.csv", columns))

    assert draft.tables[0].newest_by == ("updated_at", "timestamp")
    assert (
        draft.tables[0]
        .questions[0]
        .text.startswith("2 of 2 (100%) rows share their id with another, e.g. 'A'")
    )


def test_what_is_about_people_is_left_out_until_somebody_wants_it() -> None:
    draft = accounts(phone=["+33 1", "+33 2"])

    assert draft.tables[0].fields[1].aside == "personal"
    assert "      # phone: text\n" in data_text(draft, TODAY)


def test_a_contract_that_stands_gets_its_columns_by_their_names() -> None:
    made = suggest([HERE / "exports" / "tickets.csv"], None, contract_of(_CONTRACT), TODAY)
    text = dict(made.texts)["sources.yaml"]

    assert "      id: ticket_id\n" in text
    assert (
        "      # QUESTION: is organisation the account_id? A guess by its name\n      account_id: organisation\n"
        in text
    )
    assert "stops the build: no file looks like it, and without accounts" in text


_CONTRACT = """data: ours
tables:
  accounts: {key: id, fields: {id: text, plan: text, contract_start: date}}
  tickets: {key: id, account: account_id, day: opened_on, fields: {id: text, account_id: text, opened_on: date, closed_on: happened}}
"""


def contract_of(text: str) -> Contract:
    root = read_tree(text, "data.yaml").root
    assert isinstance(root, Mapping)
    contract, _ = read_contract(root)
    assert contract is not None
    return contract


# --- the files ---


def test_a_french_vendor_is_drafted_to_the_letter(request: pytest.FixtureRequest) -> None:
    made = suggest(sorted((HERE / "exports").glob("*.csv")), None, None, TODAY)

    text = "\n".join(text for _, text in made.texts)
    expected = HERE / "expected.txt"
    if request.config.getoption("--update"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def test_the_draft_builds_as_soon_as_what_stops_it_is_decided(tmp_path: Path) -> None:
    made = suggest(sorted((HERE / "exports").glob("*.csv")), None, None, TODAY)
    asked = [question for question in made.draft.all_questions() if question.stops]

    stopped = built(made, tmp_path)
    decided = built(made, tmp_path, "bad_rows: refuse", "bad_rows: set_aside\nat_most: 20%")

    assert len(asked) == 2
    assert stopped.manifest is None
    assert decided.manifest is not None
    assert [(name, count.rows) for name, count in decided.manifest.tables] == [
        ("accounts", 24),
        ("tickets", 36),
    ]


def test_hostile_headers_and_cells_never_break_the_yaml() -> None:
    words = [
        "a: b",
        "- x",
        "#no",
        "=1+1",
        "@cmd",
        "{{ x }}",
        "yes",
        "null",
        "'",
        '"',
        "%",
        "*a",
        "&b",
        "!t",
        "\x1b[31m",
        "\u202e",
        "\n",
        "::x",
        "a\\",
    ]
    columns = {word: [f"{word}{n % 2}" for n in range(20)] for word in words}

    reads(accounts(**columns))


@given(
    st.lists(st.text(max_size=12), min_size=1, max_size=6, unique=True),
    st.lists(st.text(max_size=20), min_size=3, max_size=3),
)
@settings(max_examples=15)
def test_whatever_stands_in_a_file_the_draft_is_sound(names: list[str], cells: list[str]) -> None:
    reads(accounts(**{name: cells for name in names if name != "id"}, tier=["a", "b", "a"]))


def reads(draft: Draft) -> None:
    texts = {"data.yaml": data_text(draft, TODAY), "sources.yaml": sources_text(draft, TODAY)}
    read = read_catalog({**AROUND, **texts}, {})
    assert [f"{f.span.file}:{f.span.line} {f.message}" for f in read.findings if f.is_error] == []


@pytest.mark.parametrize(
    "name",
    [
        "ibm_telco",
        *(f"fivetran_{tool}" for tool in ("hubspot", "intercom", "pendo", "salesforce", "stripe", "zendesk")),
    ],
)
def test_a_draft_of_real_exports_builds_or_names_what_stops_it(name: str, tmp_path: Path) -> None:
    made = suggest(real(name), None, None, TODAY)

    done = built(made, tmp_path)

    stops = [question.text for question in made.draft.all_questions() if question.stops]
    errors = {finding.code for finding in done.findings if finding.is_error}
    assert (done.manifest is None) == bool(stops), errors
    assert errors <= {"CSP734", "CSP735", "CSP738"}


def test_of_ravenstack_only_the_ids_that_stand_twice_stop_the_build() -> None:
    made = suggest(real("ravenstack_dmy"), None, None, TODAY)

    (stop,) = [question.text for question in made.draft.all_questions() if question.stops]
    assert stop.startswith("42 of 25000 (1%) rows share their usage_id with another")
    assert dict(made.draft.usual) == {"dates": "DD-MM-YYYY"}
    assert [(table.name, table.belongs, table.through) for table in made.draft.tables] == [
        ("accounts", None, None),
        ("churn_events", "account_id", None),
        ("feature_usage", "subscription_id", "subscriptions"),
        ("subscriptions", "account_id", None),
        ("supports_ticket", "account_id", None),
    ]


def real(name: str) -> list[Path]:
    if not (REAL / name).is_dir():
        pytest.skip(f"the exports of {name} are not beside the repository")
    return sorted((REAL / name).glob("*.csv"))


def built(made: Suggested, into: Path, before: str = "", after: str = "") -> Built:
    texts = {name: text.replace(before, after) if before else text for name, text in made.texts}
    read = read_catalog({**AROUND, **texts}, {})
    assert [f"{f.span.file}:{f.span.line} {f.message}" for f in read.findings if f.is_error] == []
    assert read.catalog is not None
    assert read.catalog.sources is not None
    stamp = Stamp(TODAY, "2026-11-22T06:00:00Z", "0")
    return build(read.catalog.contract, read.catalog.sources, Exports(made.folder), into, stamp)


def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("mine", encoding="utf-8")

    with pytest.raises(ChoiceError):
        write_new([("data.yaml", "x"), ("sources.yaml", "y")], tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["sources.yaml"]


def test_a_file_without_accounts_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1.5,1.5\n1.5,1.5\n", encoding="utf-8")

    with pytest.raises(ChoiceError, match="no file looks like a list of accounts"):
        suggest([tmp_path / "a.csv"], None, None, TODAY)


# --- samples ---


@given(st.lists(st.integers(0, 40).map(str), max_size=80), st.lists(st.integers(0, 40).map(str), max_size=40))
@settings(max_examples=15)
def test_while_values_are_few_repeats_and_matches_are_exact(cells: list[str], keys: list[str]) -> None:
    one, other = sample(cells, 100), sample(keys, 100)

    found, lost, _ = one.found_in(other)

    assert one.sharing == sum(cells.count(cell) > 1 for cell in cells)
    assert (found, lost) == (sum(cell in keys for cell in cells), sum(cell not in keys for cell in cells))


def test_of_many_values_a_part_stands_for_all() -> None:
    chance = random.Random(7)
    keys = [f"k{n}" for n in range(4000)]
    cells = [chance.choice(keys) if n % 4 else f"lost{n}" for n in range(8000)]

    found, lost, _ = sample(cells, 500).found_in(sample(keys, 100))

    assert 0.1 < lost / (found + lost) < 0.5


def sample(cells: list[str], capacity: int) -> ValueSample:
    made = ValueSample(capacity)
    for cell in cells:
        made.add({cell: 1})
    return made


def test_batches_change_nothing() -> None:
    rows = [[str(n), f"{n % 7}"] for n in range(50)]

    assert columns(rows, 7) == columns(rows, BATCH)


def columns(rows: list[list[str]], batch: int) -> list[ColumnProfile]:
    """All but the sampled values, which are known by themselves only."""
    return [replace(column, values=NO_VALUES) for column in profiled(["id", "seven"], pieces(rows, batch))]


def pieces(rows: list[list[str]], size: int) -> Iterator[list[list[str]]]:
    yield from (rows[n : n + size] for n in range(0, len(rows), size))


def test_tabs_bars_and_semicolons_are_seen(tmp_path: Path) -> None:
    for sign, name in ((";", "a.csv"), ("\t", "b.csv"), ("|", "c.csv")):
        with (tmp_path / name).open("w", encoding="utf-16", newline="") as file:
            csv.writer(file, delimiter=sign).writerows([["id", "arr"], ["A,1", "5"], ["A,2", "6"]])

        made = suggest([tmp_path / name], None, None, TODAY)

        assert (made.draft.tables[0].separator, made.draft.tables[0].encoding, made.draft.tables[0].rows) == (
            sign,
            "utf-16",
            2,
        )


def test_a_draft_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    with pytest.raises(ChoiceError, match="there is already a"):
        write_new([("data.yaml", "data: a\n"), ("sources.yaml", "sources: a\n")], tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["sources.yaml"]


def test_a_pipe_among_the_exports_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")

    with pytest.raises(ChoiceError) as refused:
        suggest([tmp_path / "pipe.csv", tmp_path], None, None, TODAY)

    assert refused.value.hint.count("this is no file") == 2
