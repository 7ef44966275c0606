"""A template, an account and the snapshot → the account's success plan as a file, filled with what is known of it."""

from __future__ import annotations

import re
import unicodedata
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from cs_playbook.commands.account import account_meant
from cs_playbook.commands.facts_stage import Stage, stage_facts
from cs_playbook.commands.new import write_new
from cs_playbook.commands.new_file import Made
from cs_playbook.commands.workspace import (
    Workspace,
    calendar_of,
    examine_files,
    look_into_ledger,
    open_snapshot,
    open_workspace,
)
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.looking import ONE_ACCOUNT, contacts_of_one
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.expression import FieldType, Value, from_day, to_day, to_list
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.success_plan import SuccessPlan
from cs_playbook.report.plan_from_template import ForAccount, plan_from_template
from cs_playbook.source.finding import did_you_mean
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.source.tree import Mapping, read_tree
from cs_playbook.values import replace

ABOUT = ("arr", "licensed_seats", "contract_start", "renewal_date", "csm_email")
NOBODY_SPECIAL = ("user",)
MOST_PEOPLE = 8


def new_plan(start: Path, name: str, account: str, template: str, day: date | None) -> Made:
    """`account`: its key or its name. `name` "": made of both its name and the year. `template` "": the only one there is.

    Raises ChoiceError for what does not exist, or is there already.
    """
    workspace = open_workspace(start)
    source = _template(workspace, template)
    root = read_tree(workspace.files.yaml[source.span.file], source.span.file).root
    assert isinstance(root, Mapping)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        key = account_meant(account, snapshot, ledger, workspace.catalog.contract)
        _refuse_second(key, workspace)
        known = _known(key, source, snapshot, ledger, workspace)
    called = name or f"{_slug(known.name)}-{known.day.year}"
    path = f"plans/{called}.yaml"
    text = plan_from_template(called, root, workspace.files.yaml[source.span.file], known)
    together = replace(workspace.files, yaml={**workspace.files.yaml, path: text})
    wrong = [one for one in examine_files(together).findings if one.is_error and one.span.file == path]
    if wrong:
        raise ChoiceError(f"{path} would not be right here: {wrong[0].message}", wrong[0].hint)
    write_new(workspace.files.root, path, text)
    return Made(path, f"answer the questions in it, then cs-playbook plans show {key}")


def _template(workspace: Workspace, wanted: str) -> SuccessPlan:
    templates = {plan.name: plan for plan in workspace.catalog.plans if plan.is_template}
    if not templates:
        raise ChoiceError(
            "there is no template of a success plan in this workspace",
            "cs-playbook new success_plan NAME writes one",
        )
    if not wanted and len(templates) == 1:
        return next(iter(templates.values()))
    if wanted not in templates:
        fact = f"there is no template '{wanted}'" if wanted else "there are several templates"
        raise ChoiceError(
            fact, did_you_mean(wanted, templates) or f"--template, one of: {', '.join(templates)}"
        )
    return templates[wanted]


def _refuse_second(key: str, workspace: Workspace) -> None:
    other = next((plan for plan in workspace.catalog.plans if plan.counts and plan.account == key), None)
    if other is not None:
        hint = "cs-playbook plans show tells how it stands; when it is over, say ended: <day> in it"
        raise ChoiceError(f"'{key}' has a success plan: {other.span.file}", hint)


def _known(
    key: str, template: SuccessPlan, snapshot: Snapshot, ledger: Ledger, workspace: Workspace
) -> ForAccount:
    catalog, day = workspace.catalog, snapshot.day
    kpis = [kpi.fact.name for objective in template.objectives for kpi in objective.kpis]
    shown = [
        name for name in ("name", *ABOUT, catalog.contract.accounts.key or "id") if name in catalog.facts
    ]
    active = [] if catalog.contract.active is None else [catalog.contract.active]
    asked = asked_of(active, [*shown, *kpis], catalog)
    reckoning = Reckoning(to_day(day), calendar_of(catalog.project.calendar))
    stage = stage_facts(snapshot, asked, catalog, reckoning, ledger, day)
    found = stage.connection.execute(ONE_ACCOUNT, (key,))
    names = [column[0] for column in found.description]
    row = next(iter(found), None)
    if row is None:
        raise ChoiceError(
            f"'{key}' is not in the snapshot of {day.isoformat()}", "only the ledger still knows it"
        )
    facts: dict[str, Value] = dict(zip(names[2:], row[2:], strict=True))
    name = str(facts.get("name") or key)
    return ForAccount(row[0], name, _about(name, facts, stage), facts, _people(key, stage), day)


def _about(name: str, facts: dict[str, Value], stage: Stage) -> str:
    """`Nimbus & Nettle, arr 84000, contract_start 2026-02-27 …`, on one line."""
    known = ((fact, facts.get(fact)) for fact in ABOUT)
    said = [
        name,
        *(f"{fact} {_word(value, stage.columns.get(fact))}" for fact, value in known if value is not None),
    ]
    return " ".join(", ".join(said).split())


def _word(value: Value, kind: FieldType | None) -> str:
    if kind is FieldType.DATE and isinstance(value, int):
        return from_day(value).isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _people(key: str, stage: Stage) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Contacts with a role that says something, as far as the contract has such fields."""
    contacts = stage.catalog.contract.table("contacts")
    said = contacts.field("roles") if contacts else None
    if contacts is None or contacts.field("first_name") is None or said is None:
        return ()
    fields = [field.name for field in contacts.fields]
    found = []
    for row in stage.connection.execute(contacts_of_one(contacts), (key,)):
        known = dict(zip(fields, row[-len(fields) :], strict=True))
        roles = tuple(role for role in _several(known["roles"], said.type) if role not in NOBODY_SPECIAL)
        if known["first_name"] and roles and not known.get("has_left"):
            found.append((str(known["first_name"]), roles))
    return tuple(found[:MOST_PEOPLE])


def _several(cell: Value, kind: FieldType) -> tuple[str, ...]:
    """Whose contract says `roles: text` has one role in each cell."""
    if kind is FieldType.LIST or cell is None:
        return to_list(cell)
    return (str(cell),)


def _slug(name: str) -> str:
    """`Nimbus & Nettle` → nimbus-nettle."""
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_.lower()).strip("-") or "plan"
