"""A draft and a person's words → the draft with these words instead of the letter's; what they read is what is sent."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from cs_playbook.commands.desk import EDITED, Desk
from cs_playbook.commands.drafts import mail_meant
from cs_playbook.commands.mail_desks import Mail, at_desks
from cs_playbook.commands.people import Act
from cs_playbook.commands.planning import Sources, prepare
from cs_playbook.commands.publishing import OUT
from cs_playbook.commands.who_sends import Senders
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.effects.lock import locked
from cs_playbook.effects.publish import publish
from cs_playbook.errors import ChoiceError
from cs_playbook.letters.by_hand import as_text, by_hand
from cs_playbook.letters.message import Unsendable
from cs_playbook.model.event import DraftRewritten
from cs_playbook.model.outbox import MailState, mail_state


class Words(Struct, frozen=True):
    """`text`: `Subject: …`, and the Markdown below it; "" below where a letter could not be filled."""

    key: str
    text: str


def words_so_far(workspace: Workspace, key: str) -> Words:
    """Of a draft. ChoiceError: it is none. Nothing is locked while a person thinks."""
    with open_ledger(workspace, writing=False) as ledger:
        enrollment, task = _draft_meant(ledger, key)
        return Words(task.key, _at_desk(workspace, ledger, (enrollment, task)).text)


def rewrite(workspace: Workspace, key: str, text: str, act: Act) -> Mail | None:
    """None: nothing was changed. ChoiceError: no draft, somebody else's, or no mail can be made of it."""
    with locked(workspace.ledger, "drafts"), open_ledger(workspace, writing=True) as ledger:
        enrollment, task = _draft_meant(ledger, key)
        with Senders(workspace, ledger) as senders:
            senders.refuse_stranger(enrollment, task, act.by)
        written = _at_desk(workspace, ledger, (enrollment, task))
        if text.strip() == written.text.strip():
            return None
        words = by_hand(text, written.language)
        content = Unsendable(words) if isinstance(words, str) else written.desk.rewritten(words)
        if isinstance(content, Unsendable):
            raise ChoiceError(f"no mail can be made of it: {content.reason}", "nothing was changed")
        day, sha = max(act.on, task.opened_on), sha256(content).hexdigest()
        event = DraftRewritten(enrollment.key, task.key, day, act.by, sha)
        ledger.record([event], act.recorded_at, [Written(task.key, content, text)])
        publish(workspace.root / OUT, [(f"{EDITED}/{task.key}.eml", content)])
        return enrollment, task


def _draft_meant(ledger: Ledger, key: str) -> Mail:
    enrollment, task = mail_meant(ledger, key)
    state = mail_state(task)
    if state is not MailState.DRAFT:
        raise ChoiceError(
            f"the mail {task.key[:8]} is {state.value}, no draft", "cs-playbook drafts lists them"
        )
    return enrollment, task


class _Written(Struct, frozen=True):
    """Where it is written, its words so far, and in which language."""

    desk: Desk
    text: str
    language: str


def _at_desk(workspace: Workspace, ledger: Ledger, mail: Mail) -> _Written:
    with open_snapshot(workspace, None) as snapshot:
        calendar = calendar_of(workspace.catalog.project.calendar)
        morning = prepare(Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar))
        desk = next(at_desks(morning, [mail])).desk
        if desk is None:
            raise ChoiceError(
                f"the text of {mail[0].playbook} no longer binds: its drafts cannot be written",
                "mend the text first",
            )
        letter, words = desk.write(), ledger.words_of_mail(mail[1].key)
        if words is None:
            words = (
                as_text(letter.rendered.subject, letter.rendered.markdown)
                if letter.rendered
                else as_text("", "")
            )
        return _Written(desk, words, letter.language)
