"""What is written for people: each command and option exists and takes what is shown, each link leads somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cs_playbook.check.manual import CODES
from cs_playbook.cli import globals_first
from cs_playbook.cli.app import ROOMS, application
from cs_playbook.commands.guide import page_of, pages
from cs_playbook.commands.language import entries_of
from cs_playbook.errors import ChoiceError
from cs_playbook.report.language import as_lines

TOP = Path(__file__).resolve().parents[2]
GUIDE = [f"cs_playbook/guide/{name}.md" for name in ("cron-owner", "cs-ops", "csm", "privacy", "reviewer")]
PAGES = [
    *("README.md", "cs_playbook/README.md", "cs_playbook/hosts/README.md"),
    *("cs_playbook/language/ten-minutes.md", "playbooks/README.md", "tests/real_playbooks/README.md", *GUIDE),
]  # fmt: skip
COMMANDS = {name for names in ROOMS.values() for name in names}
A_PAGE_AND_A_HALF = 800  # words

_FENCED = re.compile(r"^```[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_TYPED = re.compile(r"(?:^|[\s;]|/bin/)cs-playbook ([^|;]*)")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES)
def test_each_command_that_a_page_shows_is_taken(page: str) -> None:
    wrong = {typed: said for typed in typed_in(text_of(page)) if (said := wrong_in(words_of(typed)))}

    assert wrong == {}


@pytest.mark.parametrize("page", PAGES)
def test_each_option_that_a_page_names_exists(page: str) -> None:
    text = text_of(page)
    said = [code for code in inline(text) if code.startswith("-")]
    said += [line.partition("  #")[2] for line in examples(text) if "cs-playbook " in line]
    named = {word for code in said for word in options_in(code)}

    assert named - all_options() == set()


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_to_a_file(page: str) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(prose(text_of(page))) if "://" not in link]

    assert [link for link in links if link and not ((TOP / page).parent / link).exists()] == []


def test_every_command_is_told_of_in_the_readme_or_the_guide() -> None:
    said = {words_of(typed)[0] for page in ("README.md", *GUIDE) for typed in typed_in(text_of(page))}
    said |= {code for page in ("README.md", *GUIDE) for code in inline(text_of(page))}

    assert COMMANDS - said == set()


def test_a_wrong_command_would_be_noticed() -> None:
    said = "```\ncs-playbook runn   # all\ncs-playbook diff --stat\n```\n`cs-playbook rule CSP999`, `set ACCOUNT`"

    assert [bool(wrong_in(words_of(typed))) for typed in typed_in(said)] == [True] * 4


def test_the_drawing_of_the_house_names_rooms_and_modules_that_there_are() -> None:
    text = text_of("cs_playbook/README.md").partition("## Decisions")[0]
    house = TOP / "cs_playbook"
    rooms = "|".join(sorted(path.name for path in house.iterdir() if path.is_dir()))
    named = {f"{room}/{module}" for room, module in re.findall(rf"\b({rooms})/([a-z_]+)\b", text)}

    assert len(named) > 10
    assert [name for name in sorted(named) if not (house / f"{name}.py").exists()] == []


# --- the guide ---


@pytest.mark.parametrize("page", GUIDE)
def test_a_page_of_the_guide_is_short_and_has_its_four_parts(page: str) -> None:
    text = text_of(page)
    part = text.partition("## Five commands")[2].partition("\n## ")[0]
    (block,) = _FENCED.findall(part)

    assert len(text.split()) <= A_PAGE_AND_A_HALF
    assert len({words_of(typed)[0] for typed in typed_in(f"```\n{block}```\n")}) >= 4
    assert len(block.splitlines()) == 5
    for heading in ("On Monday", "What can go wrong, and what to do then", "Where to look further"):
        assert f"\n## {heading}\n" in text
    assert "|---" not in text, "a terminal shows no tables"


def test_the_guide_lists_its_pages_and_finds_one_as_people_write_it() -> None:
    assert [f"cs_playbook/guide/{page.name}.md" for page in pages()] == GUIDE
    assert page_of("CS ops") == page_of("cs-ops.md")
    with pytest.raises(ChoiceError) as error:
        page_of("reviewr")
    assert (error.value.sentence, error.value.hint) == (
        "there is no page for 'reviewr'",
        "did you mean 'reviewer'?",
    )


@pytest.mark.parametrize("page", GUIDE)
def test_a_page_of_the_guide_is_plain_on_a_terminal(page: str) -> None:
    lines = ["".join(text for _, text in line) for line in as_lines(text_of(page), 80)]

    assert [line for line in lines if "**" in line or "](" in line] == []


# --- reading the pages ---


def text_of(page: str) -> str:
    return (TOP / page).read_text(encoding="utf-8")


def prose(text: str) -> str:
    return _FENCED.sub("", text)


def examples(text: str) -> list[str]:
    """The lines of its blocks."""
    return [line for block in _FENCED.findall(text) for line in block.splitlines()]


def inline(text: str) -> list[str]:
    """What stands in backticks, on one line each."""
    return [" ".join(code.split()) for code in _INLINE.findall(prose(text))]


def typed_in(text: str) -> Iterator[str]:
    """What follows `cs-playbook` in examples and in sentences; and `set ACCOUNT …` alone, where that can only be meant."""
    for line in (*(line.partition("  #")[0] for line in examples(text)), *inline(text)):
        for part in line.split("&&"):
            yield from _TYPED.findall(part)
    for code in inline(text):
        first, _, rest = code.partition(" ")
        if rest and first in COMMANDS:
            yield code.partition(" | ")[0]


def words_of(typed: str) -> list[str]:
    return shlex.split(typed)


def wrong_in(words: list[str]) -> str:
    """Why the command line would not be taken; nothing is run."""
    command: Any = root()
    context: Any = None
    rest = globals_first(words)
    try:
        while hasattr(command, "commands"):
            context = command.make_context(command.name, list(rest), parent=context)
            inner = [*context._protected_args, *context.args]
            if not inner and command.invoke_without_command:
                return ""  # a group that shows something by itself: `plans`
            _, command, rest = command.resolve_command(context, inner)
        if rest:  # a command alone is only named
            command.make_context(command.name, list(rest), parent=context)
        return unknown_word(command.name, rest)
    except Exception as error:  # noqa: BLE001 - whatever it has against the line is what the test shows
        return str(getattr(error, "message", "") or error)


def unknown_word(command: str, rest: list[str]) -> str:
    """What only the command itself would refuse: words of the language, codes of findings."""
    if command == "language" and rest:
        entries_of(" ".join(rest))
    unknown = command == "rule" and rest[0] not in CODES
    return f"no {rest[0]}" if unknown else ""


@cache
def root() -> Any:
    return typer.main.get_command(application())


@cache
def all_options() -> frozenset[str]:
    def below(command: Any) -> Iterator[str]:
        for parameter in command.params:
            yield from (*parameter.opts, *parameter.secondary_opts)
        for inner in getattr(command, "commands", {}).values():
            yield from below(inner)

    return frozenset({*below(root()), "--help", "-h", "--version", "-V"})


def options_in(code: str) -> list[str]:
    return re.findall(r"(?<![\w-])--?[a-z][a-z-]*", code)
