"""A letter as written → a template to be filled many times, or what is wrong with its tags and links."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from cs_playbook.letters.fill import CLOSES, OPENS
from cs_playbook.letters.jinja import read_jinja
from cs_playbook.letters.markdown import Refused, refused_in
from cs_playbook.letters.pieces import Blank, Choice, Loop, Piece, Shown, Words, always_shown, blanks_in
from cs_playbook.letters.places import Place
from cs_playbook.letters.plural import wrong_plurals
from cs_playbook.letters.said import is_language, locale_of
from cs_playbook.model.letter import Letter
from cs_playbook.model.sending import CONTACT_TOKEN
from cs_playbook.source.finding import Finding, Span, in_order
from cs_playbook.values import replace

UNSUBSCRIBE = "unsubscribe"  # the blank that is a whole link
_UNSUBSCRIBE = re.compile(r"\{\{-?\s*unsubscribe\s*-?\}\}")


class Template(Struct, frozen=True):
    """A letter that may be filled: read once, rendered many times; a plain value. `signature`: what stands below it."""

    letter: Letter
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]
    signature: tuple[Piece, ...] = ()


def compile_letter(letter: Letter, unsubscribe: str = "") -> Template | list[Finding]:
    """CSP402 tags that cannot be read, CSP403 what a letter may not hold, CSP408 no language of that name.

    `unsubscribe`: the link in which {contact} is what the blank of that name says; a signature has one.
    """
    read = _read(replace(letter, body=_with_link(letter.body, unsubscribe)) if unsubscribe else letter)
    return read if isinstance(read, Template) else list(read)


@lru_cache(maxsize=512)  # who asks what may be lacking and who writes the letters ask for the same ones
def _read(letter: Letter) -> Template | tuple[Finding, ...]:
    subject, wrong_subject = read_jinja(letter.subject, _in_subject(letter))
    body, wrong_body = read_jinja(letter.body, _in_body(letter))
    findings = [*wrong_subject, *wrong_body]
    if letter.subject and not wrong_subject and not _has_words(subject):
        hint = 'e.g. subject: "{{ account.name }}: shall we talk?"'
        findings.append(Finding(letter.span, "CSP401", "the subject never has a word", hint))
    findings += [_refused(letter, refused) for refused in refused_in(_without_tags(letter.body))]
    if is_language(letter.language):
        findings += wrong_plurals((*subject, *body), locale_of(letter.language))
    else:
        fact = f"'{letter.language}' is not a language"
        findings.append(Finding(Span(letter.span.file), "CSP408", fact, _named_after(letter)))
    return in_order(findings) or Template(letter, subject, body)


def blanks(template: Template) -> tuple[Blank, ...]:
    """Every name that the letter asks for, at each of its places; the items of its own lists are left out."""
    return tuple(blank for blank in blanks_in((*template.subject, *template.body)) if not blank.inside)


def needed(template: Template) -> tuple[str, ...]:
    """The names without which there is no letter: its needs, and what it shows outside of any `if`."""
    shown = (blank.name for blank in always_shown((*template.subject, *template.body)))
    return tuple(dict.fromkeys((*template.letter.needs, *shown)))


def _has_words(pieces: tuple[Piece, ...]) -> bool:
    """Whether something may stand there, however it is filled."""
    return any(_may_say(piece) for piece in pieces)


def _may_say(piece: Piece) -> bool:
    match piece:
        case Words():
            return bool(piece.text.strip())
        case Shown():
            return True
        case Choice():
            bodies = (*(inside for _, inside in piece.branches), piece.otherwise)
            return any(map(_has_words, bodies))
        case Loop():
            return _has_words(piece.body) or _has_words(piece.otherwise)


def _with_link(body: str, link: str) -> str:
    return _UNSUBSCRIBE.sub(lambda blank: link.replace(CONTACT_TOKEN, blank[0]), body)


def _named_after(letter: Letter) -> str:
    """`emails/qbr/thanks.en.md` is meant as `emails/qbr/thanks/en.md`."""
    name, _, language = letter.language.rpartition(".")
    if name and is_language(language):
        folder = letter.span.file.rpartition("/")[0]
        return f"each letter is a folder: {folder}/{name}/{language}.md"
    return "name the file after a language: fr.md, pt-BR.md"


def _in_subject(letter: Letter) -> Place:
    return lambda line, offset, length: letter.span.within(offset, length)


def _in_body(letter: Letter) -> Place:
    return lambda line, offset, length: Span(
        letter.span.file, letter.body_line + line - 1, offset + 1, max(length, 1)
    )


def _without_tags(body: str) -> str:
    """The body with all its branches, each blank as a mark; its lines stay where they are."""
    bare = re.sub(r"\{%.*?%\}|\{#.*?#\}", _line_ends, body, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", lambda tag: f"{OPENS}0{CLOSES}{_line_ends(tag)}", bare, flags=re.DOTALL)


def _line_ends(tag: re.Match[str]) -> str:
    return "\n" * tag[0].count("\n")


def _refused(letter: Letter, refused: Refused) -> Finding:
    span = _place_of(letter, refused)
    if refused.is_picture:
        return Finding(
            span,
            "CSP403",
            "a picture is not yet part of letters",
            "delete it, or link to it: [text](https://…)",
        )
    if OPENS in refused.what:
        hint = "write the site out: https://app.vendor.example/{{ account.id }}"
        return Finding(span, "CSP403", "a blank may not say to which site a link goes", hint)
    if refused.what.lower().startswith("http:"):
        fact = "on the way anybody could read and change what this link opens"
        return Finding(span, "CSP403", fact, f"write https:{refused.what[5:]}")
    message = f"a link may not go to '{refused.what}'"
    return Finding(span, "CSP403", message, "links begin with https:// or mailto:")


def _place_of(letter: Letter, refused: Refused) -> Span:
    """Its address on the lines of its paragraph; the first of them where the address holds a blank."""
    lines = letter.body.split("\n")
    written = refused.what.partition(OPENS)[0]
    for at in range(refused.line, len(lines)):
        offset = lines[at].find(f"]({written}")
        if offset >= 0:
            return Span(letter.span.file, letter.body_line + at, offset + 3, max(len(written), 1))
    return Span(letter.span.file, letter.body_line + refused.line, 1, 1)
