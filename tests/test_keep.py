"""`keep:`: what has been kept long enough goes, a little each day; what is open, changed by somebody or still needed stays."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands import tidying
from cs_playbook.commands.blame import blame
from cs_playbook.commands.people import Act
from cs_playbook.commands.releasing import Chosen, release
from cs_playbook.commands.rewriting import rewrite
from cs_playbook.commands.tidying import due
from cs_playbook.effects.mail_folder import eml_folder
from cs_playbook.report.blame import as_lines
from cs_playbook.report.pieces import plain
from cs_playbook.source.snapshot import Snapshot, days, place_of
from tests.builders import World, on, small
from tests.test_send import ACCOUNTS, TUESDAY, exported, sent_by, with_mails

LATER = 45  # days after the mails were sent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three mails were sent long ago, the enrollment of acme has ended since; today's export has come."""
    world = with_mails(tmp_path_factory.mktemp("made") / "small")
    sent_by(world, eml_folder(world.root.parent / "mails"))
    world.stop("few-seats", "acme", on(1))
    world.morning(on(LATER), exported(LATER))
    world.export(exported(LATER + 1))
    assert world.build(on(LATER + 1)).manifest is not None
    return world


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def keeping(world: World, keep: str) -> World:
    project = world.root / "project.yaml"
    project.write_text(f"{project.read_text('utf-8')}keep: {keep}\n", encoding="utf-8")
    return world


def bodies(world: World) -> dict[str, tuple[bool, bool]]:
    """Account → whether its mail has words, and a hash."""
    with closing(sqlite3.connect(world.ledger)) as ledger:
        found = {
            task: (content is not None, sha is not None)
            for task, content, sha in ledger.execute("select task, content, sha256 from outbox")
        }
    first = {key: world.enrollments(key)[0].tasks.values() for key in ACCOUNTS}
    return {key: found[task.key] for key, tasks in first.items() for task in tasks if task.kind == "email"}


def test_without_it_nothing_is_ever_deleted(world: World) -> None:
    before = world.published()
    assert world.run(on(LATER + 1)).tidied is None

    assert before.items() <= world.published().items()
    assert len(days(world.workspace.snapshots)) == 4
    assert all(there for there, _ in bodies(world).values())


def test_the_words_of_mails_go_and_their_hashes_stay(world: World) -> None:
    keeping(world, "{mail_bodies: 30 days}")

    tidied = world.run(on(LATER + 1)).tidied

    assert bodies(world) == {"acme": (False, True), "bolt": (True, True), "calm": (True, True)}
    assert tidied is not None
    assert (len(tidied.due.bodies), tidied.due.open_bodies, tidied.failed) == (1, 2, "")
    assert world.wrong() == []
    again = world.run(on(LATER + 1)).tidied
    assert again is not None
    assert not again.due.is_something


def test_old_snapshots_go_and_the_last_two_stay(world: World) -> None:
    keeping(world, "{snapshots: 30 days}")
    stranger = world.workspace.snapshots / "2025-01-01.db"
    stranger.write_bytes(b"somebody's own")

    world.run(on(LATER + 1))

    assert days(world.workspace.snapshots) == (on(LATER), on(LATER + 1))
    assert stranger.exists()


def test_names_leave_older_snapshots_and_rows_stay(world: World) -> None:
    keeping(world, "{contacts_in_snapshots: 30 days}")

    world.run(on(LATER + 1))

    assert contacts_of(world, on(0)) == [(f"claire-{key}", None, None, '["champion"]') for key in ACCOUNTS]
    assert b"claire-acme@acme.example" not in place_of(world.workspace.snapshots, on(0)).read_bytes()
    assert contacts_of(world, on(LATER))[0][1] == "claire-acme@acme.example"
    with closing(sqlite3.connect(world.ledger)) as ledger:
        (known,) = ledger.execute(
            "select snapshot_sha from run where day = ?", (on(0).isoformat(),)
        ).fetchone()
    with Snapshot.open(place_of(world.workspace.snapshots, on(0))) as snapshot:
        assert snapshot.manifest.sha256 == known
        assert dict(snapshot.manifest.counts["contacts"].empties)["email"] == 3
    assert world.wrong() == []
    assert not due(world.workspace.place, on(LATER + 1)).is_something


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        ("contacts_in_snapshots: 30 days", "names and texts of contacts are gone from it"),
        ("snapshots: 30 days", "the snapshot of 2026-03-02 is here no more; what `keep:` lets go is gone"),
    ],
)
def test_who_asks_why_something_began_is_told_what_is_missing(world: World, keep: str, said: str) -> None:
    keeping(world, f"{{{keep}}}").run(on(LATER + 1))

    assert said in blame(world.workspace, "bolt", "few-seats").no_values
    assert said in plain(as_lines(blame(world.workspace, "bolt", "few-seats"), 100))


def contacts_of(world: World, day: date) -> list[tuple[object, ...]]:
    with Snapshot.open(place_of(world.workspace.snapshots, day)) as snapshot:
        return snapshot.connection.execute(
            "select id, email, first_name, roles from contacts order by id"
        ).fetchall()


def test_lists_go_but_not_what_somebody_wrote(world: World) -> None:
    for key in ("bolt", "calm"):
        world.stop("few-seats", key, on(LATER))
    filled = world.root / "out" / on(0).isoformat() / "tasks.csv"
    filled.write_text("mine", encoding="utf-8")
    keeping(world, "{out: 30 days}")

    tidied = world.run(on(LATER + 1)).tidied

    below = world.published()
    old = [path for path in below if path.startswith((on(0).isoformat(), on(1).isoformat()))]
    assert old == [f"{on(0)}/tasks.csv"]
    assert tidied is not None
    assert tidied.due.people == 1
    assert any(path.startswith(on(LATER + 1).isoformat()) for path in below)


def test_of_a_day_on_which_something_is_open_only_its_draft_stays(tmp_path: Path) -> None:
    """One task that nobody answers must not keep the names of all of that day for ever."""
    world = with_drafts(tmp_path / "small")
    draft, discarded = (world.task(key, "write").key for key in ("acme", "bolt"))
    world.done(discarded, "discarded", TUESDAY)
    keeping(world, "{out: 30 days}")

    world.morning(on(LATER), exported(LATER))

    old = [path for path in world.published() if path.startswith((on(0).isoformat(), TUESDAY.isoformat()))]
    assert f"{TUESDAY}/drafts/{draft}.eml" in old
    assert all(path.endswith(".eml") and discarded not in path for path in old)
    assert release(world.workspace, Chosen((draft,)), Act("lea@vendor.example", on(LATER), "now")).mails


def test_a_draft_in_somebodys_words_goes_with_them(tmp_path: Path) -> None:
    """What was sent got its Date when it was let go: the file that was shown is another one, and ours all the same."""
    world = with_drafts(tmp_path / "small")
    lea = Act("lea@vendor.example", TUESDAY, f"{TUESDAY}T09:00:00Z")
    keys = [world.task(key, "write").key for key in ("acme", "bolt")]
    for key in keys:
        rewrite(world.workspace, key, "Subject: you\n\nDear Claire, come.", lea)
    release(world.workspace, Chosen(tuple(keys)), lea)
    sent_by(world, eml_folder(tmp_path / "mails"))
    for account in ("acme", "bolt"):
        world.stop("few-seats", account, TUESDAY)
    edited = world.root / "out" / "edited"
    (edited / f"{keys[1]}.eml").write_text("mine", encoding="utf-8")

    keeping(world, "{mail_bodies: 30 days}").morning(on(LATER), exported(LATER))

    assert [path.stem for path in edited.iterdir()] == [keys[1]]


def with_drafts(root: Path) -> World:
    """A draft of Tuesday waits for each."""
    world = small(root)
    world.morning(on(0), exported(0))
    for key in ACCOUNTS:
        world.done(world.task(key, "ask"), "people", on(0))
    world.morning(TUESDAY, exported(1))
    return world


def test_what_an_undo_has_put_aside_goes_too(world: World) -> None:
    for key in ("bolt", "calm"):
        world.stop("few-seats", key, on(LATER))
    aside = f"undone/run-1/{on(0)}/tasks.csv"
    path = world.root / "out" / aside
    path.parent.mkdir(parents=True)
    (world.root / "out" / on(0).isoformat() / "tasks.csv").rename(path)
    with closing(sqlite3.connect(world.ledger)) as ledger:
        ledger.execute("update file set path = ? where path = ?", (aside, f"{on(0)}/tasks.csv"))
        ledger.commit()
    path.with_name("mine.txt").write_text("mine", encoding="utf-8")

    found = due(keeping(world, "{out: 30 days}").workspace.place, on(LATER + 1))

    assert path in found.files
    assert found.people == 1


def test_a_little_each_day_and_what_fails_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping(world, "{contacts_in_snapshots: 30 days}")
    monkeypatch.setattr(tidying, "BLANKED_AT_ONCE", 1)
    assert due(world.workspace.place, on(LATER + 1)).more

    def refused(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(tidying, "stage", refused)
        tidied = world.run(on(LATER + 1)).tidied
    assert tidied is not None
    assert "the disk is full" in tidied.failed
    assert world.run(on(LATER + 1)).nothing
    assert contacts_of(world, on(0))[0][1] is None
    assert contacts_of(world, on(1))[0][1] is not None


def test_the_screens_say_what_goes_and_what_has_gone(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping(world, "{mail_bodies: 30 days, snapshots: 31 days, out: 30 days}")
    typed = ["-C", str(world.root), "--as-of", on(LATER + 1).isoformat()]

    assert run_app([*typed, "dry-run"]) == 0
    assert "`keep:` deletes with the next run: 1 body of a mail, 2 snapshots" in capsys.readouterr().err
    assert run_app([*typed, "-o", "text", "-o", f"json={world.root / 'run.json'}", "run"]) == 0

    assert "deleted, as `keep:` says: 1 body of a mail, 2 snapshots" in capsys.readouterr().out
    assert json.loads((world.root / "run.json").read_text("utf-8"))["deleted"]["snapshots"] == 2


def test_two_lengths_that_contradict_each_other_are_refused(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping(world, "{contacts_in_snapshots: 400 days, snapshots: 90 days}")

    assert run_app(["-C", str(world.root), "validate"]) == 1
    assert (
        "contacts stay in snapshots for 400 days, but the snapshots themselves go after 90 days"
        in " ".join(capsys.readouterr().out.split())
    )
