"""The language in ten minutes: its files, put together in the workspace that `init` makes, are sound and do what it says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import examine, open_workspace
from cs_playbook.report.stories import as_text
from cs_playbook.source import shipped
from cs_playbook.source.finding import Severity

PAGE = (shipped.language() / "ten-minutes.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?:yaml|markdown)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# (\S+\.(?:yaml|md))\n")
LETTER = "emails/empty-seats/training/en.md"
TWO_PRINTED_PAGES = 1_450  # words


def files() -> dict[str, str]:
    """A block that names a file begins it; the next ones go on with it."""
    texts: dict[str, str] = {}
    name = ""
    for block in BLOCK.findall(PAGE):
        named = NAMED.match(block)
        name = named[1] if named else name
        texts[name] = texts.get(name, "") + NAMED.sub("", block, count=1)
    return texts


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "acme"
    shutil.copytree(shipped.playbooks(), folder)
    for name, text in files().items():
        for path in (name, name.replace("/en.md", "/fr.md")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_its_files_are_sound(workspace: Path) -> None:
    loud = [one for one in examine(workspace).findings if one.severity is not Severity.NOTE]

    assert sorted(files()) == [
        *(LETTER, "playbooks/empty-seats.yaml", "resources/trainings.yaml", "tests/empty-seats.yaml")
    ]
    assert [f"{one.span.file}:{one.span.line} {one.message}" for one in loud] == []


def test_its_stories_pass(workspace: Path) -> None:
    result = run_stories(open_workspace(workspace), ("empty-seats",))

    assert result.passed, as_text(result)
    assert [len(one.cases) for one in result.playbooks] == [3]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("renewal_date < today + 90 days", "CSP205"),
        ("days_until(renewal_date) = 90", "CSP230"),
        ("{when: tier in ('high', 'low'), is: big}", "CSP116"),
    ],
)
def test_a_mistake_that_it_shows_is_found(workspace: Path, wrong: str, code: str) -> None:
    trigger = f"\n    - {wrong}" if wrong.startswith("{") else f" {json.dumps(wrong)}"
    text = f"playbook: wrong\ntitle: Wrong\ntrigger: \n  when:{trigger}\nsteps: [{{id: a, task: A, owner: csm}}]\n"
    (workspace / "playbooks" / "wrong.yaml").write_text(text, encoding="utf-8")

    found = {one.code for one in examine(workspace).findings if one.span.file == "playbooks/wrong.yaml"}

    assert f"`{wrong}` ({code})" in " ".join(PAGE.split())
    assert code in found


def test_what_it_says_to_write_instead_is_sound(workspace: Path) -> None:
    right = ["arr is null or arr < 5000", "days_until(renewal_date) < 90", "tier in ('high', 'low')"]
    text = f"playbook: right\ntitle: Right\nowner: cs_ops\nwhy: So.\ntrigger: {{when: {json.dumps(right)}, already_matching: skip}}\nsteps: [{{id: a, task: A, owner: csm}}]\n"
    (workspace / "playbooks" / "right.yaml").write_text(text, encoding="utf-8")

    found = [one for one in examine(workspace).findings if one.span.file == "playbooks/right.yaml"]

    assert [condition for condition in right if condition not in PAGE] == []
    assert [one.message for one in found] == []


def test_it_fits_two_printed_pages() -> None:
    assert len(PAGE.split()) <= TWO_PRINTED_PAGES


def test_what_it_says_of_a_list_is_sound(workspace: Path) -> None:
    text = (
        "playbook: offer\ntitle: Offer\nowner: cs_ops\nwhy: So.\ntrigger:\n  one_per: trainings\n"
        "  when: [row.language = language, days_until(row.held_on) between 7 and 21, \"has(trainings, topic = 'seats')\"]\n"
        "  already_matching: skip\nsteps: [{id: a, email: offer/one, to: champion, from: csm}]\n"
    )
    loop = next(one for one in re.findall(r"`(\{% for .*?endfor %\})`", PAGE))
    (workspace / "playbooks" / "offer.yaml").write_text(text, encoding="utf-8")
    for language in ("en", "fr"):
        letter = workspace / "emails" / "offer" / "one" / f"{language}.md"
        letter.parent.mkdir(parents=True, exist_ok=True)
        letter.write_text(f"---\nsubject: Trainings\n---\n{loop}\n", encoding="utf-8")

    found = [one for one in examine(workspace).findings if "offer" in one.span.file]

    assert [one.message for one in found] == []
    asked = (
        "row.language = language",
        "days_until(row.held_on) between 7 and 21",
        "has(trainings, topic = 'seats')",
    )
    assert [one for one in asked if f"`{one}`" not in PAGE] == []
