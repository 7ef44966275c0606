"""How much a workspace may ask: SQLite joins 64 tables at most and reads only so deep; people must never meet that."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.compile import facts
from tests.builders import account, given, on, small, used

PLAYBOOK = """\
playbook: many-{number}
title: Many
status: live
owner: cs_ops
why: Nobody counts conditions.
trigger:
  when:
{conditions}
  already_matching: start
steps:
  - {{id: look, task: Look, owner: csm, due: 1 day}}
"""


def test_one_playbook_may_remember_a_hundred_and_fifty_conditions(tmp_path: Path) -> None:
    lines = [f"    - {{when: arr > -{number}, for: 1 day}}" for number in range(1, 151)]
    world = small(tmp_path, **{"playbooks/many": PLAYBOOK.format(number=0, conditions="\n".join(lines))})
    world.morning(on(0), given(account("acme")))
    assert any(item.playbook == "many-0" for item in world.enrollments("acme"))


def test_a_hundred_and_fifty_playbooks_may_each_remember_and_ask_rows_of_their_own(tmp_path: Path) -> None:
    playbooks = {
        f"playbooks/many-{number}": PLAYBOOK.format(
            number=number,
            conditions=f"    - {{when: arr > -{number}, for: 1 day}}\n"
            f'    - "newest(usage.events, events > -{number + 1}) > 0"',
        )
        for number in range(150)
    }
    world = small(tmp_path, **playbooks)
    world.morning(on(0), given(account("acme")))
    assert sum(item.playbook.startswith("many-") for item in world.enrollments("acme")) == 150


def test_two_playbooks_may_remember_the_same_condition(tmp_path: Path) -> None:
    same = "    - {when: arr > 1, for: 1 day}"
    playbooks = {f"playbooks/many-{n}": PLAYBOOK.format(number=n, conditions=same) for n in range(2)}
    world = small(tmp_path, **playbooks)
    world.morning(on(0), given(account("acme")))
    assert sum(item.playbook.startswith("many-") for item in world.enrollments("acme")) == 2


def test_facts_that_are_settled_again_and_again_stay_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a workspace with hundreds of tables to join, here with four at once."""
    monkeypatch.setattr(facts, "JOINED_AT_ONCE", 8)
    asked = [f'    - "newest(usage.events, events > -{number}) > {number}"' for number in range(1, 31)]
    world = small(tmp_path, **{"playbooks/many": PLAYBOOK.format(number=0, conditions="\n".join(asked))})
    world.morning(on(0), given(account("acme"), usage=[used("acme", on(0), 31), used("zeta", on(0), 30)]))
    assert any(item.playbook == "many-0" for item in world.enrollments("acme"))
    assert not any(item.playbook == "many-0" for item in world.enrollments("zeta"))
