"""The exports of two hundred accounts as they should be, of any day of a year: they grow, leave, renew, pay more, go on holiday."""

from __future__ import annotations

from datetime import date, timedelta

from tests.builders import MONDAY, account, contact, promise, used

ACCOUNTS = 200
A_NEW_ONE_EVERY = 4  # days
DAYS_OF_USAGE = 3
SECTORS = ("santé", "retail", "legal", "food")
PRICES_RISE_AFTER, SUMMER, SHE_LEAVES_AFTER = 200, range(130, 172), 245  # days

Rows = list[dict[str, object]]


def healthy(day: date = MONDAY) -> dict[str, Rows]:
    """Six accounts have few seats. Three in twenty are large, one contact in ten has left, half read French."""
    past = (day - MONDAY).days
    keys = [f"{n:05}" for n in range(1, ACCOUNTS + past // A_NEW_ONE_EVERY + 1)]
    return {
        "accounts": [_account(n, key, past) for n, key in enumerate(keys)],
        "contacts": [_contact(n, k, key) for n, key in enumerate(keys) for k in range(2)],
        "promises": [promise(f"p{key}", key, _later(n, 330, past), None) for n, key in enumerate(keys)],
        "usage": [
            used(key, day - timedelta(days=k), 5 + (n + k) % 40)
            for k in range(1, DAYS_OF_USAGE + 1)
            for n, key in enumerate(keys)
            if past not in SUMMER or n % 11  # one in eleven is on holiday
        ],
    }


def _account(n: int, key: str, past: int) -> dict[str, object]:
    large = 60000 + 100 * n if n % 20 < 3 else 6000 + 150 * (n % 190)
    return account(
        key, name=f"Maison Café {n}", arr=large * (1.06 if past >= PRICES_RISE_AFTER else 1),
        status="ended" if n % 13 == 5 and past > 25 * (n % 14) else "trial" if n % 20 == 19 else "active",
        seats=4 if n in range(20, 206, 33) else 20 + n % 50,
        sector=SECTORS[n % 4], renewal_date=_later(n, 340, past), strategic="yes" if n % 25 == 7 else "no",
        language="fr" if n % 2 else "en",
        csm_email="marc@vendor.example" if n % 3 == 0 or (n % 3 == 1 and past >= SHE_LEAVES_AFTER) else "lea@vendor.example",
    )  # fmt: skip


def _contact(n: int, k: int, key: str) -> dict[str, object]:
    return contact(
        f"c{key}-{k}", key, email=f"p{k}@maison{n}.example", first_name=("Zoé", "Ana", "Tom", "Léo")[(n + k) % 4] + f" {n}",
        roles="champion" if k else "admin|user", has_left="yes" if (n + k) % 10 == 0 else "no", language="fr" if n % 2 else "en",
    )  # fmt: skip


def _later(n: int, days: int, past: int) -> date:
    """Spread over so many days; once it is over, the same a year later."""
    first = 100 + 7 * n % days
    return MONDAY + timedelta(days=first + (365 if first < past else 0))
