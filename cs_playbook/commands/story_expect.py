"""An expectation held against the day that was played → what is missing or too much, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cs_playbook.commands.story_conditions import condition_line, names_of
from cs_playbook.commands.story_day import Played
from cs_playbook.commands.story_lines import Wanted, item_words, matched, wanted_closed
from cs_playbook.commands.story_seen import (
    Item,
    accounts,
    closed,
    draft_items,
    ended,
    enrollments,
    escalated,
    goals,
    held,
    open_items,
    refusals,
    started,
    subject_today,
)
from cs_playbook.commands.story_start import blockers, reasons, why_not_started
from cs_playbook.commands.story_why import step_lines, subject_name
from cs_playbook.model.answer import explain
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.story import Expectation
from cs_playbook.model.story_result import Failure
from cs_playbook.plan.advance import enrollment_values

NOBODY, NOTHING = "(nobody)", "(nothing)"


@dataclass(frozen=True, slots=True)
class Gap:
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
    why = [
        f"{name}: {line}" for name in wanted if name not in there for line in why_not_started(name, played)
    ]
    why += [f"{name}: {line}" for name in there if name not in wanted for line in reasons(name, played)]
    yield Gap("started", f"started: {_list(wanted)}", f"started: {_list(there)}", tuple(why))


def _ended(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.ended is None:
        return
    there = ended(played)
    same = {name: there.get(name) if outcome is None else outcome for name, outcome in expect.ended.items()}
    if same == there and None not in same.values():
        return
    missing = [
        name for name, outcome in expect.ended.items() if name not in there or there[name] != same[name]
    ]
    why = [f"{name}: {line}" for name in missing for line in _why_not_ended(name, expect.ended[name], played)]
    yield Gap("ended", f"ended: {_pairs(expect.ended)}", f"ended: {_pairs(there)}", tuple(why))


def _why_not_ended(name: str, outcome: str | None, played: Played) -> Iterator[str]:
    """The exits and the goal that would end it so, the steps whose answer would."""
    account, _, row = name.partition("/")
    mine = [item for item in enrollments(played, account) if (item.row or "") == row]
    if not mine:
        yield from why_not_started(name, played)
        return
    playbook, last = played.setting.playbook, mine[-1]
    if not last.is_open:
        yield from step_lines(playbook.steps[0], last, playbook)[-1:]
        return
    yield from _conditions_of(outcome, last, name, played)
    for step in playbook.steps:
        if outcome in (None, "finished") or outcome in step.ends:
            yield from step_lines(step, last, playbook)


def _conditions_of(outcome: str | None, last: Enrollment, name: str, played: Played) -> Iterator[str]:
    playbook, subject = played.setting.playbook, subject_today(name, played)
    ways = [(way.outcome, way.when) for way in playbook.exits]
    ways += [(playbook.goal.outcome, playbook.goal.when)] if playbook.goal else []
    if subject is None:
        yield "it is not in the export"
        return
    values = {**subject.values, **enrollment_values(last)}
    for its_outcome, when in ways:
        if outcome in (None, its_outcome):
            said = explain(when, values, played.morning.today.reckoning)
            yield f"{its_outcome}: {condition_line(said)}"


def _goal(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.goal is None:
        return
    there = goals(played)
    if not _fits(expect.goal, there, expect):
        yield Gap("goal", f"goal met: {_list(expect.goal)}", f"goal met: {_list(there)}")


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
    missing, left = matched(wanted, there, played.setting.days)
    for item in missing:
        expected = f"{key}: {item_words(item, item, accounts(played))}"
        shown = ", ".join(item_words(one, item, accounts(played)) for one in there) or NOTHING
        yield Gap(key, expected, f"{key}: {shown}", tuple(_why_no_item(key, item, there, played)))
    if left and not missing and (expect.exactly or not wanted):
        too_much = ", ".join(item_words(one, {}, accounts(played)) for one in left)
        yield Gap(key, f"{key}: {'nothing else' if wanted else NOTHING}", f"{key}: {too_much}")


def _why_no_item(key: str, wanted: Wanted, there: list[Item], played: Played) -> Iterator[str]:
    """Nothing where it is there but otherwise: then the difference says it all."""
    word = "email" if key == "drafts" else "step"
    whose = str(wanted.get("account", "")).partition("/")[0]
    if any(one.get(word) == wanted.get(word) and whose in ("", one["account"]) for one in there):
        return
    steps = [step for step in played.setting.playbook.steps if _is_meant(step.id, wanted, key, played)]
    yield from _step_states(steps_named=[step.id for step in steps], whose=whose, played=played)


def _is_meant(step: str, wanted: Wanted, key: str, played: Played) -> bool:
    if key != "drafts":
        return step == wanted.get("step")
    verb = next(one.verb for one in played.setting.playbook.steps if one.id == step)
    letters = {fit.value for fit in verb.letter.fits} if hasattr(verb, "letter") else set()
    return wanted.get("email") in letters or wanted.get("step") == step


def _step_states(steps_named: Sequence[str], whose: str, played: Played) -> Iterator[str]:
    """How the steps stand, in every enrollment they may be meant in."""
    playbook = played.setting.playbook
    names = [whose] if whose else accounts(played)
    inside = [mine[-1] for name in names if (mine := enrollments(played, name))]
    for name in names if not inside else ():
        yield from (f"{name}: {line}" for line in why_not_started(name, played))
    for enrollment in inside:
        name = subject_name(enrollment.account, enrollment.row)
        prefix = f"{name}: " if len(inside) > 1 else ""
        stopped = [item for who, item in held(played) if who == name and item.step in (None, *steps_named)]
        yield from (f"{prefix}{item.step or name} is held: {item.why}" for item in stopped)
        for step in playbook.steps:
            if step.id in steps_named and not stopped:
                yield from (f"{prefix}{line}" for line in step_lines(step, enrollment, playbook))


def _closed(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.closed is None:
        return
    there, wanted = closed(played), wanted_closed(expect.closed, played.setting.playbook)
    got = ", ".join(f"{step} {outcome}" for _, step, outcome in there) or NOTHING
    left = list(there)
    for subject, step, outcome in wanted:
        found = [item for item in left if item[1:] == (step, outcome) and subject in (None, *_names(item[0]))]
        if found:
            left.remove(found[0])
        else:
            why = tuple(_step_states([step], (subject or "").partition("/")[0], played))
            yield Gap("closed", f"closed: {step} {outcome}", f"closed: {got}", why)
    if left and (expect.exactly or not wanted):
        yield Gap("closed", f"closed: {'nothing else' if wanted else NOTHING}", f"closed: {got}")


def _names(subject: str) -> tuple[str, str]:
    return subject, subject.partition("/")[0]


def _escalated(expect: Expectation, played: Played) -> Iterator[Gap]:
    if expect.escalated is None:
        return
    there = escalated(played)
    if not _fits(expect.escalated, there, expect):
        missing = [step for step in expect.escalated if step not in there]
        why = tuple(_step_states(missing, "", played)) if missing else ()
        got = f"escalated: {_list(there, NOTHING)}"
        yield Gap("escalated", f"escalated: {_list(expect.escalated, NOTHING)}", got, why)


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
    _started, _ended, _goal, _open, _drafts, _closed, _escalated, _held, _because
)  # fmt: skip
