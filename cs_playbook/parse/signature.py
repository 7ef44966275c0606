"""The text of `emails/signature/<language>.md` → what stands below every letter in that language, or what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from cs_playbook.model.letter import SIGNATURE, Letter
from cs_playbook.parse.letter import hidden_letters, single_braces
from cs_playbook.parse.letter_places import places_of_signatures
from cs_playbook.source.finding import Finding, Span, in_order
from cs_playbook.source.tree import LARGEST_FILE


def read_signatures(texts: Mapping[str, str]) -> tuple[dict[str, Letter], list[Finding]]:
    """`texts`: path → text, of letters too. By language, as far as it can be read."""
    read = {
        language: _read(texts[path], path, language) for path, language in places_of_signatures(texts).items()
    }
    findings = [finding for _, wrong in read.values() for finding in wrong]
    return {language: letter for language, (letter, _) in read.items() if letter is not None}, findings


def _read(text: str, file: str, language: str) -> tuple[Letter | None, list[Finding]]:
    """It has no head: all of it is its words."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        return None, [
            Finding(Span(file), "CSP104", f"it is larger than {LARGEST_FILE // 1000} kB", "shorten it")
        ]
    body = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    findings = [*hidden_letters(body, file, 1), *single_braces(body, file, 1)]
    if body.startswith("---"):
        fact = "a signature has no head: letters have a subject, it stands below them"
        findings.append(
            Finding(Span(file, length=3), "CSP414", fact, "delete what stands between the two ---")
        )
    elif not body.strip():
        fact = "the signature has no words"
        findings.append(Finding(Span(file), "CSP414", fact, "write {{ sender.name }}, or delete the file"))
    letter = Letter(SIGNATURE, language, "", (), "", body, Span(file))
    return letter, list(in_order(findings))
