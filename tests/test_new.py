"""A playbook is copied from a library with all that it needs, or nothing is; a first file of each kind is sound as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.library import library
from cs_playbook.commands.new import Brought, bring
from cs_playbook.commands.new_file import new_file
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import Workspace, examine, open_workspace
from cs_playbook.errors import ChoiceError, WrongCommandLine
from cs_playbook.report.library import brought_lines
from cs_playbook.report.pieces import plain
from cs_playbook.study.first_files import KINDS
from cs_playbook.study.pieces_of_text import renamed, without_cases, without_others
from tests.builders import FILES, World

STORY = """\
tests: few-seats
today: 2026-03-02
accounts: {acme: {tier: high, seats: 3, status: active, csm_email: lea@vendor.example}}
cases:
  - name: Few seats start it
    runs: [{day: 0, expect: {started: [acme]}}]
  - name: Somebody of the team is asked
    runs: [{day: 0, expect: {started: [acme], open: [{step: ask, owner: lea@vendor.example}]}}]
"""
ASKS = FILES["playbooks/few-seats.yaml"].replace(
    "audience: tier = 'high'", "audience:\n  - tier = 'high'\n  - not running('renewing')"
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A library of four playbooks; one of them names another, and has two stories."""
    world = World(tmp_path_factory.mktemp("shelf"))
    for path, text in {**FILES, "playbooks/few-seats.yaml": ASKS, "tests/few-seats.yaml": STORY}.items():
        world.write(path, text)
    return open_workspace(world.root)


def workspace(root: Path, *names: str, **changes: str) -> World:
    world = World(root)
    for path, text in {**{name: FILES[name] for name in names}, **changes}.items():
        world.write(path, text)
    return world


def screen(brought: Brought) -> str:
    return plain(brought_lines(brought.copied, brought.written, brought.stories_out, brought.stories, 100))


def sound(world: World) -> bool:
    return not [finding for finding in examine(world.root).findings if finding.is_error]


def test_into_a_workspace_with_nothing_but_its_data_comes_all_that_it_needs(
    tmp_path: Path, shelf: Workspace
) -> None:
    world = workspace(tmp_path, "project.yaml", "data.yaml")

    brought = bring(world.root, "few-seats", "library/few-seats", [], shelf)

    assert sound(world)
    result = run_stories(world.workspace)
    assert [(book.playbook, book.passed, len(book.cases)) for book in result.playbooks] == [
        ("few-seats", True, 2)
    ]
    assert {"team.yaml", "signals/few-seats.yaml", "segments/tier.yaml", "tests/few-seats.yaml"} <= set(
        brought.written
    )
    assert "renewing" not in (world.root / "playbooks" / "few-seats.yaml").read_text("utf-8")
    assert "not running('renewing')" in screen(brought)


def test_where_everything_is_there_only_the_playbook_comes_under_its_new_name(
    tmp_path: Path, shelf: Workspace
) -> None:
    world = workspace(tmp_path, *FILES)

    brought = bring(world.root, "seats-again", "few-seats", [], shelf)

    letters = sorted(path for path in FILES if path.startswith("emails/few-seats/"))
    assert sorted(brought.written) == sorted(
        [
            "playbooks/seats-again.yaml",
            "tests/seats-again.yaml",
            *(path.replace("few-seats", "seats-again") for path in letters),
        ]
    )
    assert sound(world)
    assert "email: seats-again/hello" in (world.root / "playbooks" / "seats-again.yaml").read_text("utf-8")
    with pytest.raises(ChoiceError, match="already"):
        bring(world.root, "seats-again", "few-seats", [], shelf)


def test_what_only_people_can_add_is_told_and_nothing_is_written(tmp_path: Path, shelf: Workspace) -> None:
    data = FILES["data.yaml"].replace("      seats: integer\n", "")
    data = data[: data.index("  usage:")] + data[data.index("active:") :]
    team = FILES["team.yaml"].replace("champion:", "other:")
    world = workspace(tmp_path, "project.yaml", **{"data.yaml": data, "team.yaml": team})

    brought = bring(world.root, "few-seats", "library/few-seats", [], shelf)

    missing = [one.what for one in brought.copied.missing]
    assert {"the table 'usage'", "the field accounts.seats", "the role 'champion'"} <= set(missing)
    assert (brought.written, sorted(path.name for path in world.root.iterdir())) == (
        (),
        ["data.yaml", "project.yaml", "team.yaml"],
    )
    assert "      seats: integer" in screen(brought)


def test_what_clashes_is_a_question_with_both_texts(tmp_path: Path, shelf: Workspace) -> None:
    mine = "segments: tier\nfirst_match:\n  - {segment: high, when: arr > 5}\n  - {segment: low, when: otherwise}\n"
    world = workspace(
        tmp_path, "project.yaml", "data.yaml", "team.yaml", "signals.yaml", **{"tier.yaml": mine}
    )

    asked = bring(world.root, "few-seats", "library/few-seats", [], shelf)
    kept = bring(world.root, "few-seats", "library/few-seats", ["tier"], shelf)

    assert [(one.kind, one.name, one.mine) for one in asked.copied.questions] == [("segments", "tier", mine)]
    assert (asked.written, "arr > 5" in screen(asked)) == ((), True)
    assert "playbooks/few-seats.yaml" in kept.written
    assert (world.root / "tier.yaml").read_text("utf-8") == mine


def test_a_story_that_does_not_hold_here_is_left_out_and_told(tmp_path: Path, shelf: Workspace) -> None:
    team = (
        FILES["team.yaml"]
        .replace("csm: {from: csm_email", "csm: {is: lost@vendor.example")
        .replace("people:", "people:\n  lost@vendor.example: {name: Lost}", 1)
    )
    world = workspace(
        tmp_path, "project.yaml", "data.yaml", "signals.yaml", "tier.yaml", **{"team.yaml": team}
    )

    brought = bring(world.root, "few-seats", "library/few-seats", ["all"], shelf)

    assert brought.stories_out == (("tests/few-seats.yaml", "Somebody of the team is asked"),)
    assert sound(world)
    assert all(book.passed for book in run_stories(world.workspace).playbooks)


@pytest.mark.parametrize(("line", "left"), [
    ("  - not running('gone')", None),
    ("  - {when: not running('gone'), because: they talk}", None),
    ("  - not running('gone') and not running('here')", "  - not running('here')"),
    ("  - {when: at_risk or running('gone') or late > 0, is: x}", "  - {when: at_risk or late > 0, is: x}"),
    ("  - {when: running('gone') or running('tag:out'), is: x}", '  - {when: "false", is: x}'),
    ("  - not running('here')", "  - not running('here')"),
])  # fmt: skip
def test_who_was_never_there_is_neither_running_nor_finished(line: str, left: str | None) -> None:
    text = f"audience:\n  - paying\n{line}\n"

    kept = without_others(text, ("gone", "tag:out")).text

    assert kept == "audience:\n  - paying\n" + (f"{left}\n" if left else "")


def test_a_line_that_stands_among_alternatives_does_not_just_go() -> None:
    text = "  any:\n    - not running('gone')\n    - paying\n"

    assert without_others(text, ("gone",)).text == "  any:\n    - not false\n    - paying\n"


def test_a_playbook_is_not_kept_apart_from_itself() -> None:
    text = "playbook: one\nnot_together_with: [tag:talk, tag:trouble]\n"

    kept = without_others(text, ("tag:trouble",), ("tag:talk",))

    assert (kept.text, kept.dropped) == ("playbook: one\n", ("not_together_with: [tag:talk, tag:trouble]",))


def test_another_name_is_another_name_only_where_the_playbook_is_meant() -> None:
    text = "playbook: onboarding\naudience: lifecycle = 'onboarding' and not running('onboarding')\nemail: onboarding/hi\n"

    assert renamed(text, "onboarding", "first-days") == (
        "playbook: first-days\naudience: lifecycle = 'onboarding' and not running('first-days')\nemail: first-days/hi\n"
    )


def test_cases_are_cut_out_whole() -> None:
    assert without_cases(STORY, "x.yaml", [7]) == STORY[: STORY.index("  - name: Somebody")]
    assert without_cases(STORY, "x.yaml", [5, 7]) is None


def test_the_library_is_listed_with_what_comes_along() -> None:
    listed = library()

    assert listed
    assert all(one.title and one.trigger and one.steps for one in listed)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> World:
    return workspace(tmp_path_factory.mktemp("begun"), *FILES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_first_file_of_each_kind_is_sound(begun: World, kind: str) -> None:
    made = new_file(begun.root, kind, {"email": "quiet/again", "tests": "quiet"}.get(kind, f"my-{kind}"))

    found = [
        one
        for one in examine(begun.root).findings
        if one.span.file == made.path and one.code not in ("CSP225", "CSP313", "CSP409")
    ]
    assert found == []
    assert "#" in (begun.root / made.path).read_text("utf-8")
    with pytest.raises(ChoiceError):
        new_file(begun.root, kind, {"email": "quiet/again", "tests": "quiet"}.get(kind, f"my-{kind}"))


def test_kinds_and_names_that_cannot_be(begun: World) -> None:
    with pytest.raises(ChoiceError, match="no kind"):
        new_file(begun.root, "segmnts", "x")
    with pytest.raises(WrongCommandLine):
        new_file(begun.root, "playbook", "../x")
    with pytest.raises(WrongCommandLine, match="300 letters is too long"):
        new_file(begun.root, "playbook", "a" * 300)
    with pytest.raises(ChoiceError, match="no playbook"):
        new_file(begun.root, "tests", "nobody")


def test_nothing_is_written_through_a_folder_that_is_a_link(tmp_path: Path, shelf: Workspace) -> None:
    world = workspace(tmp_path / "w", "project.yaml", "data.yaml")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (world.root / "playbooks").symlink_to(elsewhere)
    with pytest.raises(ChoiceError, match="nothing is written through it"):
        bring(world.root, "few-seats", "library/few-seats", [], shelf)
    assert list(elsewhere.iterdir()) == []
    assert sorted(path.name for path in world.root.iterdir()) == ["data.yaml", "playbooks", "project.yaml"]


WEBINARS = """\
resources: webinars
# Ours to keep.
fields: {title: text, held_on: date}
items:
  reports: {title: Reports, held_on: 2026-03-12}
"""
ABOUT_WEBINARS = (
    FILES["playbooks/few-seats.yaml"]
    .replace("trigger:", "trigger:\n  one_per: webinars", 1)
    .replace("task: ", "task: For {{ row.title }}, ", 1)
)


def test_a_list_that_it_offers_from_comes_whole_and_one_that_is_there_stays(tmp_path: Path) -> None:
    world = World(tmp_path / "shelf")
    texts = {**FILES, "playbooks/few-seats.yaml": ABOUT_WEBINARS, "lists/webinars.yaml": WEBINARS}
    for path, text in texts.items():
        world.write(path, text)
    shelf = open_workspace(world.root)
    without = workspace(tmp_path / "without", "project.yaml", "data.yaml")
    own = "resources: webinars\nfields: {title: text, held_on: date}\nitems: {}\n"
    with_own = workspace(tmp_path / "with", "project.yaml", "data.yaml", **{"webinars.yaml": own})
    lacking = workspace(
        tmp_path / "lacking",
        "project.yaml",
        "data.yaml",
        **{"webinars.yaml": own.replace("title: text, ", "")},
    )

    brought = [
        bring(one.root, "few-seats", "library/few-seats", [], shelf) for one in (without, with_own, lacking)
    ]

    assert (without.root / "resources/webinars.yaml").read_text("utf-8") == WEBINARS
    assert sound(without)
    assert sound(with_own)
    assert not [path for path in brought[1].written if "webinars" in path]
    assert [(one.what, one.file) for one in brought[2].copied.missing] == [
        ("the field webinars.title", "webinars.yaml, under fields:, and what it is into each item")
    ]
    assert brought[2].written == ()
