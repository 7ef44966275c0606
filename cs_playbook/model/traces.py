"""What is known of a person → where they are named in a text, however it is written there, and the text without them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from html.entities import codepoint2name

from msgspec import Struct

from cs_playbook.model.person_name import is_like_other_words

# Between two letters a mail may break its line (quoted-printable), between two words anything may.
_SOFT_BREAK = r"(?:=\r?\n)?"
_SPACE = r"(?:(?:=\r?\n)?(?:\s|\\[nrt]|=20|%20|&nbsp;|&\#(?:32|160);|_))+"
_PLAIN = re.compile(r"[a-z0-9]+")
_LEAST = 3  # letters of a name that is looked for in a line about them, and of what is looked for first
_MANY = 8  # figures: an id as long is no number that somebody wrote


class Traces(Struct, frozen=True, dict=True):
    """`contacts`: id → its mark. `searched`: those ids that are like no other word. `addresses`: → mark. `names`: full
    ones → mark. `parts`: first and last names: looked for only where the person is meant for another reason. What is like
    other words (`Will May`) is looked for with its capitals only."""

    contacts: Mapping[str, str]
    searched: tuple[str, ...]
    addresses: Mapping[str, str]
    names: Mapping[str, str]
    parts: tuple[str, ...]

    def count(self, text: str) -> int:
        """How often they are named: by id, address or full name."""
        found = self._anywhere if self._may_name(text) else None
        return sum(1 for _ in found.finditer(text)) if found else 0

    def without(self, text: str) -> str:
        """The text with a mark in each of these places."""
        found = self._anywhere if self._may_name(text) else None
        return found.sub(self._mark, text) if found else text

    def without_any_name(self, text: str) -> str:
        """The same of a text that is about them: first names are taken out too."""
        text = self.without(text)
        return self._names.sub(self.one_mark, text) if self._names else text

    def _may_name(self, text: str) -> bool:
        """Quick, for the many that do not: a run of plain letters of each is written in one way, unless a line breaks it."""
        if any(len(anchor) < _LEAST for anchor in self._anchors) or "=\n" in text or "=\r\n" in text:
            return True
        small = text.lower()
        return any(anchor in small for anchor in self._anchors)

    @cached_property
    def _anchors(self) -> tuple[str, ...]:
        words = (*self.addresses, *self.names, *self.searched)
        return tuple(max(_PLAIN.findall(word.lower()), key=len, default="") for word in words)

    @property
    def one_mark(self) -> str:
        """Stands for the person as a whole."""
        return next(iter((*self.contacts.values(), *self.addresses.values())))

    def _mark(self, found: re.Match[str]) -> str:
        assert found.lastgroup is not None
        return self._marks[int(found.lastgroup[1:])]

    @cached_property
    def _marks(self) -> tuple[str, ...]:
        return tuple(mark for _, mark in self._wanted)

    @property
    def _wanted(self) -> Iterator[tuple[str, str]]:
        """(pattern, mark)."""
        for address, mark in self.addresses.items():
            yield rf"(?<![\w.+-]){_written(address)}(?![\w-]|\.\w)", mark
        for name, mark in self.names.items():
            yield _named(name), mark
        for contact in self.searched:
            yield rf"(?<![\w-]){_written(contact)}(?![\w-])", self.contacts[contact]

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        wanted = [f"(?P<n{place}>{pattern})" for place, (pattern, _) in enumerate(self._wanted)]
        return re.compile("|".join(wanted), re.IGNORECASE) if wanted else None

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        long = sorted((part for part in self.parts if len(part) >= _LEAST), key=len, reverse=True)
        return (
            re.compile(rf"(?<!\w)(?:{'|'.join(map(_one_word, long))})(?!\w)", re.IGNORECASE) if long else None
        )


def is_like_no_other_word(contact: str) -> bool:
    """Whether an id may be looked for in texts: `C1001-2` and `0031234567` are, `42` and `claire` may mean anything."""
    has_figures = any(letter.isdigit() for letter in contact)
    return has_figures and (len(contact) >= _MANY or (len(contact) >= 4 and not contact.isdigit()))


def _named(name: str) -> str:
    """A full name that is like other words is one where it has its capitals, or where nothing else stands."""
    in_any_case = _words(map(_written, name.split()))
    if not is_like_other_words(name):
        return rf"(?<!\w){in_any_case}(?!\w)"
    return rf"(?:(?<!\w){_words(map(_one_word, name.split()))}(?!\w)|\A\W*{in_any_case}\W*\Z)"


def _words(patterns: Iterable[str]) -> str:
    """`Béravel, Hélène` too."""
    return rf"(?:\\?,)?{_SPACE}".join(patterns)


def _one_word(word: str) -> str:
    if not is_like_other_words(word):
        return _written(word)
    return f"(?-i:{word[0].upper()}){_SOFT_BREAK}{_written(word[1:])}"


def _written(text: str) -> str:
    """A pattern for however it may be written: composed or not, with entities, escapes of JSON, Markdown, links, mails."""
    forms = dict.fromkeys(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    patterns = (_SOFT_BREAK.join(map(_letter, form)) for form in forms)
    return f"(?:{'|'.join(dict.fromkeys(patterns))})"


def _letter(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return letter
    code = ord(letter)
    codes = (code, ord(letter.swapcase())) if len(letter.swapcase()) == 1 else (code,)
    ways = [rf"\\?{re.escape(letter)}"]
    for one in codes:
        ways += [f"&\\#{one};", f"&\\#x0*{one:x};", rf"\\u{one:04x}"]
        ways += [f"&{codepoint2name[one]};"] if one in codepoint2name else []
        ways.append("".join(f"[=%]{byte:02x}" for byte in chr(one).encode()))
    return f"(?:{'|'.join(dict.fromkeys(ways))})"
