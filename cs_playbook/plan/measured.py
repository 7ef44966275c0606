"""What was measured of a snapshot and at the last run → what is implausible: time, units, words, rows that are others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs_playbook.model.measure import KNOWN, LOOKED, MEDIAN, MIDDLE, NEWEST, WHOSE, WORD, other_cells
from cs_playbook.model.stopping import StopWhen
from cs_playbook.model.value import from_day
from cs_playbook.plan.guards import SMALLEST_PORTFOLIO, Shape, Stop, percent

LEAST_KNOWN = 20  # of fewer rows nobody can tell a share
GONE = 20  # so many rows do not lose a word by chance
GONE_SHARE = 0.03
IN_A_SEGMENT = 0.05  # of all accounts: who is in a small segment comes and goes


def implausible(now: Shape, before: Shape | None, rules: StopWhen) -> list[Stop]:
    """Only what both have measured can be compared."""
    if before is None:
        return []
    stops: list[Stop] = []
    for table, then in sorted(before.measures.items()):
        here = now.measures.get(table, {})
        stops += _fallen_back(table, then, here, rules)
        stops += _other_units(table, then, here, rules)
        stops += _moved(table, then, here, rules)
        stops += _shifted(table, then, here, rules)
    return [*stops, *_others(now, before, rules)]


def others(now: Shape, before: Shape | None) -> dict[str, int]:
    """`table.field` → percent of the known rows that have another one than at the last run.

    What was other is forgotten slowly: on a Sunday nothing changes, and on Monday it is no surprise.
    """
    if before is None:
        return {}
    found = {place: round(100 * other / of) for place, _, other, of in _known(now, before)}
    return {place: max(share, before.others.get(place, 0) * 9 // 10) for place, share in found.items()}


def _fallen_back(table: str, then: Measures, here: Measures, rules: StopWhen) -> Iterator[Stop]:
    for field, was, has in _of_kind(NEWEST, then, here):
        if was - has > rules.a_table_falls_back_by:
            yield Stop(
                "a_table_falls_back_by",
                f"the newest {table}.{field} is {from_day(has)}, was {from_day(was)}: {was - has} days back; at most {rules.a_table_falls_back_by} are allowed: is it an old export?",
            )


def _other_units(table: str, then: Measures, here: Measures, rules: StopWhen) -> Iterator[Stop]:
    for field, was, has in _of_kind(MEDIAN, then, here):
        times = max(was, has) / max(min(was, has), 1)
        if times >= rules.numbers_change_by:
            yield Stop(
                "numbers_change_by",
                f"the median of {table}.{field} is {_number(has)}, was {_number(was)}: {_written(times)} times as {'large' if has > was else 'small'}; {rules.numbers_change_by:g} times is too much: other units?",
            )


def _moved(table: str, then: Measures, here: Measures, rules: StopWhen) -> Iterator[Stop]:
    for field, was, has in _of_kind(MIDDLE, then, here):
        if abs(has - was) > rules.dates_move_by:
            yield Stop(
                "dates_move_by",
                f"the median of {table}.{field} is {from_day(has)}, was {from_day(was)}: it moved by {abs(has - was)} days; at most {rules.dates_move_by} are allowed",
            )


def _shifted(table: str, then: Measures, here: Measures, rules: StopWhen) -> Iterator[Stop]:
    """A column that has no words any more has lost them all, be it empty or one of many words now."""
    rows, rows_before = here.get(LOOKED, 0), then.get(LOOKED, 0)
    if min(rows, rows_before) < SMALLEST_PORTFOLIO:
        return
    was, has = _words(then), _words(here)
    for field, words in was.items():
        now = has.get(field, {})
        told = []
        for word in sorted({*words, *now}):
            share, share_before = now.get(word, 0) / rows, words.get(word, 0) / rows_before
            gone = not now.get(word) and words.get(word, 0) >= GONE and share_before >= GONE_SHARE
            if abs(share - share_before) > rules.words_shift_by or gone:
                told.append((abs(share - share_before), word, share, share_before))
        if told:
            shown = ", ".join(f"'{word}' stands in {percent(share)} of the rows, was {percent(then_)}" for _, word, share, then_ in sorted(told, reverse=True)[:3])  # fmt: skip
            more = f", and {len(told) - 3} more" if len(told) > 3 else ""
            yield Stop(
                "words_shift_by",
                f"{table}.{field}: {shown}{more}; at most {round(rules.words_shift_by * 100)} points, and no word may be lost",
            )


def _others(now: Shape, before: Shape, rules: StopWhen) -> Iterator[Stop]:
    """What is other in most rows each day has been so at the run before: it is no sign of anything."""
    for place, whose, other, of in _known(now, before):
        usual = before.others.get(place, 0) / 100
        limit = rules.known_rows_change_by if whose else rules.known_cells_change_by
        if other / of - usual - _came_and_went(place, now, before) > limit:
            rule = "known_rows_change_by" if whose else "known_cells_change_by"
            asked = "were ids changed, or rows joined wrongly?" if whose else "has a column slipped?"
            yield Stop(
                rule,
                f"{place} is another one in {other} of {of} known rows that were looked at ({percent(other / of)}, {percent(usual)} at the last run); at most {percent(limit)} more is allowed: {asked}",
            )


def _came_and_went(place: str, now: Shape, before: Shape) -> float:
    """A table that shrank or grew has lost or got keys; that is told of its rows already."""
    table = place.partition(".")[0]
    rows, rows_before = now.rows.get(table, 0), before.rows.get(table, 0)
    return abs(rows - rows_before) / rows_before if rows_before else 0.0


def _known(now: Shape, before: Shape) -> Iterator[tuple[str, bool, int, int]]:
    """(`table.field`, whether it says which row it is, or whose; how many known rows are other, of how many)."""
    for table, then in sorted(before.measures.items()):
        here = now.measures.get(table, {})
        for kind in (WHOSE, KNOWN):
            for field, other, of in other_cells(then, here, kind):
                if of >= LEAST_KNOWN:
                    yield f"{table}.{field}", kind == WHOSE, other, of


def grown_segments(
    now: Mapping[str, int], before: Mapping[str, int], seen: int, seen_before: int, rules: StopWhen
) -> list[Stop]:
    """`now`, `before`: how many accounts stand in each segment (`tier.high`); `seen`: how many there are."""
    if min(seen, seen_before) < SMALLEST_PORTFOLIO:
        return []
    return [
        Stop("a_segment_grows_by", f"the segment {name} has {here} of {seen} accounts ({percent(here / seen)}), had {then} of {seen_before} ({percent(then / seen_before)}); its share may grow by at most {percent(rules.a_segment_grows_by)}")
        for name, here in sorted(now.items())
        if (then := before.get(name)) is not None
        and here / seen > then / seen_before * (1 + rules.a_segment_grows_by)
        and here - then > IN_A_SEGMENT * seen
    ]  # fmt: skip


Measures = Mapping[str, int]


def _of_kind(kind: str, then: Measures, here: Measures) -> Iterator[tuple[str, int, int]]:
    """(field, before, now) of what both have."""
    for name, was in sorted(then.items()):
        if name.startswith(f"{kind}:") and name in here:
            yield name.partition(":")[2], was, here[name]


def _words(measures: Measures) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, count in measures.items():
        kind, _, rest = name.partition(":")
        if kind == WORD:
            field, _, word = rest.partition(":")
            found.setdefault(field, {})[word] = count
    return found


def _number(thousandths: int) -> str:
    return _written(thousandths / 1000)


def _written(number: float) -> str:
    """Whole where it is large: 2 212 500, 48.5."""
    return (f"{number:,.0f}" if number >= 100 else f"{number:.3g}").replace(",", "\u00a0")
