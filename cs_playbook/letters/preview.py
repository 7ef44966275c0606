"""The mails of a day → one page to look through them all: complete in itself, offline, printable."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from math import ceil

from msgspec import Struct

from cs_playbook.letters.preview_style import SCRIPT, STYLE
from cs_playbook.letters.said import one_line

_LOADED_AT_ONCE = 40  # further mails are laid out when one scrolls near them


class PreviewItem(Struct, frozen=True):
    """One mail. `html`, `text`: as rendered. `letter`: usage-drop/check-in. `file`: where its .eml is.

    `copies`: (name, address) of who reads it besides.
    """

    account: str
    to_name: str
    to: str
    sender_name: str
    sender: str
    subject: str
    html: str
    text: str
    letter: str = ""
    language: str = ""
    file: str = ""
    copies: tuple[tuple[str, str], ...] = ()


def page(title: str, items: Iterable[PreviewItem]) -> str:
    """The page. Give the items of one sender together: the list at the side has a heading for each."""
    return "".join(page_in_pieces(title, items))


def page_in_pieces(title: str, items: Iterable[PreviewItem]) -> Iterator[str]:
    """The same page, mail by mail, for days with more mails than should be held in memory."""
    yield _head(title)
    entries: list[tuple[str, str, str]] = []
    for number, item in enumerate(items, 1):
        entries.append(
            (
                item.sender_name or item.sender,
                one_line(item.account),
                one_line(f"{item.to_name or item.to} · {item.subject}"),
            )
        )
        yield _article(number, item)
    if not entries:
        yield '<p class="none">No mails today.</p>\n'
    yield "</main>\n"
    yield from _index(entries)
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _head(title: str) -> str:
    return (
        f"{head(title, STYLE, SCRIPT)}"
        f'<div class="bar"><h1>{escape(title)}</h1><p id="count"></p>\n'
        '<p class="steps"><button type="button" id="previous">Previous</button>'
        '<button type="button" id="next">Next</button></p></div>\n<main>\n'
    )


def head(title: str, style: str, script: str) -> str:
    """All before the first words of a page that holds mails, `<body>` too."""
    # Nothing is fetched, and no script runs but the one whose hash stands here: the mails inherit the rule.
    runs = f"script-src '{_hash(script)}'"
    rule = f"default-src 'none'; style-src 'unsafe-inline'; {runs}; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{rule}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )


def _hash(script: str) -> str:
    return f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}"


def _article(number: int, item: PreviewItem) -> str:
    about = " · ".join(part for part in (item.letter, item.language) if part)
    link = f'<a class="file" href="{escape(item.file)}">open in the mail program</a>' if item.file else ""
    return (
        f'<article id="m{number}" tabindex="-1">\n<header>\n'
        f'<p class="about"><span>{escape(about)}</span>{link}</p>\n<h2>{escape(one_line(item.account))}</h2>\n<dl>\n'
        f"<dt>To</dt><dd>{person(item.to_name, item.to)}</dd>\n"
        f"{_copies(item)}"
        f"<dt>From</dt><dd>{person(item.sender_name, item.sender)}</dd>\n"
        f'<dt>Subject</dt><dd class="subject">{escape(item.subject)}</dd>\n</dl>\n</header>\n'
        f"{_frame(number, item)}\n"
        f"<details><summary>As plain text</summary><pre>{escape(item.text)}</pre></details>\n</article>\n"
    )


def _copies(item: PreviewItem) -> str:
    people = ", ".join(person(name, address) for name, address in item.copies)
    return f"<dt>Copy to</dt><dd>{people}</dd>\n" if people else ""


def person(name: str, address: str) -> str:
    shown = one_line(address)
    return f'{escape(one_line(name))} <span class="address">{escape(shown)}</span>' if name else escape(shown)


def _frame(number: int, item: PreviewItem) -> str:
    """The mail in a frame that runs nothing; as high as its text suggests, until the script measures it."""
    lines = sum(ceil((len(line) + 1) / 68) for line in item.text.split("\n"))
    # Links open beside the page, so that a click does not lose one's place.
    mail = item.html.replace("<head>", '<head><base target="_blank">', 1)
    return (
        f'<iframe title="{escape(f"Mail to {one_line(item.to_name or item.to)}: {item.subject}")}" '
        'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" '
        f'loading="{"eager" if number <= _LOADED_AT_ONCE else "lazy"}" style="height: {lines * 26 + 80}px" '
        f'srcdoc="{escape(mail)}"></iframe>'
    )


def _index(entries: list[tuple[str, str, str]]) -> Iterator[str]:
    yield '<nav aria-label="Mails">\n'
    last = None
    for number, (sender, account, line) in enumerate(entries, 1):
        if sender != last:
            yield f"<h3>{escape(sender)}</h3>\n"
            last = sender
        yield f'<a href="#m{number}"><b>{escape(account)}</b><span>{escape(line)}</span></a>\n'
    yield "</nav>\n"
