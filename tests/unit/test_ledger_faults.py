"""A fault of the ledger's file is told as a sentence, and holds nothing open once it has been told."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from weakref import ref

import pytest

from cs_playbook.effects.ledger_faults import reading, the_machine_allows
from cs_playbook.errors import StoppedOnPurpose


class Opened:
    """What a frame has open when the fault passes it."""


@pytest.fixture(autouse=True)
def no_garbage_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("around", [the_machine_allows, reading])
def test_what_was_open_is_let_go_when_the_fault_is_told(
    around: Callable[[object], AbstractContextManager[None]],
) -> None:
    seen: list[ref[Opened]] = []

    def asks() -> None:
        opened = Opened()
        seen.append(ref(opened))
        with around("ledger.db"):
            raise damaged()

    with pytest.raises(StoppedOnPurpose, match=r"the ledger ledger\.db is damaged"):
        asks()

    assert [one() for one in seen] == [None]


@pytest.mark.parametrize("around", [the_machine_allows, reading])
def test_a_mistake_of_ours_stays_what_it_is(
    around: Callable[[object], AbstractContextManager[None]],
) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such column"), around("ledger.db"):
        raise sqlite3.OperationalError("no such column: x")


def damaged() -> sqlite3.DatabaseError:
    fault = sqlite3.DatabaseError("database disk image is malformed")
    fault.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return fault
