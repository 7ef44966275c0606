"""One letter of the day → its line with the file, the mail as it will look, its bytes; or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from cs_playbook.commands.threads import mails_before, subject_in_thread
from cs_playbook.effects.ledger import Ledger
from cs_playbook.letters.message import Envelope, Unsendable, draft, eml
from cs_playbook.letters.preview import PreviewItem
from cs_playbook.letters.render import Rendered, render
from cs_playbook.letters.signature import may_stop, signed_by
from cs_playbook.letters.template import Template
from cs_playbook.model.answer import choose
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.line import TaskLine
from cs_playbook.model.outbox import AUTO
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.sending import not_ours, unsubscribe_link
from cs_playbook.model.step import Email
from cs_playbook.plan.advance import enrollment_values
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.plan.lines import account_name, contact_row
from cs_playbook.plan.speaking import language_for, letter_values
from cs_playbook.values import replace

EDITED = "edited"  # the folder below out/ of drafts that a person has rewritten
_SITE = "cs-playbook.invalid"  # behind the @ of a Message-ID


class Written(Struct, frozen=True):
    """A letter as its reader will see it; `rendered` None: it cannot be written."""

    letter: str
    language: str
    rendered: Rendered | None


class Desk(Struct, frozen=True):
    """One letter about to be written."""

    task: OpenTask
    verb: Email
    text: Playbook
    enrollment: Enrollment
    subject: Subject
    today: Today
    template: Callable[[str, str], Template | None]

    @property
    def contact(self) -> Row | None:
        return contact_row(self.task.contact, self.subject, self.today)

    def write(self) -> Written:
        """The letter with today's values, under the subject of its thread."""
        known = {**enrollment_values(self.enrollment), **self.subject.values}
        letter = str(choose(self.verb.letter, known, self.today.reckoning))
        language = language_for(self.contact, self.subject, letter, self.today.catalog)
        found = self.template(letter, language)
        values = letter_values(self.subject, self.enrollment, self.contact, self.today)
        rendered = render(found, values, language, self._signed(found)) if found else None
        if not isinstance(rendered, Rendered):
            return Written(letter, language, None)
        subject = subject_in_thread(
            self.task, rendered.subject, self.enrollment, self.text, self.today.catalog, self.template, values
        )
        return Written(letter, language, replace(rendered, subject=subject))

    def _signed(self, found: Template) -> Mapping[str, Any]:
        address = str((self.contact or {}).get("email") or "")
        catalog = self.today.catalog
        return signed_by(catalog, found.letter.category, self.task.owner, address, self.today.token(address))

    def draft(
        self, line: TaskLine, ledger: Ledger
    ) -> tuple[TaskLine, PreviewItem | None, list[tuple[str, bytes]]]:
        """The draft of today, as a file; an older one stays where it was written."""
        if self.task.rewritten_by:
            return replace(line, draft=f"../../../{EDITED}/{self.task.key}.eml"), None, []
        if self.task.missing:
            return line, None, []
        if self.task.opened_on != self.today.day:
            return self._of_an_earlier_day(line, ledger), None, []
        return self._as_file(line)

    def finished(self) -> bytes | Unsendable:
        """The mail as the outbox sends it."""
        written, contact = self.write().rendered, self.contact
        if written is None or contact is None:
            return Unsendable("the letter or its contact is gone")
        sending = self.today.catalog.project.sending
        if sending is not None and not sending.may_send(self.task.owner):
            return Unsendable(not_ours(self.task.owner, sending.from_sites))
        return eml(self.envelope(written, contact), written)

    def preview(self) -> PreviewItem | None:
        """A mail of the outbox, for the page of the day; None where it cannot be written."""
        written, contact = self.write(), self.contact
        if written.rendered is None or contact is None:
            return None
        return self._shown(written, written.rendered, self.envelope(written.rendered, contact), "")

    def rewritten(self, words: Rendered) -> bytes | Unsendable:
        """The draft with a person's words instead of the letter's."""
        contact = self.contact
        if contact is None:
            return Unsendable("its contact is gone")
        return draft(self.envelope(words, contact), words)

    def _of_an_earlier_day(self, line: TaskLine, ledger: Ledger) -> TaskLine:
        path = f"{self.task.opened_on.isoformat()}/drafts/{self.task.key}.eml"
        if ledger.has_made(path, self.task.opened_on):
            return replace(line, draft=f"../../../{path}")
        return replace(line, unsendable="it could not be written when it was opened")

    def _as_file(self, line: TaskLine) -> tuple[TaskLine, PreviewItem | None, list[tuple[str, bytes]]]:
        written, contact = self.write(), self.contact
        if written.rendered is None or contact is None:
            return replace(line, unsendable="the letter or its contact is gone"), None, []
        envelope = self.envelope(written.rendered, contact)
        content = draft(envelope, written.rendered)
        if isinstance(content, Unsendable):
            return replace(line, unsendable=content.reason), None, []
        path = f"drafts/{self.task.key}.eml"
        mail = self._shown(written, written.rendered, envelope, path)
        return replace(line, draft=f"../../{path}"), mail, [(path, content)]

    def _unsubscribe(self, contact: Row) -> str:
        """Of letters that one can opt out of, like the link below them."""
        sending, known = (
            self.today.catalog.project.sending,
            {**enrollment_values(self.enrollment), **self.subject.values},
        )
        letter = str(choose(self.verb.letter, known, self.today.reckoning))
        if sending is None or not may_stop(self.today.catalog, self.today.catalog.category_of(letter)):
            return ""
        return unsubscribe_link(sending.unsubscribe, self.today.token(str(contact.get("email") or "")))

    def envelope(self, rendered: Rendered, contact: Row) -> Envelope:
        sending = self.today.catalog.project.sending
        return Envelope(
            self.task.key, self._name_of(self.task.owner) or self.task.owner, self.task.owner,
            str(contact.get("first_name") or ""), str(contact.get("email") or ""),
            rendered.subject, self.today.day, (sending.site if sending else "") or _SITE,
            tuple((self._name_of(address), address) for address in self.task.copies),
            tuple(before.key for before in mails_before(self.task, self.enrollment)),
            unsubscribe=self._unsubscribe(contact),
            auto_submitted="auto-generated" if self.task.sends == AUTO else "",
        )  # fmt: skip

    def _name_of(self, address: str) -> str:
        person = self.today.catalog.team.person(address)
        rows = (
            row
            for row in self.subject.contacts
            if str(row.get("email") or "").casefold() == address.casefold()
        )
        row = next(rows, None)
        return person.name if person else str((row or {}).get("first_name") or "")

    def _shown(self, written: Written, rendered: Rendered, envelope: Envelope, path: str) -> PreviewItem:
        return PreviewItem(
            account_name(self.subject), envelope.to_name, envelope.to, envelope.sender_name, envelope.sender,
            rendered.subject, rendered.html, rendered.text, written.letter, written.language, path, envelope.copies,
        )  # fmt: skip
