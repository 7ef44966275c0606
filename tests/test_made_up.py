"""The made-up portfolio: the same world every day, as untidy as exports are, with stories to find."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import zip_longest

import pytest

from cs_playbook.study.made_up import BYTE_ORDER_MARK, FIRST_MORNING, exports

Row = dict[str, str]

SEPARATORS = {"factures.csv": ";"}
TUESDAY = FIRST_MORNING + timedelta(days=1)
WEDNESDAY = FIRST_MORNING + timedelta(days=2)


# Asked for by name or not, a day is the same day: what is kept is kept below, where nothing is left out.
def lines(file: str, day: date = FIRST_MORNING, seed: int = 7) -> tuple[str, ...]:
    return _lines(file, day, seed)


def rows(file: str, day: date = FIRST_MORNING) -> tuple[Row, ...]:
    return _rows(file, day)


@cache
def portfolio(day: date, seed: int) -> dict[str, Iterator[str]]:
    """The accounts are drawn once for all files of a day."""
    return exports(day, seed)


@cache
def _lines(file: str, day: date, seed: int) -> tuple[str, ...]:
    return tuple(portfolio(day, seed)[file])


@cache
def _rows(file: str, day: date) -> tuple[Row, ...]:
    text = (line.removeprefix(BYTE_ORDER_MARK) for line in lines(file, day))
    return tuple(csv.DictReader(text, delimiter=SEPARATORS.get(file, ",")))


def account(name: str, day: date = FIRST_MORNING) -> Row:
    (found,) = [row for row in rows("crm_accounts.csv", day) if row["Account Name"] == name]
    return found


def contacts_of(name: str) -> list[Row]:
    return [row for row in rows("crm_contacts.csv") if row["Account ID"] == account(name)["Account ID"]]


def french(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone


@cache
def people_by_account(first: date, last: date, day: date) -> dict[str, int]:
    """How many people used it from `first` to `last`, by account."""
    holder = {row["subscription"]: row["account"] for row in rows("billing_subscriptions.csv", day)}
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows("product_usage.csv", day):
        if first.isoformat() <= row["date"] <= last.isoformat():
            found[holder[row["subscription"]]].add(row["user"])
    return {account_id: len(people) for account_id, people in found.items()}


def change_in_four_weeks(name: str, day: date = FIRST_MORNING) -> float:
    account_id = account(name, day)["Account ID"]
    now = people_by_account(day - timedelta(days=27), day, day)[account_id]
    before = people_by_account(day - timedelta(days=55), day - timedelta(days=28), day)[account_id]
    return now / before - 1


def days_to_renewal(name: str, day: date = FIRST_MORNING) -> int:
    return (french(account(name, day)["Next Renewal"]) - day).days


FILES = tuple(portfolio(FIRST_MORNING, 7))


@pytest.fixture(scope="module")
def made_again() -> dict[str, Iterator[str]]:
    return exports(FIRST_MORNING)


@pytest.mark.parametrize("file", FILES)
def test_the_same_day_gives_the_same_bytes(file: str, made_again: dict[str, Iterator[str]]) -> None:
    assert tuple(made_again[file]) == lines(file)


@pytest.mark.parametrize("file", FILES)
def test_another_seed_gives_another_portfolio(file: str) -> None:
    assert any(other != line for other, line in zip_longest(portfolio(FIRST_MORNING, 8)[file], lines(file)))


@pytest.mark.parametrize("file", ["crm_activities.csv", "product_usage.csv"])
def test_what_has_happened_is_only_added_to(file: str) -> None:
    monday, tuesday = lines(file), lines(file, TUESDAY)

    assert tuesday[: len(monday)] == monday
    assert len(tuesday) > len(monday)


@pytest.mark.parametrize("file", FILES)
def test_nobody_and_nothing_disappears_from_one_day_to_the_next(file: str) -> None:
    key = next(iter(rows(file)[0]))

    assert {row[key] for row in rows(file)} <= {row[key] for row in rows(file, TUESDAY)}


def test_a_day_of_life_changes_few_accounts() -> None:
    changed = set(rows_as_text(FIRST_MORNING)) - set(rows_as_text(TUESDAY))

    assert len(changed) <= 5


def rows_as_text(day: date) -> list[str]:
    return [str(row) for row in rows("crm_accounts.csv", day)]


def test_a_closed_ticket_stays_as_it_is() -> None:
    closed = {str(row) for row in rows("support_tickets.csv") if row["solved_at"]}

    assert closed <= {str(row) for row in rows("support_tickets.csv", TUESDAY)}


def test_nothing_lies_in_the_future() -> None:
    today = FIRST_MORNING.isoformat()

    assert max(row["date"] for row in rows("product_usage.csv")) <= today
    assert max(row["Date"] for row in rows("crm_activities.csv")) <= today
    assert max(row["solved_at"][:10] for row in rows("support_tickets.csv")) <= today
    assert max(french(row["Réglée le"]) for row in rows("factures.csv") if row["Réglée le"]) <= FIRST_MORNING
    assert max(row["Last Login"] for row in rows("crm_contacts.csv")) <= today
    assert max(row["occurred_at"][:10] for row in rows("mail_events.csv")) <= today


def test_it_is_as_large_as_a_real_small_portfolio() -> None:
    assert 380 <= len(rows("crm_accounts.csv")) <= 430
    assert 100_000 <= len(rows("product_usage.csv")) <= 160_000
    assert 900 <= len(rows("crm_contacts.csv")) <= 1_500
    assert {row["Status"] for row in rows("crm_accounts.csv")} == {"active", "trial", "ended"}
    assert sum(bool(row["Parent Account"]) for row in rows("crm_accounts.csv")) >= 30


def test_usage_goes_back_eighteen_months() -> None:
    assert rows("product_usage.csv")[0]["date"] == "2024-09-02"


@pytest.mark.parametrize(
    ("file", "column", "least", "most"),
    [
        ("crm_accounts.csv", "Seats", 6, 25),
        ("crm_accounts.csv", "CSM Email", 10, 40),
        ("crm_accounts.csv", "Potential ACV", 20, 90),
        ("crm_contacts.csv", "First Name", 10, 60),
        ("crm_contacts.csv", "Email", 10, 60),
        ("crm_contacts.csv", "Last Login", 20, 90),
    ],
)
def test_some_cells_are_empty_as_in_life(file: str, column: str, least: int, most: int) -> None:
    assert least <= sum(not row[column] for row in rows(file)) <= most


def test_every_row_belongs_to_an_account_and_keys_are_unique() -> None:
    known = {row["Account ID"] for row in rows("crm_accounts.csv")}
    held = {row["subscription"] for row in rows("billing_subscriptions.csv")}
    people = [row["Contact ID"] for row in rows("crm_contacts.csv")]

    assert len(known) == len(rows("crm_accounts.csv"))
    assert len(people) == len(set(people))
    assert {row["Account ID"] for row in rows("crm_contacts.csv")} == known
    assert {row["Client"] for row in rows("factures.csv")} <= known
    assert {row["organisation"] for row in rows("support_tickets.csv")} <= known
    assert {row["subscription"] for row in rows("product_usage.csv")} <= held
    assert {row["contact"] for row in rows("mail_events.csv")} <= set(people)


def test_a_name_with_a_comma_or_quotes_would_stay_one_cell() -> None:
    widths = {
        len(row) for file in FILES for row in csv.reader(lines(file), delimiter=SEPARATORS.get(file, ","))
    }

    assert all(None not in row for file in FILES for row in rows(file))
    assert widths <= {4, 5, 6, 7, 12, 17}


def test_the_accounting_export_is_french() -> None:
    assert lines("factures.csv")[0].startswith(BYTE_ORDER_MARK + "N° facture;")
    assert all(row["Montant HT"].endswith(",00") for row in rows("factures.csv"))


# ---------------------------------------------------------------------------------------------- the stories


def test_marmalade_freight_loses_its_people_and_its_champion_is_silent() -> None:
    champion = next(row for row in contacts_of("Marmalade Freight") if "champion" in row["Roles"])
    answers = [
        row["Date"]
        for row in rows("crm_activities.csv")
        if row["Account ID"] == account("Marmalade Freight")["Account ID"] and row["Type"] != "email_out"
    ]

    assert change_in_four_weeks("Marmalade Freight") == pytest.approx(-0.45, abs=0.03)
    assert (champion["First Name"], champion["Language"], champion["Left Company"]) == ("Claire", "fr", "")
    assert champion["Last Login"] <= "2026-01-22"
    assert max(answers) < "2026-01-22"


def test_the_champion_of_tumbledown_toys_has_left() -> None:
    (champion,) = [row for row in contacts_of("Tumbledown Toys") if row["First Name"] == "Harriet"]

    assert champion["Left Company"] == "Yes"
    assert change_in_four_weeks("Tumbledown Toys") <= -0.40


def test_a_mail_to_the_champion_of_quince_and_kettle_came_back_and_the_crm_knows_nothing_of_it() -> None:
    (champion,) = [row for row in contacts_of("Quince & Kettle") if "champion" in row["Roles"]]
    came_back = [row for row in rows("mail_events.csv") if row["recipient"] == champion["Email"]]

    assert (champion["First Name"], champion["Left Company"]) == ("Apolline", "")
    assert [(row["type"], row["occurred_at"][:10]) for row in came_back][-1] == ("bounced", "2026-02-26")


@pytest.mark.parametrize("name", ["Petit Préau", "Copperkettle Foods"])
def test_a_false_alarm_looks_like_a_fall_and_comes_back(name: str) -> None:
    assert change_in_four_weeks(name) <= -0.40
    assert change_in_four_weeks(name, date(2026, 4, 6)) >= 0.40


def test_pocket_planetarium_falls_too_but_is_small() -> None:
    assert change_in_four_weeks("Pocket Planetarium") <= -0.40
    assert int(account("Pocket Planetarium")["ACV"]) < 12_000


def test_nobody_wrote_down_the_seats_of_umbrella_orchard() -> None:
    assert account("Umbrella Orchard")["Seats"] == ""
    assert change_in_four_weeks("Umbrella Orchard") <= -0.40


def test_inkwell_press_is_one_condition_short() -> None:
    assert -0.40 < change_in_four_weeks("Inkwell Press") < -0.33


def test_saffron_mutual_falls_over_the_limit_on_wednesday() -> None:
    assert change_in_four_weeks("Saffron Mutual", TUESDAY) > -0.40
    assert change_in_four_weeks("Saffron Mutual", WEDNESDAY) <= -0.40


def test_two_renewals_come_with_different_health() -> None:
    gravel_bay = account("Gravel Bay Shipping")["Account ID"]
    urgent = [
        row
        for row in rows("support_tickets.csv")
        if row["organisation"] == gravel_bay and not row["solved_at"]
    ]
    unpaid = [row for row in rows("factures.csv") if row["Client"] == gravel_bay and not row["Réglée le"]]

    still_there = [row for row in contacts_of("Gravel Bay Shipping") if not row["Left Company"]]

    assert days_to_renewal("Larkspur Savings") == 118
    assert abs(change_in_four_weeks("Larkspur Savings")) < 0.15
    assert days_to_renewal("Gravel Bay Shipping") == 84
    assert change_in_four_weeks("Gravel Bay Shipping") <= -0.40
    assert [row["priority"] for row in urgent].count("urgent") == 2
    assert still_there
    assert not any("champion" in row["Roles"] for row in still_there)
    assert [french(row["Échéance"]) < FIRST_MORNING - timedelta(days=60) for row in unpaid] == [True]


def test_windmill_bakeries_comes_within_120_days_on_tuesday() -> None:
    assert (days_to_renewal("Windmill Bakeries"), days_to_renewal("Windmill Bakeries", TUESDAY)) == (121, 120)


def test_nimbus_and_nettle_signed_last_friday_and_two_more_follow() -> None:
    assert account("Nimbus & Nettle")["Customer Since"] == "27/02/2026"
    assert account("Mooring & Daughters", TUESDAY)["Customer Since"] == "03/03/2026"
    assert account("Pepperpot Travel", WEDNESDAY)["Customer Since"] == "04/03/2026"


def test_the_only_contact_of_sparrowgate_clinics_has_no_first_name() -> None:
    assert [(row["First Name"], row["Roles"]) for row in contacts_of("Sparrowgate Clinics")] == [
        ("", "admin")
    ]


def test_hollow_oak_furniture_is_a_new_subsidiary_of_its_group() -> None:
    child, parent = account("Hollow Oak Furniture"), account("Hollow Oak Group")

    assert child["Parent Account"] == parent["Account ID"]
    assert child["Group"] == parent["Group"] != ""


def test_a_trial_becomes_a_customer_and_keeps_its_id() -> None:
    before, after = account("Teacup Robotics"), account("Teacup Robotics", date(2026, 3, 5))

    assert (before["Status"], after["Status"]) == ("trial", "active")
    assert before["Account ID"] == after["Account ID"]
