"""A day goes in; the exports of a made-up portfolio as of that day come out, as lines of CSV files.

About 400 accounts with eighteen months behind them. The exports of two days belong to the same world: ids
stay, what has a date is only added to. Nobody tidied them up: each has the dates, separators and words of the
tool it comes from, and some cells are empty; `playbooks/sources.yaml` says how to read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from cs_playbook.study.made_up_accounts import Account, ordinary_accounts, renewal_dates
from cs_playbook.study.made_up_chance import between
from cs_playbook.study.made_up_contacts import contacts
from cs_playbook.study.made_up_life import activities, invoices, subscriptions, tickets
from cs_playbook.study.made_up_mails import mail_events
from cs_playbook.study.made_up_stories import accounts_with_a_story
from cs_playbook.study.made_up_surveys import surveys
from cs_playbook.study.made_up_usage import usage

FIRST_MORNING = date(2026, 3, 2)  # a Monday
BYTE_ORDER_MARK = "\ufeff"
ACCOUNT_COLUMNS = (
    *("Account ID", "Account Name", "Parent Account", "Group", "ACV", "Potential ACV"),
    *("Seats", "Employees", "Status", "Customer Since", "Next Renewal", "Churned On"),
    *("Strategic", "Industry", "Language", "CSM Email", "AE Email"),
)
CONTACT_COLUMNS = (
    *("Contact ID", "Account ID", "Email", "First Name", "Last Name"),
    *("Roles", "Last Login", "Left Company", "Unsubscribed", "Language", "Created", "Job Title"),
)

Row = list[str]


def exports(day: date, seed: int = 7) -> dict[str, Iterator[str]]:
    """File name → its lines, the header first, each with its line end; to be written as UTF-8.

    `day`: 2024-09-02 or later. Same day and seed: the same bytes. Each iterator can be read once.
    """
    known = (*ordinary_accounts(seed, day), *accounts_with_a_story(seed, day))
    accounts = sorted(known, key=lambda account: account.id)
    return {
        "crm_accounts.csv": _lines(_account_rows(accounts, day), ","),
        "crm_contacts.csv": _lines(_contact_rows(accounts, day), ","),
        "crm_activities.csv": _lines(_activity_rows(accounts, day), ","),
        "billing_subscriptions.csv": _lines(_subscription_rows(accounts, day), ","),
        "product_usage.csv": _lines(_usage_rows(accounts, day), ","),
        "support_tickets.csv": _lines(_ticket_rows(accounts, day), ","),
        "surveys.csv": _lines(_survey_rows(accounts, day), ","),
        "mail_events.csv": _lines(_mail_rows(accounts, day), ","),
        "factures.csv": _with_mark(_lines(_invoice_rows(accounts, day), ";")),
    }


def _account_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    yield list(ACCOUNT_COLUMNS)
    for account in accounts:
        yield _account_row(account, day)


def _account_row(account: Account, day: date) -> Row:
    status = _status(account, day)
    signed = account.signed_on is not None and account.signed_on <= day
    return [
        *(account.id, account.name, account.parent, account.group),
        str(account.arr if status == "active" else 0),
        "" if account.potential is None else str(account.potential),
        str(account.seats) if account.seats_known else "",
        str(account.employees),
        status,
        _day_first(account.signed_on) if signed else "",
        _day_first(_next_renewal(account, day)) if signed else "",
        _day_first(account.leaves_on) if status == "ended" else "",
        "TRUE" if account.strategic else "FALSE",
        account.sector or "n/a",
        *(account.language, account.csm, account.ae),
    ]


def _contact_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    yield list(CONTACT_COLUMNS)
    for account in accounts:
        for contact in contacts(account, day):
            yield [
                *(contact.id, account.id, contact.email, contact.first_name, contact.last_name),
                ";".join(contact.roles),
                _iso(contact.last_seen),
                "Yes" if contact.has_left else "",
                "Yes" if contact.opted_out else "No",
                contact.language,
                _iso(contact.since),
                contact.job_title,
            ]


def _activity_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    yield ["Account ID", "Type", "Date", "Contact ID"]
    rows = (
        (activity.happened_on, account.id, activity.kind, people[activity.who % len(people)].id)
        for account in accounts
        for people in (contacts(account, day),)
        for activity in activities(account, day)
    )
    for happened_on, account_id, kind, contact_id in sorted(rows):
        yield [account_id, kind, _iso(happened_on), contact_id]


def _subscription_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    yield ["subscription", "account", "product", "started", "ended"]
    for account in accounts:
        for held in subscriptions(account):
            if held.started_on <= day:
                ended = _iso(_happened(held.ended_on, day))
                yield [held.id, account.id, held.product, _iso(held.started_on), ended]


def _usage_rows(accounts: list[Account], day: date) -> Iterator[Row]:
    yield ["subscription", "date", "user", "actions"]
    yield from usage(accounts, day)


def _ticket_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    yield ["ticket", "organisation", "priority", "created_at", "solved_at"]
    asked = ((account.id, ticket) for account in accounts for ticket in tickets(account, day))
    for account_id, ticket in sorted(asked, key=lambda row: (row[1].opened_on, row[1].id)):
        opened = _moment(ticket.opened_on, ticket.id, "opened")
        solved = _moment(_happened(ticket.closed_on, day), ticket.id, "solved")
        yield [ticket.id, account_id, ticket.priority, opened, solved]


def _survey_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    yield ["response", "company", "respondent", "survey", "score", "comment", "submitted_at"]
    answered = ((account.id, said) for account in accounts for said in surveys(account, day))
    for account_id, said in sorted(answered, key=lambda row: (row[1].answered_on, row[1].id)):
        submitted = _moment(said.answered_on, said.id, "submitted")
        yield [said.id, account_id, said.contact_id, said.kind, str(said.score), said.comment, submitted]


def _mail_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    """From the tool that sends the mails: it knows our contacts, and writes the time too."""
    yield ["occurred_at", "type", "contact", "recipient"]
    events = ((one.happened_on, one) for account in accounts for one in mail_events(account, day))
    for on, one in sorted(events, key=lambda row: (row[0], row[1].contact_id, row[1].kind)):
        yield [_moment(on, one.contact_id, one.kind), one.kind, one.contact_id, one.recipient]


def _invoice_rows(accounts: Iterable[Account], day: date) -> Iterator[Row]:
    """From a French accounting tool: semicolons, a decimal comma, spaces between the thousands."""
    yield ["N° facture", "Client", "Montant HT", "Émise le", "Échéance", "Réglée le"]
    sent = ((account.id, invoice) for account in accounts for invoice in invoices(account, day))
    for account_id, invoice in sorted(sent, key=lambda row: (row[1].issued_on, row[1].id)):
        amount = f"{invoice.amount:,}".replace(",", " ") + ",00"
        dates = (invoice.issued_on, invoice.due_on, _happened(invoice.paid_on, day))
        yield [invoice.id, account_id, amount, *map(_day_first, dates)]


def _status(account: Account, day: date) -> str:
    if account.leaves_on is not None and account.leaves_on <= day:
        return "ended"
    return "active" if account.signed_on is not None and account.signed_on <= day else "trial"


def _next_renewal(account: Account, day: date) -> date:
    """Moves on when the renewal is signed, some weeks before its date; stays when the customer leaves."""
    for renewal in renewal_dates(account):
        if renewal == account.leaves_on or renewal - timedelta(days=account.signs_early) > day:
            return renewal
    raise AssertionError("renewals never end")


def _happened(on: date | None, day: date) -> date | None:
    """What still lies ahead is not known yet."""
    return on if on is not None and on <= day else None


def _iso(on: date | None) -> str:
    return "" if on is None else on.isoformat()


def _moment(on: date | None, *words: str) -> str:
    """With a time of day within office hours."""
    minutes = between(8 * 60, 18 * 60, *words)
    return "" if on is None else f"{_iso(on)} {minutes // 60:02}:{minutes % 60:02}"


def _day_first(on: date | None) -> str:
    return "" if on is None else f"{on:%d/%m/%Y}"


def _lines(rows: Iterable[Row], separator: str) -> Iterator[str]:
    """Cells are put in quotes where they would otherwise be taken for two."""
    for row in rows:
        line = separator.join(row)
        if '"' in line or line.count(separator) >= len(row):
            line = separator.join('"' + cell.replace('"', '""') + '"' for cell in row)
        yield line + "\n"


def _with_mark(lines: Iterator[str]) -> Iterator[str]:
    """As Excel saves it."""
    yield BYTE_ORDER_MARK + next(lines)
    yield from lines
