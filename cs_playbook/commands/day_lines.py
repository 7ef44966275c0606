"""The accounts once more, as the run leaves them → the bytes of their mails, the files of today; and all lines, kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from msgspec import Struct, field

from cs_playbook.commands.desk import Desk
from cs_playbook.commands.document_file import document_of
from cs_playbook.commands.planning import Morning, standing_accounts
from cs_playbook.effects.ledger_made import Made, MadeFile
from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.effects.line_store import LineStore, Reads
from cs_playbook.letters.document import document_templates
from cs_playbook.letters.lacking import templates
from cs_playbook.letters.message import Unsendable
from cs_playbook.letters.preview import PreviewItem
from cs_playbook.letters.template import Template
from cs_playbook.model.answer import explain
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask
from cs_playbook.model.event import MailMoved
from cs_playbook.model.line import TaskLine
from cs_playbook.model.outbox import RUN, MailState
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.fold import fold
from cs_playbook.plan.frozen import frozen_line
from cs_playbook.plan.lines import line_of, told_of
from cs_playbook.plan.planner import subject_of
from cs_playbook.report.values import reason_words
from cs_playbook.study.behind import Facts, reason_of
from cs_playbook.values import replace

Templates = Callable[[str, str], Template | None]
SHOWN_ON_PAGE = 300  # mails; a page with more cannot be looked through


class DayLines(Struct):
    """Collects what lists are made of while the accounts go by. `mails`: those that can be looked through."""

    store: LineStore
    mails: list[PreviewItem] = field(default_factory=list)
    new_drafts: int = 0
    new_mails: int = 0

    @property
    def has_room(self) -> bool:
        return len(self.mails) < SHOWN_ON_PAGE

    def show(self, mail: PreviewItem | None) -> None:
        if mail is not None and self.has_room:
            self.mails.append(mail)


def open_lines(morning: Morning) -> Iterator[tuple[TaskLine, OpenTask, Enrollment]]:
    """Every open line of work, account by account."""
    for one in _going_on(morning):
        for task in one.enrollment.open_tasks:
            yield one.line(task), task, one.enrollment


def made_of_the_day(morning: Morning, lines: DayLines) -> Iterator[Made]:
    """Reads the ledger as the run leaves it. A mail that cannot be written is a draft for `from`, who sees why."""
    writing = _Writing(
        morning, lines, templates(morning.today.catalog), document_templates(morning.today.catalog)
    )
    for found in _going_on(morning):
        one = yield from writing.mails_of(found)
        yield from writing.work_of(one)
        writing.leaving(one)
    lines.store.all_in()


class _Going(Struct, frozen=True):
    """A treated enrollment that is open, its account or row, the text by which it goes; None where that no longer binds."""

    enrollment: Enrollment
    subject: Subject
    text: Playbook | None
    today: Today

    def step(self, task: OpenTask) -> tuple[Playbook, Step] | None:
        step = self.text.step(task.step) if self.text is not None else None
        return None if self.text is None or step is None else (self.text, step)

    def line(self, task: OpenTask) -> TaskLine:
        match self.step(task):
            case None:
                return frozen_line(task, self.enrollment, self.subject, self.today)
            case text, step:
                return line_of(task, step, text, self.enrollment, self.subject, self.today)


def _going_on(morning: Morning) -> Iterator[_Going]:
    for account in standing_accounts(morning):
        for enrollment in account.enrollments:
            if enrollment.is_open and enrollment.arm is Arm.TREATED:
                text = morning.today.texts.get(enrollment.definition)
                yield _Going(enrollment, subject_of(account, text, enrollment.row), text, morning.today)


class _Writing(Struct, frozen=True):
    """Writes what one enrollment after the other has to tell."""

    morning: Morning
    lines: DayLines
    template: Templates
    document_template: Templates

    def mails_of(self, one: _Going) -> Generator[Made, None, _Going]:
        """The bytes of those that the run has just put into the outbox. Gives the enrollment as it stands then."""
        unwritten = (task for task in one.enrollment.mails if self.morning.ledger.is_unwritten(task.key))
        enrollment = one.enrollment
        for task in unwritten:
            written = self._bytes_of(one, task)
            yield written
            if isinstance(written, MailMoved):
                enrollment = fold(enrollment, written)
        return one if enrollment is one.enrollment else replace(one, enrollment=enrollment)

    def _bytes_of(self, one: _Going, task: OpenTask) -> Written | MailMoved:
        desk = self._desk(one, task)
        content = desk.finished() if desk else Unsendable("the text of its playbook is gone")
        if isinstance(content, bytes):
            return Written(task.key, content)
        to = MailState.DRAFT.value
        return MailMoved(one.enrollment.key, task.key, one.today.day, to, RUN, content.reason)

    def work_of(self, one: _Going) -> Iterator[MadeFile]:
        """Keeps every open line; the drafts and documents of today are files."""
        for task in one.enrollment.open_tasks:
            line = one.line(task)
            known = one.step(task)
            if known is not None:
                line, files = self._with_files(line, one, task, *known)
                yield from files
            self.lines.store.add(Reads.OPEN, line.owner, line)

    def leaving(self, one: _Going) -> None:
        """Mails in the outbox: their sender is told, and those of today can be looked through."""
        for task in one.enrollment.mails:
            desk = self._desk(one, task)
            if desk is None:
                continue
            line = one.line(task)
            self.lines.store.add(Reads.LEAVING, line.owner, line)
            if task.opened_on == one.today.day:
                self.lines.new_mails += 1
                if self.lines.has_room:
                    self.lines.show(desk.preview())

    def _with_files(
        self, line: TaskLine, one: _Going, task: OpenTask, text: Playbook, step: Step
    ) -> tuple[TaskLine, list[MadeFile]]:
        if one.enrollment.started_on == one.today.day and one.enrollment.by == "rule":
            line = replace(line, why=_with_values(text, one.subject, one.today) or line.why)
        for person in told_of(task, step, one.enrollment, one.subject, one.today):
            self.lines.store.add(Reads.TOLD, person.email, line)
        made: list[tuple[str, bytes]] = []
        desk = self._desk(one, task)
        if desk is not None:
            line, mail, made = desk.draft(line, self.morning.ledger)
            self.lines.new_drafts += mail is not None
            self.lines.show(mail)
        if task.document:
            line, filled = document_of(
                line, task, one.enrollment, one.subject, self.morning, self.document_template
            )
            made = [*made, *filled]
        day = one.today.day.isoformat()
        return line, [MadeFile(f"{day}/{path}", content) for path, content in made]

    def _desk(self, one: _Going, task: OpenTask) -> Desk | None:
        known = one.step(task)
        if known is None or not isinstance(known[1].verb, Email):
            return None
        text, verb = known[0], known[1].verb
        return Desk(task, verb, text, one.enrollment, one.subject, one.today, self.template)


def _with_values(text: Playbook, subject: Subject, today: Today) -> str:
    """On the day it starts, the reason with the values behind it: (55, was 100)."""
    if text.trigger.when is None:
        return ""
    said = explain(text.trigger.when, subject.values, today.reckoning)
    reason = reason_of((said,), Facts(subject.values, today.reckoning, today.catalog))
    return "" if reason is None else " ".join(part for part in reason_words(reason) if part)
