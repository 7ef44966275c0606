"""A scorecard → the queries that show a portfolio by its bands, and the accounts that do worst."""

from __future__ import annotations

from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.sql import constant, quoted
from cs_playbook.model.scorecard import Scorecard

# Whom playbooks see.
ACTIVE_KEYS = f"select _id from temp.facts_keyed where {quoted(ACTIVE)}"


def by_band(card: Scorecard, money: str | None) -> str:
    """(band or null, accounts, money or null, accounts that an override put there) of all active accounts."""
    total = f"total({quoted(money)})" if money else "null"
    return (
        f"select {quoted(card.band)}, count(*), {total} from temp.facts where {quoted(ACTIVE)} "
        f"group by {quoted(card.band)}"
    )


def worst(card: Scorecard, money: str | None) -> str:
    """Parameter: how many. (key, all facts …) by band, then by score, then the most money first."""
    bands = card.bands if card.high_is_good else card.bands[::-1]
    rank = "".join(f" when {constant(band.name)} then {place}" for place, band in enumerate(bands))
    best = constant(bands[-1].name)
    score = f"f.{quoted(card.name)} {'asc' if card.high_is_good else 'desc'}"
    order = [f"case f.{quoted(card.band)}{rank} end", f"f.{quoted(card.name)} is null", score]
    order += [f"f.{quoted(money)} desc"] if money else []
    return (
        f"select f._id, f.* from temp.facts_keyed f where f.{quoted(ACTIVE)} and f.{quoted(card.band)} <> {best} "
        f"order by {', '.join([*order, 'f._id'])} limit ?"
    )
