"""Letters as their readers would see them → one page to flip through: light, dark and as text; complete in itself, offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from math import ceil

from msgspec import Struct

from cs_playbook.letters.letter_page_style import SCRIPT, STYLE
from cs_playbook.letters.preview import head, person
from cs_playbook.letters.said import one_line

_DARK = "(prefers-color-scheme: dark)"
_SCHEMES = '<meta name="color-scheme" content="light dark">'


class Sheet(Struct, frozen=True):
    """A letter to one account in one language; `is_theirs`: the one its reader would get. `missing`: blanks that hold it
    back. `to`, `sender` "": nobody."""

    account: str
    language: str
    is_theirs: bool
    to_name: str
    to: str
    sender_name: str
    sender: str
    subject: str
    html: str
    text: str
    missing: tuple[str, ...] = ()


class LetterShown(Struct, frozen=True):
    """`sent_by`: playbook › step, "" where nobody sends it. `accounts`: how many were asked; `nobody`: of how many there is
    nobody to write to; `lacking`: blank → how many leave it empty; `later`: what only answers will tell."""

    letter: str
    category: str
    sent_by: str
    by_itself: bool
    accounts: int
    nobody: int
    lacking: tuple[tuple[str, int], ...]
    later: tuple[str, ...]
    sheets: tuple[Sheet, ...]


class Previewed(Struct, frozen=True):
    """In the order of their names. `day`: the snapshot's. `is_cut`: there are more accounts than were asked."""

    day: date
    letters: tuple[LetterShown, ...]
    is_cut: bool = False


def letter_page(title: str, letters: Sequence[LetterShown]) -> str:
    """Without a script its links lead from one sheet to the next; with it the arrow keys do, too."""
    places = [(letter, sheet) for letter in letters for sheet in letter.sheets]
    parts = [head(title, STYLE, SCRIPT), _bar(title, len(places)), *_index(letters), "<main>\n"]
    parts += [_article(at, places) for at in range(len(places))]
    parts += [_unshown(letter) for letter in letters if not letter.sheets]
    return "".join([*parts, f"</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"])


def _bar(title: str, sheets: int) -> str:
    keys = '<p id="keys" hidden>← → from one to the next</p>'
    return f'<div class="bar"><h1>{escape(title)}</h1><p>{sheets} {"sheet" if sheets == 1 else "sheets"}</p>{keys}</div>\n'


def _index(letters: Iterable[LetterShown]) -> Iterator[str]:
    yield '<nav aria-label="Letters">\n'
    number = 0
    for letter in letters:
        yield f"<h3>{escape(letter.letter)}</h3>\n"
        for sheet in letter.sheets:
            number += 1
            about = f"{sheet.language} · {one_line(sheet.subject)}"
            yield f'<a href="#s{number}"><b>{escape(one_line(sheet.account))}</b><span>{escape(about)}</span></a>\n'
    yield "</nav>\n"


# --- one sheet ---

Places = Sequence[tuple[LetterShown, Sheet]]


def _article(at: int, places: Places) -> str:
    letter, sheet = places[at]
    return (
        f'<article id="s{at + 1}" tabindex="-1">\n<header>\n{_steps(at, len(places))}'
        f"<h2>{escape(letter.letter)}</h2>\n{_about(letter)}{_tabs(at, places)}<dl>\n"
        f"<dt>To</dt><dd>{person(sheet.to_name, sheet.to) or '<em>nobody to write to</em>'}</dd>\n"
        f"<dt>From</dt><dd>{person(sheet.sender_name, sheet.sender) or '<em>nobody</em>'}</dd>\n"
        f'<dt>Subject</dt><dd class="subject">{escape(sheet.subject)}</dd>\n</dl>\n{_missing(letter, sheet)}</header>\n'
        f'<div class="views">\n{_frame(sheet, "light")}{_frame(sheet, "dark")}'
        f'<section><h4>as text</h4><pre lang="{escape(sheet.language)}">{escape(sheet.text)}</pre></section>\n</div>\n</article>\n'
    )


def _steps(at: int, sheets: int) -> str:
    before = f'<a rel="prev" href="#s{at}">‹ Previous</a>' if at > 0 else "<span>‹ Previous</span>"
    after = f'<a rel="next" href="#s{at + 2}">Next ›</a>' if at + 1 < sheets else "<span>Next ›</span>"
    return f'<p class="steps">{before} <span>{at + 1} of {sheets}</span> {after}</p>\n'


def _about(letter: LetterShown) -> str:
    goes = "sent by itself" if letter.by_itself else "a draft for a person"
    words = [letter.sent_by and f"{letter.sent_by}, {goes}", letter.category or "no category"]
    words = [word for word in words if word] if letter.sent_by else ["no playbook sends it", *words[1:]]
    return f'<p class="about">{escape(" · ".join(words))}</p>\n'


def _tabs(at: int, places: Places) -> str:
    """The same letter to the other accounts, and to this one in the other languages."""
    letter = places[at][0]
    mine = [(number, one) for number, (other, one) in enumerate(places, 1) if other is letter]
    # Accounts may share a name: each begins a new one with the first language.
    first = mine[0][1].language
    starts = [number for number, one in mine if one.language == first]
    here = max(number for number in starts if number <= at + 1)
    last = next((number for number in starts if number > here), mine[-1][0] + 1)
    accounts = [(number + at + 1 - here, one.account, "") for number, one in mine if number in starts]
    languages = [
        (number, one.language, " (theirs)" if one.is_theirs else "")
        for number, one in mine
        if here <= number < last
    ]
    return "".join(
        f'<p class="tabs">{"".join(_tab(number, words, more, at + 1) for number, words, more in tabs)}</p>\n'
        for tabs in (accounts, languages)
    )


def _tab(number: int, words: str, more: str, here: int) -> str:
    chosen = ' aria-current="page"' if number == here else ""
    return f'<a href="#s{number}"{chosen}>{escape(one_line(words))}{more}</a>'


def _missing(letter: LetterShown, sheet: Sheet) -> str:
    lines = (
        [f"<li><b>Held back here</b>: {escape(', '.join(sheet.missing))} is empty</li>\n"]
        if sheet.missing
        else []
    )
    for name, count in letter.lacking:
        lines.append(
            f"<li>{escape(name)} is empty in <b>{count}</b> of {letter.accounts} accounts: there it becomes a task</li>\n"
        )
    if letter.nobody:
        lines.append(
            f"<li>there is nobody to write to in <b>{letter.nobody}</b> of {letter.accounts} accounts</li>\n"
        )
    if letter.later:
        lines.append(f"<li>known once people have answered: {escape(', '.join(letter.later))}</li>\n")
    if not lines:
        return (
            f'<p class="whole">Nothing is missing in {letter.accounts} accounts.</p>\n'
            if letter.accounts
            else ""
        )
    return f'<ul class="missing">\n{"".join(lines)}</ul>\n'


def _frame(sheet: Sheet, scheme: str) -> str:
    """The mail in a frame that runs nothing, as a mail program shows it that is light or dark, whatever this one is."""
    if not sheet.html:
        return ""
    other = sheet.html.replace(_DARK, "all" if scheme == "dark" else "not all")
    only = other.replace(_SCHEMES, f'<meta name="color-scheme" content="{scheme}">')
    mail = only.replace("<head>", '<head><base target="_blank">', 1)
    lines = sum(ceil((len(line) + 1) / 40) for line in sheet.text.split("\n"))
    return (
        f'<section class="{scheme}"><h4>{scheme}</h4><iframe title="{escape(f"{sheet.subject}, {scheme}")}" '
        'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" loading="lazy" '
        f'style="height: {lines * 26 + 80}px" srcdoc="{escape(mail)}"></iframe></section>\n'
    )


def _unshown(letter: LetterShown) -> str:
    why = (
        "no account of this snapshot would get it"
        if not letter.accounts
        else "it is not written in this language"
    )
    return f'<p class="none"><b>{escape(letter.letter)}</b>: {why}.</p>\n'
