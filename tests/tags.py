"""A page → its tags with the names of their attributes, where its links lead, and what stands in its frames."""

from __future__ import annotations

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Every tag with the names of its attributes, and what stands in frames."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: set[tuple[str, ...]] = set()
        self.links: set[str] = set()
        self.pages: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add((tag, *(name for name, _ in attrs)))
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "action", "data")}
        self.pages += [value or "" for name, value in attrs if name == "srcdoc"]

    def handle_comment(self, data: str) -> None:
        self.seen.add(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.seen.add(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.seen.add(("instruction",))

    def unknown_decl(self, data: str) -> None:
        self.seen.add(("unknown",))
