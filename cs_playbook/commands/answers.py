"""Returned lists (`answers/*.csv`) → answers, and findings about the rows that cannot be one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cs_playbook.commands.workspace import Workspace
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.event import TaskAnswered
from cs_playbook.model.step import Email
from cs_playbook.parse.catalog import read_pinned
from cs_playbook.source.finding import Finding, Span, did_you_mean, in_order, warning

FOLDER = "answers"
FARTHEST = 400  # days between an answer and the run that takes it; beyond, the year is wrong
_WORKBOOKS = (".xlsx", ".xls", ".ods", ".numbers")
_LISTS = (".csv", *_WORKBOOKS)


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: answers in order of file and row; findings; how many rows said what is known already."""

    answers: tuple[TaskAnswered, ...]
    findings: tuple[Finding, ...]
    known: int = 0


def returned_lists(workspace: Workspace, ledger: Ledger, day: date) -> Returned:
    """All lists in `answers/`. `day`: when an answer without `done_on` counts as given."""
    return read_lists(list_files(workspace), workspace, ledger, day)


def list_files(workspace: Workspace) -> list[Path]:
    """What lies in `answers/` and may be a list, in order of names; what programs hide there is none."""
    folder = workspace.root / FOLDER
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [
        path
        for path in found
        if path.suffix.lower() in _LISTS and path.is_file() and not path.name.startswith((".", "~$"))
    ]


def read_lists(paths: Sequence[Path], workspace: Workspace, ledger: Ledger, day: date) -> Returned:
    """The lists in this order; the same answer twice is one answer, two different ones are a finding."""
    reader = _Reader(workspace, ledger, day)
    for path in paths:
        reader.read(path)
    return Returned(tuple(reader.answers.values()), in_order(reader.findings), reader.known)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with an outcome."""

    span: Span
    key: str
    outcome: str
    done_on: str
    by: str
    note: str


class _Reader:
    """Holds what has been answered so far."""

    def __init__(self, workspace: Workspace, ledger: Ledger, day: date) -> None:
        self.workspace = workspace
        self.ledger = ledger
        self.day = day
        self.answers: dict[str, TaskAnswered] = {}
        self.findings: list[Finding] = []
        self.known = 0

    def read(self, path: Path) -> None:
        name = (
            path.relative_to(self.workspace.root).as_posix()
            if path.is_relative_to(self.workspace.root)
            else str(path)
        )
        if path.suffix.lower() in _WORKBOOKS:
            self.findings.append(
                warning(
                    Span(name),
                    "CSP760",
                    "a workbook is no list: none of its answers is taken",
                    "save it as CSV UTF-8, beside it or in its place",
                )
            )
            return
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            # Spreadsheets on Windows write cp1252. Keys and outcomes read the same in both; a note may suffer.
            text = content.decode("cp1252", errors="replace")
            self.findings.append(
                warning(
                    Span(name),
                    "CSP760",
                    "the list is not UTF-8: it is read as a spreadsheet on Windows writes it",
                    "letters like é in `by` and `note` may be wrong; save it as CSV UTF-8 next time",
                )
            )
        for row in self._rows(text, name):
            self._answer(row, name)

    def _rows(self, text: str, name: str) -> Iterator[_Row]:
        lines = text.splitlines()
        # Spreadsheets of some countries write ';': the columns are known, so the first line tells.
        separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
        # Strict: a quote that is never closed would swallow all rows after it, and nobody would know.
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        begun = 1
        try:
            missing = [column for column in ("key", "outcome") if column not in (rows.fieldnames or ())]
            if missing:
                self.findings.append(
                    warning(
                        Span(name, 1),
                        "CSP761",
                        f"the list has no column '{missing[0]}'",
                        "return the list as it was sent: tasks.csv with `outcome` filled in",
                    )
                )
                return
            begun = rows.line_num + 1
            for row in rows:
                yield from self._filled(row, Span(name, begun))
                begun = rows.line_num + 1
        except csv.Error as error:
            self.findings.append(
                warning(
                    Span(name, begun),
                    "CSP760",
                    f"from here on the list cannot be read: {error}",
                    "save it again as CSV; the rows above it are taken",
                )
            )

    def _filled(self, row: Mapping[str | None, str | list[str] | None], span: Span) -> Iterator[_Row]:
        cells = {
            column: (cell or "").strip().removeprefix("'")
            for column, cell in row.items()
            if isinstance(column, str) and not isinstance(cell, list)
        }
        if cells.get("outcome"):
            yield _Row(
                span,
                cells["key"],
                cells["outcome"],
                cells.get("done_on", ""),
                cells.get("by", ""),
                cells.get("note", ""),
            )

    def _answer(self, row: _Row, name: str) -> None:
        found = (
            [
                (enrollment, task)
                for enrollment, task in self.ledger.find_tasks(row.key)
                if task.key == row.key
            ]
            if row.key
            else []
        )
        if not found:
            self._warn(
                row,
                "CSP762",
                f"there is no task '{row.key}'",
                "the key of a line never changes: copy it from tasks.csv",
            )
            return
        enrollment, task = found[0]
        allowed = outcomes_of(self.workspace, self.ledger, enrollment, task)
        same = next(
            (outcome for outcome in allowed if outcome.casefold() == row.outcome.casefold()), row.outcome
        )
        row = replace(row, outcome=same)
        if not self._may_be(row, task, allowed):
            return
        done_on = self._done_on(row)
        answer = TaskAnswered(
            enrollment.key, task.key, row.outcome, done_on, row.by or task.owner, row.note, name
        )
        earlier = self.answers.get(task.key)
        if earlier is not None and earlier.outcome != answer.outcome:
            self._warn(
                row,
                "CSP763",
                f"the same task is answered '{earlier.outcome}' in {earlier.via} and '{answer.outcome}' here",
                "keep one of them; the first one counts",
            )
        self.answers.setdefault(task.key, answer)

    def _may_be(self, row: _Row, task: OpenTask, allowed: tuple[str, ...]) -> bool:
        """Whether the task is open and knows the outcome; what is known already is nothing new."""
        if task.state is TaskState.DONE and task.outcome == row.outcome:
            self.known += 1
            return False
        if task.state is TaskState.DONE:
            self._warn(
                row,
                "CSP763",
                f"the task was answered '{task.outcome}' on {task.done_on}; here it says '{row.outcome}'",
                "the first answer counts; if it was wrong, stop the playbook for this account and start it anew",
            )
            return False
        if task.state is TaskState.CANCELLED:
            self._warn(
                row,
                "CSP764",
                f"the task was closed on {task.done_on}, because its playbook ended",
                "nothing is left to do: the row can go",
            )
            return False
        if row.outcome not in allowed:
            self._warn(
                row,
                "CSP765",
                f"'{row.outcome}' is none of this task's outcomes",
                did_you_mean(row.outcome, allowed) or f"one of: {', '.join(allowed)}",
            )
            return False
        return True

    def _done_on(self, row: _Row) -> date:
        """An unclear day takes nothing from the answer: it counts today, and a person is told."""
        if not row.done_on:
            return self.day
        try:
            given = date.fromisoformat(row.done_on)
            if abs((given - self.day).days) <= FARTHEST:
                return given
            self._warn(
                row,
                "CSP766",
                f"'{row.done_on}' in done_on is far from today",
                "the answer counts as given today",
            )
            return self.day
        except ValueError:
            self._warn(
                row,
                "CSP766",
                f"'{row.done_on}' in done_on could be read in several ways",
                "the answer counts as given today; write days as 2026-03-31",
            )
            return self.day

    def _warn(self, row: _Row, code: str, message: str, hint: str) -> None:
        self.findings.append(warning(row.span, code, message, hint))


def outcomes_of(
    workspace: Workspace, ledger: Ledger, enrollment: Enrollment, task: OpenTask
) -> tuple[str, ...]:
    """What a person may answer, by the text with which the enrollment began."""
    source = ledger.definition(enrollment.definition)
    playbook = read_pinned(source, enrollment.playbook, workspace.around)[0] if source else None
    step = playbook.step(task.step) if playbook else None
    if step is None:
        return ()
    return ("sent", "discarded") if isinstance(step.verb, Email) else step.outcomes
