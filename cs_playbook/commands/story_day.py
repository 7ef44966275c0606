"""A case, day by day: what people say, an export, and the plan and record that a real run makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct, field

from cs_playbook.commands.facts_stage import Given, asked_in_stories, facts_given
from cs_playbook.commands.must import fields_of, holds
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.recording import Tally, definitions, observations
from cs_playbook.commands.story_facts import facts_expected
from cs_playbook.commands.story_mails import written
from cs_playbook.commands.story_owners import owners_expected
from cs_playbook.commands.story_said import Room, Said, Unsaid, after_the_run, said
from cs_playbook.commands.story_traits import words_of
from cs_playbook.commands.story_world import Export, World, begin, export, later, with_own_resources
from cs_playbook.compile.asked import Asked
from cs_playbook.compile.facts import facts_sql
from cs_playbook.compile.facts_sql import FactsSql
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.effects.snapshot_memory import Image, Slate, memory_image
from cs_playbook.model.asks import Holds
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS, Contract
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import Ended, Event, Started
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.keys import enrollment_key
from cs_playbook.model.playbook import PLAYBOOK, Playbook, Status
from cs_playbook.model.plays import played_by
from cs_playbook.model.story import Case, Row, Run, Stories
from cs_playbook.model.story_result import Failure
from cs_playbook.model.time import Calendar
from cs_playbook.parse.playbook import Surroundings
from cs_playbook.parse.story_value import Days
from cs_playbook.plan.decision import Subject, SubjectPlan
from cs_playbook.plan.together import rivals
from cs_playbook.source.manifest import Manifest, sources_hash
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.values import replace

_TOLD = "told by a story"  # instead of the text of a playbook that only its memory knows


class Desk(Struct, frozen=True):
    """What stays ready from day to day: the SQL of the facts, and a snapshot on whose connection it was run before."""

    facts_sql: FactsSql
    slate: Slate


class Setting(Struct, frozen=True):
    """What the cases of a file share. `catalog` has the one playbook, as if live; `asked` is all that it asks.

    `images` are made once for all days with the same export, `desks` for all on which the same facts are given.
    """

    stories: Stories
    catalog: Catalog
    around: Surroundings
    calendar: Calendar
    asked: Asked
    images: dict[str, Image] = field(default_factory=dict)
    rivals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    desks: dict[object, Desk] = field(default_factory=dict)

    @property
    def playbook(self) -> Playbook:
        return self.catalog.playbooks[self.stories.playbook]

    @property
    def days(self) -> Days:
        return Days(self.stories.today, self.calendar)

    def image(self, exported: Export) -> Image:
        key = repr(exported.tables)
        if key not in self.images:
            self.images[key] = memory_image(self.catalog.contract, exported.tables)
        return self.images[key]

    def desk(self, exported: Export, contract: Contract) -> Desk:
        given, resources = facts_given(exported.given), tuple(table.items for table in contract.resources)
        if (given, resources) not in self.desks:
            made = facts_sql(self.asked, replace(self.catalog, contract=contract), given)
            self.desks[given, resources] = Desk(made, Slate(contract))
        return self.desks[given, resources]

    def close(self) -> None:
        for desk in self.desks.values():
            desk.slate.close()


class Played(Struct, frozen=True):
    """A day after its run. `plans`: of the one playbook; `others`: of those that it plays; `by_hand`: what people had ended before it."""

    run: Run
    on: date
    setting: Setting
    world: World
    morning: Morning
    ledger: Ledger
    plans: tuple[SubjectPlan, ...]
    by_hand: tuple[Event, ...]
    others: tuple[SubjectPlan, ...] = ()


Compare = Callable[[Played], list[Failure]]


def setting_of(stories: Stories, catalog: Catalog, around: Surroundings, calendar: Calendar) -> Setting:
    """Nothing but the playbook of the stories is there; a draft or a shadow is played as if live."""
    playbook = replace(catalog.playbooks[stories.playbook], status=Status.LIVE)
    alone = replace(catalog, playbooks={**_played(playbook, catalog), playbook.name: playbook})
    apart = rivals(catalog.playbooks.values())
    besides, owning = owners_expected(stories, alone)
    asked = asked_in_stories(alone, [*facts_expected(stories), *owning], besides)
    return Setting(stories, alone, around, calendar, asked, rivals=apart)


def _played(playbook: Playbook, catalog: Catalog) -> dict[str, Playbook]:
    """Those that its steps begin, as if live; their own rules start nobody here."""
    return {
        name: replace(
            other, status=Status.LIVE, trigger=replace(other.trigger, when=None, started_by=(PLAYBOOK,))
        )
        for name, other in played_by(playbook, catalog.playbooks).items()
    }


def play(case: Case, setting: Setting, compare: Compare) -> tuple[tuple[Failure, ...], int]:
    """Failures of the first day that has any (all after it follows from it), and how many days were run."""
    runs = _runs(case)
    with Ledger.in_memory() as ledger:
        playing = _Playing(case, setting, ledger)
        for count, run in enumerate(runs, 1):
            failures = playing.day(run, compare)
            if failures:
                return tuple(failures), count
    return (), len(runs)


def _runs(case: Case) -> list[Run]:
    """A day that the story names twice is run twice; one that it does not name is run as it comes."""
    named: dict[int, list[Run]] = {}
    for run in case.runs:
        named.setdefault(run.day, []).append(run)
    days = range(max(named) + 1) if case.every_day else sorted(named)
    return [run for day in days for run in named.get(day, [Run(day, case.span)])]


def _unsaid(spoken: Unsaid, run: Run, on: date) -> Failure:
    return Failure(spoken.span, run.day, on, spoken.expected, spoken.got, spoken.why)


class _Playing:
    """Holds the ledger and the world of a case while its days go by."""

    def __init__(self, case: Case, setting: Setting, ledger: Ledger) -> None:
        self.case = case
        self.setting = setting
        self.ledger = ledger
        self.world = begin(setting.stories, case, setting.catalog.contract)
        self._export()
        self.exports = ""
        self.exported_times = 0
        self.status = Status.LIVE
        self.told: dict[tuple[str, str], str] = {}  # (account, playbook) → enrollment a story speaks of
        self.told_finished: set[tuple[str, str]] = set()
        self._said_of(self.world.tables[ACCOUNTS], setting.stories.today - timedelta(days=1))

    def day(self, run: Run, compare: Compare) -> list[Failure]:
        on = self.setting.stories.today + timedelta(days=run.day)
        self._later(run)
        self.status = Status(run.status) if run.status else self.status
        self.ledger.record([*self._others(on)], "")
        self._said_of(run.set, on)
        sources = self._sources(self.desk.slate, on)
        spoken = self._said(run, on, sources.snapshot)
        if isinstance(spoken, Unsaid):
            return [_unsaid(spoken, run, on)]
        self.ledger.record(spoken.events, "")
        morning = prepare(sources)
        plans = tuple(morning.plans())
        self._record(morning, plans, self.desk.slate.manifest)
        sent = self._sent(spoken, run, on, sources.snapshot)
        if isinstance(sent, Unsaid):
            return [_unsaid(sent, run, on)]
        ours = tuple(plan for plan in plans if self._is_ours(plan))
        others = tuple(plan for plan in plans if not self._is_ours(plan))
        by_hand = tuple(event for event in spoken.events if isinstance(event, Ended))
        return compare(Played(run, on, self.setting, self.world, morning, self.ledger, ours, by_hand, others))

    def _sent(self, spoken: Said, run: Run, on: date, snapshot: Snapshot) -> Unsaid | None:
        """What the run has put into the outbox leaves on the same day."""
        sent = after_the_run(spoken.later, run, on, self._room(on, snapshot))
        if isinstance(sent, Unsaid):
            return sent
        if sent:
            self.ledger.record(sent, "", written(sent))
        return None

    def _said(self, run: Run, on: date, snapshot: Snapshot) -> Said | Unsaid:
        return said(run, on, self._room(on, snapshot))

    def _room(self, on: date, snapshot: Snapshot) -> Room:
        setting = self.setting
        contract, reckoning = setting.catalog.contract, Reckoning(to_day(on), setting.calendar)

        def holding(account: str) -> Holds:
            return holds(lambda: fields_of(snapshot.connection, contract, account, reckoning), reckoning)

        playbooks, people = setting.catalog.playbooks, setting.catalog.team.addresses
        accounts = (
            *setting.stories.accounts,
            *(sorted(people) if setting.playbook.trigger.per_person else ()),
        )
        return Room(playbooks, setting.playbook, accounts, self.ledger, setting.days, holding)

    def _sources(self, slate: Slate, on: date) -> Sources:
        """`slate`: on which the facts are reckoned; they stand there until the next day is."""
        setting, given = self.setting, Given(self.exported.given, self.desk.facts_sql)
        snapshot = slate.write(self.image, on, self.exports)
        return Sources(
            self._catalog(), setting.around, snapshot, self.ledger, setting.calendar, given, setting.asked,
            setting.rivals, self._is_held_out,
        )  # fmt: skip

    def _is_held_out(self, playbook: Playbook, subject: Subject) -> bool:
        """A story draws no lots: it names them."""
        return subject.account in self.case.held_out

    def _catalog(self) -> Catalog:
        """The playbook with the status that it has today, and the story's own resources."""
        catalog = self.setting.catalog
        today = replace(self.setting.playbook, status=self.status)
        playbooks = {**catalog.playbooks, today.name: today}
        return replace(catalog, contract=self.contract, playbooks=playbooks)

    def _said_of(self, changes: Mapping[str, Row | None], on: date) -> None:
        """What people say of accounts counts at once; what was so before the first day was said the day before."""
        catalog = self.setting.catalog
        of_accounts = {name: row for name, row in changes.items() if catalog.contract.table(name) is None}
        words = list(words_of(of_accounts, on, catalog, self.setting.days))
        if words:
            self.ledger.record(words, "")

    def _later(self, run: Run) -> None:
        if run.set or run.rows:
            self.world = later(self.world, run, self.setting.catalog.contract)
            self._export()
        if run.fresh:
            self.exported_times += 1
            self.exports = f"export {self.exported_times}"

    def _export(self) -> None:
        catalog, days = self.setting.catalog, self.setting.days
        self.exported = export(self.world, catalog, days)
        self.contract = with_own_resources(catalog.contract, self.world, days)
        self.image = self.setting.image(self.exported)
        self.desk = self.setting.desk(self.exported, self.contract)

    def _record(self, morning: Morning, plans: tuple[SubjectPlan, ...], manifest: Manifest) -> None:
        files = self.setting.catalog.files
        record = RunRecord(manifest.day, manifest.sha256, sources_hash(manifest), files, "", "", "")
        events, texts = Tally().events(plans), definitions(morning)
        self.ledger.commit(record, events, texts, observations(morning), (), "")

    def _is_ours(self, plan: SubjectPlan) -> bool:
        first_name = self.setting.playbook.first_name
        return all(enrollment.playbook == first_name for enrollment in plan.after)

    # --- what a story says of other playbooks ---

    def _others(self, on: date) -> Iterator[Event]:
        """Memory is of the end of the day before: what a story says of today began, or ended, yesterday."""
        yesterday = on - timedelta(days=1)
        for pair in sorted(self.exported.running - set(self.told)):
            yield self._began(pair, yesterday)
        for pair in sorted(set(self.told) - self.exported.running):
            yield Ended(self.told.pop(pair), yesterday, "finished", "finished")
        for pair, day in sorted(self.exported.finished.items()):
            if pair not in self.told_finished:
                self.told_finished.add(pair)
                yield self._began(pair, day)
                yield Ended(self.told.pop(pair), day, "finished", "finished")

    def _began(self, pair: tuple[str, str], on: date) -> Started:
        account, name = pair
        playbook = self.setting.playbook.first_name if name == self.setting.playbook.name else name
        episode = 1 + sum(item.playbook == playbook for item in self.ledger.enrollments_of(account))
        self.told[pair] = enrollment_key(account, None, playbook, episode)
        return Started(self.told[pair], playbook, account, None, episode, _TOLD, Arm.TREATED, on, "rule")
