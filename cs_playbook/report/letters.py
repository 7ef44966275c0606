"""Letters as their readers would see them → what a terminal says of them, and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cs_playbook.letters.letter_page import LetterShown, Previewed, letter_page
from cs_playbook.report.plan_json import written
from cs_playbook.report.words import clean, count, day_with_year

FORMAT_VERSION = 1


def as_page(found: Previewed) -> str:
    name = found.letters[0].letter if len(found.letters) == 1 else count(len(found.letters), "letter")
    return letter_page(f"{name}, {_accounts(found)}", found.letters)


def as_text(found: Previewed, place: str) -> str:
    """`place`: where the page is."""
    sheets = sum(len(letter.sheets) for letter in found.letters)
    head = f"{count(len(found.letters), 'letter')} {_accounts(found)}, {count(sheets, 'sheet')}"
    lines = [line for letter in found.letters for line in _letter(letter)]
    private = "  open it in a browser; it names people: keep it to yourself"
    return "\n".join([head, "", *lines, "", clean(place), private, ""])


def _accounts(found: Previewed) -> str:
    some = "the first accounts" if found.is_cut else "the accounts"
    return f"with {some} of {day_with_year(found.day)}"


def _letter(letter: LetterShown) -> Iterator[str]:
    languages = ", ".join(dict.fromkeys(sheet.language for sheet in letter.sheets)) or "not shown"
    yield f"  {letter.letter}  {languages}{'' if letter.sent_by else '  no playbook sends it'}"
    for name, number in letter.lacking:
        yield f"    ! {name} is empty in {number} of {count(letter.accounts, 'account')}: there it would become a task"
    if letter.nobody:
        yield f"    ! nobody to write to in {letter.nobody} of {count(letter.accounts, 'account')}"
    if letter.accounts == 0:
        yield "    ! no account of this snapshot would get it"


def as_json(found: Previewed) -> str:
    letters = [_json(letter) for letter in found.letters]
    return written({"format_version": FORMAT_VERSION, "day": found.day.isoformat(), "letters": letters})


def _json(letter: LetterShown) -> dict[str, Any]:
    return {
        "letter": letter.letter, "category": letter.category or None, "sent_by": letter.sent_by or None,
        "accounts": letter.accounts, "nobody": letter.nobody, "lacking": dict(letter.lacking), "later": list(letter.later),
        "sheets": [
            {
                "account": sheet.account, "language": sheet.language, "theirs": sheet.is_theirs, "to": sheet.to or None,
                "from": sheet.sender or None, "subject": sheet.subject, "text": sheet.text, "missing": list(sheet.missing),
            }
            for sheet in letter.sheets
        ],
    }  # fmt: skip
