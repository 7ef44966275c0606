"""Story files held against the catalog → findings: names that mean nothing, values of another kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cs_playbook.check.story_names import Names, names_of
from cs_playbook.check.story_rest import held_out, resting
from cs_playbook.check.story_said import answers, by_hand, expected, gives
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS, Table
from cs_playbook.model.story import Stories
from cs_playbook.model.time import Calendar
from cs_playbook.parse.nodes import block, blocks
from cs_playbook.parse.story_value import (
    Days,
    Kind,
    Wrong,
    field_named,
    kinds_of_account,
    kinds_of_rows,
    read_day,
    read_value,
)
from cs_playbook.source.finding import Finding, did_you_mean, in_order
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import Node, Scalar, Sequence, plain, read_tree

RUNNING, FINISHED = "running", "finished"


def check_stories(about: Iterable[Stories], yaml: Mapping[str, str], catalog: Catalog) -> list[Finding]:
    """`yaml`: path → text. The stories themselves have been read; here what they name is looked up. In order."""
    findings: list[Finding] = []
    for stories in about:
        file = stories.span.file
        root = read_tree(yaml.get(file, ""), file).root
        playbook = catalog.playbooks.get(stories.playbook)
        # A step that cannot be read has no outcomes and no letters: whoever names them is not to blame.
        if isinstance(root, Block) and playbook is not None and not playbook.unread:
            findings += _File(root, stories, catalog).findings()
    return list(in_order(findings))


class _File:
    """Holds what the stories of a file have named so far."""

    def __init__(self, root: Block, stories: Stories, catalog: Catalog) -> None:
        self.root = root
        self.catalog = catalog
        # Holidays move a day, they never make it one: here any calendar will do.
        self.days = Days(stories.today, Calendar())
        self.kinds = kinds_of_account(catalog)
        self.names = names_of(stories, catalog)

    def findings(self) -> list[Finding]:
        found = [*self._accounts(block(self.root, ACCOUNTS)), *self._more_rows(self.root, self.names)]
        for case in blocks(self.root, "cases"):
            found += self._case(case)
        return found

    def _case(self, case: Block) -> Iterator[Finding]:
        names = self.names.copy()
        yield from self._more_rows(case, names)
        yield from self._changes(block(case, "with"), names)
        yield from held_out(case, names)
        for run in blocks(case, "runs"):
            yield from self._more_rows(run, names)
            yield from self._changes(block(run, "set"), names)
            yield from answers(run, names)
            yield from by_hand(run, names)
            yield from gives(run, names)
            yield from resting(run, names, self.days)
            yield from expected(run, names, self.days)

    # --- accounts ---

    def _accounts(self, accounts: Block | None) -> Iterator[Finding]:
        for _, fields in accounts.entries if accounts else ():
            yield from self._account(fields)

    def _account(self, fields: Node) -> Iterator[Finding]:
        contract = self.catalog.contract.accounts
        for key, value in fields.entries if isinstance(fields, Block) else ():
            if key.text == contract.key:
                hint = "the name of an account in a story is its key"
                yield Finding(key.span, "CSP334", f"'{key.text}' is said already, before the colon", hint)
            elif key.text in self.kinds:
                yield from self._value(value, self.kinds[key.text])
            elif key.text in (RUNNING, FINISHED):
                yield from self._others(value)
            else:
                yield _unknown(key, "there is no fact", [*self.kinds, RUNNING, FINISHED])

    def _value(self, node: Node, kind: Kind) -> Iterator[Finding]:
        value = read_value(plain(node), kind, self.days)
        if isinstance(value, Wrong):
            yield Finding(node.span, "CSP335", value.message, value.hint)

    def _others(self, node: Node) -> Iterator[Finding]:
        """`running: [onboarding]`, `finished: [onboarding]` or `finished: {onboarding: -10 days}`."""
        named = [key for key, _ in node.entries] if isinstance(node, Block) else _scalars(node)
        for name in named:
            if name.text not in self.catalog.playbooks:
                yield _unknown(name, "there is no playbook", self.catalog.playbooks)
        for _, value in node.entries if isinstance(node, Block) else ():
            day = read_day(plain(value), self.days)
            if isinstance(day, Wrong):
                yield Finding(value.span, "CSP335", day.message, day.hint)

    # --- rows ---

    def _more_rows(self, where: Block, names: Names) -> Iterator[Finding]:
        """`contacts:` and `rows:` of the file, of a case or of a day; they are known from then on."""
        contacts, rows = block(where, "contacts"), block(where, "rows")
        entries = [*(rows.entries if rows else ())]
        key = where.key("contacts")
        if contacts is not None and key is not None:
            entries.insert(0, (key, contacts))
        for table_name, given in entries:
            yield from self._rows(table_name, given, names)

    def _rows(self, name: Scalar, given: Node, names: Names) -> Iterator[Finding]:
        table = self.catalog.contract.table(name.text)
        if table is None or table.name == ACCOUNTS:
            known = [table.name for table in self.catalog.contract.of_rows]
            yield _unknown(name, "there is no table", known)
            return
        for key, _ in _labelled(given, table):
            names.add_row(table.name, key)
        for _, row in _labelled(given, table):
            yield from self._fields(row, table, names)
            yield from _complete(row, table)

    def _fields(self, row: Block, table: Table, names: Names) -> Iterator[Finding]:
        kinds = kinds_of_rows(table)
        for key, value in row.entries:
            field = field_named(key.text, table)
            if field not in kinds:
                yield _unknown(key, f"{table.name} has no field", kinds)
                continue
            yield from self._value(value, kinds[field])
            if field == table.account and isinstance(value, Scalar):
                yield from names.account(value)
            if table.through and field == table.through.by and isinstance(value, Scalar):
                yield from names.row(table.through.table, value)

    # --- changes ---

    def _changes(self, changes: Block | None, names: Names) -> Iterator[Finding]:
        for key, value in changes.entries if changes else ():
            table = self.catalog.contract.table(key.text)
            if table is None or table.name == ACCOUNTS:
                yield from names.account(key)
                yield from self._account(value)
                continue
            for label, row in value.entries if isinstance(value, Block) else ():
                yield from names.row(table.name, label)
                yield from self._fields(row, table, names) if isinstance(row, Block) else ()


def _labelled(given: Node, table: Table) -> Iterator[tuple[str, Block]]:
    if isinstance(given, Block):
        yield from ((key.text, row) for key, row in given.entries if isinstance(row, Block))
    for row in given.items if isinstance(given, Sequence) else ():
        key = row.get(table.key or "") if isinstance(row, Block) else None
        if isinstance(row, Block):
            yield key.text if isinstance(key, Scalar) else "", row


def _complete(row: Block, table: Table) -> Iterator[Finding]:
    """What a row is placed by."""
    said = {field_named(key.text, table) for key, value in row.entries if plain(value) is not None}
    owner = table.through.by if table.through else table.account
    for needed, word in ((owner, "account" if table.account else owner), (table.day, table.day)):
        if needed is not None and needed not in said:
            hint = f"a row of {table.name} is placed by it"
            yield Finding(row.span, "CSP335", f"the row does not say its '{word}'", hint)


def _scalars(node: Node) -> list[Scalar]:
    return [item for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []


def _unknown(key: Scalar, fact: str, known: Iterable[str]) -> Finding:
    names = sorted(set(known))
    hint = did_you_mean(key.text, names) or f"there are: {', '.join(names)}"
    return Finding(key.span, "CSP334", f"{fact} '{key.text}'", hint)
