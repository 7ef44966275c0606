"""`make torture`: how many kills, which scenarios → a table of what was lost, doubled or torn (nothing), exit code 1 if any.

What failed is printed as SCENARIO/CUT; `make torture ARGS="--replay SCENARIO/CUT"` does just that again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.torture import forgetting, sending, syscalls
from tests.torture.cuts import (
    AtLine,
    AtMoment,
    AtSyscall,
    Cut,
    lines_of,
    microseconds_of,
    read_cut,
    some_of,
    syscalls_of,
)
from tests.torture.forgetting import ForgetTorture
from tests.torture.kills import Torture
from tests.torture.post_office import post_office
from tests.torture.scenarios import SCENARIOS
from tests.torture.sending import SendTorture

_IN_MEMORY = Path("/dev/shm")
_AT_ONCE = 250  # cuts for one preparation of a scenario
_NAMES = (*SCENARIOS, *sending.NAMES, *forgetting.NAMES)
_KINDS = {AtLine: "lines", AtSyscall: "system calls", AtMoment: "moments"}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the work: one scenario, some of its cuts."""

    scenario: str
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """`counts`: kills by kind, and how many states of the disk were carried on to the end. `wrong`: (cut, sentence)."""

    scenario: str
    counts: Counter[str]
    wrong: tuple[tuple[str, str], ...]


def main(arguments: Sequence[str]) -> int:
    asked = _asked(arguments)
    if asked.replay:
        scenario, _, cut = asked.replay.partition("/")
        return _show([_work(Share(scenario, (read_cut(cut),)))])
    os.nice(19)
    print(f"seed {asked.seed}", flush=True)
    names = asked.scenario or list(_NAMES)
    told: list[Told] = []
    with _pool(asked.workers) as pool:
        shares = _shares(names, asked.kills // len(names) + 1, random.Random(asked.seed))
        waiting = [pool.submit(_work, share) for share in shares]
        try:
            for one in _as_they_come(waiting):
                told.append(one)
        except KeyboardInterrupt:  # what is done is told all the same
            pool.shutdown(wait=False, cancel_futures=True)
    return _show(told)


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="make torture ARGS=…", description=__doc__)
    reader.add_argument("--kills", type=int, default=30_000, help="how many in all")
    reader.add_argument(
        "--seed", type=int, default=int.from_bytes(os.urandom(4)), help="which points are chosen"
    )
    reader.add_argument("--scenario", action="append", choices=_NAMES, help="only this one")
    reader.add_argument("--workers", type=int, default=os.cpu_count(), help="processes at once")
    reader.add_argument("--replay", help="SCENARIO/CUT, as it was printed")
    return reader.parse_args(arguments)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork"))


def _shares(names: Sequence[str], kills: int, chance: random.Random) -> list[Share]:
    """Those of all scenarios in turn: whoever stops early has seen something of each."""
    shares: list[tuple[int, Share]] = []
    for name in names:
        with _prepared(name) as torture:
            cuts = _cuts(torture, kills, chance)
        shares += [
            (begin, Share(name, tuple(cuts[begin : begin + _AT_ONCE])))
            for begin in range(0, len(cuts), _AT_ONCE)
        ]
    return [share for _, share in sorted(shares, key=lambda share: share[0])]


@contextmanager
def _prepared(name: str) -> Iterator[Torture | SendTorture | ForgetTorture]:
    """In memory where there is such a place: nothing here waits for a disk."""
    room = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="torture-", dir=room) as folder:
        if name in SCENARIOS:
            yield Torture.of(SCENARIOS[name], Path(folder))
        elif name in forgetting.NAMES:
            yield ForgetTorture.of(Path(folder))
        else:
            with post_office(Path(folder) / "book") as office:
                yield SendTorture.of(name, Path(folder), office)


def _cuts(torture: Torture | SendTorture | ForgetTorture, kills: int, chance: random.Random) -> list[Cut]:
    """Each line and each system call that changes something once; then any time of any line, and any moment."""
    lines = lines_of(torture.work())
    calls = syscalls_of(torture.work()) if syscalls.possible() else []
    first: list[Cut] = [AtSyscall(number) for number in calls]
    then: list[Cut] = [AtLine(file, line, 1) for file, line, _ in lines]
    left = max(kills - len(first) - len(then), 0)
    longest = microseconds_of(torture.work())
    then += some_of(lines, chance, left // 2)
    then += [AtMoment(chance.randrange(longest)) for _ in range(left - left // 2)]
    # What changes the disk comes first, for those who have time for few.
    chance.shuffle(first)
    chance.shuffle(then)
    return [*first, *then][:kills]


def _work(share: Share) -> Told:
    counts: Counter[str] = Counter()
    wrong: list[tuple[str, str]] = []
    with _prepared(share.scenario) as torture:
        for cut in share.cuts:
            outcome = torture.after(cut)
            counts[_KINDS[type(cut)] if outcome.killed else "came too late"] += 1
            counts["states"] += outcome.new
            wrong += [(f"{share.scenario}/{cut}", sentence) for sentence in outcome.wrong]
    return Told(share.scenario, counts, tuple(wrong))


def _as_they_come(waiting: Sequence[Future[Told]]) -> Iterator[Told]:
    began, kills = os.times().elapsed, 0
    for done in as_completed(waiting):
        told = done.result()
        kills += sum(told.counts[kind] for kind in _KINDS.values())
        rate = kills / max(os.times().elapsed - began, 1)
        print(f"{kills} kills, {rate:.1f} a second, {len(told.wrong)} wrong in {told.scenario}", flush=True)
        yield told


def _show(told: Sequence[Told]) -> int:
    columns = (*_KINDS.values(), "came too late", "states")
    print(f"{'':24}" + "".join(f"{column:>15}" for column in columns))
    total: Counter[str] = Counter()
    for name in dict.fromkeys(one.scenario for one in told):
        counts = sum((one.counts for one in told if one.scenario == name), Counter())
        total += counts
        print(f"{name:24}" + "".join(f"{counts[column]:15}" for column in columns))
    print(f"{'in all':24}" + "".join(f"{total[column]:15}" for column in columns))
    wrong = [line for one in told for line in one.wrong]
    for cut, sentence in wrong[:20]:
        print(f"WRONG {cut}: {sentence}")
    print(f"{sum(total[kind] for kind in _KINDS.values())} kills: {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
