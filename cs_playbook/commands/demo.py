"""The whole tour on a made-up portfolio: a folder → what a CS-ops person would type and see over four mornings."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

from cs_playbook.commands.dry_run import dry_run
from cs_playbook.commands.explain import explain
from cs_playbook.commands.init import init
from cs_playbook.commands.people import Act, close_task
from cs_playbook.commands.publishing import OUT
from cs_playbook.commands.run import Clock, Permission, run
from cs_playbook.commands.snapshots import build_snapshot
from cs_playbook.commands.task_list import task_list
from cs_playbook.commands.traits import set_trait
from cs_playbook.commands.workspace import Workspace, examine, open_workspace
from cs_playbook.effects.snapshot_build import Stamp
from cs_playbook.errors import ChoiceError
from cs_playbook.report import explain as explain_report
from cs_playbook.report import plan as plan_report
from cs_playbook.report.findings import Looked, as_text, without_notes
from cs_playbook.report.pieces import plain
from cs_playbook.report.run import as_text as run_text
from cs_playbook.report.snapshots import built_text
from cs_playbook.report.traits import said_text
from cs_playbook.source.files import PROJECT_FILE, read_files
from cs_playbook.study.made_up import FIRST_MORNING, exports

# The silent champion of the made-up portfolio, and what her CSM finds out: account, playbook, step, answer, note.
Answered = tuple[str, str, str, str, str]
STORY: Answered = (
    *("Marmalade Freight", "usage-drop", "find_cause", "value_not_seen"),
    "they never saw the reports work with their own numbers",
)
# A new customer goes from sales to its CSM, a step a day.
WRITTEN: Answered = (
    "Nimbus & Nettle",
    "handover",
    "write",
    "done",
    "live by April, before their high season",
)
READ: Answered = ("Nimbus & Nettle", "handover", "read", "complete", "the date is tight, the rest is clear")
WENT_LIVE = ("Candlewick Hotels", "they checked in their first guests with it")
WENT_LIVE_SAYS = "marc@vendor.example"
COLUMNS = 100
SEEN_OF_A_PLAN = 27  # lines: enough to see how it is made
_MARK = ".made-by-demo"


def tour(root: Path, version: str, made_at: str) -> Iterator[str]:
    """Each piece of text is a command as one would type it, and its screen. A folder of an earlier tour is made anew."""
    _clear(root)
    made = init(root, version, made_at)
    (root / _MARK).write_text(_files_of(root), encoding="utf-8")
    yield _typed(f"init {root}") + f"{made.files} files of the starter library, and an empty ledger\n"
    workspace = open_workspace(root)
    yield from _validate(root)
    monday, tuesday, wednesday, thursday = (FIRST_MORNING + timedelta(days=n) for n in range(4))
    yield _told("Monday. The exports have arrived. What would happen today?")
    yield from _arrive(workspace, monday, version, made_at)
    yield _dry_run(workspace, monday)
    yield from _run(workspace, monday, version, made_at)
    yield _told("In the course of the day sales writes a handover, and a CSM says that a customer is live.")
    yield _answer(workspace, WRITTEN, monday, made_at)
    yield _goes_live(workspace, monday, made_at)
    yield _told(
        "Tuesday: the handover is read, hypercare begins. What fell by 40 % has to stay there for three days."
    )
    yield from _arrive(workspace, tuesday, version, made_at)
    yield from _run(workspace, tuesday, version, made_at)
    yield _answer(workspace, READ, tuesday, made_at)
    yield _told("Wednesday: why this account? And its CSM answers: they never saw the value.")
    yield from _arrive(workspace, wednesday, version, made_at)
    yield from _run(workspace, wednesday, version, made_at)
    yield _explain(workspace, STORY, wednesday)
    yield _answer(workspace, STORY, wednesday, made_at)
    yield _told("Thursday: the answer has opened the next step. A second run finds nothing to do.")
    yield from _arrive(workspace, thursday, version, made_at)
    yield from _run(workspace, thursday, version, made_at)
    yield from _run(workspace, thursday, version, made_at)
    yield _draft(workspace, STORY, thursday)
    yield _where(root, thursday)


def _clear(root: Path) -> None:
    """Makes room for the tour; what a person has changed since in an earlier one is never thrown away."""
    mark = root / _MARK
    if mark.is_file():
        if mark.read_text(encoding="utf-8") != _files_of(root):
            raise ChoiceError(
                f"files in {root} have changed since the demo made them",
                "it would throw them away: name another folder, cs-playbook demo DIR",
            )
        shutil.rmtree(root)
    elif root.exists() and (root / PROJECT_FILE).exists():
        raise ChoiceError(
            f"{root} is a workspace that the demo did not make", "name another folder: cs-playbook demo DIR"
        )


def _files_of(root: Path) -> str:
    """What the files of a workspace hold, so that a change is seen."""
    files = read_files(root)
    texts = sorted({**files.yaml, **files.letters}.items())
    return "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in texts)


def _told(sentence: str) -> str:
    return f"\n--- {sentence}\n"


def _typed(command: str, day: date | None = None) -> str:
    on = f" --as-of {day.isoformat()}" if day else ""
    return f"\n$ cs-playbook {command}{on}\n"


def _validate(root: Path) -> Iterator[str]:
    examined = examine(root)
    texts = {**examined.files.yaml, **examined.files.letters}
    # No time is shown: the tour is the same on every machine.
    yield _typed("validate") + as_text(without_notes(examined.findings), texts, Looked(len(texts), 0.0))


def _arrive(workspace: Workspace, day: date, version: str, made_at: str) -> Iterator[str]:
    """The exports of the day arrive, and become its snapshot."""
    folder = workspace.root / "exports"
    folder.mkdir(exist_ok=True)
    for name, lines in exports(day).items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    built = build_snapshot(workspace, None, Stamp(day, made_at, version))
    if built.manifest is None:
        raise ChoiceError(
            "the made-up exports could not be built", built.findings[0].message if built.findings else ""
        )
    yield _typed("snapshot build", day) + built_text(
        built.manifest, Path(workspace.catalog.project.snapshots)
    )


def _dry_run(workspace: Workspace, day: date) -> str:
    planned = dry_run(workspace, day, _at_six(workspace, day))
    lines = plain(plan_report.as_lines(planned, COLUMNS, True)).splitlines(keepends=True)
    head = "".join(lines[:SEEN_OF_A_PLAN])
    return _typed(f"dry-run --names --as-of {day.isoformat()} | head -{SEEN_OF_A_PLAN}") + head


def _at_six(workspace: Workspace, day: date) -> datetime:
    return datetime(
        day.year, day.month, day.day, 6, tzinfo=ZoneInfo(workspace.catalog.project.calendar.timezone)
    )


def _run(workspace: Workspace, day: date, version: str, made_at: str) -> Iterator[str]:
    result = run(workspace, Clock(_at_six(workspace, day), made_at, day), Permission(), version)
    folder = Path(OUT) / result.folder.name
    yield _typed("run", day) + run_text(
        result.day, result.counts, folder, result.nothing, result.finished, len(result.returned.answers)
    )


def _answer(workspace: Workspace, answered: Answered, day: date, made_at: str) -> str:
    name, playbook, step, outcome, note = answered
    tasks = task_list(workspace, day, None)
    line = next(
        line
        for line in tasks.lines
        if (line.account_name, line.playbook, line.step) == (name, playbook, step)
    )
    close_task(workspace, line.key, outcome, note, Act(line.owner, day, made_at))
    return (
        _typed(f'done {tasks.short[line.key]} --outcome {outcome} --note "{note}"', day)
        + f"{line.title} ({line.owner_name}) is closed: {outcome}\n"
    )


def _goes_live(workspace: Workspace, day: date, made_at: str) -> str:
    name, because = WENT_LIVE
    said = set_trait(workspace, name, "live", "yes", because, Act(WENT_LIVE_SAYS, day, made_at))
    told = said_text(said.event, said.trait, said.before, said.later, said.already)
    return _typed(f'set "{name}" live yes --because "{because}"', day) + told


def _explain(workspace: Workspace, answered: Answered, day: date) -> str:
    name, playbook, *_ = answered
    explained = explain(workspace, name, playbook, day)
    return _typed(f'explain "{name}" {playbook}', day) + plain(explain_report.as_lines(explained, COLUMNS))


def _draft(workspace: Workspace, answered: Answered, day: date) -> str:
    """What the CSM finds that morning: the draft that her answer asked for."""
    lines = task_list(workspace, day, None).lines
    line = next((line for line in lines if line.account_name == answered[0] and line.kind == "email"), None)
    path = workspace.root / OUT / day.isoformat() / "drafts" / f"{line.key}.eml" if line else None
    if path is None or not path.is_file():
        return ""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content() if body else ""
    head = "".join(f"{name}: {mail[name]}\n" for name in ("From", "To", "Subject"))
    return f"\n$ cat {path.relative_to(workspace.root)}      (its text part; it opens in a mail program)\n{head}\n{text.strip()}\n"


def _where(root: Path, day: date) -> str:
    folder = root / OUT / day.isoformat()
    return (
        f"\nEverything is in {root}. Look at:\n"
        f"  {folder / 'index.html'}      the day on one page, with every draft\n"
        f"  {folder / 'tasks.csv'}       all that is open; fill in `outcome`, put it into {root / 'answers'}, run again\n"
        f"  cs-playbook -C {root} --as-of {day.isoformat()} status | tasks | dry-run | explain ACCOUNT\n"
    )
