"""Proposals who should own what → a screen, JSON, and a CSV that a CRM can import."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from cs_playbook.report.assign_words import left_words, moved_words
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_json import FORMAT_VERSION, written
from cs_playbook.report.task_lists import safe_cell
from cs_playbook.report.values import TIE, amount_words
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.study.assign import Carried, Going, Left, Proposal
from cs_playbook.study.owning import Owned

SHOWN = 5  # names behind a reason
NOBODY = "nobody"
COLUMNS = ("account", "field", "old_owner", "new_owner", "rule", "because")


def as_lines(found: Sequence[Proposal], width: int, names: bool) -> Iterator[Line]:
    """`width`: from 80 columns up. `names`: of accounts and people, or their keys."""
    for number, one in enumerate(found):
        if number:
            yield BLANK
        yield from _proposal(one, width, names)


def _proposal(one: Proposal, width: int, names: bool) -> Iterator[Line]:
    head = f"Who should be the {one.assignment.role}, by {one.segmentation} · {day_with_year(one.day)}"
    yield from wrapped("head", head, width)
    kept, moves, left = sum(one.kept.values()), len(one.moves), len(one.left)
    stay = "stays" if kept == 1 else "stay"
    said = f"{count(moves, 'account')} would move, {kept} {stay} with a right owner, {left} cannot be placed."
    yield from wrapped("", said, width)
    if one.freeze is not None:
        frozen = f"Frozen until {one.freeze.last.isoformat()}: only accounts without an owner get one."
        yield from wrapped("warn", frozen, width)
    for part in (_moves, _left, _people):
        yield from part(one, width, names)
    yield BLANK
    yield from wrapped(
        "soft", "Proposals: nothing moves by itself. -o csv=FILE writes them for the CRM.", width
    )


def _moves(one: Proposal, width: int, names: bool) -> Iterator[Line]:
    for rule, moves in groupby(one.moves, key=lambda move: move.rule):
        yield BLANK
        yield line(("strong", f"  {clean(rule)}"))
        rows = [_move(move, one, names) for move in moves]
        yield from table(rows, (Column(12), Column(None), Column(24)), width)


def _move(move: Going, one: Proposal, names: bool) -> list[Cell]:
    who = _names_of(one) if names else {}
    way = f"{who.get(move.before, move.before) or NOBODY} → {who.get(move.now, move.now)}"
    return [Cell(_called(move.account, names)), Cell(clean(way)), Cell(clean(moved_words(move)), "soft")]


def _names_of(one: Proposal) -> dict[str, str]:
    return {person.owner: person.name for person in one.people}


def _called(account: Owned, names: bool) -> str:
    return clean(account.name if names else account.key)


def _left(one: Proposal, width: int, names: bool) -> Iterator[Line]:
    """The same reason once, with whom it holds back."""
    reasons: dict[tuple[str, bool], list[Left]] = {}
    for each in one.left:
        reasons.setdefault((left_words(each, one), bool(each.account.owner)), []).append(each)
    if not reasons:
        return
    yield BLANK
    yield line(("strong", "  Cannot be placed"))
    rows = [_reason(said, owned, them, names) for (said, owned), them in reasons.items()]
    yield from table(rows, (Column(None, right=True), Column(None), Column(26), Column(20)), width)


def _reason(said: str, owned: bool, them: Sequence[Left], names: bool) -> list[Cell]:
    shown = ", ".join(_called(each.account, names) for each in them[:SHOWN])
    more = f" and {len(them) - SHOWN} more" if len(them) > SHOWN else ""
    state = Cell("keep theirs", "soft") if owned else Cell("have nobody", "warn")
    return [Cell(str(len(them))), state, Cell(clean(said)), Cell(f"{shown}{more}", "soft")]


def _people(one: Proposal, width: int, names: bool) -> Iterator[Line]:
    if not one.people:
        return
    yield BLANK
    limited = any(each.after.share for each in one.people)
    head = ("accounts", "min a month", "of", "", *(("of all they may have",) if limited else ()))
    rows = [[Cell("Afterwards", "strong"), *(Cell(word, "soft") for word in head)]]
    rows += [_person(each, names)[: len(head) + 1] for each in one.people]
    yield from table(rows, (Column(12), *(Column(None, right=True) for _ in head)), width)


def _person(each: Carried, names: bool) -> list[Cell]:
    style = "error" if each.over else ""
    had = "" if each.minutes is None else amount_words(round(each.minutes))
    share = f"{round(each.after.share * 100)}{TIE}%" if each.after.share else ""
    return [
        Cell(clean(each.name if names else each.owner), style),
        Cell(_way(each.before.accounts, each.after.accounts)), Cell(_way(each.before.minutes, each.after.minutes)),
        Cell(had), Cell("over" if each.over else "", style), Cell(share, style),
    ]  # fmt: skip


def _way(before: int, after: int) -> str:
    return amount_words(after) if before == after else f"{amount_words(before)} → {amount_words(after)}"


# --- for programs ---


def as_csv(found: Sequence[Proposal]) -> str:
    """A row for each account that would move. `field`: the fact of the account in which the owner stands."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for one in found:
        for move in one.moves:
            cells = (
                move.account.key,
                one.assignment.fact,
                move.before,
                move.now,
                move.rule,
                moved_words(move),
            )
            rows.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()


def as_json(found: Sequence[Proposal], names: bool) -> str:
    """All of it, with `format_version`."""
    return written({"format_version": FORMAT_VERSION, "proposals": [_json(one, names) for one in found]})


def _json(one: Proposal, names: bool) -> dict[str, Any]:
    return {
        "segments": one.segmentation,
        "role": one.assignment.role,
        "field": one.assignment.fact,
        "day": one.day.isoformat(),
        "frozen_until": one.freeze.last.isoformat() if one.freeze else None,
        "moves": [
            {
                **_account(move.account, names),
                "from": move.before or None,
                "to": move.now,
                "rule": move.rule,
                "because": moved_words(move),
            }
            for move in one.moves
        ],
        "kept": [{"rule": rule, "accounts": number} for rule, number in one.kept.items()],
        "cannot_be_placed": [
            {
                **_account(each.account, names),
                "owner": each.account.owner or None,
                "rule": each.rule or None,
                "cause": each.said.cause.value,
                "because": left_words(each, one),
            }
            for each in one.left
        ],
        "people": [_carried(each, names) for each in one.people],
    }


def _account(one: Owned, names: bool) -> dict[str, Any]:
    return {"account": one.key, **({"name": one.name} if names else {})}


def _carried(each: Carried, names: bool) -> dict[str, Any]:
    return {
        "owner": each.owner,
        **({"name": each.name} if names else {}),
        "accounts": {"before": each.before.accounts, "after": each.after.accounts},
        "minutes_per_month": {"before": each.before.minutes, "after": each.after.minutes},
        "minutes_had_per_month": _rounded(each.minutes),
        "share_of_accounts": {"before": _rounded(each.before.share), "after": _rounded(each.after.share)},
        "over": each.over,
    }


def _rounded(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 2)
