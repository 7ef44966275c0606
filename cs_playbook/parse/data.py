"""The node of `data:` → Contract, and what is wrong with its tables; its conditions are bound afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from cs_playbook.model.data import ACCOUNTS, Contract, Field, Table, Through
from cs_playbook.model.value import FieldType
from cs_playbook.parse.answers_table import read_answers_table
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.nodes import block, scalar, text, texts
from cs_playbook.source.finding import Finding, Span, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence
from cs_playbook.values import replace

if TYPE_CHECKING:
    from cs_playbook.model.condition import Condition

# What these words mean in a condition no field can mean; the others are the enrollment's or precede a dot.
_WORDS = frozenset(
    (
        "and", "or", "not", "in", "between", "like", "is", "null", "case", "when", "then", "else", "end",
        "true", "false", "select", "exists", "with", "otherwise", "today", "now", "current_date",
        "current_time", "current_timestamp", "getdate", "sysdate", "curdate",
    )
)  # fmt: skip
_BEFORE_A_DOT = frozenset(("account", "row", "contact", "steps", "given"))
_OF_ACCOUNTS = _BEFORE_A_DOT | {"started_on"}
# What databases and spreadsheets call them.
_OTHER_TYPES = {
    "string": "text", "str": "text", "varchar": "text", "char": "text", "uuid": "text", "int": "integer",
    "bigint": "integer", "float": "number", "double": "number", "decimal": "number", "numeric": "number",
    "money": "number", "currency": "number", "percent": "number", "bool": "boolean", "yes/no": "boolean",
    "datetime": "date", "timestamp": "date", "time": "date", "array": "list", "tags": "list", "mail": "email",
}  # fmt: skip
_AS_KEY = (FieldType.TEXT, FieldType.INTEGER, FieldType.EMAIL)
_AS_DAY = (FieldType.DATE, FieldType.HAPPENED)
_WITH_VALUES = (FieldType.TEXT, FieldType.LIST)

ReadCondition: TypeAlias = "Callable[[Node, str | None], tuple[Condition | None, list[Finding]]]"


def read_contract(root: Mapping) -> tuple[Contract | None, list[Finding]]:
    """The contract without its conditions (`active`, `expect`); None where no table is called accounts."""
    nodes = _blocks(block(root, "tables"))
    findings: list[Finding] = []
    answers, nodes = read_answers_table(nodes, findings)
    tables = tuple(_table(name, node, findings) for name, node in nodes)
    if all(table.name != ACCOUNTS for table in tables):
        where = root.key("tables") or root.entries[0][0]
        return None, [*findings, _no_accounts(where.span)]
    contract = Contract(
        text(root, "data"), tables, root.span, absent_after=_absent_after(root, findings), answers=answers
    )
    for (name, node), table in zip(nodes, tables, strict=True):
        findings += _names_of_fields(table, node)
        findings += _belonging(contract, table, name, node)
    return contract, [*findings, *_circles(contract)]


def bind_contract(root: Mapping, contract: Contract, read: ReadCondition) -> tuple[Contract, list[Finding]]:
    """The contract with `active` and each table's `expect`.

    `read` reads a condition on an account (None), or on a row of the named table.
    """
    findings: list[Finding] = []

    def condition(node: Node, table: str | None) -> Iterator[Condition]:
        found, wrong = read(node, table)
        findings.extend(wrong)
        if found is not None:
            yield found

    nodes = {name.text: node for name, node in _blocks(block(root, "tables"))}
    tables = tuple(
        replace(
            table,
            expect=tuple(c for node in _expected(nodes[table.name]) for c in condition(node, table.name)),
        )
        for table in contract.tables
    )
    active = root.get("active")
    actives = condition(active, None) if active is not None else iter(())
    return replace(contract, tables=tables, active=next(actives, None)), findings


def _blocks(node: Mapping | None) -> list[tuple[Scalar, Mapping]]:
    entries = node.entries if node else ()
    return [(name, value) for name, value in entries if isinstance(value, Mapping)]


def _expected(node: Mapping) -> tuple[Node, ...]:
    value = node.get("expect")
    if isinstance(value, Sequence):
        return value.items
    return () if value is None else (value,)


def _no_accounts(where: Span) -> Finding:
    hint = "everything in a snapshot belongs to an account"
    return Finding(where, "CSP702", f"there is no table '{ACCOUNTS}'", hint)


def _absent_after(root: Mapping, findings: list[Finding]) -> int:
    usual = Contract("", (), root.span).absent_after
    node = scalar(root, "absent_after")
    if node is None:
        return usual
    days, wrong = read_days(node)
    findings += wrong
    return usual if days is None else days


# --- a table ---


def _table(name: Scalar, node: Mapping, findings: list[Finding]) -> Table:
    findings += name_of_table(name)
    through = block(node, "account")
    return Table(
        name.text,
        tuple(read_fields(node, name.text == ACCOUNTS, findings)),
        name.span,
        key=text(node, "key") or None,
        account=None if through else text(node, "account") or None,
        through=Through(text(through, "through"), text(through, "by")) if through else None,
        day=text(node, "day") or None,
        parent=text(node, "parent") or None,
    )


def name_of_table(name: Scalar) -> list[Finding]:
    """A word that means something else in conditions cannot be one."""
    return [_reserved(name, "table")] if name.text in _WORDS | _BEFORE_A_DOT else []


def read_fields(node: Mapping, of_accounts: bool, findings: list[Finding]) -> Iterator[Field]:
    """What `fields:` of a table declares."""
    fields = block(node, "fields")
    reserved = _WORDS | _OF_ACCOUNTS if of_accounts else _WORDS
    for name, value in fields.entries if fields else ():
        kind = scalar(value, "type") if isinstance(value, Mapping) else value
        if name.text in reserved:
            findings.append(_reserved(name, "field"))
        if isinstance(kind, Scalar):
            yield _field(name, kind, value, findings)


def _field(name: Scalar, kind: Scalar, value: Node, findings: list[Finding]) -> Field:
    """A field of an unknown type stays, as what is probably meant or text: whatever names it is not to blame."""
    known = {one.value: one for one in FieldType}
    found = known.get(kind.text)
    usual = _OTHER_TYPES.get(kind.text.lower())
    if found is None:
        hint = (
            f"write {usual}" if usual else did_you_mean(kind.text, known) or f"there are: {', '.join(known)}"
        )
        findings.append(Finding(kind.span, "CSP701", f"there is no type '{kind.text}'", hint))
    values = texts(value, "values") if isinstance(value, Mapping) else ()
    if values and found is not None and found not in _WITH_VALUES:
        fact = f"{name.text} is {_a(found)}: `values:` are for texts and lists"
        findings.append(Finding(name.span, "CSP708", fact, "leave them out, or declare the field as text"))
    return Field(name.text, found or _probably(kind.text, usual, known), name.span, values)


def _probably(word: str, usual: str | None, known: dict[str, FieldType]) -> FieldType:
    if usual is not None and usual in known:
        return known[usual]
    near = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return known[near[0]] if near else FieldType.TEXT


def _reserved(name: Scalar, what: str) -> Finding:
    fact = f"'{name.text}' means something else in conditions"
    return Finding(
        name.span, "CSP707", fact, f"give the {what} another name; the column of the export keeps its own"
    )


# --- what its keys name ---


def _names_of_fields(table: Table, node: Mapping) -> Iterator[Finding]:
    """`key`, `day`, `account`, `by` and `parent` name fields of the table, of types that can serve."""
    through = block(node, "account")
    wanted = (
        ("key", scalar(node, "key"), _AS_KEY),
        ("day", scalar(node, "day"), _AS_DAY),
        ("account", scalar(node, "account"), _AS_KEY),
        ("by", scalar(through, "by") if through else None, _AS_KEY),
        ("parent", scalar(node, "parent"), _AS_KEY),
    )
    for what, named, kinds in wanted:
        if named is not None:
            yield from _named_field(table, what, named, kinds)


def _named_field(table: Table, what: str, named: Scalar, kinds: tuple[FieldType, ...]) -> Iterator[Finding]:
    field = table.field(named.text)
    if field is None:
        hint = (
            did_you_mean(named.text, (one.name for one in table.fields))
            or f"add it to the fields of {table.name}"
        )
        yield Finding(named.span, "CSP703", f"{table.name} has no field '{named.text}'", hint)
    elif field.type not in kinds:
        fact = f"{named.text} is {_a(field.type)} and cannot be the `{what}` of {table.name}"
        yield Finding(named.span, "CSP704", fact, f"it must be {' or '.join(_a(kind) for kind in kinds)}")


def _a(kind: FieldType) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}"


# --- to whom its rows belong ---


def _belonging(contract: Contract, table: Table, name: Scalar, node: Mapping) -> Iterator[Finding]:
    if table.name == ACCOUNTS:
        yield from _of_accounts(table, name, node)
        return
    parent = node.key("parent")
    if parent is not None:
        yield Finding(
            parent.span, "CSP705", "`parent:` is for accounts: which account stands above which", ""
        )
    if table.through is not None:
        yield from _through(contract, table, table.through, node)
    elif table.account is None:
        hint = "write `account: <field>`, or `account: {through: <table>, by: <field>}`"
        yield Finding(
            name.span, "CSP705", f"nothing says to which account a row of {table.name} belongs", hint
        )
    else:
        yield from _same_type(table, table.account, contract.accounts, node)


def _of_accounts(table: Table, name: Scalar, node: Mapping) -> Iterator[Finding]:
    if table.key is None:
        yield Finding(
            name.span, "CSP705", "accounts need a `key:`, the field that names an account", "e.g. key: id"
        )
    for key in ("account", "day"):
        at = node.key(key)
        if at is not None:
            yield Finding(
                at.span, "CSP705", f"accounts have no `{key}:`", "each row is one account, whatever the day"
            )
    if table.parent is not None:
        yield from _same_type(table, table.parent, table, node)


def _through(contract: Contract, table: Table, through: Through, node: Mapping) -> Iterator[Finding]:
    where = block(node, "account") or node
    named = scalar(where, "through")
    at = named.span if named else where.span
    owner = contract.table(through.table)
    if owner is None:
        names = (one.name for one in contract.tables if one.name not in (table.name, ACCOUNTS))
        yield Finding(
            at, "CSP705", f"there is no table '{through.table}'", did_you_mean(through.table, names)
        )
    elif owner.name == ACCOUNTS:
        yield Finding(
            at,
            "CSP705",
            "rows belong to accounts without a table in between",
            f"write `account: {through.by}`",
        )
    elif owner.key is None:
        fact = f"{owner.name} has no `key:`, so no row of {table.name} can name one of its rows"
        yield Finding(at, "CSP705", fact, f"add `key:` to {owner.name}")
    else:
        yield from _same_type(table, through.by, owner, where)


def _same_type(table: Table, by: str, owner: Table, node: Mapping) -> Iterator[Finding]:
    """A text never equals a number: every row would be an orphan."""
    field, key = table.field(by), owner.field(owner.key or "")
    if field is None or key is None or (field.type is FieldType.INTEGER) == (key.type is FieldType.INTEGER):
        return
    where = next(
        (value.span for _, value in node.entries if isinstance(value, Scalar) and value.text == by),
        field.span,
    )
    fact = f"{table.name}.{by} is {_a(field.type)}, {owner.name}.{key.name} is {_a(key.type)}: never equal"
    yield Finding(where, "CSP704", fact, "declare both as text")


def _circles(contract: Contract) -> Iterator[Finding]:
    """Tables whose way to an account leads back to themselves: one finding a circle."""
    told: set[str] = set()
    for table in contract.tables:
        way: list[str] = []
        here: Table | None = table
        while here is not None and here.through is not None and here.name not in way:
            way.append(here.name)
            here = contract.table(here.through.table)
        if here is not None and here.name in way and not told & set(way):
            told |= set(way)
            circle = [*way[way.index(here.name) :], here.name]
            fact = f"{' → '.join(circle)}: these tables belong to an account only through each other"
            yield Finding(here.span, "CSP706", fact, "one of them must say `account: <field>`")
