"""A line of the plan → its cells: who, why, what comes first, whose it is, until when; with names or with ids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from cs_playbook.report.pieces import Cell
from cs_playbook.report.values import TEXTS, month_of, reason_words
from cs_playbook.report.words import clean, short_day
from cs_playbook.study.behind import Reason, Seen
from cs_playbook.study.plan_line import LineKind, PlanLine

MARKS = {
    LineKind.START: ("+", "good"),
    LineKind.MOVE: (">", ""),
    LineKind.LATE: ("!", "warn"),
    LineKind.END: ("x", ""),
    LineKind.REFUSED: ("-", "warn"),
    LineKind.HELD: (".", "soft"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """`title`, `owner`, `due`: "" where there is no task."""

    mark: str
    style: str
    account: str
    why: Cell
    owner: str = ""
    title: str = ""
    due: str = ""


def named_line(kind: LineKind, item: PlanLine, day: date, names: bool) -> Named:
    """The cells of one line."""
    mark, style = MARKS[kind]
    title = clean(item.title) if names else item.step
    text, values = reason_words(item.reason if names else without_texts(item.reason))
    due = "" if item.due is None else due_words(item.due, day)
    return Named(
        mark, style, _account(item, names), _why(kind, item, Cell(text, "", values), title),
        named(item.owner, item.owner_name, names), title, due,
    )  # fmt: skip


def named(key: str, name: str, names: bool) -> str:
    return clean(name or key) if names else clean(key)


def due_words(due: date, day: date) -> str:
    """`Tue 3`, `Wed 1 Apr`: the month where it is another one."""
    same = (due.year, due.month) == (day.year, day.month)
    return short_day(due) if same else f"{short_day(due)} {month_of(due)}"


def without_texts(reason: Reason) -> Reason:
    """Where names are not to be seen, no text of the customer's is."""
    return Reason(reason.text, tuple(_hidden(seen) for seen in reason.seen if seen.type not in TEXTS))


def _hidden(seen: Seen) -> Seen:
    return replace(seen, inside=tuple(part for part in seen.inside if part.type not in TEXTS))


def _account(item: PlanLine, names: bool) -> str:
    account = named(item.account, item.name, names)
    return account if item.row is None else f"{account} · {clean(item.row)}"


def _why(kind: LineKind, item: PlanLine, why: Cell, title: str) -> Cell:
    match kind:
        case LineKind.LATE:
            told = f", told to {', '.join(map(clean, item.told))}" if item.told else ""
            return Cell(title, "", f"{why.text}{told}")
        case LineKind.MOVE if title:
            return Cell(f"{why.whole} → {title}")
        case _:
            return why
