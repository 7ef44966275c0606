"""The CRM has renamed or merged an account: all that was its own goes on, and no key is ever made twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.move_account import Moved, move_account
from cs_playbook.commands.people import Act
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.event import Muted, Started, TraitSet
from tests.builders import World, account, given, on, small

LEA = "lea@vendor.example"


def move(world: World, old: str, to: str, day: int) -> Moved:
    act = Act(LEA, on(day), f"{on(day)}T08:00:00Z")
    return move_account(world.workspace.place, old, to, "merged in the CRM", act)


def renamed(tmp_path: Path) -> World:
    """On Monday it is acme, with a task, a trait and a word to leave it alone; on Tuesday the exports call it acme-2."""
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    with Ledger.open(world.ledger, None, writing=True) as ledger:
        said = [TraitSet("acme", "at_risk", True, on(0), LEA), Muted("acme", on(0), on(5), "a talk", LEA)]
        ledger.record(said, f"{on(0)}T09:00:00Z")
    world.export(given(account("acme-2", seats=3), day=1))
    world.build(on(1))
    return world


def test_a_renamed_account_goes_on_where_it_was(tmp_path: Path) -> None:
    world = renamed(tmp_path)
    before = world.enrollment("acme", "few-seats")

    moved = move(world, "acme", "acme-2", 1)
    world.run(on(1))

    after = world.enrollment("acme-2", "few-seats")
    assert (moved.enrollments, moved.traits, moved.ended) == (1, 1, ())
    assert (after.key, after.open_tasks[0].key, after.absent_since) == (
        before.key,
        before.open_tasks[0].key,
        None,
    )
    assert world.starts() == [("acme", "few-seats", 0)]
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert [
            (word.account, word.value, word.on)
            for word in ledger.said_of("at_risk", None, on(2))
            if word.value
        ] == [("acme-2", True, on(0))]
        assert ledger.muted(on(1)).keys() == {"acme-2"}
        assert {since for _, since in fits(ledger)} == {on(0)}
        assert next(type(item.event) for item in ledger.history("acme-2")) is Started
    assert world.wrong() == []
    world.done(after.open_tasks[0], "product", on(1))
    assert world.wrong() == []


def fits(ledger: Ledger) -> list[tuple[str, object]]:
    return [
        (subject, since) for subject, value, since in ledger.remembered("fits:few-seats:live", on(9))
        if value and subject == "acme-2"
    ]  # fmt: skip


def test_of_two_that_are_in_the_same_playbook_the_one_that_moves_ends(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))
    world.export(given(account("bolt", seats=3), day=1))
    world.build(on(1))

    moved = move(world, "acme", "bolt", 1)

    assert [item.playbook for item in moved.ended] == ["few-seats"]
    assert sorted((item.outcome or "", item.is_open) for item in world.enrollments("bolt")) == [
        ("", True), ("merged", False),
    ]  # fmt: skip
    assert world.wrong() == []


def test_another_customer_under_the_old_id_gets_keys_of_its_own(tmp_path: Path) -> None:
    world = renamed(tmp_path)
    move(world, "acme", "acme-2", 1)
    world.run(on(1))

    world.morning(on(2), given(account("acme-2", seats=3), account("acme", seats=2), day=2))

    keys = [world.enrollment(key, "few-seats").key for key in ("acme", "acme-2")]
    assert len(set(keys)) == 2
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert (
            len({item.event.account for item in ledger.history("acme-2") if isinstance(item.event, Started)})
            == 1
        )
    assert world.wrong() == []


def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    world = renamed(tmp_path)
    for old, to, why in (
        ("acme", "acme", "is the same account"),
        ("zeta", "acme-2", "zeta is still in the snapshot of 2026-03-03"),
        ("acme", "acme-3", "there is no account 'acme-3'"),
        ("nobody", "acme-2", "nothing is known of an account 'nobody'"),
    ):
        with pytest.raises(ChoiceError, match=why):
            move(world, old, to, 1)
