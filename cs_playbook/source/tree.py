"""YAML text → nodes that know their place, and every syntax finding; YAML 1.2 without anchors, tags, directives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.syntax import told
from cs_playbook.source.unseen import unseen

try:
    from _ruamel_yaml import CParser
except ImportError:  # no compiled parser on this machine
    CParser = None

LARGEST_FILE = 256_000
LARGEST_SCALAR = 10_000
DEEPEST = 40

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]+|\.)?([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INSIDE_A_WORD = re.compile(r"(?<=\w):(?=\w)")
_VEIL, _VEIL_ESCAPED = "\ue000", "ue000"
# Letters that a reviewer cannot see or that turn the reading order: controls, zero width, bidirectional.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


class Scalar(NamedTuple):
    """One value: `value` by YAML 1.2 (dates stay text), `text` as written (without quotes).

    A file has hundreds: a named tuple is made in half the time of a frozen dataclass.
    """

    value: str | int | float | bool | None
    text: str
    span: Span
    quoted: bool = False
    one_line: bool = True

    def place(self, offset: int, length: int) -> Span:
        """The place of a part of the text; the whole scalar where the text spans lines."""
        return self.span.within(offset + self.quoted, length) if self.one_line else self.span


class Sequence(Struct, frozen=True):
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


class Mapping(Struct, frozen=True):
    """Keys with their nodes, in order, each key once."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        for name, node in self.entries:  # asked so often that a generator would be felt
            if name.text == key:
                return node
        return None

    def key(self, name: str) -> Scalar | None:
        """The key itself, for a finding about it."""
        return next((key for key, _ in self.entries if key.text == name), None)


Node = Scalar | Sequence | Mapping


class Tree(Struct, frozen=True):
    """What a file holds: its root (nothing when it cannot be read) and what is wrong with its text."""

    root: Node | None
    findings: tuple[Finding, ...]


def plain(node: Node) -> Any:
    """The node as dicts, lists and values, for a schema."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.entries}


# The stories are read twice, for a comparison nearly all files; nothing of a tree ever changes.
@lru_cache(maxsize=64)
def read_tree(text: str, file: str) -> Tree:
    """All of a YAML file, in one pass; only broken syntax hides what follows it."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        return Tree(
            None,
            (
                Finding(
                    Span(file),
                    "CSP104",
                    f"the file is larger than {LARGEST_FILE // 1000} kB",
                    "split it: one playbook per file",
                ),
            ),
        )
    builder = _Builder(file, text, _events)
    tree = Tree(builder.document(), tuple(builder.findings))
    return tree if not builder.trips_over_a_colon else _with_colons(file, text, tree)


def _with_colons(file: str, text: str, refused: Tree) -> Tree:
    """The C parser refuses `[tag:x]`, which YAML 1.2 allows: it is shown another letter there.

    Where that is not enough ruamel's own parser reads the file, twenty times slower.
    """
    for parse in (_veiled_events, _slow_events):
        builder = _Builder(file, text, parse)
        tree = Tree(builder.document(), tuple(builder.findings))
        if tree.root is not None:
            return tree
    return refused


class _Builder:
    """Holds the stream of events of one file while the nodes are built."""

    def __init__(self, file: str, text: str, parse: Callable[[str], Iterator[Any]]) -> None:
        self.file = file
        self.trips_over_a_colon = False
        self._parse = parse
        self.findings: list[Finding] = []
        self._text = text
        self._events: Iterator[Any] = iter(())
        if _HIDDEN.search(text):
            self._hidden()

    def document(self) -> Node | None:
        try:
            return self._document()
        except YAMLError as error:
            self.trips_over_a_colon = "unexpected ':'" in str(error)
            self._syntax(error)
        except (ValueError, OverflowError) as error:
            self.findings.append(
                Finding(Span(self.file), "CSP101", f"the file cannot be read as YAML: {error}")
            )
        except _TooDeep as error:
            self.findings.append(
                Finding(error.span, "CSP104", f"nested more than {DEEPEST} levels deep", "flatten it")
            )
        return None

    def _document(self) -> Node | None:
        self._events = self._parse(self._text)
        root: Node | None = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                self._document_start(event, root)
            elif not isinstance(event, _FRAME):
                node = self._node(event, 0)
                root = root if root is not None else node
        return root

    def _document_start(self, event: Any, root: Node | None) -> None:
        if getattr(event, "version", None) or getattr(event, "tags", None):
            self._refuse(
                event,
                "CSP103",
                "YAML directives (%YAML, %TAG) are not used here",
                "delete the line: it changes what words mean",
            )
        if root is not None:
            self._refuse(
                event, "CSP103", "a second document starts here", "one file, one document: delete the '---'"
            )

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, AliasEvent):
            self._refuse(
                event,
                "CSP103",
                f"'*{event.anchor}' repeats another part",
                "anchors are not used: write it out",
            )
            return Scalar(None, "", self._span(event))
        if event.anchor or event.tag is not None:
            self._dressed(event)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if depth > DEEPEST:
            raise _TooDeep(self._span(event))
        return (
            self._sequence(event, depth)
            if isinstance(event, SequenceStartEvent)
            else self._mapping(event, depth)
        )

    def _dressed(self, event: Any) -> None:
        if event.anchor:
            self._refuse(
                event,
                "CSP103",
                f"'&{event.anchor}' is an anchor",
                "anchors are not used: write the value out where it is needed",
            )
        if event.tag is not None and str(event.tag) != "!":
            written = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._refuse(
                event,
                "CSP103",
                f"'{written}' is a tag",
                "tags are not used: write the plain value; in a condition ! is `not`",
            )

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, depth + 1))
        return Sequence(tuple(items), self._span(start))

    def _mapping(self, start: Any, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._no_key(key)
            elif key.text in entries:
                first = entries[key.text][0].span
                self.findings.append(
                    Finding(
                        key.span,
                        "CSP102",
                        f"'{key.text}' is here a second time; first on line {first.line}",
                        "keep one of them",
                    )
                )
            else:
                entries[key.text] = (key, value)
        return Mapping(tuple(entries.values()), self._span(start))

    def _no_key(self, key: Node) -> None:
        if isinstance(key, Mapping):  # {{ … }} is a block in a block for YAML
            self.findings.append(
                Finding(
                    key.span,
                    "CSP106",
                    "a text that begins with {{ is read as a block of keys",
                    "put the whole text in double quotes",
                )
            )
        else:
            self.findings.append(Finding(key.span, "CSP106", "a key must be one word", "write `key: value`"))

    def _scalar(self, event: Any) -> Scalar:
        text, style, span = event.value, event.style, self._span(event)
        if len(text) > LARGEST_SCALAR:
            self.findings.append(
                Finding(
                    span,
                    "CSP104",
                    f"this text is longer than {LARGEST_SCALAR} letters",
                    "move it into an email file, or shorten it",
                )
            )
        one_line = event.start_mark.line == event.end_mark.line
        if not style:
            return Scalar(self._value(text, span), text, span, False, one_line)
        if style in "|>":
            return Scalar(text, text, span, False, False)
        if style == '"' and not text.isprintable():
            self._unseen(text, span, one_line=one_line)
        return Scalar(text, text, span, True, one_line)

    def _value(self, text: str, span: Span) -> str | int | float | bool | None:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in "-+.0123456789":
            return text
        if text in (".nan", ".NaN", ".NAN") or text.lstrip("+-").lower() == ".inf":
            self.findings.append(
                Finding(
                    span, "CSP107", f"'{text}' is not a number one can reckon with", "write a plain number"
                )
            )
            return None
        return _number(text)

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Span(self.file, start.line + 1, start.column + 1, length or 1)

    def _refuse(self, event: Any, code: str, message: str, hint: str) -> None:
        self.findings.append(Finding(self._span(event), code, message, hint))

    def _syntax(self, error: Any) -> None:
        if "control characters" in str(error) and self.findings:
            return  # said already, with the place of the very letter
        found = told(error, self._text)
        self.findings.append(
            Finding(Span(self.file, found.line, found.column), "CSP101", found.message, found.hint)
        )

    def _unseen(self, text: str, span: Span, *, one_line: bool) -> None:
        written = self._text.removeprefix("\ufeff").split("\n")[span.line - 1 :]
        found = unseen(text, written, span.column, one_line=one_line)
        if found is not None:
            place = Span(self.file, span.line + found.line, found.column, found.length)
            self._not_seen(place, found.letter)

    def _not_seen(self, place: Span, letter: str) -> None:
        fact = f"a letter that cannot be seen (U+{ord(letter):04X})"
        self.findings.append(Finding(place, "CSP105", fact, "delete it and type the word anew"))

    def _hidden(self) -> None:
        """The first of each line; the mark with which some editors begin a file is none."""
        for number, line in enumerate(self._text.split("\n")):
            found = _HIDDEN.search(line, 1 if number == 0 and line.startswith("\ufeff") else 0)
            if found is not None:
                self._not_seen(Span(self.file, number + 1, found.start() + 1), found.group())


_FRAME = (StreamStartEvent, StreamEndEvent, DocumentEndEvent, MappingEndEvent, SequenceEndEvent)


class _TooDeep(Exception):
    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


def _number(text: str) -> str | int | float:
    if _WHOLE.match(text) and len(text) <= 18:
        return int(text)
    if _DECIMAL.match(text) and any(letter.isdigit() for letter in text):
        number = float(text)
        return number if abs(number) < 1e300 else text
    return text


def _events(text: str) -> Iterator[Any]:
    """The events of ruamel's C parser; of its own parser where no C parser is installed (30 times slower, same events)."""
    clean = text.removeprefix("\ufeff")
    return _slow_events(text) if CParser is None else iter(CParser(clean).get_event, None)


def _veiled_events(text: str) -> Iterator[Any]:
    """The same, for texts with a colon inside a word: the parser sees a letter in its place that nobody writes."""
    if _VEIL in text or _VEIL_ESCAPED in text.lower():
        raise YAMLError("the letter is taken")
    for event in _events(_INSIDE_A_WORD.sub(_VEIL, text)):
        for name in ("value", "tag", "anchor"):
            written = getattr(event, name, None)
            if isinstance(written, str) and _VEIL in written:
                setattr(event, name, written.replace(_VEIL, ":"))
        yield event


def _slow_events(text: str) -> Iterator[Any]:
    return iter(YAML(typ="safe", pure=True).parse(text.removeprefix("\ufeff")))
