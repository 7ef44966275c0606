"""Memory of conditions with `for`: what nobody asked for on a day is not known to have held on it."""

from __future__ import annotations

from datetime import date

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import Observation
from cs_playbook.effects.run_record import RunRecord

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, day) for day in (2, 3, 4, 5))
GREW = "lasting_grew"


def ran(ledger: Ledger, day: date, *observations: Observation) -> None:
    ledger.commit(RunRecord(day, "", day.isoformat(), "", "", "", ""), (), (), observations, (), "")


def test_a_condition_that_is_asked_every_day_is_remembered_from_its_first_yes() -> None:
    with Ledger.in_memory() as ledger:
        ran(ledger, MONDAY, Observation(GREW, [("acme", 1), ("borealis", 0)]))
        ran(ledger, TUESDAY, Observation(GREW, []))

        remembered = list(ledger.remembered(GREW, WEDNESDAY))

    assert remembered == [("acme", 1, MONDAY), ("borealis", 0, MONDAY)]


def test_a_run_that_does_not_ask_it_breaks_every_yes() -> None:
    with Ledger.in_memory() as ledger:
        ran(ledger, MONDAY, Observation(GREW, [("acme", 1), ("borealis", 0)]))
        ran(ledger, TUESDAY)
        ran(ledger, WEDNESDAY)

        remembered = list(ledger.remembered(GREW, THURSDAY))

    assert remembered == [("acme", None, TUESDAY), ("borealis", 0, MONDAY)]


def test_a_second_run_of_the_day_that_asks_it_again_has_not_missed_it() -> None:
    with Ledger.in_memory() as ledger:
        ran(ledger, MONDAY, Observation(GREW, [("acme", 1)]))
        ran(ledger, TUESDAY)
        ran(ledger, TUESDAY, Observation(GREW, [("borealis", 1)]))

        remembered = list(ledger.remembered(GREW, WEDNESDAY))

    assert remembered == [("acme", 1, MONDAY), ("borealis", 1, TUESDAY)]


def test_other_memory_stays_though_nobody_asks_for_it() -> None:
    with Ledger.in_memory() as ledger:
        ran(ledger, MONDAY, Observation("fact:seats", [("acme", 1)]))
        ran(ledger, TUESDAY)

        remembered = list(ledger.remembered("fact:seats", WEDNESDAY))

    assert remembered == [("acme", 1, MONDAY)]
