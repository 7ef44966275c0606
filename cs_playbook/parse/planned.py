"""The nodes of `success_plan:` and what they may name → plans, and the playbooks that those of customers amount to."""

from __future__ import annotations

from cs_playbook.model.data import Contract
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.success_plan import SuccessPlan
from cs_playbook.model.value import FieldType
from cs_playbook.parse.plan_playbook import playbook_of
from cs_playbook.parse.playbook import Surroundings, read_playbook
from cs_playbook.parse.success_plan import read_plans
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping, Scalar


def read_planned(
    files: list[Mapping], around: Surroundings
) -> tuple[tuple[SuccessPlan, ...], dict[str, Playbook], list[Finding]]:
    """Templates have no playbook, but what is wrong with their steps is told all the same."""
    ours = around.roles - around.theirs
    plans, findings = read_plans(files, around.scope, ours)
    playbooks: dict[str, Playbook] = {}
    seen = {(finding.span.file, finding.span.line) for finding in findings}
    for plan, node in zip(plans, files, strict=True):
        contract = around.scope.contract
        root, source = playbook_of(plan, node, _is_it(plan, node, contract), _called(contract))
        playbook, wrong = read_playbook(root, source, around)
        # What is wrong with a condition has been told when the plan was read.
        findings += [one for one in wrong if (one.span.file, one.span.line) not in seen]
        if not plan.is_template and plan.account:
            playbooks.setdefault(plan.name, playbook)
    return plans, playbooks, findings


def _is_it(plan: SuccessPlan, node: Mapping, contract: Contract) -> str:
    """`id = 'acme'`, in words of conditions."""
    key = contract.accounts.key or "id"
    column, written = contract.accounts.field(key), node.get("account")
    whole = column is not None and column.type is FieldType.INTEGER
    if whole and isinstance(written, Scalar) and isinstance(written.value, int):
        return f"{key} = {written.value}"
    quoted = plan.account.replace("'", "''")
    return f"{key} is null" if whole or not plan.account else f"{key} = '{quoted}'"


def _called(contract: Contract) -> str:
    return "{{ account.name }}" if contract.accounts.field("name") is not None else "the customer"
