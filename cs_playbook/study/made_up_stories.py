"""A seed and a day go in; the made-up accounts that have a story to tell come out, in order of their ids.

Each story stands where it is told, with what a reader should find on Monday 2 March 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from cs_playbook.study.made_up_accounts import Account, ordinary_account
from cs_playbook.study.made_up_falls import FALLS, INES, LEA, MARC, Told, old
from cs_playbook.study.made_up_lives import LIVES
from cs_playbook.study.made_up_many import MANY
from cs_playbook.study.made_up_risks import CAME_BACK, RISKS
from cs_playbook.values import replace


def accounts_with_a_story(seed: int, day: date) -> Iterator[Account]:
    """The named accounts that had appeared by `day`."""
    for n, (size, since, told) in enumerate(_STORIES):
        if since <= day:
            yield _account(seed, n, size, since, told)


def _account(seed: int, n: int, size: str, since: date, told: dict[str, Any]) -> Account:
    """An ordinary account, without its accidents, changed by what is told of it."""
    plain = ordinary_account(seed, f"A{1001 + n}", 1000 + n, since, size)
    calm = replace(plain, falls=(), seats_known=True, strategic=False, signs_early=0, potential=plain.arr)
    return replace(calm, **{"ae": "paul@vendor.example", "renews_on": (9, 15), **told})


_STORIES: tuple[Told, ...] = (
    *FALLS,
    # Signed last Friday.
    (
        "large",
        date(2026, 2, 27),
        {
            "name": "Nimbus & Nettle",
            "sector": "retail",
            "language": "fr",
            "arr": 84_000,
            "potential": 120_000,
            "seats": 70,
            "csm": LEA,
            "renews_on": (2, 27),
            "champion": ("Camille", "Fontanille"),
        },
    ),
    # Signed ten days ago; its only administrator has no first name in the CRM, and sales named nobody.
    (
        "middle",
        date(2026, 2, 20),
        {
            "name": "Sparrowgate Clinics",
            "sector": "health",
            "language": "en",
            "arr": 19_200,
            "seats": 22,
            "csm": MARC,
            "ae": "",
            "renews_on": (2, 20),
            "contacts": 1,
            "champion": ("", "Ashdown"),
        },
    ),
    # A parent account, healthy, whose newest subsidiary is being onboarded.
    (
        "large",
        old(4, 1),
        {
            "name": "Hollow Oak Group",
            "sector": "manufacturing",
            "language": "en",
            "arr": 132_000,
            "seats": 120,
            "adoption": 0.8,
            "csm": INES,
            "group": "G1017",
            "renews_on": (10, 1),
        },
    ),
    (
        "middle",
        date(2026, 2, 16),
        {
            "name": "Hollow Oak Furniture",
            "sector": "manufacturing",
            "language": "fr",
            "arr": 24_000,
            "seats": 26,
            "csm": INES,
            "parent": "A1017",
            "group": "G1017",
            "renews_on": (2, 16),
        },
    ),
    (
        "middle",
        old(10, 1),
        {
            "name": "Hollow Oak Paper",
            "sector": "manufacturing",
            "language": "en",
            "arr": 36_000,
            "seats": 32,
            "adoption": 0.7,
            "csm": INES,
            "parent": "A1017",
            "group": "G1017",
            "renews_on": (10, 1),
        },
    ),
    # A healthy renewal, 118 days away.
    (
        "large",
        old(6, 28),
        {
            "name": "Larkspur Savings",
            "sector": "finance",
            "language": "fr",
            "arr": 66_000,
            "seats": 55,
            "adoption": 0.9,
            "csm": LEA,
            "renews_on": (6, 28),
            "champion": ("Baptiste", "Montclar"),
        },
    ),
    # Its renewal comes within 120 days on Tuesday 3 March.
    (
        "middle",
        old(7, 1),
        {
            "name": "Windmill Bakeries",
            "sector": "food",
            "language": "en",
            "arr": 27_000,
            "seats": 30,
            "adoption": 0.8,
            "csm": MARC,
            "renews_on": (7, 1),
        },
    ),
    # A trial that turns into a contract on Thursday 5 March.
    (
        "middle",
        date(2026, 2, 10),
        {
            "name": "Teacup Robotics",
            "sector": "manufacturing",
            "language": "en",
            "arr": 16_800,
            "seats": 20,
            "csm": MARC,
            "signed_on": date(2026, 3, 5),
            "renews_on": (3, 5),
        },
    ),
    # New on the second and on the third morning.
    (
        "large",
        date(2026, 3, 3),
        {
            "name": "Mooring & Daughters",
            "sector": "logistics",
            "language": "en",
            "arr": 61_200,
            "seats": 45,
            "csm": INES,
            "renews_on": (3, 3),
            "champion": ("Rosalind", "Copperfell"),
        },
    ),
    (
        "middle",
        date(2026, 3, 4),
        {
            "name": "Pepperpot Travel",
            "sector": "hospitality",
            "language": "fr",
            "arr": 20_400,
            "seats": 18,
            "csm": LEA,
            "renews_on": (3, 4),
        },
    ),
    *LIVES,
    *RISKS,
    *MANY,
    *CAME_BACK,
)
