"""Many rules about accounts → few scans of `temp.facts` that answer all of them, asking first what most often says no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.asked import lasting_of
from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.guards import Asked, Costs, Range, together
from cs_playbook.compile.scan import Rule, seen_by, top_parts
from cs_playbook.compile.some import within
from cs_playbook.compile.sql import balanced, sql_of_condition
from cs_playbook.model.condition import Condition, Leaf, impatient, leaves
from cs_playbook.model.expression import Between
from cs_playbook.parse.depth import MOST_PLACES, places

MOST = 30  # rules in one mask, two bits each: a number of SQLite has 63
_SAMPLED = 2_000  # accounts, spread over all: enough to tell a frequent no from a rare one
_LONGEST = (
    50_000  # letters of the masks of one scan: what SQLite makes of them takes some thirty times their room
)
_GUARD = 8  # places of its parser's stack that a guard around others takes
_MOST_GUARDS = 5  # around each other: what five have let pass, the rules themselves may look at


class Scan(Struct, frozen=True):
    """One query: (number of the account, its key, a number for each MOST of its rules) of all that fit any of them.

    Bit k: the account fits rule k of that mask; bit MOST + k: every `for` of it has been patient enough too.
    `of_some`: the same of some accounts (compile/some.py). `places`: of its rules among all, mask after mask.
    """

    query: str
    of_some: str
    places: tuple[int, ...]


def scans(rules: Sequence[Rule], shares: Mapping[str, float]) -> Iterator[Scan]:
    """Together all rules. `shares`: part → how often it says yes (0 to 1).

    Many masks share a scan: an account is read once for hundreds of rules.
    """
    costs = Costs({_sql(impatient(part)): sum(1 for _ in leaves(part)) for part in _parts(rules)}, shares)
    read = [_read(rule, place, costs) for place, rule in enumerate(rules)]
    # Ranges of one fact that lie side by side share a mask: one question may spare them all.
    read.sort(key=lambda one: (one.range.item, one.range.low, one.place) if one.range else ("", 0, one.place))
    everybody = any(rule.playbook.sees_inactive or rule.playbook.trigger.per_person for rule in rules)
    some: list[_Mask] = []
    for start in range(0, len(read), MOST):
        mask = _mask(read[start : start + MOST], costs, everybody=everybody)
        if some and sum(len(other.said) for other in some) + len(mask.said) > _LONGEST:
            yield _scan(some, everybody=everybody)
            some = []
        some.append(mask)
    if some:
        yield _scan(some, everybody=everybody)


def parts(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Everything that must hold for one of the rules, as SQL, each once."""
    return tuple(dict.fromkeys(_sql(impatient(part)) for part in _parts(rules)))


def sample(asked: Sequence[str]) -> str:
    """One row: for each part the share of accounts to which it says yes, in a sample that is always the same."""
    # From number to number: to look at every account for every second thousand of them takes as long as a scan.
    last = "(select max(_n) from temp.facts)"
    step = f"(1 + {last} / {_SAMPLED})"
    some = f"with recursive s(i) as (select {step} union all select i + {step} from s where i + {step} <= {last}) select i from s"
    counted = ", ".join(f"total(iif({part}, 1, 0)) / max(count(*), 1)" for part in asked)
    return f"select {counted} from ({some}) cross join temp.facts_keyed f on f._n = i"


def _parts(rules: Sequence[Rule]) -> Iterator[Condition]:
    for rule in rules:
        yield from top_parts(rule.condition)


class _Read(Struct, frozen=True):
    """A rule and its place, its parts as SQL, the likeliest no first, what its `for` ask, the range that it asks first."""

    rule: Rule
    place: int
    parts: tuple[str, ...]
    patient: tuple[str, ...]
    range: Range | None


class _Mask(Struct, frozen=True):
    """One number of a scan, as SQL, and the places of its rules among all."""

    said: str
    places: tuple[int, ...]


def _read(rule: Rule, place: int, costs: Costs) -> _Read:
    written = {_sql(impatient(part)): part for part in top_parts(rule.condition)}
    asked = tuple(sorted(written, key=costs.of_no))
    patient = tuple(_sql(written[part]) for part in asked if lasting_of(written[part]))
    match written[asked[0]]:
        case Leaf(expression=Between() as asks):
            return _Read(rule, place, asked, patient, Range.of(asked[0], asks))
        case _:
            return _Read(rule, place, asked, patient, None)


def _scan(some: Sequence[_Mask], *, everybody: bool) -> Scan:
    """limit -1 keeps SQLite from asking everything again in the outer where.

    `everybody`: some rule is asked of inactive accounts, or of people, as well; then each says itself whom it sees.
    """
    seen = "1" if everybody else f"f.{ACTIVE}"
    said = ", ".join(f"{mask.said} as said_{at}" for at, mask in enumerate(some))
    names = [f"said_{at}" for at in range(len(some))]
    any_of = balanced(" or ", [f"{name} <> 0" for name in names])

    def query(whom: str) -> str:
        inside = (
            f"select f._n as n, f._id as id, {said} from temp.facts_keyed f where {whom} limit -1 offset 0"
        )
        return f"select n, id, {', '.join(names)} from ({inside}) where {any_of}"

    places = tuple(place for mask in some for place in mask.places)
    return Scan(query(seen), query(f"{seen} and {within('f._n')}"), places)


def _mask(some: Sequence[_Read], costs: Costs, *, everybody: bool) -> _Mask:
    asked = [_asked(one, k, (seen_by(one.rule),) if everybody else ()) for k, one in enumerate(some)]
    deepest = max(places(one.rule.condition) for one in some)
    guards = min(_MOST_GUARDS, 1 + max(0, MOST_PLACES - deepest) // _GUARD)
    return _Mask(together(asked, costs, guards), tuple(one.place for one in some))


def _asked(read: _Read, k: int, seen: tuple[str, ...]) -> Asked:
    fit, hold = 1 << k, 1 << (MOST + k)
    patient = f"iif({balanced(' and ', list(read.patient))}, {fit + hold}, {fit})" if read.patient else ""
    return Asked((*seen, *read.parts), patient or str(fit + hold), read.range)


def _sql(condition: Condition) -> str:
    return sql_of_condition(condition, account_columns("f"))
