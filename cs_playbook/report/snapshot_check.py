"""What has changed between two snapshots → a screen and JSON: what would stop a run first, then what to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cs_playbook.model.stopping import StopWhen
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.source.finding import Finding
from cs_playbook.source.manifest import Manifest
from cs_playbook.study.snapshot_change import (
    EmptyChange,
    LastRun,
    Loose,
    Moved,
    SnapshotChange,
    TableChange,
    Unseen,
    Verdict,
)

FORMAT_VERSION = 1

_ROWS = (Column(), Column(8), *(Column(None, right=True) for _ in range(5)), Column(12))
_CELLS = (Column(), Column(16), *(Column(None, right=True) for _ in range(3)), Column(12))
_MARKS = {Verdict.STOPS: ("!", "error"), Verdict.LOOK: ("~", "warn"), Verdict.FINE: ("", "")}
_SAID = {Verdict.STOPS: "stops a run", Verdict.LOOK: "worth a look", Verdict.FINE: ""}


# --- the screen ---


def first_lines(manifest: Manifest, width: int) -> Iterator[Line]:
    """Where there is nothing to compare with."""
    said = f"Snapshot of {day_with_year(manifest.day)}, the first one: nothing to compare with"
    yield from wrapped("head", said, width)
    yield BLANK
    rows = [[Cell(), Cell(clean(name)), Cell(str(entry.rows))] for name, entry in manifest.tables]
    yield from table(rows, (Column(), Column(8), Column(None, right=True)), width)


def as_lines(change: SnapshotChange, width: int, names: bool, *, verbose: bool) -> Iterator[Line]:
    """`names`: of accounts, or their keys. `verbose`: every column that changed, not only what is worth a look."""
    said = f"Snapshot of {day_with_year(change.day)}, against {day_with_year(change.before)}"
    yield from wrapped("head", said, width)
    yield from wrapped(*_verdict(change), width, "  ")
    yield BLANK
    yield from _tables(change, width)
    yield from _cells(change, width, verbose=verbose)
    yield from _implausible(change, width)
    yield from _lists(change, width, names)
    yield from _limits(change, width)


def _verdict(change: SnapshotChange) -> tuple[str, str]:
    looks = f"{count(change.looks, 'thing is', 'things are')} worth a look"
    if change.stops:
        return "error", f"{count(change.stops, 'thing')} would stop a run; {looks}"
    return ("warn", f"nothing would stop a run; {looks}") if change.looks else ("good", "all as usual")


def _tables(change: SnapshotChange, width: int) -> Iterator[Line]:
    head = [Cell(word, "soft") for word in ("", "", "before", "now", "", "gone", "new", "")]
    yield from table([head, *(_table(one) for one in change.tables)], _ROWS, width)


def _table(one: TableChange) -> list[Cell]:
    mark, style = _MARKS[one.verdict]
    keys = ("", "") if one.moved is None else (_some(one.moved.gone), _some(one.moved.new))
    rows = ("-" if number is None else str(number) for number in (one.before, one.now))
    cells = [mark, clean(one.name), *rows, _grown(one), *keys, _SAID[one.verdict]]
    return [Cell(text, style) for text in cells]


def _some(number: int) -> str:
    return str(number) if number else ""


def _grown(one: TableChange) -> str:
    if one.before is None or one.now is None:
        return "new" if one.before is None else "gone"
    if one.share is None or one.now == one.before:
        return "as before" if one.now == one.before else f"+{one.now}"
    return _signed(one.share * 100) + " %"


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "−")


def _cells(change: SnapshotChange, width: int, *, verbose: bool) -> Iterator[Line]:
    changed = [one for one in change.empties if one.before is not None and one.before != one.now]
    shown = [one for one in changed if verbose or one.verdict is not Verdict.FINE]
    if not shown:
        return
    yield BLANK
    yield line(("strong", "Empty cells"))
    shown.sort(key=lambda one: (one.verdict is not Verdict.STOPS, -abs(one.points or 0)))
    yield from table([_cell(one) for one in shown], _CELLS, width)


def _cell(one: EmptyChange) -> list[Cell]:
    mark, style = _MARKS[one.verdict]
    before, now = (f"{share * 100:.1f} %" for share in (one.before or 0.0, one.now))
    points = f"{_signed(one.points or 0)} points"
    cells = [mark, f"{clean(one.table)}.{clean(one.field)}", before, now, points, _SAID[one.verdict]]
    return [Cell(text, style) for text in cells]


def _implausible(change: SnapshotChange, width: int) -> Iterator[Line]:
    if change.implausible:
        yield BLANK
        yield line(("strong", "Other than it was"))
        for stop in change.implausible:
            yield from wrapped("error", f"!  {clean(stop.sentence)}", width, "  ")


def _lists(change: SnapshotChange, width: int, names: bool) -> Iterator[Line]:
    accounts = next((one.moved for one in change.tables if one.name == "accounts" and one.moved), None)
    blocks = [
        ("Accounts gone", _accounts(accounts, "gone", change, names)),
        ("Accounts new", _accounts(accounts, "new", change, names)),
        ("Never seen before", [_unseen(one) for one in change.unseen]),
        ("Belonging to nobody", [_loose(one) for one in change.loose]),
        ("data.yaml", list(change.contract)),
    ]
    for title, items in blocks:
        if items:
            yield BLANK
            yield line(("strong", title))
            for item in items:
                yield from wrapped("", item, width, "  ")


def _accounts(keys: Moved | None, which: str, change: SnapshotChange, names: bool) -> list[str]:
    """All on one line, as far as they are known."""
    if keys is None:
        return []
    total, first = (keys.gone, keys.first_gone) if which == "gone" else (keys.new, keys.first_new)
    said = [clean(change.names.get(key, key) if names else key) for key in first]
    more = f" and {total - len(first)} more" if total > len(first) else ""
    return [" · ".join(said) + more] if said else []


def _unseen(one: Unseen) -> str:
    values = " · ".join(f"'{clean(value)}' in {count(rows, 'row')}" for value, rows in one.values)
    return f"{clean(one.table)}.{clean(one.field)}: {values}{' …' if one.more else ''}"


def _loose(one: Loose) -> str:
    return f"{one.now} {clean(one.what)} (before: {one.before})"


def _limits(change: SnapshotChange, width: int) -> Iterator[Line]:
    yield BLANK
    if change.last_run is not None:
        yield from _last_run(change.last_run, width)
    yield from wrapped("soft", _rules(change.rules), width)
    if change.stops:
        yield from wrapped("soft", "next: is the export complete? mend it, and build again", width)


def _last_run(last: LastRun, width: int) -> Iterator[Line]:
    of = f"A run compares with the last run, that of {day_with_year(last.day)}"
    if not last.stops:
        yield from wrapped("", f"{of}: nothing of this would stop it.", width)
        return
    yield from wrapped("error", f"{of}: it would do nothing, because", width)
    for stop in last.stops:
        yield from wrapped("error", clean(stop.sentence), width, "  ")


def _rules(rules: StopWhen) -> str:
    return (
        f"A run stops where a table shrinks by more than {rules.a_table_shrinks_by * 100:g} % or grows by more than "
        f"{rules.a_table_grows_by * 100:g} %, or the empty cells of a column rise by more than "
        f"{rules.empty_cells_rise_by * 100:g} points (stop_when, in project.yaml; shares from 100 rows up)."
    )


# --- JSON ---


def as_json(
    manifest: Manifest, change: SnapshotChange | None, findings: Sequence[Finding], names: bool
) -> str:
    """Everything, each column too. `names`: of accounts beside their keys."""
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "day": manifest.day.isoformat(),
        "against": change.before.isoformat() if change else None,
        "stops": change.stops if change else 0,
        "worth_a_look": change.looks if change else 0,
        "expected": [{"code": one.code, "at": f"{one.span.file}:{one.span.line}", "message": one.message} for one in findings],
    }  # fmt: skip
    if change is not None:
        content |= _written(change, names)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _written(change: SnapshotChange, names: bool) -> dict[str, Any]:
    last = change.last_run
    return {
        "tables": [_table_written(one, change, names) for one in change.tables],
        "empty_cells": [
            {
                "table": one.table,
                "field": one.field,
                "before": _rounded(one.before),
                "now": _rounded(one.now),
                "verdict": str(one.verdict),
            }
            for one in change.empties
        ],
        "never_seen_before": [
            {"table": one.table, "field": one.field, "values": dict(one.values), "more": one.more}
            for one in change.unseen
        ],
        "belonging_to_nobody": [
            {"what": one.what, "before": one.before, "now": one.now} for one in change.loose
        ],
        "implausible": [{"rule": stop.rule, "message": stop.sentence} for stop in change.implausible],
        "contract": list(change.contract),
        "stop_when": {
            "a_table_shrinks_by": change.rules.a_table_shrinks_by,
            "a_table_grows_by": change.rules.a_table_grows_by,
            "empty_cells_rise_by": change.rules.empty_cells_rise_by,
        },
        "last_run": last
        and {
            "day": last.day.isoformat(),
            "stops": [{"rule": stop.rule, "message": stop.sentence} for stop in last.stops],
        },
    }


def _table_written(one: TableChange, change: SnapshotChange, names: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "table": one.name, "before": one.before, "now": one.now, "change": _rounded(one.share), "verdict": str(one.verdict),
    }  # fmt: skip
    if one.moved is not None:
        row |= {"gone": one.moved.gone, "new": one.moved.new}
        if one.name == "accounts":
            row["accounts_gone"] = [_account(key, change, names) for key in one.moved.first_gone]
            row["accounts_new"] = [_account(key, change, names) for key in one.moved.first_new]
    return row


def _account(key: str, change: SnapshotChange, names: bool) -> dict[str, str]:
    return {"id": key, "name": change.names[key]} if names and key in change.names else {"id": key}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
