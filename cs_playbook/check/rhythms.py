"""The rhythms of a playbook: whether their first day is one of their days, whether they come at all, and what follows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cs_playbook.check.rule import Asked, note
from cs_playbook.check.ways import is_endless
from cs_playbook.model.asking import step_cases
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.rhythm import falls_on, next_day
from cs_playbook.model.step import Step
from cs_playbook.model.time import Calendar, Interval, Nth, OnRhythm, Rhythm
from cs_playbook.source.finding import Finding, Span, warning

_LONG_AGO = date(2000, 1, 1)


def first_days_are_of_the_rhythm(asked: Asked) -> Iterator[Finding]:
    """CSP232 A rhythm whose first day is none of its days, or that never comes

    `from 2026-01-05` fixes the phase: it is the first day on which the rhythm falls. A Tuesday is no
    first day of `2 weeks on monday`, and nobody could say which Mondays are meant. A rhythm that has no
    day at all (`sixth friday of month`) would let everything wait for ever.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: look, task: Look at usage, owner: csm, every: 2 weeks on monday from 2026-01-06, at_most: 6}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: look, task: Look at usage, owner: csm, every: 2 weeks on monday from 2026-01-05, at_most: 6}
    """
    calendar = _calendar(asked.catalog)
    for span, rhythm in _rhythms(asked):
        wrong = _wrong_first_day(rhythm, asked.catalog, calendar)
        if next_day(rhythm, rhythm.start or _LONG_AGO, rhythm.start or _LONG_AGO, calendar) is None:
            yield Finding(
                span, "CSP232", f"'{rhythm}' never comes", "e.g. fourth friday of month, last day of month"
            )
        elif wrong:
            yield Finding(span, "CSP232", *wrong)


def _rhythms(asked: Asked) -> Iterator[tuple[Span, Rhythm]]:
    trigger = asked.playbook.trigger
    if trigger.every is not None:
        yield trigger.every.span or trigger.span, trigger.every
    for step in asked.playbook.all_steps:
        for cases in step_cases(step):
            for fit in cases.fits:
                match fit.value:
                    case Rhythm() as rhythm:
                        yield rhythm.span or step.span, rhythm
                    case OnRhythm(rhythm=rhythm):
                        yield rhythm.span or step.span, rhythm
                    case _:
                        pass


def _calendar(catalog: Catalog) -> Calendar:
    rules = catalog.project.calendar
    return Calendar(frozenset(rules.week), fiscal_year_starts=rules.fiscal_year_starts)


def _wrong_first_day(rhythm: Rhythm, catalog: Catalog, calendar: Calendar) -> tuple[str, str] | None:
    """The fact and what to write instead. Which days of a country are off is not known here."""
    first = rhythm.start
    if first is None or (_counts_worked_days(rhythm) and catalog.project.calendar.holidays):
        return None
    if falls_on(rhythm, first, first, calendar):
        return None
    later = next_day(rhythm, first, first, calendar)
    fact = f"{first.isoformat()} is a {_WEEKDAYS[first.weekday()]}, and no day of '{_without_from(rhythm)}'"
    return fact, f"e.g. from {later.isoformat()}" if later else ""


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _counts_worked_days(rhythm: Rhythm) -> bool:
    match rhythm.beat:
        case Interval(every=every):
            return every.unit == "business day"
        case Nth(of=of):
            return of == "business day"
        case _:
            return False


def _without_from(rhythm: Rhythm) -> str:
    return rhythm.text.rpartition(" from ")[0]


def nothing_comes_after_what_never_ends(asked: Asked) -> Iterator[Finding]:
    """CSP397 A step comes after one that repeats without an end

    `after: weekly` opens a step when `weekly` is over. A step with `every:` is over when its `until:`
    says yes (met), or when `at_most:` of it are done (timed_out). Without either it repeats as long as
    the enrollment lasts, and what comes after it never opens.

    Fails:

        # playbooks/example.yaml
        exit:
          - {when: not paying, outcome: lost}
        steps:
          - {id: weekly, task: Update the plan, owner: csm, every: 1 week}
          - {id: look_back, task: Write down what was learnt, owner: csm, after: weekly}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: weekly, task: Update the plan, owner: csm, every: 1 week, at_most: 6}
          - {id: look_back, task: Write down what was learnt, owner: csm, after: weekly}
    """
    for step in asked.playbook.steps:
        for item in step.after.requirements:
            if is_endless(asked.ways.steps.get(item.step)):
                fact = f"step '{item.step}' repeats without an end: '{step.id}' never opens"
                yield Finding(item.span, "CSP397", fact, f"give '{item.step}' an `until:`, or `at_most: 6`")


def what_repeats_comes_to_an_end(asked: Asked) -> Iterator[Finding]:
    """CSP398 A warning: a playbook that never ends

    A step with `every:` and neither `until:` nor `at_most:` repeats as long as the enrollment lasts, and
    an enrollment with such a step never ends as `finished`: an exit, its goal or an answer in `ends:`
    must end it. With one of these it is a note only, shown by `validate -v`.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: weekly, task: Update the plan, owner: csm, every: 1 week}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: weekly, task: Update the plan, owner: csm, every: 1 week, until: not strategic}
    """
    playbook = asked.playbook
    ends = bool(playbook.exits or playbook.goal or any(step.ends for step in playbook.steps))
    for step in playbook.steps:
        if is_endless(step) and ends:
            fact = f"step '{step.id}' repeats as long as the enrollment lasts: it never ends as finished"
            yield note(step.span, "CSP398", fact)
        elif is_endless(step):
            fact = f"step '{step.id}' repeats for ever, and nothing ends the enrollment"
            yield warning(
                step.span, "CSP398", fact, "an `until:`, `at_most:`, an exit, or an answer in `ends:`"
            )


def undone_once(asked: Asked) -> Iterator[Finding]:
    """CSP395 A step that undoes repeats

    The steps of `exit … then` take back what was done; they run once, and then the enrollment has ended.
    A rhythm would keep it open for ever.

    Fails:

        # playbooks/example.yaml
        exit:
          - when: contract_status = 'ended'
            outcome: lost
            then:
              - {id: close_access, task: Close the access, owner: csm, every: 1 week}

    Mended:

        # playbooks/example.yaml
        exit:
          - when: contract_status = 'ended'
            outcome: lost
            then:
              - {id: close_access, task: Close the access, owner: csm}
    """
    for step in _undoing(asked):
        if step.repeats is not None:
            fact = f"step '{step.id}' undoes something: it cannot repeat"
            yield Finding(step.span, "CSP395", fact, "leave out `every:`")


def _undoing(asked: Asked) -> Iterator[Step]:
    for way_out in asked.playbook.exits:
        yield from way_out.then


def a_rhythm_says_who_starts(asked: Asked) -> Iterator[Finding]:
    """CSP399 `already_matching` beside a rhythm

    A playbook with `trigger.every:` starts on the days of its rhythm, for whoever fits on that day, how
    long they may have fitted before. There are no old ones to be told from new ones.

    Fails:

        # playbooks/example.yaml
        playbook: example
        title: An example
        status: live
        owner: cs_ops
        why: To show how it is done.
        trigger: {every: first monday of month, when: paying, already_matching: skip}
        steps:
          - {id: call, task: Call them, owner: csm}

    Mended:

        # playbooks/example.yaml
        playbook: example
        title: An example
        status: live
        owner: cs_ops
        why: To show how it is done.
        trigger: {every: first monday of month, when: paying}
        steps:
          - {id: call, task: Call them, owner: csm}
    """
    trigger = asked.playbook.trigger
    if trigger.every is not None and trigger.already_matching is not None:
        fact = "a rhythm starts whoever fits on its day: `already_matching` says nothing more"
        yield Finding(trigger.span, "CSP399", fact, "leave it out")
