"""The made-up small accounts that nobody knows by name: what is told of each, as of Monday 2 March 2026."""

from __future__ import annotations

from datetime import date

from cs_playbook.study.made_up_accounts import Returned
from cs_playbook.study.made_up_falls import Told, old

MANY: tuple[Told, ...] = (
    # Signed on Friday, and nobody has logged in yet; writes back on Wednesday to the mail of Monday.
    (
        "small",
        date(2026, 2, 27),
        {
            "name": "Thimble & Thread",
            "sector": "retail",
            "language": "en",
            "arr": 3_600,
            "seats": 5,
            "adoption": 0.0,
            "csm": "",
            "renews_on": (2, 27),
            "contacts": 1,
            "champion": ("Wilhelmina", "Tack"),
            "mails": (Returned(date(2026, 3, 4), 0, "replied"),),
        },
    ),
    # One person works with it, five seats stand empty; it signs up on Wednesday for what it is asked to on Monday.
    (
        "small",
        old(10, 20),
        {
            "name": "Clémentine Horlogers",
            "sector": "retail",
            "language": "fr",
            "arr": 6_000,
            "seats": 6,
            "adoption": 0.17,
            "csm": "",
            "contacts": 1,
            "champion": ("Odile", "Ravenel"),
            "signs_up_on": (date(2026, 3, 4),),
        },
    ),
    # Uses all it has: nothing but the newsletter of Tuesday.
    (
        "small",
        old(11, 24),
        {
            "name": "Bellwether Cycles",
            "sector": "retail",
            "language": "en",
            "arr": 4_800,
            "seats": 4,
            "adoption": 1.0,
            "csm": "",
            "contacts": 1,
            "champion": ("Barnaby", "Crook"),
        },
    ),
)
