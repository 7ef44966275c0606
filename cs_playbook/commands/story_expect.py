"""An expectation held against the day that was played → what is missing or too much, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from cs_playbook.commands.story_conditions import names_of
from cs_playbook.commands.story_day import Played
from cs_playbook.commands.story_facts import facts_today, is_as_written, wanted_fact
from cs_playbook.commands.story_lines import Telling, Wanted, item_words, matched, wanted_closed
from cs_playbook.commands.story_missing import step_states, why_goal_not_met, why_no_item, why_not_ended
from cs_playbook.commands.story_owners import owners_differ
from cs_playbook.commands.story_seen import (
    Item,
    accounts,
    closed,
    draft_items,
    ended,
    escalated_items,
    goals,
    held,
    note_items,
    open_items,
    refusals,
    started,
    subject_today,
)
from cs_playbook.commands.story_start import blockers, reasons, why_not_started
from cs_playbook.commands.story_traits import standing_tonight, wanted_value
from cs_playbook.model.story import Expectation
from cs_playbook.model.story_result import Failure
from cs_playbook.report.values import value_words

NOBODY, NOTHING = "(nobody)", "(nothing)"


class Gap(Struct, frozen=True):
    """`key`: of the expectation."""

    key: str
    expected: str
    got: str
    why: tuple[str, ...] = ()


def compare(played: Played) -> list[Failure]:
    """Every expectation of the day that is not met, in the order in which a playbook goes."""
    expect = played.run.expect
    if expect is None:
        return []
    return [
        Failure(expect.place(gap.key), played.run.day, played.on, gap.expected, gap.got, gap.why)
        for question in _QUESTIONS
        for gap in question(expect, played)
    ]


Question = Callable[[Expectation, Played], Iterator[Gap]]


# --- who comes and goes ---


def _started(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.started is None:
        return
    there, wanted = started(played), sorted(set(expect.started))
    if there == wanted:
        return
    why = [line for name in wanted if name not in there for line in why_not_started(name, played)]
    why += [f"{name}: {line}" for name in there if name not in wanted for line in reasons(name, played)]
    yield Gap("started", f"started: {_list(wanted)}", f"started: {_list(there)}", tuple(why))


def _ended(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.ended is None:
        return
    there, wanted = ended(played), expect.ended
    as_wanted = {
        name for name, outcome in wanted.items() if there.get(name, "") == (outcome or there.get(name))
    }
    if as_wanted == set(there) == set(wanted):
        return
    why = [
        line
        for name, outcome in wanted.items()
        if name not in as_wanted
        for line in why_not_ended(name, outcome, played)
    ]
    yield Gap("ended", f"ended: {_pairs(wanted)}", f"ended: {_pairs(there)}", tuple(dict.fromkeys(why)))


def _goal(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.goal is None:
        return
    there = goals(played)
    if not _fits(expect.goal, there, expect):
        missing = [name for name in expect.goal if name not in there]
        why = tuple(line for name in missing for line in why_goal_not_met(name, played))
        yield Gap("goal", f"goal met: {_list(expect.goal)}", f"goal met: {_list(there)}", why)


# --- what is open, drafted, closed ---


def _open(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.open is not None:
        yield from _items("open", expect.open, open_items(played), expect, played)


def _drafts(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.drafts is not None:
        yield from _items("drafts", expect.drafts, draft_items(played), expect, played)


def _items(
    key: str, wanted: Sequence[Wanted], there: list[Item], expect: Expectation, played: Played
) -> Iterator[Gap]:
    telling = Telling(len(accounts(played)) > 1, played.setting.days)
    missing, left = matched(wanted, there, played.setting.days)
    for item in missing:
        expected = f"{key}: {item_words(item, item, telling)}"
        shown = ", ".join(item_words(one, item, telling) for one in there) or NOTHING
        yield Gap(key, expected, f"{key}: {shown}", tuple(why_no_item(key, item, there, played)))
    if left and not missing and (expect.exactly or not wanted):
        too_much = ", ".join(item_words(one, {}, telling) for one in left)
        yield Gap(key, f"{key}: {'nothing else' if wanted else NOTHING}", f"{key}: {too_much}")


def _notified(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.notified is not None:
        yield from _items("notified", expect.notified, note_items(played), expect, played)


def _traits(expect: Expectation, played: Played) -> Iterator[Gap]:
    """As they stand at the end of the day, with what steps have said on it."""
    traits, days = played.setting.catalog.traits, played.setting.days
    for account, wanted in (expect.traits or {}).items():
        for name, written in wanted.items():
            trait = traits[name]
            there = standing_tonight(account, trait, played.on, played.ledger)
            value = wanted_value(written, trait, days)
            if there != value:
                expected, got = (value_words(one, trait.type) for one in (value, there))
                yield Gap("traits", f"{account}: {name} is {expected}", f"{account}: {name} is {got}")


def _owners(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.owners is not None:
        for whose, expected, got in owners_differ(expect.owners, played.morning.stage, played.on):
            yield Gap("owners", f"{whose} is {expected}", f"{whose} is {got}")


def _facts(expect: Expectation, played: Played) -> Iterator[Gap]:
    kinds = played.morning.today.catalog.facts
    for account, wanted in (expect.facts or {}).items():
        facts = facts_today(account, played.morning)
        for name, written in wanted.items():
            value = wanted_fact(name, written, played.morning, played.setting.days)
            if not is_as_written(value, facts.get(name)):
                expected, got = (value_words(one, kinds.get(name)) for one in (value, facts.get(name)))
                yield Gap("facts", f"{account}: {name} is {expected}", f"{account}: {name} is {got}")


def _closed(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.closed is None:
        return
    there, wanted = closed(played), wanted_closed(expect.closed)
    got = ", ".join(f"{step} {outcome}" for _, step, outcome in there) or NOTHING
    left = list(there)
    for subject, step, outcome in wanted:
        found = [item for item in left if item[1:] == (step, outcome) and subject in (None, *_names(item[0]))]
        if found:
            left.remove(found[0])
        else:
            why = tuple(step_states([step], (subject or "").partition("/")[0], played))
            yield Gap("closed", f"closed: {step} {outcome}", f"closed: {got}", why)
    if left and (expect.exactly or not wanted):
        yield Gap("closed", f"closed: {'nothing else' if wanted else NOTHING}", f"closed: {got}")


def _names(subject: str) -> tuple[str, str]:
    return subject, subject.partition("/")[0]


def _escalated(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.escalated is not None:
        yield from _items("escalated", expect.escalated, escalated_items(played), expect, played)


# --- what is not ---


def _held(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.held is None:
        return
    there = [(name, f"{item.by.value}: {item.why}") for name, item in held(played)] + refusals(played)
    got = "; ".join(f"{name} ({why})" for name, why in there) or NOTHING
    for name, part in expect.held.items():
        if not any(name in _names(who) and part in why for who, why in there):
            why = () if name not in started(played) else (f"{name} started",)
            yield Gap("held", f"held: {name} ({part})", f"held: {got}", why)
    others = [who for who, _ in there if not set(_names(who)) & set(expect.held)]
    if others and (expect.exactly or not expect.held):
        yield Gap("held", "held: nothing else" if expect.held else f"held: {NOTHING}", f"held: {got}")


def _because(expect: Expectation, played: Played) -> Iterator[Gap]:
    for name, text in (expect.because or {}).items():
        subject = subject_today(name, played)
        blocking = blockers(subject, played) if subject is not None else []
        named = {_plain(known) for item in blocking for known in names_of(item)}
        if name in started(played):
            yield Gap(
                "because", f"{name} does not start: {text}", f"{name} started", tuple(reasons(name, played))
            )
        elif _plain(text) not in named:
            why = tuple(why_not_started(name, played))
            got = "this condition does not keep it from starting"
            yield Gap("because", f"{name} does not start because of: {text}", got, why)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _fits(wanted: Iterable[str], there: list[str], expect: Expectation) -> bool:
    """At least these; exactly these where the expectation says so, or where it names none."""
    asked = set(wanted)
    return asked == set(there) if expect.exactly or not asked else asked <= set(there)


def _list(names: Iterable[str], otherwise: str = NOBODY) -> str:
    return ", ".join(names) or otherwise


def _pairs(outcomes: Mapping[str, str | None]) -> str:
    return _list(f"{name} ({outcome})" if outcome else name for name, outcome in outcomes.items())


_QUESTIONS: tuple[Question, ...] = (
    _started, _ended, _goal, _open, _drafts, _notified, _traits, _facts, _owners, _closed, _escalated, _held, _because
)  # fmt: skip
