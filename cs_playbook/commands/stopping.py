"""A morning, its snapshot and the last run → what would stop it beside the rules themselves, and what the next run is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from msgspec import Struct

from cs_playbook.commands.by_the_calendar import as_of_today, fitted_before
from cs_playbook.commands.choosing import new_accounts
from cs_playbook.commands.facts_stage import Stage
from cs_playbook.commands.planning import Morning
from cs_playbook.compile.measuring import segment_counts
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import Contract
from cs_playbook.model.segment import Choosing, Segmentation
from cs_playbook.model.stopping import MostDone, StopWhen
from cs_playbook.plan.guards import MOST_SHOWN, NewlyFitting, Shape, Stop, too_many
from cs_playbook.plan.measured import grown_segments, others
from cs_playbook.plan.much import Before, Much, too_much
from cs_playbook.source.manifest import Manifest
from cs_playbook.values import replace

_ROWS, _EMPTY, _MEASURE, _OTHER = "rows:", "empty:", "measure:", "other:"
_SEGMENT, _SEEN, _MUCH = "segment:", "seen", "much:"


class Segments(Struct, frozen=True):
    """How many accounts stand in each segment (`tier.high`), of how many active ones."""

    accounts: Mapping[str, int]
    seen: int


def stops_of_the_rules(
    morning: Morning, segments: Segments, last: RunRecord | None, rules: StopWhen
) -> list[Stop]:
    """What the facts and the rules of the day say, before anything is planned. What the calendar alone brings, stops nobody."""
    then = _segments_recorded(last)
    grown, found = _grown(segments, then, rules), newly_fitting(morning)
    if not grown and not too_many(found, rules):
        return []
    with as_of_today(morning, last) as stage:
        if stage is not None:
            grown = grown and _grown(segments, _segments_in(stage, morning.today.catalog), rules)
            found = _beside_the_calendar(found, morning, stage, rules)
    return [*grown, *too_many([_with_the_largest(item, morning, rules) for item in found], rules)]


def _grown(segments: Segments, then: Segments | None, rules: StopWhen) -> list[Stop]:
    if then is None:
        return []
    return grown_segments(segments.accounts, then.accounts, segments.seen, then.seen, rules)


def newly_fitting(morning: Morning) -> list[NewlyFitting]:
    """What we offer to many is meant to fit many: playbooks about the items of a list of ours surprise nobody."""
    offered = {table.name for table in morning.today.catalog.contract.resources}
    seen = max(morning.choices.seen, 1)
    return [
        NewlyFitting(choice.playbook.name, choice.new, seen, choice.playbook.stop_when)
        for choice in morning.choices.choices
        if choice.playbook.trigger.one_per not in offered
    ]


def _beside_the_calendar(
    found: list[NewlyFitting], morning: Morning, stage: Stage, rules: StopWhen
) -> list[NewlyFitting]:
    """Without those that would fit today by the data of the last run too."""
    asked = {item.playbook for item in found if too_many([item], rules)}
    choices = {choice.playbook.name: choice for choice in morning.choices.choices if choice.playbook.name in asked}  # fmt: skip
    before = fitted_before(choices.values(), stage)

    def beside(item: NewlyFitting) -> NewlyFitting:
        choice = choices.get(item.playbook)
        if choice is None:
            return item
        new = (account not in before[choice.place] for account in new_accounts(choice, morning.stage))
        return replace(item, new=min(item.new, sum(new)))

    return [beside(item) for item in found]


def _with_the_largest(item: NewlyFitting, morning: Morning, rules: StopWhen) -> NewlyFitting:
    if not too_many([item], rules):
        return item
    choice = next(choice for choice in morning.choices.choices if choice.playbook.name == item.playbook)
    largest = dict.fromkeys(new_accounts(choice, morning.stage))
    return replace(item, largest=tuple(islice(largest, MOST_SHOWN)))


def segments_of(morning: Morning) -> Segments:
    return _segments_in(morning.stage, morning.today.catalog)


def _segments_in(stage: Stage, catalog: Catalog) -> Segments:
    """One look at the facts."""
    named = [(f"{one.name}.{segment}", *_asked(one, segment)) for one in catalog.segmentations.values() for segment in one.names]  # fmt: skip
    query = segment_counts([(fact, segment) for _, fact, segment in named])
    seen, *counts = stage.connection.execute(query).fetchone()
    return Segments({name: count or 0 for (name, _, _), count in zip(named, counts, strict=True)}, seen)


def _asked(segmentation: Segmentation, segment: str) -> tuple[str, str | None]:
    """The fact, and the text it holds; None where it says yes or no."""
    if segmentation.choosing is Choosing.ANY:
        return f"{segmentation.name}.{segment}", None
    return segmentation.name, segment


def stops_of_the_plan(much: Much, morning: Morning, last: RunRecord | None, catalog: Catalog) -> list[Stop]:
    """`much`: the whole plan has gone by it."""
    first = frozenset(choice.playbook.first_name for choice in morning.choices.choices if choice.first)
    figures = _beginning(last.counts, _MUCH) if last else {}
    before = Before(max(morning.choices.seen, 1), figures, first)
    today = {playbook.first_name: playbook for playbook in catalog.playbooks.values()}
    return too_much(much, before, catalog.project.stop_when, today)


# --- what a run keeps for the next one ---


def kept(now: Shape, before: Shape | None, segments: Segments, much: Much) -> dict[str, int]:
    """As counts of the run."""
    measures = {f"{table}/{name}": number for table, found in now.measures.items() for name, number in found.items()}  # fmt: skip
    return {
        **_named(_ROWS, now.rows),
        **_named(_EMPTY, now.empties),
        **_named(_MEASURE, measures),
        **_named(_OTHER, {place: share for place, share in others(now, before).items() if share}),
        **_named(_SEGMENT, segments.accounts),
        _SEEN: segments.seen,
        **_named(_MUCH, much.figures()),
    }


def near_the_limits(much: Much, most: MostDone) -> dict[str, int]:
    """What came to more than half of what one run may do, and that; shares left aside."""
    limits = {
        "endings": most.endings and most.endings.more_than,
        "emails": most.emails and most.emails.more_than,
        "tasks_for_one_person": most.tasks_for_one_person,
    }
    figures = much.figures()
    near = {name: limit for name, limit in limits.items() if limit and figures[name] > limit / 2}
    return {**{f"near:{name}": figures[name] for name in near}, **_named("most:", near)}


def shape_of(manifest: Manifest, contract: Contract) -> Shape:
    """Answers from the CRM come and go with the tasks: how many there are says nothing of the data."""
    alone = {table.name for table in contract.exported if table.stands_alone}
    tables = [(table, count) for table, count in manifest.tables if table not in alone]
    rows = {table: count.rows for table, count in tables}
    empties = {f"{table}.{name}": empty for table, count in tables for name, empty in count.empties}
    return Shape(rows, empties, {table: dict(count.measures) for table, count in tables})


def shape_recorded(run: RunRecord) -> Shape | None:
    """How big the snapshot of that run was: remembered in the ledger, because old snapshots may be gone."""
    rows = _beginning(run.counts, _ROWS)
    measures: dict[str, dict[str, int]] = {}
    for name, number in _beginning(run.counts, _MEASURE).items():
        table, _, of = name.partition("/")
        measures.setdefault(table, {})[of] = number
    empties, usual = _beginning(run.counts, _EMPTY), _beginning(run.counts, _OTHER)
    return Shape(rows, empties, measures, usual) if rows else None


def still_exported(shape: Shape | None, contract: Contract) -> Shape | None:
    """Without what `sources:` says by now that nobody exports: that was decided, and no export has broken."""
    if shape is None or not contract.not_exported:
        return shape
    gone = frozenset(contract.not_exported)
    rows = {name: count for name, count in shape.rows.items() if name not in gone}
    empties = {name: count for name, count in shape.empties.items() if name not in gone}
    measures = {table: _still(table, found, gone) for table, found in shape.measures.items() if table not in gone}  # fmt: skip
    return Shape(rows, empties, measures, shape.others)


def _still(table: str, measures: Mapping[str, int], gone: Iterable[str]) -> dict[str, int]:
    """`kind:field:…` of the fields that are still there."""
    return {
        name: number
        for name, number in measures.items()
        if f"{table}.{name.partition(':')[2].partition(':')[0]}" not in gone
    }


def _segments_recorded(run: RunRecord | None) -> Segments | None:
    if run is None or _SEEN not in run.counts:
        return None
    return Segments(_beginning(run.counts, _SEGMENT), run.counts[_SEEN])


def _named(beginning: str, counts: Mapping[str, int]) -> dict[str, int]:
    return {f"{beginning}{name}": count for name, count in counts.items()}


def _beginning(counts: Mapping[str, int], beginning: str) -> dict[str, int]:
    return {name.removeprefix(beginning): count for name, count in counts.items() if name.startswith(beginning)}  # fmt: skip
