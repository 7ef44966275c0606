"""A playbook of a library → everything it stands on, followed to the ground: letters, facts, tables, roles, other playbooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Play
from cs_playbook.model.story import Row, Stories
from cs_playbook.source.finding import NOWHERE
from cs_playbook.study.mentions import Kind, Mention, mentions, mentions_in_letter


class Needs(Struct):
    """Names by kind. `playbooks`: itself, and those it plays; `others`: those (and tags) that it only names."""

    playbooks: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    named: dict[tuple[Kind, str], None] = field(default_factory=dict)

    def of(self, kind: Kind) -> tuple[str, ...]:
        return tuple(word for one, word in self.named if one is kind)


def needs_of(playbook: str, catalog: Catalog) -> Needs:
    """`playbook`: a name in the catalog."""
    collector = _Collector(catalog, Needs())
    collector.playbook(playbook)
    collector.needs.others = {
        name: None for name in collector.needs.others if name not in collector.needs.playbooks
    }
    return collector.needs


class _Collector(Struct):
    """Holds what is needed so far."""

    catalog: Catalog
    needs: Needs

    def playbook(self, name: str) -> None:
        playbook = self.catalog.playbooks.get(name)
        if playbook is None or name in self.needs.playbooks:
            return
        self.needs.playbooks[name] = None
        self._take(mentions(playbook, self.catalog.contract))
        for stories in self.catalog.stories:
            if stories.playbook == name:
                self._take(_in_stories(stories, self.catalog))
        for other in _played(playbook):
            self.playbook(other)

    def _take(self, found: Iterable[Mention]) -> None:
        for one in found:
            if one.kind is Kind.PLAYBOOK:
                self.needs.others[one.word] = None
            elif one.kind is not Kind.FUNCTION and (one.kind, one.word) not in self.needs.named:
                self.needs.named[one.kind, one.word] = None
                self._take(tuple(self._below(one)))

    def _below(self, one: Mention) -> Iterator[Mention]:
        """What that word itself stands on."""
        catalog = self.catalog
        match one.kind:
            case Kind.FACT:
                yield from mentions(_definition(one.word, catalog), catalog.contract)
            case Kind.COLUMN:
                yield Mention(Kind.TABLE, one.word.partition(".")[0], one.at)
            case Kind.TABLE:
                yield from _of_table(one, catalog)
            case Kind.ROLE:
                yield from mentions(catalog.team.role(one.word), catalog.contract)
            case Kind.KPI:
                yield from mentions(catalog.kpis.get(one.word), catalog.contract)
            case Kind.LETTER | Kind.DOCUMENT:
                yield from self._of_letter(one)
            case _:
                pass

    def _of_letter(self, one: Mention) -> Iterator[Mention]:
        roles = frozenset(role.name for role in self.catalog.team.roles)
        texts = [letter for (name, _), letter in self.catalog.letters.items() if name == one.word]
        if one.kind is Kind.DOCUMENT:
            texts = [text.text for (name, _), text in self.catalog.documents.items() if name == one.word]
        for letter in texts:
            said = letter.subject + letter.body
            yield from mentions_in_letter(said, tuple(letter.needs), one.at, self.catalog.contract, roles)


def _played(playbook: Playbook) -> Iterator[str]:
    for step in playbook.all_steps:
        if isinstance(step.verb, Play):
            yield from (fit.value for fit in step.verb.playbook.fits)


def _definition(fact: str, catalog: Catalog) -> object:
    """The signal, trait, segmentation or scorecard that gives it; None for a field."""
    name = fact.partition(".")[0]
    named: tuple[Mapping[str, object], ...] = (
        catalog.signals,
        catalog.traits,
        catalog.segmentations,
        catalog.scorecards,
    )
    return next((known[name] for known in named if name in known), None)


def _of_table(one: Mention, catalog: Catalog) -> Iterator[Mention]:
    """The fields by which its rows belong to an account, and the table in between."""
    table = catalog.contract.table(one.word)
    if table is None or table.name == ACCOUNTS:
        return
    by = table.through.by if table.through else table.account
    yield from (
        Mention(Kind.COLUMN, f"{table.name}.{name}", one.at) for name in (table.key, by, table.day) if name
    )
    if table.through is not None:
        yield Mention(Kind.TABLE, table.through.table, one.at)


# --- stories ---


def _in_stories(stories: Stories, catalog: Catalog) -> Iterator[Mention]:
    """The facts, tables and fields that its accounts and rows give."""
    yield from _of_accounts(stories.accounts, catalog)
    yield from _of_rows({"contacts": stories.contacts, **stories.rows}, catalog)
    for case in stories.cases:
        yield from _of_changes(case.changes, catalog)
        yield from _of_rows({"contacts": case.contacts, **case.rows}, catalog)
        for run in case.runs:
            yield from _of_changes(run.set, catalog)
            yield from _of_rows(run.rows, catalog)


def _of_accounts(accounts: Mapping[str, Row | None], catalog: Catalog) -> Iterator[Mention]:
    names = dict.fromkeys(name for row in accounts.values() if isinstance(row, Mapping) for name in row)
    yield from (Mention(Kind.FACT, name, NOWHERE) for name in names if name in catalog.facts)


def _of_changes(changes: Mapping[str, object], catalog: Catalog) -> Iterator[Mention]:
    """A table's name means its rows; any other key is an account."""
    for name, fields in changes.items():
        if not isinstance(fields, Mapping):
            continue
        if name != ACCOUNTS and catalog.contract.table(name) is not None:
            yield from _of_rows({name: fields}, catalog)
        else:
            yield from _of_accounts({name: fields}, catalog)


def _of_rows(tables: Mapping[str, object], catalog: Catalog) -> Iterator[Mention]:
    for name, rows in tables.items():
        table = catalog.contract.table(name)
        if table is None or not rows:
            continue
        yield Mention(Kind.TABLE, name, NOWHERE)
        each = rows.values() if isinstance(rows, Mapping) else rows if isinstance(rows, list) else ()
        fields = dict.fromkeys(one for row in each if isinstance(row, Mapping) for one in row)
        yield from (Mention(Kind.COLUMN, f"{name}.{one}", NOWHERE) for one in fields if table.field(one))
