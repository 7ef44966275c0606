"""Scorecards that cannot be read: weights, points, what makes a measure stale."""

from __future__ import annotations

PAGES = {
    "CSP510": """
        A weight that is not a whole number above 0

        Weights say how much a measure counts beside the others of its group, and a group beside the other
        groups: whole numbers from 1 to 1000; 1 where none is said. They need not add up to 100. What does
        not count is left out.

        Fails:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - group: use
                measures:
                  - {measure: seats, weight: 0.5, points: [{at: 0, is: 0}, {at: 10, is: 100}]}
                  - {measure: arr, weight: 1, points: [{at: 0, is: 0}, {at: 9000, is: 100}]}

        Mended:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - group: use
                measures:
                  - {measure: seats, weight: 1, points: [{at: 0, is: 0}, {at: 10, is: 100}]}
                  - {measure: arr, weight: 2, points: [{at: 0, is: 0}, {at: 9000, is: 100}]}
        """,
    "CSP512": """
        Points that cannot be

        Points are written in one of three ways, and lie on the scale (from 0 to 100 where none is said):

        by cases      [{when: seats < 10, is: 0}, {when: otherwise, is: 100}]: the first that fits
        on a line     [{at: 0, is: 0}, {at: 50, is: 100}]: straight between the corners, which go from the
                      smallest value to the largest, and flat outside of them; for numbers
        by value      {good: 100, bad: 0}, or {true: 100, false: 0}: for texts and for yes or no

        Fails:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 50, is: 120}]}]}

        Mended:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 50, is: 100}]}]}
        """,
    "CSP514": """
        Nobody can tell how old a measure is

        `stale_after:` makes a measure count as missing when what it was made of is too old. A trait is of
        the day it was set on, a signal of the newest day of its rows (of the oldest of these, where it
        stands on several tables; without any row it is stale). A field of accounts has no day of its own.

        Fails:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - group: use
                measures:
                  - {measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}], stale_after: 60 days}

        Mended:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - group: use
                measures:
                  - {measure: active_users, points: [{at: 0, is: 0}, {at: 10, is: 100}], stale_after: 60 days}
        """,
    "CSP518": """
        A warning: some values have no points

        Where no case fits, and where a value is not listed, the measure counts as missing: its weight goes
        to the others (`missing: spread`), or it is the worst there is (`missing: worst`). `otherwise`, or one
        more value, says what was meant.

        Fails:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - {group: use, measures: [{measure: contract_status, points: {trial: 0, active: 100}}]}

        Mended:

            # scorecards.yaml
            scorecard: health
            bands: [{band: red, below: 50}, {band: green}]
            groups:
              - {group: use, measures: [{measure: contract_status, points: {trial: 0, active: 100, ended: 0}}]}
        """,
}
