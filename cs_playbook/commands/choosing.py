"""Facts of the day + memory → for each playbook: who fits, who is new, who may start, who is held back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from cs_playbook.commands.facts_stage import Stage, fill_past
from cs_playbook.commands.subjects import want, wanted_subjects
from cs_playbook.compile import wanted
from cs_playbook.compile.masks import MOST, masks, parts, sample
from cs_playbook.compile.scan import Rule, over_already, row_matches, rule_of, says_no
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import Observation, RunRecord
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.expression import Value, from_day, to_day
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.plan.decision import Today, subject_key
from cs_playbook.plan.enroll import Before, Candidate, Room, Thinned, first_owner, thin

_AT_ONCE = 500  # columns of one query; SQLite takes 2 000


@dataclass(frozen=True, slots=True)
class Choice:
    """What one playbook's rule says today. `fitting`: how many; `new`: how many that did not fit at the last run.

    `first`: its first live (or shadow) run: then nobody counts as new.
    """

    rule: Rule
    series: str
    fitting: int
    new: int
    first: bool
    thinned: Thinned

    @property
    def playbook(self) -> Playbook:
        return self.rule.playbook


@dataclass(frozen=True, slots=True)
class Choices:
    """All playbooks with a rule. `seen`: active accounts in the snapshot."""

    choices: tuple[Choice, ...]
    seen: int
    observations: tuple[Observation, ...] = field(default_factory=tuple)


def choose_starts(stage: Stage, ledger: Ledger, today: Today, earlier: RunRecord | None) -> Choices:
    """One scan for all rules about accounts; one query for each rule about rows.

    `earlier`: the run that has made the starts of this day, from the same files and the same snapshot.
    """
    memory = _Memory(ledger, stage, today, earlier)
    acting = [playbook for playbook in stage.catalog.playbooks.values() if playbook.status is not Status.DRAFT]
    rules = [rule for playbook in acting if (rule := rule_of(playbook)) is not None]
    stage.connection.execute(wanted.FITTING)
    stage.connection.executemany(wanted.ADD_FITTING, _fitting(rules, stage))
    made = [_choice(number, rule, memory) for number, rule in enumerate(rules)]
    seen = stage.connection.execute(wanted.ACTIVE_COUNT).fetchone()[0]
    return Choices(tuple(choice for choice, _ in made), seen, tuple(observation for _, observation in made))


def fits_series(playbook: Playbook) -> str:
    """Live and shadow runs remember apart: what a shadow saw is no reason to leave somebody out when it goes live."""
    return f"fits:{playbook.first_name}:{playbook.status.value}"


Fitting = tuple[int, str, str, str | None, int]  # rule, subject, account, row, holds


def _fitting(rules: Sequence[Rule], stage: Stage) -> Iterator[Fitting]:
    of_accounts = [(number, rule) for number, rule in enumerate(rules) if rule.row is None]
    shares = _shares([rule for _, rule in of_accounts], stage)
    for start in range(0, len(of_accounts), MOST):
        some = of_accounts[start : start + MOST]
        query = masks([rule for _, rule in some], stage.reckoning, shares)
        for account, said in stage.connection.execute(query):
            for bit, (number, _) in enumerate(some):
                if said >> bit & 1:
                    yield number, account, account, None, said >> (MOST + bit) & 1
    for number, rule in enumerate(rules):
        if rule.row is not None:
            query = row_matches(rule, stage.catalog.contract, stage.reckoning)
            for account, row, _, holds in stage.connection.execute(query):
                yield number, subject_key(account, row), account, row, holds


def _shares(rules: Sequence[Rule], stage: Stage) -> dict[str, float]:
    """How often each part of the rules says yes: the scan asks first what most often says no."""
    asked = parts(rules, stage.reckoning)
    shares: dict[str, float] = {}
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        shares |= zip(some, stage.connection.execute(sample(some)).fetchone(), strict=True)
    return shares


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a choice asks besides the rule."""

    ledger: Ledger
    stage: Stage
    today: Today
    earlier: RunRecord | None


def _choice(number: int, rule: Rule, memory: _Memory) -> tuple[Choice, Observation]:
    stage, ledger, day, series = memory.stage, memory.ledger, memory.today.day, fits_series(rule.playbook)
    past = f"fits_{number}"
    remembered = ((subject, value, to_day(since)) for subject, value, since in ledger.remembered(series, day))
    fill_past(stage.connection, past, remembered)
    first_day = ledger.ever_remembered(series)
    first = first_day is None or first_day >= day
    over = _over_already(number, rule, stage)
    fitting = 0
    new: list[str] = []
    held_for: list[Candidate] = []
    for subject, account, row, holds, since in stage.connection.execute(wanted.newly_fitting(past), (number,)):
        fitting += 1
        if since is None:
            new.append(subject)
        if holds and subject not in over:
            held_for.append(Candidate(account, row, day if since is None else from_day(since)))
    thinned = _thinned(rule.playbook, held_for, first_day or day, memory)
    gone = _said_no(number, rule, past, stage)
    changes: list[tuple[str, Value]] = [*((subject, 1) for subject in new), *((subject, 0) for subject in gone)]
    surprising = 0 if first else _seen_by_no_run(new, series, ledger, day)
    choice = Choice(rule, series, fitting, surprising, first, thinned)
    return choice, Observation(series, sorted(changes, key=lambda change: change[0]))


def _seen_by_no_run(new: Sequence[str], series: str, ledger: Ledger, day: date) -> int:
    """How many are new to every run, an earlier one of this day included: what that one let pass is not asked again."""
    last = ledger.last_run()
    if not new or last is None or last.day < day:
        return len(new)
    seen = {subject for subject, value, _ in ledger.remembered(series, day + timedelta(days=1)) if value == 1}
    return sum(subject not in seen for subject in new)


def _over_already(number: int, rule: Rule, stage: Stage) -> frozenset[str]:
    """Who would end on the day of the start: they start nothing, and take no place from others."""
    query = over_already(rule, stage.catalog.contract, stage.reckoning)
    return frozenset() if query is None else frozenset(subject for (subject,) in stage.connection.execute(query, (number,)))


def _said_no(number: int, rule: Rule, past: str, stage: Stage) -> list[str]:
    stage.connection.execute(wanted.GONE)
    stage.connection.execute(wanted.EMPTY_GONE)
    stage.connection.executemany(wanted.ADD_GONE, stage.connection.execute(wanted.no_longer_fitting(past), (number,)).fetchall())
    query = says_no(rule, stage.catalog.contract, stage.reckoning)
    return [subject for (subject,) in stage.connection.execute(query)]


def _thinned(playbook: Playbook, candidates: list[Candidate], first_day: date, memory: _Memory) -> Thinned:
    before = before_of(playbook, [(candidate.account, candidate.row) for candidate in candidates], memory.ledger)
    owners = _owners(playbook, candidates, memory)
    known = [
        replace(candidate, before=before.get((candidate.account, candidate.row), Before()), owner=owners.get(candidate.account))
        for candidate in candidates
    ]
    arm = Arm.SHADOW if playbook.status is Status.SHADOW else Arm.TREATED
    day = memory.today.day
    room = Room(
        started_today=memory.ledger.started_on(playbook.first_name, day, arm),
        open_by_owner=memory.ledger.open_count_by_owner(playbook.first_name, arm) if owners else {},
        given_out=memory.earlier is not None,
    )
    skipped = first_day if playbook.trigger.already_matching == "skip" else None
    return thin(playbook, known, room, skipped, day)


def _owners(playbook: Playbook, candidates: list[Candidate], memory: _Memory) -> dict[str, str]:
    """By account, who would get the first step; asked only where a limit counts by person."""
    if playbook.limits.open_per_person is None:
        return {}
    want(memory.stage.connection, (candidate.account for candidate in candidates))
    found = ((subject.account, first_owner(playbook, subject, memory.today)) for subject in wanted_subjects(memory.stage))
    return {account: owner for account, owner in found if owner is not None}


def before_of(playbook: Playbook, subjects: Iterable[tuple[str, str | None]], ledger: Ledger) -> Mapping[tuple[str, str | None], Before]:
    """What each subject has been through in this playbook. Shadows count for a shadow only: to go live is a beginning."""
    shadow = playbook.status is Status.SHADOW
    return {
        (past.account, past.row): Before(
            past.count,
            past.count if shadow else past.treated,
            past.open if shadow else past.open_treated,
            past.last_ended_on,
        )
        for past in ledger.past_episodes(playbook.first_name, subjects)
    }
