"""The node of `team:` → Team; and the one grammar in which a step names people."""

from __future__ import annotations

import re
from typing import Literal as OneOf

from cs_playbook.model.condition import Condition, Group, Leaf, conditions
from cs_playbook.model.expression import Both, Expression, FieldType, Memory, Name, Not
from cs_playbook.model.team import (
    ROW,
    Absence,
    AllOf,
    Always,
    ContactsWhere,
    FirstOf,
    FromField,
    ManagerOf,
    People,
    Person,
    Role,
    RoleRef,
    RoleSource,
    Team,
)
from cs_playbook.parse.bind import Binder
from cs_playbook.parse.condition import read_condition
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.nodes import block, number, scalar, text, texts
from cs_playbook.parse.pools import Teams, no_addresses, read_away, read_pool, read_teams, unknown_people
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.tokens import Refusal
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence
from cs_playbook.values import replace

_PICK = re.compile(r"(newest|oldest) +([a-z_][a-z0-9_]*)\Z")
_SOURCES = ("from", "manager_of", "is", "pool", "contacts")


def read_team(root: Mapping, scope: Scope) -> tuple[Team, list[Finding]]:
    """All roles and people; a role that cannot be read is left out and reported."""
    findings: list[Finding] = []
    roles = block(root, "roles")
    names = frozenset(key.text for key, _ in roles.entries) if roles else frozenset()
    teams, wrong = read_teams(root)
    findings += wrong
    read: list[Role] = []
    for key, node in roles.entries if roles else ():
        if isinstance(node, Mapping):
            role, wrong = _role(key, node, names, scope, teams)
            findings += wrong
            read += [role] if role else []
    people = block(root, "people")
    persons: list[Person] = []
    for key, node in people.entries if people else ():
        if isinstance(node, Mapping):
            away, wrong = read_away(node)
            findings += wrong
            persons.append(_person(key.text, node, away))
    unread = tuple(name for name in sorted(names) if name not in {role.name for role in read})
    team = Team(
        text(root, "team"), tuple(read), tuple(persons), root.span, unread, tuple(sorted(teams.items()))
    )
    return team, [*findings, *_managers(team), *unknown_people(root, team), *no_addresses(root)]


def _person(email: str, node: Mapping, away: tuple[Absence, ...]) -> Person:
    return Person(
        email,
        text(node, "name", email),
        node.span,
        text(node, "manager") or None,
        texts(node, "speaks"),
        number(node, "minutes_per_week"),
        texts(node, "sectors"),
        away,
        text(node, "title"),
        text(node, "phone"),
    )


def _managers(team: Team) -> list[Finding]:
    known = {person.email for person in team.people} | {
        role.source.email for role in team.roles if isinstance(role.source, Always)
    }
    return [
        Finding(
            person.span,
            "CSP130",
            f"the manager of {person.name}, '{person.manager}', is not among the people",
            did_you_mean(person.manager, known),
        )
        for person in team.people
        if person.manager and person.manager not in known
    ]


def _role(
    key: Scalar, node: Mapping, names: frozenset[str], scope: Scope, teams: Teams
) -> tuple[Role | None, list[Finding]]:
    said = [name for name in _SOURCES if node.get(name) is not None]
    if not said and any(key.text not in (*_SOURCES, "else", "pick") for key, _ in node.entries):
        return None, []  # a slip of the pen, or not yet: the schema has said so
    if len(said) > 1:
        return None, [
            Finding(
                key.span,
                "CSP131",
                f"the role '{key.text}' says {' and '.join(said)}: only one of them can hold",
                "keep one; whoever stands in is named by `else:`",
            )
        ]
    if not said:
        return None, [
            Finding(
                key.span,
                "CSP131",
                f"the role '{key.text}' must say one of: {', '.join(_SOURCES)}",
                "e.g. csm: {from: csm_email, else: cs_ops}",
            )
        ]
    findings: list[Finding] = []
    otherwise = None
    fallback = scalar(node, "else")
    if fallback is not None:
        otherwise, findings = read_role(fallback, names)
    source, wrong = _source(said[0], node, names, scope, teams)
    findings += wrong
    if source is None or (fallback is not None and otherwise is None):
        return None, findings  # half a role would be blamed for what its other half says
    return Role(key.text, source, key.span, otherwise), findings


def _source(
    said: str, node: Mapping, names: frozenset[str], scope: Scope, teams: Teams
) -> tuple[RoleSource | None, list[Finding]]:
    value = scalar(node, said)
    if said == "contacts":
        return _contacts(node, scope)
    if said == "pool":
        return read_pool(node, teams, scope)
    if value is None:
        return None, []
    if said == "from":
        return _from_field(value, scope)
    if said == "manager_of":
        role, findings = read_role(value, names)
        return (ManagerOf(role) if role else None), findings
    return Always(value.text), []


def _from_field(value: Scalar, scope: Scope) -> tuple[RoleSource | None, list[Finding]]:
    binder = Binder(scope, lambda at: value.place(*at))
    try:
        bound, kind = binder.bind(read_condition(value.text))
    except Refusal as refusal:
        return None, [Finding(value.place(*refusal.at), refusal.code, refusal.message, refusal.hint)]
    if not binder.findings and (not isinstance(bound, Name | Memory) or kind is not FieldType.TEXT):
        binder.report(
            (0, len(value.text)),
            "CSP132",
            "a role comes from one fact that holds an address",
            "e.g. csm_email, or was(csm_email)",
        )
    return (FromField(bound) if not binder.findings else None), binder.findings


def _contacts(node: Mapping, scope: Scope) -> tuple[RoleSource | None, list[Finding]]:
    table, value, key = scope.contract.table("contacts"), node.get("contacts"), node.key("contacts")
    if table is None or value is None:
        where = key.span if key else node.span
        return None, [
            Finding(
                where,
                "CSP133",
                "there is no table 'contacts' in data.yaml",
                "a role of contacts picks rows of that table",
            )
        ]
    of_rows = tuple(known for known in scope.contract.of_rows if known.key)
    condition, findings = read_conditions(value, replace(scope.inside(table), about=of_rows))
    pick, by, wrong = _pick(node, scope)
    findings += wrong
    patient = next((part for part in conditions(condition) if part.lasting), None) if condition else None
    if patient is not None:
        findings.append(
            Finding(patient.span, "CSP219", "`for:` cannot be asked of rows", "use it in a trigger")
        )
    sound = condition is not None and not any(finding.is_error for finding in findings)
    return (
        ContactsWhere(_in_one(condition), pick, by) if condition is not None and sound else None
    ), findings


def _in_one(condition: Condition) -> Expression:
    """all, any and none as one expression: contacts are asked one by one, nobody explains them line by line."""
    match condition:
        case Leaf(expression=expression):
            return expression
        case Group(kind=kind, items=items):
            inside = tuple(_in_one(item) for item in items)
            joined = inside[0] if len(inside) == 1 else Both("and" if kind == "all" else "or", inside)
            return Not(joined) if kind == "none" else joined


def _pick(node: Mapping, scope: Scope) -> tuple[OneOf["all", "newest", "oldest"], str | None, list[Finding]]:
    value = scalar(node, "pick")
    if value is None or value.text == "all":
        return "all", None, []
    match = _PICK.match(value.text)
    table = scope.contract.table("contacts")
    if match is None:
        return (
            "all",
            None,
            [
                Finding(
                    value.span,
                    "CSP134",
                    f"'{value.text}' does not say whom to pick",
                    "all, newest <field> or oldest <field>; among colleagues a pool picks: {pool: [addresses], pick: …}",
                )
            ],
        )
    field = table.field(match[2]) if table else None
    if table is not None and (field is None or field.type.reads_as is not FieldType.DATE):
        dates = [known.name for known in table.fields if known.type.reads_as is FieldType.DATE]
        return (
            "all",
            None,
            [
                Finding(
                    value.span,
                    "CSP134",
                    f"contacts have no date '{match[2]}'",
                    did_you_mean(match[2], dates) or f"dates are: {', '.join(dates)}",
                )
            ],
        )
    return ("newest" if match[1] == "newest" else "oldest"), match[2], []


def read_role(node: Scalar, names: frozenset[str]) -> tuple[RoleRef | None, list[Finding]]:
    """A role by its name."""
    if node.text in names:
        return RoleRef(node.text, node.span), []
    if node.text == ROW:
        fact = "'row' is a person only where an enrollment is about a contact"
        return None, [
            Finding(node.span, "CSP135", fact, "trigger: {one_per: contacts}; or name a role of contacts")
        ]
    hint = did_you_mean(node.text, names) or f"roles are: {', '.join(sorted(names))}"
    if "@" in node.text:
        hint = "a person gets a role first: in team.yaml, roles: {name_of_role: {is: address}}"
    return None, [Finding(node.span, "CSP135", f"there is no role '{node.text}'", hint)]


def read_people(node: Node, names: frozenset[str]) -> tuple[People | None, list[Finding]]:
    """A role, {first_of: […]} or {all_of: […]}."""
    if isinstance(node, Scalar):
        return read_role(node, names)
    if isinstance(node, Mapping) and len(node.entries) == 1:
        key, value = node.entries[0]
        inside = value.items if isinstance(value, Sequence) else ()
        read = [read_people(item, names) for item in inside]
        findings = [finding for _, wrong in read for finding in wrong]
        people = tuple(who for who, _ in read if who is not None)
        if len(people) == len(inside) and people:
            return (FirstOf if key.text == "first_of" else AllOf)(people, key.span), findings
        return None, findings
    return None, [_bare_list(node)] if isinstance(node, Sequence) else []  # of a block the schema has said so


def _bare_list(node: Sequence) -> Finding:
    names = ", ".join(item.text for item in node.items if isinstance(item, Scalar)) or "csm, csm_manager"
    if len(node.items) == 1:
        return Finding(node.span, "CSP136", "one person stands without brackets", f"write {names}")
    hint = f"{{first_of: [{names}]}}: the first that has somebody; {{all_of: [{names}]}}: each of them"
    return Finding(node.span, "CSP136", "a bare list of people can be read in two ways", hint)
