"""Letters and the newest snapshot → each letter as real accounts would read it, in all its languages, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import islice

from msgspec import Struct, field

from cs_playbook.commands.account import account_meant
from cs_playbook.commands.letter_readers import Reader, Use, in_reach, reader_of, use_of
from cs_playbook.commands.one_account import subject_of
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.subjects import want, wanted_subjects
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.wanted import EVERYBODY
from cs_playbook.errors import ChoiceError
from cs_playbook.letters.lacking import templates
from cs_playbook.letters.letter_page import LetterShown, Previewed, Sheet
from cs_playbook.letters.render import MissingBlanks, Rendered, render, render_anyway
from cs_playbook.letters.signature import signed_by
from cs_playbook.letters.template import Template
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.step import Email
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.lines import account_name
from cs_playbook.source.finding import did_you_mean

LOOKED_AT = 2_000  # accounts of which it is counted what they lack
_OF_ONE, _OF_MANY = 3, 1  # accounts shown where one letter is asked for, and where several are
_KNOWN_LATER = ("steps.", "given.")  # what people answer on the way
_TOKEN = "preview"  # who clicks on the link to unsubscribe: nobody
_TOO_LONG = Rendered("", "", "(too long for a mail)\n", "")


class Wished(Struct, frozen=True):
    """What a person asks for. `letter`: a name, its last part, a playbook's, or "" for all; `language` "": every one."""

    letter: str = ""
    accounts: tuple[str, ...] = ()
    language: str = ""


def preview(workspace: Workspace, wished: Wished, day: date | None) -> Previewed:
    """Writes nothing, and needs no ledger. ChoiceError: no such letter, account or language."""
    catalog = workspace.catalog
    uses = [use_of(name, catalog) for name in _meant(wished.letter, catalog)]
    languages = _languages(wished.language, catalog)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        keys = [account_meant(one, snapshot, ledger, catalog.contract) for one in wished.accounts]
        calendar = calendar_of(catalog.project.calendar)
        morning = prepare(Sources(catalog, workspace.around, snapshot, ledger, calendar))
        most = _OF_ONE if len(uses) == 1 else _OF_MANY
        looks = [_Look(use, languages, morning, templates(catalog), most) for use in uses]
        seen = 0
        for account in _some_accounts(morning):
            seen += 1
            for look in looks:
                look.at(account)
        asked = [subject_of(key, morning) for key in keys]
        return Previewed(snapshot.day, tuple(look.shown(asked) for look in looks), seen == LOOKED_AT)


def _meant(written: str, catalog: Catalog) -> list[str]:
    names = sorted({name for name, _ in catalog.letters})
    if not names:
        raise ChoiceError("there is no letter here", "write one: emails/<playbook>/<name>/<language>.md")
    meant = (
        [name for name in names if name == written]
        or [name for name in names if name.startswith(f"{written}/") or not written]
        or [name for name in names if name.endswith(f"/{written}")]
        or _sent_by(written, catalog, names)
    )
    if not meant:
        shorter = {name.rpartition("/")[2]: name for name in names}
        near = did_you_mean(written, names) or did_you_mean(written, shorter)
        raise ChoiceError(f"there is no letter '{written}'", near or f"there are: {', '.join(names)}")
    return meant


def _sent_by(written: str, catalog: Catalog, names: list[str]) -> list[str]:
    """The letters of a playbook that keeps them under another name than its own."""
    playbook = catalog.playbooks.get(written)
    verbs = [step.verb for step in playbook.all_steps] if playbook else []
    sent = {fit.value for verb in verbs if isinstance(verb, Email) for fit in verb.letter.fits}
    if playbook is not None and not sent:
        raise ChoiceError(f"no step of '{written}' sends a letter", f"there are: {', '.join(names)}")
    return [name for name in names if name in sent]


def _languages(written: str, catalog: Catalog) -> tuple[str, ...]:
    """The default first, then the others that are supported, then those in which nobody is written to."""
    supported = (catalog.project.languages.default, *catalog.project.languages.supported)
    known = dict.fromkeys((*supported, *sorted({language for _, language in catalog.letters})))
    if written and written not in known:
        hint = did_you_mean(written, known) or f"there are: {', '.join(known)}"
        raise ChoiceError(f"no letter is written in '{written}'", hint)
    return (written,) if written else tuple(known)


def _some_accounts(morning: Morning) -> Iterator[Subject]:
    """Of those that playbooks see, in order of their keys."""
    want(morning.stage.connection, ())
    morning.stage.connection.execute(EVERYBODY)
    active = (one for one in wanted_subjects(morning.stage) if one.active and one.person is None)
    return islice(active, LOOKED_AT)


class _Look(Struct):
    """Holds who has been found for one letter, while the accounts go by."""

    use: Use
    languages: tuple[str, ...]
    morning: Morning
    template: Callable[[str, str], Template | None]
    most: int
    accounts: int = 0
    nobody: int = 0
    lacking: Counter[str] = field(default_factory=Counter)
    later: set[str] = field(default_factory=set)
    complete: list[Reader] = field(default_factory=list)
    gaps: list[Reader] = field(default_factory=list)

    def at(self, account: Subject) -> None:
        reader = (
            reader_of(self.use, account, self.morning)
            if in_reach(self.use, account, self.morning.today)
            else None
        )
        if reader is None:
            return
        self.accounts += 1
        if reader.contact is None:
            self.nobody += 1
            return
        missing = self._missing(reader)
        self.lacking.update(missing)
        kept = self.gaps if missing else self.complete
        # Somebody who reads each language, so that it is seen with names and dates of its own.
        if len(kept) < self.most or reader.language not in [one.language for one in kept]:
            kept.append(reader)

    def shown(self, asked: Sequence[Subject]) -> LetterShown:
        """`asked`: accounts that a person has named; none: some that lack nothing, and one that does."""
        named = (reader_of(self.use, subject, self.morning) for subject in asked)
        readers = [one for one in named if one is not None] if asked else self._examples()
        written = [
            language for language in self.languages if self.template(self.use.letter, language) is not None
        ]
        playbook, verb = self.use.playbook, self.use.verb
        return LetterShown(
            self.use.letter, self.use.category, f"{playbook.name} › {self.use.step}" if playbook else "",
            bool(verb and verb.may_go_by_itself), self.accounts, self.nobody,
            tuple(sorted(self.lacking.items(), key=lambda item: (-item[1], item[0]))), tuple(sorted(self.later)),
            tuple(self._sheet(reader, language) for reader in readers for language in written),
        )  # fmt: skip

    def _examples(self) -> list[Reader]:
        if self.most == _OF_MANY:
            return (self.complete or self.gaps)[:1]
        return [*self.complete, *self.gaps[:1]]

    def _missing(self, reader: Reader) -> list[str]:
        template = self.template(self.use.letter, reader.language)
        found = render(template, reader.values, reader.language) if template is not None else None
        names = found.blanks if isinstance(found, MissingBlanks) else ()
        self.later.update(name for name in names if name.startswith(_KNOWN_LATER))
        return [name for name in names if not name.startswith(_KNOWN_LATER)]

    def _sheet(self, reader: Reader, language: str) -> Sheet:
        template = self.template(self.use.letter, language)
        assert template is not None, "only languages in which it is written are shown"
        contact, sender = reader.contact or {}, reader.sender
        to, own = str(contact.get("email") or ""), sender.email if sender else ""
        signed = signed_by(self.morning.today.catalog, self.use.category, own, to, _TOKEN)
        found = render_anyway(template, reader.values, language, signed)
        rendered = found if isinstance(found, Rendered) else _TOO_LONG
        return Sheet(
            account_name(reader.subject), language, language == reader.language, str(contact.get("first_name") or ""), to,
            sender.name if sender else "", own, rendered.subject, rendered.html, rendered.text, tuple(self._missing(reader)),
        )  # fmt: skip
