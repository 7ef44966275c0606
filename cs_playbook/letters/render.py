"""A letter and the values of one person → subject, Markdown, plain text, HTML; or which blanks are empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from string import punctuation
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from cs_playbook.letters.fill import CLOSES, MARK, OPENS, FilledText, MissingBlanks, TooLarge, fill, look_up
from cs_playbook.letters.layout import lay_out
from cs_playbook.letters.markdown import IN_MAIL, IN_WEB, mark_up, mark_up_lines
from cs_playbook.letters.said import one_line, reads_from
from cs_playbook.letters.signature import with_signature
from cs_playbook.letters.template import Template

__all__ = ["MissingBlanks", "Rendered", "TooLarge", "render", "render_anyway"]

# The subject stands behind the words of the body: as the last of them it is also the title of the page.
_TITLE = f"{OPENS}-1{CLOSES}"
GAP = "‹{}›"
_EMPTY = FilledText("", ())
_NO_SUBJECT = MissingBlanks(("subject",))
_NOTHING = "—"  # never shown: a signature asks before it shows what may be empty
_ANY_MARK = re.compile(f"([{OPENS}{IN_WEB}{IN_MAIL}])(-?[0-9]+){CLOSES}")


class Rendered(Struct, frozen=True):
    """One mail: `subject` on one line; `markdown`, `text` and `html` say the same. Line ends are "\\n"."""

    subject: str
    markdown: str
    text: str
    html: str


def render(
    template: Template, values: Mapping[str, Any], language: str, signed: Mapping[str, Any] | None = None
) -> Rendered | MissingBlanks | TooLarge:
    """`values`: nested dicts of text, numbers, dates and lists, by the parts of the names in the letter.

    What is typed in them stays as typed: it can be neither Markdown nor HTML, nor choose where a link goes.
    Held back (MissingBlanks) when a need is empty, or a blank that would be shown or compared.
    `signed`: who writes, for the signature (letters/signature.signed_by); None: none is put below.
    """
    filled = _filled(template, values, language)
    if not isinstance(filled, _Halves):
        return filled
    below = _below(template, signed, language)
    if isinstance(below, FilledText):
        return _in_place(filled.subject, filled.body, below, language)
    return TooLarge()


def held_back(
    template: Template, values: Mapping[str, Any], language: str
) -> MissingBlanks | TooLarge | None:
    """Why render would hold it back, unsigned; None where it would not. Nothing is laid out for that."""
    filled = _filled(template, values, language)
    if isinstance(filled, _Halves):
        return None if filled.subject else _NO_SUBJECT
    return filled


def render_anyway(
    template: Template, values: Mapping[str, Any], language: str, signed: Mapping[str, Any]
) -> Rendered | TooLarge:
    """For whoever writes the letter: an empty blank shows as ‹its name›, and nothing is held back."""
    subject = fill(template.subject, values, language, GAP)
    body = fill(template.body, values, language, GAP)
    below = _below(template, signed, language)
    if isinstance(subject, FilledText) and isinstance(body, FilledText) and isinstance(below, FilledText):
        found = _in_place(one_line(subject.plain) or GAP.format("subject"), body, below, language)
        assert isinstance(found, Rendered), "its subject has words"
        return found
    return TooLarge()


class _Halves(Struct, frozen=True):
    """A letter with its blanks filled; the subject on one line."""

    subject: str
    body: FilledText


def _filled(
    template: Template, values: Mapping[str, Any], language: str
) -> _Halves | MissingBlanks | TooLarge:
    missing = tuple(
        need
        for need in template.letter.needs
        if look_up(values, tuple(need.split("."))) in (None, "", (), [])
    )
    subject = fill(template.subject, values, language)
    body = fill(template.body, values, language)
    missing += tuple(
        name for part in (subject, body) if isinstance(part, MissingBlanks) for name in part.blanks
    )
    if missing:
        return MissingBlanks(tuple(dict.fromkeys(missing)))
    if isinstance(subject, FilledText) and isinstance(body, FilledText):
        return _Halves(one_line(subject.plain), body)
    return TooLarge()


def _below(
    template: Template, signed: Mapping[str, Any] | None, language: str
) -> FilledText | MissingBlanks | TooLarge:
    return _EMPTY if signed is None else fill(template.signature, signed, language, _NOTHING)


def _in_place(subject: str, body: FilledText, below: FilledText, language: str) -> Rendered | MissingBlanks:
    if not subject:
        return _NO_SUBJECT
    page = _page(body.shape, _behind(len(body.words), below.shape), language)
    words = (*body.words, *below.words, subject)
    return Rendered(
        subject,
        _join(page.markdown, words, _IN_MARKDOWN),
        _join(page.text, words, _IN_TEXT),
        _join(page.html, words, _IN_HTML),
    )


class _Gap(Struct, frozen=True):
    """Piece `at` is empty: word `number` goes there. `kind`: among words, in a web or in a mail address."""

    at: int
    kind: str
    number: int


class _Sheet(Struct, frozen=True):
    """A text cut at its marks."""

    pieces: tuple[str, ...]
    gaps: tuple[_Gap, ...]


class _Page(Struct, frozen=True):
    """A shape of a letter, laid out, without its words."""

    markdown: _Sheet
    text: _Sheet
    html: _Sheet


def _behind(words: int, shape: str) -> str:
    """Its marks count from there on."""
    return MARK.sub(lambda mark: f"{OPENS}{words + int(mark[1])}{CLOSES}", shape)


# A template has few shapes (which `if` was taken); Markdown and CSS are done once for each.
@lru_cache(maxsize=512)
def _page(shape: str, below: str, language: str) -> _Page:
    markup = mark_up(shape)
    if below.strip():
        markup = with_signature(markup, mark_up_lines(below))
    html = lay_out(markup.html, _TITLE, language, reads_from(language))
    return _Page(_cut(markup.markdown), _cut(markup.text), _cut(html))


def _cut(text: str) -> _Sheet:
    pieces: list[str] = []
    gaps: list[_Gap] = []
    end = 0
    for mark in _ANY_MARK.finditer(text):
        gaps.append(_Gap(len(pieces) + 1, mark[1], int(mark[2])))
        pieces += [text[end : mark.start()], ""]
        end = mark.end()
    return _Sheet((*pieces, text[end:]), tuple(gaps))


def _join(sheet: _Sheet, words: tuple[str, ...], forms: Mapping[str, Callable[[str], str]]) -> str:
    pieces = list(sheet.pieces)
    for gap in sheet.gaps:
        pieces[gap.at] = forms[gap.kind](words[gap.number])
    return "".join(pieces)


def _in_web(word: str) -> str:
    return quote(word, safe="")


def _in_mail(word: str) -> str:
    return quote(word, safe="@")


def _in_html(word: str) -> str:
    return escape(word)  # quotes too: a word may stand in the title of a link


@lru_cache(maxsize=4096)
def _in_markdown(word: str) -> str:
    """Every letter that could mean something in Markdown, escaped."""
    return word.translate(_ESCAPES)


_ESCAPES = {ord(letter): f"\\{letter}" for letter in punctuation}
_IN_MARKDOWN: Mapping[str, Callable[[str], str]] = {OPENS: _in_markdown, IN_WEB: _in_web, IN_MAIL: _in_mail}

_IN_TEXT: Mapping[str, Callable[[str], str]] = {OPENS: str, IN_WEB: _in_web, IN_MAIL: _in_mail}
_IN_HTML: Mapping[str, Callable[[str], str]] = {OPENS: _in_html, IN_WEB: _in_web, IN_MAIL: _in_mail}
