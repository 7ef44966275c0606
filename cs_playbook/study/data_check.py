"""Two manifests, today's and the one before → what shrank, grew, became empty: figures and findings."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.source.finding import Finding, Severity, Span
from cs_playbook.source.manifest import Manifest, TableCount

# From here on a person should look; below, it is only told.
WORTH_A_LOOK_SHRUNK = 0.01
WORTH_A_LOOK_GROWN = 0.25
WORTH_A_LOOK_EMPTIED = 0.03


def shrunk(today: Manifest, before: Manifest) -> list[tuple[str, int, int, float]]:
    """(table, rows before, rows now, share lost: 0 to 1) of each table with fewer rows; 0 if it is gone."""
    now = today.counts
    rows = [(name, count.rows, now[name].rows if name in now else 0) for name, count in before.tables]
    return [(name, then, left, (then - left) / then) for name, then, left in rows if left < then]


def emptied(today: Manifest, before: Manifest) -> list[tuple[str, str, float, float]]:
    """(table, field, share of empties before, now: 0 to 1) of each field that is empty more often.

    Tables without rows have no shares."""
    was = before.counts
    return [
        (name, field, share_before, share_now)
        for name, count in today.tables
        if name in was
        for field, share_before, share_now in _shares(was[name], count)
        if share_now > share_before
    ]


def compare(today: Manifest, before: Manifest, file: str) -> list[Finding]:
    """What changed, as findings at the manifest `file`: notes, and warnings where a person should look."""
    return [*_tables(today, before, file), *_rows(today, before, file), *_empties(today, before, file)]


def _shares(before: TableCount, now: TableCount) -> Iterator[tuple[str, float, float]]:
    if not (before.rows and now.rows):
        return
    then = dict(before.empties)
    for field, count in now.empties:
        if field in then:
            yield field, then[field] / before.rows, count / now.rows


def _tables(today: Manifest, before: Manifest, file: str) -> Iterator[Finding]:
    for name in sorted(today.counts.keys() ^ before.counts.keys()):
        word = (
            "new"
            if name in today.counts
            else "not exported any more"
            if name in today.not_exported
            else "gone"
        )
        yield Finding(
            Span(file), "CSP754", f"the table {name} is {word} since {before.day}", "", Severity.WARNING
        )


def _rows(today: Manifest, before: Manifest, file: str) -> Iterator[Finding]:
    was = before.counts
    for name, count in today.tables:
        then = was[name].rows if name in was else count.rows
        if count.rows < then:
            share = (then - count.rows) / then
            yield _change(file, "CSP751", name, then, count.rows, before, share >= WORTH_A_LOOK_SHRUNK)
        elif count.rows > then:
            yield _change(
                file, "CSP752", name, then, count.rows, before, count.rows - then >= WORTH_A_LOOK_GROWN * then
            )


def _change(file: str, code: str, name: str, then: int, now: int, before: Manifest, look: bool) -> Finding:
    share = f" ({(now - then) / then:+.1%})" if then else ""
    message = f"{name}: {now} rows{share}, {then} on {before.day}"
    return Finding(Span(file), code, message, "is the export complete?" if look else "", _severity(look))


def _empties(today: Manifest, before: Manifest, file: str) -> Iterator[Finding]:
    for name, field, then, now in emptied(today, before):
        look = now - then >= WORTH_A_LOOK_EMPTIED
        message = f"{name}.{field} is empty in {now:.1%} of the rows, {then:.1%} on {before.day}"
        yield Finding(
            Span(file), "CSP753", message, "has the export lost this column?" if look else "", _severity(look)
        )


def _severity(look: bool) -> Severity:
    return Severity.WARNING if look else Severity.NOTE
