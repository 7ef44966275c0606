"""A rule, an account's facts, its past and its plan → where it stands: every condition with values, and why or why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from cs_playbook.compile.scan import Rule, top_parts
from cs_playbook.model.answer import Values, answer, explain
from cs_playbook.model.condition import Answer, impatient
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.event import Started, StartRefused
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.rhythm import next_day
from cs_playbook.plan.decision import Change, Held, Subject, SubjectPlan, Today
from cs_playbook.study.behind import Facts, part_of
from cs_playbook.study.explained import Episode, Fitted, RuleExplained, Standing
from cs_playbook.values import replace


class Known(Struct, frozen=True):
    """All that is known of one subject in one playbook besides its facts.

    `enrollments`: all there ever were, the oldest first. `plans`: what the next run would do with it; None: not known.
    `held`: who is left alone without being listed in the plan.
    """

    enrollments: Sequence[Enrollment] = ()
    plans: Sequence[SubjectPlan] | None = None
    fitted: Fitted = field(default_factory=Fitted)
    held: Held | None = None


def explain_rule(
    playbook: Playbook, rule: Rule | None, subject: Subject, known: Known, today: Today
) -> RuleExplained:
    """`rule` None: no rule starts it. `subject.values` hold the row beside the account."""
    facts = Facts(subject.values, today.reckoning, today.catalog)
    parts = () if rule is None or not subject.present else top_parts(rule.condition)
    evidence = [explain(part, subject.values, today.reckoning) for part in parts]
    found = RuleExplained(
        row=subject.row,
        standing=Standing.NO,
        parts=tuple(part_of(one, facts) for one in evidence),
        fitted=known.fitted,
        episodes=tuple(_episode(enrollment) for enrollment in known.enrollments),
    )
    return _standing(found, playbook, rule, subject, known, today)


def _episode(e: Enrollment) -> Episode:
    return Episode(e.episode, e.started_on, e.by, e.arm, e.ended_on, e.outcome or "", e.why_ended)


def _standing(
    found: RuleExplained, playbook: Playbook, rule: Rule | None, subject: Subject, known: Known, today: Today
) -> RuleExplained:
    """First what is, then what is decided, then what the conditions say."""
    # Who is only watched may have been started by a person besides.
    there = sorted(
        (item for item in known.enrollments if item.is_open), key=lambda item: item.arm is Arm.HELD_OUT
    )
    going = next(iter(there), None)
    if going is not None:
        return replace(found, standing=_ARMS[going.arm], since=going.started_on, until=going.watch_until)
    if not subject.present:
        return replace(found, standing=Standing.ABSENT)
    if playbook.status is Status.DRAFT:
        return replace(found, standing=Standing.DRAFT)
    decided = _decided(found, known)
    if decided is not None:
        return decided
    if playbook.status in (Status.DRAINING, Status.RETIRED):
        return replace(found, standing=Standing.CLOSED, why=playbook.status.value)
    if rule is None:
        return replace(found, standing=Standing.PEOPLE)
    if not subject.active and not playbook.sees_inactive:
        return replace(found, standing=Standing.INACTIVE)
    standing = _by_conditions(rule, playbook, subject.values, known, today)
    return replace(found, standing=standing, **_rhythm(playbook, standing, today))


def _rhythm(playbook: Playbook, standing: Standing, today: Today) -> dict[str, Any]:
    """When its turn comes, where that is all it waits for."""
    every = playbook.trigger.every
    if standing is not Standing.RHYTHM or every is None:
        return {}
    coming = next_day(every, today.day, today.day, today.reckoning.calendar)
    return {"why": f"every {every}", "until": coming}


_ARMS = {
    Arm.TREATED: Standing.RUNNING,
    Arm.SHADOW: Standing.SHADOW,
    Arm.HELD_OUT: Standing.HELD_OUT,
}


def _decided(found: RuleExplained, known: Known) -> RuleExplained | None:
    """What the plan of the day says of its start."""
    for decision in (decision for plan in known.plans or () for decision in plan.decisions):
        match decision:
            case Change(event=Started(arm=Arm.HELD_OUT, watch_until=until)):
                return replace(found, standing=Standing.HELD_OUT, until=until)
            case Change(event=Started()):
                return replace(found, standing=Standing.STARTS)
            case Change(event=StartRefused(why=why)):
                return replace(found, standing=Standing.REFUSED, why=why)
            case Held(step=None, why=why, until=until):
                return replace(found, standing=Standing.HELD, why=why, until=until)
            case _:
                pass
    if known.held is not None:
        return replace(found, standing=Standing.HELD, why=known.held.why)
    return None


def _by_conditions(rule: Rule, playbook: Playbook, values: Values, known: Known, today: Today) -> Standing:
    said: Answer = answer(rule.condition, values, today.reckoning)
    if said:
        return _although_it_fits(playbook, known)
    if answer(impatient(rule.condition), values, today.reckoning):
        return Standing.WAITS
    parts = (answer(part, values, today.reckoning) for part in top_parts(rule.condition))
    return Standing.NO if any(part is False for part in parts) else Standing.UNKNOWN


def _although_it_fits(playbook: Playbook, known: Known) -> Standing:
    """Why the plan does not start who fits."""
    if known.plans is None:
        return Standing.FITS
    treated = any(enrollment.arm is Arm.TREATED for enrollment in known.enrollments)
    if playbook.trigger.every is not None:
        return Standing.RHYTHM
    return Standing.BEFORE if treated and playbook.reentry is None else Standing.OVER
