"""A workspace and its snapshot → who should own which account; nothing is changed, here or anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from fractions import Fraction

from cs_playbook.commands.facts_stage import Stage, stage_facts
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.assigning import ruled
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.assignment import Assignment
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition, leaves
from cs_playbook.model.expression import Name, to_day, walk
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.segment import Choosing, Segmentation
from cs_playbook.model.team import Team
from cs_playbook.model.value import Value
from cs_playbook.source.finding import did_you_mean
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.assign import Proposal, assign
from cs_playbook.study.owning import Owned

NAME = "name"


def proposals(workspace: Workspace, name: str, day: date | None) -> tuple[Proposal, ...]:
    """`name` "": of every segmentation that assigns. `day` None: the newest snapshot.

    Raises ChoiceError where nothing is assigned, or where there is no such segmentation.
    """
    catalog = workspace.catalog
    chosen = _chosen(name, catalog)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        stage = _stage(snapshot, catalog, ledger, chosen)
        return tuple(
            assign(name, one, _owned(stage, catalog, name, one), catalog.team, snapshot.day)
            for name, one in chosen.items()
        )


def owners_by_role(stage: Stage, day: date) -> Mapping[str, Mapping[str, str]]:
    """Role → account → whose it is once all that is proposed is done; "" is nobody. The stage knows what is asked for it."""
    catalog = stage.catalog
    found: dict[str, Mapping[str, str]] = {}
    for name, one in catalog.assignments.items():
        accounts = tuple(_owned(stage, catalog, name, one))
        moves = assign(name, one, accounts, catalog.team, day).moves
        found[one.role] = {each.key: each.owner for each in accounts} | {
            move.account.key: move.now for move in moves
        }
    return found


def asked_by_assignments(
    chosen: Mapping[str, Assignment], catalog: Catalog
) -> tuple[list[Condition], list[str]]:
    """Conditions, and the names of facts."""
    wanted: list[Condition] = [] if catalog.contract.active is None else [catalog.contract.active]
    facts = [NAME] if NAME in catalog.facts else []
    facts += [name for name, _ in _promising(catalog)]
    for name, one in chosen.items():
        wanted += [rule.when for rule in one.rules if rule.when is not None]
        facts += [*one.facts, *([] if _has_tags(catalog.segmentations[name]) else [name])]
    return wanted, facts


def _chosen(name: str, catalog: Catalog) -> Mapping[str, Assignment]:
    known = catalog.assignments
    if not known:
        hint = "a segmentation may say who owns its accounts: assign: {role: csm, first_match: [...]}"
        raise ChoiceError("no segmentation of this workspace says `assign:`", hint)
    if name and name not in known:
        there = name in catalog.segmentations
        said = f"the segmentation '{name}' assigns nobody" if there else f"there is no segmentation '{name}'"
        raise ChoiceError(said, did_you_mean(name, known) or f"those that assign are: {', '.join(known)}")
    return {name: known[name]} if name else known


def _stage(snapshot: Snapshot, catalog: Catalog, ledger: Ledger, chosen: Mapping[str, Assignment]) -> Stage:
    day = snapshot.day
    observed = tuple(to_day(run.day) for run in ledger.run_days() if run.fresh and run.day < day)
    fresh = ledger.sources_before(day) != sources_hash(snapshot.manifest)
    reckoning = Reckoning(to_day(day), calendar_of(catalog.project.calendar), observed, fresh)
    wanted, facts = asked_by_assignments(chosen, catalog)
    return stage_facts(snapshot, asked_of(wanted, facts, catalog), catalog, reckoning, ledger, day)


def _promising(catalog: Catalog) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Fact → segment → minutes a month, as `capacity` counts them: of every segmentation that promises some."""
    for one in catalog.segmentations.values():
        minutes = {each.name: each.minutes_per_month for each in one.segments if each.minutes_per_month}
        if minutes and not _has_tags(one):
            yield one.name, minutes


def _has_tags(one: Segmentation) -> bool:
    return one.choosing is Choosing.ANY


def _owned(stage: Stage, catalog: Catalog, name: str, assignment: Assignment) -> Iterator[Owned]:
    """All active accounts, with what is asked of them."""
    promises, team = dict(_promising(catalog)), catalog.team
    shares = {one.name: one.accounts_per_csm for one in catalog.segmentations[name].segments}
    shown = [NAME] if NAME in stage.columns else []
    asked = _asked_by(assignment)
    named = [fact for facts in asked for fact in facts if fact in stage.columns]
    facts = tuple(dict.fromkeys((*shown, *promises, *_own(name, catalog), *assignment.facts, *named)))
    for key, place, *found in stage.connection.execute(ruled(assignment, facts)):
        values = dict(zip(facts, found, strict=True))
        many = shares.get(str(values.get(name)))
        yield Owned(
            key=str(key), name=str(values.get(NAME) or key), owner=_spelt(values[assignment.fact], team),
            rule=None if place is None or place < 0 else place,
            minutes=sum(minutes.get(str(values[fact]), 0) for fact, minutes in promises.items()),
            share=Fraction(1, many) if many else Fraction(0),
            values={fact: values[fact] for fact in assignment.facts},
            **({} if place is None or place >= 0 else _unknown(-1 - place, assignment, asked, values)),
        )  # fmt: skip


def _asked_by(assignment: Assignment) -> list[list[str]]:
    """The facts that each rule names."""
    return [
        [part.name for leaf in leaves(rule.when) for part in walk(leaf.expression) if isinstance(part, Name)]
        if rule.when is not None
        else []
        for rule in assignment.rules
    ]


def _unknown(
    place: int, assignment: Assignment, asked: list[list[str]], values: Mapping[str, Value]
) -> dict[str, str]:
    """Which rule it is, and what of it is empty."""
    empty = dict.fromkeys(fact for fact in asked[place] if fact in values and values[fact] is None)
    return {"unknown": assignment.rules[place].name, "empty": ", ".join(empty)}


def _own(name: str, catalog: Catalog) -> tuple[str, ...]:
    return () if _has_tags(catalog.segmentations[name]) else (name,)


def _spelt(address: Value, team: Team) -> str:
    """As the team's file does."""
    person = team.person(str(address)) if address else None
    return person.email if person is not None else str(address or "")
