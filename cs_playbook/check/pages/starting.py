"""128, 390 to 392: who starts, who is left alone, who is only watched."""

from __future__ import annotations

PAGES = {
    "CSP128": """
        The day on which hands off ends is no day

        `lifted_on:` is the day from which playbooks may touch these accounts again. Without it the rule
        holds until somebody deletes it.

        Fails:

            # project.yaml
            hands_off:
              - {when: strategic, because: legal asked for silence, lifted_on: 2026-02-30}

        Mended:

            # project.yaml
            hands_off:
              - {when: strategic, because: legal asked for silence, lifted_on: 2026-03-31}
        """,
    "CSP390": """
        Somebody is held out, and nobody says how long to look

        `holdout:` keeps a part of those who would start as a comparison: they get nothing, and their goal
        is watched like that of the others. The goal says `within:`, or there is no day on which the two
        can be compared, and no day on which the watching ends.

        Fails:

            # playbooks/example.yaml
            holdout: 10%
            goal: {when: arr >= 50000, outcome: grown}

        Mended:

            # playbooks/example.yaml
            holdout: 10%
            goal: {when: arr >= 50000, within: 60 days, outcome: grown}
        """,
    "CSP391": """
        Nobody, or everybody, is held out

        `holdout: 0%` says nothing, and with `holdout: 100%` nobody is left to be compared with: a playbook
        that only counts has `status: shadow`.

        Fails:

            # playbooks/example.yaml
            holdout: 100%
            goal: {when: arr >= 50000, within: 60 days, outcome: grown}

        Mended:

            # playbooks/example.yaml
            holdout: 10%
            goal: {when: arr >= 50000, within: 60 days, outcome: grown}
        """,
    "CSP392": """
        Nobody of that name may start it

        `started_by:` lists who may start a playbook: rule (its `when:`), roles of team.yaml, or anyone.

        Fails:

            # playbooks/example.yaml
            trigger: {when: strategic, started_by: [rule, sales_person], already_matching: skip}

        Mended:

            # playbooks/example.yaml
            trigger: {when: strategic, started_by: [rule, csm], already_matching: skip}
        """,
}
