"""Facts of the day + memory → for each playbook: who fits, who is new, who may start, who is held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from cs_playbook.commands.barring import Barring
from cs_playbook.commands.facts_apart import side_by_side
from cs_playbook.commands.facts_stage import Stage
from cs_playbook.commands.first_owners import FirstOwners
from cs_playbook.commands.naming import fits_no_more, name_fitting
from cs_playbook.commands.past_stage import fill_past, remembered
from cs_playbook.compile import candidates, wanted
from cs_playbook.compile.masks import MOST, Scan, parts, sample, scans
from cs_playbook.compile.said import add_fitting, said_of_some
from cs_playbook.compile.scan import Rule, over_already, row_matches, rule_of, says_no
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.expression import Value, from_day, to_day
from cs_playbook.model.playbook import STARTING, Playbook, Status
from cs_playbook.model.time import Rhythm
from cs_playbook.plan.decision import Held, HeldBy, Today, subject_key
from cs_playbook.plan.enroll import Before, Candidate, Room, thin
from cs_playbook.plan.turns import Turn, in_turn, turn_of
from cs_playbook.source.snapshot import together

_AT_ONCE = 500  # candidates looked up together
_COUNTED_AT_ONCE = 100  # columns of one query: SQLite takes 2 000, and 15 kB for each
_NEVER = Before()
_FITS = (1 << MOST) - 1  # the bits of a mask that say who fits


class Choice(Struct, frozen=True):
    """What one playbook's rule says today. `place`: of the rule among all. `fitting`: how many; `new`: how many that did
    not fit at the last run. `may_start`: longest first. `already`: how many are left alone, they fitted before it went live.

    `first`: its first live (or shadow) run: then nobody counts as new.
    """

    rule: Rule
    place: int
    series: str
    fitting: int
    new: int
    first: bool
    already: int
    may_start: tuple[Candidate, ...]

    @property
    def playbook(self) -> Playbook:
        return self.rule.playbook


class Choices(Struct, frozen=True):
    """All playbooks with a rule, in their places. `seen`: active accounts in the snapshot."""

    choices: tuple[Choice, ...]
    seen: int


def choose_starts(stage: Stage, ledger: Ledger, today: Today, earlier: RunRecord | None) -> Choices:
    """One scan for all rules about accounts; one query for each rule about rows. Who fits and who is held stays in tables.

    `earlier`: the run that has made the starts of this day, from the same files and the same snapshot.
    """
    with together(stage.connection):
        return _choices(_Memory(ledger, stage, today, earlier))


def _choices(memory: _Memory) -> Choices:
    stage, ledger = memory.stage, memory.ledger
    acting = [playbook for playbook in stage.catalog.playbooks.values() if playbook.status in STARTING]
    rules = [rule for playbook in acting if (rule := rule_of(playbook)) is not None]
    for table in candidates.TABLES:
        stage.connection.execute(table)
    _find_fitting(rules, stage)
    # Who goes first where two must not run together: by priority, then by name. Places stay as they are.
    order = sorted(enumerate(rules), key=lambda item: (item[1].playbook.priority, item[1].playbook.name))
    barring = Barring.of(rules, memory.today, stage, ledger)
    made: dict[int, Choice] = {}
    for place, rule in order:
        made[place] = _choice(place, rule, memory, barring)
        barring.begins(rule.playbook, made[place].may_start)
    return Choices(
        tuple(made[place] for place in sorted(made)),
        stage.connection.execute(wanted.ACTIVE_COUNT).fetchone()[0],
    )


def held_listed(choices: Choices, stage: Stage) -> Iterator[tuple[str, tuple[str | None, Held]]]:
    """(account, (row, why)) of the starts that are held, in order of account. Who fitted before is counted, not listed."""
    for account, row, place, by, why, until in stage.connection.cursor().execute(
        candidates.HELD_LISTED, (HeldBy.ALREADY,)
    ):
        yield account, (row, _held(choices.choices[place].playbook, by, why, until))


def left_alone(choice: Choice, account: str, row: str | None, stage: Stage) -> Held | None:
    """Why somebody who fitted before the playbook went live is left alone; None where it is not so."""
    found = stage.connection.execute(
        candidates.ONE_HELD, (choice.place, HeldBy.ALREADY, account, row)
    ).fetchone()
    return None if found is None else _held(choice.playbook, HeldBy.ALREADY, *found)


def _held(playbook: Playbook, by: str, why: str, until: int | None) -> Held:
    return Held(HeldBy(by), playbook.name, None, why, None if until is None else from_day(until))


def new_accounts(choice: Choice, stage: Stage) -> list[str]:
    """Keys of the accounts that fit and did not at the last run, once for each row, the largest first."""
    query = candidates.largest_new_ones(_past(choice.place), "arr" if "arr" in stage.columns else None)
    return [str(account) for (account,) in stage.connection.execute(query, (choice.place,))]


def fits_changed(choice: Choice, stage: Stage) -> Iterator[tuple[str, Value]]:
    """(subject, 1 or 0) of those that newly fit and of those that the rule now says no to."""
    past, at = _past(choice.place), (choice.place,)
    yield from ((subject, 1) for (subject,) in stage.connection.execute(candidates.new_ones(past), at))
    stage.connection.execute(candidates.EMPTY_GONE)
    stage.connection.execute(candidates.add_gone(past), at)
    if choice.playbook.trigger.per_value:
        yield from ((subject, 0) for subject in sorted(fits_no_more(choice.place, choice.rule, stage)))
        return
    query = says_no(choice.rule, stage.catalog.contract)
    yield from ((subject, 0) for (subject,) in stage.connection.execute(query))


def fits_series(playbook: Playbook) -> str:
    """Live and shadow runs remember apart: what a shadow saw is no reason to leave somebody out when it goes live."""
    arm = Status.SHADOW if playbook.status is Status.SHADOW else Status.LIVE
    return f"fits:{playbook.first_name}:{arm.value}"


# Rule, subject, account, row, holds, number of the account.
Fitting = tuple[int, str, str, str | None, int, int]


def fitting(rules: Sequence[Rule], stage: Stage) -> Iterator[Fitting]:
    """Who fits each of the rules (by its place in the list), for as long as asked or not."""
    for scan, places in _scans(rules, stage):
        for n, account, *said in stage.connection.execute(scan.query):
            for place, holds in _said(said):
                yield places[place], account, account, None, holds, n
    yield from _fitting_rows(rules, stage)


def _find_fitting(rules: Sequence[Rule], stage: Stage) -> None:
    """The same into a table; of accounts the connections ask side by side, and no account goes through Python."""
    found = list(_scans(rules, stage))
    asked = [
        [query for at, (scan, _) in enumerate(found) for query in said_of_some(part.own, at, scan)]
        for part in stage.parts
    ]
    side_by_side(stage.parts, asked)
    for at, (scan, places) in enumerate(found):
        for part in stage.parts:
            for statement in add_fitting(part.schema, at, scan, places):
                stage.connection.execute(statement)
    stage.connection.executemany(candidates.ADD_FITTING, _fitting_rows(rules, stage))


def _scans(rules: Sequence[Rule], stage: Stage) -> Iterator[tuple[Scan, tuple[int, ...]]]:
    """For the rules about accounts, with the places of a scan's rules among all."""
    of_accounts = [(number, rule) for number, rule in enumerate(rules) if rule.row is None]
    asked = [rule for _, rule in of_accounts]
    for scan in scans(asked, shares_of(asked, stage)):
        yield scan, tuple(of_accounts[place][0] for place in scan.places)


def _fitting_rows(rules: Sequence[Rule], stage: Stage) -> Iterator[Fitting]:
    for number, rule in enumerate(rules):
        if rule.row is not None:
            query = row_matches(rule, stage.catalog.contract)
            for n, account, row, holds in stage.connection.execute(query):
                yield number, subject_key(account, row), account, row, holds, n


def _said(masks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(place of the rule in the scan, whether every `for` holds) of the bits that are set: few of many."""
    for at, mask in enumerate(masks):
        fits = mask & _FITS
        while fits:
            lowest = fits & -fits
            yield at * MOST + lowest.bit_length() - 1, 1 if mask & lowest << MOST else 0
            fits ^= lowest


def shares_of(rules: Sequence[Rule], stage: Stage) -> dict[str, float]:
    """How often each part of the rules says yes: the scan asks first what most often says no."""
    asked = parts(rules)
    shares: dict[str, float] = {}
    for start in range(0, len(asked), _COUNTED_AT_ONCE):
        some = asked[start : start + _COUNTED_AT_ONCE]
        shares |= zip(some, stage.connection.execute(sample(some)).fetchone(), strict=True)
    return shares


class _Memory(Struct, frozen=True):
    """What a choice asks besides the rule."""

    ledger: Ledger
    stage: Stage
    today: Today
    earlier: RunRecord | None


def _choice(place: int, rule: Rule, memory: _Memory, barring: Barring) -> Choice:
    stage, ledger, day, series = memory.stage, memory.ledger, memory.today.day, fits_series(rule.playbook)
    fill_past(stage.connection, _past(place), remembered(ledger, series, day))
    first_day = ledger.ever_remembered(series)
    first = first_day is None or first_day >= day
    _mark_over(place, rule, stage)
    if rule.playbook.trigger.per_value:
        name_fitting(place, rule.playbook, _past(place), stage, ledger, day)
    fitting, new = stage.connection.execute(candidates.counted(_past(place)), (place,)).fetchone()
    may_start: list[Candidate] = []
    held: Counter[str] = Counter()
    thinned = _thinned(place, rule.playbook, first_day or day, memory, barring)
    stage.connection.executemany(candidates.ADD_HELD, _rows_of_held(place, thinned, may_start, held))
    surprising = _seen_by_no_run(place, new, series, memory) if new and not first else 0
    return Choice(rule, place, series, fitting, surprising, first, held[HeldBy.ALREADY], tuple(may_start))


def _past(place: int) -> str:
    """Where it stands what fitted rule `place` before today."""
    return f"fits_{place}"


def _seen_by_no_run(place: int, new: int, series: str, memory: _Memory) -> int:
    """How many are new to every run, an earlier one of this day included: what that one let pass is not asked again."""
    last, day = memory.ledger.last_run(), memory.today.day
    if last is None or last.day < day:
        return new
    later = f"later_{place}"
    fill_past(memory.stage.connection, later, remembered(memory.ledger, series, day + timedelta(days=1)))
    query = candidates.count_new_to_both(_past(place), later)
    return int(memory.stage.connection.execute(query, (place,)).fetchone()[0])


def _mark_over(place: int, rule: Rule, stage: Stage) -> None:
    """Who would end on the day of the start: they start nothing, and take no place from others."""
    query = over_already(rule, stage.catalog.contract)
    if query is not None:
        stage.connection.execute(candidates.mark_over(query), (place, place))


def _thinned(
    place: int, playbook: Playbook, first_day: date, memory: _Memory, barring: Barring
) -> Iterator[tuple[Candidate, Held | None]]:
    day, arm = memory.today.day, Arm.SHADOW if playbook.status is Status.SHADOW else Arm.TREATED
    counted = playbook.limits.open_per_person is not None
    owners = FirstOwners(playbook, stage=memory.stage, today=memory.today)
    room = Room(
        started_today=_started_today(playbook, arm, memory),
        open_by_owner=memory.ledger.open_count_by_owner(playbook.first_name, arm) if counted else {},
        owner_of=owners.of,
        given_out=memory.earlier is not None,
    )
    skipped = first_day if _is_skipped(playbook, first_day, memory) else None
    found: Iterable[Candidate] = _candidates(place, playbook, memory, barring, owners)
    if playbook.trigger.every is not None:
        turn = turn_today(playbook.trigger.every, first_day, memory.ledger, memory.today)
        found = in_turn(found, turn, day) if turn is not None else ()
    return thin(playbook, found, room, skipped, day)


def _is_skipped(playbook: Playbook, first_day: date, memory: _Memory) -> bool:
    """Who fitted already is left alone: the playbook says so, or the ledger was lost and began anew. A rhythm goes on."""
    if playbook.trigger.already_matching == "skip":
        return True
    began = memory.ledger.began_anew() if playbook.trigger.every is None else None
    return began is not None and first_day <= began


def turn_today(every: Rhythm, first_day: date, ledger: Ledger, today: Today) -> Turn | None:
    """`first_day`: its first live, or shadow, day."""
    runs = [run.day for run in ledger.run_days()]
    return turn_of(every, first_day, runs, today.day, today.reckoning.calendar)


def _started_today(playbook: Playbook, arm: Arm, memory: _Memory) -> int:
    """Who is held out has taken its place in the trickle like all others: both begin on the same days."""
    arms = (arm, Arm.HELD_OUT) if arm is Arm.TREATED and playbook.holdout else (arm,)
    return sum(memory.ledger.started_on(playbook.first_name, memory.today.day, each) for each in arms)


def _candidates(
    place: int, playbook: Playbook, memory: _Memory, barring: Barring, owners: FirstOwners
) -> Iterator[Candidate]:
    """Longest first, each with what it has been through."""
    found = memory.stage.connection.execute(
        candidates.candidates(_past(place)), (to_day(memory.today.day), place)
    )
    while some := found.fetchmany(_AT_ONCE):
        accounts = [account for account, _, _ in some]
        before = before_of(playbook, [(account, row) for account, row, _ in some], memory.ledger)
        barred = barring.of_accounts(playbook, accounts)
        owners.expect(accounts)
        days = {since: from_day(since) for since in {since for _, _, since in some}}
        for account, row, since in some:
            past = before.get((account, row), _NEVER)
            yield Candidate(account, row, days[since], past, barred.get(account))


def _rows_of_held(
    place: int,
    thinned: Iterable[tuple[Candidate, Held | None]],
    may_start: list[Candidate],
    counted: Counter[str],
) -> Iterator[tuple[str, str | None, int, str, str, int | None]]:
    """Who is held goes on to the table and is counted by the reason, who is not goes to `may_start`."""
    for candidate, held in thinned:
        if held is None:
            may_start.append(candidate)
        else:
            counted[held.by] += 1
            yield (
                candidate.account,
                candidate.row,
                place,
                held.by,
                held.why,
                None if held.until is None else to_day(held.until),
            )


def before_of(
    playbook: Playbook, subjects: Iterable[tuple[str, str | None]], ledger: Ledger
) -> Mapping[tuple[str, str | None], Before]:
    """What each subject has been through in this playbook. Shadows count for a shadow only: to go live is a beginning."""
    shadow = playbook.status is Status.SHADOW
    return {
        (past.account, past.row): Before(
            past.count,
            past.count if shadow else past.treated,
            past.open if shadow else past.open_treated,
            past.last_ended_on,
            0 if shadow else past.watched,
            past.open_watched and not shadow,
            past.last_started_on,
        )
        for past in ledger.past_episodes(playbook.first_name, subjects)
    }
