"""A person's word about drafts → they go into the outbox, or nobody gets them. Recorded at once, all or none."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cs_playbook.commands.draft_bytes import bytes_of_draft
from cs_playbook.commands.drafts import mail_meant
from cs_playbook.commands.mail_desks import Mail
from cs_playbook.commands.people import Act
from cs_playbook.commands.who_sends import Senders
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError
from cs_playbook.letters.finishing import finished
from cs_playbook.model.enrollment import Arm, OpenTask
from cs_playbook.model.event import MailMoved, TaskAnswered
from cs_playbook.model.outbox import MailState, mail_state
from cs_playbook.model.sending import not_ours
from cs_playbook.source.finding import did_you_mean


class Chosen(Struct, frozen=True):
    """Which drafts: keys (their beginnings are enough), those of a playbook, or all."""

    keys: Sequence[str] = ()
    playbook: str = ""


class Released(Struct, frozen=True):
    """What went into the outbox; and of `--playbook` and all, what could not, with the reason."""

    mails: tuple[Mail, ...]
    left: tuple[tuple[Mail, str], ...] = ()


def release(workspace: Workspace, chosen: Chosen, act: Act) -> Released:
    """Of keys all or none; of many those that can be. ChoiceError: no draft, or somebody else's."""
    with locked(workspace.ledger, "drafts"), open_ledger(workspace, writing=True) as ledger:
        mails = _named(ledger, chosen) if chosen.keys else _many(workspace, ledger, chosen)
        ready: list[tuple[Mail, bytes]] = []
        left: list[tuple[Mail, str]] = []
        with Senders(workspace, ledger) as senders:
            for enrollment, task in mails:
                try:
                    senders.refuse_stranger(enrollment, task, act.by)
                    _refuse_strange_site(workspace, task)
                    ready.append(((enrollment, task), bytes_of_draft(workspace.root, ledger, task)))
                except ChoiceError as cause:
                    if chosen.keys:
                        raise
                    left.append(((enrollment, task), cause.sentence))
        _record(workspace, ledger, ready, act)
        return Released(tuple(mail for mail, _ in ready), tuple(left))


def _refuse_strange_site(workspace: Workspace, task: OpenTask) -> None:
    """No server would take it, so nobody is told that it leaves."""
    sending = workspace.catalog.project.sending
    if sending is not None and not sending.may_send(task.owner):
        raise ChoiceError(
            f"the mail {task.key[:8]} cannot leave: {not_ours(task.owner, sending.from_sites)}",
            f"send it yourself, then: cs-playbook done {task.key[:8]} sent; or add the site to from_sites: in project.yaml",
        )


def _named(ledger: Ledger, chosen: Chosen) -> list[Mail]:
    mails = [mail_meant(ledger, key) for key in dict.fromkeys(chosen.keys)]
    for enrollment, task in mails:
        state = mail_state(task)
        if state is not MailState.DRAFT or enrollment.arm is not Arm.TREATED:
            what = "waits in the outbox already" if state is MailState.PENDING else f"is {state.value}"
            raise ChoiceError(f"the mail {task.key[:8]} {what}", "cs-playbook drafts lists the drafts")
    return mails


def _many(workspace: Workspace, ledger: Ledger, chosen: Chosen) -> list[Mail]:
    """In order of key."""
    first_name = ""
    if chosen.playbook:
        known = workspace.catalog.playbooks
        if chosen.playbook not in known:
            raise ChoiceError(
                f"there is no playbook '{chosen.playbook}'",
                did_you_mean(chosen.playbook, known) or f"there are: {', '.join(known)}",
            )
        first_name = known[chosen.playbook].first_name
    last = ledger.last_run()
    going = ledger.enrollments(last.day) if last else iter(())
    found = [
        (item, task)
        for item in going
        if item.is_open and item.arm is Arm.TREATED and first_name in ("", item.playbook)
        for task in item.open_tasks
        if task.kind == "email"
    ]
    if not found:
        raise ChoiceError("there is no draft to send", "cs-playbook drafts lists what there is")
    return sorted(found, key=lambda mail: mail[1].key)


def _record(workspace: Workspace, ledger: Ledger, ready: Sequence[tuple[Mail, bytes]], act: Act) -> None:
    project = workspace.catalog.project
    expires = calendar_of(project.calendar).add(act.on, project.expires_after)
    moves = [
        MailMoved(
            enrollment.key, task.key, max(act.on, task.opened_on), MailState.PENDING.value, act.by, "released",
            act.recorded_at, task.attempts, expires=expires,
        )
        for (enrollment, task), _ in ready
    ]  # fmt: skip
    mails = [
        Written(task.key, finished(content, max(act.on, task.opened_on))) for (_, task), content in ready
    ]
    if moves:
        ledger.record(moves, act.recorded_at, mails)


def discard(workspace: Workspace, key: str, because: str, act: Act) -> Mail:
    """A draft, or a mail that waits in the outbox: nobody gets it; its step is answered `discarded`."""
    if not because:
        raise ChoiceError("to discard a mail needs a reason", 'say why: --because "…"')
    with locked(workspace.ledger, "drafts"), open_ledger(workspace, writing=True) as ledger:
        enrollment, task = mail_meant(ledger, key)
        state = mail_state(task)
        if state not in (MailState.DRAFT, MailState.PENDING):
            raise ChoiceError(f"the mail {task.key[:8]} is {state.value}", _instead(state, task.key))
        with Senders(workspace, ledger) as senders:
            senders.refuse_stranger(enrollment, task, act.by)
        day = max(act.on, task.opened_on)
        ledger.record(
            [TaskAnswered(enrollment.key, task.key, "discarded", day, act.by, because)], act.recorded_at
        )
        return enrollment, task


def _instead(state: MailState, key: str) -> str:
    if state in (MailState.SENDING, MailState.UNCERTAIN):
        return f"somebody may have it: cs-playbook send --resolve {key[:8]} sent|again|dead"
    return "it is over"
