"""Success plans that cannot be read: whose they are, what they name, their days."""

from __future__ import annotations

PAGES = {
    "CSP601": """
        Neither one customer's plan nor a template

        A success plan belongs to one customer (`account:`, its key), or it says `template: true` and is there
        to be copied from. Of a template nothing has happened yet: nobody has agreed to it, nothing in it is
        done.

        Fails:

            # plans/onboarding.yaml
            success_plan: onboarding
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]

        Mended:

            # plans/onboarding.yaml
            success_plan: onboarding
            template: true
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]
        """,
    "CSP602": """
        A template that is not there

        `template:` names the success plan from which this one was made, one that says `template: true`. It
        decides which questions the handover has to answer. A plan that was made without one leaves it out:
        then all eight are asked.

        Fails:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            template: onboarding
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]

        Mended:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]
        """,
    "CSP603": """
        A KPI that cannot be measured

        A KPI of a plan is a number of the account, a field or a signal, with another number to reach than
        the one to start from. Where there is no such figure in the data, a milestone that a person ticks
        says it more honestly.

        Fails:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: sector, start: 0, target: 10}]}]

        Mended:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]
        """,
    "CSP604": """
        A name that stands twice in a plan

        Objectives, milestones, blockers and risks of a plan each have a name of their own: their tasks and
        the ledger go by it. A blocker without `id:` is called by the first words of what it says, a risk by
        its playbook; where that gives the same name twice, say `id:`.

        Fails:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives:
              - id: live
                title: Everybody works with it
                milestones: [{id: live, title: The first team is live, due: 2026-03-31}]

        Mended:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives:
              - id: live
                title: Everybody works with it
                milestones: [{id: first_team, title: The first team is live, due: 2026-03-31}]
        """,
    "CSP605": """
        A day of a plan that is none

        What has happened (`agreed`, `done_on`, `cleared_on`, `ended`) is a day of the calendar, 2026-02-14.
        What is to come (`due`, `deadline`) is one too, or counts from a date of the account: 60 days after
        contract_start. A milestone says by when it is due, how the data tells that it is done, or both.

        Fails:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives:
              - id: live
                title: Everybody works with it
                milestones: [{id: first_team, title: The first team is live, due: 30 days}]

        Mended:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives:
              - id: live
                title: Everybody works with it
                milestones: [{id: first_team, title: The first team is live, due: 30 days after contract_start}]
        """,
    "CSP606": """
        A risk that leads to nothing

        When a risk of a plan comes true a playbook begins (`playbook:`), or a task opens (`says:`). One that
        does neither would be seen by nobody.

        Fails:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]
            risks: [{when: active_users = 0}]

        Mended:

            # plans/acme.yaml
            success_plan: acme
            account: acme
            owner: csm
            objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]
            risks: [{when: active_users = 0, says: Nobody works with it any more}]
        """,
    "CSP609": """
        A warning: the account of a success plan is not in the snapshot

        `account:` is the key of the customer, as the newest snapshot has it; without a snapshot nothing is
        said. A plan of nobody does nothing: no task, no state. Where the customer has left, `ended:` says so.
        """,
}
