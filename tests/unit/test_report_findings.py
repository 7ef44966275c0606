"""Findings as a person, a program and a pull request see them: whole texts."""

from __future__ import annotations

import json

from cs_playbook.report.findings import Looked, as_github, as_json, as_text, without_notes
from cs_playbook.source.finding import NOWHERE, Finding, Severity, Span, warning
from cs_playbook.values import replace

TEXTS = {
    "playbooks/usage-drop.yaml": "playbook: usage-drop\naudience:\n  - activ_users < 5\n  - arr > 50_000\n",
    "team.yaml": "team: acme\nroles: {}\n",
}
MISSPELT = Finding(
    Span("playbooks/usage-drop.yaml", 3, 5, 11),
    "CSP210",
    "there is no fact 'activ_users'",
    "did you mean 'active_users'?",
)
FIGURE = Finding(
    Span("playbooks/usage-drop.yaml", 4, 11, 6), "CSP203", "'50_000' is no number", "write 50000"
)
EMPTY = warning(
    Span("team.yaml", 2, 1, 5),
    "CSP137",
    "where 'csm' is Nora, 'csm_manager' is nobody: no manager is named for her in this team",
    "name one under `people:`, or say csm_manager: {…, else: <role>}",
)
NOTE = Finding(Span("team.yaml", 1, 7, 4), "CSP144", "nobody uses it", "", Severity.NOTE)
LOOKED = Looked(14, 0.314)


def test_a_screen_shows_each_place_the_line_and_what_to_do() -> None:
    assert as_text((MISSPELT, FIGURE, EMPTY), TEXTS, LOOKED) == (
        "playbooks/usage-drop.yaml\n"
        "  3:5   error  CSP210  there is no fact 'activ_users'; did you mean 'active_users'?\n"
        "     |   - activ_users < 5\n"
        "     |     ^^^^^^^^^^^\n"
        "  4:11  error  CSP203  '50_000' is no number; write 50000\n"
        "     |   - arr > 50_000\n"
        "     |           ^^^^^^\n"
        "team.yaml\n"
        "  2:1  warn   CSP137  where 'csm' is Nora, 'csm_manager' is nobody: no manager is named for her in\n"
        "                      this team\n"
        "     |   roles: {}\n"
        "     |   ^^^^^\n"
        "     = name one under `people:`, or say csm_manager: {…, else: <role>}\n"
        "2 errors and 1 warning in 14 files, 0.31 s            cs-playbook rule CSP210 tells more\n"
    )


def test_one_slip_of_the_pen_is_told_once_a_file_with_all_its_lines() -> None:
    again = [replace(MISSPELT, span=Span("playbooks/usage-drop.yaml", line, 9, 11)) for line in (7, 9, 9)]

    assert as_text((MISSPELT, *again), TEXTS, LOOKED) == (
        "playbooks/usage-drop.yaml\n"
        "  3:5  error  CSP210  there is no fact 'activ_users'; did you mean 'active_users'?\n"
        "     |   - activ_users < 5\n"
        "     |     ^^^^^^^^^^^\n"
        "     = also on lines 7 and 9\n"
        "4 errors in 14 files, 0.31 s            cs-playbook rule CSP210 tells more\n"
    )


def test_nothing_found_is_said_too() -> None:
    assert as_text((), {}, Looked(1, 0.0)) == "no findings in 1 file, 0.00 s\n"


def test_notes_are_for_who_asks() -> None:
    assert without_notes((MISSPELT, NOTE)) == (MISSPELT,)
    assert as_text((NOTE,), TEXTS, LOOKED) == (
        "team.yaml\n"
        "  1:7  note   CSP144  nobody uses it\n"
        "     |   team: acme\n"
        "     |         ^^^^\n"
        "1 note in 14 files, 0.31 s            cs-playbook rule CSP144 tells more\n"
    )


def test_a_narrow_screen_breaks_between_words_and_keeps_the_culprit_in_sight() -> None:
    line = "audience: [" + "paying, " * 12 + "activ_users < 5, " + "strategic, " * 9 + "paying]"
    found = Finding(
        Span("a.yaml", 1, line.index("activ") + 1, 11), "CSP210", "there is no fact of this name", "mend it"
    )

    assert as_text((found,), {"a.yaml": line}, Looked(1, 0.0), 60) == (
        "a.yaml\n"
        "  1:108  error  CSP210  there is no fact of this name\n"
        "     |   …g, paying, paying, activ_users < 5, strategic, st…\n"
        "     |                       ^^^^^^^^^^^\n"
        "     = mend it\n"
        "1 error in 1 file, 0.00 s\n"
        "cs-playbook rule CSP210 tells more\n"
    )


def test_a_caret_stands_under_letters_that_are_two_columns_wide() -> None:
    found = Finding(Span("a.yaml", 1, 5, 3), "CSP210", "no such name")

    assert as_text((found,), {"a.yaml": "日本: arr > 5"}, Looked(1, 0.0)).splitlines()[2:4] == [
        "     |   日本: arr > 5",
        "     |         ^^^",
    ]


def test_a_finding_without_a_line_or_a_file_is_shown_without_one() -> None:
    findings = (
        Finding(NOWHERE, "CSP140", "no file says `team:`"),
        Finding(Span("gone.csv", 7), "CSP736", "3 cells"),
        Finding(Span("team.yaml", 99), "CSP101", "it ends too early"),
    )

    assert as_text(findings, TEXTS, Looked(2, 0.0)) == (
        "the workspace\n"
        "  -  error  CSP140  no file says `team:`\n"
        "gone.csv\n"
        "  7:1  error  CSP736  3 cells\n"
        "team.yaml\n"
        "  99:1  error  CSP101  it ends too early\n"
        "3 errors in 2 files, 0.00 s            cs-playbook rule CSP140 tells more\n"
    )


def test_what_a_file_holds_cannot_steer_the_terminal() -> None:
    found = Finding(Span("a.yaml", 1, 8, 5), "CSP110", "'\x1b[31m' is not a key\n::error::here", "no\rhint")

    shown = as_text((found,), {"a.yaml": "title: \x1b[2Jx\u202e"}, Looked(1, 0.0))

    assert [letter for letter in shown if not letter.isprintable() and letter != "\n"] == []
    assert len(shown.splitlines()) == 5


def test_json_holds_every_finding_and_the_counts() -> None:
    assert json.loads(as_json((MISSPELT, EMPTY, NOTE), LOOKED)) == {
        "format_version": 1,
        "findings": [
            {
                "file": "playbooks/usage-drop.yaml",
                "line": 3,
                "column": 5,
                "length": 11,
                "severity": "error",
                "code": "CSP210",
                "message": "there is no fact 'activ_users'",
                "hint": "did you mean 'active_users'?",
            },
            {
                "file": "team.yaml",
                "line": 2,
                "column": 1,
                "length": 5,
                "severity": "warning",
                "code": "CSP137",
                "message": EMPTY.message,
                "hint": EMPTY.hint,
            },
            {
                "file": "team.yaml",
                "line": 1,
                "column": 7,
                "length": 4,
                "severity": "note",
                "code": "CSP144",
                "message": "nobody uses it",
                "hint": "",
            },
        ],
        "summary": {"errors": 1, "warnings": 1, "notes": 1, "files": 14, "seconds": 0.314},
    }


def test_a_pull_request_gets_one_annotation_a_finding() -> None:
    assert as_github((MISSPELT, EMPTY, NOTE)) == (
        "::error file=playbooks/usage-drop.yaml,line=3,col=5,endColumn=16,title=CSP210"
        "::there is no fact 'activ_users'; did you mean 'active_users'?\n"
        "::warning file=team.yaml,line=2,col=1,endColumn=6,title=CSP137"
        f"::{EMPTY.message}; {EMPTY.hint}\n"
        "::notice file=team.yaml,line=1,col=7,endColumn=11,title=CSP144::nobody uses it\n"
    )


def test_an_annotation_is_one_line_and_begins_no_other_command() -> None:
    found = Finding(Span("a,b:c.yaml", 1, 1, 1), "CSP110", "100 %\r\n::error::x ##[error]")

    assert as_github((found,)) == (
        "::error file=a%2Cb%3Ac.yaml,line=1,col=1,endColumn=2,title=CSP110::100 %25%0D%0A: :error: :x ## [error]\n"
    )


def test_of_each_level_ten_are_annotated_and_the_rest_counted() -> None:
    errors = [Finding(Span("a.yaml", line), "CSP110", "x") for line in range(1, 14)]
    warnings = [warning(Span("a.yaml", line), "CSP137", "y") for line in range(1, 12)]

    lines = as_github((*warnings, *errors)).splitlines()

    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["and"] + ["::warning"] * 10 + ["and"]
    assert [line for line in lines if line.startswith("and")] == [
        "and 3 more errors: cs-playbook validate shows all",
        "and 1 more warning: cs-playbook validate shows all",
    ]
