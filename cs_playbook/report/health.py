"""How a portfolio, or one account, does → a screen and JSON: bands with a small trend, the worst, the sum of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cs_playbook.model.scored import Counted, Scored
from cs_playbook.report.health_sum import Units, score_words, sum_lines
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_json import FORMAT_VERSION, written
from cs_playbook.report.values import TIE, date_words, share, short_amount, value_words
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.study.health import AccountHealth, BandNow, CardNow, PortfolioHealth, ScoreNow, WorstAccount

_BARS = "▁▂▃▄▅▆▇█"
_BANDS = (Column(12), *(Column(None, right=True) for _ in range(4)), Column(None), Column(16))
_WORST = (Column(16), Column(), Column(24), Column(None, right=True))


# --- the portfolio ---


def portfolio_lines(found: PortfolioHealth, width: int, names: bool) -> Iterator[Line]:
    """`width`: from 80 columns up. `names`: of accounts, or their keys."""
    for number, now in enumerate(found.cards):
        if number:
            yield BLANK
        yield from _card(now, found, width, names)
    yield BLANK
    yield line(("soft", "cs-playbook health ACCOUNT   shows the whole sum of one"))


def _card(now: CardNow, found: PortfolioHealth, width: int, names: bool) -> Iterator[Line]:
    said = f"{now.card.name} of {count(now.accounts, 'account')} · {day_with_year(found.day)}"
    yield from wrapped("head", said, width)
    if now.card.title:
        yield from wrapped("soft", clean(now.card.title), width)
    yield BLANK
    yield from table([_band(band, now) for band in now.bands], _BANDS, width)
    if now.days:
        yield line(("soft", f"  {_trend_words(now)}"))
    if now.worst:
        yield BLANK
        yield line(("strong", "  Worst first"), ("soft", "   and what pulls them down most"))
        yield from table([_worst(one, found.units, names) for one in now.worst], _WORST, width)


def _band(band: BandNow, now: CardNow) -> list[Cell]:
    of_all = share(band.accounts, now.accounts)
    money = "" if band.money is None else f"ARR{TIE}{short_amount(band.money)}"
    of_money = "" if band.money is None else share(band.money, now.money)
    if band.band is None:
        return [
            Cell("no band", "soft"),
            Cell(str(band.accounts)),
            Cell(of_all),
            Cell(money),
            Cell(of_money),
            Cell(),
            Cell(),
        ]
    before = f"{band.past[-4]} four weeks ago" if len(band.past) >= 4 else ""
    style = "error" if _is_worst(band.band, now) and band.accounts else ""
    return [
        Cell(band.band, style), Cell(str(band.accounts), style), Cell(of_all), Cell(money), Cell(of_money),
        Cell(sparkline((*band.past, band.accounts)) if band.past else ""), Cell(before, "soft"),
    ]  # fmt: skip


def _is_worst(band: str, now: CardNow) -> bool:
    return band == now.card.bands[0 if now.card.high_is_good else -1].name


def sparkline(counts: Sequence[int]) -> str:
    """One bar each, from nothing to the largest of them."""
    most = max((*counts, 1))
    return "".join(_BARS[count * (len(_BARS) - 1) // most] for count in counts)


def _trend_words(now: CardNow) -> str:
    return f"bars: accounts of today, week by week since {date_words(now.days[0])}".replace(TIE, " ")


def _worst(one: WorstAccount, units: Units, names: bool) -> list[Cell]:
    money = "" if one.money is None else f"ARR{TIE}{short_amount(one.money)}"
    name = one.name if names else one.account
    return [
        Cell(clean(name)),
        Cell(score_words(one.scored).replace(" ", TIE)),
        Cell(_because(one.scored, units)),
        Cell(money),
    ]


def _because(found: Scored, units: Units) -> str:
    """What pulls it down, or who has put it there."""
    if found.override is not None:
        return clean(found.override.when.because or "an override")
    line_ = _drag(found)
    if line_ is None:
        return ""
    value = (
        "missing"
        if line_.value is None
        else value_words(line_.value, *units.get(line_.measure.name, (None, "")))
    )
    return f"{clean(line_.measure.name)} {value}"


def _drag(found: Scored) -> Counted | None:
    lines = (one for group in found.groups for one in group.lines)
    return next((one for one in lines if one.measure.name == found.drag), None)


# --- one account ---


def account_lines(found: AccountHealth, width: int) -> Iterator[Line]:
    """`width`: from 80 columns up."""
    name = clean(found.name if found.name == found.account else f"{found.name} ({found.account})")
    yield from wrapped("head", f"{name} · {day_with_year(found.day)}", width)
    if not found.present:
        yield line(("warn", "It is missing from the snapshot."))
    for now in found.scores:
        yield BLANK
        yield from wrapped("strong", _title(now), width)
        yield from sum_lines(now.scored, found.units, width)


def _title(now: ScoreNow) -> str:
    said = f"{now.scored.card.name} {score_words(now.scored)}"
    said += f" since {date_words(now.since)}".replace(TIE, " ") if now.since and now.scored.band else ""
    changes = [f"{_signed(change)} in {days} days" for days, change in now.changes.items()]
    return f"{said} · {', '.join(changes)}" if changes else said


def _signed(change: float) -> str:
    return f"{change:+.1f}".replace("-", "−")


# --- JSON ---


def portfolio_json(found: PortfolioHealth, names: bool) -> str:
    """All of it, with `format_version`."""
    cards = [_card_json(now, names) for now in found.cards]
    return written({"format_version": FORMAT_VERSION, "day": found.day.isoformat(), "scorecards": cards})


def account_json(found: AccountHealth, names: bool) -> str:
    scores = [
        {**score_json(now.scored), "changes": {f"{days}d": change for days, change in now.changes.items()},
         "since": now.since.isoformat() if now.since else None}
        for now in found.scores
    ]  # fmt: skip
    named = {"name": found.name} if names else {}
    head = {"format_version": FORMAT_VERSION, "day": found.day.isoformat(), "account": found.account, **named}
    return written({**head, "present": found.present, "scorecards": scores})


def _card_json(now: CardNow, names: bool) -> dict[str, Any]:
    bands = [
        {"band": band.band, "accounts": band.accounts, "arr": band.money, "past": list(band.past)}
        for band in now.bands
    ]
    return {
        "scorecard": now.card.name,
        "accounts": now.accounts,
        "arr": now.money,
        "bands": bands,
        "past_days": [day.isoformat() for day in now.days],
        "worst": [_worst_json(one, names) for one in now.worst],
    }


def _worst_json(one: WorstAccount, names: bool) -> dict[str, Any]:
    named = {"name": one.name} if names else {}
    found = one.scored
    said = {"score": found.score, "band": found.band, "coverage": found.coverage, "drag": found.drag}
    override = found.override.when.because or True if found.override else None
    return {"account": one.account, **named, "arr": one.money, **said, "override": override}


def score_json(found: Scored) -> dict[str, Any]:
    """The whole sum of one score."""
    measures = [
        {
            "group": group.group.name, "counts": group.counts, "measure": one.measure.name, "value": one.value,
            "points": one.points, "weight": round(float(one.share), 6), "gives": round(float(one.given), 4),
            "missing": one.lack.value if one.lack else None, "days_old": one.old,
        }
        for group in found.groups
        for one in group.lines
    ]  # fmt: skip
    return {
        "scorecard": found.card.name, "score": found.score, "band": found.band, "coverage": found.coverage,
        "drag": found.drag, "reckoned": found.reckoned, "unrated": found.unrated is not None,
        "profile": found.profile.name or True if found.profile else None, "profile_unknown": found.unclear is not None,
        "override": (found.override.when.because or True) if found.override else None, "measures": measures,
    }  # fmt: skip
