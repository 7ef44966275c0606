"""What a run publishes for its day: task lists, digests by owner, drafts, and one page to look through it all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cs_playbook.commands.planning import Morning, accounts_of
from cs_playbook.effects.ledger import Ledger
from cs_playbook.letters.lacking import templates
from cs_playbook.letters.message import Envelope, Unsendable, draft
from cs_playbook.letters.preview import PreviewItem
from cs_playbook.letters.render import Rendered, render
from cs_playbook.letters.template import Template
from cs_playbook.model.answer import choose, explain
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask
from cs_playbook.model.line import TaskLine
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email
from cs_playbook.plan.advance import enrollment_values
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.lines import account_name, contact_row, line_of, told_of
from cs_playbook.plan.planner import subject_of
from cs_playbook.plan.speaking import language_for, letter_values
from cs_playbook.report.day_page import day_page
from cs_playbook.report.task_lists import digest, task_csv
from cs_playbook.report.values import reason_words
from cs_playbook.study.behind import Facts, reason_of

SHOWN_ON_PAGE = 300  # mails; a page with more cannot be looked through
_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9@._+-]{0,80}[A-Za-z0-9@_+-])?\Z")


@dataclass
class _Lists:
    """Collects the lines of the day while the accounts go by."""

    lines: list[TaskLine] = field(default_factory=list)
    told: list[tuple[str, TaskLine]] = field(default_factory=list)
    mails: list[PreviewItem] = field(default_factory=list)


def outputs(morning: Morning) -> Iterator[tuple[str, bytes]]:
    """(path below out/, bytes), drafts first. Reads the ledger as the run leaves it."""
    day = morning.today.day.isoformat()
    lists = _Lists()
    for path, content in _drafts(morning, lists):
        yield f"{day}/{path}", content
    lines = sorted(
        lists.lines, key=lambda line: (line.owner, line.due, line.priority, line.account, line.key)
    )
    short = short_keys([line.key for line in lines])
    yield f"{day}/tasks.csv", task_csv(lines)
    yield f"{day}/tasks-new.csv", task_csv(line for line in lines if line.opened_on == morning.today.day)
    for owner, path, content in _by_owner(morning, lines, lists.told, short):
        yield f"{day}/owners/{folder_of(owner)}/{path}", content
    yield f"{day}/index.html", day_page(morning.today.day, lines, lists.mails).encode()


def open_lines(morning: Morning) -> Iterator[tuple[TaskLine, OpenTask, Enrollment]]:
    """Every open line of work, account by account."""
    for enrollment, subject in _treated(morning):
        text = morning.today.texts.get(enrollment.definition)
        for task in enrollment.open_tasks:
            step = text.step(task.step) if text else None
            if text is not None and step is not None:
                yield line_of(task, step, text, enrollment, subject, morning.today), task, enrollment


def _treated(morning: Morning) -> Iterator[tuple[Enrollment, Subject]]:
    for account in accounts_of(morning):
        for enrollment in account.enrollments:
            if enrollment.is_open and enrollment.arm is Arm.TREATED:
                yield (
                    enrollment,
                    subject_of(account, morning.today.texts.get(enrollment.definition), enrollment.row),
                )


def _drafts(morning: Morning, lists: _Lists) -> Iterator[tuple[str, bytes]]:
    """Collects every open line; the drafts of today are files."""
    template = templates(morning.today.catalog)
    for enrollment, subject in _treated(morning):
        text = morning.today.texts.get(enrollment.definition)
        for task in enrollment.open_tasks:
            step = text.step(task.step) if text else None
            if text is None or step is None:
                continue
            line = line_of(task, step, text, enrollment, subject, morning.today)
            if enrollment.started_on == morning.today.day and enrollment.by == "rule":
                line = replace(line, why=_with_values(text, subject, morning.today) or line.why)
            lists.told += [(person.email, line) for person in told_of(task, step, subject, morning.today)]
            if isinstance(step.verb, Email):
                desk = _Desk(task, step.verb, enrollment, subject, morning.today, template, morning.ledger)
                line, mail, written = desk.draft(line)
                if mail is not None and len(lists.mails) < SHOWN_ON_PAGE:
                    lists.mails.append(mail)
                yield from written
            lists.lines.append(line)


def _with_values(text: Playbook, subject: Subject, today: Today) -> str:
    """On the day it starts, the reason with the values behind it: (55, was 100)."""
    if text.trigger.when is None:
        return ""
    said = explain(text.trigger.when, subject.values, today.reckoning)
    reason = reason_of((said,), Facts(subject.values, today.reckoning, today.catalog))
    return "" if reason is None else " ".join(part for part in reason_words(reason) if part)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One letter about to be written."""

    task: OpenTask
    verb: Email
    enrollment: Enrollment
    subject: Subject
    today: Today
    template: Callable[[str, str], Template | None]
    ledger: Ledger

    def draft(self, line: TaskLine) -> tuple[TaskLine, PreviewItem | None, list[tuple[str, bytes]]]:
        """The draft of today, as a file; an older one stays where it was written."""
        if self.task.missing:
            return line, None, []
        if self.task.opened_on != self.today.day:
            return self._of_an_earlier_day(line), None, []
        return self._write(line)

    def _of_an_earlier_day(self, line: TaskLine) -> TaskLine:
        path = f"{self.task.opened_on.isoformat()}/drafts/{self.task.key}.eml"
        if self.ledger.has_made(path, self.task.opened_on):
            return replace(line, draft=f"../../../{path}")
        return replace(line, unsendable="it could not be written when it was opened")

    def _write(self, line: TaskLine) -> tuple[TaskLine, PreviewItem | None, list[tuple[str, bytes]]]:
        contact = contact_row(self.task.contact, self.subject, self.today)
        values = {**enrollment_values(self.enrollment), **self.subject.values}
        letter = str(choose(self.verb.letter, values, self.today.reckoning))
        language = language_for(contact, self.subject, letter, self.today.catalog)
        found = self.template(letter, language)
        rendered = (
            render(found, letter_values(self.subject, self.enrollment, contact, self.today), language)
            if found
            else None
        )
        if not isinstance(rendered, Rendered) or contact is None:
            return replace(line, unsendable="the letter or its contact is gone"), None, []
        to, to_name = str(contact.get("email") or ""), str(contact.get("first_name") or "")
        envelope = Envelope(
            self.task.key,
            line.owner_name,
            self.task.owner,
            to_name,
            to,
            rendered.subject,
            self.today.day,
            "cs-playbook.invalid",
        )
        written = draft(envelope, rendered)
        if isinstance(written, Unsendable):
            return replace(line, unsendable=written.reason), None, []
        path = f"drafts/{self.task.key}.eml"
        mail = PreviewItem(
            account_name(self.subject),
            to_name,
            to,
            line.owner_name,
            self.task.owner,
            rendered.subject,
            rendered.html,
            rendered.text,
            letter,
            language,
            path,
        )
        return replace(line, draft=f"../../{path}"), mail, [(path, written)]


def _by_owner(
    morning: Morning, lines: Iterable[TaskLine], told: list[tuple[str, TaskLine]], short: Mapping[str, str]
) -> Iterator[tuple[str, str, bytes]]:
    mine: dict[str, list[TaskLine]] = {}
    for line in lines:
        mine.setdefault(line.owner, []).append(line)
    heard: dict[str, list[TaskLine]] = {}
    for who, line in told:
        if line.owner != who:
            heard.setdefault(who, []).append(line)
    # Who had a list this morning and has none now reads that it is done, not what was to do.
    had = (
        path.split("/")[2]
        for path in morning.ledger.paths_of(morning.today.day)
        if path.endswith("/digest.md")
    )
    everybody = {*mine, *(who for who, _ in told)}
    folders = {folder_of(owner) for owner in everybody}
    for owner in sorted({*everybody, *(folder for folder in had if folder not in folders)}):
        person = morning.today.catalog.team.person(owner)
        own = mine.get(owner, [])
        text = digest(person.name if person else owner, morning.today.day, own, heard.get(owner, []), short)
        yield owner, "digest.md", text.encode()
        yield owner, "tasks.csv", task_csv(own)


def folder_of(owner: str) -> str:
    """A folder for an owner: the address itself where it is safe as a name, else a name made of it."""
    if _SAFE.match(owner) and ".." not in owner:
        return owner
    return "owner-" + hashlib.blake2b(owner.encode(), digest_size=6).hexdigest()


def short_keys(keys: list[str]) -> dict[str, str]:
    """For each key its shortest beginning, of four letters at least, that no other open task has."""
    ordered = sorted(keys)
    short: dict[str, str] = {}
    for before, key, after in zip(["", *ordered], ordered, [*ordered[1:], ""], strict=False):
        length = max(_shared(key, before), _shared(key, after)) + 1
        short[key] = key[: max(length, 4)]
    return short


def _shared(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
