"""A plan → what the ledger is given: events, the texts they go by, and what memory must know tomorrow."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from cs_playbook.commands.choosing import fits_changed
from cs_playbook.commands.facts_stage import Stage
from cs_playbook.commands.past_stage import fact_series, fill_past, recalled_fact
from cs_playbook.commands.planning import Morning
from cs_playbook.compile.asked import lasting_by_row
from cs_playbook.compile.scan import changed_answers, changed_facts, changed_row_answers, rule_of
from cs_playbook.effects.ledger_records import Observation
from cs_playbook.model.columns import column_of
from cs_playbook.model.event import Event, MailMoved, Notified, StepOpened
from cs_playbook.model.lasting import series_of
from cs_playbook.model.outbox import MailState
from cs_playbook.parse.untold import untold_facts
from cs_playbook.plan.decision import Change, Held, Late, SubjectPlan


class Tally:
    """Counts a plan and hashes it while it streams by; nothing of it is kept."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._hash = hashlib.sha256()

    @property
    def plan_hash(self) -> str:
        return self._hash.hexdigest()

    @property
    def changes(self) -> int:
        """How many events there are; none means there is nothing to do."""
        return sum(count for kind, count in self.counts.items() if kind.startswith("event:"))

    def events(self, plans: Iterable[SubjectPlan]) -> Iterator[Event]:
        """The events of the plan, in order."""
        for plan in plans:
            for decision in plan.decisions:
                match decision:
                    case Change(event=event):
                        yield self.count(event)
                    case Held(by=by):
                        self.counts[f"held:{by.value}"] += 1
                        self._hash.update(f"{plan.subject.account} {plan.subject.row} {decision}".encode())
                    case Late():
                        self.counts["late"] += 1

    def count(self, event: Event) -> Event:
        self.counts[f"event:{type(event).__name__}"] += 1
        if isinstance(event, StepOpened):
            mails = sum(task.in_outbox for task in event.tasks)
            self.counts["tasks"] += len(event.tasks) - mails
            self._mails(mails)
        if isinstance(event, MailMoved) and event.to == MailState.DRAFT:
            self._mails(-1)
            self.counts["tasks"] += 1
        if isinstance(event, Notified) and event.channel:
            self.counts["notes_for_channels"] += 1
        return event

    def hear(self, text: str) -> None:
        """An event as the ledger has written it."""
        self._hash.update(text.encode())

    def _mails(self, number: int) -> None:
        """Not named where there are none: what earlier runs recorded stays what a run without them records."""
        if number:
            self.counts["mails"] += number


def definitions(morning: Morning) -> Iterator[tuple[str, str, str]]:
    """Every text an enrollment of today may begin with; the ledger keeps each once."""
    for choice in morning.today.catalog.playbooks.values():
        yield choice.definition, choice.first_name, choice.text


def observations(morning: Morning) -> Iterator[Observation]:
    """What must be remembered of today: who fits, the answers of `for` conditions, the facts that memory asks about.

    One after the other: each reads tables of the stage, and SQLite breaks off a reader when the next table is made.
    """
    yield from _fits(morning)
    yield from _lasting(morning)
    yield from _row_lasting(morning)
    yield from _facts(morning, morning.stage)


def _fits(morning: Morning) -> Iterator[Observation]:
    for choice in morning.choices.choices:
        yield Observation(choice.series, fits_changed(choice, morning.stage))


def _lasting(morning: Morning) -> Iterator[Observation]:
    stage = morning.stage
    seen = {series_of(item): item for item in stage.asked.lasting if series_of(item) in stage.columns}
    for series, condition in seen.items():
        yield Observation(series, stage.connection.execute(changed_answers(condition)))


def _row_lasting(morning: Morning) -> Iterator[Observation]:
    """Two playbooks about rows of one table may ask the same: it is remembered once."""
    stage = morning.stage
    seen: set[str] = set()
    for playbook in morning.today.catalog.playbooks.values():
        rule = rule_of(playbook)
        if rule is None or rule.row is None:
            continue
        for condition in lasting_by_row(rule.condition):
            if series_of(condition) not in seen:
                query = changed_row_answers(condition, rule, stage.catalog.contract)
                yield Observation(series_of(condition), stage.connection.execute(query))
            seen.add(series_of(condition))


def _facts(morning: Morning, stage: Stage) -> Iterator[Observation]:
    names = sorted(
        {memory.subject for memory in stage.asked.memories if memory.function in ("was", "ago", "changed")}
        # What nobody exports is not remembered as empty: the day it comes it would look like a change.
        - untold_facts(stage.catalog.contract, stage.catalog.signals.values())
    )
    # What conditions ask of yesterday is there already, of everybody.
    asked = [memory for memory in stage.asked.memories if memory.function == "was"]
    there = {memory.subject: past for memory in asked if (past := column_of(memory)) in stage.columns}
    for number, name in enumerate(names):
        past = there.get(name, f"known_{number}")
        if name not in there:
            known = recalled_fact(name, stage.catalog, morning.ledger, morning.today.day)
            fill_past(stage.connection, past, known)
        yield Observation(fact_series(name), stage.connection.execute(changed_facts(name, past)))
