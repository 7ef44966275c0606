"""Markdown in which marks stand for values → HTML and plain text with the same marks."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from msgspec import Struct

from cs_playbook.letters.fill import CLOSES, MARK, OPENS

# The same marks inside a web address and inside a mail address: there a value is written in another way.
IN_WEB, IN_MAIL = "\ue002", "\ue003"

# A value may stand in a link only behind the site: what a customer typed never chooses where a link goes.
_IN_ADDRESS = re.compile(r"(\]\(|<)((?:https?|mailto):[^\s)>]*)", re.IGNORECASE)
_MAY_LINK = re.compile(rf"(?:https://[^/?#@\\\s{OPENS}]+(?:[/?#]|\Z)|mailto:[^/])", re.IGNORECASE)


class Markup(Struct, frozen=True):
    """`html`: for the body of a page. `text`: paragraphs with empty lines between. All hold marks."""

    html: str
    text: str
    markdown: str


class Refused(Struct, frozen=True):
    """A link that goes elsewhere than https or mailto, or a picture. `line` counts from 0."""

    line: int
    what: str
    is_picture: bool


def mark_up(markdown: str) -> Markup:
    """A refused link or picture stays as typed: `[text](javascript:…)`."""
    return _marked_up(_parser().parse(markdown), markdown)


def mark_up_lines(markdown: str) -> Markup:
    """The same, and each line stays one: names, titles and numbers stand below each other."""
    tokens = _parser().parse(markdown)
    for token in _inside(tokens):
        if token.type == "softbreak":
            token.type, token.tag = "hardbreak", "br"
    return _marked_up(tokens, markdown)


def _marked_up(tokens: list[Token], markdown: str) -> Markup:
    for token in _inside(tokens):
        if token.type == "link_open":
            token.attrs["href"] = _address("", str(token.attrs["href"]))
    html = str(_parser().renderer.render(tokens, _parser().options, {}))
    text = "\n".join(_lines(SyntaxTreeNode(tokens))).strip("\n") + "\n"
    return Markup(html, text, _IN_ADDRESS.sub(lambda found: _address(found[1], found[2]), markdown))


def refused_in(markdown: str) -> list[Refused]:
    """The links and pictures that would stay as typed, for whoever writes the letter."""
    refused: list[Refused] = []
    for block in _reviewer().parse(markdown):
        line = block.map[0] if block.map else 0
        for token in block.children or ():
            address = str(token.attrs.get("href") or token.attrs.get("src") or "")
            if token.type == "image" or (token.type == "link_open" and not _may_link(address)):
                refused.append(Refused(line, address, token.type == "image"))
    return refused


class _Parser(MarkdownIt):
    """CommonMark without HTML."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it asks under this name
        return _may_link(url)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        pieces = re.split(f"({OPENS}[0-9]+{CLOSES})", url)  # percent-encoded, but for the marks
        return "".join(
            piece if MARK.fullmatch(piece) else super(_Parser, self).normalizeLink(piece) for piece in pieces
        )


class _Reviewer(_Parser):
    """The same, but it takes every link and picture for one."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True


@cache
def _parser() -> MarkdownIt:
    return _Parser("commonmark", {"html": False}).disable(["html_block", "html_inline", "image"])


@cache
def _reviewer() -> MarkdownIt:
    return _Reviewer("commonmark", {"html": False}).disable(["html_block", "html_inline"])


def _may_link(address: str) -> bool:
    return _MAY_LINK.match(address) is not None


def _address(before: str, link: str) -> str:
    return before + link.replace(OPENS, IN_MAIL if link.lower().startswith("mailto:") else IN_WEB)


def _inside(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


# --- plain text ---


def _lines(node: SyntaxTreeNode) -> list[str]:
    """The lines of one block, without an empty line before or after."""
    match node.type:
        case "paragraph" | "heading" | "inline":
            return _sentence(node).split("\n")
        case "bullet_list":
            return _list(node, ["- "] * len(node.children))
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return _list(node, [f"{start + at}. " for at in range(len(node.children))])
        case "blockquote":
            return [f"> {line}".rstrip() for line in _blocks(node)]
        case "code_block" | "fence":
            return [f"    {line}" for line in node.content.rstrip("\n").split("\n")]
        case "hr":
            return ["-" * 20]
        case _:
            return _blocks(node)


def _blocks(node: SyntaxTreeNode) -> list[str]:
    lines: list[str] = []
    for child in node.children:
        lines += ["", *_lines(child)] if lines else _lines(child)
    return lines


def _list(node: SyntaxTreeNode, bullets: list[str]) -> list[str]:
    lines: list[str] = []
    for bullet, item in zip(bullets, node.children, strict=True):
        tight = all(child.hidden for child in item.children if child.type == "paragraph")
        first, *rest = (_tight(item) if tight else _blocks(item)) or [""]
        gap = [] if tight or not lines else [""]
        lines += [*gap, bullet + first, *(f"{' ' * len(bullet)}{line}".rstrip() for line in rest)]
    return lines


def _tight(item: SyntaxTreeNode) -> list[str]:
    return [line for child in item.children for line in _lines(child)]


def _sentence(node: SyntaxTreeNode) -> str:
    return "".join(_span(child) for child in node.children)


def _span(node: SyntaxTreeNode) -> str:
    match node.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link(_sentence(node), str(node.attrs["href"]))
        case "text" | "code_inline" | "text_special":
            return node.content
        case _:
            return _sentence(node)


def _link(text: str, address: str) -> str:
    address = re.sub("(?i)^mailto:", "", address)
    # The two marks of one value differ by their first letter only: `<{{ csm.email }}>` is not said twice.
    return (
        text
        if text.replace(OPENS, IN_WEB) in (address, address.replace(IN_MAIL, IN_WEB))
        else f"{text} ({address})"
    )
