"""An account and a playbook → every condition with its values, where it stands, what happens step by step."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date

from msgspec import Struct

from cs_playbook.commands.account import account_meant
from cs_playbook.commands.answers import returned_lists
from cs_playbook.commands.answers_in_snapshot import answers_in
from cs_playbook.commands.choosing import fits_series, left_alone
from cs_playbook.commands.health import units_of
from cs_playbook.commands.naming import name_of_start, named_rows
from cs_playbook.commands.near import as_if_acting, near, playbook_named
from cs_playbook.commands.one_account import (
    enrollments_of,
    enrollments_on,
    plans_of,
    row_subjects,
    subject_of,
)
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.standing import traits_of
from cs_playbook.commands.whom import person_meant, refuse_the_other_kind
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.scan import Rule, rule_of
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.about import table_row
from cs_playbook.model.answer import explain as evidence_of
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import Table
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import StartRefused
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.scored import Scored, scored
from cs_playbook.plan.decision import Change, Decision, Held, Subject, SubjectPlan, subject_key
from cs_playbook.plan.lines import account_name
from cs_playbook.plan.planner import holding_a_book
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.behind import Facts, Part, part_of
from cs_playbook.study.explain_rule import Known, explain_rule
from cs_playbook.study.explain_steps import explain_enrollment
from cs_playbook.study.explained import (
    EnrollmentExplained,
    Explained,
    Fitted,
    PlaybookExplained,
    RuleExplained,
    Standing,
)
from cs_playbook.values import replace

__all__ = ["explain", "near"]

NEAREST_ROWS = 3  # rows of an account that are shown besides those in the playbook


def explain(workspace: Workspace, account: str, playbook: str | None, day: date | None) -> Explained:
    """`account`: its key or its name, in any case. `playbook` None: all of them. `day` None: the newest snapshot.

    Raises ChoiceError for what does not exist, with what is perhaps meant.
    """
    chosen = playbook_named(workspace.catalog, playbook) if playbook else None
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        key = _account(account, workspace, snapshot, ledger)
        catalog = as_if_acting(workspace.catalog, chosen)
        calendar = calendar_of(catalog.project.calendar)
        answered = returned_lists(
            workspace, ledger, snapshot.day, answers_in(workspace, snapshot, ledger)
        ).answers
        morning = prepare(Sources(catalog, workspace.around, snapshot, ledger, calendar), answered)
        return _explained(_one(key, morning), workspace.catalog, chosen)


def _account(written: str, workspace: Workspace, snapshot: Snapshot, ledger: Ledger) -> str:
    person = person_meant(written, workspace.catalog)
    if person is not None:
        return person
    try:
        return account_meant(written, snapshot, ledger, workspace.catalog.contract)
    except ChoiceError:
        if written not in workspace.catalog.playbooks:
            raise
    hint = f"cs-playbook explain ACCOUNT {written}, or --near {written} for who is one condition short of it"
    raise ChoiceError(f"'{written}' is a playbook: whom shall I explain?", hint)


class _One(Struct, frozen=True):
    """One account on its day. `plans`: what the next run would do with it, None on a day that has passed."""

    subject: Subject
    enrollments: Sequence[Enrollment]
    plans: Sequence[SubjectPlan] | None
    morning: Morning


def _one(account: str, morning: Morning) -> _One:
    last = morning.ledger.last_run()
    day = morning.today.day
    if last is not None and last.day > day:
        return _One(subject_of(account, morning), enrollments_on(account, morning.ledger, day), None, morning)
    enrollments = enrollments_of(account, morning.ledger, morning.answered)
    return _One(subject_of(account, morning), enrollments, plans_of(account, morning), morning)


def _explained(one: _One, catalog: Catalog, chosen: Playbook | None) -> Explained:
    is_person = one.subject.person is not None
    if chosen is not None:
        refuse_the_other_kind(chosen, one.subject.account, is_person)
    theirs = {plan.name for plan in catalog.plans if plan.account != one.subject.account}
    known = [
        playbook for playbook in catalog.playbooks.values()
        if bool(playbook.trigger.per_person) is is_person and playbook.name not in theirs
    ]  # fmt: skip
    names = {playbook.first_name for playbook in known}
    gone = {item.playbook for item in one.enrollments if item.is_open and item.playbook not in names}
    found = [_playbook(playbook, one, chosen) for playbook in ([chosen] if chosen else known)]
    found += [_without_file(name, one) for name in sorted(gone) if chosen is None]
    return Explained(
        day=one.morning.today.day,
        account=one.subject.account,
        name=account_name(one.subject),
        present=one.subject.present,
        playbooks=tuple(found),
        people={person.email: person.name for person in catalog.team.people},
        only=chosen.name if chosen else None,
        active=_active(one),
        is_past=one.plans is None,
        traits=tuple(traits_of(one.subject.account, catalog, one.morning.ledger, one.morning.today.day)),
        scores=_scores(one, catalog, chosen),
        units=units_of(catalog),
    )


def _scores(one: _One, catalog: Catalog, chosen: Playbook | None) -> tuple[Scored, ...]:
    """Of one playbook only those that it names."""
    cards = [card for card in catalog.scorecards.values() if chosen is None or card.name in chosen.text]
    known = one.subject.values if one.subject.present and one.subject.person is None else None
    return tuple(scored(card, known, one.morning.today.reckoning) for card in cards) if known else ()


def _active(one: _One) -> Part | None:
    """Why no playbook sees it."""
    condition = one.morning.today.catalog.contract.active
    if condition is None or one.subject.active or not one.subject.present:
        return None
    facts = _facts(one.subject, one.morning)
    return part_of(evidence_of(condition, facts.values, facts.reckoning), facts)


def _facts(subject: Subject, morning: Morning) -> Facts:
    return Facts(subject.values, morning.today.reckoning, morning.today.catalog)


# --- one playbook ---


def _playbook(playbook: Playbook, one: _One, chosen: Playbook | None) -> PlaybookExplained:
    # The facts of a draft that nobody asks about are not there: its conditions would all be unknown.
    shown = playbook is chosen or playbook.status is not Status.DRAFT
    rule = rule_of(playbook) if shown else None
    table = one.morning.today.catalog.contract.table(playbook.trigger.one_per or "")
    if table is not None:
        return _about_rows(playbook, rule, table, one)
    if playbook.trigger.per_value:
        return _about_values(playbook, rule, one)
    subject = one.subject if one.subject.person is None else holding_a_book(one.subject, playbook)
    rules = (_rule(playbook, rule, subject, one),)
    return PlaybookExplained(playbook.name, playbook, rules, _open_ones(playbook, {None: subject}, one))


def _about_rows(playbook: Playbook, rule: Rule | None, table: Table, one: _One) -> PlaybookExplained:
    """The rows that are in the playbook, and the nearest of the others."""
    inside = {item.row for item in one.enrollments if item.is_open and item.playbook == playbook.first_name}
    subjects: dict[str | None, Subject] = {}
    rules: list[RuleExplained] = []
    others: list[tuple[tuple[int, int, str], RuleExplained]] = []
    count = 0
    for plain in row_subjects(one.subject, rule, table, one.morning):
        subject = replace(plain, row=_name_today(playbook, plain, one) or plain.row)
        count += 1
        found = _rule(playbook, rule, subject, one)
        if subject.row in inside:
            subjects[subject.row] = subject
            rules.append(found)
        else:
            insort(others, (_nearness(found), found), key=lambda item: item[0])
            del others[NEAREST_ROWS:]
    for row in sorted(str(row) for row in inside - set(subjects)):
        subjects[row] = replace(one.subject, row=row, present=False)
        rules.append(_rule(playbook, rule, subjects[row], one))
    shown = (*rules, *(found for _, found in others))
    return PlaybookExplained(playbook.name, playbook, shown, _open_ones(playbook, subjects, one), count)


def _about_values(playbook: Playbook, rule: Rule | None, one: _One) -> PlaybookExplained:
    """What its value is today, and the other values that are in the playbook."""
    inside = {item.row for item in one.enrollments if item.is_open and item.playbook == playbook.first_name}
    rows = sorted({*inside, _name_today(playbook, one.subject, one)}, key=lambda row: row or "")
    subjects: dict[str | None, Subject] = {row: replace(one.subject, row=row) for row in rows}
    rules = tuple(_rule(playbook, rule, subjects[row], one) for row in rows)
    return PlaybookExplained(playbook.name, playbook, rules, _open_ones(playbook, subjects, one))


def _name_today(playbook: Playbook, subject: Subject, one: _One) -> str | None:
    """By which what it is about is known: of what fits, the plan knows it best."""
    trigger, morning = playbook.trigger, one.morning
    chosen = next((item for item in morning.choices.choices if item.playbook.name == playbook.name), None)
    names = named_rows(chosen.place, subject.account, morning.stage) if chosen and trigger.per_value else []
    mine = (name for name in names if table_row(trigger, name) == subject.row)
    asked = (playbook, subject.account, subject.row, morning.stage, morning.ledger, morning.today.day)
    return next(mine, None) or name_of_start(*asked)


def _nearness(found: RuleExplained) -> tuple[int, int, str]:
    """Who starts or is held comes first, then who has the fewest conditions against it."""
    kept_out = found.standing in (Standing.NO, Standing.UNKNOWN, Standing.INACTIVE)
    return int(kept_out), found.said_no + found.unknown, found.row or ""


def _rule(playbook: Playbook, rule: Rule | None, subject: Subject, one: _One) -> RuleExplained:
    mine = [e for e in one.enrollments if e.playbook == playbook.first_name and e.row == subject.row]
    plans = (
        None if one.plans is None else [plan for plan in one.plans if _is_about(plan, playbook, subject.row)]
    )
    known = Known(mine, plans, _fitted(playbook, subject, one.morning), _left_alone(playbook, subject, one))
    return explain_rule(playbook, rule, subject, known, one.morning.today)


def _is_about(plan: SubjectPlan, playbook: Playbook, row: str | None) -> bool:
    if plan.subject.row != row:
        return False
    if plan.after:
        return plan.after[0].playbook == playbook.first_name
    return any(_playbook_of(decision) in (playbook.name, playbook.first_name) for decision in plan.decisions)


def _playbook_of(decision: Decision) -> str:
    match decision:
        case Held(playbook=playbook) | Change(event=StartRefused(playbook=playbook)):
            return playbook
        case _:
            return ""


def _fitted(playbook: Playbook, subject: Subject, morning: Morning) -> Fitted:
    """Whether it fitted before this day, as the ledger remembers it."""
    if playbook.status is Status.DRAFT:
        return Fitted()
    series, day = fits_series(playbook), morning.today.day
    watched = morning.ledger.ever_remembered(series)
    about = subject_key(subject.account, subject.row)
    for key, value, since in morning.ledger.remembered(series, day):
        if key == about:
            return Fitted(watched, bool(value), since)
    return Fitted(watched if watched is not None and watched < day else None)


def _left_alone(playbook: Playbook, subject: Subject, one: _One) -> Held | None:
    """Who fitted before the playbook went live is counted in the plan, not listed."""
    mine = next((item for item in one.morning.choices.choices if item.playbook.name == playbook.name), None)
    if mine is None or one.plans is None:
        return None
    return left_alone(mine, subject.account, subject.row, one.morning.stage)


# --- what is open ---


def _open_ones(
    playbook: Playbook, subjects: Mapping[str | None, Subject], one: _One
) -> tuple[EnrollmentExplained, ...]:
    mine = [item for item in one.enrollments if item.is_open and item.playbook == playbook.first_name]
    return tuple(_open_one(enrollment, subjects[enrollment.row], one) for enrollment in mine)


def _without_file(name: str, one: _One) -> PlaybookExplained:
    """A playbook whose file is gone goes on by the text that the ledger keeps."""
    mine = [item for item in one.enrollments if item.is_open and item.playbook == name]
    rows = (replace(one.subject, row=item.row) for item in mine)
    found = tuple(_open_one(item, subject, one) for item, subject in zip(mine, rows, strict=True))
    return PlaybookExplained(name, None, (), found)


def _open_one(enrollment: Enrollment, subject: Subject, one: _One) -> EnrollmentExplained:
    plans = (plan for plan in one.plans or () if plan.after and plan.after[0].key == enrollment.key)
    decisions = [decision for plan in plans for decision in plan.decisions]
    return explain_enrollment(enrollment, subject, decisions, one.morning.today)
