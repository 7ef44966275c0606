"""What a run publishes for its day: task lists, digests by owner, drafts, and one page to look through it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cs_playbook.commands.answers import Refused
from cs_playbook.commands.cancelled import cancelled_by_changes
from cs_playbook.commands.desk import Desk
from cs_playbook.commands.document_file import document_of
from cs_playbook.commands.notes import notes_of_the_day
from cs_playbook.commands.owner_folder import folder_of
from cs_playbook.commands.planning import Morning, accounts_of
from cs_playbook.letters.document import document_templates
from cs_playbook.letters.lacking import templates
from cs_playbook.letters.preview import PreviewItem, page
from cs_playbook.letters.template import Template
from cs_playbook.model.answer import explain
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask
from cs_playbook.model.line import TaskLine
from cs_playbook.model.note import Note
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.frozen import frozen_line
from cs_playbook.plan.lines import line_of, told_of
from cs_playbook.plan.planner import subject_of
from cs_playbook.report.day_page import Letters, day_page
from cs_playbook.report.notes import channel_lines, channel_page
from cs_playbook.report.task_lists import News, digest, task_csv
from cs_playbook.report.values import reason_words
from cs_playbook.report.words import day_with_year
from cs_playbook.source.finding import Finding
from cs_playbook.study.behind import Facts, reason_of

Templates = Callable[[str, str], Template | None]
SHOWN_ON_PAGE = 300  # mails; a page with more cannot be looked through


@dataclass
class _Lists:
    """Collects the lines of the day while the accounts go by."""

    lines: list[TaskLine] = field(default_factory=list)
    told: list[tuple[str, TaskLine]] = field(default_factory=list)
    mails: list[PreviewItem] = field(default_factory=list)
    leaving: list[TaskLine] = field(default_factory=list)
    new_drafts: int = 0
    new_mails: int = 0


def outputs(morning: Morning, refused: Sequence[Refused] = ()) -> Iterator[tuple[str, bytes]]:
    """(path below out/, bytes), drafts first. Reads the ledger as the run leaves it.

    `refused`: rows of returned lists that are no answers; whose they were reads it in the digest.
    """
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
    notes = [*notes_of_the_day(morning), *cancelled_by_changes(morning)]
    yield from _channels(day, morning.today.day, notes)
    for folder, path, content in _by_owner(morning, lines, lists, notes, short, refused):
        yield f"{day}/owners/{folder}/{path}", content
    letters = Letters(lists.new_drafts, lists.new_mails, len(lists.mails))
    yield f"{day}/drafts.html", _letters_page(lists.mails, letters, morning.today.day).encode()
    folders = {line.owner: folder_of(line.owner) for line in lines}
    yield f"{day}/index.html", day_page(morning.today.day, lines, letters, folders).encode()


def _letters_page(mails: list[PreviewItem], letters: Letters, day: date) -> str:
    """To look through, one sender after the other."""
    together = sorted(mails, key=lambda mail: (mail.sender_name, mail.sender, mail.account, mail.to))
    return page(f"{'Mails' if letters.leaving else 'Drafts'} of {day_with_year(day)}", together)


def open_lines(morning: Morning) -> Iterator[tuple[TaskLine, OpenTask, Enrollment]]:
    """Every open line of work, account by account."""
    for enrollment, subject in _treated(morning):
        text = morning.today.texts.get(enrollment.definition)
        for task in enrollment.open_tasks:
            step = text.step(task.step) if text else None
            if text is not None and step is not None:
                yield line_of(task, step, text, enrollment, subject, morning.today), task, enrollment
            else:
                yield frozen_line(task, enrollment, subject, morning.today), task, enrollment


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
    template_of = document_templates(morning.today.catalog)
    for enrollment, subject in _treated(morning):
        text = morning.today.texts.get(enrollment.definition)
        for task in enrollment.open_tasks:
            step = text.step(task.step) if text else None
            if text is None or step is None:
                lists.lines.append(frozen_line(task, enrollment, subject, morning.today))
                continue
            line = line_of(task, step, text, enrollment, subject, morning.today)
            if enrollment.started_on == morning.today.day and enrollment.by == "rule":
                line = replace(line, why=_with_values(text, subject, morning.today) or line.why)
            lists.told += [
                (person.email, line) for person in told_of(task, step, enrollment, subject, morning.today)
            ]
            if isinstance(step.verb, Email):
                desk = Desk(task, step.verb, text, enrollment, subject, morning.today, template)
                line, mail, written = desk.draft(line, morning.ledger)
                lists.new_drafts += mail is not None
                if mail is not None and len(lists.mails) < SHOWN_ON_PAGE:
                    lists.mails.append(mail)
                yield from written
            if task.document:
                line, filled = document_of(line, task, enrollment, subject, morning, template_of)
                yield from filled
            lists.lines.append(line)
        _leaving(enrollment, subject, text, morning, lists, template)


def _leaving(
    enrollment: Enrollment, subject: Subject, text: Playbook | None, morning: Morning, lists: _Lists, template: Templates
) -> None:  # fmt: skip
    """Mails in the outbox: their sender is told, and those of today can be looked through."""
    for task in enrollment.mails:
        step = text.step(task.step) if text else None
        if text is None or step is None or not isinstance(step.verb, Email):
            continue
        lists.leaving.append(line_of(task, step, text, enrollment, subject, morning.today))
        lists.new_mails += task.opened_on == morning.today.day
        if task.opened_on == morning.today.day and len(lists.mails) < SHOWN_ON_PAGE:
            shown = Desk(task, step.verb, text, enrollment, subject, morning.today, template).preview()
            lists.mails += [shown] if shown else []


def _with_values(text: Playbook, subject: Subject, today: Today) -> str:
    """On the day it starts, the reason with the values behind it: (55, was 100)."""
    if text.trigger.when is None:
        return ""
    said = explain(text.trigger.when, subject.values, today.reckoning)
    reason = reason_of((said,), Facts(subject.values, today.reckoning, today.catalog))
    return "" if reason is None else " ".join(part for part in reason_words(reason) if part)


def _by_owner(
    morning: Morning,
    lines: Iterable[TaskLine],
    lists: _Lists,
    notes: Sequence[Note],
    short: Mapping[str, str],
    refused: Sequence[Refused],
) -> Iterator[tuple[str, str, bytes]]:
    mine: dict[str, list[TaskLine]] = {}
    for line in lines:
        mine.setdefault(line.owner, []).append(line)
    back: dict[str, list[Finding]] = {}
    for row in refused:
        # A list may say anything of whose it is: nobody gets a folder by that alone.
        if row.owner in mine or morning.today.catalog.team.person(row.owner):
            back.setdefault(row.owner, []).append(row.finding)
    heard: dict[str, list[TaskLine]] = {}
    for who, line in lists.told:
        if line.owner != who:
            heard.setdefault(who, []).append(line)
    # Who had a list this morning and has none now reads that it is done, not what was to do.
    had = (
        path.split("/")[2]
        for path in morning.ledger.paths_of(morning.today.day)
        if path.endswith("/digest.md")
    )
    leaving = {line.owner for line in lists.leaving}
    everybody = {
        *mine,
        *back,
        *leaving,
        *(who for who, _ in lists.told),
        *(who for note in notes for who in note.to),
    }
    folders = {owner: folder_of(owner) for owner in everybody}
    folders.update({folder: folder for folder in had if folder not in set(folders.values())})
    for owner, folder in sorted(folders.items()):
        person = morning.today.catalog.team.person(owner)
        own = mine.get(owner, [])
        name = person.name if person else owner.partition("~")[0] if owner == folder else owner
        news = News(
            heard.get(owner, []),
            back.get(owner, ()),
            [note for note in notes if owner in note.to],
            [line for line in lists.leaving if line.owner == owner],
        )
        text = digest(name, morning.today.day, own, short, news)
        yield folder, "digest.md", text.encode()
        yield folder, "tasks.csv", task_csv(own)


def _channels(folder: str, day: date, notes: Sequence[Note]) -> Iterator[tuple[str, bytes]]:
    """What each channel is told today: a page for people, lines for programs."""
    for channel in sorted({note.channel for note in notes if note.channel}):
        mine = [note for note in notes if note.channel == channel]
        yield f"{folder}/channels/{channel}.md", channel_page(channel, day, mine).encode()
        yield f"{folder}/channels/{channel}.jsonl", channel_lines(mine).encode()


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
