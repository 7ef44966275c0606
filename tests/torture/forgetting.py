"""A `forget` and a point of it → what was wrong after the kill, and after the next run: the person is gone, all else is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_playbook.effects.ledger import Ledger
from tests.builders import World, on
from tests.test_forget import bytes_of_others, forgotten, hits, lived_in, wrong_of
from tests.torture.cuts import Cut, Work, killed
from tests.torture.kills import Outcome

NAMES = ("forget",)


@dataclass(frozen=True)
class ForgetTorture:
    """`others`: what there is of everybody else."""

    before: World
    place: Path
    others: Mapping[str, Any]

    @classmethod
    def of(cls, folder: Path) -> ForgetTorture:
        before = lived_in(folder / "before" / "small")
        return cls(before, folder / "cut", bytes_of_others(before))

    def work(self) -> Work:
        """The forgetting in a fresh copy, always in the same place."""
        if self.place.exists():
            shutil.rmtree(self.place)
        world = self.before.copy(self.place)
        world.workspace  # noqa: B018 - the files are read before the work begins
        return lambda: forgotten(world)

    def after(self, cut: Cut) -> Outcome:
        was_killed = killed(self.work(), cut)
        return Outcome(was_killed, True, tuple(self._wrong(World(self.place))))

    def _wrong(self, world: World) -> Iterator[str]:
        begun = (world.root / "data" / "ledger.forgetting").exists()
        with Ledger.open(world.ledger, None, writing=True) as ledger:
            yield from ledger.verify()
        world.run(on(2))
        if begun:
            yield from (f"{path} names them after the run" for path in hits(world))
        forgotten(world)
        yield from (f"{path} names them" for path in hits(world))
        yield from wrong_of(world)
        if bytes_of_others(world) != self.others:
            yield "something of others is another"
