"""`data:` and `sources:`: what they mean, and what is said about what is wrong with them, all in one pass."""

from __future__ import annotations

from typing import Any

import pytest

from cs_playbook.check.data_codes import CODES
from cs_playbook.model.condition import Condition, Leaf
from cs_playbook.model.data import Contract, Through
from cs_playbook.model.expression import FieldType, Literal
from cs_playbook.model.mapping import FieldSource, Format, Sources
from cs_playbook.parse.data import bind_contract, read_contract
from cs_playbook.parse.mapping import read_sources
from cs_playbook.source.finding import Finding
from cs_playbook.source.schema import check_shape, schema
from cs_playbook.source.tree import Mapping, Node, plain, read_tree

ACCOUNTS = "  accounts: {key: id, fields: {id: text, name: text}}\n"


def root(text: str) -> Mapping:
    tree = read_tree(text, "x.yaml")
    assert tree.findings == ()
    assert isinstance(tree.root, Mapping)
    return tree.root


def contract(tables: str) -> Contract:
    read, wrong = read_contract(root(f"data: acme\ntables:\n{tables}"))
    assert wrong == []
    assert read is not None
    return read


def said(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f"{f.span.line}:{f.span.column}", f.message, f.hint) for f in findings]


def wrong_with(tables: str) -> list[tuple[str, str, str]]:
    node = root(f"data: acme\ntables:\n{tables}")
    assert check_shape(node, "data") == []
    _, wrong = read_contract(node)
    assert {f.code for f in wrong} <= CODES.keys()
    return said(wrong)


# --- data ---


def test_a_contract_is_read() -> None:
    read = contract(
        "  accounts:\n    key: id\n    parent: parent_id\n"
        "    fields: {id: text, parent_id: text, left: happened, status: {type: text, values: [a, b]}}\n"
        "  subscriptions: {key: id, account: account_id, fields: {id: text, account_id: text}}\n"
        "  usage: {account: {through: subscriptions, by: sub}, day: day, fields: {sub: text, day: date}}\n"
    )

    assert [(table.name, table.key, table.account, table.day, table.parent) for table in read.tables] == [
        ("accounts", "id", None, None, "parent_id"),
        ("subscriptions", "id", "account_id", None, None),
        ("usage", None, None, "day", None),
    ]
    usage = read.table("usage")
    assert usage is not None
    assert usage.through == Through("subscriptions", "sub")
    status = read.accounts.field("status")
    assert status is not None
    assert (status.type, status.values, status.span.line) == (FieldType.TEXT, ("a", "b"), 6)
    assert read.absent_after == 14


def test_absent_after_is_counted_in_days() -> None:
    read, _ = read_contract(root(f"data: acme\ntables:\n{ACCOUNTS}absent_after: 3 weeks\n"))

    assert read is not None
    assert read.absent_after == 21


def test_without_accounts_there_is_no_contract() -> None:
    read, wrong = read_contract(root("data: acme\ntables:\n  customers: {key: id, fields: {id: text}}\n"))

    assert (read, said(wrong)) == (
        None,
        [("2:1", "there is no table 'accounts'", "everything in a snapshot belongs to an account")],
    )


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            "  accounts: {key: id, fields: {id: text, arr: numbr}}\n",
            ("3:47", "there is no type 'numbr'", "did you mean 'number'?"),
        ),
        (
            "  accounts: {key: idd, fields: {id: text}}\n",
            ("3:19", "accounts has no field 'idd'", "did you mean 'id'?"),
        ),
        (
            "  accounts: {fields: {id: text}}\n",
            ("3:3", "accounts need a `key:`, the field that names an account", "e.g. key: id"),
        ),
        (
            "  accounts: {key: arr, fields: {id: text, arr: number}}\n",
            (
                "3:19",
                "arr is a number and cannot be the `key` of accounts",
                "it must be a text or an integer or an email",
            ),
        ),
        (
            "  accounts: {key: id, fields: {id: text, started_on: date}}\n",
            (
                "3:42",
                "'started_on' means something else in conditions",
                "give the field another name; the column of the export keeps its own",
            ),
        ),
        (
            "  accounts: {key: id, fields: {id: text, seats: {type: integer, values: [1, 2]}}}\n",
            (
                "3:42",
                "seats is an integer: `values:` are for texts and lists",
                "leave them out, or declare the field as text",
            ),
        ),
        (
            ACCOUNTS + "  tickets: {key: id, fields: {id: text}}\n",
            (
                "4:3",
                "nothing says to which account a row of tickets belongs",
                "write `account: <field>`, or `account: {through: <table>, by: <field>}`",
            ),
        ),
        (
            ACCOUNTS
            + "  tickets: {account: account, day: open, fields: {account_id: text, opened_on: date}}\n",
            ("4:22", "tickets has no field 'account'", "did you mean 'account_id'?"),
        ),
        (
            ACCOUNTS + "  tickets: {account: a, day: o, fields: {a: text, o: text}}\n",
            ("4:30", "o is a text and cannot be the `day` of tickets", "it must be a date or a happened"),
        ),
        (
            ACCOUNTS + "  tickets: {account: a, fields: {a: integer}}\n",
            ("4:22", "tickets.a is an integer, accounts.id is a text: never equal", "declare both as text"),
        ),
        (
            ACCOUNTS + "  usage: {account: {through: subs, by: s}, fields: {s: text}}\n",
            ("4:30", "there is no table 'subs'", ""),
        ),
        (
            ACCOUNTS + "  subs: {account: a, fields: {a: text}}\n"
            "  usage: {account: {through: subs, by: s}, fields: {s: text}}\n",
            ("5:30", "subs has no `key:`, so no row of usage can name one of its rows", "add `key:` to subs"),
        ),
        (
            ACCOUNTS + "  x: {key: k, account: {through: y, by: b}, fields: {k: text, b: text}}\n"
            "  y: {key: k, account: {through: x, by: b}, fields: {k: text, b: text}}\n",
            (
                "4:3",
                "x → y → x: these tables belong to an account only through each other",
                "one of them must say `account: <field>`",
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_contract_is_said_where_it_stands(
    tables: str, expected: tuple[str, str, str]
) -> None:
    assert expected in wrong_with(tables)


def test_everything_wrong_comes_at_once() -> None:
    tables = (
        "  accounts: {key: idd, day: x, fields: {id: txt}}\n  tickets: {day: open, fields: {opened: date}}\n"
    )

    assert [place for place, _, _ in wrong_with(tables)] == ["3:45", "3:19", "3:29", "3:24", "4:18", "4:3"]


def test_a_related_row_may_have_fields_whose_names_are_the_enrollments() -> None:
    assert (
        wrong_with(ACCOUNTS + "  plans: {account: a, fields: {a: text, started_on: date, plan: text}}\n")
        == []
    )


def test_conditions_are_bound_by_whoever_can_read_them() -> None:
    node = root(
        "data: acme\nactive: name is not null\ntables:\n"
        + ACCOUNTS
        + "  tickets: {account: a, fields: {a: text}, expect: [a <> '', {when: a <> 'x', because: of it}]}\n"
    )
    read, _ = read_contract(node)
    assert read is not None
    asked: list[tuple[Any, str | None]] = []

    def read_condition(at: Node, table: str | None) -> tuple[Condition | None, list[Finding]]:
        asked.append((plain(at), table))
        return Leaf("", Literal(True, FieldType.BOOLEAN), at.span), [Finding(at.span, "CSP201", "wrong")]

    bound, findings = bind_contract(node, read, read_condition)

    assert asked == [
        ("a <> ''", "tickets"),
        ({"when": "a <> 'x'", "because": "of it"}, "tickets"),
        ("name is not null", None),
    ]
    tickets = bound.table("tickets")
    assert tickets is not None
    assert (len(tickets.expect), bound.active is not None, len(findings)) == (2, True, 3)


# --- sources ---

TWO = contract(
    "  accounts: {key: id, fields: {id: text, arr: number, renewal: date, paying: boolean, left: happened}}\n"
    "  tickets: {account: account_id, day: opened, fields: {account_id: text, opened: date}}\n"
)
MAPPED = """sources: acme
dates: DD-MM-YYYY
tables:
  accounts:
    file: accounts.csv
    fields: {id: account_id, arr: ARR, renewal: renews, paying: null, left: null}
  tickets:
    file: tickets.csv
    fields: {account_id: account, opened: opened}
"""


def sources(text: str = MAPPED) -> Sources:
    read, wrong = read_sources(root(text), TWO)
    assert wrong == []
    assert read is not None
    return read


def wrong_sources(text: str) -> list[tuple[str, str, str]]:
    node = root(text)
    assert check_shape(node, "sources") == []
    _, wrong = read_sources(node, TWO)
    assert {f.code for f in wrong} <= CODES.keys()
    return said(wrong)


def mapped(text: str, field: str) -> FieldSource:
    return next(source for source in sources(text).tables[0].fields if source.field == field)


def test_sources_are_read() -> None:
    read = sources("folder: exports/today\nbad_rows: set_aside\nat_most: 2.5%\n" + MAPPED)

    assert (read.name, read.folder, read.bad_rows, read.at_most) == (
        "acme",
        "exports/today",
        "set_aside",
        0.025,
    )
    assert [
        (table.table, table.origin.files, table.origin.encoding, table.origin.separator)
        for table in read.tables
    ] == [
        ("accounts", ("accounts.csv",), "utf-8", ","),
        ("tickets", ("tickets.csv",), "utf-8", ","),
    ]


def test_what_is_not_said_refuses_bad_rows() -> None:
    assert (sources().bad_rows, sources().at_most, sources().folder) == ("refuse", 0.01, "exports")


@pytest.mark.parametrize(
    ("written", "column", "constant"),
    [("ARR", "ARR", None), ("null", None, None), ("{is: 12}", None, "12"), ('""', "", None)],
)
def test_a_field_comes_from_a_column_a_constant_or_nowhere(
    written: str, column: str | None, constant: str | None
) -> None:
    source = mapped(MAPPED.replace("arr: ARR", f"arr: {written}"), "arr")

    assert (source.column, source.constant) == (column, constant)


def test_a_field_may_be_written_in_a_way_of_its_own() -> None:
    own = '{column: ARR, decimal: ",", thousands: ".", empty: [n/a]}'
    text = 'empty: ["-"]\nyes: [x, 1]\n' + MAPPED.replace("arr: ARR", f"arr: {own}")

    assert mapped(text, "arr").format == Format("DD-MM-YYYY", ",", ".", ("", "n/a"), ("x", "1"), None)
    assert mapped(text, "id").format == Format("DD-MM-YYYY", ".", "", ("", "-"), ("x", "1"), None)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("  tickets:", "  tickts:", ("7:3", "the contract has no table 'tickts'", "did you mean 'tickets'?")),
        (
            "  tickets:",
            "  tickts:",
            (
                "3:1",
                "the table tickets of the contract has no source",
                "add tickets: with its file and fields, or `tickets: null` if nobody exports it",
            ),
        ),
        (
            "arr: ARR",
            "ar: ARR",
            ("6:30", "accounts has no field 'ar' in the contract", "did you mean 'arr'?"),
        ),
        (
            "arr: ARR, ",
            "",
            (
                "4:3",
                "nothing says where accounts.arr comes from",
                "write `arr: <column>`, or `arr: null` if nobody exports it",
            ),
        ),
        ("id: account_id", "id: null", ("6:14", "id is the key of accounts: it needs a column", "")),
        (
            "opened: opened",
            "opened: null",
            ("9:35", "opened is the day of its rows of tickets: it needs a column", ""),
        ),
        (
            "DD-MM-YYYY",
            "DD-MM-YY",
            (
                "2:8",
                "'DD-MM-YY' has no YYYY",
                "it is made of YYYY, MM, DD, HH, MM, SS and separators, e.g. DD-MM-YYYY HH:MM; or it is timestamp, epoch seconds, epoch milliseconds",
            ),
        ),
        (
            "arr: ARR",
            "arr: {is: much}",
            (
                "6:40",
                "'much' is not a number written like 1234.5",
                "a number has no currency, no percent sign and no blanks around it",
            ),
        ),
        (
            "arr: ARR",
            "arr: {is: }",
            ("6:40", "the constant of arr is nothing", "a field you do not have is written `arr: null`"),
        ),
        (
            "arr: ARR",
            "arr: {column: a, is: 1}",
            (
                "6:30",
                "arr says both a column and a constant",
                "`column: <name>`, or `is: <text>` for every row",
            ),
        ),
        (
            "arr: ARR",
            'arr: {decimal: ","}',
            (
                "6:30",
                "arr says neither a column nor a constant",
                "`column: <name>`, or `is: <text>` for every row",
            ),
        ),
        (
            "dates:",
            'decimal: ","\nthousands: ","\ndates:',
            (
                "2:1",
                "',' cannot be both the decimal sign and the sign between thousands",
                'no sign between thousands is written `thousands: ""`',
            ),
        ),
        (
            "dates:",
            "yes: [1, x]\nno: [x, 0]\ndates:",
            ("2:1", "'x' means both yes and no", "keep it on one side"),
        ),
        (
            "dates:",
            "empty: [x]\nno: [x]\ndates:",
            (
                "2:1",
                "'x' is both empty and a word for yes or no",
                "an empty yes/no field is no; keep the word on one side",
            ),
        ),
        (
            "file: accounts.csv",
            "file: ../accounts.csv",
            (
                "5:11",
                "'../accounts.csv' leads out of the folder of the exports",
                "`folder:` or --from says where they are; the file stands below it",
            ),
        ),
        (
            "file: accounts.csv",
            "file: accounts.csv\n    encoding: utf8x",
            ("6:15", "there is no encoding 'utf8x'", "did you mean 'utf-8'?"),
        ),
        (
            "file: accounts.csv",
            "file: accounts.csv\n    encoding: punycode",
            ("6:15", "'punycode' is no encoding of text", "e.g. utf-8, cp1252, utf-16"),
        ),
        (
            "file: accounts.csv",
            "file: accounts.csv\n    encoding: hex",
            ("6:15", "'hex' is no encoding of text", "e.g. utf-8, cp1252, utf-16"),
        ),
        (
            "file: accounts.csv",
            'file: accounts.csv\n    separator: ";;"',
            (
                "6:16",
                "';;' cannot separate cells",
                'one letter: "," ";" "|", or "\\t" in double quotes for a tab',
            ),
        ),
    ],
)
def test_what_is_wrong_with_sources_is_said_where_it_stands(
    before: str, after: str, expected: tuple[str, str, str]
) -> None:
    assert expected in wrong_sources(MAPPED.replace(before, after, 1))


@pytest.mark.parametrize(
    "encoding",
    ["utf8", "UTF-8-SIG", "utf-16-le", "latin1", "iso-8859-15", "windows-1252", "macroman", "cp850", "koi8-r",
     "shift_jis", "gb18030", "euc-kr", "ascii"],
)  # fmt: skip
def test_encodings_in_which_people_export_are_accepted(encoding: str) -> None:
    text = MAPPED.replace("file: accounts.csv", f"file: accounts.csv\n    encoding: {encoding}")

    assert [fact for _, fact, _ in wrong_sources(text) if "encoding" in fact] == []


def test_dates_that_nothing_declares_are_a_warning() -> None:
    _, wrong = read_sources(root(MAPPED.replace("dates: DD-MM-YYYY\n", "")), TWO)

    assert [(f.code, f.is_error, f.message) for f in wrong] == [
        ("CSP714", False, "nothing says how the dates of 'renews' are written: only YYYY-MM-DD will be read")
    ]


def test_dates_declared_field_by_field_are_declared() -> None:
    each = MAPPED.replace("dates: DD-MM-YYYY\n", "")
    each = each.replace("renewal: renews", "renewal: {column: renews, dates: YYYY-MM-DD}")
    each = each.replace("opened: opened", "opened: {column: opened, dates: YYYY-MM-DD}")

    assert sources(each).tables[0].fields[2].format.dates == "YYYY-MM-DD"


# --- schemas ---


@pytest.mark.parametrize("kind", ["data", "sources"])
def test_every_key_of_a_schema_is_explained(kind: str) -> None:
    def unexplained(part: Any, name: str) -> list[str]:
        found = []
        for key, value in part.get("properties", {}).items():
            found += [] if "description" in value else [f"{name}.{key}"]
            found += unexplained(value, f"{name}.{key}")
        inner = part.get("additionalProperties")
        return found + (unexplained(inner, f"{name}.*") if isinstance(inner, dict) else [])

    assert [
        name
        for name in unexplained(schema(kind), kind)
        if not name.endswith((".any", ".all", ".none", ".when"))
    ] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("data", "data: x\ntables: {accounts: {key: id, feilds: {id: text}}}\n"),
        ("data", "data: x\ntables: {accounts: {key: id, fields: {Id: text}}}\n"),
        ("data", "data: x\ntables: {accounts: {key: id, fields: {id: [text]}}}\n"),
        ("sources", "sources: x\nat_most: 0.01\ntables: {accounts: {file: a.csv, fields: {id: id}}}\n"),
        ("sources", "sources: x\nbad_rows: ignore\ntables: {accounts: {file: a.csv, fields: {id: id}}}\n"),
        ("sources", "sources: x\ntables: {accounts: {file: a.csv, fields: {id: {colum: id}}}}\n"),
    ],
)
def test_a_shape_that_is_wrong_is_for_the_schema_and_breaks_nothing(kind: str, text: str) -> None:
    node = root(text)

    assert check_shape(node, kind) != []
    if kind == "data":
        read_contract(node)
    else:
        read_sources(node, TWO)


def test_the_types_of_the_schema_are_those_of_the_model() -> None:
    field = schema("data")["properties"]["tables"]["additionalProperties"]["properties"]["fields"]

    assert set(field["additionalProperties"]["examples"]) == {kind.value for kind in FieldType}
