"""The made-up accounts on their way through a customer's life: what is told of each, as of Monday 2 March 2026."""

from __future__ import annotations

from datetime import date

from cs_playbook.study.made_up_falls import INES, LEA, MARC, Told, old

LIVES: tuple[Told, ...] = (
    # Signed twenty days ago, and nobody ever handed it over: its onboarding begins all the same.
    (
        "middle",
        date(2026, 2, 10),
        {
            "name": "Teasel & Twine",
            "sector": "retail",
            "language": "en",
            "arr": 22_800,
            "seats": 24,
            "csm": MARC,
            "renews_on": (2, 10),
            "champion": ("Fiona", "Larkworth"),
        },
    ),
    # Signed in January; its CSM says on Monday that they are live.
    (
        "middle",
        date(2026, 1, 12),
        {
            "name": "Candlewick Hotels",
            "sector": "hospitality",
            "language": "en",
            "arr": 26_400,
            "seats": 30,
            "csm": MARC,
            "renews_on": (1, 12),
            "champion": ("Rosalind", "Thornbury"),
        },
    ),
    # Signed three months ago, and hardly anybody there has ever logged in.
    (
        "middle",
        date(2025, 12, 4),
        {
            "name": "Quillfeather Notaries",
            "sector": "legal",
            "language": "fr",
            "arr": 30_000,
            "seats": 40,
            "adoption": 0.12,
            "csm": INES,
            "renews_on": (12, 4),
            "champion": ("Sylvie", "Aubertin"),
        },
    ),
    # More people than seats: they share logins already.
    (
        "middle",
        old(11, 3),
        {
            "name": "Lemon Street Market",
            "sector": "food",
            "language": "en",
            "arr": 33_600,
            "potential": 60_000,
            "seats": 36,
            "adoption": 1.08,
            "csm": MARC,
            "renews_on": (11, 3),
            "champion": ("Imogen", "Pennifold"),
        },
    ),
    # Left last Thursday, on the day its contract ended.
    (
        "large",
        old(2, 26),
        {
            "name": "Harbour & Thyme",
            "sector": "hospitality",
            "language": "fr",
            "arr": 64_800,
            "seats": 60,
            "adoption": 0.5,
            "csm": LEA,
            "renews_on": (2, 26),
            "leaves_on": date(2026, 2, 26),
            "champion": ("Quentin", "Bellerive"),
        },
    ),
)
