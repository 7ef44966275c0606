"""Accounts and their owners → what each has on their hands, and whether there is room for more, while accounts change hands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor

from msgspec import Struct, field

from cs_playbook.model.assignment import ACCOUNTS, MINUTES
from cs_playbook.model.team import Person
from cs_playbook.model.value import Value
from cs_playbook.study.capacity import A_MONTH


class Owned(Struct, frozen=True):
    """An account. `owner` "": nobody. `rule`: the place of the one that takes it; None: none does, or `unknown` says which.

    `empty`: the facts that make that one unknown. `minutes`: promised a month. `share`: of all that one person may have. `values`: the facts that rules ask for.
    """

    key: str
    name: str
    owner: str
    rule: int | None
    minutes: int = 0
    share: Fraction = Fraction(0)
    values: Mapping[str, Value] = field(default_factory=dict)
    unknown: str = ""
    empty: str = ""


class Load(Struct, frozen=True):
    """`minutes` a month; `share`: 1 where they have as many accounts as one person may; `sums`: fact → its sum."""

    accounts: int = 0
    minutes: int = 0
    share: Fraction = Fraction(0)
    sums: Mapping[str, float] = field(default_factory=dict)

    def with_one(self, one: Owned, sign: int) -> Load:
        sums = dict(self.sums)
        for fact, value in one.values.items():
            if isinstance(value, int | float):
                sums[fact] = sums.get(fact, 0.0) + sign * value
        return Load(
            self.accounts + sign, self.minutes + sign * one.minutes, self.share + sign * one.share, sums
        )


def room_of(person: Person) -> Fraction | None:
    """Minutes they have in a month without holidays; None where nobody says."""
    return None if person.minutes_per_week is None else person.minutes_per_week * A_MONTH


class Books:
    """Holds who owns what while accounts change hands. `room`: address → minutes a month."""

    def __init__(self, accounts: Iterable[Owned], room: Mapping[str, Fraction | None]) -> None:
        self.room = room
        # Minutes of accounts are whole, so is what there is room for; fractions would be compared a million times.
        self._most = {owner: None if had is None else floor(had) for owner, had in room.items()}
        self._owners: dict[str, str] = {}
        self._loads: dict[str, Load] = {}
        self._leaving: dict[str, str] = {}  # account → whose it still is
        self._staying: dict[str, Load] = {}  # without what leaves
        for one in accounts:
            self._take(one, one.owner)

    def owner(self, one: Owned) -> str:
        return self._owners[one.key]

    def loads(self) -> dict[str, Load]:
        return {owner: load for owner, load in self._loads.items() if owner}

    def give(self, accounts: Iterable[Owned], owner: str) -> None:
        for one in accounts:
            before = self._owners[one.key]
            self._loads[before] = self._loads[before].with_one(one, -1)
            if self._leaving.pop(one.key, None) is None:
                self._staying[before] = self._staying.get(before, Load()).with_one(one, -1)
            self._take(one, owner)

    def leaving(self, accounts: Iterable[Owned]) -> None:
        """What is in wrong hands weighs nothing there when it is asked who has the least; its room is taken until it goes."""
        wrong = {one.key: one for one in accounts}
        self._leaving = {key: self._owners[key] for key in wrong}
        self._staying = dict(self._loads)
        for key, owner in self._leaving.items():
            self._staying[owner] = self._staying[owner].with_one(wrong[key], -1)

    def _take(self, one: Owned, owner: str) -> None:
        self._owners[one.key] = owner
        self._loads[owner] = self._loads.get(owner, Load()).with_one(one, 1)
        self._staying[owner] = self._staying.get(owner, Load()).with_one(one, 1)

    # --- room ---

    def has_room(self, owner: str, accounts: Iterable[Owned]) -> bool:
        """What asks nothing has room everywhere."""
        new = [one for one in accounts if self._owners[one.key] != owner]
        minutes, share = sum(one.minutes for one in new), sum(one.share for one in new if one.share)
        now, most = self._loads.get(owner, Load()), self._most.get(owner)
        fits = not minutes or most is None or now.minutes + minutes <= most
        return fits and (not share or now.share + share <= 1)

    def over(self) -> list[str]:
        """In order of address."""
        return sorted(owner for owner in self.loads() if any(self._too_much(owner)))

    def relieves(self, owner: str, accounts: Sequence[Owned]) -> bool:
        minutes, share = self._too_much(owner)
        return bool(
            (minutes and sum(one.minutes for one in accounts))
            or (share and sum(one.share for one in accounts))
        )

    def enough(self, owner: str, accounts: Sequence[Owned]) -> bool:
        """Whether it is not too much any more without these."""
        minutes, share = self._too_much(owner)
        return sum(one.minutes for one in accounts) >= minutes and sum(one.share for one in accounts) >= share

    def _too_much(self, owner: str) -> tuple[Fraction, Fraction]:
        load, most = self._loads[owner], self.room.get(owner)
        minutes = Fraction(0) if most is None else max(load.minutes - most, Fraction(0))
        return minutes, max(load.share - 1, Fraction(0))

    # --- who has the least ---

    def weigh(self, balance: str, among: Sequence[str], accounts: Sequence[Owned]) -> Callable[[str], float]:
        """What each would have: minutes as a share of those they have, where all of them say how many."""
        minutes = sum(one.minutes for one in accounts)
        shares = all(self.room.get(owner) for owner in among)

        def weight(owner: str) -> float:
            load = self._staying.get(owner, Load())
            if balance == ACCOUNTS:
                return load.accounts
            if balance != MINUTES:
                return load.sums.get(balance, 0.0)
            asked = load.minutes + minutes
            return float(asked / (self.room[owner] or 1)) if shares else float(asked)

        return weight
