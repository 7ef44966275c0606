"""The nodes of `success_plan:` → plans and templates, every name in them bound; and what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from datetime import date

from msgspec import Struct, field

from cs_playbook.model.condition import Condition
from cs_playbook.model.expression import FieldType, Name
from cs_playbook.model.success_plan import (
    FACTS,
    HANDOVER,
    STATUS,
    STATUSES,
    Blocker,
    Kpi,
    Milestone,
    Objective,
    Result,
    Risk,
    SuccessPlan,
)
from cs_playbook.model.time import FromDate, Moment, OnDay
from cs_playbook.parse.conditions import read_conditions, read_date
from cs_playbook.parse.durations import read_moment
from cs_playbook.parse.nodes import block, blocks, says_yes, scalar, text
from cs_playbook.parse.plan_parts import (
    after_agreed,
    blocker_id,
    handover_of,
    number_of,
    risk_id,
    stakeholder_of,
    success_of,
)
from cs_playbook.parse.rhythm import looks_like_a_rhythm
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, Span, did_you_mean
from cs_playbook.source.tree import Mapping, Node
from cs_playbook.values import replace

CUSTOMER = "customer"
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_AGREED = re.compile(r"([0-9]{1,4}) +(day|week|month)s? +after +agreed\Z")


def with_plans(scope: Scope) -> Scope:
    """The scope in which plan.status, plan.progress and plan.missing are facts; unknown of who has no plan."""
    return replace(scope, facts={**scope.facts, **FACTS}, values={**scope.values, STATUS: STATUSES})


def read_plans(
    files: list[Mapping], scope: Scope, roles: frozenset[str]
) -> tuple[tuple[SuccessPlan, ...], list[Finding]]:
    """In order of the files. Of one with an error as much as can be read."""
    findings: list[Finding] = []
    facts = {name: kind for name, kind in scope.facts.items() if name not in FACTS}
    # What a plan's own state stands on cannot be that state; its risks may ask it.
    inner = replace(scope, facts=facts)
    read = tuple(_Reader(inner, scope, roles, findings).plan(node) for node in files)
    findings += _twice(read)
    templates = {plan.name: plan for plan in read if plan.is_template}
    return tuple(
        _questioned(plan, templates, node, findings) for plan, node in zip(read, files, strict=True)
    ), findings


def is_template(node: Mapping) -> bool:
    said = scalar(node, "template")
    return said is not None and said.value is True


def _twice(plans: tuple[SuccessPlan, ...]) -> Iterator[Finding]:
    """Two templates, or a template and a plan, of one name; two plans of customers are two playbooks of one name."""
    first: dict[str, SuccessPlan] = {}
    for plan in plans:
        other = first.setdefault(plan.name, plan)
        if other is not plan and (plan.is_template or other.is_template):
            fact = f"there is already a success plan '{plan.name}' in {other.span.file}"
            yield Finding(plan.span, "CSP142", fact, "each has a name of its own")


def _questioned(
    plan: SuccessPlan, templates: Dictionary[str, SuccessPlan], node: Mapping, findings: list[Finding]
) -> SuccessPlan:
    """With the questions that its template asks, or all, which nobody has answered."""
    named = scalar(node, "template")
    if plan.is_template:
        return plan
    if named is not None and plan.template not in templates:
        near = (
            did_you_mean(plan.template, templates)
            or "a template is a success plan that says `template: true`"
        )
        findings.append(Finding(named.span, "CSP602", f"there is no template '{plan.template}'", near))
    template = templates.get(plan.template)
    asked = (
        [key for key, _ in template.handover]
        if template is not None and template.handover
        else list(HANDOVER)
    )
    answered = {key for key, said in plan.handover if said}
    return replace(plan, missing=tuple(key for key in asked if key not in answered))


class _Reader(Struct):
    """Holds one plan's scope and the findings met while reading it. `outer`: with the facts of plans themselves."""

    scope: Scope
    outer: Scope
    roles: frozenset[str]
    findings: list[Finding]
    names: dict[str, Span] = field(default_factory=dict)
    agreed_on: date | None = None

    def plan(self, node: Mapping) -> SuccessPlan:
        template = is_template(node)
        agreed = block(node, "agreed")
        self.agreed_on = self._day(agreed, "day") if agreed else None
        self._what_it_is(node, template)
        account = scalar(node, "account")
        return SuccessPlan(
            name=text(node, "success_plan"),
            title=text(node, "title"),
            account=account.text.strip() if account is not None and not template else "",
            owner=self._owner(node),
            span=node.entries[0][0].span,
            is_template=template,
            template="" if template else text(node, "template"),
            agreed_by=text(agreed, "by") if agreed else "",
            agreed_on=self.agreed_on,
            ended_on=self._day(node, "ended"),
            review=text(node, "review"),
            handover=handover_of(node),
            stakeholders=tuple(stakeholder_of(one) for one in blocks(node, "stakeholders")),
            objectives=tuple(self._objective(one, template) for one in blocks(node, "objectives")),
            risks=tuple(self._risk(one) for one in blocks(node, "risks")),
            account_span=account.span if account is not None else None,
        )

    def _what_it_is(self, node: Mapping, of_nobody: bool) -> None:
        """A plan belongs to a customer; a template to nobody, and nothing of it has happened yet."""
        if not of_nobody and node.get("account") is None:
            hint = "account: <its key>; or template: true, where it is one to copy from"
            self._report(node.entries[0][0].span, "CSP601", "it does not say whose plan it is", hint)
        for key in ("account", "agreed", "ended") if of_nobody else ():
            written = node.key(key)
            if written is not None:
                fact = f"'{key}' says what happened with one customer, and this is a template"
                self._report(
                    written.span, "CSP601", fact, "leave it out: each plan made from it says its own"
                )

    def _owner(self, node: Mapping) -> str:
        owner = scalar(node, "owner")
        if owner is not None and owner.text not in self.roles:
            near = did_you_mean(owner.text, self.roles) or f"roles are: {', '.join(sorted(self.roles))}"
            self._report(owner.span, "CSP135", f"there is no role '{owner.text}' in team.yaml", near)
        return owner.text if owner is not None else ""

    # --- objectives ---

    def _objective(self, node: Mapping, of_nobody: bool) -> Objective:
        success, motivation = block(node, "success"), block(node, "motivation")
        status = text(node, "status")
        name = self._name(node, "id")
        if of_nobody and node.get("status") is not None:
            self._happened(node, "status")
        return Objective(
            id=name,
            title=text(node, "title"),
            span=(scalar(node, "id") or node).span,
            problem=text(node, "problem"),
            motivation=text(motivation, "says") if motivation else text(node, "motivation"),
            motivation_kind=text(motivation, "kind") if motivation else "",
            result=Result(status) if status in tuple(Result) else None,
            says=text(success, "says") if success else "",
            success=self._condition(success_of(success)) if success else None,
            deadline=self._moment(success, "deadline") if success else None,
            kpis=tuple(kpi for one in blocks(node, "kpis") if (kpi := self._kpi(one))),
            milestones=tuple(self._milestone(one, of_nobody) for one in blocks(node, "milestones")),
            blockers=tuple(self._blocker(one, of_nobody) for one in blocks(node, "blockers")),
            is_measured=bool(node.get("kpis") or node.get("milestones") or (success and success.get("when"))),
        )

    def _kpi(self, node: Mapping) -> Kpi | None:
        name, start, target = scalar(node, "kpi"), scalar(node, "start"), scalar(node, "target")
        if name is None or start is None or target is None:
            return None
        fact = self.scope.find(Name(name.text, at=(0, len(name.text))))
        if fact is None or fact.name == "today":
            near = (
                did_you_mean(name.text, self._numbers())
                or "a KPI is a number of the account: a field or a signal"
            )
            self._report(name.span, "CSP603", f"there is no fact '{name.text}' to measure", near)
            return None
        if fact.type not in (FieldType.NUMBER, FieldType.INTEGER, None):
            said = f"'{name.text}' is no number: it has no start and no target"
            self._report(name.span, "CSP603", said, "e.g. a signal with count(*) or a ratio")
            return None
        low, high = number_of(start), number_of(target)
        if low is None or high is None:
            return None
        if low == high:
            said = f"start and target are both {target.text}: there is no way to go"
            self._report(target.span, "CSP603", said, "the target is another number than the start")
            return None
        return Kpi(fact, low, high, name.span)

    def _numbers(self) -> list[str]:
        return [
            name for name, kind in self.scope.facts.items() if kind in (FieldType.NUMBER, FieldType.INTEGER)
        ]

    def _milestone(self, node: Mapping, of_nobody: bool) -> Milestone:
        if of_nobody and node.get("done_on") is not None:
            self._happened(node, "done_on")
        if node.get("due") is None and node.get("done_when") is None:
            fact = f"milestone '{text(node, 'id')}' says neither by when nor how one can tell"
            self._report(
                node.span,
                "CSP605",
                fact,
                "due: 2026-02-28, due: 60 days after contract_start, or done_when: …",
            )
        return Milestone(
            id=self._name(node, "id"),
            title=text(node, "title"),
            span=(scalar(node, "id") or node).span,
            due=self._moment(node, "due"),
            done_when=self._condition(node.get("done_when")),
            done_on=self._day(node, "done_on"),
            theirs=self._whose(node),
            internal=says_yes(node, "internal"),
        )

    def _blocker(self, node: Mapping, of_nobody: bool) -> Blocker:
        if of_nobody and node.get("cleared_on") is not None:
            self._happened(node, "cleared_on")
        what = scalar(node, "what")
        return Blocker(
            id=self._name(node, "id", blocker_id(node)),
            what=what.text.strip() if what else "",
            kind=text(node, "kind"),
            span=(what or node).span,
            due=self._moment(node, "due"),
            cleared_when=self._condition(node.get("cleared_when")),
            cleared_on=self._day(node, "cleared_on"),
            theirs=self._whose(node),
            internal=says_yes(node, "internal"),
        )

    def _whose(self, node: Mapping) -> bool:
        owner = scalar(node, "owner")
        if owner is not None and owner.text != CUSTOMER and owner.text not in self.roles:
            near = did_you_mean(owner.text, (*self.roles, CUSTOMER))
            hint = near or "customer, or a role of team.yaml"
            self._report(owner.span, "CSP135", f"there is no role '{owner.text}' in team.yaml", hint)
        return owner is not None and owner.text == CUSTOMER

    def _happened(self, node: Mapping, key: str) -> None:
        written = node.key(key)
        fact = f"'{key}' says what happened with one customer, and this is a template"
        self._report(
            (written or node).span, "CSP601", fact, "leave it out: each plan made from it says its own"
        )

    # --- risks ---

    def _risk(self, node: Mapping) -> Risk:
        if node.get("playbook") is None and node.get("says") is None:
            fact = "this risk leads to nothing"
            self._report(
                node.span, "CSP606", fact, "playbook: <which one begins then>, or says: <what is to be done>"
            )
        when = node.get("when")
        condition, wrong = read_conditions(when, self.outer) if when is not None else (None, [])
        self.findings += wrong
        return Risk(
            self._name(node, "id", risk_id(node)),
            condition,
            text(node, "playbook"),
            text(node, "says"),
            node.span,
        )

    # --- what stands in many places ---

    def _name(self, node: Mapping, key: str, otherwise: str = "") -> str:
        """Each name of a plan means one thing: its tasks and the ledger go by it."""
        name, span = text(node, key, otherwise), (scalar(node, key) or node).span
        first = self.names.setdefault(name, span)
        if name and first is not span:
            fact = f"'{name}' stands for something else in this plan already, in line {first.line}"
            self._report(
                span, "CSP604", fact, "each objective, milestone, blocker and risk has an id of its own"
            )
        return name

    def _condition(self, node: Node | None) -> Condition | None:
        if node is None:
            return None
        condition, wrong = read_conditions(node, self.scope)
        self.findings += wrong
        return condition

    def _moment(self, node: Mapping, key: str) -> Moment | None:
        value = scalar(node, key)
        if value is None:
            return None
        agreed = _AGREED.match(value.text.strip())
        if agreed is not None:
            return after_agreed(int(agreed[1]), agreed[2], self.agreed_on)
        if not looks_like_a_rhythm(value.text):
            moment, wrong = read_moment(
                value, lambda written, offset: read_date(written, offset, value, self.scope)
            )
            if moment is None or isinstance(moment, OnDay | FromDate):
                self.findings += wrong
                return moment
        fact = f"'{value.text}' is no day of a plan"
        hint = "a day (2026-02-28), or counted: 60 days after contract_start, 2 weeks after agreed"
        self._report(value.span, "CSP605", fact, hint)
        return None

    def _day(self, node: Mapping, key: str) -> date | None:
        value = scalar(node, key)
        if value is None:
            return None
        try:
            if _ISO.match(value.text):
                return date.fromisoformat(value.text)
        except ValueError:
            pass  # 2026-02-30
        fact = f"'{value.text}' is not a day of the calendar"
        self._report(value.span, "CSP605", fact, "year, month, day: 2026-02-14")
        return None

    def _report(self, span: Span, code: str, message: str, hint: str) -> None:
        self.findings.append(Finding(span, code, message, hint))
