"""The whole tour on a made-up portfolio: a folder → what a CS-ops person would type and see over three mornings."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cs_playbook.commands.dry_run import dry_run
from cs_playbook.commands.explain import explain
from cs_playbook.commands.init import init
from cs_playbook.commands.looking import task_list
from cs_playbook.commands.people import Act, close_task
from cs_playbook.commands.run import Clock, Permission, RunResult, run
from cs_playbook.commands.snapshots import build_snapshot
from cs_playbook.commands.workspace import Workspace, examine, open_workspace
from cs_playbook.effects.snapshot_build import Stamp
from cs_playbook.errors import ChoiceError
from cs_playbook.model.line import TaskLine
from cs_playbook.report import explain as explain_report
from cs_playbook.report import plan as plan_report
from cs_playbook.report.findings import Looked, as_text, without_notes
from cs_playbook.report.run import as_text as run_text
from cs_playbook.report.snapshots import built_text
from cs_playbook.source.files import PROJECT_FILE
from cs_playbook.study.made_up import exports

FIRST_MORNING = date(2026, 3, 2)  # a Monday
ANSWERED = ("usage-drop", "find_cause", "product_problem")
_MARK = ".made-by-demo"


def tour(root: Path, version: str, made_at: str) -> Iterator[str]:
    """Each piece of text is a command as one would type it, and its screen. A folder of an earlier tour is made anew."""
    _clear(root)
    made = init(root, version, made_at)
    (root / _MARK).write_text("cs-playbook demo makes this folder anew each time\n", encoding="utf-8")
    yield _typed(f"init {root}") + f"{made.files} files of the starter library, and an empty ledger\n"
    workspace = open_workspace(root)
    yield from _validate(root)
    yield from _morning(workspace, FIRST_MORNING, version, made_at)
    yield _dry_run(workspace, FIRST_MORNING)
    first = _run(workspace, FIRST_MORNING, version, made_at)
    yield _typed("run", FIRST_MORNING) + _said(first)
    answered = yield from _answer(workspace, made_at)
    second = FIRST_MORNING + timedelta(days=1)
    yield from _morning(workspace, second, version, made_at)
    after = _run(workspace, second, version, made_at)
    yield _typed("run", second) + _said(after)
    yield _typed("run", second) + _said(_run(workspace, second, version, made_at))
    yield _explain(workspace, answered, second)
    yield _digest(after, answered)
    yield _where(root, after)


def _clear(root: Path) -> None:
    if (root / _MARK).exists():
        shutil.rmtree(root)
    elif root.exists() and (root / PROJECT_FILE).exists():
        raise ChoiceError(f"{root} is a workspace that the demo did not make", "name another folder: cs-playbook demo DIR")


def _typed(command: str, day: date | None = None) -> str:
    on = f" --as-of {day.isoformat()}" if day else ""
    return f"\n$ cs-playbook {command}{on}\n"


def _validate(root: Path) -> Iterator[str]:
    examined = examine(root)
    texts = {**examined.files.yaml, **examined.files.letters}
    # No time is shown: the tour is the same on every machine.
    yield _typed("validate") + as_text(without_notes(examined.findings), texts, Looked(len(texts), 0.0))


def _morning(workspace: Workspace, day: date, version: str, made_at: str) -> Iterator[str]:
    """The exports of the day arrive, and become its snapshot."""
    folder = workspace.root / "exports"
    folder.mkdir(exist_ok=True)
    for name, lines in exports(day).items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    built = build_snapshot(workspace, None, Stamp(day, made_at, version))
    if built.manifest is None:
        raise ChoiceError("the made-up exports could not be built", built.findings[0].message if built.findings else "")
    yield _typed("snapshot build", day) + built_text(built.manifest, Path(workspace.catalog.project.snapshots))


def _dry_run(workspace: Workspace, day: date) -> str:
    planned = dry_run(workspace, day, _at_six(workspace, day))
    return _typed("dry-run", day) + _plain(plan_report.as_lines(planned, 100, True))


def _plain(lines: object) -> str:
    return "".join("".join(text for _, text in line).rstrip() + "\n" for line in lines)  # type: ignore[attr-defined]


def _at_six(workspace: Workspace, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=ZoneInfo(workspace.catalog.project.calendar.timezone))


def _run(workspace: Workspace, day: date, version: str, made_at: str) -> RunResult:
    return run(workspace, Clock(_at_six(workspace, day), made_at, day), Permission(), version)


def _said(result: RunResult) -> str:
    folder = Path("out") / result.folder.name
    return run_text(result.day, result.counts, folder, result.nothing, result.finished, len(result.returned.answers))


def _answer(workspace: Workspace, made_at: str) -> Generator[str, None, TaskLine]:
    """A CSM closes the first task that asks why usage fell."""
    playbook, step, outcome = ANSWERED
    listed = task_list(workspace, FIRST_MORNING, None)
    line = next((line for line in listed.lines if line.playbook == playbook and line.step == step), listed.lines[0])
    said = outcome if outcome in line.outcomes else line.outcomes[0]
    note = "the new export is too slow for them"
    close_task(workspace, line.key, said, note, Act(line.owner, FIRST_MORNING, made_at))
    yield _typed(f'done {listed.short[line.key]} --outcome {said} --note "{note}"', FIRST_MORNING) + f"{line.title} ({line.owner_name}) is closed: {said}\n"
    return line


def _explain(workspace: Workspace, line: TaskLine, day: date) -> str:
    explained = explain(workspace, line.account, line.playbook, day)
    return _typed(f"explain {line.account} {line.playbook}", day) + _plain(explain_report.as_lines(explained, 100))


def _digest(result: RunResult, line: TaskLine) -> str:
    """The beginning of what the CSM reads that morning."""
    path = result.folder / "owners" / line.owner / "digest.md"
    text = path.read_text(encoding="utf-8").splitlines()[:16]
    return f"\n$ head -16 out/{result.day.isoformat()}/owners/{line.owner}/digest.md\n" + "\n".join(text) + "\n"


def _where(root: Path, result: RunResult) -> str:
    return (
        f"\nEverything is in {root}. Look at:\n"
        f"  {result.folder / 'index.html'}      the day on one page, with every draft\n"
        f"  {result.folder / 'tasks.csv'}       all that is open; fill in `outcome`, put it in {root / 'answers'}, run again\n"
        f"  cs-playbook -C {root} --as-of {result.day.isoformat()} status | tasks | dry-run | explain ACCOUNT\n"
    )
