"""Steps that are done as soon as they are ready: `set` says traits of the account, `notify` tells somebody."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cs_playbook.model.answer import evaluate
from cs_playbook.model.condition import Cases
from cs_playbook.model.event import Notified, StepEnded, TraitSet
from cs_playbook.model.expression import Expression
from cs_playbook.model.keys import note_key
from cs_playbook.model.step import TASK_DONE, ChannelRef, Notify, Set, Step
from cs_playbook.model.team import People
from cs_playbook.model.trait import NewValue, as_said
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import Change, Decision, HeldBy, SubjectPlan
from cs_playbook.plan.people import colleagues
from cs_playbook.plan.step_parts import chosen
from cs_playbook.values import replace


def set_traits(day: Day, step: Step, verb: Set) -> bool:
    """All of them or none: where one value cannot be decided the step waits."""
    values = [(trait, _new_value(day, step, trait, cases)) for trait, cases in verb.values]
    if any(new is None for _, new in values):
        return False
    account, key, today = day.subject.account, day.enrollment.key, day.today.day
    for trait, new in values:
        assert new is not None
        said = TraitSet(account, trait, new.value, today, "rule", enrollment=key, step=step.id)
        day.decisions.append(Change(said))
    day.happen(StepEnded(key, step.id, today, TASK_DONE, "rule"))
    return True


def _new_value(day: Day, step: Step, trait: str, cases: Cases[NewValue | Expression]) -> NewValue | None:
    """What is read from something empty is no value: only `null` clears."""
    new = chosen(day, step, f"what {trait} is set to", cases, day.values)
    if new is None or isinstance(new, NewValue):
        return new
    fact = evaluate(new, day.values, day.today.reckoning)
    said = as_said(fact, day.today.catalog.traits[trait])
    if said is not None:
        return NewValue(said)
    why = "is empty" if fact is None else f"is '{fact}', which it never is"
    day.hold(HeldBy.UNKNOWN, step.id, f"what {trait} is set to {why}")
    return None


def notify(day: Day, step: Step, verb: Notify) -> bool:
    """Where nobody is there to be told, the step waits."""
    whom = chosen(day, step, "who is told", verb.to, day.values)
    if whom is None:
        return False
    channel, to = _reached(day, whom)
    if not channel and not to:
        day.hold(HeldBy.NOBODY, step.id, "nobody is there to be told")
        return False
    key, today = day.enrollment.key, day.today.day
    day.happen(
        Notified(
            key,
            step.id,
            today,
            note_key(key, day.enrollment.key_name(step.id), day.occurrence(step.id)),
            channel,
            to,
        )
    )
    day.happen(StepEnded(key, step.id, today, TASK_DONE, "rule"))
    return True


def _reached(day: Day, whom: People | ChannelRef) -> tuple[str, tuple[str, ...]]:
    if isinstance(whom, ChannelRef):
        return whom.channel, ()
    return "", tuple(person.email for person in colleagues(whom, day.subject, day.today))


# --- several words of one day ---


def with_conflicts(plans: Sequence[SubjectPlan], by_hand: frozenset[tuple[str, str]]) -> list[SubjectPlan]:
    """Notes which of the traits that steps set today will not stand: another step, or a person, has the last word.

    `by_hand`: (account, trait) that people have set today.
    """
    said = [event for plan in plans for decision in plan.decisions if (event := _sets(decision)) is not None]
    if not said:
        return list(plans)
    last: dict[str, TraitSet] = {}
    for event in said:
        before = last.get(event.trait)
        if before is None or (event.enrollment or "") >= (before.enrollment or ""):
            last[event.trait] = event
    named = {enrollment.key: enrollment.playbook for plan in plans for enrollment in plan.after}
    words = {
        trait: _Last(event, f"{named.get(event.enrollment or '', '')} › {event.step}")
        for trait, event in last.items()
    }
    return [
        replace(plan, decisions=tuple(_noted(d, words, by_hand) for d in plan.decisions)) for plan in plans
    ]


class _Last(Struct, frozen=True):
    """The last word of the day on a trait, and who says it: `usage-drop › flag`."""

    event: TraitSet
    said_by: str


def _sets(decision: Decision) -> TraitSet | None:
    return decision.event if isinstance(decision, Change) and isinstance(decision.event, TraitSet) else None


def _noted(decision: Decision, last: dict[str, _Last], by_hand: frozenset[tuple[str, str]]) -> Decision:
    event = _sets(decision)
    if event is None or not isinstance(decision, Change):
        return decision
    if (event.account, event.trait) in by_hand:
        return replace(decision, note="a person has set it today: their word stands")
    final = last[event.trait]
    if final.event.value == event.value:
        return decision
    return replace(decision, note=f"{final.said_by} sets it today as well and has the last word")
