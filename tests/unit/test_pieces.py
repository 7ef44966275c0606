"""Cells on a screen: cut short, wrapped and broken where a reader would, and never slowly."""

from __future__ import annotations

import pytest

from cs_playbook.report import pieces
from cs_playbook.report.pieces import LONGEST, Cell, Column, plain, shorten, table, wrap


@pytest.mark.parametrize("letter", ["é", "漢", "e\u0301", "é "])
def test_a_text_of_many_letters_is_looked_at_a_few_times_at_most(
    letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    measure = pieces._wide

    def counted(one: str) -> int:
        nonlocal looks
        looks += 1
        return measure(one)

    monkeypatch.setattr(pieces, "_wide", counted)
    text = letter * 20_000

    list(table([[Cell(text), Cell("acme")]], [Column(10), Column()], 80))

    assert looks < 5 * len(text)


def test_what_nobody_reads_on_a_screen_is_cut_short() -> None:
    lines = wrap("x" * 100_000, 40)

    assert sum(map(len, lines)) == LONGEST
    assert lines[-1].endswith("…")


def test_what_was_tied_together_is_broken_there_before_a_word_is() -> None:
    assert wrap("contract_start\u00a01\u00a0Sep\u00a02022", 18) == ["contract_start\u00a01", "Sep\u00a02022"]


def test_a_name_is_broken_behind_its_signs() -> None:
    assert wrap("at_start(active_users_before)", 20) == ["at_start(active_", "users_before)"]
    assert wrap("claire.beravel@marmaladefreight.example", 26) == [
        "claire.beravel@",
        "marmaladefreight.example",
    ]


def test_no_letter_is_lost_in_breaking() -> None:
    text = "one_two-three/" * 20

    assert "".join(wrap(text, 17)) == text


def test_a_text_that_just_fits_is_not_shortened() -> None:
    assert [shorten("漢字", 4), shorten("漢字", 3), shorten("abc", 3), shorten("abcd", 3)] == [
        "漢字",
        "漢…",
        "abc",
        "ab…",
    ]


def test_a_column_that_may_not_give_way_is_no_wider_than_the_screen() -> None:
    shown = plain(table([[Cell("y" * 300)]], [Column()], 60))

    assert max(map(len, shown.splitlines())) <= 62
