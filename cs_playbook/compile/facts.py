"""The facts that are asked → the SQL that makes one typed table of the day, `temp.facts`, keyed by account.

Facts are staged in layers: fields and memory, aggregates of rows, reckoned signals, segments; each layer a select around
the one below, so that a fact may stand on any other. The past arrives as small tables that the caller fills first.
"""

from __future__ import annotations

from msgspec import Struct, field

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.asked import TRAIT, Asked, about_account, change_of, trait_asked
from cs_playbook.compile.beside import rows_beside
from cs_playbook.compile.books import columns_of_books, people
from cs_playbook.compile.facts_sql import FactsSql
from cs_playbook.compile.family import children_rows, facts_of_children, own_fact, parents_table
from cs_playbook.compile.filled import Past, remembered, said
from cs_playbook.compile.plans import COLUMNS as OF_PLANS
from cs_playbook.compile.plans import PlansTable, plans_ready, plans_table
from cs_playbook.compile.rows import (
    Counted,
    columns_named,
    counted_day,
    counted_related,
    counted_signal,
    edge_row,
    is_its_day,
    names_owner,
    rows_for,
    view_of,
    view_of_own,
    visible_field,
)
from cs_playbook.compile.scores import band_of, changed_by, scores_table
from cs_playbook.compile.segments import segment_sql, segmentation_of, stands_on
from cs_playbook.compile.settled import ACCOUNTS, beside_accounts, copied
from cs_playbook.compile.some import some_of, within
from cs_playbook.compile.sql import Columns, quoted, sql
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.condition import Condition, leaves
from cs_playbook.model.data import CHILDREN, Table
from cs_playbook.model.expression import Expression, FieldType, Memory, Name, Rank, Related, ScopeName, walk
from cs_playbook.model.lasting import series_of
from cs_playbook.model.scorecard import Scorecard, conditions_of, expressions_in
from cs_playbook.model.success_plan import FACTS

JOINED_AT_ONCE = 40
HEAVIEST = 200  # names
ACTIVE = "_active"


def facts_sql(asked: Asked, catalog: Catalog, given: frozenset[str] = frozenset()) -> FactsSql:
    """`given`: facts that stand ready in `temp.given(_n, …)` where a story says them outright, SAID_EMPTY or a value."""
    builder = _Builder(asked, catalog, given)
    return builder.build()


class _Builder(Struct):
    """Holds the relation as it grows, layer by layer, and what has its column already. `stands`: column → the table it
    can be read from without being worked out."""

    asked: Asked
    catalog: Catalog
    given: frozenset[str]
    relation: str = ""
    joined: int = 0
    # How many names SQLite meets in a fact once it has written the signals it names into it, and theirs into them.
    weights: dict[str, int] = field(default_factory=dict)
    done: dict[str, FieldType] = field(default_factory=dict)
    stands: dict[str, str] = field(default_factory=dict)
    past: list[Past] = field(default_factory=list)
    statements: list[str | PlansTable] = field(default_factory=list)

    def build(self) -> FactsSql:
        for table in self.catalog.contract.of_rows:
            self.statements += [view_of(table, self.catalog.contract), *view_of_own(table)]
        self._ground()
        while self._layer() or self._rows() or self._scores() or self._family() or self._plans():
            pass
        self._active()
        self._add({name: ("null", kind) for name, kind in columns_of_books(self.asked).items()}, "")
        columns = tuple(self.done.items())
        beside = rows_beside(self.asked, self.catalog.contract)
        return FactsSql(
            tuple(self.past), tuple(self.statements), self.relation, columns,
            (*people(self.asked, self.catalog, columns), *beside), not self.asked.of_others,
            frozenset(self.done.keys() - self.catalog.contract.accounts.kinds.keys()),
        )  # fmt: skip

    # --- layers ---

    def _ground(self) -> None:
        """Fields, and the past beside them."""
        accounts = self.catalog.contract.accounts
        selected = ["_n"]
        for column in accounts.fields:
            if column.name in self.asked.facts or column.name == accounts.key:
                value = self._or_given(column.name, visible_field(column.name, column.type))
                selected.append(f"{value} as {quoted(column.name)}")
                self.done[column.name] = column.type.reads_as
                if value == quoted(column.name):
                    self.stands[column.name] = ACCOUNTS
        joined = ACCOUNTS
        if self.given:
            # `using` keeps one `_n`; the given columns carry a prefix so that no name is meant twice.
            joined += " left join temp.given using (_n)"
        self._lay(f"select {', '.join(selected)} from {joined}")
        self._remember()

    def _or_given(self, name: str, value: str) -> str:
        said = quoted(f"given_{name}")
        return f"iif({said} = x'', null, coalesce({said}, {value}))" if name in self.given else value

    def _remember(self) -> None:
        """The past, some tables at a time."""
        asked: list[Memory | Condition] = [*self._traits(), *self.asked.memories]
        # The same question may be asked in many places: its answers are remembered once.
        lasting = {series_of(condition): condition for condition in self.asked.lasting}
        asked += [condition for condition in lasting.values() if about_account(condition)]
        for start in range(0, len(asked), JOINED_AT_ONCE):
            self._recall(asked[start : start + JOINED_AT_ONCE])

    def _traits(self) -> list[Memory]:
        """What was said of an account is a past too, under the trait's own name."""
        traits = self.catalog.traits
        return [trait_asked(traits[name]) for name in self.asked.facts if name in traits]

    def _recall(self, asked: list[Memory | Condition]) -> None:
        key = quoted(self.catalog.contract.accounts.key or "id")
        added: dict[str, tuple[str, FieldType]] = {}
        joins = ""
        for item in asked:
            past = Past(column_of(item) if isinstance(item, Memory) else series_of(item), item)
            self.past.append(past)
            alias = quoted(past.table)
            # Subjects are text: beside a whole number SQLite would look at all of them, for each account.
            joins += f" left join temp.{alias} on {alias}.subject = cast(f.{key} as text)"
            if isinstance(item, Memory) and item.function == TRAIT:
                kind = self.catalog.traits[item.subject].type
                added[item.subject] = (said(alias, kind), kind)
            elif isinstance(item, Memory):
                kind = item.type or FieldType.TEXT
                added[past.table] = (remembered(item, alias, kind), kind)
                if item.function not in ("by_hand", "since"):
                    # The ledger knows all that was ever set: there a silence is no gap.
                    known = "1" if item.function == "set_on" else f"({alias}.subject is not null)"
                    added[known_column(item)] = (known, FieldType.BOOLEAN)
            else:
                added[past.table] = (f"iif({alias}.value = 1, {alias}.since, null)", FieldType.INTEGER)
        self._add(added, joins)

    def _layer(self) -> bool:
        """Every signal and segmentation that now has all it needs."""
        added: dict[str, tuple[str, FieldType]] = {}
        for name in self.asked.facts:
            signal, segmentation = self.catalog.signals.get(name), segmentation_of(name, self.catalog)
            if name in self.done or name in added:
                continue
            if signal is not None and signal.table is None and self._ready(signal.value):
                added[name] = (self._or_given(name, self._sql(signal.value)), signal.type)
                self.weights[name] = self._weight(signal.value)
            elif (change := change_of(name, self.catalog)) is not None and change.subject in self.done:
                added[name] = (self._or_given(name, changed_by(change)), FieldType.NUMBER)
            elif segmentation is not None and all(
                map(self._where_ready, (needed := stands_on(name, segmentation)).conditions)
            ):
                value = segment_sql(name, segmentation, self._columns())
                added[name] = (self._or_given(name, value), segmentation.facts.get(name, FieldType.TEXT))
                asks = (leaf.expression for when in needed.conditions for leaf in leaves(when))
                self.weights[name] = needed.times * sum(map(self._weight, asks))
        self._add(added, "", "temp.given" if self.given else None)
        if any(weight > HEAVIEST for weight in self.weights.values()):
            self._settle()
        return bool(added)

    def _rows(self) -> bool:
        """Aggregates of the first table whose questions have all they need of their account."""
        for table in self.catalog.contract.of_rows:
            counted = self._counted(table)
            edges = [related for related in self._edges_of(table) if not is_its_day(related, table)]
            if counted or edges:
                self._aggregate(counted, f"temp.{rows_for(counted, table)} r")
                for start in range(0, len(edges), JOINED_AT_ONCE):
                    self._edges(table, edges[start : start + JOINED_AT_ONCE])
                return True
        return False

    def _scores(self) -> bool:
        """The first scorecard that has all it needs: a table of its own, because each stage of a sum needs the last."""
        cards = (card for card in self.catalog.scorecards.values() if card.name in self.asked.facts)
        card = next((card for card in cards if self._scorecard_ready(card)), None)
        if card is None:
            return False
        self._settle()
        table = quoted(f"scores_{len(self.statements)}")
        self.statements += scores_table(table, card, some_of(self.relation), self._columns())
        score = self._or_given(card.name, f"{table}.score")
        # The band of the number that stands there, also where a story has said the number.
        band = f"coalesce({table}.band, {band_of(card, score)})"
        added = {
            card.name: (score, FieldType.NUMBER),
            card.band: (self._or_given(card.band, band), FieldType.TEXT),
            card.coverage: (self._or_given(card.coverage, f"{table}.coverage"), FieldType.NUMBER),
            card.drag: (self._or_given(card.drag, f"{table}.drag"), FieldType.TEXT),
        }
        given = "temp.given" if self.given else None
        self._add(added, f" left join temp.{table} on {table}._n = f._n", given)
        return True

    def _family(self) -> bool:
        """What is asked of the accounts below, and of the one above, as soon as all of them have it."""
        contract, asked = self.catalog.contract, self.asked
        ready = [item for item in asked.related if item.table == CHILDREN and column_of(item) not in self.done
                 and self._owner_ready(item) and self.done.keys() >= {*facts_of_children(item)}]  # fmt: skip
        below = tuple(counted_related(item, exported=contract.knows_parents) for item in ready)
        self._aggregate(below, f"{children_rows(self.relation, contract)} r")
        above = [name for name in asked.facts if name not in self.done and own_fact(name) in self.done]
        if above:
            table = quoted(f"parents_{len(self.statements)}")
            self.statements += parents_table(table, self.relation, above, contract)
            added = {name: (f"{table}.{quoted(name)}", self.done[own_fact(name)]) for name in above}
            self._add(added, f" left join temp.{table} on {table}._n = f._n")
        return bool(below or above)

    def _plans(self) -> bool:
        """How the success plans stand, as soon as all that they ask is there; without any plan it is unknown."""
        wanted = [name for name in OF_PLANS if name in self.asked.facts and name not in self.done]
        if not wanted or not plans_ready(self.catalog, self._where_ready, self._ready):
            return False
        table = quoted(f"plans_{len(self.statements)}")
        self.statements.append(plans_table(table, some_of(self.relation), tuple(self.done), self.catalog))
        added = {name: (self._or_given(name, f"{table}.{OF_PLANS[name]}"), FACTS[name]) for name in wanted}
        given = "temp.given" if self.given else None
        self._add(added, f" left join temp.{table} on {table}._n = f._n", given)
        return True

    def _counted(self, table: Table) -> tuple[Counted, ...]:
        signals = [
            counted_signal(signal, table)
            for name in self.asked.facts
            if name not in self.done and (signal := self.catalog.signals.get(name)) is not None
            and signal.table == table.name and self._ready(signal.value) and self._where_ready(signal.where)
        ]  # fmt: skip
        related = [
            counted_related(item, exported=table.exported)
            for item in self.asked.related
            if item.table == table.name and item.function in ("has", "number_of", "total") and not item.row
            and column_of(item) not in self.done and self._owner_ready(item)
        ]  # fmt: skip
        days = [counted_day(item, table) for item in self._edges_of(table) if is_its_day(item, table)]
        return (*signals, *related, *days)

    def _edges_of(self, table: Table) -> list[Related]:
        return [
            item
            for item in self.asked.related
            if item.table == table.name and item.function in ("newest", "oldest") and not item.row
            and column_of(item) not in self.done and self._owner_ready(item)
        ]  # fmt: skip

    def _aggregate(self, counted: tuple[Counted, ...], rows: str) -> None:
        if not counted:
            return
        name = quoted(f"rows_{len(self.statements)}")
        owner = (
            f" join ({self.relation}) a on a._n = r._account"
            if any(item.needs_owner for item in counted)
            else ""
        )
        source = f"{rows}{owner}"
        typed = ", ".join(quoted(item.column) for item in counted)
        self.statements.append(
            f"create temp table if not exists {name} (_account integer primary key, {typed})"
        )
        self.statements.append(
            f"insert into temp.{name} select r._account, {columns_named(counted)} from {source} "
            f"where {within('r._account')} group by r._account"
        )
        added = {
            item.column: (
                self._or_given(
                    item.column, f"iif({name}._account is null, {item.nothing}, {name}.{quoted(item.column)})"
                ),
                self._type(item.column),
            )
            for item in counted
        }
        self._add(
            added, f" left join temp.{name} on {name}._account = f._n", "temp.given" if self.given else None
        )

    def _edges(self, table: Table, edges: list[Related]) -> None:
        """newest and oldest: a small table each, joined together, because every layer makes all above it slower."""
        relation = self.relation
        added: dict[str, tuple[str, FieldType]] = {}
        joins = ""
        for related in edges:
            name = quoted(f"edge_{len(self.statements)}")
            owner = relation if names_owner(related.where) else None
            self.statements.append(
                f"create temp table if not exists {name} (_account integer primary key, value)"
            )
            self.statements.append(
                f"insert into temp.{name} {edge_row(related, table, owner, within('r._account'))}"
            )
            added[column_of(related)] = (f"{name}.value", related.type or FieldType.TEXT)
            joins += f" left join temp.{name} on {name}._account = f._n"
        self._add(added, joins)

    def _active(self) -> None:
        """Whom playbooks see; unknown is not seen."""
        self._add({ACTIVE: (self._columns().active, FieldType.BOOLEAN)}, "")

    def _add(self, added: dict[str, tuple[str, FieldType]], joins: str, given: str | None = None) -> None:
        if not added:
            return
        if given:
            joins += " left join temp.given g on g._n = f._n"
        more = joins.count(" left join ")
        if self.joined + more > JOINED_AT_ONCE:
            self._settle()  # SQLite joins 64 tables at most
        self.joined += more
        columns = ", ".join(f"{value} as {quoted(name)}" for name, (value, _) in added.items())
        self._lay(f"select f.*, {columns} from ({self.relation}) f{joins}")
        self.done.update({name: kind for name, (_, kind) in added.items()})

    def _settle(self) -> None:
        """SQLite merges layers into one select; what is named again and again is worked out once instead.

        Only what has been worked out since the last time: a row is found by its number ten times as fast as copied.
        """
        if len({*self.stands.values()}) > JOINED_AT_ONCE // 4:
            self.stands = {column: table for column, table in self.stands.items() if table == ACCOUNTS}
        table = quoted(f"settled_{len(self.statements)}")
        new = [column for column in self.done if column not in self.stands]
        self.statements += copied(table, new, some_of(self.relation))
        self.stands.update(dict.fromkeys(new, table))
        self._lay(beside_accounts(self.done, self.stands))
        self.joined = len({*self.stands.values()})
        self.weights.clear()

    def _lay(self, select: str) -> None:
        """A layer is a view: selects written inside each other would be too deep for SQLite's parser after some twenty."""
        name = quoted(f"layer_{len(self.statements)}")
        self.statements.append(f"create temp view if not exists {name} as {select}")
        self.relation = f"select * from temp.{name}"

    # --- what a fact needs ---

    def _ready(self, expression: Expression) -> bool:
        return all(self._has(part) for part in walk(expression))

    def _has(self, part: Expression) -> bool:
        match part:
            case Name(scope=ScopeName.ACCOUNT | ScopeName.OWNER, name=name) if name != "today":
                return name in self.done
            case Related():
                return column_of(part) in self.done
            case Rank():
                return self._where_ready(self.catalog.contract.active)
            case _:
                return True

    def _where_ready(self, where: Condition | None) -> bool:
        return where is None or all(self._ready(leaf.expression) for leaf in leaves(where))

    def _owner_ready(self, related: Related) -> bool:
        return related.where is None or self._ready(related.where)

    def _scorecard_ready(self, card: Scorecard) -> bool:
        conditions = all(self._where_ready(condition) for condition in conditions_of(card))
        return card.name not in self.done and conditions and all(map(self._ready, expressions_in(card)))

    def _weight(self, expression: Expression) -> int:
        return sum(self.weights.get(part.name, 1) for part in walk(expression) if isinstance(part, Name))

    # --- SQL of one fact ---

    def _columns(self) -> Columns:
        return account_columns("f", self.catalog.contract.active)

    def _sql(self, expression: Expression) -> str:
        return sql(expression, self._columns())

    def _type(self, column: str) -> FieldType:
        signal = self.catalog.signals.get(column)
        if signal is not None:
            return signal.type
        return next(
            related.type or FieldType.INTEGER
            for related in self.asked.related
            if column_of(related) == column
        )
