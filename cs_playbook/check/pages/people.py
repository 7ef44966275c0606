"""Pools, teams, absences; rows in letters."""

from __future__ import annotations

from collections.abc import Mapping

PAGES: Mapping[str, str] = {
    "CSP150": """
        A pool or a team cannot be read

        A pool is a list of addresses, or the name of a team under `teams:`. Each person stands in it once;
        somebody alone is no pool but `is:`.

        Fails:

            # team.yaml
            roles:
              tech_touch: {pool: generalist, pick: round robin}
            teams: {generalists: [nora@vendor.example, lea@vendor.example]}

        Mended:

            # team.yaml
            roles:
              tech_touch: {pool: generalists, pick: round robin}
            teams: {generalists: [nora@vendor.example, lea@vendor.example]}
        """,
    "CSP151": """
        An absence whose days cannot be

        `from:` is the first day away, `to:` the last one, both as year-month-day.

        Fails:

            # team.yaml
            people:
              lea@vendor.example: {name: Léa, away: [{from: 2027-01-04, to: 2026-12-20}]}

        Mended:

            # team.yaml
            people:
              lea@vendor.example: {name: Léa, away: [{from: 2026-12-20, to: 2027-01-04}]}
        """,
    "CSP152": """
        Somebody of a pool, or a cover, who is not among the people

        Work would be given to an address that nobody reads. Everybody in a pool, in a team or named as a
        cover stands under `people:`.

        Fails:

            # team.yaml
            people:
              lea@vendor.example: {name: Léa, away: [{from: 2026-12-20, to: 2027-01-04, cover: norah@vendor.example}]}

        Mended:

            # team.yaml
            people:
              lea@vendor.example: {name: Léa, away: [{from: 2026-12-20, to: 2027-01-04, cover: nora@vendor.example}]}
        """,
    "CSP154": """
        Somebody among the people without an address

        People stand under their email address: lists and drafts are for it, and fields of the account
        name them by it.

        Fails:

            # team.yaml
            people:
              lea: {name: Léa}

        Mended:

            # team.yaml
            people:
              lea@vendor.example: {name: Léa}
        """,
    "CSP411": """
        `{% for ticket in rows("tickets", "closed_on is null") %}` goes through rows of a table of data.yaml
        that belong to the account (not `accounts` itself), and shows their fields: {{ ticket.id }}. The
        condition is read like everywhere; a row that says unknown is left out, and there are never more
        than 50.

        Fails:

            # emails/example/hello/en.md
            ---
            subject: "Hello {{ contact.first_name }}"
            ---
            {% for plan in rows("subscription") %}
            - {{ plan.id }}
            {% endfor %}

            {{ csm.name }}

        Mended:

            # emails/example/hello/en.md
            ---
            subject: "Hello {{ contact.first_name }}"
            ---
            {% for plan in rows("subscriptions") %}
            - {{ plan.id }}
            {% endfor %}

            {{ csm.name }}
        """,
}
