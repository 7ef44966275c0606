"""From the bytes of an export to typed cells: what is read, where it stands, and what is refused."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cs_playbook.model.data import Field
from cs_playbook.model.expression import FieldType, to_day
from cs_playbook.model.mapping import Format
from cs_playbook.parse.cell import BadCell, Stored, cell_reader
from cs_playbook.parse.date_pattern import NoPattern, read_pattern, written
from cs_playbook.source.exports import Export, Unreadable
from cs_playbook.source.finding import NOWHERE, Finding, Span
from cs_playbook.source.sniffed import sniff

# --- files ---


def read(tmp_path: Path, content: bytes, encoding: str = "utf-8", separator: str = ",") -> list[object]:
    """The header, then each row with its line."""
    path = tmp_path / "accounts.csv"
    path.write_bytes(content)
    with Export(path, "accounts.csv", encoding, separator) as export:
        return [export.header, *export.rows()]


def refused(tmp_path: Path, content: bytes, encoding: str = "utf-8", separator: str = ",") -> Finding:
    with pytest.raises(Unreadable) as stop:
        read(tmp_path, content, encoding, separator)
    return stop.value.finding


def test_a_byte_order_mark_is_no_letter(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfid,name\r\n1,Acme\r\n") == [("id", "name"), (2, ["1", "Acme"])]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_line_that_tells_excel_the_separator_is_no_header(tmp_path: Path, mark: bytes) -> None:
    assert read(tmp_path, mark + b"sep=;\r\nid;name\r\n1;Acme\r\n", separator=";") == [("id", "name"), (3, ["1", "Acme"])]  # fmt: skip
    assert "says itself that its separator is ';'" in refused(tmp_path, mark + b"sep=;\nid;name\n").message
    assert sniff(tmp_path / "accounts.csv").separator == ";"


def test_a_byte_order_mark_before_a_quoted_name_is_no_letter_either(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbf"id","name"\n1,Acme\n')[0] == ("id", "name")


def test_cells_are_kept_exactly(tmp_path: Path) -> None:
    assert read(tmp_path, b'id,zip,note\n1,01000," a ""b"" "\n')[1] == (2, ["1", "01000", ' a "b" '])


def test_a_row_is_named_by_its_first_line(tmp_path: Path) -> None:
    rows = read(tmp_path, b'id,note\n1,"two\nlines"\n\n2,x\n')

    assert rows[1:] == [(2, ["1", "two\nlines"]), (5, ["2", "x"])]


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ";"), ("cp1252", "\t"), ("utf-16", ","), ("utf-16-le", ",")]
)
def test_encoding_and_separator_are_as_declared(tmp_path: Path, encoding: str, separator: str) -> None:
    content = separator.join(["id", "name"]) + "\n" + separator.join(["1", "Élan"]) + "\n"

    rows = read(tmp_path, content.encode(encoding), encoding, separator)

    assert rows == [("id", "name"), (2, ["1", "Élan"])]


def test_an_undecodable_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    content = b"id,name\n" + b"1,Acme\n" * 5000 + "2,Élan\n".encode("cp1252")

    assert refused(tmp_path, content) == Finding(
        Span("accounts.csv", 5002),
        "CSP724",
        "the byte 0xc9 cannot be read as utf-8",
        "a file from an older spreadsheet is often cp1252: write `encoding: cp1252`",
    )


def test_another_encoding_than_declared_is_seen_by_its_mark(tmp_path: Path) -> None:
    wrong = refused(tmp_path, "id,name\n".encode("utf-16"))

    assert (wrong.code, wrong.hint) == ("CSP724", "write `encoding: utf-16`")


@pytest.mark.parametrize(
    ("content", "encoding", "hint"),
    [
        ("id,name\n".encode("utf-16-le"), "utf-16", "write `encoding: utf-16-le`"),
        ("id,name\n".encode("utf-16-be"), "UTF16", "write `encoding: utf-16-be`"),
        ("id,name\n".encode("utf-32-le"), "utf-32", "write `encoding: utf-32-le`"),
        (b"id,name\n1,Acme\n", "utf-16", "it looks like no such file"),
    ],
)
def test_a_missing_mark_of_the_order_of_bytes_is_told_with_what_to_write(
    tmp_path: Path, content: bytes, encoding: str, hint: str
) -> None:
    wrong = refused(tmp_path, content, encoding)

    assert (wrong.code, wrong.span.file) == ("CSP724", "accounts.csv")
    assert wrong.message == f"accounts.csv does not begin with the mark of {encoding}"
    assert wrong.hint.startswith(hint)


@pytest.mark.parametrize(
    "encoding",
    ["punycode", "idna", "hex", "zip", "rot13", "unicode_escape", "undefined", "utf-7", "nothing", "utf\0"],
)
def test_what_is_no_encoding_of_text_is_refused_before_the_file_is_read(
    tmp_path: Path, encoding: str
) -> None:
    assert refused(tmp_path, b"id,name\n", encoding).code == "CSP724"


def test_a_nul_is_refused_with_its_line(tmp_path: Path) -> None:
    assert refused(tmp_path, b"id,name\n1,Acme\n2,De\0los\n").span == Span("accounts.csv", 3)


def test_a_quote_that_is_never_closed_is_refused_with_the_line_it_opens_on(tmp_path: Path) -> None:
    wrong = refused(tmp_path, b'id,name\n1,Acme\n2,"Delos\n3,Ceres\n')

    assert (wrong.span.line, wrong.code) == (3, "CSP725")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, b"").message == "accounts.csv is empty: it has not even a header"


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, b"id,name\n") == [("id", "name")]


def test_the_hash_is_that_of_the_whole_file(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfid,name\n" + b"1,Acme\n" * 20_000
    path = tmp_path / "accounts.csv"
    path.write_bytes(content)

    with Export(path, "accounts.csv", "utf-8", ",") as export:
        rows = sum(1 for _ in export.rows())

    assert (rows, export.sha256) == (20_000, hashlib.sha256(content).hexdigest())


def test_the_place_of_a_cell_is_known(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(b'id,name,arr\n1,"Acme, Inc",twelve\n')

    with Export(path, "accounts.csv", "utf-8", ",") as export:
        next(export.rows())
        places = [export.place(2, n) for n in range(3)]

    assert [(place.line, place.column, place.length) for place in places] == [
        (2, 1, 1),
        (2, 3, 11),
        (2, 15, 6),
    ]


# --- cells ---


def value(kind: str, cell: str, values: tuple[str, ...] = (), **way: object) -> Stored:
    return cell_reader(Field("f", FieldType(kind), NOWHERE, values), Format(**way))(cell)  # type: ignore[arg-type]


def days(text: str) -> int:
    return to_day(date.fromisoformat(text))


@pytest.mark.parametrize(
    ("kind", "cell", "way", "expected"),
    [
        ("text", "01000", {}, "01000"),
        ("text", " kept ", {}, " kept "),
        ("text", "n/a", {"empty": ("n/a",)}, None),
        ("text", "", {"empty": ("n/a",)}, None),
        ("email", "lea@vendor.example", {}, "lea@vendor.example"),
        ("number", "1234.5", {}, 1234.5),
        ("number", "-0", {}, 0.0),
        ("number", "1.5e3", {}, 1500.0),
        ("number", "1.234,5", {"decimal": ",", "thousands": "."}, 1234.5),
        ("number", "1234,5", {"decimal": ",", "thousands": "."}, 1234.5),
        ("number", "1\u202f234\u00a0567", {"thousands": " "}, 1234567.0),
        ("number", "1'234", {"thousands": "'"}, 1234.0),
        ("integer", "007", {}, 7),
        ("integer", "-1,000", {"thousands": ","}, -1000),
        ("boolean", "TRUE", {}, 1),
        ("boolean", "false", {}, 0),
        ("boolean", "", {}, None),
        ("boolean", "ja", {"yes": ("ja",), "no": ("nein",)}, 1),
        ("date", "2024-02-29", {}, days("2024-02-29")),
        ("date", "27-07-2023", {"dates": "DD-MM-YYYY"}, days("2023-07-27")),
        ("happened", "28-07-2023 03:00", {"dates": "DD-MM-YYYY HH:MM"}, days("2023-07-28")),
        ("date", "2024-06-01T23:59:60.000Z", {"dates": "YYYY-MM-DDTHH:MM:SS.000Z"}, days("2024-06-01")),
        ("list", "champion; admin;", {}, '["champion","admin"]'),
        ("list", "é|b", {"lists": "|"}, '["é","b"]'),
        ("list", "", {}, None),
    ],
)
def test_a_cell_is_read_as_declared(kind: str, cell: str, way: dict[str, object], expected: Stored) -> None:
    read_value = value(kind, cell, **way)

    assert (read_value, type(read_value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "cell", "way"),
    [
        ("number", "nan", {}),
        ("number", "inf", {}),
        ("number", "1e999", {}),
        ("number", "1,5", {}),
        ("number", "1,23,456", {"thousands": ","}),
        ("number", "€ 12", {}),
        ("number", "45%", {}),
        ("number", " 12", {}),
        ("number", "1_000", {}),
        ("number", "١٢", {}),
        ("integer", "1.0", {}),
        ("integer", "1e3", {}),
        ("integer", "9223372036854775808", {}),
        ("boolean", "yes", {}),
        ("boolean", "TRUE", {"yes": ("1",), "no": ("0",)}),
        ("date", "2023-02-29", {}),
        ("date", "2024-6-1", {}),
        ("date", "2024-06-01 ", {}),
        ("date", "01-06-2024 10:00", {"dates": "DD-MM-YYYY"}),
        ("date", "01-06-2024 24:00", {"dates": "DD-MM-YYYY HH:MM"}),
        ("email", "lea", {}),
        ("email", "lea@vendor@example", {}),
        ("email", "lea @vendor.example", {}),
        ("email", "lea@vendor.example\n", {}),
    ],
)
def test_a_cell_that_is_not_as_declared_is_bad(kind: str, cell: str, way: dict[str, object]) -> None:
    with pytest.raises(BadCell):
        value(kind, cell, **way)


def test_a_value_that_the_contract_does_not_have_is_bad() -> None:
    with pytest.raises(BadCell) as bad:
        value("text", "Aktive", ("active", "ended"))

    assert (bad.value.message, bad.value.hint) == (
        "'Aktive' is not one of the values of this field",
        "did you mean 'active'?",
    )


def test_an_undeclared_date_format_is_named_and_not_guessed() -> None:
    with pytest.raises(BadCell) as bad:
        value("date", "27-07-2023")

    assert (bad.value.code, "write `dates:`" in bad.value.hint) == ("CSP727", True)


def test_day_and_month_mixed_up_is_said() -> None:
    with pytest.raises(BadCell) as bad:
        value("date", "27-07-2023", dates="MM-DD-YYYY")

    assert bad.value.message == "'27-07-2023' is not a day written MM-DD-YYYY"
    assert bad.value.hint == "it fits DD-MM-YYYY: are day and month mixed up in `dates:`?"


@pytest.mark.parametrize(
    "text", ["DD-MM-YY", "YYYY-MM", "DD/MM/YYYY DD", "D.M.YYYY D", "YYYY-MM-DD hh:mm", ""]
)
def test_a_text_that_says_no_way_of_writing_dates_is_refused(text: str) -> None:
    with pytest.raises(NoPattern):
        read_pattern(text)


def test_what_cannot_be_seen_is_shown() -> None:
    with pytest.raises(BadCell) as bad:
        value("integer", "1\u202e2\x1b[0m")

    assert bad.value.message == r"'1\u202e2\x1b[0m' is not a whole number"


# --- laws ---

patterns = some.sampled_from(
    [
        "YYYY-MM-DD",
        "DD-MM-YYYY",
        "MM/DD/YYYY",
        "DD.MM.YYYY HH:MM",
        "HH:MM:SS YYYYMMDD",
        "YYYY-MM-DDTHH:MM:SSZ",
    ]
)


@given(some.dates(), patterns)
def test_a_day_written_by_a_pattern_reads_back(day: date, pattern: str) -> None:
    assert value("date", written(read_pattern(pattern), day), dates=pattern) == to_day(day)


@given(
    some.decimals(min_value=-(10**9), max_value=10**9, places=2),
    some.sampled_from([(".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", "'")]),
)
def test_a_number_written_in_a_format_reads_back(number: object, signs: tuple[str, str]) -> None:
    decimal, thousands = signs
    cell = f"{number:,}".replace(",", "T").replace(".", decimal).replace("T", thousands)

    assert value("number", cell, decimal=decimal, thousands=thousands) == float(str(number))


@given(some.integers(-(2**63) + 1, 2**63 - 1), some.sampled_from(["", ",", "."]))
def test_an_integer_written_in_a_format_reads_back(number: int, thousands: str) -> None:
    cell = f"{number:,}".replace(",", thousands)

    assert value("integer", cell, thousands=thousands, decimal="'") == number


@given(
    some.lists(
        some.text(some.characters(exclude_characters=";", exclude_categories=["Cs"]), min_size=1).filter(
            lambda item: item == item.strip(" ")
        ),
        min_size=1,
    )
)
def test_a_list_reads_back(items: list[str]) -> None:
    assert json.loads(str(value("list", ";".join(items)))) == items


@given(some.text(min_size=1))
def test_a_text_is_kept_exactly(text: str) -> None:
    assert value("text", text) == text


@given(some.sampled_from(list(FieldType)), some.text())
def test_a_cell_is_read_or_refused_and_never_breaks(kind: FieldType, cell: str) -> None:
    try:
        read_value = value(kind.value, cell)
    except BadCell:
        return
    assert read_value is None or isinstance(read_value, (str, int, float))
