"""Whom and what a story may name: its accounts and rows, the steps of its playbook with what they end with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from cs_playbook.model.about import table_row
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition, conditions
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.plays import BY_ITSELF, outcomes_of_play, played_by
from cs_playbook.model.step import Email, Play, Step
from cs_playbook.model.story import Stories
from cs_playbook.model.trait import Trait
from cs_playbook.parse.story_value import Kind, kinds_of_account
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Scalar
from cs_playbook.values import replace


class Names(Struct, frozen=True):
    """`rows`: (table, key) named so far. `reasons`: conditions that may keep an account from starting."""

    playbook: Playbook
    accounts: frozenset[str]
    rows: set[tuple[str, str]]
    reasons: frozenset[str]
    traits: Mapping[str, Trait] = field(default_factory=dict)
    others: Mapping[str, Playbook] = field(default_factory=dict)  # those that it plays
    facts: Mapping[str, Kind] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()  # roles that segmentations assign

    def step(self, named: str) -> Step | None:
        """A step of its own, or `champion-change.meet`: of a playbook that it plays."""
        other, _, step = named.rpartition(".")
        return self.others[other].step(step) if other in self.others else self.playbook.step(named)

    def outcomes(self, step: Step) -> tuple[str, ...]:
        """All it may end with; what repeats also as a whole."""
        whole = () if step.repeats is None else step.repeats.endings
        if isinstance(step.verb, Play):
            return *outcomes_of_play(step.verb, {**self.others, self.playbook.name: self.playbook}), *whole
        return *step.outcomes, *whole

    def copy(self) -> Names:
        return replace(self, rows=set(self.rows))

    def add_row(self, table: str, key: str) -> None:
        self.rows.add((table, key))

    def account(self, named: Scalar) -> Iterator[Finding]:
        if named.text not in self.accounts:
            yield unknown(named, "CSP333", "there is no account", self.accounts)

    def row(self, table: str, named: Scalar) -> Iterator[Finding]:
        if (table, named.text) not in self.rows:
            known = [key for name, key in self.rows if name == table]
            yield unknown(named, "CSP333", f"in {table} there is no", known)

    def subject(self, named: Scalar) -> Iterator[Finding]:
        """`acme`, or `acme/s1` where the playbook is about rows, `acme/2026-09-30` where about the values of a fact."""
        account, slash, row = named.text.partition("/")
        trigger = self.playbook.trigger
        table, row = trigger.one_per, table_row(trigger, row) or ""
        if account not in self.accounts:
            yield unknown(named, "CSP333", "there is no account", self.accounts)
        elif slash and table is None and not trigger.per_value:
            fact = f"{self.playbook.name} is about accounts, not about rows of them"
            yield Finding(named.span, "CSP333", fact, f"write {account}")
        elif slash and table is not None and (table, row) not in self.rows:
            known = [f"{account}/{key}" for name, key in self.rows if name == table]
            yield unknown(named, "CSP333", f"in {table} there is no", known)

    @property
    def endings(self) -> tuple[str, ...]:
        """All an enrollment may end with."""
        playbook = self.playbook
        said = [way_out.outcome for way_out in playbook.exits]
        said += [playbook.goal.outcome] if playbook.goal else []
        said += [outcome for step in playbook.steps for outcome in step.ends]
        return (*dict.fromkeys(said), *BY_ITSELF)

    @property
    def letters(self) -> tuple[str, ...]:
        verbs = [step.verb for step in self.playbook.all_steps if isinstance(step.verb, Email)]
        return tuple(dict.fromkeys(fit.value for verb in verbs for fit in verb.letter.fits))


def names_of(stories: Stories, catalog: Catalog) -> Names:
    playbook = catalog.playbooks[stories.playbook]
    asked: list[Condition | None] = [catalog.contract.active, playbook.audience, playbook.trigger.when]
    asked += [way_out.when for way_out in playbook.exits]
    asked += [playbook.goal.when if playbook.goal else None]
    reasons = {reason for item in asked if item is not None for reason in _reasons(item)}
    people = catalog.team.addresses if playbook.trigger.per_person else frozenset()
    whom = frozenset(stories.accounts) | people
    assigned = tuple(one.role for one in catalog.assignments.values())
    return Names(
        playbook, whom, set(), frozenset(reasons), catalog.traits, played_by(playbook, catalog.playbooks),
        kinds_of_account(catalog), assigned,
    )  # fmt: skip


def _reasons(condition: Condition) -> Iterator[str]:
    for part in conditions(condition):
        named = (getattr(part, "text", None), part.because)
        yield from (" ".join(name.split()) for name in named if name)


def unknown(named: Scalar, code: str, fact: str, known: Iterable[str]) -> Finding:
    names = sorted(set(known))
    hint = did_you_mean(named.text, names) or (f"there are: {', '.join(names)}" if names else "")
    return Finding(named.span, code, f"{fact} '{named.text}'", hint)
