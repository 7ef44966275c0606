"""The weeks to come → a screen and JSON: each person's share of what they have, who is over and why, who cannot be afforded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_json import FORMAT_VERSION, written
from cs_playbook.report.reach import reach_json, reach_lines
from cs_playbook.report.values import TIE, amount_words, month_of
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.study.capacity import PROMISE, Capacity, PersonLoad, PersonWeek, Week

SHOWN = 3  # playbooks that ask somebody in a week
AT_ONCE = 5  # weeks beside each other: what 80 columns hold
NOBODY = "nobody yet"


def as_lines(found: Capacity, width: int, names: bool) -> Iterator[Line]:
    """`width`: from 80 columns up. `names`: of people, or their addresses."""
    weeks = count(len(found.weeks), "week")
    yield from wrapped("head", f"Capacity · {weeks} from {day_with_year(found.day)}", width)
    for start in range(0, len(found.weeks), AT_ONCE):
        yield BLANK
        yield from table(
            _rows(found, range(start, min(start + AT_ONCE, len(found.weeks))), names), _columns(), width
        )
    yield from _over(found, width, names)
    yield from _besides(found, width, names)
    if found.reach is not None:
        yield BLANK
        yield from reach_lines(found.reach, width)
    yield BLANK
    said = "open tasks by their day, steps to come on the earliest day that can be known, promises of segments spread evenly"
    yield from wrapped("soft", f"Minutes asked of minutes had: {said}.", width)


def _columns() -> tuple[Column, ...]:
    return (Column(10), *(Column(None, right=True) for _ in range(AT_ONCE)))


def _rows(found: Capacity, places: range, names: bool) -> list[list[Cell]]:
    free = [Cell()] * (AT_ONCE - len(places))
    head = [Cell(), *(Cell(_week_words(found.weeks[place]), "soft") for place in places), *free]
    rows = [head]
    for load in found.people:
        rows.append(
            [Cell(person_words(load, names)), *(_share(load.weeks[place]) for place in places), *free]
        )
        if any(week.has is not None for week in load.weeks):
            rows.append([Cell(), *(Cell(_minutes(load.weeks[place]), "soft") for place in places), *free])
    return rows


def person_words(load: PersonLoad, names: bool) -> str:
    return clean((load.name if names else load.owner) or NOBODY)


def _week_words(week: Week) -> str:
    return f"{week.first.day}{TIE}{month_of(week.first)}"


def _share(week: PersonWeek) -> Cell:
    """`82 %`; only what is asked where nobody says what they have."""
    if week.has is None:
        return Cell(minute_words(week.total) if week.total else "–")
    if not week.has:
        return Cell("away" if not week.total else "0 had", "error" if week.total else "soft")
    share = f"{round(week.total / week.has * 100)}{TIE}%"
    return Cell(f"{share}{TIE}over", "error") if week.over else Cell(share)


def _minutes(week: PersonWeek) -> str:
    return "" if week.has is None else f"{minute_words(week.total)}/{minute_words(week.has)}"


def minute_words(minutes: Fraction) -> str:
    return amount_words(round(minutes))


def _over(found: Capacity, width: int, names: bool) -> Iterator[Line]:
    """Who is over, in how many weeks; and of the worst of them what asks for it."""
    rows = [
        _over_row(load, found.weeks, names) for load in found.people if any(week.over for week in load.weeks)
    ]
    if not rows:
        return
    yield BLANK
    yield line(("strong", "  Over, and what asks for it"), ("soft", "   in the worst week"))
    yield from table(
        rows, (Column(10), Column(None), Column(None), Column(None, right=True), Column(24)), width
    )


def _over_row(load: PersonLoad, weeks: tuple[Week, ...], names: bool) -> list[Cell]:
    over = [mine.over for mine in load.weeks]
    worst = over.index(max(over))
    return [
        Cell(person_words(load, names)), Cell(f"{sum(map(bool, over))} of {count(len(over), 'week')}"),
        Cell(_week_words(weeks[worst])), Cell(f"{minute_words(over[worst])} over", "error"),
        Cell(_asking(load.weeks[worst])),
    ]  # fmt: skip


def _asking(week: PersonWeek) -> str:
    """The playbook that asks most first; promises together, which are the same each week."""
    promises = sum((minutes for what, minutes in week.asked.items() if what.startswith(PROMISE)), Fraction(0))
    playbooks = [item for item in week.asked.items() if not item[0].startswith(PROMISE) and round(item[1])]
    ordered = sorted(playbooks, key=lambda item: (-item[1], item[0]))
    rest = sum((minutes for _, minutes in ordered[SHOWN:]), Fraction(0))
    more = [("other playbooks", rest), ("promises", promises)]
    told = [*ordered[:SHOWN], *(item for item in more if round(item[1]))]
    return " · ".join(f"{clean(what)}{TIE}{minute_words(minutes)}" for what, minutes in told)


def _besides(found: Capacity, width: int, names: bool) -> Iterator[Line]:
    """What is in no sum: it hangs on answers, or has no day yet."""
    rows = []
    for load in found.people:
        possible = sum((week.possible for week in load.weeks), Fraction(0))
        told = [f"{minute_words(possible)} if answers or conditions say so"] if possible else []
        told += [f"{minute_words(load.unplaced)} without a day yet"] if load.unplaced else []
        rows += [[Cell(person_words(load, names)), Cell(" · ".join(told), "soft")]] if told else []
    if rows:
        yield BLANK
        yield line(("strong", "  Besides, in no sum"), ("soft", "   minutes of all these weeks"))
        yield from table(rows, (Column(16), Column(24)), width)


# --- JSON ---


def as_json(found: Capacity, names: bool) -> str:
    """Minutes rounded to a hundredth; what nobody says is null."""
    return written({
        "format_version": FORMAT_VERSION, "day": found.day.isoformat(),
        "weeks": [{"from": week.first.isoformat(), "to": week.last.isoformat()} for week in found.weeks],
        "people": [_person_json(load, names) for load in found.people],
        "reach": None if found.reach is None else reach_json(found.reach),
    })  # fmt: skip


def _person_json(load: PersonLoad, names: bool) -> dict[str, Any]:
    named = {"name": load.name} if names else {}
    weeks = [_week_json(week) for week in load.weeks]
    return {"owner": load.owner or None, **named, "weeks": weeks, "without_a_day": _number(load.unplaced)}


def _week_json(week: PersonWeek) -> dict[str, Any]:
    asked = {what: _number(minutes) for what, minutes in sorted(week.asked.items())}
    has = None if week.has is None else _number(week.has)
    return {
        "has": has,
        "asked": _number(week.total),
        "over": _number(week.over),
        "by": asked,
        "possible": _number(week.possible),
    }


def _number(minutes: Fraction) -> float:
    return round(float(minutes), 2)
