"""The text of `emails/<playbook>/<name>/<language>.md` → a letter, or what is wrong with its head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from cs_playbook.model.letter import Letter
from cs_playbook.source.finding import Finding, Span, did_you_mean, in_order, warning
from cs_playbook.source.tree import LARGEST_FILE, Mapping, Node, Scalar, Sequence, read_tree

KEYS = ("subject", "needs", "category")

_FENCE = "---"
_EXAMPLE = 'begin with:  ---  then  subject: "…"  then  ---'
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*\Z")
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z0-9_]+)*")
# What a reviewer cannot see, and the private letters that mark the blanks while a letter is filled.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ue000-\uf8ff\ufeff]"
)


def read_letter(text: str, file: str, name: str, language: str) -> tuple[Letter | None, list[Finding]]:
    """The letter (None if anything is wrong), every finding. `name`: usage-drop/check-in. `language`: fr."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        large = f"the letter is larger than {LARGEST_FILE // 1000} kB"
        return None, [Finding(Span(file), "CSP104", large, "nobody reads that: shorten it")]
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() == _FENCE), None)
    if lines[0].rstrip() != _FENCE:
        return None, [Finding(Span(file), "CSP401", "the letter does not begin with its subject", _EXAMPLE)]
    if end is None:
        unclosed = "the part that begins here with --- is never closed"
        return None, [
            Finding(
                Span(file, length=3), "CSP401", unclosed, "write --- on a line of its own below `subject:`"
            )
        ]
    reader = _Reader(file, name, language)
    # The line of the opening --- stays, as an empty one: so the tree's line numbers are the file's.
    letter = reader.letter("\n".join(["", *lines[1:end]]) + "\n", "\n".join(lines[end + 1 :]), end + 2)
    return letter, list(in_order(reader.findings))


_BLANK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_SINGLE_BRACES = re.compile(r"\{\s*(?P<name>[a-z_]+\.[a-z_][a-z0-9_.]*)\s*\}")


def single_braces(body: str, file: str, body_line: int) -> Iterator[Finding]:
    """`{ account.name }` would reach the reader as it stands."""
    for number, line in enumerate(body.split("\n")):
        bare = _BLANK.sub(lambda blank: " " * len(blank[0]), line)
        for found in _SINGLE_BRACES.finditer(bare):
            span = Span(file, body_line + number, found.start() + 1, len(found[0]))
            hint = f"a blank has two braces: {{{{ {found['name']} }}}}"
            yield Finding(span, "CSP402", f"'{found[0]}' would be read as it stands", hint)


def hidden_letters(body: str, file: str, body_line: int) -> Iterator[Finding]:
    """What nobody sees who reviews it."""
    for found in _HIDDEN.finditer(body):
        line = body_line + body.count("\n", 0, found.start())
        column = found.start() - body.rfind("\n", 0, found.start())
        message = f"a letter that cannot be seen (U+{ord(found[0]):04X})"
        yield Finding(Span(file, line, column), "CSP105", message, "delete it and type the word anew")


class _Reader:
    """Holds the findings of one file."""

    def __init__(self, file: str, name: str, language: str) -> None:
        self._file = file
        self._name = name
        self._language = language
        self.findings: list[Finding] = []

    def letter(self, head: str, body: str, body_line: int) -> Letter | None:
        tree = read_tree(head, self._file)
        self.findings.extend(tree.findings)
        self.findings += hidden_letters(body, self._file, body_line)
        self.findings += single_braces(body, self._file, body_line)
        if not body.strip():
            self._find(
                Span(self._file, body_line), "the letter has no words", "write them below the second ---"
            )
        if not isinstance(tree.root, Mapping):
            if not tree.findings:
                self._find(Span(self._file), "the letter has no subject", _EXAMPLE)
            return None
        self._check_keys(tree.root)
        subject = self._subject(tree.root)
        needs = tuple(self._needs(tree.root.get("needs"), f"{subject.text if subject else ''}\n{body}"))
        category = self._category(tree.root.get("category"))
        if subject is None or any(finding.is_error for finding in self.findings):
            return None
        place = subject.place(0, len(subject.text))
        return Letter(self._name, self._language, subject.text, needs, category, body, place, body_line)

    def _find(self, span: Span, message: str, hint: str) -> None:
        self.findings.append(Finding(span, "CSP401", message, hint))

    def _check_keys(self, head: Mapping) -> None:
        for key, _ in head.entries:
            if key.text not in KEYS:
                hint = did_you_mean(key.text, KEYS) or f"a letter knows {', '.join(KEYS)}"
                self._find(key.span, f"a letter has no '{key.text}'", hint)

    def _subject(self, head: Mapping) -> Scalar | None:
        node = head.get("subject")
        if node is None and any(get_close_matches(key.text, ("subject",)) for key, _ in head.entries):
            return None  # it is there, misspelt, and that has been said
        if node is None:
            self._find(
                Span(self._file), "the letter has no subject", 'write subject: "…" between the two ---'
            )
            return None
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.text.strip():
            hint = 'put it in quotes: subject: "{{ account.name }}: shall we talk?"'
            self._find(node.span, "the subject is not a text", hint)
            return None
        if not node.one_line or "\n" in node.text:
            self._find(node.span, "the subject stands on more than one line", "write it on one line")
            return None
        return node

    def _needs(self, node: Node | None, words: str) -> Iterator[str]:
        if node is None:
            return
        if not isinstance(node, Sequence):
            self._find(node.span, "needs is not a list", "write needs: [contact.first_name]")
            return
        used = _names_in_tags(words)
        for item in node.items:
            if not isinstance(item, Scalar) or not isinstance(item.value, str) or not _NAME.match(item.text):
                self._find(
                    item.span, "this is not the name of a blank", "write a name such as contact.first_name"
                )
            else:
                if item.text not in used:
                    unused = f"the letter needs '{item.text}' and never uses it"
                    hint = did_you_mean(item.text, used) or "delete it from needs"
                    self.findings.append(warning(item.span, "CSP407", unused, hint))
                yield item.text

    def _category(self, node: Node | None) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return node.text
        self._find(node.span, "the category is not a text", "write category: customer-success")
        return ""


def _names_in_tags(words: str) -> frozenset[str]:
    """The names that stand in {{ … }} and {% … %}: the grammar is read later, on another floor."""
    inside = " ".join(_QUOTED.sub(" ", tag[0]) for tag in TAG.finditer(words))
    return frozenset(re.sub(r"\s", "", name[0]) for name in _WORD.finditer(inside))
