"""A line of the plan → its cells: who, why, what comes first, whose it is, until when; with names or with ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from cs_playbook.report.pieces import Cell
from cs_playbook.report.values import TEXTS, month_of, reason_words
from cs_playbook.report.words import clean, short_day
from cs_playbook.study.behind import Reason, Seen
from cs_playbook.study.plan_line import LineKind, PlanLine
from cs_playbook.values import replace

MARKS = {
    LineKind.START: ("+", "good"),
    LineKind.MOVE: (">", ""),
    LineKind.LATE: ("!", "warn"),
    LineKind.END: ("x", ""),
    LineKind.REFUSED: ("-", "warn"),
    LineKind.HELD: (".", "soft"),
    LineKind.SET: ("#", ""),
    LineKind.TELL: ("@", ""),
}


class Named(Struct, frozen=True):
    """`title`, `owner`, `due`: "" where there is no task."""

    kind: LineKind
    account: Cell
    why: Cell
    owner: str = ""
    title: str = ""
    due: str = ""


class Voice(Struct, frozen=True):
    """How a plan is spoken of: its day, with `names` or with ids, and what colleagues are called."""

    day: date
    names: bool
    people: Mapping[str, str]

    def named_line(self, kind: LineKind, item: PlanLine) -> Named:
        """The cells of one line."""
        title = clean(item.title) if self.names else item.step
        due = "" if item.due is None else due_words(item.due, self.day)
        owner = self.person(item.owner) if item.owner else ""
        owner += f" for {self.person(item.instead_of)}" if item.instead_of else ""
        # What goes on and what is late say the title with the reason: it is the news.
        alone = title if kind is LineKind.START else ""
        return Named(kind, self._account(item), self._why(kind, item, title), owner, alone, due)

    def person(self, email: str) -> str:
        return clean(self.people.get(email, email) if self.names else email)

    def _account(self, item: PlanLine) -> Cell:
        account = clean(item.name if self.names else item.account)
        return Cell(account, "", "" if item.row is None else f"· {clean(item.row)}")

    def _why(self, kind: LineKind, item: PlanLine, title: str) -> Cell:
        text, values = reason_words(item.reason if self.names else without_texts(item.reason))
        match kind:
            case LineKind.LATE:
                told = f", told to {', '.join(map(self.person, item.told))}" if item.told else ""
                return Cell(f"{text}{told}: {title}")
            case LineKind.TELL:
                told = ", ".join(map(self.person, item.told))
                # The sentence may hold what the customer wrote.
                return Cell(f"{text} → {told}" if self.names else f"{item.step} → {told}")
            case LineKind.MOVE if title:
                seen = f" {values}" if len(item.reason.seen) == 1 else ""
                return Cell(f"{text}{seen} → {title}")
            case _:
                return Cell(text, "", values)


def due_words(due: date, day: date) -> str:
    """`Tue 3`, `Wed 1 Apr`: the month where it is another one."""
    same = (due.year, due.month) == (day.year, day.month)
    return short_day(due) if same else f"{short_day(due)} {month_of(due)}"


def without_texts(reason: Reason) -> Reason:
    """Where names are not to be seen, no text of the customer's is."""
    return Reason(reason.text, tuple(_hidden(seen) for seen in reason.seen if seen.type not in TEXTS))


def _hidden(seen: Seen) -> Seen:
    return replace(seen, inside=tuple(part for part in seen.inside if part.type not in TEXTS))
