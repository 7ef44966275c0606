"""How a portfolio stands in its segments, as values: by segment and owner, who moved and why, who waits, who is stuck."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from cs_playbook.model.segment import Segment, Segmentation
from cs_playbook.study.behind import Reason


class SegmentNow(Struct, frozen=True):
    """`segment` None: accounts that have none. `money`: their ARR, None where the contract has none. `minutes`: promised a month."""

    segment: Segment | None
    accounts: int
    money: float | None
    minutes: int | None = None


class OwnerNow(Struct, frozen=True):
    """`email` "": nobody. `accounts`: of each segment, in the order of `SegmentationNow.segments`."""

    email: str
    name: str
    accounts: tuple[int, ...]
    money: float | None
    minutes: int


class Whose(Struct, frozen=True):
    """An account with its ARR, if that is known."""

    account: str
    name: str
    money: float | None = None


class Moved(Struct, frozen=True):
    """`before`, `now`: segments, yes or no for a tag, None for none. `reason` None: nothing above it fits, or by hand."""

    whose: Whose
    fact: str
    before: str | None
    now: str | None
    reason: Reason | None
    by_hand: str | None = None


class Waiting(Struct, frozen=True):
    """The rules say another segment than that in which so many accounts still stand."""

    now: str | None
    says: str | None
    accounts: int
    some: tuple[Whose, ...]


class ByHand(Struct, frozen=True):
    """A segment, or a tag, that a person has set."""

    whose: Whose
    fact: str
    value: str
    until: date | None
    by: str
    because: str


class InStage(Struct, frozen=True):
    """An account that is longer in its segment than expected. `state`: behind or stuck."""

    whose: Whose
    segment: str
    days: int
    state: str


class SegmentationNow(Struct, frozen=True):
    """`since`: of `moved`; None where nothing is remembered that far back. `moves`: (before, now) → how many of them.

    Of lists only the first are there; `nowhere`, `overdue` say how many there are.
    """

    segmentation: Segmentation
    segments: tuple[SegmentNow, ...]
    owners: tuple[OwnerNow, ...]
    since: date | None
    moves: Mapping[tuple[str | None, str | None], int]
    moved: tuple[Moved, ...]
    waiting: tuple[Waiting, ...]
    by_hand: tuple[ByHand, ...]
    nowhere: tuple[Whose, ...]
    in_stage: tuple[InStage, ...]
    overdue: Mapping[str, int]

    @property
    def money(self) -> float | None:
        known = [one.money for one in self.segments if one.money is not None]
        return sum(known) if known else None


class PortfolioSegments(Struct, frozen=True):
    """Of the `accounts` that playbooks see."""

    day: date
    accounts: int
    found: tuple[SegmentationNow, ...]
