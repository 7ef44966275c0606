"""A person's word about a mail of which nobody knows whether it arrived → what it is from now on."""

from __future__ import annotations

from collections.abc import Sequence

from cs_playbook.commands.mail_desks import Mail
from cs_playbook.commands.people import SHORTEST_KEY, Act
from cs_playbook.commands.send import Told
from cs_playbook.commands.who_sends import Senders
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import TaskState
from cs_playbook.model.event import MailMoved
from cs_playbook.model.outbox import MailState
from cs_playbook.source.finding import did_you_mean

WORDS = {"sent": MailState.SENT, "again": MailState.PENDING, "dead": MailState.DEAD}


def resolve(workspace: Workspace, key: str, word: str, because: str, act: Act) -> Told:
    """`word`: sent, again, dead. Raises ChoiceError where there is no such mail, or nobody doubts it."""
    state = WORDS.get(word)
    if state is None:
        raise ChoiceError(
            f"'{word}' is none of: {', '.join(WORDS)}",
            did_you_mean(word, WORDS) or "sent: it arrived; again: it did not, send it; dead: nobody gets it",
        )
    if not because:
        raise ChoiceError("a word about an uncertain mail needs a reason", 'say how you know: --because "…"')
    with locked(workspace.ledger, "send"), open_ledger(workspace, writing=True) as ledger:
        enrollment, task = _meant(key, ledger)
        if state is MailState.PENDING and (not enrollment.is_open or task.state is not TaskState.OPEN):
            raise ChoiceError(
                f"the mail {task.key[:8]} is not sent again: its playbook has ended for {enrollment.account}",
                "say sent or dead",
            )
        with Senders(workspace, ledger) as senders:
            senders.refuse_stranger(enrollment, task, act.by)
        day = max(act.on, task.opened_on)
        moved = MailMoved(
            enrollment.key, task.key, day, state.value, act.by, because, act.recorded_at, task.attempts
        )
        ledger.record([moved], act.recorded_at)
        return Told(enrollment, task, state, because)


def _meant(key: str, ledger: Ledger) -> Mail:
    """Also what a cut has just left: whoever holds the lock knows that nobody is handing it over."""
    if len(key) < SHORTEST_KEY:
        raise ChoiceError(
            f"'{key}' is too short to name a mail", f"at least {SHORTEST_KEY} letters of its key"
        )
    doubted = [*ledger.mails(MailState.UNCERTAIN), *ledger.mails(MailState.SENDING)]
    found = [mail for mail in doubted if mail[1].key.startswith(key)]
    if len(found) > 1:
        raise ChoiceError(f"'{key}' is the beginning of {len(found)} mails", _listed(found))
    if not found:
        raise ChoiceError(
            f"no uncertain mail begins with '{key}'",
            f"uncertain are: {_listed(doubted)}" if doubted else "there is none: nothing is in doubt",
        )
    return found[0]


def _listed(mails: Sequence[Mail]) -> str:
    some = ", ".join(task.key[:8] for _, task in mails[:5])
    return f"{some}{' …' if len(mails) > 5 else ''}"
