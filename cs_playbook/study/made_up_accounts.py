"""A seed and a day go in; the made-up accounts known on that day come out, in order of their ids.

Every account is drawn from its own name, so a new one changes none of the others and the next day is the same
world a day older. Accounts with a story of their own come from `made_up_stories`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from cs_playbook.study.made_up_chance import between, number, one_of, share
from cs_playbook.study.made_up_names import BRANCHES, company
from cs_playbook.values import replace

HISTORY_BEGINS = date(2024, 9, 2)  # a Monday, eighteen months before the first morning
CUSTOMERS_AT_THE_BEGINNING = 252
NEW_A_DAY = 0.30  # chance that somebody new appears on a business day
TRIAL = timedelta(days=28)
CSMS = {
    "fr": ("lea@vendor.example", "lea@vendor.example", "ines@vendor.example"),
    "en": ("marc@vendor.example", "ines@vendor.example"),
    "de": ("marc@vendor.example",),
}


class Fall(Struct, frozen=True):
    """From Monday `begins` until `ends` only this share of the usual people still comes."""

    begins: date
    share: float
    ends: date = date.max


class Newcomer(Struct, frozen=True):
    """Somebody of theirs whom we have known only since a day."""

    since: date
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    job_title: str


class Answer(Struct, frozen=True):
    """What somebody of theirs answered to a survey; `who` counts their contacts."""

    on: date
    who: int
    kind: str  # nps: 0 to 10; csat: 1 to 5
    score: int
    comment: str


class Returned(Struct, frozen=True):
    """What came back on a mail to somebody of theirs; `who` counts their contacts."""

    on: date
    who: int
    kind: str  # bounced, soft_bounced, replied, out_of_office


class Account(Struct, frozen=True):
    """What is true of an account for ever; what an export shows of it depends on the day."""

    id: str
    luck: int  # what all its later draws start from
    size: str  # large, middle, small
    name: str
    sector: str
    language: str
    arr: int
    potential: int | None
    seats: int
    seats_known: bool
    employees: int
    strategic: bool
    csm: str
    ae: str
    appeared_on: date  # the first day of the trial, or of the contract
    signed_on: date | None  # None: the trial led to nothing
    renews_on: tuple[int, int]  # month and day
    signs_early: int  # days between the signature of a renewal and the renewal date
    leaves_on: date | None
    adoption: float  # share of the seats in use
    falls: tuple[Fall, ...]
    parent: str = ""
    group: str = ""
    quiet_since: date | None = None  # nobody there has met, called or written to us since
    contacts: int | None = None  # how many people we know there, where a story needs a number
    champion: tuple[str, str] = ("", "")  # first and last name, where a story needs one
    champion_left_on: date | None = None
    champion_silent_since: date | None = None  # still there, and no longer coming
    newcomers: tuple[Newcomer, ...] = ()  # who came later than the others
    answers: tuple[Answer, ...] = ()  # to surveys
    mails: tuple[Returned, ...] = ()  # what came back on ours
    signs_up_on: tuple[date, ...] = ()  # for a webinar
    urgent_since: tuple[date, ...] = ()  # urgent tickets still open
    stops_paying_on: date | None = None


def ordinary_accounts(seed: int, day: date) -> Iterator[Account]:
    """The accounts without a story that had appeared by `day`."""
    yield from _families([_old_customer(seed, n) for n in range(CUSTOMERS_AT_THE_BEGINNING)])
    for n in range((day - HISTORY_BEGINS).days + 1):
        appeared_on = HISTORY_BEGINS + timedelta(days=n)
        if appeared_on.weekday() < 5 and share(seed, "appears", appeared_on) < NEW_A_DAY:
            yield _newcomer(seed, n, appeared_on)


def ordinary_account(seed: int, key: str, index: int, appeared_on: date, size: str) -> Account:
    """An account as they come; `index` gives its name."""
    luck = number(seed, key)
    name, sector = company(index)
    language = one_of(("fr", "fr", "fr", "en", "en", "de"), luck, "language")
    arr = _arr(luck, size)
    seats = max(2, arr // {"large": 1850, "middle": 1450, "small": 1000}[size])
    return Account(
        id=key,
        luck=luck,
        size=size,
        name=name,
        sector=sector if share(luck, "sector") > 0.04 else "",
        language=language,
        arr=arr,
        potential=None if share(luck, "potential?") < 0.15 else _potential(luck, arr),
        seats=seats,
        seats_known=share(luck, "seats?") > 0.022,
        employees=seats * between(3, 30, luck, "employees"),
        strategic=share(luck, "strategic") < 0.02,
        csm="" if share(luck, "csm?") < 0.06 else one_of(CSMS[language], luck, "csm"),
        ae="" if share(luck, "ae?") < 0.10 else "paul@vendor.example",
        appeared_on=appeared_on,
        signed_on=appeared_on,
        renews_on=_renews_on(luck, appeared_on),
        signs_early=between(0, 45, luck, "signs early"),
        leaves_on=None,
        adoption=0.5 + 0.4 * share(luck, "adoption"),
        falls=_accidents(luck),
    )


def renewal_dates(account: Account) -> Iterator[date]:
    """The end of each contract, from the first one on, without end."""
    assert account.signed_on is not None
    month, day_of_month = account.renews_on
    first = date(account.signed_on.year, month, day_of_month)
    years = 0
    while True:
        renewal = first.replace(year=first.year + years)
        if (renewal - account.signed_on).days >= 180:
            yield renewal
        years += 1


def size_of(*words: object) -> str:
    """large, middle or small: three in twenty, more than a third, the rest."""
    drawn = share(*words, "size")
    return "large" if drawn < 0.15 else "middle" if drawn < 0.52 else "small"


def _old_customer(seed: int, n: int) -> Account:
    key = f"A{2001 + n}"
    appeared_on = HISTORY_BEGINS - timedelta(days=between(20, 1900, seed, key, "since"))
    return _may_leave(ordinary_account(seed, key, n, appeared_on, size_of(seed, key)))


def _newcomer(seed: int, n: int, appeared_on: date) -> Account:
    """Half of the new ones try first, and one trial in three leads to nothing."""
    key = f"A{3001 + n}"
    account = ordinary_account(seed, key, 300 + n, appeared_on, size_of(seed, key))
    if share(account.luck, "tries first") < 0.5:
        return _may_leave(account)
    if share(account.luck, "trial leads to nothing") < 0.33:
        return replace(account, signed_on=None, leaves_on=appeared_on + TRIAL)
    signed_on = appeared_on + TRIAL
    return _may_leave(replace(account, signed_on=signed_on, renews_on=_renews_on(account.luck, signed_on)))


def _may_leave(account: Account) -> Account:
    """One in fourteen leaves at a renewal; most of these use it less in the months before."""
    for renewal in renewal_dates(account):
        if renewal.year > 2040:
            return account
        if renewal <= HISTORY_BEGINS or share(account.luck, "leaves", renewal) >= 0.07:
            continue
        begins = renewal - timedelta(days=renewal.weekday() + between(3, 14, account.luck, "fades") * 7)
        fading = Fall(begins, 0.35 + 0.5 * share(account.luck, "fades to"))
        return replace(account, leaves_on=renewal, falls=(*account.falls, fading))
    return account


def _families(accounts: list[Account]) -> Iterator[Account]:
    """Some are the parent of the one to three that follow them, and share a group with them."""
    children = 0
    parent = accounts[0]
    for account in accounts:
        if children:
            children -= 1
            branch = BRANCHES[(account.luck + children) % len(BRANCHES)]
            name = f"{parent.name} {branch}" if children % 2 else f"{parent.name} ({branch})"
            yield replace(account, name=name, sector=parent.sector, parent=parent.id, group=parent.group)
            continue
        if share(account.luck, "parent") < 0.12:
            children = between(1, 3, account.luck, "children")
            parent = replace(account, group=f"G{account.id[1:]}")
            yield parent
            continue
        yield account


def _arr(luck: int, size: str) -> int:
    low, high = {"large": (60_000, 190_000), "middle": (12_000, 52_000), "small": (1_800, 11_000)}[size]
    drawn: float = low * (high / low) ** share(luck, "arr")
    return int(drawn) // 60 * 60


def _potential(luck: int, arr: int) -> int:
    grows = one_of((1.0, 1.0, 1.2, 1.5, 1.5, 2.0, 2.5, 4.0), luck, "potential")
    return int(arr * grows) // 100 * 100


def _renews_on(luck: int, signed_on: date) -> tuple[int, int]:
    """Four in ten contracts end with the year, the others on the day they began."""
    if share(luck, "renews") < 0.4:
        return 1, 1
    return signed_on.month, min(signed_on.day, 28)


def _accidents(luck: int) -> tuple[Fall, ...]:
    """Now and then a tenth of the portfolio a year loses a good part of its people for three months."""
    return tuple(
        Fall(begins, 0.4 + 0.3 * share(luck, "falls to", begins), begins + timedelta(days=91))
        for year in range(4)
        for begins in (HISTORY_BEGINS + timedelta(days=364 * year + 7 * between(0, 51, luck, "falls", year)),)
        if share(luck, "falls?", begins) < 0.10
    )
