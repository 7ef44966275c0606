"""`{{ n | plural(one='seat', other='seats') }}` and a language → which of its words; and which ones are missing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from babel import Locale

from cs_playbook.letters.pieces import Filter, Piece, Shown, shown_in
from cs_playbook.source.finding import Finding

PLURAL = "plural"
_FORMS = ("zero", "one", "two", "few", "many", "other")  # all that languages have, and babel's names of them
_SMALL = 200  # what a letter counts; some languages have a form for a whole million only


def is_plural(arguments: tuple[str | int, ...]) -> bool:
    """Forms and words by turns, `other` among them."""
    forms = _words(arguments)
    words = all(isinstance(word, str) and word.strip(" ?") for word in forms.values())
    return words and "other" in forms and set(forms) <= set(_FORMS)


def plural_of(number: float, used: Filter, locale: Locale) -> str:
    """The word; that of `other` where the language asks for one that is not written."""
    forms = _words(used.arguments)
    return str(forms.get(locale.plural_form(number), forms["other"]))


def wrong_plurals(pieces: tuple[Piece, ...], locale: Locale) -> Iterator[Finding]:
    """CSP403 A number would have no word of its own, or a word stands there for no number."""
    for shown in shown_in(pieces):
        for used in shown.filters:
            if used.name == PLURAL and is_plural(used.arguments):
                yield from _wrong(shown, frozenset(map(str, _words(used.arguments))), locale)


def _wrong(shown: Shown, written: frozenset[str], locale: Locale) -> Iterator[Finding]:
    needed, known = _needed(str(locale)), {*locale.plural_form.tags, "other"}
    forms = ", ".join(f"{form}='…'" for form in _FORMS if form in needed)
    hint = f"write plural({forms})"
    language = locale.get_display_name("en")
    if missing := [form for form in _FORMS if form in needed.keys() - written]:
        examples = ", ".join(map(str, needed[missing[0]]))
        fact = f"{language} has a word of its own for {examples}: '{missing[0]}' is missing"
        yield Finding(shown.blank.span, "CSP403", fact, hint)
    elif surplus := sorted(written - known):
        yield Finding(shown.blank.span, "CSP403", f"{language} knows no form '{surplus[0]}'", hint)


@cache
def _needed(language: str) -> dict[str, tuple[int, ...]]:
    """Each form of small whole numbers, with the first three that take it."""
    forms: dict[str, tuple[int, ...]] = {"other": ()}
    rule = Locale.parse(language).plural_form
    for number in range(_SMALL):
        form = rule(number)
        forms[form] = (*forms.get(form, ()), number)[:3]
    return forms


def _words(arguments: tuple[str | int, ...]) -> dict[str | int, str | int]:
    return dict(zip(arguments[::2], arguments[1::2], strict=False))
