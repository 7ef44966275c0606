"""Open tasks, status and history → text and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import assert_never

from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import (
    Allowed,
    CameBack,
    Ended,
    Event,
    GoalMet,
    StartAsked,
    Started,
    StartRefused,
    StepEnded,
    StepOpened,
    StepPassed,
    StepSkipped,
    TaskAnswered,
    TaskEscalated,
    TaskReassigned,
    WentMissing,
)
from cs_playbook.model.line import TaskLine
from cs_playbook.report.words import clean, count, day_in_words, day_with_year, short_day


def tasks_text(day: date, lines: Sequence[TaskLine], short: Mapping[str, str], width: int = 100) -> str:
    """One line a task: key, due, minutes, owner, customer, what; then its outcomes."""
    if not lines:
        return f"Nothing is open on {day_with_year(day)}.\n"
    late = sum(line.state == "late" for line in lines)
    new = sum(line.state == "new" for line in lines)
    minutes = sum(line.minutes for line in lines)
    parts = [
        f"{count(len(lines), 'open task')} on {day_with_year(day)}: {new} new, {late} late, {minutes} minutes",
        "",
    ]
    key_width = max(len(short[line.key]) for line in lines)
    owner_width = min(max(len(clean(line.owner_name)) for line in lines), 16)
    for line in lines:
        due = "late " + short_day(line.due) if line.state == "late" else short_day(line.due)
        head = f"  {short[line.key]:<{key_width}}  {due:>11}  {line.minutes:>3} min  {_cut(clean(line.owner_name), owner_width):<{owner_width}}  "
        parts.append(head + _cut(clean(line.title), max(width - len(head), 20)))
        parts.append(
            " " * (key_width + 4)
            + _cut(
                f"{clean(line.account_name)} · {line.playbook} · {' | '.join(line.outcomes)}",
                width - key_width - 4,
            )
        )
    parts += [
        "",
        f"cs-playbook done {short[lines[0].key]} --outcome {lines[0].outcomes[0]}   closes the first",
    ]
    return "\n".join(parts) + "\n"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"


def history_text(
    account: str, events: Sequence[tuple[date, str, Event]], enrollments: Mapping[str, Enrollment]
) -> str:
    """By day, newest last: what happened, in a sentence each."""
    if not events:
        return f"Nothing was ever done to {clean(account)}.\n"
    parts = [f"{clean(account)}: {count(len(events), 'event')}", ""]
    last: date | None = None
    for day, _, event in events:
        if day != last:
            parts.append(day_with_year(day))
            last = day
        parts.append(f"  {_sentence(event, enrollments)}")
    return "\n".join(parts) + "\n"


def history_json(account: str, events: Sequence[tuple[date, str, Event]]) -> str:
    """{format_version, account, events: [{day, recorded_at, kind, …}]}."""
    written = [
        {"day": day.isoformat(), "recorded_at": recorded_at, "kind": type(event).__name__, **asdict(event)}
        for day, recorded_at, event in events
    ]
    return (
        json.dumps(
            {"format_version": 1, "account": account, "events": written},
            indent=2,
            ensure_ascii=False,
            default=str,
        )
        + "\n"
    )


def _sentence(event: Event, enrollments: Mapping[str, Enrollment]) -> str:
    return clean("".join(_words(event, enrollments)))


def _words(event: Event, enrollments: Mapping[str, Enrollment]) -> Iterator[str]:
    named = _playbook(event, enrollments)
    match event:
        case Started(by=by, arm=arm, episode=episode):
            yield (
                f"{event.playbook} started by {by}"
                + (f", time {episode}" if episode > 1 else "")
                + (f" ({arm.value})" if arm.value != "treated" else "")
            )
        case StepOpened(step=step, tasks=tasks, until=until):
            yield f"{named} › {step} opened"
            yield "".join(f"; {task.owner}, due {task.due.isoformat()}, {task.key[:8]}" for task in tasks)
            yield f"; waits until {until.isoformat()}" if until else ""
        case StepEnded(step=step, outcome=outcome, by=by):
            yield f"{named} › {step} ended: {outcome} (by {by})"
        case StepPassed(step=step):
            yield f"{named} › {step} passed over: its `when` said no"
        case StepSkipped(step=step):
            yield f"{named} › {step} skipped: it can no longer be reached"
        case TaskAnswered(task=task, outcome=outcome, by=by, note=note, via=via):
            enrollment = enrollments.get(event.enrollment)
            step = enrollment.tasks[task].step if enrollment else task[:8]
            yield f"{named} › {step} answered: {outcome}, by {by} ({via})" + (f": {note}" if note else "")
        case TaskEscalated(task=task, to=to):
            yield f"{named} › {task[:8]} is late: told to {', '.join(to)}"
        case TaskReassigned(task=task, owner=owner):
            yield f"{named} › {task[:8]} now belongs to {owner}"
        case GoalMet():
            yield f"{named}: goal met"
        case Ended(outcome=outcome, why=why, by=by, because=because):
            yield f"{named} ended: {outcome} ({why}{'' if by == 'rule' else ', by ' + by})" + (
                f": {because}" if because else ""
            )
        case WentMissing():
            yield f"{named} waits: missing from the snapshot"
        case CameBack():
            yield f"{named} goes on: back in the snapshot"
        case StartAsked(playbook=playbook, by=by, because=because):
            yield f"{playbook} asked for by {by}" + (f": {because}" if because else "")
        case StartRefused(playbook=playbook, why=why):
            yield f"{playbook} did not start: {why}"
        case Allowed(rule=rule, by=by, because=because):
            yield f"{by} let the run pass {rule}: {because}"
        case _:
            assert_never(event)


def _playbook(event: Event, enrollments: Mapping[str, Enrollment]) -> str:
    key = getattr(event, "enrollment", "")
    return enrollments[key].playbook if key in enrollments else ""


def age_in_words(hours: int | None) -> str:
    if hours is None:
        return ""
    return f"{hours} h old" if hours < 72 else f"{hours // 24} days old"


def day_or_today(day: date, today: date) -> str:
    return "today" if day == today else day_in_words(day)
