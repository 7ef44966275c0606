"""The node of a success plan → the playbook it amounts to, as nodes and as text: its milestones, blockers, risks and
reviews become ordinary steps, so that planner, ledger, screens and stories need to know nothing of plans.

Every value keeps the place where people wrote it: what is wrong with a step is told there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as Dictionary
from datetime import date, timedelta

from cs_playbook.model.success_plan import (
    OVER,
    STATUS,
    Blocker,
    Kpi,
    Milestone,
    Objective,
    Result,
    Risk,
    SuccessPlan,
)
from cs_playbook.model.time import FromDate, Moment, OnDay, add_months
from cs_playbook.model.wording import write
from cs_playbook.parse.nodes import block, blocks
from cs_playbook.parse.plan_parts import success_of
from cs_playbook.source.finding import Span
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence, plain

AHEAD = 14  # days before it is due a milestone comes onto the list
EVER = "36500 days"
_BUSINESS, _DAYS = 5, 7  # business days in a week of days
_MONTHS = {"quarter": 3, "month": 1, "year": 12}

Said = str | int | Node | Dictionary[str, "Said"] | list["Said"]


def playbook_of(plan: SuccessPlan, node: Mapping, account: str, name: str) -> tuple[Mapping, str]:
    """The nodes, and the text that the ledger keeps. `account`: the key as conditions write it; `name`: what titles
    call the account."""
    maker = _Maker(plan, node, name)
    root = maker.root(account)
    return root, json.dumps(plain(root), indent=1, ensure_ascii=False)


class _Maker:
    """Holds the plan whose steps are written."""

    def __init__(self, plan: SuccessPlan, node: Mapping, name: str) -> None:
        self.plan = plan
        self.node = node
        self.name = name
        self.owner: Said = node.get("owner") or plan.owner  # with its own place

    def root(self, account: str) -> Mapping:
        plan = self.plan
        acts = plan.agreed_on is not None and not plan.is_template
        status = "retired" if plan.ended_on is not None else "live" if acts else "draft"
        words: dict[str, Said] = {
            "playbook": plan.name,
            "title": plan.title or f"Success plan {plan.name}",
            "status": status,
            "owner": self.owner,
            "why": "What was agreed with the customer is done.",
            # Twice: who is not meant is two conditions away, so that nobody is told to be one short of it.
            "audience": account,
            "trigger": {"when": account, "already_matching": "start"},
            "changes": {"open_enrollments": "move", **self._called_off()},
            "exit": [{"when": f"{STATUS} = '{status}'", "outcome": status} for status in OVER],
            "steps": self._steps(),
        }
        return _mapping(words, plan.span)

    def _called_off(self) -> dict[str, Said]:
        """The steps of cancelled objectives are gone on purpose."""
        gone = [step for one in self.plan.objectives if one.result is Result.CANCELLED for step in _ids(one)]
        return (
            {"renamed_steps": {step: Scalar(None, "null", self.plan.span) for step in gone}} if gone else {}
        )

    def _steps(self) -> list[Said]:
        steps: list[Said] = []
        for objective, node in zip(self.plan.objectives, blocks(self.node, "objectives"), strict=True):
            if objective.result is not Result.CANCELLED:
                steps += self._of_objective(objective, node)
        for risk, node in zip(self.plan.risks, blocks(self.node, "risks"), strict=True):
            steps += self._of_risk(risk, node)
        return [*steps, *self._review()]

    # --- an objective ---

    def _of_objective(self, objective: Objective, node: Mapping) -> list[Said]:
        steps: list[Said] = []
        for blocker, inner in zip(objective.blockers, blocks(node, "blockers"), strict=True):
            steps.append(self._blocker(blocker, inner))
        for milestone, inner in zip(objective.milestones, blocks(node, "milestones"), strict=True):
            steps += self._milestone(milestone, inner)
        return [*steps, *self._outcome(objective, node)]

    def _blocker(self, blocker: Blocker, node: Mapping) -> Said:
        """On the list from the first day: nobody waits with what stands in the way."""
        done = _either(node.get("cleared_when"), blocker.cleared_on)
        return {
            "id": _at(blocker.id, blocker.span),
            "task": f"{'The customer clears' if blocker.theirs else 'Clear'} the blocker: {blocker.what}",
            "owner": self._whose(blocker, node),
            "due": _due(blocker.due, node) or "10 business days",
            "after": "start",
            **({"done_when": done} if done is not None else {}),
        }

    def _milestone(self, milestone: Milestone, node: Mapping) -> list[Said]:
        """Watched from the first day, on the list as soon as its day is near; done before that it never gets there."""
        done = _either(node.get("done_when"), milestone.done_on)
        near = None if milestone.due is None else f"today >= {_day(milestone.due, -AHEAD)}"
        watched = [said for said in (done, near) if said is not None]
        watch, due = f"{milestone.id}_watch", _due(milestone.due, node)
        task: dict[str, Said] = {
            "id": _at(milestone.id, milestone.span),
            "task": f"{milestone.title} ({self.name}): is it done?" if milestone.theirs else milestone.title,
            "owner": self._whose(milestone, node),
            **({"due": due} if due is not None else {}),
            "after": {watch: "met"},
            **({"done_when": done} if done is not None else {}),
        }
        # Of a draft `2 weeks after agreed` is no day yet.
        return [self._watch(watch, watched or ["today is null"], milestone.span), task]

    def _whose(self, item: Milestone | Blocker, node: Mapping) -> Said:
        """What the customer does is asked by whoever looks after the plan."""
        named = node.get("owner")
        return self.owner if item.theirs or named is None else named

    def _watch(self, name: str, until: list[Said], span: Span) -> Said:
        return {"id": _at(name, span), "wait": EVER, "until": {"any": until}, "after": "start"}

    def _outcome(self, objective: Objective, node: Mapping) -> list[Said]:
        """When it is reached the ledger writes it down; when its deadline has passed a person says what came of it."""
        cases: list[Said] = []
        reached = _reached(objective, node)
        if reached is not None:
            cases.append({"when": reached, "is": Result.ACHIEVED.value})
        if objective.result is not None:
            cases.append({"when": "today is not null", "is": objective.result.value})
        late = [] if objective.deadline is None else [f"today > {_day(objective.deadline, 0)}"]
        watched = [*(case["when"] for case in cases if isinstance(case, dict)), *late]
        if not watched:
            return []
        watch = f"{objective.id}_watch"
        ask: dict[str, Said] = {
            "id": _at(objective.id, objective.span),
            "task": f"What came of it: {objective.title}?",
            "owner": self.owner,
            "due": "5 business days",
            "outcomes": [Result.ACHIEVED.value, Result.PARTLY.value, Result.MISSED.value],
            "after": {watch: "met"},
            **({"done_when": cases} if cases else {}),
        }
        return [self._watch(watch, watched, objective.span), ask]

    # --- risks and reviews ---

    def _of_risk(self, risk: Risk, node: Mapping) -> list[Said]:
        watch, when = f"{risk.id}_watch", node.get("when")
        if when is None:
            return []
        answer: dict[str, Said] = {"id": _at(risk.id, risk.span), "after": {watch: "met"}}
        if risk.playbook:
            answer["playbook"] = node.get("playbook") or risk.playbook
        else:
            answer |= {"task": risk.says, "owner": self.owner}
        watching: Said = {"id": _at(watch, risk.span), "wait": EVER, "until": when, "after": "start"}
        return [watching, answer]

    def _review(self) -> list[Said]:
        written, agreed = self.node.get("review"), self.plan.agreed_on
        if not isinstance(written, Scalar):
            return []
        step: dict[str, Said] = {
            "id": _at("review", written.span),
            "task": f"Look at the success plan together with {self.name}",
            "owner": self.owner,
            "every": _rhythm(written, agreed),
            "due": "10 business days",
            "after": "start",
        }
        return [step]


def _ids(objective: Objective) -> list[str]:
    names = [objective.id, *(one.id for one in objective.milestones)]
    return [*names, *(f"{name}_watch" for name in names), *(one.id for one in objective.blockers)]


def _reached(objective: Objective, node: Mapping) -> Said | None:
    """Its own condition, else that all KPIs are at their target; what only milestones tell is no condition."""
    success = block(node, "success")
    said = success_of(success) if success is not None else None
    if said is not None:
        return said
    return [_at_target(kpi) for kpi in objective.kpis] if objective.kpis else None


def _at_target(kpi: Kpi) -> str:
    return f"{kpi.fact.name} {'>=' if kpi.target > kpi.start else '<='} {kpi.target:g}"


def _either(by_data: Node | None, by_hand: date | None) -> Said | None:
    """What ticks it: the data, a person, or whichever comes first."""
    if by_hand is None:
        return by_data
    ticked = f"today >= '{by_hand.isoformat()}'"
    return ticked if by_data is None else {"any": [by_data, ticked]}


def _due(moment: Moment | None, node: Mapping) -> Said | None:
    """As it was written; `2 weeks after agreed` is a day of the calendar by now."""
    written = node.get("due")
    if isinstance(moment, OnDay) and isinstance(written, Scalar):
        return _at(moment.day.isoformat(), written.span)
    return None if moment is None else written


def _day(moment: Moment, more: int) -> str:
    """A day of the plan, some days later, as conditions write it."""
    match moment:
        case OnDay(day=day):
            return f"'{(day + timedelta(days=more)).isoformat()}'"
        case FromDate(duration=duration, direction=direction, date=named):
            count = duration.count if direction == "after" else -duration.count
            days = {"day": count, "week": count * 7, "month": 0, "business day": count * _DAYS // _BUSINESS}
            start = f"months_after({write(named)}, {count})" if duration.unit == "month" else write(named)
            shift = days[duration.unit] + more
            return f"days_after({start}, {shift})" if shift else start
        case _:
            return "null"  # refused where the plan is read


def _rhythm(written: Scalar, agreed: date | None) -> Scalar:
    """`every quarter` → `3 months from` the first review after the day it was agreed."""
    said = written.text.strip().lower().removeprefix("every ").strip()
    months = _MONTHS.get(said)
    if months is not None:
        said = f"{months} month{'' if months == 1 else 's'}"
        first = add_months(agreed, months) if agreed is not None else None
    else:
        said = said if said not in ("week", "day") else f"1 {said}"
        first = agreed
    counted = said.split(" ")[0].isdigit() and " from " not in said and " on " not in said
    text = f"{said} from {first.isoformat()}" if counted and first is not None else said
    return Scalar(text, text, written.span, one_line=False)


# --- nodes ---


def _at(said: str, span: Span) -> Scalar:
    return Scalar(said, said, span, one_line=False)


def _mapping(said: Dictionary[str, Said], span: Span) -> Mapping:
    return Mapping(tuple((_at(key, span), _node(value, span)) for key, value in said.items()), span)


def _node(said: Said, span: Span) -> Node:
    """A part that people have written keeps its own place."""
    match said:
        case Scalar() | Sequence() | Mapping():
            return said
        case str():
            return _at(said, span)
        case int():
            return Scalar(said, str(said), span, one_line=False)
        case list():
            return Sequence(tuple(_node(item, _place(item, span)) for item in said), span)
        case _:
            return _mapping(said, span)


def _place(said: Said, span: Span) -> Span:
    """Of a step, that of its id: what is missing in it is told there."""
    named = said.get("id") if isinstance(said, dict) else None
    return named.span if isinstance(named, Scalar) else span
