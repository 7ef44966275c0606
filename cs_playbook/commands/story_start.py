"""An account on a day of a story → why it did not start, in sentences; and what keeps its rule from yes."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.commands.story_conditions import condition_line, culprits, leaves_of
from cs_playbook.commands.story_day import Played
from cs_playbook.commands.story_seen import enrollments, held, refusals, subject_today
from cs_playbook.compile.scan import rule_of
from cs_playbook.model.answer import explain
from cs_playbook.model.condition import Condition, Evidence
from cs_playbook.plan.decision import Subject
from cs_playbook.report.words import day_in_words


def why_not_started(name: str, played: Played) -> list[str]:
    """The first reason that counts; at the end the conditions."""
    subject = subject_today(name, played)
    if subject is None:
        return [f"{name} is not in the export"]
    said = [f"refused: {why}" for who, why in refusals(played) if who == name]
    inside, before = _before(name, played)
    blocking = [condition_line(item) for item in blockers(subject, played)]
    waiting = [f"held: {item.why}" for who, item in held(played) if who == name and item.step is None]
    reasons_why = said or inside or blocking or waiting or before or ["nothing says no"]
    return [f"{name}: {line}" for line in reasons_why]


def blockers(subject: Subject, played: Played) -> list[Evidence]:
    """Conditions that say no or unknown; or those of an exit or the goal, if one says yes already."""
    playbook = played.setting.playbook
    active = played.setting.catalog.contract.active
    if not subject.active and not playbook.sees_inactive and active is not None:
        return list(culprits(_said(active, subject, played)))
    rule = rule_of(playbook)
    found = list(culprits(_said(rule.condition, subject, played))) if rule else []
    return found or list(_over_already(subject, played))


def reasons(name: str, played: Played) -> Iterator[str]:
    """Every condition of its rule, for somebody who should not have started."""
    subject, rule = subject_today(name, played), rule_of(played.setting.playbook)
    if subject is not None and rule is not None:
        yield from (condition_line(leaf) for leaf in leaves_of(_said(rule.condition, subject, played)))


def _said(condition: Condition, subject: Subject, played: Played) -> Evidence:
    return explain(condition, subject.values, played.morning.today.reckoning)


def _over_already(subject: Subject, played: Played) -> Iterator[Evidence]:
    playbook = played.setting.playbook
    ways_out = [way_out.when for way_out in playbook.exits] + ([playbook.goal.when] if playbook.goal else [])
    for condition in ways_out:
        said = _said(condition, subject, played)
        if said.answer:
            yield from leaves_of(said)


def _before(name: str, played: Played) -> tuple[list[str], list[str]]:
    """Since when it is in the playbook; else when it last was, before today."""
    account, _, row = name.partition("/")
    mine = [item for item in enrollments(played, account) if (item.row or "") == row]
    if not mine:
        return [], []
    last, playbook = mine[-1], played.setting.playbook
    if last.ended_on is None or last.ended_on == played.on:
        return [f"it is in {playbook.name} already, since {day_in_words(last.started_on)}"], []
    again = "" if playbook.reentry else ", and there is no `reentry:`"
    return [], [f"it was in {playbook.name} until {day_in_words(last.ended_on)} ({last.outcome}){again}"]
