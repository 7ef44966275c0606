"""Who somebody is → the page for their work with the program, as Markdown; without it, the pages there are."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.errors import ChoiceError
from cs_playbook.source import shipped
from cs_playbook.source.finding import did_you_mean


class Page(Struct, frozen=True):
    """One page. `title`: its heading, a sentence; `text`: Markdown, the heading too."""

    name: str
    title: str
    text: str


def pages() -> tuple[Page, ...]:
    """All of them, by name."""
    files = sorted(shipped.guide().glob("*.md"))
    return tuple(_page(file.stem, file.read_text(encoding="utf-8")) for file in files)


def page_of(written: str) -> Page:
    """`csm`, `CS ops`, `cs-ops`. ChoiceError where there is no such page."""
    known = {page.name: page for page in pages()}
    name = "-".join(written.casefold().removesuffix(".md").split())
    if name not in known:
        hint = did_you_mean(name, sorted(known)) or f"one of: {', '.join(sorted(known))}"
        raise ChoiceError(f"there is no page for '{written}'", hint)
    return known[name]


def _page(name: str, text: str) -> Page:
    return Page(name, text.partition("\n")[0].lstrip("# "), text)
