"""`one_per:` of a trigger → the table and the facts that an enrollment is about, or what cannot be one."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.expression import FieldType
from cs_playbook.model.playbook import PerValue
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar, Sequence

ACCOUNT = "account"
_ALL = (ACCOUNT, ACCOUNTS)
_NO_NAME = (FieldType.NUMBER, FieldType.LIST)  # they have no values that one would know again


class About(Struct, frozen=True):
    """`named`: the table that was written, also where it cannot serve: whoever names its fields is not reported too.

    `person`: the role of which each person is one.
    """

    table: str | None = None
    values: tuple[PerValue, ...] = ()
    named: str | None = None
    person: str | None = None


def read_one_per(
    node: Mapping, scope: Scope, roles: frozenset[str], theirs: frozenset[str]
) -> tuple[About, list[Finding]]:
    """Absent: the account. Several: one per combination; facts are sorted, so their order means nothing."""
    written = node.get("one_per")
    items = written.items if isinstance(written, Sequence) else (written,)
    role = next((item for item in items if isinstance(item, Scalar) and _is_role(item, scope, roles)), None)
    if role is not None:
        return About(person=role.text), _person(role, len(items), theirs)
    said = [item for item in items if isinstance(item, Scalar) and item.text not in _ALL]
    tables: list[Scalar] = []
    values: dict[str, PerValue] = {}
    findings: list[Finding] = []
    for item in said:
        kind = scope.facts.get(item.text)
        if item.text in scope.unread:
            continue
        if scope.contract.table(item.text) is not None:
            findings += _table(item, tables, scope)
            tables.append(item)
        elif kind is not None and item.text not in values:
            findings += _value(item, kind)
            values[item.text] = PerValue(item.text, kind)
        else:
            findings.append(_neither(item, values, scope))
    named = tables[0].text if tables else None
    if findings:
        return About(named=named), findings
    return About(named, tuple(values[name] for name in sorted(values)), named), []


def _is_role(item: Scalar, scope: Scope, roles: frozenset[str]) -> bool:
    known = item.text in scope.facts or scope.contract.table(item.text) is not None
    return item.text in roles and not known


def _person(item: Scalar, written: int, theirs: frozenset[str]) -> list[Finding]:
    if item.text in theirs:
        fact = f"'{item.text}' are people of the customer: one of our people has a book, they have none"
        return [Finding(item.span, "CSP321", fact, "one per contact: one_per: contacts, read as row.x")]
    if written > 1:
        fact = f"one per person (the role '{item.text}') stands alone: it is about all their accounts"
        return [Finding(item.span, "CSP321", fact, f"write one_per: {item.text}")]
    return []


def _table(item: Scalar, before: list[Scalar], scope: Scope) -> list[Finding]:
    table = scope.contract.table(item.text)
    if before and before[0].text == item.text:
        return [_twice(item)]
    if before:
        fact = f"an enrollment is about rows of one table, not of '{before[0].text}' and '{item.text}'"
        hint = f"keep one; has({item.text}, …) asks the other about all its rows"
        return [Finding(item.span, "CSP321", fact, hint)]
    if table is not None and table.key is None:
        fact = f"the rows of '{item.text}' have no key: one could not be told from another tomorrow"
        return [Finding(item.span, "CSP321", fact, "say `key:` for the table in data.yaml")]
    return []


def _value(item: Scalar, kind: FieldType) -> list[Finding]:
    if kind not in _NO_NAME:
        return []
    what = "a list" if kind is FieldType.LIST else "a number with decimals"
    fact = f"'{item.text}' is {what}: nobody could tell tomorrow whether its value is the same"
    return [Finding(item.span, "CSP321", fact, "one per date, text, email, integer or yes/no fact")]


def _neither(item: Scalar, values: dict[str, PerValue], scope: Scope) -> Finding:
    if item.text in values:
        return _twice(item)
    tables = [known.name for known in scope.contract.of_rows if known.key]
    near = did_you_mean(item.text, [*tables, *scope.facts, ACCOUNT])
    fact = f"there is no table and no fact '{item.text}'"
    listed = f"one may write: {', '.join((ACCOUNT, *tables))}, or a fact like renewal_date"
    return Finding(item.span, "CSP210", fact, near or listed)


def _twice(item: Scalar) -> Finding:
    return Finding(item.span, "CSP321", f"'{item.text}' stands there twice", "say it once")
