"""Returned lists (`answers/*.csv`) → answers, and findings about the rows that cannot be one."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.answer_day import answer_day
from cs_playbook.commands.answer_files import WORKBOOKS, list_files, no_lists, shown
from cs_playbook.commands.answered_by import answered_by
from cs_playbook.commands.begun_steps import allowed_answers, text_of
from cs_playbook.commands.given import cell_pairs
from cs_playbook.commands.must import holds_for
from cs_playbook.commands.put_off import FIRST_COUNTS, contradicts, is_known, other_answers, put_off_until
from cs_playbook.commands.workspace import Workspace
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import UserError
from cs_playbook.model.asks import understand
from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.event import TaskAnswered, TaskSnoozed, TaskWord
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Step
from cs_playbook.model.value import Value
from cs_playbook.source.finding import Finding, Span, did_you_mean, in_order, warning
from cs_playbook.values import replace

_TOLD_ONCE = ("CSP762", "CSP763", "CSP764")  # no such task, answered otherwise, closed
_COST_NOTHING = ("CSP766", "CSP777")  # a doubtful day, an unknown name: the answer is taken
_OURS = ("key", "outcome", "answers", "done_on", "by", "note")
_NOT_UTF_8 = "the list is not UTF-8: it is read as a spreadsheet on Windows writes it"


class Refused(Struct, frozen=True):
    """A row that is no answer. `owner`: whose line or list it was, "" where nobody can tell."""

    owner: str
    finding: Finding


class Returned(Struct, frozen=True):
    """What came back: answers in order of file and row; findings; how many rows said what is known already.

    `refused`: of the findings those that cost an answer, with whom to tell.
    """

    answers: tuple[TaskWord, ...]
    findings: tuple[Finding, ...]
    known: int = 0
    refused: tuple[Refused, ...] = ()


class AnswerTable(Struct, frozen=True):
    """What the CRM says, as rows. `told`: places of rows that an earlier run has seen already."""

    rows: tuple[AnswerRow, ...] = ()
    told: frozenset[Span] = frozenset()


def returned_lists(workspace: Workspace, ledger: Ledger, day: date, crm: AnswerTable) -> Returned:
    """All lists in `answers/`, then what the CRM says. `day`: when an answer without `done_on` counts as given."""
    taken = read_lists(list_files(workspace), workspace, ledger, day, crm)
    return replace(taken, findings=in_order([*taken.findings, *no_lists(workspace)]))


def read_lists(
    paths: Sequence[Path], workspace: Workspace, ledger: Ledger, day: date, crm: AnswerTable | None = None
) -> Returned:
    """The lists in this order; the same answer twice is one answer, two different ones are a finding."""
    reader = _Reader(workspace, ledger, day)
    for path in paths:
        reader.read(path)
    for row in crm.rows if crm else ():
        before, taken = len(reader.findings), len(reader.answers)
        by, stranger = answered_by(row.by, row.span, workspace.catalog.team)
        reader.answer(replace(row, by=by), row.span.file)
        reader.findings += [stranger] if stranger and len(reader.answers) > taken else []
        reader.findings[before:] = [_naming(one, row) for one in reader.findings[before:]]
    told = crm.told if crm else frozenset()
    # What nobody can do anything about any more is told once, not every day as long as the CRM keeps the row.
    findings = in_order(one for one in reader.findings if one.span not in told or one.code not in _TOLD_ONCE)
    return Returned(tuple(reader.answers.values()), findings, reader.known, reader.refused(findings))


class AnswerRow(Struct, frozen=True):
    """A row with an outcome."""

    span: Span
    key: str
    outcome: str
    done_on: str
    by: str
    note: str
    owner: str
    answers: str = ""


class _Reader:
    """Holds what has been answered so far."""

    def __init__(self, workspace: Workspace, ledger: Ledger, day: date) -> None:
        self.workspace = workspace
        self.ledger = ledger
        self.day = day
        self.answers: dict[str, TaskWord] = {}
        self.findings: list[Finding] = []
        self.known = 0
        self._owners: dict[Span, str] = {}
        self._texts: dict[str, Playbook | None] = {}

    def refused(self, findings: Iterable[Finding]) -> tuple[Refused, ...]:
        """Those that took an answer away; a doubtful day or letter did not."""
        return tuple(
            Refused(self._owners.get(finding.span, ""), finding)
            for finding in findings
            if finding.code not in _COST_NOTHING and finding.message != _NOT_UTF_8
        )

    def read(self, path: Path) -> None:
        name = shown(path, self.workspace)
        if path.suffix.lower() in WORKBOOKS:
            self.findings.append(
                warning(
                    Span(name),
                    "CSP760",
                    "a workbook is no list: none of its answers is taken",
                    "save it as CSV UTF-8, beside it or in its place",
                )
            )
            return
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UserError(f"{name} cannot be read: {error.strerror}", "look at its permissions") from error
        try:
            # What a spreadsheet calls Unicode text is UTF-16, with a tab between the cells.
            wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            text = content.decode("utf-16" if wide else "utf-8-sig")
        except UnicodeDecodeError:
            # Spreadsheets on Windows write cp1252. Keys and outcomes read the same in both; a note may suffer.
            text = content.decode("cp1252", errors="replace")
            self.findings.append(
                warning(
                    Span(name),
                    "CSP760",
                    _NOT_UTF_8,
                    "letters like é in `by` and `note` may be wrong; save it as CSV UTF-8 next time",
                )
            )
        for row in self._rows(text, name):
            self.answer(row, name)

    def _rows(self, text: str, name: str) -> Iterator[AnswerRow]:
        lines = text.splitlines()
        # Spreadsheets of some countries write ';': the columns are known, so the first line tells.
        head = lines[0] if lines else ""
        separator = max(",;\t", key=head.count)
        # Strict: a quote that is never closed would swallow all rows after it, and nobody would know.
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        begun = 1
        try:
            twice = _twice(rows.fieldnames or ())
            if twice:
                self.findings.append(
                    warning(
                        Span(name, 1),
                        "CSP767",
                        f"the list has several columns '{twice[0]}': none of its answers is taken",
                        "keep the one that is meant",
                    )
                )
                return
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

    def _filled(self, row: Mapping[str | None, str | list[str] | None], span: Span) -> Iterator[AnswerRow]:
        cells = {
            column: (cell or "").strip().removeprefix("'")
            for column, cell in row.items()
            if isinstance(column, str) and not isinstance(cell, list)
        }
        if cells.get("outcome"):
            yield AnswerRow(
                span,
                cells["key"],
                cells["outcome"],
                cells.get("done_on", ""),
                cells.get("by", ""),
                cells.get("note", ""),
                cells.get("owner", ""),
                cells.get("answers", ""),
            )
        elif _says_something(cells.get("answers", "")):
            hint = "fill in `outcome` too: without it the task stays open"
            self.findings.append(warning(span, "CSP769", "the line has answers and no outcome", hint))
            self._owners[span] = cells.get("owner", "")

    def answer(self, row: AnswerRow, name: str) -> None:
        self._owners[row.span] = row.owner
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
        self._owners[row.span] = task.owner
        until = put_off_until(row.outcome)
        if until is not None:
            self._put_off(row, enrollment, task, until)
            return
        allowed = allowed_answers(self._step(enrollment, task), self.ledger, enrollment, task)
        same = next(
            (outcome for outcome in allowed if outcome.casefold() == row.outcome.casefold()), row.outcome
        )
        row = replace(row, outcome=same)
        if not self._may_be(row, enrollment, task, allowed):
            return
        answers = self._asked(row, enrollment, task)
        if answers is None:
            return
        done_on = self._done_on(row)
        answer = TaskAnswered(
            enrollment.key,
            task.key,
            row.outcome,
            done_on,
            row.by or task.owner,
            row.note,
            name,
            answers,
            row.answers if answers else "",
        )
        self._keep(row, task, answer)

    def _keep(self, row: AnswerRow, task: OpenTask, said: TaskWord) -> None:
        """The first word counts."""
        earlier = self.answers.setdefault(task.key, said)
        wrong = contradicts(earlier, said)
        if wrong:
            self._warn(row, "CSP763", wrong, "keep one of them; the first one counts")

    def _put_off(self, row: AnswerRow, enrollment: Enrollment, task: OpenTask, until: date) -> None:
        if not self._may_be(row, enrollment, task, (row.outcome,)):
            return
        if is_known(task, until, self.day):
            self.known += 1
            return
        because, by = row.note or "put off on a returned list", row.by or task.owner
        self._keep(row, task, TaskSnoozed(enrollment.key, task.key, self.day, until, because, by))

    def _known_already(self, row: AnswerRow, enrollment: Enrollment, task: OpenTask) -> None:
        """The same outcome with something else beside it is no repetition."""
        answers = self._asked(row, enrollment, task) if _says_something(row.answers) else {}
        other = "" if answers is None else other_answers(task, answers)
        if other:
            self._warn(
                row, "CSP763", f"the task was answered on {task.done_on}, and {other} otherwise", FIRST_COUNTS
            )
        elif answers is not None:
            self.known += 1

    def _may_be(
        self, row: AnswerRow, enrollment: Enrollment, task: OpenTask, allowed: tuple[str, ...]
    ) -> bool:
        """Whether the task is open and knows the outcome; what is known already is nothing new."""
        if task.state is TaskState.DONE and task.outcome == row.outcome:
            self._known_already(row, enrollment, task)
            return False
        if task.state is TaskState.DONE:
            self._warn(
                row,
                "CSP763",
                f"the task was answered '{task.outcome}' on {task.done_on}; here it says '{row.outcome}'",
                FIRST_COUNTS,
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

    def _asked(self, row: AnswerRow, enrollment: Enrollment, task: OpenTask) -> Mapping[str, Value] | None:
        """What the line asks besides; None where it is not all there: the task stays open, and the row may be mended."""
        step = self._step(enrollment, task)
        asks = step.asks if step else ()
        if not asks and not _says_something(row.answers):
            return {}
        holds = holds_for(self.workspace, enrollment.account, self.day)
        understood = understand(cell_pairs(row.answers, asks), asks, f"'{task.step}'", holds)
        for misread in understood.wrong:
            self._warn(row, "CSP769", misread.fact, misread.hint)
        return None if understood.wrong else understood.values

    def _step(self, enrollment: Enrollment, task: OpenTask) -> Step | None:
        """A list has many lines that go by one text: it is read once."""
        if enrollment.definition not in self._texts:
            self._texts[enrollment.definition] = text_of(self.workspace, self.ledger, enrollment)
        text = self._texts[enrollment.definition]
        return text.step(task.step) if text else None

    def _done_on(self, row: AnswerRow) -> date:
        day, doubt = answer_day(row.done_on, self.day)
        if doubt:
            self._warn(
                row,
                "CSP766",
                f"'{row.done_on}' in done_on {doubt}",
                "the answer counts as given today; write days as 2026-03-31",
            )
        return day

    def _warn(self, row: AnswerRow, code: str, message: str, hint: str) -> None:
        self.findings.append(warning(row.span, code, message, hint))


def _naming(finding: Finding, row: AnswerRow) -> Finding:
    """Nobody can look up the row of a snapshot: there the key says which task of the CRM is meant."""
    if row.key in finding.message:
        return finding
    return replace(finding, message=f"task {row.key}: {finding.message}")


def _twice(header: Sequence[str]) -> list[str]:
    """Columns of ours that stand there more than once, also with another case or with spaces around."""
    names = [column.strip().casefold() for column in header]
    return [column for column in _OURS if names.count(column) > 1]


def _says_something(answers: str) -> bool:
    """The cell comes with the names of the questions: `reason=; amount=` says nothing yet."""
    return any(part.rpartition("=")[2].strip() for part in answers.split(";"))
