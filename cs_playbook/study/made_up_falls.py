"""The made-up accounts whose usage falls in the winter of 2026: what is told of each.

As of Monday 2 March 2026, after a fall in the first week of February, the last four weeks show it whole.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from cs_playbook.study.made_up_accounts import HISTORY_BEGINS, Fall

LEA, MARC, INES = "lea@vendor.example", "marc@vendor.example", "ines@vendor.example"

Told = tuple[str, date, dict[str, Any]]  # size, first day, and fields of the account


def old(month: int, day: int) -> date:
    """A day before the history begins: such a customer has eighteen months of usage."""
    return date(HISTORY_BEGINS.year - 2, month, day)


FALLS: tuple[Told, ...] = (
    # Usage fell by 45 % in the last four weeks, and the champion has been silent since January.
    (
        "middle",
        old(5, 9),
        {
            "name": "Marmalade Freight",
            "sector": "logistics",
            "language": "fr",
            "arr": 48_000,
            "potential": 180_000,
            "seats": 100,
            "adoption": 0.92,
            "csm": LEA,
            "champion": ("Claire", "Béravel"),
            "falls": (Fall(date(2026, 2, 2), 0.55),),
            "quiet_since": date(2026, 1, 22),
        },
    ),
    # The champion left in February; half of the people went with her.
    (
        "middle",
        old(3, 14),
        {
            "name": "Tumbledown Toys",
            "sector": "retail",
            "language": "en",
            "arr": 31_200,
            "seats": 40,
            "adoption": 0.85,
            "csm": MARC,
            "champion": ("Harriet", "Wexcombe"),
            "champion_left_on": date(2026, 2, 11),
            "falls": (Fall(date(2026, 2, 2), 0.48),),
        },
    ),
    # A false alarm: winter holidays. The schools are back on 9 March.
    (
        "middle",
        old(9, 1),
        {
            "name": "Petit Préau",
            "sector": "education",
            "language": "fr",
            "arr": 26_400,
            "seats": 60,
            "adoption": 0.8,
            "csm": INES,
            "champion": ("Garance", "Lavandier"),
            "falls": (Fall(date(2026, 2, 2), 0.35, date(2026, 3, 9)),),
        },
    ),
    # A false alarm that they told us about: all of them move to a new tenant until the middle of March.
    (
        "large",
        old(11, 20),
        {
            "name": "Copperkettle Foods",
            "sector": "food",
            "language": "en",
            "arr": 74_400,
            "seats": 80,
            "adoption": 0.75,
            "csm": MARC,
            "champion": ("Winston", "Fairweather"),
            "falls": (Fall(date(2026, 2, 2), 0.3, date(2026, 3, 16)),),
        },
    ),
    # Two playbooks at once: usage falls and the renewal is 84 days away, with urgent tickets, an unpaid
    # invoice and a champion who has gone.
    (
        "large",
        old(5, 25),
        {
            "name": "Gravel Bay Shipping",
            "sector": "logistics",
            "language": "en",
            "arr": 96_000,
            "seats": 90,
            "adoption": 0.7,
            "csm": INES,
            "renews_on": (5, 25),
            "contacts": 5,
            "champion": ("Edwin", "Dunmore"),
            "champion_left_on": date(2025, 12, 19),
            "urgent_since": (date(2026, 2, 17), date(2026, 2, 24)),
            "stops_paying_on": date(2025, 12, 1),
            "falls": (Fall(date(2026, 2, 2), 0.56),),
            "quiet_since": date(2026, 1, 30),
        },
    ),
    # Nobody is named as its CSM: what it needs goes to CS operations.
    (
        "middle",
        old(6, 2),
        {
            "name": "Velvet Tractor",
            "sector": "manufacturing",
            "language": "fr",
            "arr": 18_600,
            "seats": 24,
            "adoption": 0.9,
            "csm": "",
            "falls": (Fall(date(2026, 2, 2), 0.5),),
        },
    ),
    # Writes German; its emails are in English until somebody translates them.
    (
        "middle",
        old(4, 3),
        {
            "name": "Moonlit Dairy",
            "sector": "food",
            "language": "de",
            "arr": 21_600,
            "seats": 30,
            "adoption": 0.85,
            "csm": MARC,
            "champion": ("Gesine", "Haselbach"),
            "falls": (Fall(date(2026, 2, 2), 0.45),),
        },
    ),
    (
        "middle",
        old(2, 17),
        {
            "name": "Foxglove Notaries",
            "sector": "legal",
            "language": "fr",
            "arr": 22_800,
            "seats": 28,
            "adoption": 0.9,
            "csm": LEA,
            "champion": ("Thibault", "Pervenche"),
            "falls": (Fall(date(2026, 2, 2), 0.50),),
        },
    ),
    (
        "middle",
        old(12, 8),
        {
            "name": "Sundial Theatre",
            "sector": "media",
            "language": "fr",
            "arr": 15_600,
            "seats": 18,
            "adoption": 0.95,
            "csm": INES,
            "falls": (Fall(date(2026, 2, 2), 0.5),),
        },
    ),
    # One condition short: minus 38 %.
    (
        "middle",
        old(1, 30),
        {
            "name": "Inkwell Press",
            "sector": "media",
            "language": "en",
            "arr": 28_800,
            "seats": 48,
            "adoption": 0.88,
            "csm": MARC,
            "falls": (Fall(date(2026, 2, 2), 0.63),),
        },
    ),
    # One condition short: nine seats.
    (
        "middle",
        old(10, 12),
        {
            "name": "Nine Lives Pet Care",
            "sector": "health",
            "language": "en",
            "arr": 12_600,
            "seats": 9,
            "adoption": 1.0,
            "csm": MARC,
            "falls": (Fall(date(2026, 2, 2), 0.4),),
        },
    ),
    # Tech touch: falls as well, and is left alone.
    (
        "small",
        old(7, 7),
        {
            "name": "Pocket Planetarium",
            "sector": "education",
            "language": "en",
            "arr": 8_400,
            "seats": 14,
            "adoption": 0.95,
            "csm": "",
            "falls": (Fall(date(2026, 2, 2), 0.35),),
        },
    ),
    # Nobody wrote down how many seats it has: unknown, so nothing starts.
    (
        "middle",
        old(8, 19),
        {
            "name": "Umbrella Orchard",
            "sector": "food",
            "language": "fr",
            "arr": 26_400,
            "seats": 34,
            "seats_known": False,
            "adoption": 0.9,
            "csm": LEA,
            "falls": (Fall(date(2026, 2, 2), 0.5),),
        },
    ),
    # Its people leave one by one: over the limit on Wednesday 4 March, in the playbook on Friday.
    (
        "large",
        old(6, 24),
        {
            "name": "Saffron Mutual",
            "sector": "finance",
            "language": "fr",
            "arr": 69_000,
            "seats": 60,
            "adoption": 0.85,
            "csm": LEA,
            "champion": ("Maëlle", "Roquebert"),
            "falls": (Fall(date(2026, 2, 9), 0.38),),
        },
    ),
)
