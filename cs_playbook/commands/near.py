"""A playbook → the accounts that only one condition keeps out of it, by condition, the nearest first."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

from msgspec import Struct, field

from cs_playbook.commands.choosing import before_of
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.looking import near_facts
from cs_playbook.compile.scan import Rule, rule_of, top_parts
from cs_playbook.errors import ChoiceError
from cs_playbook.model.answer import explain as evidence_of
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import impatient
from cs_playbook.model.expression import Value
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.plan.enroll import Before
from cs_playbook.source.finding import did_you_mean
from cs_playbook.study.behind import Facts, Part, part_of, words_of
from cs_playbook.study.explained import NearAccount, NearCondition, NearExplained
from cs_playbook.values import replace

NEAREST = 10  # accounts shown of each condition


def near(workspace: Workspace, playbook: str, day: date | None) -> NearExplained:
    """`day` None: the newest snapshot. A `for` does not count: who only has to go on fitting is not short of anything.

    Raises ChoiceError where there is no such playbook, or it has no rule about accounts.
    """
    chosen = playbook_named(workspace.catalog, playbook)
    rule = _rule(chosen)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        catalog = as_if_acting(workspace.catalog, chosen)
        calendar = calendar_of(catalog.project.calendar)
        morning = prepare(Sources(catalog, workspace.around, snapshot, ledger, calendar))
        return _sorted_out(chosen, rule, morning)


def playbook_named(catalog: Catalog, name: str) -> Playbook:
    """The playbook. Raises ChoiceError, with what is perhaps meant."""
    found = catalog.playbooks.get(name)
    if found is None:
        hint = did_you_mean(name, catalog.playbooks) or f"there are: {', '.join(catalog.playbooks)}"
        raise ChoiceError(f"there is no playbook '{name}'", hint)
    return found


def as_if_acting(catalog: Catalog, chosen: Playbook | None) -> Catalog:
    """The facts of a draft are not looked at on any day, but for who asks about just this one."""
    if chosen is None or chosen.status is not Status.DRAFT:
        return catalog
    acting = replace(chosen, status=Status.SHADOW)
    return replace(catalog, playbooks={**catalog.playbooks, chosen.name: acting})


def _rule(playbook: Playbook) -> Rule:
    rule = rule_of(playbook)
    if rule is None:
        raise ChoiceError(f"'{playbook.name}' is started by people only: nobody is near it")
    if rule.row is not None:
        hint = f"cs-playbook explain ACCOUNT {playbook.name} shows those of one account"
        raise ChoiceError(
            f"'{playbook.name}' is about rows of {rule.row}: who is near is counted for accounts only", hint
        )
    return rule


class _OneShort(Struct):
    """Holds the accounts that one condition keeps out: how many, and the nearest."""

    part: Part
    count: int = 0
    nearest: list[tuple[float, str, NearAccount]] = field(default_factory=list)

    def add(self, account: str, name: str, part: Part) -> None:
        self.count += 1
        gap = float(part.limit.gap) if part.limit else 0.0
        insort(self.nearest, (gap, account, NearAccount(account, name, part)), key=lambda item: item[:2])
        del self.nearest[NEAREST:]


def _sorted_out(playbook: Playbook, rule: Rule, morning: Morning) -> NearExplained:
    short: dict[int, _OneShort] = {}
    unknown = 0
    for account, values in _near_accounts(rule, morning):
        place, part = _what_keeps_it_out(rule, values, morning)
        if part.evidence.answer is None:
            unknown += 1
        else:
            short.setdefault(place, _OneShort(part)).add(account, str(values.get("name") or account), part)
    most_first = sorted(short.values(), key=lambda found: -found.count)
    return NearExplained(
        day=morning.today.day,
        playbook=playbook.name,
        title=playbook.words.title,
        seen=morning.choices.seen,
        short=sum(found.count for found in most_first),
        unknown=unknown,
        conditions=tuple(_condition(found, playbook, morning) for found in most_first),
    )


def _near_accounts(rule: Rule, morning: Morning) -> Iterator[tuple[str, dict[str, Value]]]:
    cursor = morning.stage.connection.cursor().execute(near_facts(rule))
    names = [column[0] for column in cursor.description][2:]
    for account, _, *cells in cursor:
        yield str(account), dict(zip(names, cells, strict=True))


def _what_keeps_it_out(rule: Rule, values: dict[str, Value], morning: Morning) -> tuple[int, Part]:
    """The one part that does not say yes, and its place among the parts."""
    facts = Facts(values, morning.today.reckoning, morning.today.catalog)
    for place, condition in enumerate(top_parts(rule.condition)):
        said = evidence_of(impatient(condition), values, facts.reckoning)
        if said.answer is not True:
            return place, part_of(said, facts)
    raise AssertionError("all parts say yes, and the query said that one does not")


def _condition(found: _OneShort, playbook: Playbook, morning: Morning) -> NearCondition:
    kept = [account for _, _, account in found.nearest]
    before = before_of(playbook, [(account.account, None) for account in kept], morning.ledger)
    marked = (
        replace(account, is_in=before.get((account.account, None), Before()).is_open) for account in kept
    )
    return NearCondition(words_of(found.part.evidence.condition), found.count, tuple(marked))
