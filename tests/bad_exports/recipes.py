"""The bad exports, one a line: what went wrong, what does that, where it is stopped, and a part of the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tests.bad_exports import spoil
from tests.bad_exports.healthy import healthy
from tests.bad_exports.spoil import FileSpoiler, Spoiler
from tests.builders import MONDAY

BUILD, RUN = "snapshot build", "run"  # exit 1, and no snapshot; exit 4, and nothing is done


@dataclass(frozen=True)
class Bad:
    """`rows`: done to the tables before they are written. `file`: (table, what is done to its file).

    `day`: of the snapshot, counted from the Monday of the last run; `hours`: how much later than at six it is run.
    """

    name: str
    stopped_by: str
    says: str
    rows: Spoiler | None = None
    file: tuple[str, FileSpoiler] | None = None
    day: int = 1
    hours: int = 0


def _in_march(cell: object) -> object:
    """2026-03-02 → 2026-02-03: the day and the month in the other order."""
    written = str(cell)
    return f"{written[:4]}-{written[8:]}-{written[5:7]}"


def _last_month(tables: spoil.Tables) -> None:
    tables["usage"] = healthy(MONDAY - timedelta(days=28))["usage"]


def _many_without_seats(tables: spoil.Tables) -> None:
    """A default where the export knows nothing."""
    for row in tables["accounts"][::3]:
        row["seats"] = 1
        row["arr"] = 60000


ROWS_LOST = (
    Bad(
        "half of the accounts, all the others whole",
        BUILD,
        "there is no '00101' among accounts",
        spoil.keep("accounts", 0.5),
    ),
    Bad(
        "half of the accounts and what belongs to them",
        RUN,
        "the table accounts shrank from 200 to 100 rows",
        spoil.keep_accounts(0.5),
    ),
    Bad(
        "half of the contacts",
        RUN,
        "the table contacts shrank from 400 to 200 rows",
        spoil.keep("contacts", 0.5),
    ),
    Bad(
        "half of the promises",
        RUN,
        "the table promises shrank from 200 to 100 rows",
        spoil.keep("promises", 0.5),
    ),
    Bad("half of the usage", RUN, "the table usage shrank from 600 to 300 rows", spoil.keep("usage", 0.5)),
    Bad(
        "an eighth of the usage is missing",
        RUN,
        "the table usage shrank from 600 to 525 rows",
        spoil.keep("usage", 0.875),
    ),
    Bad(
        "contacts: the header only",
        RUN,
        "the table contacts shrank from 400 to 0 rows",
        spoil.keep("contacts", 0),
    ),
    Bad("usage: the header only", RUN, "the table usage shrank from 600 to 0 rows", spoil.keep("usage", 0)),
    Bad("everything: headers only", BUILD, "not one account is left", spoil.keep_accounts(0)),
    Bad("an empty file", BUILD, "is empty", file=("usage", spoil.text(lambda _: ""))),
    Bad("no file", BUILD, "there is no file", file=("contacts", spoil.gone)),
    Bad("cut in the middle of a line", BUILD, "", file=("accounts", spoil.cut(0.7))),
)
COLUMNS = (
    Bad(
        "a blank column: arr",
        RUN,
        "accounts.arr is empty in 100 % of the rows",
        spoil.blank("accounts", "arr"),
    ),
    Bad(
        "a blank column: who looks after them",
        RUN,
        "accounts.csm_email is empty in 100 %",
        spoil.blank("accounts", "csm_email"),
    ),
    Bad(
        "a blank column: addresses", RUN, "contacts.email is empty in 100 %", spoil.blank("contacts", "email")
    ),
    Bad(
        "a blank column: who has left",
        RUN,
        "contacts.has_left is empty in 100 %",
        spoil.blank("contacts", "has_left"),
    ),
    Bad(
        "every fifth cell blank",
        RUN,
        "accounts.renewal_date is empty in 20 %",
        spoil.blank("accounts", "renewal_date", 5),
    ),
    Bad(
        "a renamed column",
        BUILD,
        "'arr'",
        file=("accounts", spoil.text(lambda whole: whole.replace(",arr,", ",ACV,", 1))),
    ),
    Bad("a column left out", BUILD, "'seats'", file=("accounts", spoil.without_column(4))),
    Bad(
        "values one column to the right",
        BUILD,
        "",
        file=("accounts", spoil.text(lambda whole: whole.replace("\n0", "\nx,0"))),
    ),
    Bad(
        "two columns swapped: sector and language",
        RUN,
        "accounts.language: ",
        spoil.swapped("accounts", "sector", "language"),
    ),
    Bad(
        "two columns swapped: seats and arr",
        RUN,
        "the median of accounts.seats is",
        spoil.swapped("accounts", "seats", "arr"),
    ),
    Bad("names one row too low", RUN, "accounts.name is another one in", spoil.slipped("accounts", "name")),
    Bad(
        "addresses one row too low",
        RUN,
        "contacts.email is another one in",
        spoil.slipped("contacts", "email"),
    ),
    Bad(
        "contacts of the account above",
        RUN,
        "contacts.account_id is another one in",
        spoil.slipped("contacts", "account_id"),
    ),
    Bad(
        "one column sorted, the others not",
        RUN,
        "accounts.name is another one in",
        spoil.sorted_alone("accounts", "name"),
    ),
    Bad(
        "contacts joined by the wrong key",
        RUN,
        "contacts.account_id is another one in",
        spoil.shuffled("contacts", "account_id"),
    ),
)
TWICE = (
    Bad("every account twice", BUILD, "is also on line", spoil.twice("accounts")),
    Bad("every row of usage twice", RUN, "the table usage grew from 600 to 1200 rows", spoil.twice("usage")),
    Bad(
        "two rows in three twice",
        RUN,
        "the table usage grew from 600 to 1000 rows",
        spoil.twice("usage", 2, 3),
    ),
    Bad("a file pasted below itself", BUILD, "", file=("usage", spoil.text(lambda whole: whole * 2))),
    Bad(
        "contacts imported twice, with new ids",
        RUN,
        "the table contacts grew from 400 to 800 rows",
        spoil.imported_twice,
    ),
    Bad("rows of a test", RUN, "the table accounts grew from 200 to 350 rows", spoil.test_rows),
)
IDS = (
    Bad(
        "ids of another system, everywhere",
        RUN,
        "accounts.id is another one in",
        spoil.other_account_ids(lambda key: f"SF-{key}"),
    ),
    Bad(
        "leading zeros lost, everywhere",
        RUN,
        "accounts.id is another one in",
        spoil.other_account_ids(lambda key: str(key).lstrip("0")),
    ),
    Bad(
        "leading zeros lost, in one file",
        BUILD,
        "there is no '00001' among accounts",
        spoil.cells("accounts", "id", lambda key: str(key).lstrip("0")),
    ),
    Bad(
        "contacts with new ids",
        RUN,
        "contacts.id is another one in",
        spoil.cells("contacts", "id", lambda key: f"{key}-2026"),
    ),
    Bad(
        "contacts of the test system",
        BUILD,
        "there is no 'T",
        spoil.cells("contacts", "account_id", lambda key: f"T{key}"),
    ),
)
TIME = (
    Bad("the snapshot of a day before the last run", RUN, "time does not go back", day=-1),
    Bad("the snapshot of tomorrow", RUN, "which has not come yet", day=2, hours=-24),
    Bad("nobody has built one for days", RUN, "hours old", hours=48),
    Bad("usage of last month", RUN, "28 days back", _last_month),
    Bad("usage that breaks off two weeks ago", RUN, "days back", spoil.later("usage", "day", -14)),
    Bad(
        "renewals a year late",
        RUN,
        "the median of accounts.renewal_date is",
        spoil.later("accounts", "renewal_date", 365),
    ),
    Bad(
        "the day on which computers began",
        RUN,
        "the median of accounts.renewal_date is 1970-01-01",
        spoil.cells("accounts", "renewal_date", lambda _: date(1970, 1, 1)),
    ),
    Bad("days and months swapped", BUILD, "", spoil.cells("accounts", "renewal_date", _in_march)),
    Bad("days as a spreadsheet counts them", BUILD, "'46083'", spoil.cells("usage", "day", lambda _: 46083)),
)
UNITS = (
    Bad("a thousand times as much", RUN, "1\u00a0000 times as large", spoil.times("accounts", "arr", 1000)),
    Bad("cents", RUN, "100 times as large", spoil.times("accounts", "arr", 100)),
    Bad("thousands", RUN, "1\u00a0000 times as small", spoil.times("accounts", "arr", 0.001)),
    Bad("by the month", RUN, "12 times as small", spoil.times("accounts", "arr", 1 / 12)),
    Bad(
        "seconds instead of minutes",
        RUN,
        "the median of usage.events is",
        spoil.cells("usage", "events", lambda cell: int(str(cell)) * 60),
    ),
    Bad("another currency", RUN, "the segment tier.high has", spoil.times("accounts", "arr", 2.0)),
    Bad("a decimal comma", BUILD, "'60000,50'", spoil.cells("accounts", "arr", lambda cell: f"{cell},50")),
    Bad("a currency sign", BUILD, "EUR", spoil.cells("accounts", "arr", lambda cell: f"{cell} EUR")),
)
WORDS = (
    Bad("a status in other words", BUILD, "'Actif'", spoil.cells("accounts", "status", lambda _: "Actif")),
    Bad(
        "all in capitals",
        RUN,
        "'retail' stands in 0 % of the rows, was 25 %",
        spoil.cells("accounts", "sector", lambda cell: str(cell).upper()),
    ),
    Bad(
        "yes and no swapped",
        RUN,
        "contacts.has_left: 'yes' stands in 90 % of the rows, was 10 %",
        spoil.cells("contacts", "has_left", lambda cell: "no" if cell == "yes" else "yes"),
    ),
    Bad(
        "nobody has left any more",
        RUN,
        "contacts.has_left: 'yes' stands in 0 % of the rows, was 10 %",
        spoil.cells("contacts", "has_left", lambda _: "no"),
    ),
    Bad(
        "everybody is strategic",
        RUN,
        "accounts.strategic: 'yes' stands in 100 % of the rows",
        spoil.cells("accounts", "strategic", lambda _: "yes"),
    ),
    Bad(
        "everybody reads French",
        RUN,
        "contacts.language: ",
        spoil.cells("contacts", "language", lambda _: "fr"),
    ),
    Bad("NULL in letters", BUILD, "'NULL'", spoil.cells("accounts", "csm_email", lambda _: "NULL", 3)),
    Bad(
        "half of the customers have ended",
        RUN,
        "accounts.status: ",
        spoil.cells("accounts", "status", lambda _: "ended", 2),
    ),
    Bad("a default where nothing is known", RUN, "few-seats fits", _many_without_seats),
)
LETTERS = (
    Bad("letters of another alphabet table", RUN, "accounts.sector: ", spoil.mojibake("accounts", "name", "sector")),
    Bad("UTF-16", BUILD, "", file=("accounts", spoil.text(spoil.as_they_are, "utf-16"))),
    Bad("Latin-1", BUILD, "", file=("accounts", spoil.text(spoil.as_they_are, "latin-1"))),
    Bad("semicolons", BUILD, "", file=("accounts", spoil.text(lambda whole: whole.replace(",", ";")))),
    Bad("the page that asks to sign in", BUILD, "", file=("usage", spoil.text(lambda _: "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"))),
)  # fmt: skip
BAD = (*ROWS_LOST, *COLUMNS, *TWICE, *IDS, *TIME, *UNITS, *WORDS, *LETTERS)
