"""Success plans: two for one customer, objectives that nobody can measure."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.success_plan import SuccessPlan
from cs_playbook.source.finding import Finding, warning


def one_plan_for_an_account(catalog: Catalog) -> Iterator[Finding]:
    """CSP607 Two success plans for one account

    An account has one plan that goes on: plan.status, plan.progress and plan.missing are about that. When a
    new one begins the old one says `ended:`; what is open of it is called off.

    Fails:

        # plans/acme-2025.yaml
        success_plan: acme-2025
        account: acme
        owner: csm
        objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]

        # plans/acme-2026.yaml
        success_plan: acme-2026
        account: acme
        owner: csm
        objectives: [{id: grow, title: A second team works with it, kpis: [{kpi: seats, start: 10, target: 20}]}]

    Mended:

        # plans/acme-2025.yaml
        success_plan: acme-2025
        account: acme
        ended: 2025-12-31
        owner: csm
        objectives: [{id: live, title: Everybody works with it, kpis: [{kpi: seats, start: 0, target: 10}]}]

        # plans/acme-2026.yaml
        success_plan: acme-2026
        account: acme
        owner: csm
        objectives: [{id: grow, title: A second team works with it, kpis: [{kpi: seats, start: 10, target: 20}]}]
    """
    first: dict[str, SuccessPlan] = {}
    for plan in catalog.plans:
        other = first.setdefault(plan.account, plan) if plan.counts else plan
        if other is not plan:
            fact = f"'{plan.account}' has the plan '{other.name}' already, in {other.span.file}"
            hint = "the one that is over says ended: <day>"
            yield Finding(plan.account_span or plan.span, "CSP607", fact, hint)


def objectives_are_measured(catalog: Catalog) -> Iterator[Finding]:
    """CSP608 A warning: nobody can tell whether an objective is reached

    It has neither a condition in data (`success: {when: …}`), nor a KPI, nor a milestone: its progress is
    unknown, and so is that of the whole plan, until a person writes its `status:`.

    Fails:

        # plans/acme.yaml
        success_plan: acme
        account: acme
        owner: csm
        objectives:
          - {id: happy, title: Everybody is happy}

    Mended:

        # plans/acme.yaml
        success_plan: acme
        account: acme
        owner: csm
        objectives:
          - {id: happy, title: Everybody works with it, kpis: [{kpi: active_users, start: 3, target: 30}]}
    """
    for plan in catalog.plans:
        for one in plan.objectives:
            if plan.ended_on is None and one.result is None and not one.is_measured:
                fact = f"nobody can tell whether '{one.id}' is reached"
                hint = "success: {when: …}, a KPI with start and target, or milestones"
                yield warning(one.span, "CSP608", fact, hint)
