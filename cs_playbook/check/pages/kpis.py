"""KPIs that cannot be read: none of the forms or two of them, a value that is no number, keys that mean nothing."""

from __future__ import annotations

PAGES = {
    "CSP561": """
        A KPI that does not say what is reckoned

        A KPI is one of these, and `of:` says of which accounts:

        share: <condition>      how many of them say yes
        median, mean, total: <value>
        retention: <value>      what became of the customers of then, with `as:` and `over:`

        Fails:

            # kpis.yaml
            kpis:
              adoption: {of: arr > 0, says: how many of them use it}

        Mended:

            # kpis.yaml
            kpis:
              adoption: {share: seats >= 10, of: arr > 0, says: how many of them use it}
        """,
    "CSP562": """
        A KPI of something that is no number

        A median, a mean, a total and a retention are reckoned from numbers. Of a yes or no one takes the share;
        between two days the difference of `days_since`.

        Fails:

            # kpis.yaml
            kpis:
              at_large: {median: arr >= 50000}

        Mended:

            # kpis.yaml
            kpis:
              at_large: {share: arr >= 50000}
        """,
    "CSP563": """
        A retention without `as:` or `over:`, or these where nothing is retained

        Gross and net tell two different stories of the same customers, and twelve months another one than
        three: both are said.

        as: gross        what was there, less what shrank or left; what grew elsewhere never offsets it
        as: net          what grew counts too
        as: logos        customers that stayed, whatever they are worth; `logo churn` are those that left

        Who became a customer in between is in none of them.

        Fails:

            # kpis.yaml
            kpis:
              retention: {retention: arr}

        Mended:

            # kpis.yaml
            kpis:
              retention: {retention: arr, as: gross, over: 12 months}
        """,
}
