"""Files, snapshot, ledger, day → the plan of the day: a stream of what is decided, account by account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial, reduce
from pathlib import Path

from msgspec import Struct, field

from cs_playbook.commands.choosing import Choices, before_of, choose_starts, held_listed
from cs_playbook.commands.facts_stage import Given, Stage, everything_asked, stage_facts
from cs_playbook.commands.family_letters import family_letters
from cs_playbook.commands.letter_rows import row_reader
from cs_playbook.commands.mail_counts import barred_addresses, mails_that_count
from cs_playbook.commands.naming import name_of_start
from cs_playbook.commands.pool_turns import counted_facts, open_lines, turns
from cs_playbook.commands.subjects import Follower, want, wanted_rows, wanted_subjects
from cs_playbook.commands.unsubscribing import marks_of, token_of
from cs_playbook.compile import candidates, wanted
from cs_playbook.compile.asked import Asked
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.letters.lacking import lacking, unwritable
from cs_playbook.model.about import table_row
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import Table
from cs_playbook.model.enrollment import Enrollment, TaskState
from cs_playbook.model.event import StartAsked, TaskWord
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.playbook import Outline, Playbook, Status
from cs_playbook.model.time import Calendar
from cs_playbook.parse.catalog import read_pinned
from cs_playbook.parse.outline import read_outline
from cs_playbook.parse.playbook import Surroundings
from cs_playbook.plan.decision import HeldBy, Row, Subject, SubjectPlan, Today
from cs_playbook.plan.enroll import Before
from cs_playbook.plan.fold import fold
from cs_playbook.plan.holdout import drawn
from cs_playbook.plan.mail_turns import plan_in_turn
from cs_playbook.plan.planner import Account, Start, plan_account
from cs_playbook.plan.together import rivals
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.snapshot import Snapshot, together
from cs_playbook.values import replace


class Sources(Struct, frozen=True):
    """What a plan is made of: the files' meaning, the snapshot, the ledger, the calendar.

    `given`: facts said outright. `asked`: all that will be asked, where somebody has collected it already.
    `rivals`, `watched`: where a story has its own word on what never runs together, and on who is held out.
    `undecided`: first name of each playbook that cannot be decided today → why; nothing of it is asked, nothing moves.
    """

    catalog: Catalog
    around: Surroundings
    snapshot: Snapshot
    ledger: Ledger
    calendar: Calendar
    given: Given | None = None
    asked: Asked | None = None
    rivals: Mapping[str, frozenset[str]] | None = None
    watched: Callable[[Playbook, Subject], bool] | None = None
    undecided: Mapping[str, str] = field(default_factory=dict)


class Morning(Struct, frozen=True):
    """Everything is ready for the plan: the facts stand, the starts are chosen. `plans()` is the plan itself."""

    today: Today
    stage: Stage
    choices: Choices
    ledger: Ledger
    answered: tuple[TaskWord, ...] = ()
    folder: Path | None = None  # of the snapshots, where there is one

    def plans(self) -> Iterator[SubjectPlan]:
        """Account by account, in order of their keys; may be asked more than once, always the same."""
        planned = self._planning()
        going = turns(self.today.catalog, _enrollments(self), self.stage, self.ledger)
        if going is None:
            for account in accounts_of(self):
                yield from planned(account, self.today)
            return
        today, facts = replace(self.today, pick=going.pick), counted_facts(self.today.catalog)
        for account in accounts_of(self):
            plans = planned(account, today)
            going.hand_out(plans, open_lines(account.enrollments), facts)
            yield from plans

    def _planning(self) -> Callable[[Account, Today], list[SubjectPlan]]:
        """What families have had of their letters, and everybody of their mails, goes along with the plan, too."""
        texts = (text for text in self.today.texts.values() if text is not None)
        letters = family_letters(texts, _enrollments(self), self.stage)
        mails = mails_that_count(_enrollments(self), self.stage, self.ledger, self.today)

        def planned(account: Account, today: Today) -> list[SubjectPlan]:
            if mails is not None:
                return plan_in_turn(partial(plan_account, account), today, mails, letters)
            if letters is not None:
                today = replace(today, had=letters.had, decided=letters.hand_out)
            return plan_account(account, today)

        return planned


def prepare(sources: Sources, answered: Sequence[TaskWord] = ()) -> Morning:
    """Facts, memory and choices of the snapshot's day. `answered`: answers that the ledger does not know yet."""
    day, catalog = sources.snapshot.day, _at_rest(sources.catalog, sources.undecided)
    texts = pinned_texts(sources.ledger, sources.around, catalog, day, frozenset(sources.undecided))
    observed = tuple(to_day(run.day) for run in sources.ledger.run_days() if run.fresh and run.day < day)
    fresh = sources.ledger.sources_before(day) != sources_hash(sources.snapshot.manifest)
    reckoning = Reckoning(to_day(day), sources.calendar, observed, fresh)
    asked = sources.asked or everything_asked(catalog, [text for text in texts.values() if text is not None])
    stage = stage_facts(sources.snapshot, asked, catalog, reckoning, sources.ledger, day, sources.given)
    today = Today(
        day, reckoning, catalog, texts, lacking(catalog), muted=sources.ledger.muted(day),
        rivals=rivals(catalog.playbooks.values()) if sources.rivals is None else sources.rivals,
        set_by_hand=sources.ledger.set_by_hand(day) if catalog.traits else frozenset(),
        watched=sources.watched or partial(drawn, parent=catalog.contract.accounts.parent), rows=row_reader(stage),
        outlines=outlines(sources.ledger, texts), barred=barred_addresses(stage, sources.ledger), unwritable=unwritable(catalog),
        token=token_of(sources.ledger), reader=marks_of(sources.ledger, catalog), undecided=sources.undecided,
        key_names=sources.ledger.key_names(),
    )  # fmt: skip
    starts = choose_starts(
        stage, sources.ledger, today, earlier_run(sources.ledger, sources.snapshot, catalog)
    )
    path = sources.snapshot.path
    return Morning(
        today, stage, starts, sources.ledger, tuple(answered), None if path is None else path.parent
    )


def _at_rest(catalog: Catalog, undecided: Mapping[str, str]) -> Catalog:
    """Nothing is asked of a draft; its name stays, for those that ask whether it runs."""
    if not undecided:
        return catalog
    playbooks = {
        name: replace(playbook, status=Status.DRAFT) if playbook.first_name in undecided else playbook
        for name, playbook in catalog.playbooks.items()
    }
    return replace(catalog, playbooks=playbooks)


def earlier_run(ledger: Ledger, snapshot: Snapshot, catalog: Catalog) -> RunRecord | None:
    """The run of this day that read the same files and the same snapshot, if there was one, and has given out the starts."""
    last = ledger.last_run()
    same = last is not None and (last.day, last.snapshot_sha, last.files_hash) == (
        snapshot.day,
        snapshot.manifest.sha256,
        catalog.files,
    )
    return last if same and not ledger.starts_again() else None


def pinned_texts(
    ledger: Ledger,
    around: Surroundings,
    catalog: Catalog,
    day: date,
    undecided: frozenset[str] = frozenset(),
) -> dict[str, Playbook | None]:
    """Definition → the text as it was when the open enrollments began; None where it no longer binds, or is undecided."""
    texts: dict[str, Playbook | None] = {
        playbook.definition: None if playbook.first_name in undecided else playbook
        for playbook in catalog.playbooks.values()
    }
    for enrollment in ledger.enrollments(day):
        sha = enrollment.definition
        if sha not in texts:
            source = ledger.definition(sha)
            texts[sha] = (
                read_pinned(
                    source, f"{enrollment.playbook} as of {enrollment.started_on.isoformat()}", around
                )[0]
                if source and enrollment.playbook not in undecided
                else None
            )
    return texts


def outlines(ledger: Ledger, texts: Mapping[str, Playbook | None]) -> dict[str, Outline]:
    """Of the texts that no longer bind."""
    return {sha: read_outline(ledger.definition(sha) or "") for sha, text in texts.items() if text is None}


# --- the few, in order of account ---


def accounts_of(morning: Morning) -> Iterator[Account]:
    """Merges, account by account, what is open, what may start, facts, contacts and rows."""
    starts = _starts(morning)
    _mark_wanted(morning, starts)
    held = Follower(held_listed(morning.choices, morning.stage))
    enrollments = Follower(_enrollments(morning))
    for subject, of_rows in _subjects_with_rows(morning):
        key = subject.account
        mine = starts.get(key, ())
        # Whom a person asks to start is not held by the rule's limits as well.
        asked = {
            (item.playbook.name, item.row)
            for item in mine
            if item.asked is not None and item.playbook is not None
        }
        kept = [(row, why) for row, why in held.of(key) if (why.playbook, row) not in asked]
        before = partial(_before, morning, key)
        named = partial(_named, morning, key)
        yield Account(
            subject, of_rows, enrollments.of(key), mine, kept, morning.ledger.enrollment, before, named
        )


def standing_accounts(morning: Morning) -> Iterator[Account]:
    """Those with something open or watched, in order: once a run has decided, nothing may start any more.

    Empties what was wanted of the stage before.
    """
    want(morning.stage.connection, ())
    _mark_standing(morning)
    enrollments = Follower(_enrollments(morning))
    for subject, of_rows in _subjects_with_rows(morning):
        yield Account(subject, of_rows, enrollments.of(subject.account))


def _subjects_with_rows(morning: Morning) -> Iterator[tuple[Subject, dict[tuple[str, str], Row]]]:
    """All that are wanted, with those of their rows that are."""
    rows = {table.name: Follower(wanted_rows(morning.stage, table)) for table in _row_tables(morning)}
    for subject in wanted_subjects(morning.stage):
        yield (
            subject,
            {
                (table, row): values
                for table, follower in rows.items()
                for row, values in follower.of(subject.account)
            },
        )


def _before(morning: Morning, account: str, playbook: Playbook, row: str | None) -> Before:
    """What the account has been through in a playbook; asked only where a step begins that one."""
    found = before_of(playbook, [(account, row)], morning.ledger)
    return found.get((account, row), Before())


def _named(morning: Morning, account: str, playbook: Playbook, row: str | None) -> str | None:
    """What a start is about that the rule has not named: asked for by a person, or begun by a step."""
    return name_of_start(playbook, account, row, morning.stage, morning.ledger, morning.today.day)


def _enrollments(morning: Morning) -> Iterator[tuple[str, Enrollment]]:
    """Open and watched ones, with the answers that the ledger does not know yet."""
    fresh: dict[str, list[TaskWord]] = {}
    for given in morning.answered:
        fresh.setdefault(given.enrollment, []).append(given)
    for enrollment in morning.ledger.enrollments(morning.today.day):
        yield enrollment.account, reduce(_with_answer, fresh.get(enrollment.key, ()), enrollment)


def _with_answer(enrollment: Enrollment, given: TaskWord) -> Enrollment:
    return fold(enrollment, given) if enrollment.tasks[given.task].state is TaskState.OPEN else enrollment


def _row_tables(morning: Morning) -> list[Table]:
    """The tables whose rows some playbook, of today or pinned, is about."""
    playbooks = [
        *morning.today.catalog.playbooks.values(),
        *(text for text in morning.today.texts.values() if text),
    ]
    names = sorted({playbook.trigger.one_per for playbook in playbooks if playbook.trigger.one_per})
    contract = morning.today.catalog.contract
    return [table for name in names if (table := contract.table(name)) is not None]


def _starts(morning: Morning) -> dict[str, list[Start]]:
    """By account: starts by rule, thinned; then those asked by people, once each."""
    starts: dict[str, list[Start]] = {}
    for choice in morning.choices.choices:
        for candidate in choice.may_start:
            starts.setdefault(candidate.account, []).append(
                Start(choice.playbook, candidate.row, candidate.before)
            )
    for asked in morning.ledger.pending_starts():
        if asked.playbook not in morning.today.undecided:  # the wish stands until it can be answered
            _ask(asked, starts, morning)
    for mine in starts.values():
        mine.sort(
            key=lambda beginning: (
                beginning.playbook.priority if beginning.playbook else 9,
                beginning.playbook.name if beginning.playbook else "",
                beginning.row or "",
            )
        )
    return starts


def _ask(asked: StartAsked, starts: dict[str, list[Start]], morning: Morning) -> None:
    """A person's wish comes before the rule's: the same start is not made twice."""
    playbook = _by_first_names(morning.today.catalog).get(asked.playbook)
    row = _named(morning, asked.account, playbook, asked.row) if playbook else asked.row
    mine = starts.setdefault(asked.account, [])
    with suppress(StopIteration):
        mine.remove(next(item for item in mine if item.playbook == playbook and item.row == row))
    before = (
        before_of(playbook, [(asked.account, row)], morning.ledger).get((asked.account, row), Before())
        if playbook
        else Before()
    )
    mine.append(Start(playbook, row, before, asked))


def _mark_wanted(morning: Morning, starts: Mapping[str, Sequence[Start]]) -> None:
    connection = morning.stage.connection
    want(connection, starts)
    _mark_standing(morning)
    with together(connection):
        connection.execute(candidates.WANT_HELD, (HeldBy.ALREADY,))
        for account, mine in starts.items():
            for beginning in mine:
                if beginning.row is not None and beginning.playbook is not None:
                    _want_row(morning, account, beginning.playbook, beginning.row)


def _mark_standing(morning: Morning) -> None:
    """Whoever is in a playbook, and the rows that is about."""
    today, playbooks = morning.today, _by_first_names(morning.today.catalog)

    def accounts() -> Iterator[tuple[str]]:
        for account, row, playbook, definition in morning.ledger.who_is_there(today.day):
            text = today.texts.get(definition) or playbooks.get(playbook)
            if row is not None and text is not None:
                _want_row(morning, account, text, row)
            yield (account,)

    with together(morning.stage.connection):
        morning.stage.connection.executemany(wanted.ADD_WANTED, accounts())


def _by_first_names(catalog: Catalog) -> dict[str, Playbook]:
    """What people ask for is remembered like all else: under the first name the playbook ever had."""
    return {playbook.first_name: playbook for playbook in [*catalog.playbooks.values()][::-1]}


def _want_row(morning: Morning, account: str, playbook: Playbook, row: str) -> None:
    key = table_row(playbook.trigger, row)
    if key is not None:
        place = playbook.trigger.one_per
        morning.stage.connection.execute(wanted.ADD_WANTED_ROW, (account, place, key))
