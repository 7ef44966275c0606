"""A workspace in a real repository of git: what is compared, whom a change concerns, and that looking touches nothing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.diff import diff
from cs_playbook.errors import ChoiceError, WrongCommandLine
from cs_playbook.report.difference import as_json, as_lines
from cs_playbook.report.difference_markdown import LIMIT, MARK, as_markdown, code
from cs_playbook.report.difference_words import stories_words
from cs_playbook.report.pieces import plain
from cs_playbook.study.difference import Difference, Impact
from tests.builders import World, account, given, on, small
from tests.unit.test_spoiling import RARE, STORY

pytestmark = pytest.mark.usefixtures("meant_once")

SEATS = "playbooks/few-seats.yaml"
FEW = [account(f"a{n}", seats=5 + n, name=f"Firm {n}", arr=40000 + n) for n in range(12)]
NOBODY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Twelve accounts of 5 to 16 seats, run on Monday: five are in the playbook. The files are committed on main."""
    world = small(tmp_path_factory.mktemp("diff") / "team" / "cs")
    world.morning(on(0), given(*FEW))
    world.write("../.gitignore", "data/\nout/\nexports/\nanswers/\n")
    git(world.root.parent, "init", "-q", "-b", "main")
    commit(world.root.parent)
    return world


@pytest.fixture
def world(committed: World, tmp_path: Path) -> World:
    """A copy that a test may change, a folder of its repository."""
    World(committed.root.parent).copy(tmp_path / "team")
    return World(tmp_path / "team" / "cs")


def git(at: Path, *words: str) -> str:
    who = ("-c", "user.name=Nora", "-c", "user.email=nora@vendor.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *who, *words],
        cwd=at,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **NOBODY},
    )
    return done.stdout.strip()


def commit(at: Path) -> str:
    git(at, "add", "-A")
    git(at, "commit", "-q", "--allow-empty", "-m", "a day")
    return git(at, "rev-parse", "HEAD")


def changed(world: World, before: str = "seats < 10", now: str = "seats < 15") -> Difference:
    world.edit(SEATS, before, now)
    return diff(world.workspace, parts={"accounts"})


def impact(found: Difference) -> Impact:
    assert found.impact is not None, found.no_impact
    return found.impact


# --- whom it concerns ---


def test_who_enters_is_counted_with_arr_and_named(world: World) -> None:
    (rule, *_) = [rule for rule in impact(changed(world)).rules if rule.playbook == "few-seats"]

    assert (rule.before, rule.now, rule.enter.count, rule.leave.count) == (5, 10, 5, 0)
    assert rule.enter.arr == sum(40000 + n for n in range(5, 10))
    assert [one.account for one in rule.enter.first] == ["a9", "a8", "a7", "a6", "a5"]


def test_work_and_minutes_are_what_both_plans_differ_in(world: World) -> None:
    found = impact(changed(world))

    assert {name: (before.tasks, now.tasks) for name, (before, now) in found.work.items()} == {
        "few-seats": (0, 5)
    }
    assert [(before.week if before else 0, now.week if now else 0) for before, now in found.minutes] == [
        (75, 150)
    ]


def test_a_run_of_the_day_makes_neither_side_another(world: World) -> None:
    """The files as they are committed have been run today: without a change both plans are still the same."""
    found = impact(changed(world, "Few seats", "Too few seats"))

    assert (dict(found.work), found.minutes) == ({}, ())


def test_what_becomes_of_open_enrollments_is_said(world: World) -> None:
    kept = plain(as_lines(changed(world, "wait: 3 days", "wait: 4 days"), 100, names=False))
    world.write(SEATS, (world.root / SEATS).read_text("utf-8") + "changes: {open_enrollments: move}\n")
    moved = plain(as_lines(diff(world.workspace, parts={"accounts"}), 100, names=False))

    assert "5 open enrollments go on as they began" in kept
    assert "5 open enrollments move to the new text" in moved


def test_accounts_that_change_their_segment_are_counted_by_way(world: World) -> None:
    world.edit("tier.yaml", "arr >= 40000", "arr >= 40004")

    (move,) = impact(diff(world.workspace, parts={"accounts"})).moves

    assert (move.fact, dict(move.ways), move.moved.count) == ("tier", {("high", "low"): 4}, 4)


def test_the_limits_of_before_say_whether_a_run_would_stop(world: World) -> None:
    world.morning(on(1), given(*FEW, day=1))  # on its first day nobody is new to a playbook
    world.edit(
        "project.yaml",
        "{a_table_shrinks_by: 100%}",
        "{newly_fitting_a_playbook: {more_than: 2, and_share: 1%}}",
    )
    commit(world.root)
    world.edit("project.yaml", "more_than: 2, and_share: 1%", "more_than: 900, and_share: 100%")

    (stop,) = impact(changed(world)).stops

    assert "few-seats" in stop.sentence


def test_without_a_snapshot_the_meaning_is_shown_and_said_why_no_more(world: World) -> None:
    for snapshot in (world.root / "data" / "snapshots").iterdir():
        snapshot.unlink()

    screen = plain(as_lines(changed(world), 100, names=False))

    assert "trigger  seats < 10 → 15" in screen
    assert "Whom it concerns is not shown: there is no snapshot" in screen


def test_the_stories_of_what_changed_are_played(world: World) -> None:
    story = """tests: few-seats
today: 2026-03-02
accounts:
  acme: {tier: high, seats: 12, status: active, csm_email: lea@vendor.example}
cases:
  - {name: Twelve are enough, runs: [{day: 0, expect: {started: []}}]}
  - {name: Nine are few, with: {acme: {seats: 9}}, runs: [{day: 0, expect: {started: [acme]}}]}
"""
    world.write("tests/few-seats.yaml", story)
    world.edit(SEATS, "seats < 10", "seats < 15")

    found = diff(world.workspace, parts={"stories"})

    assert found.stories is not None
    assert (found.stories.passed, found.stories.failing) == (1, ("few-seats: Twelve are enough",))
    assert found.changes is not None
    assert len(found.changes.new_stories) == 2
    assert "1 story passes, 1 fails" in as_markdown(found, names=False)


# --- git ---


def test_looking_touches_nothing_and_runs_nothing_that_a_repository_names(
    world: World, tmp_path: Path
) -> None:
    top, spy, trace = world.root.parent, tmp_path / "spy", tmp_path / "it-ran"
    spy.write_text(f"#!/bin/sh\ntouch {trace}\n", encoding="utf-8")
    spy.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "diff.external",
        "diff.x.textconv",
        "filter.x.smudge",
        "core.sshCommand",
        "core.pager",
    ):
        git(top, "config", name, str(spy))
    (top / ".git" / "info" / "attributes").write_text("* diff=x filter=x\n", encoding="utf-8")
    (top / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        (top / ".git" / "hooks" / hook).symlink_to(spy)
    world.edit(SEATS, "seats < 10", "seats < 15")
    before = all_files(top)

    assert diff(world.workspace, parts={"accounts"}).impact is not None
    assert all_files(top) == before
    assert not trace.exists()


def all_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()
    }


def test_a_hook_of_git_that_names_another_repository_leads_nowhere(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")

    assert changed(world).impact is not None


def test_it_begins_where_the_branch_left_main_and_sees_what_is_not_committed(world: World) -> None:
    base = git(world.root, "rev-parse", "HEAD")
    git(world.root, "checkout", "-q", "-b", "topic")
    world.edit(SEATS, "seats < 10", "seats < 15")
    commit(world.root)
    git(world.root, "checkout", "-q", "main")
    world.edit(SEATS, "Few seats", "Of others")
    commit(world.root)
    git(world.root, "checkout", "-q", "topic")
    world.write(
        "playbooks/more.yaml", (world.root / SEATS).read_text("utf-8").replace("few-seats\n", "more\n", 1)
    )

    found = diff(world.workspace, parts=frozenset())

    assert found.base == f"where this branch left main ({base[:7]})"
    assert found.changes is not None
    assert [(thing.name, thing.how) for thing in found.changes.things] == [
        ("few-seats", "changed"),
        ("more", "added"),
    ]


@pytest.mark.parametrize(
    ("ref", "kind", "said"),
    [
        ("-x", WrongCommandLine, "none begins with -"),
        ("main..feat", ChoiceError, "names two revisions"),
        ("mian", ChoiceError, "knows no revision 'mian'"),
        ("^main", ChoiceError, r"knows no revision '\^main'"),
    ],
)
def test_what_is_no_revision_is_refused(world: World, ref: str, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        diff(world.workspace, ref)


def test_without_a_repository_or_a_commit_it_says_what_is_missing(tmp_path: Path) -> None:
    alone = small(tmp_path / "alone")

    with pytest.raises(ChoiceError, match="in no git repository"):
        diff(alone.workspace)
    git(alone.root, "init", "-q")
    with pytest.raises(ChoiceError, match="nothing has been committed"):
        diff(alone.workspace)


def test_a_shallow_clone_says_how_to_get_the_rest(world: World, tmp_path: Path) -> None:
    commit(world.root)
    git(tmp_path, "clone", "-q", "--depth", "1", world.root.parent.as_uri(), "shallow")
    clone = World(tmp_path / "shallow" / "cs")

    assert diff(clone.workspace).commit == git(clone.root, "rev-parse", "HEAD")
    with pytest.raises(ChoiceError) as refused:
        diff(clone.workspace, "HEAD~1")
    assert "git fetch --unshallow" in refused.value.hint


def test_a_workspace_that_was_moved_in_its_repository_is_found(world: World) -> None:
    git(world.root.parent, "mv", "cs", "success")

    found = diff(World(world.root.parent / "success").workspace, parts=frozenset())

    assert found.moved_from == "cs"
    assert found.changes is not None
    assert found.changes.is_empty


def test_links_inside_of_a_revision_are_followed_and_those_out_of_it_are_not(world: World) -> None:
    (world.root / "tier.yaml").rename(world.root / "kept.txt")
    (world.root / "tier.yaml").symlink_to("kept.txt")
    (world.root / "away.yaml").symlink_to("/etc/passwd")
    commit(world.root)
    (world.root / "away.yaml").unlink()

    found = diff(world.workspace, "HEAD", parts=frozenset())

    assert [(finding.span.file, finding.code) for finding in found.wrong] == [("away.yaml", "CSP105")]
    assert found.changes is not None
    assert found.changes.is_empty


def test_a_name_of_then_that_is_no_utf_8_is_a_finding(world: World) -> None:
    strange = world.root / os.fsdecode(b"tier\xff.yaml")
    strange.write_text("segments: another\n", "utf-8")
    commit(world.root)
    strange.unlink()

    found = diff(world.workspace, "HEAD", parts=frozenset())

    assert [(wrong.span.file, wrong.message) for wrong in found.wrong] == [
        ("tier\\xff.yaml", "the name of the file is not UTF-8")
    ]
    assert found.changes is not None
    assert found.changes.is_empty


def test_a_revision_with_errors_is_compared_as_far_as_it_can_be(world: World) -> None:
    text = (world.root / SEATS).read_text("utf-8")
    world.write(SEATS, text.replace("owner: cs_ops", "owner: nobody_known"))
    commit(world.root)
    world.write(SEATS, text)
    world.edit("playbooks/quiet.yaml", "priority: low", "priority: high")

    found = diff(world.workspace, "HEAD")

    assert found.changes is not None
    assert [(thing.name, thing.how) for thing in found.changes.things] == [
        ("few-seats", "unread"),
        ("quiet", "changed"),
    ]
    assert found.no_impact.startswith("the files of then have errors")


# --- the comment ---


def test_a_comment_holds_ids_and_hides_small_counts(world: World) -> None:
    found = changed(world, "seats < 10", "seats < 13")  # three enter
    said, asked = as_markdown(found, names=False), as_markdown(found, names=True)

    assert said.startswith(f"{MARK}\n### 1 playbook changed")
    assert "fitted 5 before: <5 enter, nobody leaves" in said
    assert "ARR" not in said
    assert "Firm" not in said
    assert "| people | <5 get more to do |" in said
    assert "vendor.example" not in said
    assert " min " not in said
    assert "fits 5 → 8: 3 enter (120 k ARR)" in asked
    assert "`Firm 7`" in asked
    assert "| `Léa` | +" in asked


def test_nothing_that_is_quoted_means_anything_in_a_comment(world: World) -> None:
    evil = "@team <img src=x> [a](http://x) | `b` #12 ::error::x ##[group]"
    found = changed(world, "fewer than ten seats are left", json.dumps(evil))

    row = next(line for line in as_markdown(found, names=False).splitlines() if "@team" in line)

    assert row == (
        "| trigger | because `fewer than ten seats are left` → "
        "``@team <img src=x> [a](http://x) \\| `b` #12 : :error: :x ## [group]`` |"
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a``b", "```a``b```"),
        ("`", "`` ` ``"),
        ("a\\|b", "`a\\ \\|b`"),
        ("two\nlines", "`two lines`"),
        ("x" * 400, f"`{'x' * 299}…`"),
    ],
)
def test_a_code_span_holds_any_text(text: str, quoted: str) -> None:
    assert code(text) == quoted


def test_a_comment_stays_below_what_a_host_takes(world: World) -> None:
    playbook = (world.root / "playbooks" / "renewing.yaml").read_text("utf-8")
    for number in range(150):
        named = playbook.replace("playbook: renewing", f"playbook: renewing-{number}")
        world.write(
            f"playbooks/r{number}.yaml", named.replace("title: Renews soon", f"title: {'long ' * 40}")
        )
    conditions = "".join(f"\n    - seats <> {1000 + number} or name <> '{'y' * 150}'" for number in range(30))
    for number in range(150):
        world.edit(f"playbooks/r{number}.yaml", "days_until(renewal_date) between 0 and 90", conditions)

    comment = as_markdown(diff(world.workspace, parts=frozenset()), names=False)

    assert len(comment) < LIMIT
    assert comment.rstrip().endswith("`cs-playbook diff` shows all.")


# --- the command ---


def test_the_command_gives_three_formats_at_once_and_its_exit_code(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command: Callable[..., int] = lambda *words: run_app(["-C", str(world.root), *words])  # noqa: E731
    assert command("diff", "--detailed-exitcode", "--no-stories") == 0
    world.edit(SEATS, "seats < 10", "seats < 15")
    comment = tmp_path / "diff.md"

    assert command("-o", "text", "-o", "json", "-o", f"markdown={comment}", "diff", "--no-accounts") == 0
    assert command("-q", "diff", "--no-accounts", "--detailed-exitcode") == 11
    assert command("-q", "diff", "--no-stories", "--detailed-exitcode") == 11
    assert command("-q", "diff", "--", "-x") == 2
    assert comment.read_text("utf-8").startswith(MARK)
    assert "Whom it concerns is not shown: no snapshot was looked at" in capsys.readouterr().out


def test_json_has_every_place_and_every_count(world: World) -> None:
    told = json.loads(as_json(changed(world), names=False))

    assert told["format_version"] == 1
    assert told["changes"][0]["says"][0]["place"] == "trigger.when"
    assert told["accounts"]["rules"][0]["enter"]["count"] == 5
    assert "Firm" not in json.dumps(told)


def test_who_asks_is_told_how_many_changes_no_story_of_a_changed_playbook_notices(world: World) -> None:
    world.write("playbooks/rare.yaml", RARE)
    world.write("tests/rare.yaml", STORY)
    commit(world.root)
    world.edit("playbooks/rare.yaml", "new_per_day: 25", "new_per_day: 20")

    found = diff(world.workspace, "HEAD", parts=frozenset(("stories", "spoil")))

    assert stories_words(found) == "1 story passes; 7 changes no story notices"
    asked_not = diff(world.workspace, "HEAD", parts=frozenset(("stories",)))
    assert stories_words(asked_not) == "1 story passes"
