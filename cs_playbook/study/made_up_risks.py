"""The made-up accounts in which something has to be repaired in March 2026, beside those whose usage falls."""

from __future__ import annotations

from datetime import date

from cs_playbook.study.made_up_accounts import Answer, Newcomer, Returned
from cs_playbook.study.made_up_falls import INES, LEA, MARC, Told, old

RISKS: tuple[Told, ...] = (
    # The champion left in February, and somebody whom we have not met has taken over.
    (
        "middle",
        old(8, 4),
        {
            "name": "Juniper Lane Optics",
            "sector": "health",
            "language": "fr",
            "arr": 33_600,
            "seats": 36,
            "adoption": 0.8,
            "csm": INES,
            "champion": ("Solène", "Garrigue"),
            "champion_left_on": date(2026, 2, 13),
            "newcomers": (
                Newcomer(date(2026, 2, 23), "Maxime", "Tessier", ("champion",), "Head of operations"),
            ),
        },
    ),
    # The champion has not come since the end of January, while the others come as before.
    (
        "middle",
        old(7, 21),
        {
            "name": "Bramble & Finch",
            "sector": "retail",
            "language": "en",
            "arr": 30_000,
            "seats": 32,
            "adoption": 0.85,
            "csm": MARC,
            "champion": ("Ottilie", "Fenwick"),
            "champion_silent_since": date(2026, 1, 30),
        },
    ),
    # Its sponsor gave us a three on Friday.
    (
        "middle",
        old(10, 9),
        {
            "name": "Tidewater Insurance",
            "sector": "finance",
            "language": "fr",
            "arr": 40_800,
            "seats": 40,
            "adoption": 0.75,
            "csm": LEA,
            "champion": ("Perrine", "Castelnau"),
            "answers": (
                Answer(
                    date(2026, 2, 27),
                    1,
                    "nps",
                    3,
                    "Les exports échouent un lundi sur deux, et personne ne répond",
                ),
            ),
        },
    ),
    # Tech touch: nobody knows it by name, and it is answered all the same.
    (
        "small",
        old(11, 3),
        {
            "name": "Paper Lantern Books",
            "sector": "retail",
            "language": "en",
            "arr": 5_400,
            "seats": 6,
            "adoption": 0.8,
            "csm": "",
            "contacts": 1,
            "champion": ("Dorothea", "Quill"),
            "answers": (Answer(date(2026, 3, 1), 0, "csat", 1, "I waited nine days for an answer"),),
        },
    ),
    # The invoice of January has not been paid; nothing else is wrong.
    (
        "middle",
        old(1, 12),
        {
            "name": "Peppermint Logistics",
            "sector": "logistics",
            "language": "en",
            "arr": 24_000,
            "seats": 26,
            "adoption": 0.85,
            "csm": MARC,
            "renews_on": (1, 12),
            "champion": ("Cornelius", "Ashby"),
            "stops_paying_on": date(2026, 2, 1),
        },
    ),
    # An invoice unpaid as well, but its renewal is 96 days away: no mail about money beside that talk.
    (
        "large",
        old(6, 6),
        {
            "name": "Cobalt & Clover",
            "sector": "food",
            "language": "fr",
            "arr": 84_000,
            "seats": 66,
            "adoption": 0.85,
            "csm": LEA,
            "renews_on": (6, 6),
            "champion": ("Adèle", "Vauquelin"),
            "stops_paying_on": date(2025, 12, 20),
        },
    ),
)

CAME_BACK: tuple[Told, ...] = (
    # A mail to the champion came back on Thursday; the CRM knows nothing of it.
    (
        "middle",
        old(10, 27),
        {
            "name": "Quince & Kettle",
            "sector": "food",
            "language": "fr",
            "arr": 31_200,
            "seats": 34,
            "adoption": 0.8,
            "csm": INES,
            "champion": ("Apolline", "Vernay"),
            "champion_silent_since": date(2026, 2, 18),
            "mails": (Returned(date(2026, 2, 26), 1, "bounced"),),
        },
    ),
)
