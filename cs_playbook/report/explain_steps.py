"""An open enrollment → its lines: each step with its state and why, then what would end it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from cs_playbook.model.enrollment import OpenTask, Progress, StepState, TaskState
from cs_playbook.model.playbook import PLAYED
from cs_playbook.report.explain_words import part_rows
from cs_playbook.report.in_flight import differs_words
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_words import due_words
from cs_playbook.report.words import FAR, clean, count, day_in_words
from cs_playbook.study.explained import Awaited, EnrollmentExplained, StepExplained, WayOut

KEY = 6  # letters of a task's key: enough for `cs-playbook done`, nearly always
_STEPS = (Column(), Column(14), Column(28), Column(20))  # state, step, what it says, how it stands
_WAYS = (Column(), Column(10), Column(20), Column(14), Column(12))


def enrollment_lines(
    found: EnrollmentExplained, day: date, people: Mapping[str, str], width: int
) -> Iterator[Line]:
    """`people`: names by address."""
    yield BLANK
    yield from wrapped("", _head(found, day, people), width, "  ")
    if found.differs:
        goes_by = f"It goes by the text of {found.enrollment.text_of.isoformat()}; today's differs in: {differs_words(found.differs)}."
        yield from wrapped("soft", goes_by, width, "  ")
    for held in found.held:
        yield from wrapped("warn", f"All of it waits: {clean(held.why)}.", width, "  ")
    shown = [step for step in found.steps if _is_told(step)]
    if shown:
        yield BLANK
        yield from table([_row(step, day, people) for step in shown], _STEPS, width)
    yield from _not_shown(found.steps, width)
    if found.ways_out:
        yield BLANK
        yield line(("soft", "  It ends as"))
        yield from table([row for way in found.ways_out for row in _way_out(way, day)], _WAYS, width)


def _head(found: EnrollmentExplained, day: date, people: Mapping[str, str]) -> str:
    enrollment = found.enrollment
    by = "its rule" if enrollment.by == "rule" else clean(people.get(enrollment.by, enrollment.by))
    if enrollment.by.startswith(PLAYED):
        by = f"the playbook {enrollment.by.removeprefix(PLAYED)}"
    number = f", time {enrollment.episode}" if enrollment.episode > 1 else ""
    began = f"Started by {by} on {day_in_words(enrollment.started_on)}{number}"
    return f"{began}: day {(day - enrollment.started_on).days}"


def _is_told(step: StepExplained) -> bool:
    """What has happened, what comes next; of a chain that was skipped only where it broke."""
    if step.progress is None:
        waits = (item for item in step.awaited if item.verdict == "waiting")
        return bool(step.held or step.next) or any(item.progress for item in waits)
    if step.progress.state is StepState.SKIPPED:
        return any(item.progress and item.progress.state is StepState.DONE for item in step.awaited)
    return True


def _not_shown(steps: Sequence[StepExplained], width: int) -> Iterator[Line]:
    """The rest by name: `then, perhaps: talk, watch`."""
    hidden = [step for step in steps if not _is_told(step)]
    skipped = ", ".join(clean(step.step) for step in hidden if step.progress)
    later = ", ".join(clean(step.step) for step in hidden if not step.progress)
    for word, names in (("skipped with it", skipped), ("later, perhaps", later)):
        if names:
            yield from table([[Cell(f"{word}:", "soft"), Cell(names, "soft")]], (Column(), Column(20)), width)


# --- steps ---

_STATES = {
    StepState.OPEN: ("open", "strong"),
    StepState.DONE: ("done", "good"),
    StepState.PASSED: ("passed over", "soft"),
    StepState.SKIPPED: ("skipped", "soft"),
    StepState.CANCELLED: ("cancelled", "soft"),
}


def _row(step: StepExplained, day: date, people: Mapping[str, str]) -> list[Cell]:
    state, style = _state(step, day)
    said = "; ".join(text for text in _said(step, day, people) if text)
    what = clean(step.title) if step.title != step.step else _KINDS.get(step.kind, step.kind)
    soft = style if style == "soft" else ""
    return [Cell(state, style), Cell(clean(step.step), soft), Cell(what, soft), Cell(said, soft)]


_KINDS = {"wait": "a wait", "decide": "a decision"}


def _state(step: StepExplained, day: date) -> tuple[str, str]:
    if any(task.sleeps(day) for task in step.tasks):
        return "asleep", "soft"
    if any(task.is_late(day) for task in step.tasks):
        return "late", "error"
    if step.progress is not None:
        return _STATES[step.progress.state]
    if step.held is not None:
        return "held", "warn"
    return "to come", "soft"


def _said(step: StepExplained, day: date, people: Mapping[str, str]) -> Iterator[str]:
    progress = step.progress
    if progress is None:
        yield _held(step) if step.held else _waits_for(step)
    else:
        yield from _progress(step, progress, day, people)
        if progress.state is StepState.OPEN:
            yield clean(step.again)
    if step.next:
        yield f"the next run: it {step.next}"


def _held(step: StepExplained) -> str:
    assert step.held is not None
    return clean(step.held.why)


def _waits_for(step: StepExplained) -> str:
    waiting = [item for item in step.awaited if item.verdict == "waiting"]
    joint = " or " if step.any_of else " and "
    return f"after {joint.join(_requirement(item) for item in waiting)}" if waiting else ""


def _requirement(item: Awaited) -> str:
    return f"{item.step}: {' or '.join(item.outcomes)}" if item.outcomes else item.step


def _progress(step: StepExplained, progress: Progress, day: date, people: Mapping[str, str]) -> Iterator[str]:
    match progress.state:
        case StepState.DONE:
            ended = f" on {due_words(progress.done_on, day)}" if progress.done_on else ""
            why = f": {clean(progress.because)}" if progress.because else ""
            yield f"{clean(progress.outcome or '')}{ended}{_by(progress.by, people)}{why}"
        case StepState.OPEN:
            yield from _open(step, progress, day, people)
            waits = "waits: " if progress.waits else ""
            yield f"{waits}{_held(step)}" if step.held else ""
        case StepState.SKIPPED:
            yield _because_of(step)
        case StepState.PASSED:
            yield step.passed_by
        case StepState.CANCELLED:
            yield "the playbook ended"


def _in_outbox(task: OpenTask, day: date) -> str:
    """Nobody's work."""
    last = f", until {due_words(task.expires, day)}" if task.expires and task.mail == "pending" else ""
    words = {"pending": "in the outbox", "sending": "being sent", "uncertain": "perhaps sent, nobody knows"}
    return f"{words[task.mail]}{last}, key {task.key[:6]}"


def _by(by: str, people: Mapping[str, str]) -> str:
    words = {"rule": "", "data": ", seen in the data", "time": ", its time was over", "": ""}
    return words.get(by, f", {clean(people.get(by, by))}")


def _open(step: StepExplained, progress: Progress, day: date, people: Mapping[str, str]) -> Iterator[str]:
    tasks = [task for task in step.tasks if task.state is TaskState.OPEN]
    yield from (_task(task, day, people) for task in tasks)
    ever = progress.until is not None and (progress.until - day).days > FAR
    if progress.until is not None and not ever:
        yield f"waits until {due_words(progress.until, day)}"
    if step.until is not None:
        yield from _until(step, "waits" if ever else "or")
    if not tasks:
        yield f"since {due_words(progress.ready_on, day)}"


def _task(task: OpenTask, day: date, people: Mapping[str, str]) -> str:
    if task.in_outbox:
        return _in_outbox(task, day)
    owner = clean(people.get(task.owner, task.owner))
    absent = (
        f" for {clean(people.get(task.instead_of, task.instead_of))}, who is away" if task.instead_of else ""
    )
    copies = f", copy to {', '.join(map(clean, task.copies))}" if task.copies else ""
    late = f", {count((day - task.due).days, 'day')} late" if task.is_late(day) else ""
    if task.sleeps(day) and task.asleep_until is not None:
        late = f", put off until {due_words(task.asleep_until, day)}: {clean(task.asleep_because)}"
    told = f", told on {due_words(task.escalated_on, day)}" if task.escalated_on else ""
    lacks = f", no draft: {', '.join(map(clean, task.missing))} is empty" if task.missing else ""
    opened = f", open since {due_words(task.opened_on, day)}" if task.opened_on != day else ""
    return f"{owner}{absent}, due {due_words(task.due, day)}{late}{told}{opened}{lacks}{copies}, key {task.key[:KEY]}"


def _until(step: StepExplained, first: str) -> Iterator[str]:
    """What would end the wait, or end it sooner, and how it stands. `first`: the word before it."""
    assert step.until is not None
    for answer, text, value, far in part_rows(step.until):
        told = ", ".join(cell.whole for cell in (value, far) if cell.whole)
        yield f"{first} until {text.whole.strip()}: {answer.whole.lower()}" + (f" ({told})" if told else "")


def _because_of(step: StepExplained) -> str:
    """`find_cause ended as season, not champion_left`."""
    return " and ".join(_impossible(item) for item in step.awaited if item.verdict == "impossible")


def _impossible(item: Awaited) -> str:
    if item.progress is None or item.progress.state is not StepState.DONE:
        state = item.progress.state.value if item.progress else "not there"
        return f"{item.step} was {state}"
    wanted = f", not {' or '.join(item.outcomes)}" if item.outcomes else ""
    return f"{item.step} ended as {clean(item.progress.outcome or '')}{wanted}"


# --- what would end it ---


def _way_out(way: WayOut, day: date) -> Iterator[list[Cell]]:
    kind = "goal" if way.is_goal else "exit"
    last = f"until {due_words(way.last, day)}" if way.last else ""
    for number, (answer, text, value, far) in enumerate(part_rows(way.part)):
        far_and_last = ", ".join(part for part in (far.whole, last if number == 0 else "") if part)
        name = Cell(f"{clean(way.outcome)} ({kind})") if number == 0 else Cell()
        # Here NO is good news, and no reason for red.
        yield [Cell(answer.whole.lower()), name, text, value, Cell(far_and_last, "soft")]
