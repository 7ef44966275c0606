"""A case, day by day: what people say, an export, and the plan and record that a real run makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from cs_playbook.commands.facts_stage import asked_in_stories
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.recording import Tally, definitions, observations
from cs_playbook.commands.story_facts import facts_expected
from cs_playbook.commands.story_said import Unsaid, said
from cs_playbook.commands.story_traits import words_of
from cs_playbook.commands.story_world import Export, World, begin, export, later
from cs_playbook.compile.asked import Asked
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import RunRecord
from cs_playbook.effects.snapshot_memory import Image, memory_image
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import Ended, Event, Started
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

_TOLD = "told by a story"  # instead of the text of a playbook that only its memory knows


@dataclass(frozen=True, slots=True)
class Setting:
    """What the cases of a file share. `catalog` has the one playbook, as if live; `asked` is all that it asks.

    `images` are made once for all days with the same export.
    """

    stories: Stories
    catalog: Catalog
    around: Surroundings
    calendar: Calendar
    asked: Asked
    images: dict[str, Image] = field(default_factory=dict)
    rivals: Mapping[str, frozenset[str]] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class Played:
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
    asked = asked_in_stories(alone, facts_expected(stories))
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
    named = {run.day: run for run in case.runs}
    days = range(max(named) + 1) if case.every_day else sorted(named)
    with Ledger.in_memory() as ledger:
        playing = _Playing(case, setting, ledger)
        for count, day in enumerate(days, 1):
            failures = playing.day(named.get(day, Run(day, case.span)), compare)
            if failures:
                return tuple(failures), count
    return (), len(days)


class _Playing:
    """Holds the ledger and the world of a case while its days go by."""

    def __init__(self, case: Case, setting: Setting, ledger: Ledger) -> None:
        self.case = case
        self.setting = setting
        self.ledger = ledger
        self.world = begin(setting.stories, case, setting.catalog.contract)
        self.exported = export(self.world, setting.catalog, setting.days)
        self.sources = ""
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
        accounts = self.setting.stories.accounts
        spoken = said(
            run,
            on,
            self.setting.catalog.playbooks,
            self.setting.playbook,
            accounts,
            self.ledger,
            self.setting.days,
        )
        if isinstance(spoken, Unsaid):
            return [Failure(spoken.span, run.day, on, spoken.expected, spoken.got, spoken.why)]
        self.ledger.record(spoken, "")
        with self.setting.image(self.exported).on(on, self.sources) as snapshot:
            morning = prepare(self._with(snapshot))
            plans = tuple(morning.plans())
            self._record(morning, plans, snapshot.manifest)
            ours = tuple(plan for plan in plans if self._is_ours(plan))
            others = tuple(plan for plan in plans if not self._is_ours(plan))
            by_hand = tuple(event for event in spoken if isinstance(event, Ended))
            return compare(
                Played(run, on, self.setting, self.world, morning, self.ledger, ours, by_hand, others)
            )

    def _with(self, snapshot: Snapshot) -> Sources:
        setting = self.setting
        given, asked = self.exported.given, setting.asked
        return Sources(
            self._catalog(), setting.around, snapshot, self.ledger, setting.calendar, given, asked,
            setting.rivals, self._is_held_out,
        )  # fmt: skip

    def _is_held_out(self, playbook: Playbook, subject: Subject) -> bool:
        """A story draws no lots: it names them."""
        return subject.account in self.case.held_out

    def _catalog(self) -> Catalog:
        """The playbook with the status that it has today."""
        catalog = self.setting.catalog
        today = replace(self.setting.playbook, status=self.status)
        return replace(catalog, playbooks={**catalog.playbooks, today.name: today})

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
            self.exported = export(self.world, self.setting.catalog, self.setting.days)
        if run.fresh:
            self.sources = f"export of day {run.day}"

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
