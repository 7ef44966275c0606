"""`email_caps:`, `quiet_for_emails:`, `email_hours:`, `categories:` and `suppress_when:` of the project file → who may be written to, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time

from cs_playbook.model.data import Table
from cs_playbook.model.expression import FieldType
from cs_playbook.model.mail_policy import (
    HOLIDAYS,
    NEVER_CLOSED,
    WEEKENDS,
    Cap,
    Caps,
    Category,
    Hours,
    MailPolicy,
    Quiet,
    Stretch,
    Suppressing,
)
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.duration import read_duration
from cs_playbook.parse.nodes import block, blocks, items, scalar, text
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar
from cs_playbook.values import replace

CONTACTS = "contacts"
# As the schema has it: what is written otherwise is told there, once.
_CAP = re.compile(r"(?P<most>[0-9]{1,4}) per (?P<per>(?:[0-9]{1,6} +)?(?:business day|day|week|month)s?)\Z")
_HOURS = re.compile(r"(?P<opens>[0-9]{1,2}):(?P<at>[0-9]{2})-(?P<closes>[0-9]{1,2}):(?P<until>[0-9]{2})\Z")
_EXAMPLE = "e.g. 1 per 5 business days, 2 per week"


def read_mail_policy(root: Mapping, scope: Scope) -> tuple[MailPolicy, list[Finding]]:
    """`root`: of the project file. Lists keep the order of the file."""
    findings: list[Finding] = []
    caps, wrong = read_caps(root)
    findings += wrong
    return MailPolicy(
        caps=caps,
        quiet=_quiet(root, findings),
        hours=_hours(scalar(root, "email_hours"), findings),
        categories=tuple(_categories(root, scope, findings)),
        suppressing=tuple(_suppressing(root, scope, findings)),
    ), findings


# --- how many ---


def read_caps(root: Mapping) -> tuple[Caps, list[Finding]]:
    """Of the project, or of a playbook."""
    node, findings = block(root, "email_caps"), list[Finding]()
    if node is None:
        return Caps(), []
    caps = Caps(
        _cap(scalar(node, "per_contact"), findings), _cap(scalar(node, "per_account"), findings), node.span
    )
    return caps, findings


def _cap(node: Scalar | None, findings: list[Finding]) -> Cap | None:
    said = _CAP.match(node.text.strip()) if node is not None else None
    if node is None or said is None:
        return None  # the schema has said so
    per = said["per"] if said["per"][0].isdigit() else f"1 {said['per']}"
    lasting, wrong = read_duration(Scalar(per, per, node.span))
    findings += wrong
    if int(said["most"]) == 0 or (lasting is not None and lasting.count == 0):
        never = "no mail would ever go" if int(said["most"]) == 0 else "nothing would ever be capped"
        findings.append(Finding(node.span, "CSP420", f"'{node.text}': {never}", _EXAMPLE))
        return None
    return None if lasting is None else Cap(int(said["most"]), lasting)


# --- when not ---


def _quiet(root: Mapping, findings: list[Finding]) -> Quiet:
    words = {item.text for item in items(root, "quiet_for_emails") if isinstance(item, Scalar)}
    stretches = (_stretch(node, findings) for node in blocks(root, "quiet_for_emails"))
    return Quiet(tuple(one for one in stretches if one is not None), WEEKENDS in words, HOLIDAYS in words)


def _stretch(node: Mapping, findings: list[Finding]) -> Stretch | None:
    first, last = _day(scalar(node, "from"), findings), _day(scalar(node, "to"), findings)
    if first is None or last is None:
        return None
    if last < first:
        fact = f"the last quiet day, {last}, comes before the first, {first}"
        findings.append(Finding(node.span, "CSP421", fact, "from: the first quiet day, to: the last one"))
        return None
    return Stretch(first, last)


def _hours(node: Scalar | None, findings: list[Finding]) -> Hours | None:
    said = _HOURS.match(node.text) if node is not None else None
    if node is None or said is None:
        return None  # the schema has said so
    opens, closes = (
        60 * int(said[hour]) + int(said[minute]) for hour, minute in (("opens", "at"), ("closes", "until"))
    )
    wrong = next((f"{said[m]} is no minute" for m in ("at", "until") if int(said[m]) > 59), "")
    if closes > 24 * 60:
        wrong = wrong or f"a day ends at 24:00, not at {said['closes']}:{said['until']}"
    if opens >= closes:
        wrong = wrong or f"'{node.text}' ends before it begins"
    if wrong:
        findings.append(
            Finding(node.span, "CSP421", wrong, "from the first minute to the last of a day: 8:00-18:00")
        )
        return None
    return Hours(time(*divmod(opens, 60)), time(*divmod(closes, 60)) if closes < 24 * 60 else None)


def _day(node: Scalar | None, findings: list[Finding]) -> date | None:
    if node is None:
        return None
    try:
        return date.fromisoformat(node.text)
    except ValueError:
        fact = f"'{node.text}' is not a day of the calendar"
        findings.append(Finding(node.span, "CSP421", fact, "year, month, day: 2026-12-24"))
        return None


# --- what one can opt out of ---


def _categories(root: Mapping, scope: Scope, findings: list[Finding]) -> Iterator[Category]:
    node, table = block(root, "categories"), scope.contract.table(CONTACTS)
    for key, value in node.entries if node else ():
        field = scalar(value, "opt_out") if isinstance(value, Mapping) else None
        if field is None:
            continue
        never = field.text == NEVER_CLOSED
        findings += [] if never else _no_opt_out(field, table)
        # Also where the field cannot serve: letters that name the category are not reported too.
        yield Category(key.text, None if never else field.text, key.span)


def _no_opt_out(node: Scalar, table: Table | None) -> list[Finding]:
    known = {field.name: field for field in table.fields} if table else {}
    found = known.get(node.text)
    yes_or_no = sorted(name for name, field in known.items() if field.type is FieldType.BOOLEAN)
    there = f"contacts have {', '.join(yes_or_no)}" if yes_or_no else "add it to contacts in data.yaml"
    if found is None:
        fact = f"contacts have no field '{node.text}'"
        hint = did_you_mean(node.text, yes_or_no) or f"{there}; or none, where nobody can opt out"
        return [Finding(node.span, "CSP422", fact, hint)]
    if found.type is not FieldType.BOOLEAN:
        fact = f"'{node.text}' is no yes or no: it cannot say who has opted out"
        return [Finding(node.span, "CSP422", fact, f"a field of type boolean; {there}")]
    return []


# --- to whom no more ---


def _suppressing(root: Mapping, scope: Scope, findings: list[Finding]) -> Iterator[Suppressing]:
    for node in blocks(root, "suppress_when"):
        name, written = scalar(node, "table"), node.get("when")
        table = _table(name, scope, findings) if name else None
        if name is None or table is None or written is None:
            continue
        address = _address(node, name, table, findings)
        # Of its rows only: whose they are is not asked, the address may stand in several accounts.
        when, wrong = read_conditions(written, replace(scope, facts={}).inside(table))
        findings += wrong
        if when is not None and address:
            yield Suppressing(table.name, address, when, text(node, "because"))


def _table(node: Scalar, scope: Scope, findings: list[Finding]) -> Table | None:
    known = {table.name: table for table in scope.contract.tables if not table.stands_alone}
    found = known.get(node.text)
    if found is None:
        hint = did_you_mean(node.text, known) or f"one of: {', '.join(sorted(known))}"
        findings.append(Finding(node.span, "CSP424", f"there is no table '{node.text}' in data.yaml", hint))
    return found


def _address(node: Mapping, name: Scalar, table: Table, findings: list[Finding]) -> str:
    """The name of the field; "" where there is none that could hold an address."""
    written = scalar(node, "address")
    wanted, place = ("email", name.span) if written is None else (written.text, written.span)
    fields = {field.name: field.type for field in table.fields}
    holding = [one for one, kind in fields.items() if kind in (FieldType.EMAIL, FieldType.TEXT)]
    if wanted in holding:
        return wanted
    fact = f"{table.name} has no field '{wanted}' that holds addresses"
    hint = did_you_mean(wanted, holding) or "say which field holds them: address: recipient"
    findings.append(Finding(place, "CSP424", fact, hint))
    return ""
