"""The ledger on the disk: lost, strange or damaged it stops; what was recorded stays as it was."""

from __future__ import annotations

import random
import sqlite3
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import Observation
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import (
    Allowed,
    Ended,
    GoalMet,
    StartAsked,
    TaskAnswered,
)
from cs_playbook.model.keys import SERIES
from cs_playbook.values import replace
from tests.unit import ledgers
from tests.unit.ledgers import DAY, ID, NOW, RUN, by_hand, commit, on, opened, outbox, started


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return ledgers.made(tmp_path / "state" / "ledger.db")


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path, ID, writing=True) as opened_ledger:
        yield opened_ledger


def remembering(ledger: Ledger, day: date, series: str = "seats", **values: object) -> None:
    """A run that remembers these of a series."""
    changes = tuple(values.items())
    run = replace(RUN, day=day, sources_hash=day.isoformat())
    files = [(f"{day.isoformat()}/{ledger.head()[:6]}.md", b"x")] if day == DAY else []
    ledger.commit(run, [], [], [Observation(series, changes)], files, NOW)  # type: ignore[arg-type]


def told_of(path: Path) -> list[str]:
    """What is said of a ledger: when it is opened, or when it is looked through."""
    try:
        with Ledger.open(path, ID, writing=False) as ledger:
            return ledger.verify()
    except UserError as stopped:
        return [stopped.sentence]


def content(path: Path) -> object:
    """All rows of all tables, by another program."""
    connection = sqlite3.connect(path)
    try:
        tables = [
            name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")
        ]
        return {name: list(map(repr, connection.execute(f"select * from {name}"))) for name in tables}
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        return fault
    finally:
        connection.close()


class TestItsPlace:
    def test_only_its_owner_may_read_it(self, path: Path) -> None:
        assert oct(stat.S_IMODE(path.stat().st_mode)) == "0o600"
        assert oct(stat.S_IMODE(path.parent.stat().st_mode)) == "0o700"
        assert [file.name for file in path.parent.iterdir()] == ["ledger.db"]

    def test_what_is_there_is_never_made_anew(self, path: Path) -> None:
        before = path.read_bytes()

        with pytest.raises(ChoiceError, match="there is already a ledger"):
            Ledger.create(path, "other", "0.1.0", NOW)

        assert path.read_bytes() == before

    def test_a_making_that_was_cut_is_no_ledger_and_is_begun_again(self, tmp_path: Path) -> None:
        (tmp_path / ".new-ledger.db").write_bytes(b"half")

        Ledger.create(tmp_path / "ledger.db", ID, "0.1.0", NOW)

        assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]

    @pytest.mark.parametrize("writing", [True, False])
    def test_a_lost_one_stops(self, path: Path, writing: bool) -> None:
        path.unlink()

        with pytest.raises(StoppedOnPurpose, match="there is no ledger") as stopped:
            Ledger.open(path, ID, writing)

        assert stopped.value.exit_code == 4
        assert "must never look like a first day" in stopped.value.hint
        assert list(path.parent.iterdir()) == []

    def test_that_of_another_project_stops(self, path: Path) -> None:
        with pytest.raises(StoppedOnPurpose, match="another project") as stopped:
            Ledger.open(path, "another", writing=True)

        assert f"this one is {ID}, not another" in stopped.value.hint

    def test_without_an_id_any_will_do(self, path: Path) -> None:
        with Ledger.open(path, None, writing=False) as ledger:
            assert ledger.last_run() is None

    @pytest.mark.parametrize(("version", "age"), [(0, "an older"), (3, "a newer")])
    def test_one_of_another_version_stops(self, path: Path, version: int, age: str) -> None:
        by_hand(path, f"pragma user_version = {version}")

        with pytest.raises(StoppedOnPurpose, match=f"was written by {age} cs-playbook"):
            Ledger.open(path, ID, writing=True)

    @pytest.mark.parametrize("left", [0, 10, 100, 5_000, 60_000])
    def test_a_truncated_one_stops(self, path: Path, left: int) -> None:
        whole = path.read_bytes()
        assert len(whole) > left
        path.write_bytes(whole[:left])

        with pytest.raises(StoppedOnPurpose, match=r"damaged|is not a ledger"):
            Ledger.open(path, ID, writing=False)

    def test_another_file_stops(self, path: Path) -> None:
        path.write_bytes(b"key,state,account\n" * 1_000)

        with pytest.raises(StoppedOnPurpose, match="damaged: file is not a database"):
            Ledger.open(path, ID, writing=True)

    def test_a_damage_further_inside_stops_whoever_meets_it(self, path: Path) -> None:
        with Ledger.open(path, ID, writing=True) as ledger:
            for number in range(200):
                commit(ledger, started(f"e{number}", f"a{number}"))
        half = path.stat().st_size // 2
        with path.open("r+b") as file:
            file.seek(half)
            file.write(b"\xff" * (path.stat().st_size - half))

        with Ledger.open(path, ID, writing=False) as ledger:
            assert ledger.verify() != []
            with pytest.raises(StoppedOnPurpose, match=r"damaged|cannot be read"):
                list(ledger.events())

    def test_who_only_reads_makes_and_changes_nothing(self, path: Path) -> None:
        before = path.read_bytes()

        with Ledger.open(path, ID, writing=False) as ledger:
            list(ledger.enrollments(DAY))
            with pytest.raises(UserError, match="cannot be used: attempt to write a readonly database"):
                ledger.record([started()], NOW)

        assert (path.read_bytes(), list(path.parent.iterdir())) == (before, [path])

    def test_it_commits_to_the_disk(self, ledger: Ledger) -> None:
        settings = {
            name: ledger._connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }

        assert settings == {
            "journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "secure_delete": 1,
            "busy_timeout": 5000,
        }  # fmt: skip


class TestEvents:
    def test_they_come_back_in_order_with_how_they_came_in(self, ledger: Ledger) -> None:
        run = commit(ledger, started(), opened())
        ledger.record([TaskAnswered("e1", "t1", "sent", on(1), "lea")], "later")

        assert [(row.seq, row.day, row.recorded_at, row.run) for row in ledger.events()] == [
            (1, DAY, NOW, run),
            (2, DAY, NOW, run),
            (3, on(1), "later", None),
        ]
        assert [row.event for row in ledger.history("acme")] == [
            started(),
            opened(),
            TaskAnswered("e1", "t1", "sent", on(1), "lea"),
        ]

    def test_the_history_of_an_account_is_its_own(self, ledger: Ledger) -> None:
        asked = StartAsked("usage-drop", "acme", None, DAY, "lea")
        allowed = Allowed("a_table_shrinks_by", "two became one", "lea", "plan", DAY)

        commit(ledger, started(), started("e2", "zeta"), asked, allowed, opened(), GoalMet("e2", DAY))

        assert [row.event for row in ledger.history("acme")] == [started(), asked, opened()]
        assert [row.event for row in ledger.history("zeta")] == [started("e2", "zeta"), GoalMet("e2", DAY)]

    @pytest.mark.parametrize(
        "change",
        ["update event set body = '{}'", "delete from event", "update definition set text = ''",
         "delete from definition"],
    )  # fmt: skip
    def test_nothing_recorded_is_changed_or_deleted(self, ledger: Ledger, path: Path, change: str) -> None:
        commit(ledger, started())

        with pytest.raises(sqlite3.IntegrityError, match="is never"):
            by_hand(path, change)

    @pytest.mark.parametrize(
        "change",
        ["body = replace(body, 'acme', 'zeta')", "account = 'zeta'", "day = '2026-03-01'", "recorded_at = ''",
         "kind = 'Ended'"],
    )  # fmt: skip
    def test_an_event_changed_behind_its_back_is_found(self, ledger: Ledger, path: Path, change: str) -> None:
        commit(ledger, started(), opened(), GoalMet("e1", DAY))
        assert ledger.verify() == []

        by_hand(path, "drop trigger event_stays", f"update event set {change} where seq = 1")

        assert ledger.verify() == [
            "event_stays is not as it was made",
            "event 1 does not follow from the one before: one of the two was changed or taken out",
        ]

    def test_an_event_taken_out_is_found(self, ledger: Ledger, path: Path) -> None:
        commit(ledger, started(), opened(), GoalMet("e1", DAY))

        by_hand(path, "drop trigger event_is_kept", "delete from event where seq = 2")

        assert ledger.verify() == [
            "event_is_kept is not as it was made",
            "event 3 does not follow from the one before: one of the two was changed or taken out",
        ]

    def test_an_event_with_another_number_is_found(self, ledger: Ledger, path: Path) -> None:
        commit(ledger, started(), opened())

        by_hand(path, "drop trigger event_stays", "update event set seq = 7 where seq = 2")

        assert ledger.verify() == [
            "event_stays is not as it was made",
            "event 7 does not follow from the one before: one of the two was changed or taken out",
        ]

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ("update enrollment set outcome = 'lost'", "enrollment e1 is not what its events say"),
            ("update enrollment set state = '{}'", "enrollment e1 is not what its events say"),
            ("update task set owner = 'marc'", "task t1 is not what its events say"),
            ("update outbox set state = 'sent'", "outbox t1 is not what its events say"),
            ("update outbox set run = null", "outbox t1 is not what its events say"),
            (
                "insert into task values ('t2', 'e1', 'p', 'treated', 'lea', 'open', '', '', '')",
                "1 of task belong to no event",
            ),
        ],
    )
    def test_a_cache_that_is_not_the_fold_is_found(
        self, ledger: Ledger, path: Path, change: str, found: str
    ) -> None:
        commit(ledger, started(), opened())

        by_hand(path, change)

        assert ledger.verify() == [found]

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            ("memory", "update memory set value = value + 1 where subject = 'zeta'"),
            ("memory", "update memory set value = cast(value as text) where subject = 'zeta'"),
            ("memory", "update memory set day = day + 1 where subject = 'zeta'"),
            ("memory", "delete from memory where subject = 'zeta'"),
            ("memory", "insert into memory values ('seats', 'bolt', 20514, 3)"),
            ("series", "update series set first_day = first_day - 1"),
            ("run", "update run set counts = '{}'"),
            ("run", "update run set fresh = 0 where id = 2"),
            ("file", "update file set path = 'elsewhere.md'"),
            ("meta", "update meta set v = '' where k = 'made_at'"),
            ("memory", "update meta set v = 'nothing' where k = 'sum of memory'"),
        ],
    )
    def test_what_no_event_explains_is_found_when_it_was_changed(
        self, ledger: Ledger, path: Path, table: str, change: str
    ) -> None:
        remembering(ledger, DAY, acme=3, zeta=4.5)
        remembering(ledger, on(1), acme=True)
        remembering(
            ledger, on(1), acme=("a", "b")
        )  # a second run of the day takes back what the first one knew
        assert ledger.verify() == []

        by_hand(path, change)

        assert ledger.verify() == [f"the rows of {table} are not those that were recorded"]

    def test_a_question_that_nobody_asks_any_more_is_broken_off_and_all_is_well(self, ledger: Ledger) -> None:
        remembering(ledger, DAY, series=f"{SERIES}seats", acme=True, zeta=False)

        remembering(ledger, on(1), acme=3)

        known = {subject: value for subject, value, _ in ledger.remembered(f"{SERIES}seats", on(2))}
        assert known == {"acme": None, "zeta": 0}
        assert ledger.verify() == []

    def test_bytes_that_wait_to_be_put_in_place_are_those_recorded(self, ledger: Ledger, path: Path) -> None:
        commit(ledger, files=[("2026-03-02/tasks.csv", b"key"), ("2026-03-02/index.html", b"page")])

        by_hand(
            path,
            "update file set content = cast('kex' as blob) where path = '2026-03-02/tasks.csv'",
            "update file set content = null where path = '2026-03-02/index.html'",
        )

        assert ledger.verify() == [
            "the bytes of 2026-03-02/tasks.csv are not those that were recorded",
            "the bytes of 2026-03-02/index.html are gone before they were put in place",
        ]

    def test_one_of_an_earlier_version_says_so_until_its_next_run(self, ledger: Ledger, path: Path) -> None:
        remembering(ledger, DAY, acme=3)
        by_hand(path, "delete from meta where k like 'sum of %'")
        assert "nothing says what memory should hold" in ledger.verify()[3]

        remembering(ledger, on(1), acme=4)

        assert ledger.verify() == []

    def test_whatever_byte_is_flipped_is_told_where_anything_reads_differently(
        self, ledger: Ledger, path: Path, tmp_path: Path
    ) -> None:
        for number in range(12):
            commit(ledger, started(f"e{number}", f"a{number}"), opened(f"t{number}", f"e{number}"))
        remembering(ledger, DAY, a=1.5, b=2, c="three", d=True, e=("f", "g"))
        whole, flipped = path.read_bytes(), tmp_path / "flipped.db"
        chance = random.Random(7)
        silent = []

        for _ in range(300):
            place, mask = chance.randrange(len(whole)), chance.choice((0xFF, 0x80, 0x01))
            flipped.write_bytes(whole[:place] + bytes((whole[place] ^ mask,)) + whole[place + 1 :])
            if not told_of(flipped):
                silent.append((place, mask, content(flipped) == content(path)))

        assert [flip for flip in silent if not flip[2]] == []
        assert len(silent) < 300

    @pytest.mark.parametrize("before", [b"create table memory", b"sum of memory"])
    def test_a_letter_that_is_none_any_more_is_a_damage_and_no_crash(self, path: Path, before: bytes) -> None:
        whole = path.read_bytes()
        place = whole.find(before[:13])
        path.write_bytes(whole[: place + 8] + b"\xff" + whole[place + 9 :])

        assert told_of(path) != []

    def test_an_enrollment_starts_once(self, ledger: Ledger) -> None:
        commit(ledger, started())

        with pytest.raises(sqlite3.IntegrityError):
            commit(ledger, started())

    def test_a_subject_is_in_a_playbook_once_at_a_time(self, ledger: Ledger) -> None:
        commit(ledger, started())

        with pytest.raises(sqlite3.IntegrityError):
            commit(ledger, started("e2", episode=2))

        commit(ledger, Ended("e1", DAY, "lost", "exit"), started("e2", episode=2))

    def test_the_texts_of_playbooks_stay(self, ledger: Ledger) -> None:
        commit(ledger)
        commit(ledger)

        assert (ledger.definition("d1"), ledger.definition("d2")) == ("playbook: usage-drop", None)

    def test_the_head_moves_with_each_event(self, ledger: Ledger) -> None:
        heads = [ledger.head()]
        commit(ledger, started())
        heads.append(ledger.head())
        commit(ledger)
        heads.append(ledger.head())

        assert heads[0] == ID
        assert heads[1] == heads[2] != ID


class TestTheOutbox:
    def test_it_holds_the_drafts_of_the_treated_and_nothing_else(self, ledger: Ledger) -> None:
        run = commit(
            ledger,
            started(), opened("mail"), opened("call", kind="task"),
            started("e2", "zeta", arm=Arm.SHADOW), opened("shadow", "e2"),
        )  # fmt: skip

        assert outbox(ledger) == [("mail", "e1", run, "claire", "p1", "draft")]

    @pytest.mark.parametrize(("outcome", "state"), [("sent", "sent"), ("discarded", "discarded")])
    def test_an_answer_settles_a_draft(self, ledger: Ledger, outcome: str, state: str) -> None:
        run = commit(ledger, started(), opened())

        ledger.record([TaskAnswered("e1", "t1", outcome, DAY, "lea")], NOW)

        assert outbox(ledger) == [("t1", "e1", run, "claire", "p1", state)]

    def test_an_end_cancels_a_draft(self, ledger: Ledger) -> None:
        run = commit(ledger, started(), opened())

        commit(ledger, Ended("e1", DAY, "lost", "exit"))

        assert outbox(ledger) == [("t1", "e1", run, "claire", "p1", "cancelled")]

    def test_nobody_is_told_twice(self, ledger: Ledger) -> None:
        commit(ledger, started(), opened())
        ledger.record([TaskAnswered("e1", "t1", "sent", DAY, "lea")], NOW)

        with pytest.raises(sqlite3.IntegrityError, match="nobody is told twice"):
            commit(ledger, opened())

        assert ledger.verify() == []

    @pytest.mark.parametrize(
        "change",
        ["update outbox set state = 'lost'", "update outbox set contact = 'marc'", "delete from outbox"],
    )
    def test_other_moves_are_refused(self, ledger: Ledger, path: Path, change: str) -> None:
        commit(ledger, started(), opened())

        with pytest.raises(sqlite3.IntegrityError):
            by_hand(path, change)

    def test_a_shadow_never_gets_into_it(self, ledger: Ledger, path: Path) -> None:
        commit(ledger, started(arm=Arm.SHADOW))

        with pytest.raises(sqlite3.IntegrityError, match="only a treated enrollment"):
            by_hand(
                path,
                "insert into outbox(task, enrollment, contact, payload, state) values ('t1', 'e1', 'claire', 'p1', 'draft')",
            )
