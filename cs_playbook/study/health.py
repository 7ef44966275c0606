"""How a portfolio, or one account, does by its scorecards, as values: bands, the worst, the whole sum, what was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cs_playbook.model.scorecard import Scorecard
from cs_playbook.model.scored import Scored
from cs_playbook.model.value import FieldType


@dataclass(frozen=True, slots=True)
class BandNow:
    """`band` None: accounts without a score. `money`: their ARR, None where the contract has none. `past`: how many
    accounts of today were in it, oldest first."""

    band: str | None
    accounts: int
    money: float | None
    past: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WorstAccount:
    """`units`: of facts that have one."""

    account: str
    name: str
    money: float | None
    scored: Scored


@dataclass(frozen=True, slots=True)
class CardNow:
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


@dataclass(frozen=True, slots=True)
class PortfolioHealth:
    """Of the accounts that playbooks see."""

    day: date
    cards: tuple[CardNow, ...]
    units: Mapping[str, tuple[FieldType | None, str]]  # fact → its type and unit, for screens


@dataclass(frozen=True, slots=True)
class ScoreNow:
    """`changes`: days → what the number has gained since, where it was remembered. `since`: in this band from that day on,
    as far as memory goes."""

    scored: Scored
    changes: Mapping[int, float]
    since: date | None = None


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """`present` False: the account is missing from the snapshot."""

    day: date
    account: str
    name: str
    present: bool
    scores: tuple[ScoreNow, ...]
    units: Mapping[str, tuple[FieldType | None, str]]
