"""Mails as files: a folder of .eml, a Maildir; whatever cuts it, each is there once."""

from __future__ import annotations

import mailbox
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_playbook.effects.mail_folder import MailFolder, eml_folder, maildir
from cs_playbook.errors import UserError
from cs_playbook.model.outbox import Delivered, InDoubt, Sealed

ONE = Sealed("one", "lea@v.example", ("claire@acme.example",), b"Subject: one\r\n\r\nHello\r\n")
TWO = Sealed("two", "lea@v.example", ("bob@bolt.example",), b"Subject: two\r\n\r\nHello\r\n")

both = pytest.mark.parametrize("make", [eml_folder, maildir])


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def laid(way: MailFolder, *mails: Sealed) -> list[object]:
    way.make_ready(mails)
    found: list[object] = [way.hand_over(mail) for mail in mails]
    way.settle()
    return found


def test_a_folder_holds_the_bytes_as_they_are(tmp_path: Path) -> None:
    assert laid(eml_folder(tmp_path / "out"), ONE) == [Delivered(str(tmp_path / "out" / "one.eml"))]

    assert files(tmp_path / "out") == ["one.eml"]
    assert (tmp_path / "out" / "one.eml").read_bytes() == ONE.content


def test_a_maildir_is_read_by_mail_programs(tmp_path: Path) -> None:
    laid(maildir(tmp_path), ONE, TWO)

    assert sorted(str(mail["Subject"]) for mail in mailbox.Maildir(str(tmp_path), create=False)) == [
        "one",
        "two",
    ]


@both
def test_nobody_sees_a_mail_before_it_is_handed_over(
    make: Callable[[Path], MailFolder], tmp_path: Path
) -> None:
    way = make(tmp_path)

    way.make_ready((ONE,))

    assert [path for path in files(tmp_path) if not path.startswith((".ready/", "tmp/"))] == []


@both
@pytest.mark.parametrize("done", ["nothing", "ready", "handed over"])
def test_after_a_cut_it_is_there_once(make: Callable[[Path], MailFolder], tmp_path: Path, done: str) -> None:
    way = make(tmp_path)
    if done != "nothing":
        way.make_ready((ONE, TWO))
    if done == "handed over":
        way.hand_over(ONE)

    assert all(isinstance(one, Delivered) for one in laid(make(tmp_path), ONE, TWO))
    assert len(files(tmp_path)) == 2


def test_one_that_was_read_meanwhile_is_not_put_there_again(tmp_path: Path) -> None:
    laid(maildir(tmp_path), ONE)
    (tmp_path / "new" / "one.cs-playbook").rename(tmp_path / "cur" / "one.cs-playbook:2,S")

    assert isinstance(laid(maildir(tmp_path), ONE)[0], Delivered)
    assert files(tmp_path) == ["cur/one.cs-playbook:2,S"]


@both
def test_one_that_is_nowhere_after_a_cut_is_in_doubt(
    make: Callable[[Path], MailFolder], tmp_path: Path
) -> None:
    assert isinstance(make(tmp_path).hand_over(ONE), InDoubt)


@both
def test_where_nobody_may_write_nothing_is_handed_over(
    make: Callable[[Path], MailFolder], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(UserError, match="cannot be written"):
        make(tmp_path / "file" / "box").make_ready((ONE,))


@both
def test_each_step_is_on_the_disk_before_the_next(
    make: Callable[[Path], MailFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes and their folder before anybody records that they are sent; the new place after."""
    synced: list[str] = []
    real = os.fsync

    def seen(descriptor: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        real(descriptor)

    way = make(tmp_path / "box")
    monkeypatch.setattr(os, "fsync", seen)
    way.make_ready((ONE,))
    ready = list(synced)
    synced.clear()
    way.hand_over(ONE)
    way.settle()

    assert ready[-2:] == [way.file("one"), way.ready.name]
    assert set(synced) >= {way.there.name, way.ready.name}
