"""The nodes of `kpis:` → KPIs, their conditions and values bound to the facts of an account."""

from __future__ import annotations

from msgspec import Struct, field

from cs_playbook.model.condition import Condition, conditions, leaves
from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import Expression, FieldType, Memory, walk
from cs_playbook.model.kpi import COUNTED, TAKES, Aim, Counted, Figure, Kpi, Retention, Share, Take, Taken
from cs_playbook.parse.conditions import read_conditions, read_expression
from cs_playbook.parse.duration import read_duration
from cs_playbook.parse.nodes import block, scalar, text
from cs_playbook.parse.scope import RESERVED, Scope
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.tree import Mapping, Scalar

FORMS = ("share", *TAKES, "retention")
_FORMS_HINT = "e.g. share: seat_use >= 0.5, or median: days_to_first_value, or retention: arr"
_OF_RETENTION = ("as", "over")
_OF_FACTS = ("was", "ago", "changed")
_NUMBERS = (FieldType.NUMBER, FieldType.INTEGER, None)


def read_kpis(files: list[Mapping], scope: Scope) -> tuple[dict[str, Kpi], list[Finding]]:
    """All KPIs by name, in the order in which people wrote them. `scope` holds every fact of an account."""
    reader = _Reader(scope)
    for file in files:
        entries = block(file, "kpis")
        for key, node in entries.entries if entries else ():
            if isinstance(node, Mapping):
                reader.take(key, node)
    return reader.kpis, reader.findings


def read_aim(root: Mapping) -> Aim | None:
    """What a playbook's `objective:` names; None where it is a sentence, or nothing."""
    node = block(root, "objective")
    kpi = scalar(node, "kpi") if node else None
    if node is None or kpi is None:
        return None
    return Aim(kpi.text, text(node, "from"), text(node, "to"), kpi.span, text(node, "says"))


class _Reader(Struct):
    """Holds what has been read so far."""

    scope: Scope
    kpis: dict[str, Kpi] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Scalar] = field(default_factory=dict)

    def take(self, key: Scalar, node: Mapping) -> None:
        if self._is_taken(key):
            return
        self.places[key.text] = key
        forms = [name for name in FORMS if node.get(name) is not None]
        if len(forms) != 1:
            self._no_form(key, node, forms)
            return
        figure = self._figure(forms[0], node)
        of = self._condition(node, "of")
        self._keys_of_others(forms[0], node)
        if figure is not None and (of is not None or node.get("of") is None):
            unit, says = text(node, "unit"), text(node, "says")
            self.kpis[key.text] = Kpi(key.text, figure, key.span, of, unit, says)

    def _is_taken(self, key: Scalar) -> bool:
        first, facts = self.places.get(key.text), (*self.scope.facts, *self.scope.unread, *RESERVED)
        if first is not None:
            said = f"there is already a KPI '{key.text}' in {first.span.file}:{first.span.line}"
        elif key.text in facts:
            said = f"there is already a fact '{key.text}'"
        else:
            return False
        self._report(key, "CSP223", said, "KPIs and facts share one namespace: choose another name")
        return True

    def _no_form(self, key: Scalar, node: Mapping, forms: list[str]) -> None:
        if forms:
            second = node.key(forms[1]) or key
            said = f"'{key.text}' says {' and '.join(f'`{form}:`' for form in forms)}: it could be only one of them"
            self._report(second, "CSP561", said, "make two KPIs of it")
        else:
            said = f"'{key.text}' does not say what is reckoned: {', '.join(f'`{form}:`' for form in FORMS)}"
            self._report(key, "CSP561", said, _FORMS_HINT)

    def _figure(self, form: str, node: Mapping) -> Figure | None:
        if form == "share":
            condition = self._condition(node, "share")
            return None if condition is None else Share(condition)
        value = self._value(node, form)
        if form == "retention":
            counted, over = self._retention(node)
            if value is None or counted is None or over is None:
                return None
            return Retention(value, counted, over)
        take: Take = next(take for take in TAKES if take == form)
        return None if value is None else Taken(take, value)

    def _retention(self, node: Mapping) -> tuple[Counted | None, Duration | None]:
        counted, over = scalar(node, "as"), scalar(node, "over")
        key = node.key("retention") or node
        if counted is None:
            said = "retention of what: gross, net, or of the customers themselves?"
            self._report(key, "CSP563", said, "as: gross, as: net, as: logos, or as: logo churn")
        if over is None:
            self._report(key, "CSP563", "retention over how long?", "e.g. over: 12 months")
            return next((one for one in COUNTED if counted and one == counted.text), None), None
        duration, wrong = read_duration(over)
        self.findings += wrong
        if duration is not None and (duration.unit == "business day" or duration.count == 0):
            said = f"'{over.text}': two snapshots lie days, weeks or months apart"
            self._report(over, "CSP213", said, "e.g. over: 12 months")
        return next((one for one in COUNTED if counted and one == counted.text), None), duration

    def _keys_of_others(self, form: str, node: Mapping) -> None:
        """What would be read and mean nothing is refused."""
        for name in () if form == "retention" else _OF_RETENTION:
            if (key := node.key(name)) is not None:
                said = f"`{name}:` goes with `retention:`, not with `{form}:`"
                self._report(key, "CSP563", said, "take it away; what is counted is said by `of:`")
        key = node.key("unit")
        if key is not None and form not in TAKES:
            said = f"`{form}:` is always a share: it is shown in percent"
            self._report(key, "CSP563", said, "take `unit:` away")

    # --- conditions and values ---

    def _condition(self, node: Mapping, name: str) -> Condition | None:
        written = node.get(name)
        if written is None:
            return None
        condition, wrong = read_conditions(written, self.scope)
        self.findings += wrong
        if condition is None:
            return None
        patient = next((part for part in conditions(condition) if part.lasting is not None), None)
        if patient is not None:
            said = "`for:` cannot be asked here: a figure is read from one snapshot"
            self.findings.append(Finding(patient.span, "CSP219", said, "ask for it in a trigger"))
        for leaf in leaves(condition):
            self._refuse_the_past(leaf.expression, leaf.span)
        return condition

    def _value(self, node: Mapping, name: str) -> Expression | None:
        written = scalar(node, name)
        if written is None:
            return None  # the schema has said so
        value, kind, wrong = read_expression(written, self.scope)
        self.findings += wrong
        if value is not None:
            self._refuse_the_past(value, written.span)
        if value is not None and kind not in _NUMBERS:
            what = _A[kind] if kind is not None else ""
            said = f"'{written.text}' is {what}: `{name}:` takes a number"
            hint = "share: <condition> counts who says yes" if kind is FieldType.BOOLEAN else _DAYS_HINT
            self._report(written, "CSP562", said, hint)
            return None
        return value

    def _refuse_the_past(self, asked: Expression, at: Span) -> None:
        """Facts are remembered only where playbooks ask for it; a KPI would be unknown for ever."""
        for part in walk(asked):
            if isinstance(part, Memory) and part.function in _OF_FACTS:
                said = f"{part.function}() cannot be asked here: a figure of then is read from the snapshot of then"
                self.findings.append(
                    Finding(at, "CSP219", said, "cs-playbook kpis --since 2026-01-31 shows both")
                )
                return

    def _report(self, at: Scalar | Mapping, code: str, message: str, hint: str) -> None:
        self.findings.append(Finding(at.span, code, message, hint))


_A = {
    FieldType.BOOLEAN: "a yes or no", FieldType.TEXT: "a text", FieldType.EMAIL: "a text", FieldType.LIST: "a list",
    FieldType.DATE: "a day", FieldType.HAPPENED: "a day",
}  # fmt: skip
_DAYS_HINT = "days between two dates: days_since(contract_start) - days_since(live_on)"
