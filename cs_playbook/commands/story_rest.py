"""What people put off or leave alone on a day of a story → the events of it, or the name of what is not open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from cs_playbook.commands.story_why import subject_name
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Event, Muted, Snoozed, TaskSnoozed, Unmuted
from cs_playbook.model.story import Run
from cs_playbook.parse.story_value import Days, read_day

SOMEBODY = "csm"  # who starts and stops by hand, and puts off
BECAUSE = "the story says so"


def at_rest(run: Run, on: date, last: Iterable[Enrollment], days: Days) -> list[Event] | str:
    """Mutes first, then what is put off."""
    events: list[Event] = [_muted(account, until, on, days) for account, until in run.mute.items()]
    going = [item for item in last if item.is_open]
    for name, until in run.snooze.items():
        found = list(_put_off(name, until, on, going, days))
        if not found:
            return name
        events += found
    return events


def _muted(account: str, until: Any, on: date, days: Days) -> Event:
    day = read_day(until, days)
    if isinstance(day, date):
        return Muted(account, on, day, BECAUSE, SOMEBODY)
    return Unmuted(account, on, BECAUSE, SOMEBODY)


def _put_off(name: str, until: Any, on: date, going: list[Enrollment], days: Days) -> Iterator[Event]:
    """`{call: +3 days}`, `{acme: {call: +3 days}}`; `{acme: +3 days}`, `{acme/s1: +3 days}`: all of it."""
    for item in going:
        is_meant = name in (item.account, subject_name(item.account, item.row))
        if isinstance(until, dict):
            if is_meant:
                for step, day in until.items():
                    yield from _tasks(item, step, day, on, days)
        elif is_meant:
            yield Snoozed(item.key, on, _day(until, days), BECAUSE, SOMEBODY)
        else:
            yield from _tasks(item, name, until, on, days)


def _tasks(item: Enrollment, step: str, until: Any, on: date, days: Days) -> Iterator[Event]:
    for task in item.open_tasks:
        if task.step == step:
            yield TaskSnoozed(item.key, task.key, on, _day(until, days), BECAUSE, SOMEBODY)


def _day(written: Any, days: Days) -> date:
    """What is no day has been reported by `check`: such stories are not played."""
    day = read_day(written, days)
    assert isinstance(day, date)
    return day
