"""Weeks of mails that go by themselves, beside a server that counts; `make torture` plays many more of them."""

from __future__ import annotations

from datetime import date

import pytest

from cs_playbook.model.outbox import MailState
from tests.torture import mail_weeks
from tests.torture.mail_truth import CUT_AFTER, LOST, TAKEN
from tests.torture.mail_weeks import MailWeeks


def test_over_some_days_nobody_is_told_twice_or_against_their_will() -> None:
    mail_weeks.play(examples=1, steps=6, derandomize=True)


def test_what_is_in_doubt_is_sent_again_only_when_a_person_says_so() -> None:
    played = MailWeeks()
    played.begin(date(2026, 3, 25))
    try:
        played.it_is_sent([CUT_AFTER], 0)
        played.it_is_sent([TAKEN], 0)
        (doubted,) = played.in_state(MailState.UNCERTAIN)
        played.a_doubt_is_settled(0, "again")
        played.it_is_sent([LOST], 0)
        played.a_run_is_taken_back()
        played.ordinary_days([(0, "let go"), (0, "rewrite")], [])
        assert played.in_state(MailState.UNCERTAIN) == {doubted}
    finally:
        played.teardown()


def test_the_server_finds_what_was_sent_twice() -> None:
    """Else it could not find anything."""
    played = MailWeeks()
    played.begin(date(2026, 3, 25))
    try:
        played.it_is_sent([TAKEN], 0)
        sent = played.truth.reached[0]
        played.book.write_text("\t".join((sent.key, *sent.readers)) + "\n", encoding="utf-8")
        with pytest.raises(AssertionError, match="already"):
            played.counted()
    finally:
        played.teardown()
