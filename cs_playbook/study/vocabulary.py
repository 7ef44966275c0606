"""A catalog → every word one may write in a condition, a step or a letter: what it is, what it says, where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS, Field, Table
from cs_playbook.model.personal import is_personal
from cs_playbook.model.scorecard import Scorecard
from cs_playbook.model.segment import Segmentation
from cs_playbook.model.signal import Signal
from cs_playbook.model.success_plan import FACTS as FACTS_OF_PLANS
from cs_playbook.model.success_plan import MISSING, PROGRESS, STATUS
from cs_playbook.model.team import (
    Always,
    ContactsWhere,
    FromField,
    ManagerOf,
    Pool,
    Role,
    RoleRef,
)
from cs_playbook.model.trait import Trait
from cs_playbook.model.value import FieldType, Value
from cs_playbook.model.wording import write
from cs_playbook.parse.untold import untold_facts
from cs_playbook.source.finding import Span
from cs_playbook.study.mentions import Kind, Mention, mentions, mentions_in_letter
from cs_playbook.values import replace


class WordKind(StrEnum):
    """What a word is, in the order of the page."""

    FIELD = "field"
    SIGNAL = "signal"
    TRAIT = "trait"
    SEGMENTATION = "segmentation"
    SCORECARD = "scorecard"
    PLAN = "success plan"
    TABLE = "table"
    COLUMN = "field of a table"
    RESOURCE = "list kept by hand"
    ITEM = "field of a list"
    ROLE = "role"
    FUNCTION = "function"


FACTS = (
    WordKind.FIELD,
    WordKind.SIGNAL,
    WordKind.TRAIT,
    WordKind.SEGMENTATION,
    WordKind.SCORECARD,
    WordKind.PLAN,
)


class Use(Struct, frozen=True):
    """Where a word is named. `by`: `playbook usage-drop`, `signal seat_use`, `email usage-drop/check-in` …"""

    by: str
    at: Span


class Seen(Struct, frozen=True):
    """What the newest snapshot has of it. `cells` of which `filled`; `top`: (value, how many) of the most frequent.

    `least`, `most`: of numbers and days (days since 1970-01-01).
    """

    cells: int
    filled: int
    top: tuple[tuple[str, int], ...] = ()
    more: bool = False  # values beside those of `top`
    least: Value = None
    most: Value = None

    @property
    def share(self) -> float | None:
        return self.filled / self.cells if self.cells else None


class Word(Struct, frozen=True):
    """`form`: how it is defined or called; `values`: the only ones it may hold; `hidden`: its values are never shown.

    Not `told`: nobody exports it, or what it stands on.
    """

    name: str
    kind: WordKind
    type: str
    at: Span
    unit: str = ""
    says: str = ""
    form: str = ""
    values: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    seen: Seen | None = None
    hidden: bool = False
    told: bool = True
    fact: FieldType | None = None


def words_of(catalog: Catalog, functions: Iterable[Word]) -> tuple[Word, ...]:
    """All of them, kind by kind, in the order of the files."""
    uses = _uses(catalog)
    found = [
        *_fields(catalog), *_signals(catalog), *_traits(catalog), *_segmentations(catalog), *_scorecards(catalog),
        *_plans(catalog), *_tables(catalog), *_resources(catalog), *_roles(catalog), *functions,
    ]  # fmt: skip
    untold = {*untold_facts(catalog.contract, catalog.signals.values()), *_untold_rows(catalog)}
    return tuple(
        replace(word, uses=uses.get((_as_mentioned(word), word.name), ()), told=word.name not in untold) for word in found
    )  # fmt: skip


def _untold_rows(catalog: Catalog) -> Iterator[str]:
    """Tables and their fields, as they are written."""
    for table in catalog.contract.of_rows:
        yield from (table.name,) if not table.exported else ()
        yield from (f"{table.name}.{one.name}" for one in table.fields if not one.exported)


def _as_mentioned(word: Word) -> Kind:
    match word.kind:
        case WordKind.TABLE | WordKind.RESOURCE:
            return Kind.TABLE
        case WordKind.COLUMN | WordKind.ITEM:
            return Kind.COLUMN
        case WordKind.ROLE:
            return Kind.ROLE
        case WordKind.FUNCTION:
            return Kind.FUNCTION
        case _:
            return Kind.FACT


# --- facts of an account ---


def _fields(catalog: Catalog) -> Iterator[Word]:
    accounts = catalog.contract.accounts
    yield from (_of_field(one, accounts, one.name, WordKind.FIELD) for one in accounts.fields)


def _of_field(one: Field, table: Table, name: str, kind: WordKind) -> Word:
    says = _part(one, table)
    return Word(
        name, kind, one.type.value, one.span, says=says, values=one.values, hidden=is_personal(one, table), fact=one.type
    )  # fmt: skip


def _part(one: Field, table: Table) -> str:
    """What the contract says of a field besides its type."""
    by = table.through.by if table.through else table.account
    parts = {
        table.key: f"the key of {table.name}",
        by: f"names the {'row of ' + table.through.table if table.through else 'account'} it belongs to",
        table.day: "the day of the row: windows count on it",
        table.parent: "the account above",
    }
    return parts.get(one.name, "")


def _signals(catalog: Catalog) -> Iterator[Word]:
    for one in catalog.signals.values():
        kind = catalog.facts[one.name]
        yield Word(
            one.name, WordKind.SIGNAL, kind.value, one.span, one.unit or "", one.says, _signal_form(one),
            hidden=kind.reads_as is FieldType.TEXT, fact=kind,
        )  # fmt: skip


def _signal_form(signal: Signal) -> str:
    window = "" if signal.last is None else f", the last {signal.last} days"
    window += f" before the last {signal.before}" if signal.before else ""
    where = ", some of them" if signal.where is not None else ""
    return write(signal.value) + (f" of {signal.table}{where}{window}" if signal.table else "")


def _traits(catalog: Catalog) -> Iterator[Word]:
    for one in catalog.traits.values():
        free = one.type.reads_as is FieldType.TEXT and not one.values
        yield Word(
            one.name, WordKind.TRAIT, one.type.value, one.span, "", one.says, _trait_form(one), one.values, hidden=free, fact=one.type
        )  # fmt: skip


def _trait_form(trait: Trait) -> str:
    by = f" by the {trait.owner.role}" if isinstance(trait.owner, RoleRef) else ""
    return f"set by hand{by}, or by a step" + (
        f"; counts for {trait.expires_after} days" if trait.expires_after else ""
    )


def _segmentations(catalog: Catalog) -> Iterator[Word]:
    for one in catalog.segmentations.values():
        for fact, kind in one.facts.items():
            tag = one.tagged(fact)
            says = _of_segmentation(fact, one) if tag is None else tag.title
            values = one.values_of(fact)
            yield Word(fact, WordKind.SEGMENTATION, kind.value, one.span, says=says, values=values, fact=kind)


def _of_segmentation(name: str, one: Segmentation) -> str:
    return {
        one.by_rule: "what its rules say today, patience and transitions aside",
        one.days: "for how many days it has been in its segment",
        one.state: "whether that is as expected",
    }.get(name, one.title)


def _scorecards(catalog: Catalog) -> Iterator[Word]:
    for card in catalog.scorecards.values():
        parts = [name for name in catalog.facts if name == card.name or name.startswith(f"{card.name}.")]
        for name in parts:
            kind, values = catalog.facts[name], catalog.fact_values.get(name, ())
            yield Word(
                name, WordKind.SCORECARD, kind.value, card.span, says=_of_card(name, card), values=values, fact=kind
            )  # fmt: skip


def _plans(catalog: Catalog) -> Iterator[Word]:
    """Where there are any: of an account without one they are unknown."""
    for name, kind in FACTS_OF_PLANS.items() if catalog.plans else ():
        values = catalog.fact_values.get(name, ())
        span = catalog.plans[0].span
        yield Word(name, WordKind.PLAN, kind.value, span, says=_OF_PLANS[name], values=values, fact=kind)


_OF_PLANS = {
    STATUS: "how the success plan stands",
    PROGRESS: "how far it is, 0 to 1: achieved counts 1, partly 0.5, missed 0",
    MISSING: "how many questions of its handover have no answer",
}


def _of_card(name: str, card: Scorecard) -> str:
    return {
        card.name: card.title or f"the number, {card.low} to {card.high}",
        card.band: "its band",
        card.coverage: "the share of its weight that is known",
        card.drag: "the measure that pulls it down most",
    }.get(name, "how the number has changed since then")


# --- tables, roles ---


def _tables(catalog: Catalog) -> Iterator[Word]:
    for table in catalog.contract.tables:
        if table.name == ACCOUNTS:
            continue
        yield Word(table.name, WordKind.TABLE, "rows", table.span, says=_belonging(table))
        for one in table.fields:
            yield _of_field(one, table, f"{table.name}.{one.name}", WordKind.COLUMN)


def _belonging(table: Table) -> str:
    whose = f"rows of an account, through {table.through.table}" if table.through else "rows of an account"
    return f"{whose}, dated by {table.day}" if table.day else whose


def _resources(catalog: Catalog) -> Iterator[Word]:
    """No snapshot has them: what they hold is read here."""
    for table in catalog.contract.resources:
        items = table.items or ()
        since = f", each seen from its {table.day} on" if table.day else ""
        form = f"beside every account: rows('{table.name}', …), has({table.name}, …), one_per: {table.name}{since}"
        count = Seen(len(items), len(items))
        yield Word(
            table.name, WordKind.RESOURCE, "items", table.span, says=table.title, form=form, seen=count
        )
        for place, one in enumerate(table.fields):
            word = _of_field(one, table, f"{table.name}.{one.name}", WordKind.ITEM)
            seen = _in_items([item[place] for item in items], one.type)
            yield replace(word, fact=None, hidden=False, seen=seen)


def _in_items(cells: list[Value], kind: FieldType) -> Seen:
    """An empty yes/no is no, as in a snapshot."""
    return Seen(len(cells), sum(kind is FieldType.BOOLEAN or cell not in (None, ()) for cell in cells))


def _roles(catalog: Catalog) -> Iterator[Word]:
    for role in catalog.team.roles:
        kind = "people of the customer" if role.is_contact else "our people"
        yield Word(role.name, WordKind.ROLE, kind, role.span, form=_role_form(role))


def _role_form(role: Role) -> str:
    otherwise = f", else {role.otherwise.role}" if role.otherwise else ""
    match role.source:
        case FromField(fact=fact):
            return f"whose address is in {write(fact)}{otherwise}"
        case ManagerOf(role=below):
            return f"who manages the {below.role}{otherwise}"
        case Always():
            return "always the same person"
        case ContactsWhere(where=where, pick=pick, by=by):
            return f"contacts where {write(where)}; {pick}{f' {by}' if by else ''}{otherwise}"
        case Pool(people=people, pick=pick, by=by):
            return f"one of {len(people)}, {pick}{f' {by}' if by else ''}{otherwise}"


# --- uses ---


def _uses(catalog: Catalog) -> Mapping[tuple[Kind, str], tuple[Use, ...]]:
    found: dict[tuple[Kind, str], dict[Use, None]] = {}
    for by, said in sayings(catalog):
        for one in said:
            found.setdefault((one.kind, one.word), {})[Use(by, one.at)] = None
    return {key: tuple(uses) for key, uses in found.items()}


def sayings(catalog: Catalog) -> Iterator[tuple[str, Iterator[Mention]]]:
    """Who says something (`playbook usage-drop`, `signal seat_use`, `active` …), and every word it names."""
    contract = catalog.contract
    blocks: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("playbook", catalog.playbooks),
        ("signal", catalog.signals),
        ("segments", catalog.segmentations),
        ("scorecard", catalog.scorecards),
        ("trait", catalog.traits),
        ("role", {role.name: role for role in catalog.team.roles}),
    )
    for kind, named in blocks:
        yield from ((f"{kind} {name}", mentions(said, contract)) for name, said in named.items())
    yield "active", mentions(contract.active, contract)
    yield "hands_off", mentions(catalog.project.hands_off, contract)
    yield from _of_letters(catalog)


def _of_letters(catalog: Catalog) -> Iterator[tuple[str, Iterator[Mention]]]:
    roles = frozenset(role.name for role in catalog.team.roles)
    for (name, _), letter in catalog.letters.items():
        text = letter.subject + letter.body
        said = mentions_in_letter(text, tuple(letter.needs), letter.span, catalog.contract, roles)
        yield f"email {name}", said
    for (name, _), document in catalog.documents.items():
        body = document.text.body
        said = mentions_in_letter(body, (), document.text.span, catalog.contract, roles)
        yield f"document {name}", said
