"""Segmentations that cannot be read: which list of segments, what belongs to it."""

from __future__ import annotations

PAGES = {
    "CSP501": """
        A segmentation has one list of segments

        first_match    an account is in the first segment that fits: the order decides
        any_match      tags: an account has all that fit; each is a fact of its own: tier.high
        exclusive      exactly one must fit, in whatever order they stand: gaps and overlaps are findings

        Fails:

            # segments.yaml
            first_match:
              - {segment: high, when: arr >= 60000}
              - {segment: low, when: otherwise}
            any_match:
              - {segment: strategic, when: strategic}

        Mended:

            # segments.yaml
            first_match:
              - {segment: high, when: arr >= 60000 or strategic}
              - {segment: low, when: otherwise}
        """,
    "CSP506": """
        An account that two exclusive segments take

        `exclusive:` promises that exactly one segment fits each account. Who fits two is in neither, until one
        of the conditions is changed. The conditions are tried at the bounds of what they ask, just beside them
        and in between: of "10000 to 50000" beside "50000 and more" both take 50000. Where the order may decide,
        `first_match:` is what is meant. Where the facts that are named hang together in a way that only the data
        knows, it is a warning.

        Fails:

            # segments.yaml
            segments: tier
            exclusive:
              - {segment: high, when: arr >= 50000}
              - {segment: low, when: arr between 10000 and 50000}
              - {segment: tech, when: arr < 10000}

        Mended:

            # segments.yaml
            segments: tier
            exclusive:
              - {segment: high, when: arr >= 50000}
              - {segment: low, when: arr >= 10000 and arr < 50000}
              - {segment: tech, when: arr < 10000}
        """,
    "CSP508": """
        Tags have no order

        `move:` says how long the rules must have said so before an account moves up or down a list of
        segments. Tags (`any_match:`) stand beside each other: an account has or has not each of them. A tag
        that should wait says `for:` in its condition.

        Fails:

            # segments.yaml
            segments: marks
            any_match:
              - {segment: large, when: arr >= 60000}
            move: {up_after: 30 days}

        Mended:

            # segments.yaml
            segments: marks
            any_match:
              - {segment: large, when: {when: arr >= 60000, for: 30 days}}
        """,
    "CSP520": """
        Nobody can be assigned so

        `role:` of `assign:` is a role that is read from a field (`csm: {from: csm_email}`): the address in
        that field is what would change. `to:` names a team of team.yaml, or a role: with a pool one of
        them, with `is:` that person, with `from:` whoever stands in that field.

        Fails:

            # segments.yaml
            assign:
              role: csm
              first_match:
                - {rule: everybody, when: otherwise, to: {team: generalist}}

            # team.yaml
            teams: {generalists: [lea@vendor.example, nora@vendor.example]}

        Mended:

            # segments.yaml
            assign:
              role: csm
              first_match:
                - {rule: everybody, when: otherwise, to: {team: generalists}}

            # team.yaml
            teams: {generalists: [lea@vendor.example, nora@vendor.example]}
        """,
    "CSP522": """
        People cannot be matched or weighed by that

        `matching:` and `same_for:` name a fact of the account that holds a text: its language, its sector,
        its group. `balance:` is minutes (once segments say `minutes_per_month:`), accounts, or a fact that
        is a number.

        Fails:

            # segments.yaml
            assign:
              role: csm
              first_match:
                - {rule: everybody, when: otherwise, to: {team: generalists, matching: {sectors: arr}}}

            # team.yaml
            teams: {generalists: [lea@vendor.example, nora@vendor.example]}

        Mended:

            # segments.yaml
            assign:
              role: csm
              first_match:
                - {rule: everybody, when: otherwise, to: {team: generalists, matching: {sectors: sector}, balance: arr}}

            # team.yaml
            teams: {generalists: [lea@vendor.example, nora@vendor.example]}
        """,
    "CSP523": """
        Days that cannot be

        `frozen:` lists spans of days, both included, in which nobody loses an account.

        Fails:

            # segments.yaml
            assign:
              role: csm
              first_match:
                - {rule: everybody, when: otherwise, to: {team: generalists}}
              frozen: [{from: 2027-01-10, to: 2026-12-15}]

            # team.yaml
            teams: {generalists: [lea@vendor.example, nora@vendor.example]}

        Mended:

            # segments.yaml
            assign:
              role: csm
              first_match:
                - {rule: everybody, when: otherwise, to: {team: generalists}}
              frozen: [{from: 2026-12-15, to: 2027-01-10}]

            # team.yaml
            teams: {generalists: [lea@vendor.example, nora@vendor.example]}
        """,
}
