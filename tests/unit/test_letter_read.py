"""The head of a letter: what is read, and where each finding points."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cs_playbook.check.letter_codes import LETTER_CODES
from cs_playbook.model.letter import Letter
from cs_playbook.parse.letter import read_letter
from cs_playbook.source.finding import Finding, Severity, Span

ROOT = Path(__file__).resolve().parents[2]
GOOD = """\
---
subject: "{{ account.name }}: shall we talk?"
needs: [contact.first_name]
category: customer-success
---
Hello {{ contact.first_name }},
"""


def read(text: str) -> tuple[Letter | None, list[Finding]]:
    return read_letter(text, "en.md", "usage-drop/check-in", "en")


def places(text: str) -> list[tuple[int, int, str]]:
    letter, findings = read(text)
    assert letter is None
    return [(finding.span.line, finding.span.column, finding.code) for finding in findings]


def test_a_letter_is_its_head_and_its_body() -> None:
    assert read(GOOD) == (
        Letter(
            name="usage-drop/check-in",
            language="en",
            subject="{{ account.name }}: shall we talk?",
            needs=("contact.first_name",),
            category="customer-success",
            body="Hello {{ contact.first_name }},\n",
            span=Span("en.md", 2, 11, 34),
            body_line=6,
        ),
        [],
    )


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(line_end: str) -> None:
    assert read("\ufeff" + GOOD.replace("\n", line_end)) == read(GOOD)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Hello\n", (1, 1, "CSP401")),
        ("", (1, 1, "CSP401")),
        ("---\nsubject: x\nHello\n", (1, 1, "CSP401")),
        ("---\n---\nHello\n", (1, 1, "CSP401")),
        ("---\nneeds: []\n---\nHello\n", (1, 1, "CSP401")),
        ("---\nsubject: 3\n---\nHello\n", (2, 10, "CSP401")),
        ("---\nsubject: ''\n---\nHello\n", (2, 10, "CSP401")),
        ("---\nsubject: |\n  x\n---\nHello\n", (2, 10, "CSP401")),
        ("---\nsubject: x\nfrom: me\n---\nHello\n", (3, 1, "CSP401")),
        ("---\nsubject: x\nneeds: contact.x\n---\nHello\n", (3, 8, "CSP401")),
        ("---\nsubject: x\nneeds: [{a: b}]\n---\nHello\n", (3, 9, "CSP401")),
        ("---\nsubject: x\ncategory: [a]\n---\nHello\n", (3, 11, "CSP401")),
        ("---\nsubject: x\n---\n \n", (4, 1, "CSP401")),
        ("---\nsubject: x\nsubject: y\n---\nHello\n", (3, 1, "CSP102")),
        ("---\nsubject: x\n---\n\nHi \u202eevil\n", (5, 4, "CSP105")),
        ("---\nsubject: x\n---\n\ue0000\ue001\n", (4, 1, "CSP105")),
        ("---\nsubject: x\n---\n" + "x" * 300_000, (1, 1, "CSP104")),
    ],
)
def test_a_finding_points_to_its_line_and_column(text: str, place: tuple[int, int, str]) -> None:
    assert place in places(text)


def test_a_need_that_the_letter_never_uses_is_a_warning_with_the_nearest_name() -> None:
    letter, findings = read(GOOD.replace("[contact.first_name]", "[contact.frist_name, given.meeting]"))

    assert letter is not None
    assert letter.needs == ("contact.frist_name", "given.meeting")
    assert [(f.span.line, f.span.column, f.code, f.severity, f.hint) for f in findings] == [
        (3, 9, "CSP407", Severity.WARNING, "did you mean 'contact.first_name'?"),
        (3, 29, "CSP407", Severity.WARNING, "delete it from needs"),
    ]


def test_a_need_is_used_where_an_if_asks_for_it() -> None:
    body = "{% if contact . first_name and x == 'y' %}Hello{% endif %}"

    assert read(GOOD.replace("Hello {{ contact.first_name }},", body))[1] == []


def test_a_word_outside_of_tags_or_in_quotes_is_no_use() -> None:
    body = "contact.first_name {{ 'contact.first_name' }}"

    _, findings = read(GOOD.replace("Hello {{ contact.first_name }},", body))

    assert [finding.code for finding in findings] == ["CSP407"]


def test_a_misspelt_key_is_told_the_right_one() -> None:
    _, findings = read(GOOD.replace("needs:", "need:"))

    assert findings[0].hint == "did you mean 'needs'?"


def test_every_code_that_letters_use_is_in_the_list() -> None:
    rooms = [ROOT / "cs_playbook" / "parse" / "letter.py", *(ROOT / "cs_playbook" / "letters").glob("*.py")]
    used = {code for path in rooms for code in re.findall(r'"(CSP4\d\d)"', path.read_text(encoding="utf-8"))}

    assert used <= {code for code, _ in LETTER_CODES}
