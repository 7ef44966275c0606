"""Accounts and a day go in; who used what until that day comes out, row by row, the oldest first.

So the rows of the next day begin with the rows of this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from cs_playbook.study.made_up_accounts import HISTORY_BEGINS, Account
from cs_playbook.study.made_up_chance import digest, share
from cs_playbook.study.made_up_life import Subscription, is_there, subscriptions

Row = list[str]

WEEKS_TO_GET_GOING = 8
PEOPLE_IN_A_TRIAL = 3
ABSENT = 20  # of 256: how often somebody misses a fortnight


def usage(accounts: Sequence[Account], day: date) -> Iterator[Row]:
    """Subscription, day (ISO), person, number of actions: everybody comes once in a fortnight."""
    days = [HISTORY_BEGINS + timedelta(days=n) for n in range((day - HISTORY_BEGINS).days + 1)]
    rows_by_day: list[list[Row]] = [[] for _ in days]
    for account in accounts:
        _write_down(account, days, rows_by_day)
    for rows in rows_by_day:
        yield from rows


def people(account: Account, week: date) -> int:
    """How many people use it in the week that begins on this Monday."""
    if account.appeared_on > week + timedelta(days=6) or (account.leaves_on and account.leaves_on <= week):
        return 0
    if account.signed_on is None or account.signed_on > week + timedelta(days=6):
        return PEOPLE_IN_A_TRIAL
    going = min(1.0, ((week - account.signed_on).days // 7 + 2) / WEEKS_TO_GET_GOING)
    quarter = (week.year * 12 + week.month - 1) // 3
    drift = 1 + 0.1 * (share(account.luck, "drift", quarter) - 0.5)
    return round(account.seats * account.adoption * going * drift * _left_over(account, week))


def _left_over(account: Account, week: date) -> float:
    """The share of the usual people that is left by falls."""
    left = 1.0
    for fall in account.falls:
        if fall.begins <= week < fall.ends:
            left *= fall.share
    return left


def _write_down(account: Account, days: list[date], rows_by_day: list[list[Row]]) -> None:
    """Adds the rows of an account to the days on which they happened."""
    by_week = [people(account, week) for week in days[::7]]
    products = subscriptions(account)
    for n in range(max(by_week)):
        drawn = digest(account.luck, "person", n, size=64)
        person = f"{account.id}-u{n + 1}"
        working_day = drawn[63] % 10
        for k, offset in enumerate(range(working_day + working_day // 5 * 2, len(days), 14)):
            on = days[offset]
            if n < by_week[offset // 7] and drawn[k % 63] >= ABSENT and is_there(account, on):
                actions = str(2 + drawn[(k * 7 + 3) % 63] % 40)
                rows_by_day[offset].append([_product(products, n, on), on.isoformat(), person, actions])


def _product(products: Sequence[Subscription], n: int, on: date) -> str:
    """Three in four use the core; the others a second product, as long as there is one."""
    if n % 4 == 3:
        for product in products[1:]:
            if product.started_on <= on and (product.ended_on is None or on < product.ended_on):
                return product.id
    return products[0].id
