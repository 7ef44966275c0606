"""A fact that a segmentation gives → what it stands on, and its SQL: first match, tags, exactly one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from cs_playbook.compile.sql import TODAY, Columns, balanced, constant, sql_of_condition
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition, Leaf
from cs_playbook.model.expression import (
    Among,
    Both,
    Expression,
    FieldType,
    IsEmpty,
    Literal,
    Memory,
    Name,
)
from cs_playbook.model.segment import Choosing, Segment, Segmentation, StageState
from cs_playbook.model.wording import write
from cs_playbook.values import replace


class StandsOn(Struct, frozen=True):
    """What must be known before it. `times`: how often its SQL writes each of the conditions."""

    conditions: tuple[Condition, ...] = ()
    memories: tuple[Memory, ...] = ()
    times: int = 1


def segmentation_of(fact: str, catalog: Catalog) -> Segmentation | None:
    """The segmentation that gives a fact."""
    one = catalog.segmentations.get(fact.partition(".")[0])
    return one if one is not None and (fact in one.facts or fact == one.says) else None


def was_in(segmentation: Segmentation, fact: str) -> Memory:
    """Where an account stood on the previous logical day: an unknown rule leaves it there."""
    tags = segmentation.choosing is Choosing.ANY
    return Memory("was", fact, None, FieldType.BOOLEAN if tags else FieldType.TEXT)


def by_hand(segmentation: Segmentation, fact: str) -> Memory:
    """What a person has set it to, as long as that counts."""
    return Memory("by_hand", fact, None, was_in(segmentation, fact).type)


def stood_since(segmentation: Segmentation) -> Memory:
    """Since when it has stood where it stood on the previous logical day."""
    return Memory("since", segmentation.name, None, FieldType.INTEGER)


def stands_on(fact: str, segmentation: Segmentation) -> StandsOn:
    """For any fact of the segmentation."""
    tag = segmentation.tagged(fact)
    if tag is not None:
        memories = (was_in(segmentation, fact), by_hand(segmentation, fact))
        return StandsOn(() if tag.when is None else (tag.when,), memories)
    former = was_in(segmentation, segmentation.name)
    if fact in (segmentation.days, segmentation.state):
        known = Name(segmentation.name if fact == segmentation.days else segmentation.days)
        since = (former, stood_since(segmentation)) if fact == segmentation.days else ()
        return StandsOn(
            (_of(segmentation, IsEmpty(known)), _of(segmentation, IsEmpty(Name(segmentation.name)))), since
        )
    told = [former] if fact != segmentation.name else [former, by_hand(segmentation, fact)]
    if segmentation.by_rule is not None and fact == segmentation.name:
        said = _of(segmentation, IsEmpty(_said_today(segmentation)))
        return StandsOn((said, *patience(segmentation)), tuple(told), 2)
    conditions = tuple(segment.when for segment in segmentation.segments if segment.when is not None)
    return StandsOn(conditions, tuple(told), 3 if segmentation.choosing is Choosing.EXCLUSIVE else 2)


def segment_sql(fact: str, segmentation: Segmentation, columns: Columns) -> str:
    """The name of a segment, or 1 and 0 for a tag; null where none fits, or where it was never known.

    What a person has set goes before the rules.
    """
    if fact not in segmentation.standing:
        return _by_rules(fact, segmentation, columns)
    said = columns.asked(by_hand(segmentation, fact))
    if segmentation.tagged(fact) is None:
        said = f"iif({said} in {_among(segmentation.names)}, {said}, null)"
    return f"coalesce({said}, {_by_rules(fact, segmentation, columns)})"


def _by_rules(fact: str, segmentation: Segmentation, columns: Columns) -> str:
    if fact == segmentation.days:
        return _days(segmentation, columns)
    if fact == segmentation.state:
        return _state(segmentation, columns)
    tag = segmentation.tagged(fact)
    if tag is not None:
        former = columns.asked(was_in(segmentation, fact))
        return "1" if tag.when is None else f"coalesce({sql_of_condition(tag.when, columns)}, {former})"
    former = columns.asked(was_in(segmentation, segmentation.name))
    known = (
        f"iif({former} in {_among(segmentation.names)}, {former}, null)"  # of what is no more nothing is left
    )
    if segmentation.by_rule is not None and fact == segmentation.name:
        moved = columns.asked(_said_today(segmentation))
        if segmentation.move is not None:
            moved = _moved(segmentation, known, columns)
        return _followed(segmentation, moved, known)
    if segmentation.choosing is Choosing.EXCLUSIVE:
        return _only_one(segmentation, known, columns)
    return _first(segmentation, known, columns)


def _among(names: Sequence[str]) -> str:
    return f"({', '.join(map(constant, names))})"


def _first(segmentation: Segmentation, former: str, columns: Columns) -> str:
    """The first that fits; an unknown rule before it leaves the account where it was."""
    arms = ""
    for segment in segmentation.segments:
        if segment.when is None:
            return f"(case{arms} else {constant(segment.name)} end)" if arms else constant(segment.name)
        when = sql_of_condition(segment.when, columns)
        arms += f" when {when} then {constant(segment.name)} when ({when}) is null then {former}"
    return f"(case{arms} else null end)"


def _only_one(segmentation: Segmentation, former: str, columns: Columns) -> str:
    """The one that fits, as long as no other does; an unknown one leaves the account where it was."""
    asked = [
        (segment.name, "1" if segment.when is None else sql_of_condition(segment.when, columns))
        for segment in segmentation.segments
    ]
    how_many = balanced(" + ", [f"({when} is true)" for _, when in asked])
    unknown = balanced(" or ", [f"({when}) is null" for _, when in asked])
    arms = "".join(f" when {when} then {constant(name)}" for name, when in asked)
    return f"(case when {unknown} then {former} when {how_many} = 1 then (case{arms} end) else null end)"


# --- patience ---


def patience(segmentation: Segmentation) -> Iterator[Condition]:
    """What must have held for long enough before an account moves; remembered day by day like any `for`."""
    if segmentation.move is not None:
        yield from (_at_least(segmentation, place) for place in range(len(segmentation.names) - 1))
        yield from (_at_most(segmentation, place) for place in range(1, _lowest(segmentation) + 1))


def _lowest(segmentation: Segmentation) -> int:
    """The place of the last segment; below it, where not everybody has one, are those who have none."""
    takes_all = any(segment.when is None for segment in segmentation.segments)
    return len(segmentation.names) - (1 if takes_all else 0)


def _at_least(segmentation: Segmentation, place: int) -> Condition:
    """The rules say this segment or a higher one."""
    assert segmentation.move is not None
    return _said(
        segmentation,
        Among(_said_today(segmentation), _texts(segmentation.names[: place + 1])),
        segmentation.move.up_after,
    )


def _at_most(segmentation: Segmentation, place: int) -> Condition:
    """The rules say this segment or a lower one, or none at all."""
    assert segmentation.move is not None
    below = segmentation.names[place:]
    said: Expression = IsEmpty(_said_today(segmentation))
    if below:
        said = Both("or", (said, Among(_said_today(segmentation), _texts(below))))
    return _said(segmentation, said, segmentation.move.down_after)


def _said_today(segmentation: Segmentation) -> Name:
    return Name(segmentation.by_rule or "", type=FieldType.TEXT)


def _texts(names: Sequence[str]) -> tuple[Literal, ...]:
    return tuple(Literal(name, FieldType.TEXT) for name in names)


def _said(segmentation: Segmentation, asked: Expression, days: int) -> Condition:
    """One day is today: nothing need be remembered."""
    return replace(_of(segmentation, asked), lasting=days if days > 1 else None)


def _of(segmentation: Segmentation, asked: Expression) -> Leaf:
    return Leaf(write(asked), asked, segmentation.span)


def _moved(segmentation: Segmentation, former: str, columns: Columns) -> str:
    """Where it stood, unless the rules have said something else for long enough; at once where it stood nowhere.

    Up goes to the highest, down to the lowest segment that they have said, or gone beyond, all the time.
    """
    names = segmentation.names
    said = columns.asked(_said_today(segmentation))
    arms = f" when {former} is null then {said} when {said} = {former} then {former}"
    for place, name in enumerate(names[:-1]):
        long_enough = sql_of_condition(_at_least(segmentation, place), columns)
        arms += f" when {former} in {_among(names[place + 1 :])} and {long_enough} then {constant(name)}"
    for place in range(_lowest(segmentation), 0, -1):
        long_enough = sql_of_condition(_at_most(segmentation, place), columns)
        below = constant(names[place]) if place < len(names) else "null"
        arms += f" when {former} in {_among(names[:place])} and {long_enough} then {below}"
    return f"(case{arms} else {former} end)"


# --- stages ---


def _followed(segmentation: Segmentation, moved: str, former: str) -> str:
    """Where it goes, unless one does not come there from where it stood."""
    arms = ""
    for segment in segmentation.segments:
        if segment.after:
            before = _among((*segment.after, segment.name))
            arms += f" when x = {constant(segment.name)} and {former} not in {before} then {former}"
    return f"(select case{arms} else x end from (select {moved} as x))" if arms else moved


def _days(segmentation: Segmentation, columns: Columns) -> str:
    """0 on the day on which it comes."""
    here, former = (
        columns.asked(Name(segmentation.name)),
        columns.asked(was_in(segmentation, segmentation.name)),
    )
    since = columns.asked(stood_since(segmentation))
    return f"(case when {here} is null then null when {here} = {former} then {TODAY} - {since} else 0 end)"


def _state(segmentation: Segmentation, columns: Columns) -> str:
    here, days = columns.asked(Name(segmentation.name)), columns.asked(Name(segmentation.days))
    arms = "".join(_overdue(segment, here, days) for segment in segmentation.segments)
    return f"(case when {here} is null then null{arms} else {constant(StageState.ON_TRACK)} end)"


def _overdue(segment: Segment, here: str, days: str) -> str:
    limits = ((segment.at_most, StageState.STUCK), (segment.expected, StageState.BEHIND))
    in_it = f"{here} = {constant(segment.name)}"
    return "".join(
        f" when {in_it} and {days} > {limit} then {constant(state.value)}" for limit, state in limits if limit
    )
