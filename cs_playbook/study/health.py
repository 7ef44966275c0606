"""How a portfolio, or one account, does by its scorecards, as values: bands, the worst, the whole sum, what was before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from cs_playbook.model.scorecard import Scorecard
from cs_playbook.model.scored import Scored
from cs_playbook.model.value import FieldType


class BandNow(Struct, frozen=True):
    """`band` None: accounts without a score. `money`: their ARR, None where the contract has none. `past`: how many
    accounts of today were in it, oldest first."""

    band: str | None
    accounts: int
    money: float | None
    past: tuple[int, ...] = ()


class WorstAccount(Struct, frozen=True):
    """`units`: of facts that have one."""

    account: str
    name: str
    money: float | None
    scored: Scored


class CardNow(Struct, frozen=True):
    """`days`: of `past`, oldest first; empty where nothing is remembered yet."""

    card: Scorecard
    bands: tuple[BandNow, ...]
    worst: tuple[WorstAccount, ...]
    days: tuple[date, ...] = ()

    @property
    def accounts(self) -> int:
        return sum(band.accounts for band in self.bands)

    @property
    def money(self) -> float | None:
        known = [band.money for band in self.bands if band.money is not None]
        return sum(known) if known else None


class PortfolioHealth(Struct, frozen=True):
    """Of the accounts that playbooks see."""

    day: date
    cards: tuple[CardNow, ...]
    units: Mapping[str, tuple[FieldType | None, str]]  # fact → its type and unit, for screens


class ScoreNow(Struct, frozen=True):
    """`changes`: days → what the number has gained since, where it was remembered. `since`: in this band from that day on,
    as far as memory goes."""

    scored: Scored
    changes: Mapping[int, float]
    since: date | None = None


class AccountHealth(Struct, frozen=True):
    """`present` False: the account is missing from the snapshot."""

    day: date
    account: str
    name: str
    present: bool
    scores: tuple[ScoreNow, ...]
    units: Mapping[str, tuple[FieldType | None, str]]
