"""`emails/signature/<language>.md` and who writes to whom → what stands below a letter; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cs_playbook.letters.blanks import unknown_blanks
from cs_playbook.letters.markdown import Markup
from cs_playbook.letters.named_twice import named_twice
from cs_playbook.letters.pieces import Choice, Every, Filled, Loop, Piece, Shown, Test
from cs_playbook.letters.template import UNSUBSCRIBE, Template, blanks, compile_letter
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.letter import SIGNATURE, Letter
from cs_playbook.model.mail_policy import MailPolicy
from cs_playbook.model.sending import CONTACT_TOKEN
from cs_playbook.source.finding import Finding, Severity, Span, warning
from cs_playbook.values import replace

# As mail programs know it: what stands below this line is left out of replies.
RULE = "-- "
_ALWAYS = frozenset(("sender.name", "sender.email", "recipient.email"))
_PERHAPS = frozenset(("sender.title", "sender.phone", "category", UNSUBSCRIBE))
_SOME_LINK = "https://vendor.example/"  # where the project names no link it is never shown


def compile_signature(letter: Letter, catalog: Catalog) -> Template | list[Finding]:
    """Its link to unsubscribe is the project's: the blank in it is who clicks, never a site."""
    sending = catalog.project.sending
    link = (sending.unsubscribe if sending else "") or f"{_SOME_LINK}{CONTACT_TOKEN}"
    return compile_letter(letter, link)


def wrong_signatures(catalog: Catalog) -> Iterator[Finding]:
    """CSP402, 403, 405, 408 as of letters; CSP414 what could be empty and is not asked for, languages without one; CSP415 a name said twice."""
    for language, letter in sorted(catalog.signatures.items()):
        read = compile_signature(letter, catalog)
        if not isinstance(read, Template):
            yield from read
            continue
        yield from unknown_blanks(read, _ALWAYS | _PERHAPS)
        yield from _perhaps_empty(read.body, frozenset())
        yield from _without_a_link(read, catalog)
        yield from named_twice(read, language, catalog)
    yield from _languages_without(catalog)


def signed_by(catalog: Catalog, category: str, sender: str, recipient: str, token: str) -> Mapping[str, Any]:
    """What a signature may name. `token`: by which the recipient is known outside; "" where nobody can unsubscribe."""
    person = catalog.team.person(sender)
    known = (
        {"name": person.name, "title": person.title, "phone": person.phone} if person else {"name": sender}
    )
    return {
        "sender": {**known, "email": sender},
        "recipient": {"email": recipient},
        "category": category,
        UNSUBSCRIBE: token if may_stop(catalog, category) else "",
    }


def may_stop(catalog: Catalog, category: str) -> bool:
    """Whether who reads a letter of it is told how to get no more of them."""
    sending = catalog.project.sending
    return bool(sending and sending.unsubscribe) and _can_be_left(catalog.project.mail, category)


def with_signature(letter: Markup, signature: Markup) -> Markup:
    """The same words below it, in all three."""
    return Markup(
        f'{letter.html}<div class="signature">\n{signature.html}</div>\n',
        f"{letter.text}\n{RULE}\n{signature.text}",
        f"{letter.markdown.rstrip()}\n\n{RULE}\n{signature.markdown.strip()}\n",
    )


def _can_be_left(policy: MailPolicy, category: str) -> bool:
    return all(one.opt_out is not None for one in policy.categories if one.name == category)


def _perhaps_empty(pieces: tuple[Piece, ...], asked: frozenset[str]) -> Iterator[Finding]:
    """A signature stands below every letter: a phone that one person does not have must not show as a gap."""
    for piece in pieces:
        match piece:
            case Shown(blank=blank) if blank.name in _PERHAPS - asked:
                hint = f"write {{% if {blank.name} %}} … {{% endif %}} around it"
                yield Finding(blank.span, "CSP414", f"'{blank.name}' is empty in some letters", hint)
            case Choice():
                for test, inside in piece.branches:
                    yield from _perhaps_empty(inside, asked | _filled(test))
                yield from _perhaps_empty(piece.otherwise, asked)
            case Loop(over=over):
                fact = "a signature goes through no list"
                yield Finding(over.span, "CSP414", fact, "write the words one below the other")
            case _:
                pass


def _filled(test: Test) -> frozenset[str]:
    match test:
        case Filled(blank=blank):
            return frozenset((blank.name,))
        case Every(items=items):
            return frozenset(name for item in items for name in _filled(item))
        case _:
            return frozenset()


def _without_a_link(template: Template, catalog: Catalog) -> Iterator[Finding]:
    sending = catalog.project.sending
    asked = next((blank for blank in blanks(template) if blank.name == UNSUBSCRIBE), None)
    if asked is not None and not (sending and sending.unsubscribe):
        fact = f"nobody sees this: {catalog.project.span.file} names no link to unsubscribe"
        hint = "sending: {unsubscribe: https://vendor.example/stop/{contact}}"
        yield Finding(asked.span, "CSP414", fact, hint, Severity.NOTE)


def _languages_without(catalog: Catalog) -> Iterator[Finding]:
    if not catalog.signatures:
        return
    languages = catalog.project.languages
    first = catalog.signatures.get(languages.default) or next(iter(catalog.signatures.values()))
    for language in languages.supported:
        if language not in catalog.signatures:
            fact = f"letters in '{language}' have no signature"
            yield warning(Span(first.span.file), "CSP414", fact, f"write emails/{SIGNATURE}/{language}.md")


def in_place_of(template: Template, signature: Template | None) -> Template:
    """The letter with the signature of its language."""
    return template if signature is None else replace(template, signature=signature.body)
