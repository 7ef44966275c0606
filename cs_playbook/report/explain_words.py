"""Answers, standings and what was before → the cells and sentences of explain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cs_playbook.model.condition import Group
from cs_playbook.report.pieces import Cell
from cs_playbook.report.values import limit_words, named_words, seen_words
from cs_playbook.report.words import clean, count, day_in_words
from cs_playbook.study.behind import Part, words_of
from cs_playbook.study.explained import RuleExplained, Standing

ANSWERS = {True: ("yes", "good"), False: ("NO", "error"), None: ("unknown", "warn")}
_KINDS = {"all": "all of these", "any": "one of these", "none": "none of these"}


def part_rows(part: Part, depth: int = 0) -> Iterator[list[Cell]]:
    """(answer, condition, value, how far), with the conditions inside it below."""
    evidence = part.evidence
    word, style = ANSWERS[evidence.answer]
    condition = evidence.condition
    inside = part.inside if isinstance(condition, Group) else ()
    text = condition.because or (
        _KINDS[condition.kind] if isinstance(condition, Group) else words_of(condition)
    )
    words = named_words if condition.because else seen_words
    values = "" if inside else words(part.seen)
    indent = "\u00a0\u00a0" * depth
    yield [Cell(word, style), Cell(indent + clean(text)), Cell(values), Cell(", ".join(_far(part)), "soft")]
    for item in inside:
        yield from part_rows(item, depth + 1)


def _far(part: Part) -> Iterator[str]:
    """`limit −40 %, for 1 of 3 days`: what it is held against, how far it is from the other answer, how long."""
    evidence = part.evidence
    if part.limit is not None and any(seen.value is not None for seen in part.seen):
        # With `for` not yet over, the comparison itself says yes.
        now = True if evidence.lasting else evidence.answer
        yield limit_words(part.limit, now, value_is_hidden=evidence.condition.because is not None)
    if evidence.lasting is not None:
        held, asked = evidence.lasting
        yield f"for {held} of {count(asked, 'day')}".replace(" ", "\u00a0")
    elif evidence.condition.lasting is not None and evidence.answer is False:
        yield f"asked for {count(evidence.condition.lasting, 'day')}".replace(" ", "\u00a0")


_STANDINGS = {
    Standing.STARTS: ("starts with the next run", "good"),
    Standing.WAITS: ("fits, but not yet for long enough", "warn"),
    Standing.BEFORE: ("fits, and was here before: there is no reentry", ""),
    Standing.OVER: ("fits, but its exit or its goal fits already", ""),
    Standing.FITS: ("fitted on this day", ""),
    Standing.INACTIVE: ("not started: the account is not active", ""),
    Standing.ABSENT: ("not started: it is missing from the snapshot", "warn"),
    Standing.DRAFT: ("a draft: nothing happens before it is live", "soft"),
    Standing.PEOPLE: ("not started: no rule starts it, only people do", ""),
}


def long_words(then: date, day: date) -> str:
    """`14 January`, with its year where it is another one."""
    said = f"{then.day} {day_in_words(then).rpartition(' ')[2]}"
    return said if then.year == day.year else f"{said} {then.year}"


def standing_words(rule: RuleExplained, day: date) -> tuple[str, str]:
    """The verdict in a sentence, and its style."""
    match rule.standing:
        case Standing.RUNNING | Standing.SHADOW:
            return _running(rule, day)
        case Standing.HELD_OUT:
            until = f" until {long_words(rule.until, day)}" if rule.until else ""
            return f"held out: watched only, to compare with{until}", "warn"
        case Standing.CLOSED:
            return f"not started: the playbook is {rule.why}, it takes no new ones", ""
        case Standing.HELD:
            return f"fits, and is held: {clean(rule.why)}", "warn"
        case Standing.RHYTHM:
            coming = f": next on {day_in_words(rule.until)}" if rule.until else ""
            return f"fits, and starts {clean(rule.why)}{coming}", ""
        case Standing.REFUSED:
            return f"asked for by a person, and not started: {clean(rule.why)}", "warn"
        case Standing.NO | Standing.UNKNOWN:
            return f"not started: {_against(rule)}", ""
        case other:
            return _STANDINGS[other]


def _running(rule: RuleExplained, day: date) -> tuple[str, str]:
    shadow = " in shadow: counted, nobody is told" if rule.standing is Standing.SHADOW else ""
    if rule.since is None or rule.since == day:
        return f"started today{shadow}", "good"
    return f"running since {day_in_words(rule.since)}{shadow}", "good"


def _against(rule: RuleExplained) -> str:
    """`1 of 5 conditions says no, 1 is unknown`."""
    no, unknown, of = rule.said_no, rule.unknown, len(rule.parts)
    if of == 1:
        return "its condition says no" if no else "its condition is unknown"
    said = f"{no} of {count(of, 'condition')} {'says' if no == 1 else 'say'} no"
    if not no:
        return f"{unknown} of {count(of, 'condition')} {'is' if unknown == 1 else 'are'} unknown"
    return f"{said}, {unknown} {'is' if unknown == 1 else 'are'} unknown" if unknown else said


def fitted_words(rule: RuleExplained, day: date) -> Iterator[str]:
    """Whether it fitted before this day."""
    fitted = rule.fitted
    if rule.standing in (Standing.DRAFT, Standing.PEOPLE):
        return
    if fitted.watched_since is None:
        yield "The rule was not watched before today."
    elif fitted.now is None or fitted.since is None:
        yield f"Never fitted (watched since {long_words(fitted.watched_since, day)})."
    elif fitted.now:
        yield f"Fits since {long_words(fitted.since, day)}."
    else:
        yield f"Fitted until {long_words(fitted.since, day)}."
