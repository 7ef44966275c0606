"""The lines of a day → one page to look through them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from msgspec import Struct

from cs_playbook.model.line import TaskLine
from cs_playbook.report.task_lists import asked_words
from cs_playbook.report.words import clean, count, day_in_words, day_with_year

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5d6677; --line: #dfe3ea; --page: #f6f7f9; --card: #fff; --late: #b3261e; --new: #1b6b3a }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf0; --soft: #a3adbd; --line: #333a47; --page: #14171d; --card: #1d222b; --late: #ff8a80; --new: #7fd6a0 } }
* { box-sizing: border-box }
body { margin: 0; padding: 2rem 1rem 4rem; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 62rem; margin: 0 auto }
h1 { font-size: 1.5rem; margin: 0 0 .25rem } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem } .soft { color: var(--soft) }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-top: 1px solid var(--line); font-size: .92rem }
th { color: var(--soft); font-weight: 600; border-top: 0 } td.num { text-align: right; white-space: nowrap } td.day { white-space: nowrap }
.late { color: var(--late); font-weight: 600 } .new { color: var(--new); font-weight: 600 } code { font-size: .85rem; color: var(--soft) }
a { color: inherit } nav a { margin-right: 1rem } .why { color: var(--soft); font-size: .85rem }
@media print { body { background: none } tr { break-inside: avoid } }
"""


WHOLE = 2_000  # lines; a page with more cannot be looked through
SHOWN_OF_ONE = 10, 100  # on such a day, of each person: so many at least, and at most


class Letters(Struct, frozen=True):
    """How many of the day wait for a person, how many go by themselves, and how many of both the page beside shows."""

    drafts: int
    leaving: int
    shown: int


class Part(Struct, frozen=True):
    """What one person has to do, as HTML, and how much of it is new or late."""

    owner: str
    name: str
    count: int
    new: int
    late: int
    html: str


def shown_of_one(lines: int, people: int) -> int:
    """How many lines of each person the page shows on a day that has so many in all, of so many people."""
    least, most = SHOWN_OF_ONE
    return lines if lines <= WHOLE else min(most, max(least, WHOLE // people))


def part_of(mine: Sequence[TaskLine], folder: str, shown: int) -> Part:
    """`mine`: the lines of one person, the most urgent first, at least one. `folder`: where their documents lie. `shown`: at
    most so many stand on the page."""
    first = mine[0]
    return Part(
        first.owner, first.owner_name, len(mine),
        sum(line.state == "new" for line in mine), sum(line.state == "late" for line in mine),
        _owner(mine, folder, shown),
    )  # fmt: skip


def day_page(day: date, parts: Sequence[Part], letters: Letters) -> str:
    """HTML: by owner what is to be done. The letters of the day are on a page beside it. No script runs."""
    new, late, count_of_all = (
        sum(getattr(part, name) for part in parts) for name in ("new", "late", "count")
    )
    body = [
        f"<h1>{escape(day_with_year(day))}</h1>",
        f'<p class="soft">{count(new, "new task")}, {late} late, {count_of_all} open in all · {_words(letters)}</p>',
        _index(parts, letters),
        *(part.html for part in parts),
    ]
    head = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(day_in_words(day))}</title><style>{_STYLE}</style></head>"
    )
    return f"{head}<body><main>{''.join(body)}</main></body></html>\n"


def _words(letters: Letters) -> str:
    drafts = count(letters.drafts, "new draft")
    return f"{drafts} · {count(letters.leaving, 'new mail')} in the outbox" if letters.leaving else drafts


def _index(parts: Sequence[Part], letters: Letters) -> str:
    links = [
        f'<a href="#{_anchor(part.owner)}">{escape(clean(part.name))} {part.count}</a>' for part in parts
    ]
    what = "mails" if letters.leaving else "drafts"
    links += [f'<a href="drafts.html">Look through the {what}: {letters.shown}</a>'] if letters.shown else []
    return f"<nav>{''.join(links)}</nav>" if links else '<p class="soft">Nothing is open today.</p>'


def _anchor(owner: str) -> str:
    return "o-" + "".join(letter if letter.isalnum() else "-" for letter in owner)


def _owner(mine: Sequence[TaskLine], folder: str, shown: int) -> str:
    minutes = sum(line.minutes for line in mine)
    rows = "".join(_row(line, folder) for line in mine[:shown])
    head = "<tr><th>Due</th><th>What</th><th>Customer</th><th>Playbook</th><th></th></tr>"
    return (
        f'<h2 id="{_anchor(mine[0].owner)}">{escape(clean(mine[0].owner_name))} <span class="soft">'
        f"{count(len(mine), 'task')}, {minutes} min</span></h2><table>{head}{rows}</table>{_more(len(mine) - shown, folder)}"
    )


def _more(lines: int, folder: str) -> str:
    if lines <= 0:
        return ""
    path = escape(f"owners/{folder}/tasks.csv")
    return f'<p class="soft">and {lines} more, less urgent: <a href="{path}">tasks.csv</a></p>'


def _row(line: TaskLine, folder: str) -> str:
    mark = f' <span class="{line.state}">{line.state}</span>' if line.state in ("new", "late") else ""
    lacks = f"{', '.join(line.missing)} is empty" if line.missing else line.unsendable
    missing = f'<div class="late">no draft: {escape(clean(lacks))}</div>' if lacks else ""
    beside = "".join(f'<div class="why">{said}</div>' for said in _beside(line, folder))
    return (
        f'<tr><td class="day">{escape(day_in_words(line.due))}{mark}</td><td>{escape(clean(line.title))}{beside}{missing}</td>'
        f"<td>{escape(clean(line.account_name))}</td><td>{escape(line.playbook)}</td>"
        f'<td class="num">{line.minutes} min<br><code>{line.key[:8]}</code></td></tr>'
    )


def _beside(line: TaskLine, folder: str) -> Iterator[str]:
    """Why it is there, what is to be filled in, what is asked, until when it sleeps."""
    if line.why:
        yield escape(clean(line.why))
    if line.document:
        path = escape(f"owners/{folder}/{line.document}")
        yield f'to fill in: <a href="{path}">{escape(clean(line.document.rpartition("/")[2]))}</a>'
    if line.asks:
        yield escape(clean(f"say also: {asked_words(line)}"))
    if line.asleep:
        yield escape(clean(f"put off {line.asleep}"))
