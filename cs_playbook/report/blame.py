"""Where one enrollment, or one line of it, comes from → a page of text, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.report.explain import CONDITIONS
from cs_playbook.report.explain_words import part_rows
from cs_playbook.report.looking import sentence
from cs_playbook.report.pieces import BLANK, Line, line, table, wrapped
from cs_playbook.report.words import clean, day_with_year
from cs_playbook.study.behind import Part
from cs_playbook.values import as_plain

_TITLE = 11


class Told(Protocol):
    """What the screen asks of commands/blame.py: Origin."""

    @property
    def enrollment(self) -> Enrollment: ...
    @property
    def task(self) -> OpenTask | None: ...
    @property
    def title(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def same(self) -> bool: ...
    @property
    def line_then(self) -> int: ...
    @property
    def commit(self) -> Any: ...
    @property
    def began(self) -> Any: ...
    @property
    def opened(self) -> Any: ...
    @property
    def parts(self) -> tuple[Part, ...]: ...
    @property
    def no_values(self) -> str: ...
    @property
    def words(self) -> Sequence[Any]: ...
    @property
    def enrollments(self) -> Mapping[str, Enrollment]: ...


def as_lines(told: Told, width: int) -> Iterator[Line]:
    yield line(("head", _head(told)))
    yield BLANK
    for title, words in _rows(told):
        first, *more = wrapped("", words, width - _TITLE)
        yield (("soft", f"{title:<{_TITLE}}"), *first)
        yield from ((("", " " * _TITLE), *part) for part in more)
    yield BLANK
    yield line(("strong", f"Why it began on {day_with_year(told.enrollment.started_on)}"))
    if told.parts:
        yield from table([row for part in told.parts for row in part_rows(part)], CONDITIONS, width)
    if told.no_values:
        yield from wrapped("soft", clean(told.no_values), width, "  ")
    yield BLANK
    yield line(("strong", "What happened"))
    for recorded in told.words:
        run = f"run {recorded.run}" if recorded.run is not None else "people"
        words = f"{recorded.day.isoformat()}  {run}: {sentence(recorded.event, told.enrollments)}"
        yield from wrapped("", words, width, "  ")


def _head(told: Told) -> str:
    enrollment, task = told.enrollment, told.task
    row = "" if enrollment.row is None else f" ({clean(enrollment.row)})"
    where = f"{clean(enrollment.account)}{row} · {enrollment.playbook}"
    if task is None:
        state = f"ended: {enrollment.outcome}" if enrollment.ended_on else "open"
        return f"{where} · {enrollment.key} · {state}"
    outcome = f": {task.outcome}" if task.outcome else ""
    return f"{where} › {task.step} · {task.key} · {task.mail or task.state.value}{outcome}"


def _rows(told: Told) -> Iterator[tuple[str, str]]:
    yield "Playbook", f"{clean(told.title)}; the text {told.enrollment.definition[:12]}, {_place(told)}"
    if told.commit is not None:
        commit = told.commit
        words = f"{commit.hash[:10]} of {commit.day} by {clean(commit.author)}: {clean(commit.says)}"
        yield "Commit", words
    elif told.file:
        yield "Commit", "none of this branch has this text (not committed, or no git repository)"
    yield (
        "Began",
        f"{_run(told.began, told.enrollment.started_on.isoformat())}, by {clean(told.enrollment.by)}",
    )
    if told.task is not None:
        yield (
            "Opened",
            f"{_run(told.opened, told.task.opened_on.isoformat())}, for {clean(told.task.owner)}, due {told.task.due.isoformat()}",
        )
    values = [f"{name} {value}" for name, value in sorted(told.enrollment.at_start.items())]
    if values:
        yield "At start", clean(", ".join(values))


def _place(told: Told) -> str:
    if not told.file:
        return "whose file is gone"
    if told.same:
        return f"{told.file}:{told.line}"
    today = f"{told.file}:{told.line}" if told.line else f"{told.file}, where it is no more"
    return f"line {told.line_then} of it; the file says something else today ({today})"


def _run(run: Any, day: str) -> str:
    if run is None:
        return f"on {day}"
    record = run.record
    snapshot = f"the snapshot of {record.day.isoformat()} ({record.snapshot_sha[:10]})"
    return f"in run {run.number}, {record.started_at}, from {snapshot}, files {record.files_hash[:7]}, program {record.version}"


def as_json(told: Told) -> str:
    enrollment, task, commit = told.enrollment, told.task, told.commit
    content = {
        "format_version": 1,
        "enrollment": enrollment.key,
        "account": enrollment.account,
        "row": enrollment.row,
        "playbook": enrollment.playbook,
        "task": None if task is None else {
            "key": task.key, "step": task.step, "kind": task.kind, "state": task.state.value, "outcome": task.outcome,
            "owner": task.owner, "mail": task.mail,
        },
        "version": enrollment.definition,
        "file": told.file,
        "line": told.line,
        "same_today": told.same,
        "line_then": told.line_then,
        "commit": None if commit is None else as_plain(commit),
        "began": _run_json(told.began),
        "opened": _run_json(told.opened),
        "started_by": enrollment.by,
        "at_start": dict(sorted(enrollment.at_start.items())),
        "conditions": [row for part in told.parts for row in _condition(part)],
        "no_values": told.no_values,
        "events": [
            {"day": item.day.isoformat(), "run": item.run, "kind": type(item.event).__name__, "says": sentence(item.event, told.enrollments)}
            for item in told.words
        ],
    }  # fmt: skip
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"


def _condition(part: Part) -> Iterator[dict[str, object]]:
    for answer, condition, value, far in part_rows(part):
        yield {
            "answer": answer.text,
            "condition": condition.text.strip(),
            "value": value.whole,
            "limit": far.text,
        }


def _run_json(run: Any) -> dict[str, object] | None:
    if run is None:
        return None
    record = run.record
    return {
        "run": run.number, "day": record.day.isoformat(), "began": record.started_at, "snapshot": record.snapshot_sha,
        "files": record.files_hash, "program": record.version,
    }  # fmt: skip
