"""The text of `documents/<name>/<language>.md` → a document, or what is wrong with its head."""

from __future__ import annotations

from collections.abc import Sequence

from cs_playbook.model.document import DocumentText
from cs_playbook.model.letter import Letter
from cs_playbook.model.step import Sentence
from cs_playbook.parse.letter import hidden_letters, single_braces
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.sentence import read_sentence
from cs_playbook.source.finding import Finding, Span, did_you_mean, in_order
from cs_playbook.source.tree import LARGEST_FILE, Mapping, Scalar, read_tree

KEYS = ("title",)
_FENCE = "---"
_EXAMPLE = 'begin with:  ---  then  title: "…"  then  ---'


def read_document(
    text: str, file: str, name: str, language: str, scope: Scope, opened: Sequence[Scope] = ()
) -> tuple[DocumentText | None, list[Finding]]:
    """The document (None if anything is wrong), every finding. `name`: save-plan. `language`: en.

    `opened`: what each playbook that opens it knows, besides the account's facts of `scope`.
    """
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        large = f"the document is larger than {LARGEST_FILE // 1000} kB"
        return None, [Finding(Span(file), "CSP104", large, "nobody reads that: shorten it")]
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() == _FENCE), None)
    if lines[0].rstrip() != _FENCE or end is None:
        return None, [Finding(Span(file), "CSP376", "the document does not begin with its title", _EXAMPLE)]
    # The line of the opening --- stays, as an empty one: so the tree's line numbers are the file's.
    tree = read_tree("\n".join(["", *lines[1:end]]) + "\n", file)
    body, body_line = "\n".join(lines[end + 1 :]), end + 2
    findings = [*tree.findings, *hidden_letters(body, file, body_line), *single_braces(body, file, body_line)]
    if not body.strip():
        findings.append(
            _wrong(
                Span(file, body_line), "the document has no words", "write its sections below the second ---"
            )
        )
    title = _title(tree.root, file, findings) if isinstance(tree.root, Mapping) else None
    if title is None:
        findings += [] if findings else [_wrong(Span(file), "the document has no title", _EXAMPLE)]
        return None, list(in_order(findings))
    sentence, wrong = _sentence(title, scope, opened)
    findings += wrong
    place = title.place(0, len(title.text))
    written = Letter(name, language, title.text, (), "", body, place, body_line)
    sound = not any(finding.is_error for finding in findings)
    return (DocumentText(sentence, written) if sound else None), list(in_order(findings))


def _sentence(title: Scalar, scope: Scope, opened: Sequence[Scope]) -> tuple[Sentence, list[Finding]]:
    """Every blank must be known wherever the document is opened; where it is not opened, nobody can tell."""
    if not opened:
        return read_sentence(title, scope)[0], []
    read = [read_sentence(title, each) for each in opened]
    return read[0][0], list(dict.fromkeys(finding for _, wrong in read for finding in wrong))


def _title(head: Mapping, file: str, findings: list[Finding]) -> Scalar | None:
    for key, _ in head.entries:
        if key.text not in KEYS:
            hint = did_you_mean(key.text, KEYS) or "a document knows title"
            findings.append(_wrong(key.span, f"a document has no '{key.text}'", hint))
    node = head.get("title")
    if (
        isinstance(node, Scalar)
        and isinstance(node.value, str)
        and node.text.strip()
        and "\n" not in node.text
    ):
        return node
    span = node.span if node is not None else Span(file)
    findings.append(
        _wrong(span, "the document has no title", 'one line: title: "Save plan for {{ account.name }}"')
    )
    return None


def _wrong(span: Span, fact: str, hint: str) -> Finding:
    return Finding(span, "CSP376", fact, hint)
