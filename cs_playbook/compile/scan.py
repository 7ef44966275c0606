"""The rules of all playbooks → queries over `temp.facts`: who fits, who is a candidate, whose answer changed, who is near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.asked import about_account, about_person, lasting_by_row
from cs_playbook.compile.beside import beside_row, rows_of
from cs_playbook.compile.books import OF_ACCOUNTS, has_book
from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.sql import (
    Asked,
    Columns,
    balanced,
    no_aggregate,
    quoted,
    sql_of_condition,
)
from cs_playbook.model.condition import Condition, Group, Leaf, impatient
from cs_playbook.model.data import Contract
from cs_playbook.model.expression import FieldType, Literal, Memory, Name, Related, ScopeName
from cs_playbook.model.lasting import series_of
from cs_playbook.model.playbook import Playbook
from cs_playbook.parse.depth import places

_ROOM = 80  # places of the stack of SQLite's parser: the rest is for the query around
_NESTED = 5  # places that each question around the next one takes
_LONGEST = 2_000  # letters of such a question: it is written out as often as there are others around it


class Rule(Struct, frozen=True):
    """A playbook's rule as one condition: audience and trigger. `row`: the table of its rows, if it is about rows."""

    playbook: Playbook
    condition: Condition

    @property
    def row(self) -> str | None:
        return self.playbook.trigger.one_per


def rule_of(playbook: Playbook) -> Rule | None:
    """None where no rule starts it."""
    trigger = playbook.trigger
    if (trigger.when is None and trigger.every is None) or "rule" not in trigger.started_by:
        return None
    asked = [condition for condition in (playbook.audience, trigger.when) if condition is not None]
    if not asked:  # on the days of its rhythm for everybody
        return Rule(playbook, Leaf("true", Literal(True, FieldType.BOOLEAN), trigger.span))
    return Rule(playbook, asked[0] if len(asked) == 1 else Group("all", tuple(asked), playbook.span))


def _facts() -> str:
    return "temp.facts_keyed"


def keyed(contract: Contract, schema: str = "temp") -> str:
    """A view of the facts with the account's key under a name of its own."""
    key = quoted(contract.accounts.key or "id")
    return f"create temp view if not exists facts_keyed as select *, {key} as _id from {schema}.facts"


def facts_by_key(contract: Contract) -> str:
    return f"create unique index if not exists temp.facts_by_key on facts ({quoted(contract.accounts.key or 'id')})"


def seen_by(rule: Rule) -> str:
    """Whom the rule is asked of: active accounts, all accounts, or people who have a book."""
    if rule.playbook.trigger.per_person is not None:
        return has_book(rule.playbook.trigger.per_person)
    return OF_ACCOUNTS if rule.playbook.sees_inactive else f"f.{ACTIVE}"


def _condition(condition: Condition, columns: Columns) -> str:
    return sql_of_condition(condition, columns)


def row_matches(rule: Rule, contract: Contract) -> str:
    """For a rule about rows: (number and key of the account, row key, holds) of all that fit, in order of account and row."""
    columns = row_rule_columns()
    fits = _condition(impatient(rule.condition), columns)
    holds = _condition(rule.condition, columns)
    key = _row_key(rule, contract)
    inside = f"select f._n as n, f._id as id, r.{key} as row, ({seen_by(rule)} and {fits}) as fits, ({seen_by(rule)} and {holds}) as holds from {_row_source(rule, contract)} limit -1 offset 0"
    return f"select n, id, row, coalesce(holds, 0) from ({inside}) where fits order by n, row"


def says_no(rule: Rule, contract: Contract) -> str:
    """Which subjects of `temp.gone` the rule now says no to: unknown, or missing from the snapshot, is not no."""
    if rule.row is None:
        source, subject, columns = f"{_facts()} f", "f._id", account_columns("f")
    else:
        source, columns = _row_source(rule, contract), row_rule_columns()
        subject = f"f._id || char(31) || r.{_row_key(rule, contract)}"
    no = f"({seen_by(rule)} and {_condition(impatient(rule.condition), columns)}) is 0"
    return f"select g.subject from {source} join temp.gone g on g.subject = {subject} where {no} order by g.subject"


def over_already(rule: Rule, contract: Contract) -> str | None:
    """Which subjects of `temp.fitting` (rule ?) would end on the day they start: an exit or the goal fits. None: there is none."""
    playbook = rule.playbook
    ends = [way_out.when for way_out in playbook.exits] + ([playbook.goal.when] if playbook.goal else [])
    if not ends:
        return None
    if rule.row is None:
        # From the few that fit to their facts; SQLite would go the other way as long as it knows no better.
        source, columns = "temp.fitting t cross join temp.facts f on f._n = t.n", account_columns("f")
        fitting = "t.rule = ?"
    else:
        source, columns = f"{_row_source(rule, contract)} join temp.fitting t", row_rule_columns()
        fitting = f"t.rule = ? and t.subject = f._id || char(31) || r.{_row_key(rule, contract)}"
    fits = balanced(" or ", [f"coalesce({_condition(end, _starting(rule, columns))}, 0)" for end in ends])
    return f"select t.subject from {source} where {fitting} and {fits}"


def _starting(rule: Rule, columns: Columns) -> Columns:
    """On the day of the start: what was at the start is what is, and no step has ended."""
    of_rule = {series_of(condition) for condition in lasting_by_row(rule.condition)}

    def asked(item: Asked) -> str:
        match item:
            case Memory(function="at_start"):
                return columns.asked(item.name)
            case Name(scope=ScopeName.ENROLLMENT):
                return "null"
            case _:
                return columns.asked(item)

    def known(memory: Memory) -> str:
        return "1" if memory.function == "at_start" else columns.known(memory)

    def since(condition: Condition) -> str:
        # What a rule about rows asks is remembered by row, all else by account.
        return (columns if series_of(condition) in of_rule else account_columns("f")).since(condition)

    return Columns(asked, known, since, no_aggregate)


def _row_source(rule: Rule, contract: Contract) -> str:
    """Rows with their accounts; and the remembered answers of each row, where a `for` asks for them."""
    assert rule.row is not None
    source = f"temp.{rows_of(rule.row)} r join {_facts()} f on f._n = r._account"
    for condition in lasting_by_row(rule.condition):
        alias = quoted(series_of(condition))
        source += (
            f" left join temp.{alias} on {alias}.subject = f._id || char(31) || r.{_row_key(rule, contract)}"
        )
    return source


def _row_key(rule: Rule, contract: Contract) -> str:
    table = contract.table(rule.row or "")
    assert table is not None
    assert table.key is not None
    return quoted(table.key)


def row_rule_columns() -> Columns:
    account = account_columns("f")

    def asked(item: Asked) -> str:
        match item:
            case Name(scope=ScopeName.ROW, name=name):
                return f"r.{quoted(name)}"
            case Related(row=row) if row:
                return f"r.{beside_row(item)}"
            case _:
                return account.asked(item)

    def since(condition: Condition) -> str:
        if about_account(condition):
            return account.since(condition)
        alias = quoted(series_of(condition))
        return f"iif({alias}.value = 1, {alias}.since, null)"

    return Columns(asked, account.known, since, no_aggregate)


def changed_answers(condition: Condition) -> str:
    """For a condition with `for`, about accounts or people: (key, answer today) where it differs from what is remembered."""
    answer = _condition(impatient(condition), account_columns("f"))
    alias, role = quoted(series_of(condition)), about_person(condition)
    whose = has_book(role) if role else OF_ACCOUNTS
    there = f"exists (select 1 from {_facts()} f where f._id = p.subject and {whose})"
    return _changed(
        f"select f._id as subject, {answer} as value from {_facts()} f where {whose}", alias, there
    )


def changed_row_answers(condition: Condition, rule: Rule, contract: Contract) -> str:
    """The same for a condition about rows: the subject is account and row."""
    answer = _condition(impatient(condition), row_rule_columns())
    subject = f"f._id || char(31) || r.{_row_key(rule, contract)}"
    source, past = _row_source(rule, contract), quoted(series_of(condition))
    there = f"p.subject in (select {subject} from {source})"
    return _changed(f"select {subject} as subject, {answer} as value from {source}", past, there)


def changed_facts(fact: str, past: str) -> str:
    """(account key, value today) of a fact that memory asks about, where it differs from what is remembered."""
    return _changed(
        f"select f._id as subject, f.{quoted(fact)} as value from {_facts()} f where {OF_ACCOUNTS}",
        quoted(past),
    )


def _changed(today: str, past: str, there: str | None = None) -> str:
    """`there`: asks whether subject p is in the snapshot. Who said yes and is not says nothing today."""
    joined = f"({today}) t left join temp.{past} p on p.subject = cast(t.subject as text)"
    changed = f"select t.subject, t.value from {joined} where p.subject is null or p.value is not t.value"
    if there is not None:
        changed += f" union all select p.subject, null from temp.{past} p where p.value = 1 and not {there}"
    return f"{changed} order by 1"


class Near(Struct, frozen=True):
    """How a rule divides those it sees: one condition short, and which parts are unknown."""

    query: str
    parts: tuple[Condition, ...]


def near(rule: Rule, shares: Mapping[str, float]) -> Near:
    """For a rule about accounts: (one short, then for each part: how many it leaves unknown).

    `shares`: part → how often it says yes (0 to 1). Most accounts are far from a rule: two parts that say no, asked first,
    spare all others.
    """
    columns = account_columns("f")
    parts = top_parts(rule.condition)
    said = [_condition(impatient(part), columns) for part in parts]
    named = ", ".join(f"{text} as p{k}" for k, text in enumerate(said))
    missed = " + ".join(f"(p{k} is 0)" for k in range(len(parts)))
    open_ = " + ".join(f"(p{k} is null)" for k in range(len(parts)))
    sums = ", ".join(f"total(p{k} is null and ({missed}) = 0)" for k in range(len(parts)))
    # Whoever says no to two of some is not near, whatever the others say: as many as SQLite can read inside each other.
    most = max(0, _ROOM - max(map(places, parts))) // _NESTED
    first = sorted(said, key=lambda text: shares.get(text, 1))
    close = one_no_at_most([text for text in first if len(text) <= _LONGEST][:most])
    inside = f"select {named} from {_facts()} f where {seen_by(rule)} and {close} limit -1 offset 0"
    return Near(f"select total(({missed}) = 1 and ({open_}) = 0), {sums} from ({inside})", parts)


def one_no_at_most(said: Sequence[str]) -> str:
    """Whether at most one of these says no; what comes later is asked only as long as that matters."""
    none, one = "1", "1"
    for text in reversed(said):
        none, one = f"iif({text} is 0, 0, {none})", f"iif({text} is 0, {none}, {one})"
    return one


def near_accounts(rule: Rule) -> str:
    """Account keys that are exactly one part short, for `explain --near`."""
    columns = account_columns("f")
    said = [_condition(impatient(part), columns) for part in top_parts(rule.condition)]
    named = ", ".join(f"{text} as p{k}" for k, text in enumerate(said))
    yes = " + ".join(f"(p{k} is 1)" for k in range(len(said)))
    return f"select id from (select f._n as n, f._id as id, {named} from {_facts()} f where {seen_by(rule)}) where {yes} = {len(said) - 1} order by n"


def top_parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that must all hold, as a person counts them."""
    if (
        isinstance(condition, Group)
        and condition.kind == "all"
        and condition.because is None
        and condition.lasting is None
    ):
        return tuple(part for item in condition.items for part in top_parts(item))
    return (condition,)
