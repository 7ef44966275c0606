"""A number that comes out too large stops nobody: what is beyond 64 bits is a decimal one, what has no end is not known."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cs_playbook.commands.vocabulary import vocabulary
from cs_playbook.effects.ledger_lines import lines_of
from cs_playbook.errors import Undecidable
from cs_playbook.model.event import Started
from tests.builders import World, account, on, small, tables, used

SIGNALS = """\
signals:
  squared: {value: seats * seats}
  endless: {value: arr * arr}
  events_now: {from: usage, value: sum(events)}
"""
WATCHES = """\
playbook: watches
title: Watches numbers
why: To see what becomes of them.
status: live
owner: cs_ops
trigger:
  when: [squared > 9.1e18, endless > 5 or was(endless) is null or seats > 0]
  already_matching: start
exit:
  - {when: endless < at_start(endless) or squared < at_start(squared), outcome: lost}
steps:
  - {id: look, task: Look, owner: csm}
"""
LARGE = account("acme", seats=5_000_000_000, arr="1e200")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = small(tmp_path, signals=SIGNALS)
    made.write("playbooks/watches.yaml", WATCHES)
    return made


def test_a_run_writes_down_only_what_has_an_end(world: World) -> None:
    world.morning(on(0), tables([LARGE, account("beta")]))

    [started] = [event for event in world.events() if isinstance(event, Started)]
    assert started.at_start == {"endless": None, "squared": 2.5e19}
    assert world.wrong() == []
    with closing(sqlite3.connect(world.ledger)) as connection:
        assert any('"fact:endless"' in line for line in lines_of(connection))


def test_a_sum_that_sqlite_cannot_make_is_told_by_every_command(world: World) -> None:
    rows = [used("acme", on(0), 2**63 - 1)] * 2
    world.export(tables([LARGE], usage=rows))
    world.build(on(0))

    with pytest.raises(Undecidable, match="a sum of whole numbers is too large"):
        vocabulary(world.workspace, "events_now", None)
