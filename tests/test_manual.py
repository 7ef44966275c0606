"""The manual: every code has its page, and every example of it does what the page says.

An example stands over the workspace of golden/skeleton and golden/manual. It is a whole file when it begins with its
kind; otherwise its keys, and the keys inside them, take the place of those that stand there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from cs_playbook.check import RULES
from cs_playbook.check.manual import CODES, manual
from cs_playbook.check.stories import check_stories
from cs_playbook.commands.workspace import examine
from cs_playbook.source.finding import Finding, Severity
from cs_playbook.source.schema import KINDS
from cs_playbook.source.tree import plain, read_tree
from tests.test_golden import GOLDEN

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cs_playbook"
BLOCK = re.compile(r"^(Fails|Mended):\n\n((?:    .*\n|\n)+)", re.MULTILINE)
FILE = re.compile(r"^# (\S+\.(?:ya?ml|md))\n", re.MULTILINE)
ONLY_WHEN_NAMED = (
    "sources.yaml",
    "tests/example.yaml",
)  # they would have to follow every change of the others

# What is rightly found besides: a language without letters, blanks that nothing fills any more.
ALSO = {
    "CSP121": {"CSP404"},
    "CSP123": {"CSP404"},
    "CSP133": {"CSP405"},
    "CSP407": {"CSP405"},
}

Example = dict[str, str]  # file → what the page shows of it


def examples(code: str) -> dict[str, Example]:
    """`Fails` and `Mended`, as far as the page has them."""
    page = manual(code) or ""
    return {title: dict(files(dedent(body))) for title, body in BLOCK.findall(page)}


def files(body: str) -> Iterator[tuple[str, str]]:
    names = FILE.findall(body)
    texts = FILE.split(body)[2::2]
    yield from ((name, text.strip("\n") + "\n") for name, text in zip(names, texts, strict=True))


WITH_EXAMPLE = [code for code in CODES if examples(code)]


def test_every_code_in_the_program_has_its_page() -> None:
    used = {code for path in PACKAGE.rglob("*.py") for code in re.findall(r"CSP\d{3}", text_of(path))}

    assert sorted(used - set(CODES)) == []


def test_every_page_is_of_a_code_that_is_found() -> None:
    sources = [path for path in PACKAGE.rglob("*.py") if not is_about_codes(path)]
    found = {code for path in sources for code in re.findall(r"[\"'](CSP\d{3})[\"']", text_of(path))}

    assert sorted(set(CODES) - found) == []


def test_every_rule_is_its_page_of_the_manual() -> None:
    pages = {(rule.__doc__ or "")[:6] for rule in RULES}

    assert [rule.__name__ for rule in RULES if not re.match(r"CSP\d{3} ", rule.__doc__ or "")] == []
    assert pages <= set(CODES)


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_the_example_of_a_page_fails_and_the_mended_one_does_not(code: str, tmp_path: Path) -> None:
    shown = examples(code)

    assert codes(found(shown["Fails"], tmp_path / "fails")) == {code} | ALSO.get(code, set())
    if "Mended" in shown:
        assert left(found(shown["Mended"], tmp_path / "mended"), code) == []


@pytest.mark.parametrize("code", CODES)
def test_a_page_begins_with_what_it_says_and_fits_a_terminal(code: str) -> None:
    page = manual(code) or ""
    prose = BLOCK.sub("", page).splitlines()

    assert re.match(rf"{code}  \S", page)
    assert [line for line in prose if len(line) > 108] == []
    assert len(prose) > 2


def test_an_unknown_code_has_no_page() -> None:
    assert manual("CSP999") is None


def found(example: Example, folder: Path) -> tuple[Finding, ...]:
    for part in ("skeleton", "manual"):
        shutil.copytree(GOLDEN / part, folder, dirs_exist_ok=True)
    for name in ONLY_WHEN_NAMED:
        if name not in example:
            (folder / name).unlink()
    for name, text in example.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(placed(text, path), encoding="utf-8")
    examined = examine(folder)
    stories = (
        check_stories(examined.catalog.stories, examined.files.yaml, examined.catalog)
        if examined.catalog
        else []
    )
    return (*examined.findings, *stories)


def placed(text: str, path: Path) -> str:
    """The whole file, or the file that stands there with these keys in the place of its own."""
    kind = text.partition(":")[0]
    if path.suffix == ".md" or not path.exists() or (kind in KINDS and kind != "signals"):
        return text
    whole, part = content(path.read_text(encoding="utf-8")), content(text)
    if "playbook" not in whole:  # tables, roles, signals and the like take the place of their namesakes only
        part = {key: merged(whole.get(key), value) for key, value in part.items()}
    return json.dumps({**whole, **part}, ensure_ascii=False)


def content(text: str) -> dict[str, Any]:
    root = read_tree(text, "").root
    assert root is not None
    return dict(plain(root))


def merged(there: Any, here: Any) -> Any:
    return {**there, **here} if isinstance(there, dict) and isinstance(here, dict) else here


def codes(findings: tuple[Finding, ...]) -> set[str]:
    """Notes count only where nothing else is there: they speak of what the example leaves unused."""
    loud = {finding.code for finding in findings if finding.severity is not Severity.NOTE}
    return loud or {finding.code for finding in findings if not is_of_the_base(finding)}


def left(findings: tuple[Finding, ...], code: str) -> list[Finding]:
    own = [finding for finding in findings if finding.code == code and not is_of_the_base(finding)]
    return own + [finding for finding in findings if finding.severity is not Severity.NOTE]


def is_of_the_base(finding: Finding) -> bool:
    """What the surroundings of an example leave unused anyway."""
    return finding.code in ("CSP144", "CSP225") and not re.search(r"'(sponsor|seats_left)'", finding.message)


def is_about_codes(path: Path) -> bool:
    return path.parent.name == "pages" or path.name.endswith("_codes.py")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")
