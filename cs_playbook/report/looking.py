"""Open tasks, status and history → text and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import assert_never

from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.event import (
    Allowed,
    CameBack,
    DraftRewritten,
    Ended,
    Ending,
    Event,
    GivenCorrected,
    GoalMet,
    MailMoved,
    Muted,
    Notified,
    Snoozed,
    StartAsked,
    Started,
    StartRefused,
    StepEnded,
    StepOpened,
    StepOver,
    StepPassed,
    StepRepeats,
    StepSkipped,
    TaskAnswered,
    TaskEscalated,
    TaskReassigned,
    TaskSnoozed,
    TextChanged,
    TraitSet,
    Unmuted,
    ValueMoved,
    WentMissing,
)
from cs_playbook.model.forgetting import ContactForgotten
from cs_playbook.model.line import TaskLine
from cs_playbook.model.moved import AccountMoved, LedgerBegan, SubjectMoved
from cs_playbook.model.playbook import PLAYED
from cs_playbook.model.posting import Posted
from cs_playbook.model.recall import Recalled, RunUndone
from cs_playbook.model.suppression import Suppressed, SuppressionLifted
from cs_playbook.report.in_flight import moved_words
from cs_playbook.report.mail_words import mail_words
from cs_playbook.report.pieces import wrap
from cs_playbook.report.task_lists import answer_options
from cs_playbook.report.traits import set_words, told_words
from cs_playbook.report.words import FAR, clean, count, cut, day_with_year, short_day
from cs_playbook.values import as_plain


def tasks_text(day: date, lines: Sequence[TaskLine], short: Mapping[str, str], width: int = 100) -> str:
    """One line a task: key, due, minutes, owner, customer, what; then its outcomes."""
    if not lines:
        return f"Nothing is open on {day_with_year(day)}.\n"
    late = sum(line.state == "late" for line in lines)
    new = sum(line.state == "new" for line in lines)
    asleep = sum(line.state == "asleep" for line in lines)
    minutes = sum(line.minutes for line in lines if line.state != "asleep")
    resting = f", {asleep} asleep" if asleep else ""
    parts = [
        f"{count(len(lines), 'open task')} on {day_with_year(day)}: {new} new, {late} late{resting}, {minutes} minutes",
        "",
    ]
    key_width = max(len(short[line.key]) for line in lines)
    owner_width = min(max(len(clean(line.owner_name)) for line in lines), 16)
    # What sleeps stands at the end: nobody need look at it now.
    for line in sorted(lines, key=lambda line: line.state == "asleep"):
        due = (
            f"{line.state} {short_day(line.due)}"
            if line.state in ("late", "asleep", "frozen")
            else short_day(line.due)
        )
        head = f"  {short[line.key]:<{key_width}}  {due:>11}  {line.minutes:>3} min  {cut(clean(line.owner_name), owner_width):<{owner_width}}  "
        parts.append(head + cut(clean(line.title), max(width - len(head), 20)))
        # An outcome that is cut off cannot be typed.
        outcomes = clean(line.asleep) or " | ".join(line.outcomes) + _asked(line)
        indent = " " * (key_width + 4)
        value = f" ({clean(line.about)})" if line.about else ""
        about = f"{cut(clean(line.account_name), 40)}{value} · {line.playbook} · {outcomes}"
        parts += [indent + part for part in wrap(about, width - len(indent))]
    parts += [
        "",
        f"cs-playbook done {short[lines[0].key]} --outcome {lines[0].outcomes[0]}{answer_options(lines[0])}   closes the first",
    ]
    return "\n".join(parts) + "\n"


def _asked(line: TaskLine) -> str:
    return "".join(f" · {name}: {words}" for name, words in line.asks)


def history_text(
    account: str,
    events: Sequence[tuple[date, str, Event]],
    enrollments: Mapping[str, Enrollment],
    width: int = 100,
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
        first, *more = wrap(sentence(event, enrollments), width - 4)
        parts += [f"  {first}", *(f"    {part}" for part in more)]
    return "\n".join(parts) + "\n"


def history_json(account: str, events: Sequence[tuple[date, str, Event]]) -> str:
    """{format_version, account, events: [{day, recorded_at, kind, …}]}."""
    written = [
        {"day": day.isoformat(), "recorded_at": recorded_at, "kind": type(event).__name__, **as_plain(event)}
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


def sentence(event: Event, enrollments: Mapping[str, Enrollment]) -> str:
    """What happened, on one line."""
    return clean("".join(_words(event, enrollments)))


def _words(event: Event, enrollments: Mapping[str, Enrollment]) -> Iterator[str]:
    named = _playbook(event, enrollments)
    match event:
        case Started(by=by, arm=arm, episode=episode):
            yield (
                f"{event.playbook}{_about(event)} started by {by_words(by)}"
                + (", anew because its text changed" if event.restarts else "")
                + (f", time {episode}" if episode > 1 else "")
                + _ARMS[arm]
            )
        case StepOpened(step=step, tasks=tasks, until=until):
            yield f"{named} › {step} opened"
            yield "".join(
                f"; {task.owner}, {'by itself, ' if task.mail else ''}due {task.due.isoformat()}, {task.key[:8]}"
                for task in tasks
            )
            far = until is not None and (until - event.on).days > FAR
            yield f"; waits until {until.isoformat()}" if until and not far else "; waits" if until else ""
            yield "; waits for the other playbook to end" if event.plays else ""
            yield "".join(f"; {clean(words)}" for words in event.no_copies)
        case StepEnded(step=step, outcome=outcome, by=by):
            yield f"{named} › {step} ended: {outcome} ({event.because or f'by {by}'})"
        case StepPassed(step=step, because=because):
            yield f"{named} › {step} passed over: {because or 'its `when` said no'}"
        case StepRepeats(step=step, occurrence=occurrence, planned=planned, rhythm=rhythm):
            yield f"{named} › {step} repeats" if planned is None else f"{named} › {step}: time {occurrence}"
            yield f" (every {rhythm}: {planned.isoformat()})" if planned is not None else ""
        case StepOver(step=step, outcome=outcome):
            yield f"{named} › {step} is over: {outcome}"
        case StepSkipped(step=step):
            yield f"{named} › {step} skipped: it can no longer be reached"
        case TaskAnswered(task=task, outcome=outcome, by=by, note=note, via=via):
            enrollment = enrollments.get(event.enrollment)
            step = enrollment.tasks[task].step if enrollment else task[:8]
            yield f"{named} › {step} answered: {outcome}, by {by} ({via})" + (f": {note}" if note else "")
            yield f"; {event.words}" if event.words else ""
        case TaskEscalated(task=task, to=to, channel=channel):
            yield f"{named} › {task[:8]} is late: told to {channel or ', '.join(to)}"
        case TaskReassigned(task=task, owner=owner, instead_of=absent):
            yield f"{named} › {task[:8]} now belongs to {owner}" + (
                f", who stands in for {absent}" if absent else ""
            )
        case MailMoved(task=task):
            yield f"{named} › {_step_of(event.enrollment, task, enrollments)}: {mail_words(event)}"
        case DraftRewritten(task=task, by=by):
            yield f"{named} › {_step_of(event.enrollment, task, enrollments)}: {by} changes the words of the draft"
        case GoalMet():
            yield f"{named}: goal met"
        case Ended(outcome=outcome, why=why, by=by, because=because):
            yield f"{named} ended: {outcome} ({why}{'' if by == 'rule' else ', by ' + by})" + (
                f": {because}" if because else ""
            )
        case Ending(outcome=outcome, then=then):
            yield f"{named} is ending: {outcome}; what was open is cancelled, left to do: {', '.join(then)}"
        case GivenCorrected(words=words, by=by, because=because):
            yield f"{named}: {by} corrects: {words}" + (f": {because}" if because else "")
        case ValueMoved(about=about):
            yield f"{named} is now about {about.replace('/', ', ')}: the value was corrected"
        case TextChanged():
            yield f"{named}: {moved_words(event)}"
        case WentMissing():
            yield f"{named} waits: missing from the snapshot"
        case CameBack():
            yield f"{named} goes on: back in the snapshot"
        case TaskSnoozed(task=task, until=until, because=because, by=by):
            enrollment = enrollments.get(event.enrollment)
            step = enrollment.tasks[task].step if enrollment else task[:8]
            yield f"{named} › {step} put off until {until.isoformat()}, by {by}: {because}"
        case Snoozed(until=until, because=because, by=by):
            yield f"{named} put off until {until.isoformat()}, by {by}: {because}"
        case Muted(until=until, because=because, by=by):
            yield f"left alone until {until.isoformat()}, by {by}: {because}"
        case Unmuted(because=because, by=by):
            yield f"no longer left alone, by {by}" + (f": {because}" if because else "")
        case StartAsked(playbook=playbook, by=by, because=because, at=at, began=began, although=although):
            yield f"{playbook} asked for by {by}" + (f", at {at}" if at else "")
            yield f", begun on {began.isoformat()}" if began else ""
            yield (f", although it was here: {although}" if although else "") + (
                f": {because}" if because else ""
            )
        case StartRefused(playbook=playbook, why=why):
            yield f"{playbook} did not start: {why}"
        case TraitSet(by=by, because=because):
            who = f"{named} › {event.step}" if event.enrollment else by
            yield f"{set_words(event)}, by {who}" + (f": {because}" if because else "")
        case Notified(step=step):
            yield f"{named} › {step} told {told_words(event)}"
        case Posted(channel=channel, to=to, why=why):
            yield f"to {channel}: {to.replace('_', ' ')}" + (f" ({why})" if why else "")
        case Suppressed(because=because, by=by):
            yield f"an address is written to no more, by {by}: {because}"
        case SuppressionLifted(because=because, by=by):
            yield f"an address may be written to again, by {by}: {because}"
        case Recalled(run=run, by=by, because=because, back=back):
            how = "as if it had never begun" if back is None else "back where it was"
            yield f"{named}: run {run} is taken back, {how}, by {by}: {because}"
        case AccountMoved(account=old, to=to, by=by, because=because):
            yield f"{old} goes on as {to}, by {by}: {because}"
        case SubjectMoved(account=account):
            yield f"{named} goes on at {account}"
        case LedgerBegan(by=by, because=because):
            yield f"a new ledger begins, by {by}: {because}"
        case ContactForgotten(marks=marks, by=by, because=because):
            yield f"{count(len(marks), 'contact')} forgotten, by {by}: {because}"
        case RunUndone(run=run, by=by, because=because):
            yield f"run {run} is taken back, by {by}: {because}"
        case Allowed(rule=rule, by=by, because=because):
            yield f"{by} let the run pass {rule}: {because}"
        case _:
            assert_never(event)


def _step_of(enrollment: str, task: str, enrollments: Mapping[str, Enrollment]) -> str:
    return enrollments[enrollment].tasks[task].step if enrollment in enrollments else task[:8]


_ARMS = {
    Arm.TREATED: "",
    Arm.SHADOW: " (shadow: counted, nobody is told)",
    Arm.HELD_OUT: " (held out: watched only, to compare with)",
}


def by_words(by: str) -> str:
    """`rule`, a person, or the playbook that played it."""
    return f"the playbook {by.removeprefix(PLAYED)}" if by.startswith(PLAYED) else by


def _about(event: Started) -> str:
    return "" if event.row is None else f" ({event.row.replace('/', ', ') if event.per_value else event.row})"


def _playbook(event: Event, enrollments: Mapping[str, Enrollment]) -> str:
    key = getattr(event, "enrollment", "")
    return enrollments[key].playbook if key in enrollments else ""
