"""What conditions ask of steps and of the calendar: results that never come, days that are missed."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked, place_in
from cs_playbook.check.steps import ends_with
from cs_playbook.model.asking import handed_over
from cs_playbook.model.condition import Leaf
from cs_playbook.model.expression import (
    Call,
    Comparison,
    Expression,
    FieldType,
    Literal,
    Name,
    ScopeName,
    beside_literals,
    walk,
)
from cs_playbook.model.plays import outcomes_of_play
from cs_playbook.model.step import Play, Step
from cs_playbook.source.finding import Finding, Span, did_you_mean, warning

_COUNTED_BY_DAY = ("days_until", "days_since", "business_days_until", "business_days_since")
_A_WEEK = 7
_NO_SHARE = 10  # ten times as much is rare, ten per cent is not


def outcomes_that_exist(asked: Asked) -> Iterator[Finding]:
    """CSP317 A condition asks for an outcome that the step never ends with

    `steps.call.outcome = 'agreed'` is never true if `call` has no outcome `agreed`: the branch would be
    dead, and nobody would notice.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer]}
          - id: note
            task: Note what was agreed
            owner: csm
            when: steps.call.outcome = 'agred'

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer]}
          - id: note
            task: Note what was agreed
            owner: csm
            when: steps.call.outcome = 'agreed'
    """
    for _, leaf in asked.lines:
        for part in walk(leaf.expression) if "steps." in leaf.text else ():
            for name, literal in beside_literals(part, Name):
                yield from _never_so(asked, leaf, name, literal)


def _never_so(asked: Asked, leaf: Leaf, name: Name, literal: Literal) -> Iterator[Finding]:
    step_id, what = _step_in(name)
    step = asked.ways.steps.get(step_id)
    outcomes = asked.ways.outcomes.get(step_id, ())
    if step is not None and step.repeats is not None:
        outcomes = _of_one_time(step, asked)  # of the last one that is done
    if outcomes and what == "outcome" and literal.value not in outcomes:
        fact = f"step '{step_id}' never ends with '{literal.value}'"
        hint = did_you_mean(str(literal.value), outcomes) or ends_with(outcomes)
        yield Finding(place_in(leaf, literal), "CSP317", fact, hint)


def _of_one_time(step: Step, asked: Asked) -> tuple[str, ...]:
    return (
        outcomes_of_play(step.verb, asked.catalog.playbooks) if isinstance(step.verb, Play) else step.outcomes
    )


def shares_are_no_percentages(asked: Asked) -> Iterator[Finding]:
    """CSP235 A warning: a share is compared with a percentage

    What says `unit: ratio` is 0.4 where screens say 40 %. `usage_change <= -40` would be a fall by 4000 %,
    which never comes: the rule is silent for ever, or fits everybody.

    Fails:

        # signals.yaml
        signals:
          active_users: {from: usage, value: count(distinct user_id), last: 28 days}
          seat_use: {value: active_users / seats, unit: ratio}

        # playbooks/example.yaml
        audience: seat_use < 40

    Mended:

        # signals.yaml
        signals:
          active_users: {from: usage, value: count(distinct user_id), last: 28 days}
          seat_use: {value: active_users / seats, unit: ratio}

        # playbooks/example.yaml
        audience: seat_use < 0.4
    """
    signals = asked.catalog.signals
    shares = {name for name, signal in signals.items() if signal.unit == "ratio"}
    for _, leaf in asked.lines:
        for part in walk(leaf.expression):
            for name, literal in beside_literals(part, Name):
                if name.name in shares and name.scope is ScopeName.ACCOUNT and _is_percentage(literal):
                    yield _no_share(leaf, name, literal)


def _is_percentage(literal: Literal) -> bool:
    value = literal.value
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _NO_SHARE


def _no_share(leaf: Leaf, name: Name, literal: Literal) -> Finding:
    assert isinstance(literal.value, int | float)
    fact = f"'{name.name}' is a ratio: {literal.value:g} is {literal.value * 100:g} %"
    return warning(
        place_in(leaf, literal), "CSP235", fact, f"for {literal.value:g} % write {literal.value / 100:g}"
    )


def results_that_can_be_there(asked: Asked) -> Iterator[Finding]:
    """CSP318 A warning: a step asks for the result of one that cannot have ended yet

    What a step asks is asked when it opens, or while it is open. The outcome of a step that comes
    later, or on a branch that is not taken then, is empty at that time: the answer is unknown, and the
    step waits.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, due: 1 day after steps.visit.done_on}
          - {id: visit, task: Visit them, owner: csm, after: call}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: visit, task: Visit them, owner: csm}
          - {id: call, task: Call them, owner: csm, due: 1 day after steps.visit.done_on, after: visit}
    """
    told: set[tuple[str, str]] = set()
    for step, span, name in _results_asked(asked):
        result, _ = _step_in(name)
        first = asked.ways.steps.get(step.id) is step and (step.id, result) not in told
        if first and _repeats(asked, result):
            continue  # the last one that is done may have a result while the step goes on
        if first and not asked.ways.before(step.id, result):
            told.add((step.id, result))
            yield _too_early(span, step, name)


def _repeats(asked: Asked, step: str) -> bool:
    found = asked.ways.steps.get(step)
    return found is not None and found.repeats is not None


def _too_early(span: Span, step: Step, name: Name) -> Finding:
    result, _ = _step_in(name)
    if result == step.id:
        fact = f"step '{step.id}' asks for its own result, which is not there before it has ended"
        return warning(span, "CSP318", fact, "ask in a step that comes after it")
    fact = f"'{name.name}' is empty whenever step '{step.id}' asks: '{result}' cannot have ended by then"
    return warning(span, "CSP318", fact, f"let '{step.id}' come after '{result}', or ask something else")


def _results_asked(asked: Asked) -> Iterator[tuple[Step, Span, Name]]:
    """Every result of a step that a step asks for, in its conditions and its dates."""
    for step, leaf in asked.lines:
        if step is not None and "steps." in leaf.text:
            yield from ((step, place_in(leaf, name), name) for name in _results(leaf.expression))
    for step, span, named in asked.dates:
        yield from ((step, span, name) for name in _results(named))
    for step in asked.playbook.steps:
        for value in handed_over(step):
            yield from ((step, step.span, name) for name in _results(value))


def _results(expression: Expression) -> Iterator[Name]:
    for part in walk(expression):
        if isinstance(part, Name) and part.scope is ScopeName.ENROLLMENT and part.name.startswith("steps."):
            yield part


def _step_in(name: Name) -> tuple[str, str]:
    """`steps.call.outcome` → call, outcome; two empty texts for any other name."""
    first, _, rest = name.name.partition(".")
    step, _, what = rest.partition(".")
    return (step, what) if first == "steps" and name.scope is ScopeName.ENROLLMENT else ("", "")


def no_single_day(asked: Asked) -> Iterator[Finding]:
    """CSP230 A warning: a condition is true on one single day

    `days_until(renewal_date) = 120` holds on one day. If the export of that day is late, or another
    condition says no just then, the account is missed for ever. A span of days catches it on the next
    run.

    Fails:

        # playbooks/example.yaml
        trigger:
          when: days_until(renewal_date) = 120
          already_matching: start

    Mended:

        # playbooks/example.yaml
        trigger:
          when: days_until(renewal_date) between 113 and 120
          already_matching: start
    """
    for _, leaf in asked.lines:
        if "=" in leaf.text and ("days_" in leaf.text or "today" in leaf.text):
            yield from single_days(leaf)


def single_days(leaf: Leaf) -> Iterator[Finding]:
    for part in walk(leaf.expression):
        hint = _span_of_days(part)
        if hint:
            fact = "this is true on one single day: whoever is missed on that day is missed for ever"
            yield warning(place_in(leaf, part), "CSP230", fact, f"give it some days: {hint}")


def _span_of_days(part: Expression) -> str:
    """What to write instead of an equality with a distance; "" for anything else."""
    match part:
        case Comparison(
            operator="=",
            left=Call(function=function, arguments=(Name() as date,)),
            right=Literal(value=int() as days),
        ):
            return _between(function, date.name, days) if function in _COUNTED_BY_DAY else ""
        case Comparison(operator="=", left=Name(type=FieldType.DATE) as date, right=Name(name="today")):
            return _between("days_since", date.name, 0)
        case Comparison(operator="=", left=Name(name="today"), right=Name(type=FieldType.DATE) as date):
            return _between("days_since", date.name, 0)
        case _:
            return ""


def _between(function: str, date: str, days: int) -> str:
    low, high = (days, days + _A_WEEK) if function.endswith("since") else (days - _A_WEEK, days)
    return f"{function}({date}) between {low} and {high}"
