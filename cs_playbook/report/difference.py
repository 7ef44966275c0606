"""A change → a screen: what it means first, whom it concerns beside it, people and stories last; or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cs_playbook.report.difference_words import (
    Counted,
    Words,
    ends_with,
    kind_words,
    open_words,
    rows_of,
    rule_words,
    stories_words,
    title_of,
    work_words,
)
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_json import plain
from cs_playbook.report.words import clean, count, day_in_words
from cs_playbook.study.changes import Thing
from cs_playbook.study.difference import Difference, Group, Impact, OneOfThem
from cs_playbook.study.planned import OwnerMinutes

FORMAT_VERSION = 1
MOST_ERRORS = 5
_EXACT = Counted(exact=True)
_SIGNS = {
    "added": ("+", "good"),
    "removed": ("-", "warn"),
    "changed": ("~", "strong"),
    "unread": ("?", "warn"),
}


def as_lines(found: Difference, width: int, names: bool) -> Iterator[Line]:
    """`names`: of customers; otherwise ids."""
    yield from _head(found, width)
    yield from _wrong(found, width)
    if found.changes is not None:
        for thing in found.changes.things:
            yield BLANK
            yield from _thing(thing, found.impact, width, names)
    if found.impact is not None:
        yield from _others(found, found.impact, width, names)
        yield from _minutes(found.impact, names)
        yield from _stops(found.impact, width)
    yield from _stories(found, width)
    yield from _end(found, width)


def _head(found: Difference, width: int) -> Iterator[Line]:
    yield from wrapped("head", f"Compared with {clean(found.base)}", width)
    if found.moved_from:
        yield from wrapped("soft", f"the workspace was {_at(found.moved_from)} then", width)
    if found.impact is not None:
        impact = found.impact
        ledger = "" if impact.has_ledger else ", no ledger: as if nothing had ever been done"
        told = f"snapshot of {day_in_words(impact.day)}, {count(impact.accounts, 'account')}{ledger}"
        yield from wrapped("soft", told, width)
    if found.changes is not None:
        yield BLANK
        yield from wrapped("", title_of(found.changes), width, "  ")


def _at(folder: str) -> str:
    return "at the top of the repository" if folder == "." else f"in {clean(folder)}"


def _wrong(found: Difference, width: int) -> Iterator[Line]:
    """What was wrong with the files then."""
    if not found.wrong:
        return
    yield BLANK
    said = (
        f"The files of then have {count(len(found.wrong), 'error')}: what stands in them cannot be compared."
    )
    yield from wrapped("warn", said, width)
    for wrong in found.wrong[:MOST_ERRORS]:
        text = f"{wrong.span.file}:{wrong.span.line}  {wrong.code}  {wrong.message}"
        yield from wrapped("soft", clean(text), width, "  ")


# --- one thing ---


def _thing(thing: Thing, impact: Impact | None, width: int, names: bool) -> Iterator[Line]:
    sign, style = _SIGNS[thing.how]
    yield line((style, f"  {sign} {_called(thing)}"), _aside(thing))
    rows = [[Cell(clean(row.where)), Cell(_said(row))] for row in rows_of(thing)]
    yield from table(rows, [Column(), Column(20)], width, "      ")
    if impact is not None:
        yield from _concerned(thing, impact, width, names)


def _called(thing: Thing) -> str:
    kind = kind_words(thing)
    return (
        kind if not thing.name else clean(thing.name if thing.kind == "playbook" else f"{kind} {thing.name}")
    )


def _aside(thing: Thing) -> str:
    parts = [f"formerly {clean(thing.formerly)}"] if thing.formerly else []
    if thing.how in ("added", "removed"):
        parts.append(thing.how)
        parts += [clean(thing.title)] if thing.title else []
        parts += [f"status {thing.status}"] if thing.status else []
    if thing.how == "unread":
        parts.append("had errors then: it cannot be compared")
    return "   " + " · ".join(parts) if parts else ""


def _said(row: Words) -> str:
    """`wait 5 → 10 business days`."""
    before, after, says = clean(row.before), clean(row.after), clean(row.says)
    match row.mark, bool(before), bool(after):
        case "+", _, True:
            return f"{says} + {after}".strip()
        case "-", True, _:
            return f"{says} - {before}".strip()
        case _, True, True:
            return f"{says} {before} → {after}".strip()
        case _:
            return f"{says} {before or after}".strip()


def _concerned(thing: Thing, impact: Impact, width: int, names: bool) -> Iterator[Line]:
    """Whom it concerns today."""
    for rule in impact.rules:
        if thing.is_played and rule.playbook == thing.name:
            yield from wrapped("strong", rule_words(rule, _EXACT), width, "      ")
            yield from _group("+", rule.enter, width, names)
            yield from _group("-", rule.leave, width, names)
    if thing.is_played:
        if thing.name in impact.work:
            yield from wrapped("", f"today: {work_words(impact.work[thing.name], _EXACT)}", width, "      ")
        for said in open_words(impact, thing.name, _EXACT):
            yield from wrapped("", said, width, "      ")


def _group(mark: str, group: Group, width: int, names: bool) -> Iterator[Line]:
    if not group.first:
        return
    more = group.count - len(group.first)
    said = ", ".join(one_words(one, names) for one in group.first) + (f" … and {more} more" if more else "")
    yield from wrapped("soft", f"{mark} {said}", width, "        ")


def one_words(one: OneOfThem, names: bool) -> str:
    """A name or an id, with its row."""
    return clean((one.name if names else one.account) + (f" · {one.row}" if one.row else ""))


# --- what else moves ---


def _others(found: Difference, impact: Impact, width: int, names: bool) -> Iterator[Line]:
    """Playbooks whose own text is the same and whose accounts are not; segments and bands."""
    named = found.changes.played if found.changes else frozenset()
    rules = [
        rule for rule in impact.rules if rule.playbook not in named and (rule.enter.count or rule.leave.count)
    ]
    rows = [[Cell(clean(rule.playbook)), Cell(rule_words(rule, _EXACT))] for rule in rules]
    touched = {rule.playbook for rule in rules}
    rows += [
        [Cell("" if name in touched else clean(name)), Cell(f"today: {work_words(pair, _EXACT)}")]
        for name, pair in impact.work.items()
        if name not in named
    ]
    rows += [
        [Cell(clean(move.fact)), Cell(f"{_way(way)} {number}")]
        for move in impact.moves
        for way, number in move.ways.items()
    ]
    if rows:
        yield BLANK
        yield line(("head", "  Because of it"))
        yield from table(rows, [Column(), Column(20)], width, "    ")
    for move in impact.moves:
        yield from _group(f"{clean(move.fact)}:", move.moved, width, names)


def _way(way: tuple[str, str]) -> str:
    return " → ".join(clean(name) or "none" for name in way)


def _minutes(impact: Impact, names: bool) -> Iterator[Line]:
    if not impact.minutes:
        return
    yield BLANK
    head = [
        Cell("  Minutes in 7 days", "strong"),
        Cell("before", "soft"),
        Cell("now", "soft"),
        Cell("of their week", "soft"),
        Cell(),
    ]
    rows = [head, *(_minutes_row(before, now, names) for before, now in impact.minutes)]
    right = Column(right=True)
    yield from table(rows, [Column(12), right, right, right, Column()], 80, "")


def _minutes_row(before: OwnerMinutes | None, now: OwnerMinutes | None, names: bool) -> list[Cell]:
    known = now or before
    assert known is not None
    share = now.share if now else None
    over = share is not None and share > 1
    return [
        Cell(f"\u00a0\u00a0\u00a0\u00a0{clean(known.name if names else known.owner)}"),
        Cell(str(before.week if before else 0)),
        Cell(str(now.week if now else 0)),
        Cell("" if share is None else f"{round(share * 100)}\u00a0%", "error" if over else ""),
        Cell("over" if over else "", "error"),
    ]


def _stops(impact: Impact, width: int) -> Iterator[Line]:
    for stop in impact.stops:
        yield BLANK
        yield from wrapped("error", f"! A run would stop: {clean(stop.sentence)}", width)


def _stories(found: Difference, width: int) -> Iterator[Line]:
    said = stories_words(found)
    if not said or found.stories is None:
        return
    yield BLANK
    yield from wrapped("error" if found.stories.failing else "good", f"  {said}", width)
    for name in found.stories.failing:
        yield from wrapped("", f"✗ {clean(name)}", width, "    ")


def _end(found: Difference, width: int) -> Iterator[Line]:
    yield BLANK
    if said := ends_with(found):
        yield from wrapped("warn", said, width)
    yield line("Nothing was done. ", ("soft", "-o markdown writes the comment of a pull request."))


# --- for programs ---


def as_json(found: Difference, names: bool) -> str:
    """One object: what changed, in meaning, place by place; whom it concerns, by key."""
    changes = found.changes
    content = {
        "format_version": FORMAT_VERSION,
        "compared_with": {"says": found.base, "commit": found.commit, "moved_from": found.moved_from or None},
        "files": found.files,
        "errors_then": [
            {"file": wrong.span.file, "line": wrong.span.line, "code": wrong.code, "message": wrong.message}
            for wrong in found.wrong
        ],
        "changes": None if changes is None else [_thing_json(thing) for thing in changes.things],
        "stories": {
            "added": list(changes.new_stories) if changes else [],
            "removed": list(changes.gone_stories) if changes else [],
            "passed": found.stories.passed if found.stories else None,
            "failing": list(found.stories.failing) if found.stories else None,
            "unnoticed": found.stories.unnoticed if found.stories else None,
        },
        "accounts": _impact_json(found.impact, names) if found.impact else None,
        "why_no_accounts": found.no_impact or None,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _thing_json(thing: Thing) -> dict[str, Any]:
    return {
        "kind": thing.kind,
        "name": thing.name,
        "how": thing.how,
        "formerly": thing.formerly or None,
        "renamed_steps": dict(thing.renamed),
        "added": [".".join(place) for place in thing.new],
        "removed": [".".join(place) for place in thing.gone],
        "says": [
            {
                "place": ".".join(said.place),
                "reordered": said.reordered,
                "edits": [
                    {"before": edit.before or None, "after": edit.after or None} for edit in said.edits
                ],
            }
            for said in thing.said
        ],
    }


def _impact_json(impact: Impact, names: bool) -> dict[str, Any]:
    return {
        "day": impact.day.isoformat(),
        "accounts": impact.accounts,
        "ledger": impact.has_ledger,
        "rules": [
            {
                "playbook": rule.playbook, "before": rule.before, "now": rule.now, "patient": rule.patient,
                "enter": _group_json(rule.enter, names), "leave": _group_json(rule.leave, names),
            }
            for rule in impact.rules
        ],
        "work": {name: {"before": plain(before), "now": plain(now)} for name, (before, now) in impact.work.items()},
        "moves": [
            {
                "fact": move.fact,
                "ways": [{"from": old, "to": new, "accounts": number} for (old, new), number in move.ways.items()],
                "moved": _group_json(move.moved, names),
            }
            for move in impact.moves
        ],
        "open": [
            {"playbook": item.playbook, "how": item.how, "count": item.count, "troubles": dict(item.counts)}
            for item in impact.open
        ],
        "minutes": [
            {"owner": (now or before or OwnerMinutes("", "", 0, 0)).owner,
             "before": before.week if before else 0, "now": now.week if now else 0}
            for before, now in impact.minutes
        ],
        "stops": [{"rule": stop.rule, "sentence": stop.sentence} for stop in impact.stops],
    }  # fmt: skip


def _group_json(group: Group, names: bool) -> dict[str, Any]:
    first = [
        {"account": one.account, **({"name": one.name} if names else {}), "row": one.row, "arr": one.arr}
        for one in group.first
    ]
    return {"count": group.count, "arr": group.arr, "first": first}
