"""How the portfolio stands in its segments → a screen and JSON: by segment and owner, who moved and why, who is stuck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cs_playbook.model.segment import Choosing
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_json import FORMAT_VERSION, written
from cs_playbook.report.values import TIE, amount_words, date_words, reason_words, share, short_amount
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.study.segments import (
    ByHand,
    InStage,
    Moved,
    OwnerNow,
    PortfolioSegments,
    SegmentationNow,
    SegmentNow,
    Waiting,
    Whose,
)
from cs_playbook.values import as_plain

_SEGMENTS = (Column(8), Column(8), *(Column(None, right=True) for _ in range(5)))
_LIST = (Column(14), Column(14), Column(30))
NOWHERE = "nowhere"


def portfolio_lines(found: PortfolioSegments, width: int, names: bool) -> Iterator[Line]:
    """`width`: from 80 columns up. `names`: of accounts and people, or their keys."""
    for number, now in enumerate(found.found):
        if number:
            yield BLANK
        yield from _segmentation(now, found, width, names)


def stuck_lines(found: PortfolioSegments, width: int, names: bool) -> Iterator[Line]:
    """Only who is longer in a segment than expected."""
    timed = [now for now in found.found if now.segmentation.state is not None]
    if not timed:
        named = ", ".join(now.segmentation.name for now in found.found)
        yield line(f"No segment of {named} says how long one is in it: expected: 30 days, at_most: 60 days")
    for now in timed:
        yield from wrapped("head", f"{now.segmentation.name} · {day_with_year(found.day)}", width)
        yield from _in_stage(now, width, names) if now.in_stage else (line("  nobody is behind or stuck"),)


def _segmentation(now: SegmentationNow, found: PortfolioSegments, width: int, names: bool) -> Iterator[Line]:
    of = f"{now.segmentation.name} of {count(found.accounts, 'account')} · {day_with_year(found.day)}"
    yield from wrapped("head", of, width)
    if now.segmentation.title:
        yield from wrapped("soft", clean(now.segmentation.title), width)
    yield BLANK
    yield from table([_segment(one, now, found) for one in now.segments], _SEGMENTS, width)
    for part in (_owners, _nowhere, _by_hand, _waiting, _in_stage, _moves):
        yield from part(now, width, names)


def _segment(one: SegmentNow, now: SegmentationNow, found: PortfolioSegments) -> list[Cell]:
    style = "warn" if one.segment is None else ""
    money = "" if one.money is None else f"ARR{TIE}{short_amount(one.money)}"
    minutes = "" if one.minutes is None else f"{amount_words(one.minutes)}{TIE}min a month".replace(" ", TIE)
    title = "what asks for it is unknown" if one.segment is None else one.segment.title
    return [
        Cell(one.segment.name if one.segment else NOWHERE, style), Cell(clean(title), "soft"),
        Cell(str(one.accounts), style), Cell(share(one.accounts, found.accounts)), Cell(money),
        Cell(share(one.money or 0, now.money) if money else ""), Cell(minutes),
    ]  # fmt: skip


def _owners(now: SegmentationNow, width: int, names: bool) -> Iterator[Line]:
    if not now.owners:
        return
    yield BLANK
    head = [one.segment.name if one.segment else NOWHERE for one in now.segments]
    promised = any(one.minutes for one in now.owners)
    last = ["ARR", *(["min a month"] if promised else [])]
    columns = (Column(14), *(Column(None, right=True) for _ in (*head, *last)))
    top = [Cell("By owner", "strong"), *(Cell(name, "soft") for name in (*head, *last))]
    rows = (_owner(one, names)[: len(columns)] for one in now.owners)
    yield from table([top, *rows], columns, width)


def _owner(one: OwnerNow, names: bool) -> list[Cell]:
    who = clean(one.name if names else one.email) if one.email else "nobody"
    counts = [Cell(str(number) if number else "·") for number in one.accounts]
    money = "" if one.money is None else short_amount(one.money)
    return [Cell(who, "" if one.email else "warn"), *counts, Cell(money), Cell(amount_words(one.minutes))]


def _nowhere(now: SegmentationNow, width: int, names: bool) -> Iterator[Line]:
    if now.nowhere:
        yield BLANK
        missing = next(one.accounts for one in now.segments if one.segment is None)
        alone = now.segmentation.choosing is Choosing.EXCLUSIVE
        two = "no rule takes them, two do," if alone else "no rule takes them,"
        yield from _titled("Nowhere", f"{two} or a field it asks for is empty")
        yield from wrapped("", _who(now.nowhere, missing, names), width, "    ")


def _by_hand(now: SegmentationNow, width: int, names: bool) -> Iterator[Line]:
    if now.by_hand:
        yield BLANK
        yield from _titled("Set by hand", "whatever the rules say")
        yield from table([_exception(one, now, names) for one in now.by_hand], _LIST, width)


def _exception(one: ByHand, now: SegmentationNow, names: bool) -> list[Cell]:
    value = one.value if one.fact == now.segmentation.name else f"{_tag(one.fact)} {one.value}"
    until = f" until {date_words(one.until)}" if one.until else ""
    return [
        Cell(_called(one.whose, names)),
        Cell(f"{value}{until}".replace(TIE, " ")),
        Cell(clean(one.because), "soft"),
    ]


def _waiting(now: SegmentationNow, width: int, names: bool) -> Iterator[Line]:
    if now.waiting:
        yield BLANK
        yield from _titled("Not where the rules say", "not yet for long enough, or not from there")
        yield from table([_wait(one, names) for one in now.waiting], _LIST, width)


def _wait(one: Waiting, names: bool) -> list[Cell]:
    return [
        Cell(_way((one.now, one.says))),
        Cell(count(one.accounts, "account")),
        Cell(_who(one.some, one.accounts, names), "soft"),
    ]


def _in_stage(now: SegmentationNow, width: int, names: bool) -> Iterator[Line]:
    if now.in_stage:
        yield BLANK
        said = " · ".join(f"{number} {state}" for state, number in sorted(now.overdue.items(), reverse=True))
        yield from _titled("Longer than expected", said)
        yield from table([_stage(one, names) for one in now.in_stage], _LIST, width)
        yield from _more(sum(now.overdue.values()) - len(now.in_stage))


def _stage(one: InStage, names: bool) -> list[Cell]:
    style = "error" if one.state == "stuck" else "warn"
    return [
        Cell(_called(one.whose, names)),
        Cell(one.state, style),
        Cell(f"in {one.segment} for {count(one.days, 'day')}"),
    ]


def _moves(now: SegmentationNow, width: int, names: bool) -> Iterator[Line]:
    if now.since is None:
        yield BLANK
        yield line(("soft", "  Nothing is remembered of that time: who moved is known from the first run on"))
        return
    yield BLANK
    told = (f"{_way(way)} {number}".replace(" ", TIE) for way, number in now.moves.items())
    ways = " · ".join(told) or "nobody"
    yield line(("strong", f"  Moved since {date_words(now.since)}"))
    yield from wrapped("soft", ways, width, "    ")
    yield from table([_move(one, now, names) for one in now.moved], _LIST, width)
    yield from _more(sum(now.moves.values()) - len(now.moved))


def _move(one: Moved, now: SegmentationNow, names: bool) -> list[Cell]:
    is_tag = one.fact != now.segmentation.name
    way = f"{_tag(one.fact)} {one.now or 'unknown'}" if is_tag else _way((one.before, one.now))
    return [Cell(_called(one.whose, names)), Cell(way), Cell(_why(one), "soft")]


def _why(one: Moved) -> str:
    if one.by_hand is not None:
        return "set by hand"
    if one.reason is None:
        return "" if one.now in (None, "no") else "no other fits"
    return " ".join(reason_words(one.reason)).strip()


# --- words ---


def _titled(title: str, said: str) -> Iterator[Line]:
    yield line(("strong", f"  {title}"), ("soft", f"   {said}"))


def _more(left: int) -> Iterator[Line]:
    if left > 0:
        yield line(("soft", f"    … and {left} more, -o json lists them"))


def _tag(fact: str) -> str:
    return fact.partition(".")[2]


def _way(way: tuple[str | None, str | None]) -> str:
    return f"{way[0] or NOWHERE} → {way[1] or NOWHERE}"


def _called(whose: Whose, names: bool) -> str:
    return clean(whose.name if names else whose.account)


def _who(some: Iterable[Whose], of: int, names: bool) -> str:
    named = [_called(one, names) for one in some]
    return ", ".join(named) + (f" and {of - len(named)} more" if of > len(named) else "")


# --- JSON ---


def as_json(found: PortfolioSegments, names: bool) -> str:
    """All of it, with `format_version`."""
    head = {"format_version": FORMAT_VERSION, "day": found.day.isoformat(), "accounts": found.accounts}
    return written({**head, "segmentations": [_json(now, names) for now in found.found]})


def _json(now: SegmentationNow, names: bool) -> dict[str, Any]:
    order = [one.segment.name if one.segment else None for one in now.segments]
    return {
        "segments": now.segmentation.name,
        "title": now.segmentation.title,
        "in": [
            {"segment": name, "accounts": one.accounts, "arr": one.money, "minutes_per_month": one.minutes}
            for name, one in zip(order, now.segments, strict=True)
        ],
        "owners": [
            {
                "owner": one.email or None,
                "accounts": [
                    {"segment": name, "accounts": number}
                    for name, number in zip(order, one.accounts, strict=True)
                ],
                "arr": one.money,
                "minutes_per_month": one.minutes,
            }
            for one in now.owners
        ],
        "nowhere": [_whose_json(one, names) for one in now.nowhere],
        "by_hand": [
            {
                **_whose_json(one.whose, names),
                "fact": one.fact,
                "value": one.value,
                "until": one.until.isoformat() if one.until else None,
                "by": one.by,
                "because": one.because,
            }
            for one in now.by_hand
        ],
        "waiting": [
            {
                "segment": one.now,
                "rules_say": one.says,
                "accounts": one.accounts,
                "some": [_whose_json(each, names) for each in one.some],
            }
            for one in now.waiting
        ],
        "overdue": dict(now.overdue),
        "in_stage": [
            {**_whose_json(one.whose, names), "segment": one.segment, "days": one.days, "state": one.state}
            for one in now.in_stage
        ],
        "since": now.since.isoformat() if now.since else None,
        "moves": [
            {"from": before, "to": after, "accounts": number} for (before, after), number in now.moves.items()
        ],
        "moved": [_moved_json(one, names) for one in now.moved],
    }


def _moved_json(one: Moved, names: bool) -> dict[str, Any]:
    return {
        **_whose_json(one.whose, names), "fact": one.fact, "from": one.before, "to": one.now, "why": _why(one)
    }  # fmt: skip


def _whose_json(one: Whose, names: bool) -> dict[str, Any]:
    said = as_plain(one)
    return {"account": said["account"], **({"name": said["name"]} if names else {}), "arr": said["money"]}
