"""The nodes of `signals:` and `segments:` → facts, read in the order in which they need each other; circles are one finding."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from msgspec import Struct, field

from cs_playbook.model.condition import Condition, leaves
from cs_playbook.model.data import CHILDREN, PARENT_DOT, Table
from cs_playbook.model.expression import Aggregate, Expression, FieldType, Name, Related, walk
from cs_playbook.model.scorecard import Scorecard
from cs_playbook.model.segment import Segmentation
from cs_playbook.model.signal import Signal
from cs_playbook.model.success_plan import PLAN_DOT, STATUS
from cs_playbook.parse.condition import read_condition
from cs_playbook.parse.conditions import read_conditions, read_expression
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.nodes import scalar, text
from cs_playbook.parse.scope import RESERVED, Scope
from cs_playbook.parse.scorecard import read_scorecards, with_scorecards
from cs_playbook.parse.segment import LISTS, read_segmentation, with_segments
from cs_playbook.parse.success_plan import with_plans
from cs_playbook.parse.tokens import Refusal
from cs_playbook.parse.untold import is_untold, untold_facts
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence
from cs_playbook.values import replace


class Facts(Struct, frozen=True):
    """What an account has besides its fields; `types` and `values` include the fields. `unread` have errors."""

    signals: Dictionary[str, Signal]
    segmentations: Dictionary[str, Segmentation]
    types: Dictionary[str, FieldType]
    values: Dictionary[str, tuple[str, ...]]
    unread: frozenset[str] = frozenset()
    scorecards: Dictionary[str, Scorecard] = field(default_factory=dict)


def read_facts(
    signal_files: list[Mapping],
    segment_files: list[Mapping],
    scope: Scope,
    scorecard_files: list[Mapping],
    plan_files: list[Mapping] | None = None,
) -> tuple[Facts, list[Finding]]:
    """All signals, segmentations and scorecards. `scope` holds the fields of the accounts table as facts."""
    whole = {text(node, "segments"): node for node in segment_files}
    whole |= {text(node, "scorecard"): node for node in scorecard_files}
    declared, findings = _declared(signal_files, [*segment_files, *scorecard_files], scope)
    signals = {key.text: node for key, node in declared if key.text not in whole}
    scope = with_plans(with_scorecards(with_segments(scope, segment_files), scorecard_files))
    needs = {name: _needs(node, set(whole)) for name, node in (signals | whole).items()}
    if plan_files:
        needs[STATUS] = {name for node in plan_files for name in _needs(node, set(whole))} - {STATUS}
    order, circle = _in_order(needs)
    findings += [_ring(circle, declared)] if circle else []
    read: dict[str, Signal] = {}
    types = dict(scope.facts)
    unread = {*scope.unread, *circle}  # the circle is reported, not who uses it
    for name in order:
        if name in signals:
            key = next(key for key, _ in declared if key.text == name)
            signal, wrong = _signal(
                key,
                signals[name],
                replace(scope, facts=types, unread=frozenset(unread), untold=untold_facts(scope.contract, read.values()), remembers=False, ranks=True),
            )  # fmt: skip
            findings += wrong
            types[name] = signal.type if signal else FieldType.NUMBER
            unread -= {name}
            if signal:
                read[name] = signal
            else:
                unread.add(name)
    scope = replace(scope, facts=types, unread=frozenset(unread), untold=untold_facts(scope.contract, read.values()))  # fmt: skip
    segmentations: dict[str, Segmentation] = {}
    for node in segment_files:
        segmentation, wrong = read_segmentation(node, scope)
        findings += wrong
        segmentations[segmentation.name] = segmentation
    cards_read, wrong = read_scorecards(scorecard_files, scope, read)
    return Facts(read, segmentations, types, scope.values, scope.unread, cards_read), [*findings, *wrong]


def _ring(circle: list[str], declared: list[tuple[Scalar, Mapping]]) -> Finding:
    known = {key.text: key for key, _ in declared}
    start = next(
        at for at, name in enumerate(circle) if name in known
    )  # the state of plans has no place of its own
    circle = [*circle[start:], *circle[:start]]
    key = known[circle[0]]
    ring = f"these facts need each other: {' → '.join((*circle, circle[0]))}"
    said = f"'{circle[0]}' needs itself" if len(circle) == 1 else ring
    return Finding(key.span, "CSP222", said, "one of them must stand on its own")


def _declared(
    signal_files: list[Mapping], whole_files: list[Mapping], scope: Scope
) -> tuple[list[tuple[Scalar, Mapping]], list[Finding]]:
    """Every name with its node; a name that is taken already is a finding."""
    findings: list[Finding] = []
    declared: dict[str, tuple[Scalar, Mapping]] = {}
    for file in signal_files:
        entries = file.get("signals")
        for key, node in entries.entries if isinstance(entries, Mapping) else ():
            if isinstance(node, Mapping):
                _declare(key, node, declared, scope, findings)
    for file in whole_files:
        name = scalar(file, "segments") or scalar(file, "scorecard")
        if name is not None:
            _declare(name, file, declared, scope, findings)
    return list(declared.values()), findings


def _declare(
    key: Scalar,
    node: Mapping,
    declared: dict[str, tuple[Scalar, Mapping]],
    scope: Scope,
    findings: list[Finding],
) -> None:
    taken = declared.get(key.text)
    if taken is not None:
        first = taken[0].span
        findings.append(
            Finding(
                key.span,
                "CSP223",
                f"there is already a fact '{key.text}' in {first.file}:{first.line}",
                "all facts share one namespace: choose another name",
            )
        )
    elif key.text in scope.facts or key.text in scope.unread or key.text in RESERVED:
        is_field = scope.contract.accounts.field(key.text) is not None
        is_trait = key.text in scope.traits or key.text in scope.unread
        what = (
            "is already a field of accounts"
            if is_field
            else "is already a trait"
            if is_trait
            else "means something else in conditions"
        )
        findings.append(
            Finding(
                key.span,
                "CSP223",
                f"'{key.text}' {what}",
                "all facts share one namespace: choose another name",
            )
        )
    else:
        declared[key.text] = (key, node)


def _needs(node: Mapping, wholes: set[str]) -> set[str]:
    """Every fact named in the conditions of a signal, segmentation or scorecard; what cannot be read is reported later.

    Where rows are counted, bare names are the row's fields, and only `account.x` is a fact.
    """
    names = _names_in(node)
    owned = ("account.", PARENT_DOT)
    mine = {name.partition(".")[2] for name in names if name.startswith(owned)}
    if node.get("from") is None:
        mine |= {name for name in names if "." not in name}
        mine |= {whole for name in names if (whole := name.partition(".")[0]) in wholes}  # health.band
    mine |= {STATUS for name in names if name.startswith(PLAN_DOT)}
    return mine | {name.partition(".")[0] for name in mine if name.partition(".")[0] in wholes}


_SPOKEN = (
    "when", "value", "where", "all", "any", "none", *LISTS,
    "groups", "measures", "measure", "points", "profiles", "unrated", "override",
    "objectives", "success", "kpis", "kpi", "milestones", "done_when", "blockers", "cleared_when",
)  # fmt: skip


def _names_in(node: Node) -> set[str]:
    match node:
        case Scalar():
            try:
                return _named(read_condition(node.text))
            except Refusal:
                return set()
        case Sequence(items=items):
            return {name for item in items for name in _names_in(item)}
        case Mapping(entries=entries):
            return {name for key, value in entries if key.text in _SPOKEN for name in _names_in(value)}


def _named(expression: Expression) -> set[str]:
    names: set[str] = set()
    for part in walk(expression):
        if isinstance(part, Name):
            names.add(part.name)
        elif isinstance(part, Related):
            inside = _named(part.where) if part.where is not None else set()
            if part.table == CHILDREN:  # what is asked of them are facts too
                names |= inside | ({part.column} if part.column else set())
            names |= {name for name in inside if name.startswith("account.")}
    return names


def _in_order(needs: dict[str, set[str]]) -> tuple[list[str], list[str]]:
    """Names such that each comes after what it needs; and the first circle, if there is one."""
    order: list[str] = []
    while True:
        ready = sorted(
            name
            for name in needs
            if name not in order and all(need in order or need not in needs for need in needs[name])
        )
        if not ready:
            break
        order += ready
    left = sorted(set(needs) - set(order))
    if not left:
        return order, []
    circle = [left[0]]
    while True:
        following = min(need for need in needs[circle[-1]] if need in left)
        if following in circle:
            return [*order, *left], circle[circle.index(following) :]
        circle.append(following)


def _signal(key: Scalar, node: Mapping, scope: Scope) -> tuple[Signal | None, list[Finding]]:
    origin, value = scalar(node, "from"), scalar(node, "value")
    if value is None:
        return None, []
    table = scope.contract.table(origin.text) if origin else None
    if origin is not None and (table is None or table.name == "accounts"):
        names = [known.name for known in scope.contract.of_rows]
        return None, [
            Finding(
                origin.span,
                "CSP210",
                f"there is no table '{origin.text}' of rows that belong to an account",
                "put it into `value:`, e.g. total(children.arr)"
                if origin.text == CHILDREN
                else did_you_mean(origin.text, names) or f"there are: {', '.join(names)}",
            )
        ]
    inside = scope.inside(table) if table else scope
    expression, kind, findings = read_expression(value, inside)
    where, wrong = _where(node, inside, table is not None)
    last, before, late = _window(node, table is not None and table.day is not None)
    findings += [*wrong, *late]
    if (
        expression is not None
        and table is not None
        and not any(isinstance(part, Aggregate) for part in walk(expression))
    ):
        findings.append(
            Finding(
                value.span,
                "CSP218",
                "a signal with `from:` counts rows: one of count, sum, avg, min, max",
                "e.g. count(*), count(distinct user_id), max(happened_on)",
            )
        )
    if expression is None or any(finding.is_error for finding in findings):
        return None, findings
    return Signal(
        key.text,
        expression,
        kind or FieldType.NUMBER,
        key.span,
        table.name if table else None,
        where,
        last,
        before or 0,
        text(node, "unit") or None,
        text(node, "says"),
        not _untold(expression, where, table, inside),
    ), findings


def _untold(value: Expression, where: Condition | None, table: Table | None, scope: Scope) -> bool:
    """Its table, or anything in its value and its condition, is exported by nobody."""
    asked = [value, *(leaf.expression for leaf in leaves(where))] if where is not None else [value]
    return (table is not None and not table.exported) or any(is_untold(one, scope) for one in asked)


def _where(node: Mapping, scope: Scope, has_table: bool) -> tuple[Condition | None, list[Finding]]:
    value, key = node.get("where"), node.key("where")
    if value is None or key is None:
        return None, []
    if not has_table:
        return None, [
            Finding(
                key.span,
                "CSP224",
                "`where:` chooses rows, and there is no `from:`",
                "name the table, or put the condition into `value:`",
            )
        ]
    condition, findings = read_conditions(value, scope)
    patient = next((leaf for leaf in leaves(condition) if leaf.lasting), None) if condition else None
    if patient is not None and not any(finding.is_error for finding in findings):
        findings.append(
            Finding(patient.span, "CSP219", "`for:` cannot be asked of rows", "use it in a trigger")
        )
    return condition, findings


def _window(node: Mapping, has_day: bool) -> tuple[int | None, int | None, list[Finding]]:
    findings: list[Finding] = []
    days: dict[str, int | None] = {}
    for name in ("last", "before"):
        value = scalar(node, name)
        days[name] = None
        if value is not None:
            days[name], wrong = read_days(value)
            findings += wrong
    key = node.key("last") or node.key("before")
    if key is not None and not has_day:
        findings.append(
            Finding(
                key.span,
                "CSP224",
                "a window counts on the day of the rows, and the table has none",
                "say `day:` for the table in data.yaml",
            )
        )
    elif days["before"] is not None and days["last"] is None and key is not None:
        findings.append(
            Finding(
                key.span,
                "CSP224",
                "`before:` moves a window, and there is no `last:`",
                "e.g. last: 28 days, before: 28 days",
            )
        )
    return days["last"], days["before"], findings
