"""A power cut anywhere: what is marked as published is there and whole, and what is not comes with the next run.

The states of the disk are those of tests/torture/crash_states.py; that each fsync is needed is shown one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cs_playbook.commands import publishing
from cs_playbook.commands.publishing import publish_what_is_left
from cs_playbook.effects import ledger_place
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_copy import back_up
from cs_playbook.effects.mail_folder import MailFolder, eml_folder, maildir
from cs_playbook.model.outbox import Sealed
from tests.torture.crash_states import Mark, State, Synced, Trace, put, watching
from tests.unit import ledgers
from tests.unit.ledgers import DAY, ID, NOW, commit, on, started

FILES = {f"{DAY}/owners/lea/digest.md": b"4 new", f"{DAY}/tasks.csv": b"key;outcome\nt1;\n"}
TASKS = f"{DAY}/tasks.csv"
FILLED = b"key;outcome\nt1;product\n"
ASIDE = f"out/{DAY}/tasks.filled-1.csv"


class Cut(Exception):
    """The process is killed; the machine lives on."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(ledgers.made(tmp_path / "state" / "ledger.db"), ID, writing=True) as opened:
        commit(opened, started(), files=FILES.items())
        yield opened


def publication(
    root: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, cut_after: int | None = None
) -> Trace:
    """All that the publishing of a run asks of the disk; `cut_after`: killed after so many files, then done again."""
    root.mkdir(exist_ok=True)
    with watching(root) as seen:
        mark = Ledger.mark_published
        with monkeypatch.context() as patch:
            patch.setattr(
                Ledger, "mark_published", lambda self, run: (mark(self, run), seen.mark("published"))[0]
            )
            if cut_after is not None:
                cut(root, ledger, patch, cut_after)
            publish_what_is_left(root, ledger)
    return seen.trace()


def cut(root: Path, ledger: Ledger, patch: pytest.MonkeyPatch, after: int) -> None:
    publish = publishing.publish

    def stopping(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        for number, file in enumerate(files):
            if number == after:
                raise Cut
            yield file
        raise Cut

    with patch.context() as inner:
        inner.setattr(publishing, "publish", lambda place, files: publish(place, stopping(files)))
        with pytest.raises(Cut):
            publish_what_is_left(root, ledger)


def bad(states: set[State], wrong: Callable[[State], list[str]]) -> list[tuple[str, State]]:
    return [(sentence, state) for state in states for sentence in wrong(state)]


def wrong(state: State) -> list[str]:
    """A file that is there is whole; all are there once they are marked as published."""
    torn = [path for path, content in FILES.items() if state.bytes_of(f"out/{path}") not in (None, content)]
    lost = [path for path in FILES if "published" in state.marks and not state.bytes_of(f"out/{path}")]
    return [*(f"{path} is torn" for path in torn), *(f"{path} is lost" for path in lost)]


def wrong_where_somebody_wrote(state: State) -> list[str]:
    """What somebody has written is there, under one of the two names."""
    kept = FILLED in (state.bytes_of(f"out/{TASKS}"), state.bytes_of(ASIDE))
    known = (None, FILLED, FILES[TASKS])
    return [
        *([] if kept else ["what somebody wrote is lost"]),
        *([] if state.bytes_of(f"out/{TASKS}") in known else ["torn"]),
        *(["lost"] if "published" in state.marks and state.bytes_of(f"out/{TASKS}") != FILES[TASKS] else []),
    ]


@pytest.mark.parametrize("cut_after", [None, 0, 1, 2])
def test_whatever_the_power_leaves_of_a_publication_nothing_is_lost_or_torn(
    cut_after: int | None, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = publication(tmp_path / "w", ledger, monkeypatch, cut_after)

    states = trace.states()

    assert trace.operations[-1] == Mark("published")
    assert len(states) > 10
    assert bad(states, wrong) == []


def test_from_each_such_state_the_next_run_puts_all_in_place(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list(ledger.unpublished())
    states = publication(tmp_path / "w", ledger, monkeypatch).states()

    for number, files in enumerate({state.files for state in states}):
        root = tmp_path / str(number)
        put(root, files)
        publishing.publish(root / "out", ((path, content) for _, path, content in left))
        assert {path: (root / "out" / path).read_bytes() for path in FILES} == FILES


@pytest.mark.parametrize("cut_after", [None, 2])
def test_each_fsync_of_a_publication_is_needed(
    cut_after: int | None, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a run that goes on after a kill too: nobody knows what the killed one had made safe."""
    trace = publication(tmp_path / "w", ledger, monkeypatch, cut_after)

    assert unneeded(trace, wrong) == []
    syncs = [one for one in trace.operations if isinstance(one, Synced)]
    assert len(syncs) == len(FILES) + len(["w", "out", "day", "owners", "lea"])


def unneeded(trace: Trace, wrong: Callable[[State], list[str]]) -> list[Synced]:
    """What may be forgotten without a state that is wrong."""
    return [sync for sync, forgotten in trace.without_each_sync() if not bad(forgotten.states(), wrong)]


def test_what_somebody_wrote_into_a_list_outlives_a_power_cut(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "w" / "out", [(TASKS, FILLED)])

    states = publication(tmp_path / "w", ledger, monkeypatch).states()

    assert bad(states, wrong_where_somebody_wrote) == []
    assert any(state.bytes_of(ASIDE) for state in states)


# --- a new ledger ---


def making(root: Path, monkeypatch: pytest.MonkeyPatch) -> Trace:
    root.mkdir()
    fill = ledger_place._fill
    with watching(root) as seen, monkeypatch.context() as patch:

        def filled(path: Path, *rest: str) -> None:
            fill(path, *rest)
            # What SQLite has committed is on the disk: its own tests say so, and ours that it is told to.
            seen.content(path)
            seen.operations.append(Synced(seen.number(path)))

        patch.setattr(ledger_place, "_fill", filled)
        Ledger.create(root / "data" / "state" / "ledger.db", ID, "0.1.0", NOW)
        seen.mark("made")
    return seen.trace()


def wrong_ledger(whole: bytes) -> Callable[[State], list[str]]:
    def look(state: State) -> list[str]:
        there = state.bytes_of("data/state/ledger.db")
        lost = there is None and "made" in state.marks
        return [*(["lost"] if lost else []), *(["torn"] if there not in (None, whole) else [])]

    return look


def test_a_ledger_that_was_made_is_there_after_a_power_cut_and_never_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = making(tmp_path / "w", monkeypatch)
    look = wrong_ledger((tmp_path / "w" / "data" / "state" / "ledger.db").read_bytes())

    assert bad(trace.states(), look) == []
    assert unneeded(trace, look) == []


# --- a copy of the ledger ---


@pytest.mark.parametrize("there_before", ["nothing", "an older copy"])
def test_a_copy_of_the_ledger_is_whole_or_the_one_of_before_whatever_the_power_leaves(
    there_before: str, ledger: Ledger, tmp_path: Path
) -> None:
    root, path = tmp_path / "w", tmp_path / "state" / "ledger.db"
    target = root / "copies" / "ledger.db"
    root.mkdir()
    if there_before == "an older copy":
        back_up(path, ID, target)
    older = target.read_bytes() if target.exists() else None
    commit(ledger, started("e2", "bolt"), day=on(1), files=FILES.items())
    with watching(root) as seen:
        back_up(path, ID, target)
        seen.mark("copied")

    def look(state: State) -> list[str]:
        there, whole = state.bytes_of("copies/ledger.db"), target.read_bytes()
        lost = "copied" in state.marks and there != whole
        return [*(["lost"] if lost else []), *([] if there in (older, whole) else ["torn"])]

    assert older != target.read_bytes()
    assert bad(seen.trace().states(), look) == []
    assert unneeded(seen.trace(), look) == []


# --- mails into a folder ---


@pytest.mark.parametrize("way", [eml_folder, maildir])
def test_a_mail_that_is_marked_as_sent_is_in_its_folder_and_one_on_its_way_can_be_found(
    way: Callable[[Path], MailFolder], tmp_path: Path
) -> None:
    mails = {key: Sealed(key, "", (), f"To: {key}\n\nHi".encode()) for key in ("ab12", "cd34")}
    (tmp_path / "w").mkdir()
    folder = way(tmp_path / "w" / "mail")
    with watching(tmp_path / "w") as seen:
        folder.make_ready(tuple(mails.values()))
        seen.mark("sending")
        for mail in mails.values():
            folder.hand_over(mail)
        folder.settle()
        seen.mark("sent")

    def look(state: State) -> list[str]:
        found = {
            key: [content for path, content in state.files if key in path and content == mails[key].content]
            for key in mails
        }
        people = {
            key: state.bytes_of((folder.there / folder.file(key)).relative_to(tmp_path / "w").as_posix())
            for key in mails
        }
        lost = [key for key in mails if "sending" in state.marks and len(found[key]) != 1]
        torn = [key for key, content in people.items() if content not in (None, mails[key].content)]
        gone = [key for key, content in people.items() if "sent" in state.marks and content is None]
        return [*(f"{key} is lost" for key in (*lost, *gone)), *(f"{key} is torn" for key in torn)]

    assert bad(seen.trace().states(), look) == []
    forgettable = [sync.what for sync in unneeded(seen.trace(), look)]
    needed = [folder.there, folder.ready, *(folder.there / folder.file(key) for key in mails)]
    for place in needed:  # of a folder that is synced again and again the last time counts
        syncs = [one for one in seen.operations if one == Synced(seen.number(place))]
        assert forgettable.count(seen.number(place)) < len(syncs), place
