"""What waits to be sent, by whom: the drafts of each owner, and the mails in the outbox; and one of them as it will be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.day_lines import open_lines
from cs_playbook.commands.draft_bytes import bytes_of_draft, file_of
from cs_playbook.commands.mail_desks import Mail, at_desks
from cs_playbook.commands.meant import refuse_unknown_owner
from cs_playbook.commands.outputs import short_keys
from cs_playbook.commands.people import task_meant
from cs_playbook.commands.planning import Sources, prepare
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.outbox import MailState, mail_state
from cs_playbook.plan.lines import account_name, contact_words

IN_OUTBOX = (MailState.PENDING, MailState.SENDING, MailState.UNCERTAIN)


class MailLine(Struct, frozen=True):
    """One mail that nobody has sent yet. `to`: name and address. `missing`: blanks for which there is no draft.
    `why`: what was said of it last."""

    key: str
    state: MailState
    account: str
    account_name: str
    playbook: str
    step: str
    owner: str
    owner_name: str
    to: str
    due: date
    opened_on: date
    late: bool
    missing: tuple[str, ...] = ()
    rewritten_by: str = ""
    expires: date | None = None
    attempts: int = 0
    why: str = ""


class DraftList(Struct, frozen=True):
    """By owner, then by due day. `short`: keys as short as they can be."""

    day: date
    drafts: Sequence[MailLine]
    outbox: Sequence[MailLine]
    short: Mapping[str, str]


class Shown(Struct, frozen=True):
    """One mail as it will be read, and where its file is (None: it is in the outbox)."""

    task: OpenTask
    enrollment: Enrollment
    state: MailState
    headers: tuple[tuple[str, str], ...]
    text: str
    file: Path | None


def draft_list(workspace: Workspace, day: date | None, owner: str | None) -> DraftList:
    """`owner`: part of the address or the name. Raises ChoiceError where it is nobody's."""
    with open_ledger(workspace, writing=False) as ledger, open_snapshot(workspace, day) as snapshot:
        calendar = calendar_of(workspace.catalog.project.calendar)
        morning = prepare(Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar))
        drafts = [
            (enrollment, task) for line, task, enrollment in open_lines(morning) if line.kind == "email"
        ]
        waiting = [mail for state in IN_OUTBOX for mail in ledger.mails(state)]
        lines = [
            _line(one.enrollment, one.task, account_name(one.subject), contact_words(one.desk.contact if one.desk else None), workspace, ledger, morning.today.day)
            for one in at_desks(morning, [*drafts, *waiting])
        ]  # fmt: skip
    if owner is not None:
        refuse_unknown_owner(owner, {(line.owner, line.owner_name) for line in lines}, workspace.catalog.team)
        lines = [line for line in lines if owner.casefold() in f"{line.owner} {line.owner_name}".casefold()]
    lines.sort(key=lambda line: (line.owner_name, line.owner, line.due, line.key))
    return DraftList(
        snapshot.day, [line for line in lines if line.state is MailState.DRAFT],
        [line for line in lines if line.state is not MailState.DRAFT], dict(short_keys(sorted(line.key for line in lines))),
    )  # fmt: skip


def _line(
    enrollment: Enrollment, task: OpenTask, name: str, to: str, workspace: Workspace, ledger: Ledger, day: date
) -> MailLine:  # fmt: skip
    person, state = workspace.catalog.team.person(task.owner), mail_state(task)
    known = workspace.catalog.playbooks.values()
    playbook = next(
        (item.name for item in known if item.first_name == enrollment.playbook), enrollment.playbook
    )
    last = ledger.last_move(enrollment, task) if task.mail else None
    return MailLine(
        task.key, state, enrollment.account, name, playbook, task.step, task.owner,
        person.name if person else task.owner, to or task.contact or "", task.due, task.opened_on, task.is_late(day),
        task.missing, task.rewritten_by, task.expires, task.attempts, last.why if last else "",
    )  # fmt: skip


def draft_shown(workspace: Workspace, key: str) -> Shown:
    """`key`: its beginning is enough. ChoiceError: it is no mail, or has no bytes."""
    with open_ledger(workspace, writing=False) as ledger:
        enrollment, task = mail_meant(ledger, key)
        state = mail_state(task)
        content = (
            bytes_of_draft(workspace.root, ledger, task)
            if state is MailState.DRAFT
            else ledger.mail_bytes(task.key)
        )
        if content is None:
            raise ChoiceError(
                f"the words of the mail {task.key[:8]} are gone", "the history says what became of it"
            )
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    headers = tuple((name, str(mail[name])) for name in ("From", "To", "Cc", "Subject") if mail[name])
    file = file_of(workspace.root, task) if state is MailState.DRAFT else None
    text = str(body.get_content()).replace("\r\n", "\n") if body else ""
    return Shown(task, enrollment, state, headers, text, file)


def draft_file(workspace: Workspace, key: str) -> Path:
    """The .eml of a draft, to open in a mail program."""
    shown = draft_shown(workspace, key)
    if shown.file is None:
        raise ChoiceError(
            f"the mail {shown.task.key[:8]} is in the outbox ({shown.state.value}): it has no file",
            f"cs-playbook drafts show {shown.task.key[:8]}",
        )
    return shown.file


def mail_meant(ledger: Ledger, key: str) -> Mail:
    """The line of kind email whose key begins so."""
    enrollment, task = task_meant(ledger, key, "mail", "drafts")
    if task.kind != "email":
        raise ChoiceError(f"{task.key[:8]} is a {task.kind}, no mail", "cs-playbook drafts lists the mails")
    return enrollment, task
