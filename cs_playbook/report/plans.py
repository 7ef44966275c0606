"""How success plans stand → a screen and JSON: state, what comes next, how late, KPIs with a bar; of one the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cs_playbook.model.plan_state import KpiNow, Mark, Marked, ObjectiveNow
from cs_playbook.model.success_plan import Milestone, Standing, Status
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_json import FORMAT_VERSION, written
from cs_playbook.report.values import TIE, date_words, value_words
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.study.plans import AccountPlan, PlanLine, PortfolioPlans, Units

UNKNOWN = "unknown"
_FULL, _REST, _WIDTH = "█", "░", 10
_PLANS = (Column(12), Column(8), Column(None, right=True), Column(20), Column(None), Column(14))
_KPIS = (Column(16), Column(None), Column(None, right=True), Column(20))
_ITEMS = (Column(None), Column(24), Column(14))
_MARKS = {Mark.DONE: "✓", Mark.OPEN: "·", Mark.LATE: "!", Mark.UNKNOWN: "?"}
_STYLES = {Mark.DONE: "soft", Mark.OPEN: "", Mark.LATE: "error", Mark.UNKNOWN: "warn"}


def bar(progress: float | None) -> str:
    """`██████░░░░`; nothing where it is not known."""
    if progress is None:
        return "?" * _WIDTH
    full = round(progress * _WIDTH)
    return _FULL * full + _REST * (_WIDTH - full)


def percent(progress: float | None) -> str:
    return UNKNOWN if progress is None else f"{progress * 100:.0f}{TIE}%"


# --- all of them ---


def portfolio_lines(found: PortfolioPlans, width: int, names: bool) -> Iterator[Line]:
    """`width`: from 80 columns up. `names`: of accounts, or their keys."""
    yield from wrapped(
        "head", f"{count(len(found.plans), 'success plan')} · {day_with_year(found.day)}", width
    )
    yield from wrapped("soft", _counted(found), width)
    yield BLANK
    yield from table([_row(one, names) for one in found.plans], _PLANS, width)
    for one in found.plans:
        yield from _not_there(one, width)
        yield from _missing(one, width, names)
    yield BLANK
    yield line(
        (
            "soft",
            "cs-playbook plans show ACCOUNT   shows one; -o html=plan.html makes the page for the customer",
        )
    )


def _counted(found: PortfolioPlans) -> str:
    states = [_state(one) for one in found.plans]
    return " · ".join(f"{state} {states.count(state)}" for state in dict.fromkeys(states))


def _state(one: PlanLine) -> str:
    return "not in the snapshot" if one.now is None else status_words(one.now.status)


def status_words(status: Status | None) -> str:
    return UNKNOWN if status is None else status.value


def _row(one: PlanLine, names: bool) -> list[Cell]:
    name = clean(one.name if names else one.plan.account)
    if one.now is None:
        return [Cell(name), Cell(_state(one), "warn"), Cell(), Cell(), Cell(), Cell()]
    behind = one.now.status is Standing.BEHIND
    following = one.now.next
    late = f"{count(one.now.days_late, 'day')} late".replace(" ", TIE) if one.now.days_late else ""
    return [
        Cell(name),
        Cell(_state(one), "error" if behind else ""),
        Cell(percent(one.now.progress)),
        Cell(_following(following) if following else "nothing is left"),
        Cell(late, "error"),
        Cell(_first_kpi(one), "soft"),
    ]


def _following(item: Marked) -> str:
    due = "" if item.due is None else f", {date_words(item.due)}"
    return f"{clean(title_of(item))}{due}"


def title_of(item: Marked) -> str:
    return item.of.title if isinstance(item.of, Milestone) else item.of.what


def _first_kpi(one: PlanLine) -> str:
    """The KPI that is least far."""
    kpis = [kpi for objective in one.now.objectives for kpi in objective.kpis] if one.now else []
    known = [kpi for kpi in kpis if kpi.progress is not None]
    if not known:
        return ""
    least = min(known, key=lambda kpi: kpi.progress or 0.0)
    return f"{bar(least.progress)}{TIE}{clean(least.kpi.fact.name)}"


def _not_there(one: PlanLine, width: int) -> Iterator[Line]:
    if one.now is None:
        meant = f"; did you mean '{clean(one.meant)}'?" if one.meant else ""
        said = (
            f"? {one.plan.span.file}: there is no account '{clean(one.plan.account)}' in the snapshot{meant}"
        )
        yield from wrapped("warn", said, width, "  ")


def _missing(one: PlanLine, width: int, names: bool) -> Iterator[Line]:
    if one.now is not None and one.plan.missing:
        name = clean(one.name if names else one.plan.account)
        yield from wrapped(
            "warn", f"? {name}: the handover does not say: {', '.join(one.plan.missing)}", width, "  "
        )


# --- one, for its CSM ---


def account_lines(found: AccountPlan, width: int) -> Iterator[Line]:
    """With what is internal: it is no page for a customer."""
    plan, now = found.line.plan, found.line.now
    assert now is not None
    title = clean(plan.title or plan.name)
    whose = "" if clean(found.line.name) in title else f"{clean(found.line.name)} · "
    yield from wrapped("head", f"{whose}{title} · {day_with_year(found.day)}", width)
    said = f"{status_words(now.status)}, {percent(now.progress)}"
    if plan.agreed_on is not None:
        said += f" · agreed with {clean(plan.agreed_by)} on {date_words(plan.agreed_on)}"
    else:
        said += " · not agreed yet: nothing of it becomes a task (agreed: {by: …, day: …})"
    yield from wrapped("strong", said, width)
    if plan.missing:
        yield from wrapped("warn", f"The handover does not say: {', '.join(plan.missing)}", width)
    for objective in now.objectives:
        yield BLANK
        yield from _objective(objective, found.units, width)
    yield from _people(found, width)
    yield BLANK
    yield line(
        (
            "soft",
            f"cs-playbook plans show {clean(plan.account)} -o html=plan.html   the page for the customer, without what is internal",
        )
    )


def _objective(now: ObjectiveNow, units: Units, width: int) -> Iterator[Line]:
    deadline = "" if now.deadline is None else f", by {date_words(now.deadline)}"
    state = f"{status_words(now.status)}, {percent(now.progress)}{deadline}"
    yield from wrapped("strong", f"{clean(now.objective.title)}: {state}", width)
    if now.kpis:
        yield from table([_kpi(kpi, units) for kpi in now.kpis], _KPIS, width)
    items = [_item(item) for item in (*now.milestones, *now.blockers)]
    if items:
        yield from table(items, _ITEMS, width)


def _kpi(now: KpiNow, units: Units) -> list[Cell]:
    kind, unit = units.get(now.kpi.fact.name, (None, ""))
    shown = [value_words(value, kind, unit) for value in (now.kpi.start, now.current, now.kpi.target)]
    current = UNKNOWN if now.current is None else f"{shown[1]} now"
    return [
        Cell(clean(now.kpi.fact.name)), Cell(bar(now.progress)), Cell(percent(now.progress)),
        Cell(f"{shown[0]} → {shown[2]}, {current}"),
    ]  # fmt: skip


def _item(item: Marked) -> list[Cell]:
    whose = " (theirs)" if item.of.theirs else ""
    kind = "" if isinstance(item.of, Milestone) else "blocker: "
    return [
        Cell(_MARKS[item.mark], _STYLES[item.mark]),
        Cell(f"{kind}{clean(title_of(item))}{whose}", _STYLES[item.mark]),
        Cell(when_words(item.mark, item), _STYLES[item.mark]),
    ]


def when_words(mark: Mark, item: Marked) -> str:
    due = "" if item.due is None else date_words(item.due)
    match mark:
        case Mark.DONE:
            return "done" if item.done_on is None else f"done {date_words(item.done_on)}"
        case Mark.LATE:
            return f"{due}, {count(item.days_late, 'day')} late"
        case Mark.UNKNOWN:
            return f"{due}, and nobody can tell"
        case _:
            return due


def _people(found: AccountPlan, width: int) -> Iterator[Line]:
    people = found.line.plan.stakeholders
    if not people:
        return
    yield BLANK
    yield line(("strong", "Who matters there"))
    for one in people:
        said = ", ".join(part for part in (one.role, one.sentiment, one.wants) if part)
        yield from wrapped("", f"{clean(one.name)}{': ' if said else ''}{clean(said)}", width, "  ")


# --- JSON ---


def portfolio_json(found: PortfolioPlans, names: bool) -> str:
    """All of them, with `format_version`. Days as 2026-03-31, shares from 0 to 1, unknown as null."""
    plans = [_plan_json(one, names) for one in found.plans]
    return written({"format_version": FORMAT_VERSION, "day": found.day.isoformat(), "plans": plans})


def _plan_json(one: PlanLine, names: bool) -> dict[str, Any]:
    named = {"name": one.name} if names else {}
    head = {"plan": one.plan.name, "account": one.plan.account, **named, "present": one.now is not None}
    if one.now is None:
        return {**head, "meant": one.meant or None}
    following = one.now.next
    return {
        **head,
        "status": None if one.now.status is None else one.now.status.value,
        "progress": one.now.progress,
        "missing": list(one.plan.missing),
        "next": None if following is None else {"milestone": following.of.id, "due": _day(following)},
        "days_late": one.now.days_late,
        "objectives": [_objective_json(objective) for objective in one.now.objectives],
    }


def _objective_json(now: ObjectiveNow) -> dict[str, Any]:
    kpis = [
        {"kpi": kpi.kpi.fact.name, "start": kpi.kpi.start, "current": kpi.current, "target": kpi.kpi.target,
         "progress": kpi.progress}
        for kpi in now.kpis
    ]  # fmt: skip
    items = [
        {"id": item.of.id, "state": item.mark.value, "due": _day(item)}
        for item in (*now.milestones, *now.blockers)
    ]
    status = None if now.status is None else now.status.value
    return {
        "id": now.objective.id,
        "status": status,
        "progress": now.progress,
        "kpis": kpis,
        "milestones": items,
    }


def _day(item: Marked) -> str | None:
    return None if item.due is None else item.due.isoformat()
