"""What a set of conditions asks of the account: fields, signals, segmentations, rows, memory: all of it, followed to the ground."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from cs_playbook.compile.family import facts_of_books, facts_of_children
from cs_playbook.compile.segments import segmentation_of, stands_on
from cs_playbook.model import success_plan
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition, conditions, leaves
from cs_playbook.model.data import CHILDREN, PARENT_DOT
from cs_playbook.model.expression import Expression, Memory, Name, Rank, Related, ScopeName, walk
from cs_playbook.model.lasting import series_of
from cs_playbook.model.scorecard import Scorecard, change_days, conditions_of, expressions_in
from cs_playbook.model.trait import Trait
from cs_playbook.model.value import FieldType

AT_START = "at_start"
TRAIT = "trait"


class Asked(Struct):
    """Collected in order of first mention. `lasting`: conditions with `for`, whose answers are remembered day by day.

    `of_others`: some fact of an account is asked of other accounts, ranks and families.
    """

    facts: dict[str, None] = field(default_factory=dict)
    related: dict[Related, None] = field(default_factory=dict)
    memories: dict[Memory, None] = field(default_factory=dict)
    lasting: dict[Condition, None] = field(default_factory=dict)
    at_start: dict[str, None] = field(default_factory=dict)
    books: tuple[str, ...] = ()
    of_others: bool = False


def asked_of(
    wanted: Iterable[Condition | Expression],
    facts: Iterable[str],
    catalog: Catalog,
    books: Iterable[str] = (),
) -> Asked:
    """Everything that must be known to answer `wanted` and to show `facts`. `books`: the roles of people asked about."""
    collector = _Collector(catalog, Asked(books=tuple(books)))
    for name in facts:
        collector.fact(name)
    for item in wanted:
        collector.take(item)
    return collector.asked


class _Collector(Struct):
    """Holds what has been asked so far while it is followed to the ground."""

    catalog: Catalog
    asked: Asked

    def take(self, item: Condition | Expression) -> None:
        for expression in _expressions(item):
            self.expression(expression)
        if not isinstance(item, Expression):
            for condition in conditions(item):
                if condition.lasting is not None:
                    self.asked.lasting[condition] = None

    def expression(self, expression: Expression) -> None:
        for part in walk(expression):
            match part:
                case Name(scope=ScopeName.ACCOUNT | ScopeName.OWNER, name=name) if name != "today":
                    self.fact(name)
                case Related():
                    self._related(part)
                case Memory():
                    self._memory(part)
                case Rank():
                    self.asked.of_others = True
                    if self.catalog.contract.active is not None:
                        self.take(self.catalog.contract.active)
                case _:
                    pass

    def fact(self, name: str) -> None:
        if name in self.asked.facts:
            return
        if name.startswith(PARENT_DOT):
            self._above(name.removeprefix(PARENT_DOT))
        self._what_it_stands_on(name)
        self.asked.facts[name] = None

    def _what_it_stands_on(self, name: str) -> None:
        signal = self.catalog.signals.get(name)
        segmentation = segmentation_of(name, self.catalog)
        if signal is not None:
            self.expression(signal.value)
            if signal.where is not None:
                self.take(signal.where)
        elif segmentation is not None:
            needed = stands_on(name, segmentation)
            for condition in needed.conditions:
                self.take(condition)
            for memory in needed.memories:
                self._memory(memory)
        elif (card := card_of(name, self.catalog)) is not None:
            self._of_card(name, card)
        elif name in success_plan.FACTS:
            self._of_plans()

    def _of_card(self, name: str, card: Scorecard) -> None:
        """Any part of a scorecard asks for the number, the number for all that is in it."""
        change = change_of(name, self.catalog)
        if change is not None:
            self._memory(change)
        if name != card.name:
            self.fact(card.name)
            return
        for condition in conditions_of(card):
            self.take(condition)
        for expression in expressions_in(card):
            self.expression(expression)

    def _of_plans(self) -> None:
        """Everybody's plan is one fact: what any of them asks."""
        for plan in self.catalog.plans:
            if plan.counts:
                for condition in success_plan.conditions_of(plan):
                    self.take(condition)
                for expression in success_plan.expressions_in(plan):
                    self.expression(expression)

    def _related(self, related: Related) -> None:
        if related.where is not None:
            self.expression(related.where)
        self.asked.of_others |= related.table == CHILDREN
        for name in facts_of_children(related):
            self._above(name)
        for name in facts_of_books(related):
            self.fact(name)
        self.asked.related[related] = None

    def _above(self, name: str) -> None:
        """A fact asked of another account of the family: everybody has it, and knows whose child it is."""
        self.asked.of_others = True
        self.fact(self.catalog.contract.accounts.parent or "")
        self.fact(name)

    def _memory(self, memory: Memory) -> None:
        if memory.function == AT_START:
            if memory.name.scope is not ScopeName.ROW:  # rows are read whole
                self.fact(memory.subject)
                self.asked.at_start[memory.subject] = None
            return
        if memory in self.asked.memories:
            return
        self.asked.memories[memory] = None
        if memory.function in ("was", "ago", "changed"):
            self.fact(memory.subject)


def trait_asked(trait: Trait) -> Memory:
    """What was last said of it: not written by anybody, read like any other past."""
    return Memory(TRAIT, trait.name, None, trait.type)


def card_of(name: str, catalog: Catalog) -> Scorecard | None:
    """The scorecard that gives a fact: `health`, `health.band`."""
    return catalog.scorecards.get(name.partition(".")[0])


def change_of(name: str, catalog: Catalog) -> Memory | None:
    """`health.change_28d`: what the number was then."""
    card, days = card_of(name, catalog), change_days(name)
    return Memory("ago", card.name, days, FieldType.NUMBER) if card is not None and days else None


def _expressions(item: Condition | Expression) -> Iterator[Expression]:
    if isinstance(item, Expression):
        yield item
    else:
        yield from (leaf.expression for leaf in leaves(item))


def lasting_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions with `for` inside a condition, itself included; each meaning once."""
    return tuple(
        {series_of(item): item for item in conditions(condition) if item.lasting is not None}.values()
    )


def lasting_by_row(condition: Condition) -> tuple[Condition, ...]:
    """Those of the rule of rows that are remembered row by row."""
    return tuple(item for item in lasting_of(condition) if not about_account(item))


def about_account(condition: Condition) -> bool:
    """Conditions about a row remember their answers per row, not per account."""
    parts = (part for leaf in leaves(condition) for part in walk(leaf.expression))
    return not any(_of_the_row(part) for part in parts)


def about_person(condition: Condition) -> str:
    """The role whose people it is asked of: they remember its answers, and no account does. Nothing for all others."""
    parts = (part for leaf in leaves(condition) for part in walk(leaf.expression))
    return next((part.of for part in parts if isinstance(part, Related) and part.of), "")


def _of_the_row(part: Expression) -> bool:
    match part:
        case Name(scope=ScopeName.ROW):
            return True
        case Related(row=row):
            return bool(row)
        case _:
            return False
