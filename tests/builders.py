"""Small worlds for tests: real files, real exports, real snapshots, a real ledger; only the clock is given.

`World` is a folder with a workspace in it: `small()`, `library()` and `ravenstack()` copy those of the repository.
`build`, `run` and `done` are the commands of the same name, at six in the morning of a day.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cs_playbook.commands.dry_run import decisions
from cs_playbook.commands.people import Act, Closed, ask_start, close_task, stop_playbook
from cs_playbook.commands.run import Clock, Permission, RunResult, run
from cs_playbook.commands.snapshots import build_snapshot
from cs_playbook.commands.workspace import Workspace, open_workspace
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.snapshot_build import Built, Stamp
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import Event, Started
from cs_playbook.plan.decision import Change
from cs_playbook.source.files import hash_of, read_files
from cs_playbook.values import replace

REPOSITORY = Path(__file__).parents[1]
RAVENSTACK_EXPORTS = (REPOSITORY / ".." / "shared" / "data" / "ravenstack_dmy").resolve()
MONDAY = date(2026, 3, 2)
VERSION = "0.0"
ID = "7d0c0000"
NO_PERMISSION = Permission()

MOST_MEANT = 12  # workspaces whose meaning is kept
_MEANT: dict[str, Workspace] = {}

Row = Mapping[str, object]
Tables = Mapping[str, Sequence[Row]]


def on(days: int) -> date:
    """So many days after the Monday with which stories begin."""
    return MONDAY + timedelta(days)


@dataclass(frozen=True)
class World:
    """A workspace in a folder, and what one does with it."""

    root: Path

    # --- the files ---

    @property
    def workspace(self) -> Workspace:
        """The files are read each time, because a test may have edited one; what the same texts mean is worked out once."""
        files = read_files(self.root)
        if files.links or files.findings:  # where they stand matters too
            return open_workspace(self.root)
        texts = hash_of({**files.yaml, **files.letters})
        if texts not in _MEANT:
            _MEANT[texts] = open_workspace(self.root)
            if len(_MEANT) > MOST_MEANT:
                del _MEANT[next(iter(_MEANT))]
        return replace(_MEANT[texts], root=files.root, files=files)

    @property
    def ledger(self) -> Path:
        return self.root / "data" / "ledger.db"

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def edit(self, path: str, before: str, after: str) -> None:
        """Replaces a text that must be there."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert before in text, f"{path} has no {before!r}"
        self.write(path, text.replace(before, after))

    def copy(self, to: Path) -> World:
        """Everything, the ledger and what is published too."""
        shutil.copytree(self.root, to)
        return World(to)

    # --- a day ---

    def export(self, tables: Tables) -> None:
        """The rows as `exports/<table>.csv`. A table that is not given stays as it is."""
        for name, rows in tables.items():
            write_csv(self.root / "exports" / f"{name}.csv", rows, COLUMNS[name])

    def build(self, day: date, exports: Path | None = None) -> Built:
        """The snapshot of that day; findings are given back, not raised."""
        return build_snapshot(self.workspace, exports, Stamp(day, f"{day}T05:00:00Z", VERSION))

    def run(
        self, day: date, permission: Permission = NO_PERMISSION, now: datetime | None = None
    ) -> RunResult:
        """At six in the morning of that day, in the zone of the project."""
        return self.ready(day, permission, now)()

    def ready(
        self, day: date, permission: Permission = NO_PERMISSION, now: datetime | None = None
    ) -> Callable[[], RunResult]:
        """The same, with the files read already."""
        workspace = self.workspace
        clock = Clock(now or six(workspace, day), f"{day}T05:00:00Z", day)
        return lambda: run(workspace, clock, permission, VERSION)

    def morning(self, day: date, tables: Tables | None = None) -> RunResult:
        """The exports of the day arrive, become its snapshot, and are run."""
        self.export(tables or {})
        built = self.build(day)
        assert built.manifest is not None, [
            f"{f.span.file}:{f.span.line} {f.message}" for f in built.findings
        ]
        return self.run(day)

    # --- people ---

    def done(
        self, task: OpenTask | str, outcome: str | None, day: date, by: str = "", note: str = ""
    ) -> Closed:
        key = task if isinstance(task, str) else task.key
        return close_task(self.workspace, key, outcome, note, Act(by, day, f"{day}T09:00:00Z"))

    def ask(self, playbook: str, account: str, day: date, row: str | None = None) -> None:
        ask_start(
            self.workspace,
            playbook,
            account,
            row,
            "because",
            Act("lea@vendor.example", day, f"{day}T09:00:00Z"),
        )

    def stop(self, playbook: str, account: str, day: date) -> None:
        stop_playbook(
            self.workspace, playbook, account, "because", Act("lea@vendor.example", day, f"{day}T09:00:00Z")
        )

    def answer_list(self, rows: Sequence[Row], name: str = "lea.csv") -> Path:
        """A returned list in `answers/`."""
        return write_csv(self.root / "answers" / name, rows, tuple(rows[0]))

    # --- what there is ---

    def events(self) -> list[Event]:
        """All that the ledger holds, in order."""
        with Ledger.open(self.ledger, None, writing=False) as ledger:
            return [recorded.event for recorded in ledger.events()]

    def starts(self) -> list[tuple[str, str, int]]:
        """(account, playbook, days after the Monday) of every start, in order."""
        events = [event for event in self.events() if isinstance(event, Started)]
        return [(event.account, event.playbook, (event.on - MONDAY).days) for event in events]

    def planned(self, day: date) -> list[Event]:
        """What a dry run says will happen."""
        plans = decisions(self.workspace, day)
        return [
            decision.event for plan in plans for decision in plan.decisions if isinstance(decision, Change)
        ]

    def enrollments(self, account: str) -> list[Enrollment]:
        with Ledger.open(self.ledger, None, writing=False) as ledger:
            return ledger.enrollments_of(account)

    def enrollment(self, account: str, playbook: str = "") -> Enrollment:
        """The newest of that account."""
        return [item for item in self.enrollments(account) if playbook in ("", item.playbook)][-1]

    def task(self, account: str, step: str) -> OpenTask:
        """The open task of that step."""
        found = [task for item in self.enrollments(account) for task in item.open_tasks if task.step == step]
        assert len(found) == 1, f"{len(found)} open tasks of {step} at {account}"
        return found[0]

    def wrong(self) -> list[str]:
        """What the ledger finds wrong with itself."""
        with Ledger.open(self.ledger, None, writing=False) as ledger:
            return ledger.verify()

    def published(self) -> dict[str, bytes]:
        """Every file below out/, by its path."""
        return files_in(self.root / "out")

    def lines(self, day: date) -> list[dict[str, str]]:
        """tasks.csv of that day."""
        return read_csv(self.root / "out" / day.isoformat() / "tasks.csv")


def six(workspace: Workspace, day: date) -> datetime:
    return datetime.combine(day, time(6), ZoneInfo(workspace.catalog.project.calendar.timezone))


def files_in(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def write_csv(
    path: Path, rows: Sequence[Row], columns: Sequence[str], separator: str = ",", encoding: str = "utf-8"
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=separator, lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows
        )
    return path


def read_csv(path: Path, separator: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


# --- worlds ---


SMALL = REPOSITORY / "tests" / "small"
FILES = {path.relative_to(SMALL).as_posix(): path.read_text("utf-8") for path in sorted(SMALL.rglob("*.*"))}


def small(root: Path, **changes: str) -> World:
    """The workspace of tests/small: four playbooks on a handful of facts. `changes`: a file's name without .yaml → its text."""
    world = World(root)
    for path, text in {**FILES, **{f"{name}.yaml": text for name, text in changes.items()}}.items():
        world.write(path, text)
    return with_ledger(world)


def library(root: Path) -> World:
    """The starter library of the repository."""
    shutil.copytree(REPOSITORY / "playbooks", root, ignore=shutil.ignore_patterns("data", "out", "exports"))
    return with_ledger(World(root))


def ravenstack(root: Path) -> World:
    """The workspace of tests/ravenstack; its exports stay where they are."""
    shutil.copytree(REPOSITORY / "tests" / "ravenstack", root)
    return with_ledger(World(root))


def with_ledger(world: World) -> World:
    workspace = world.workspace
    Ledger.create(
        workspace.ledger, workspace.catalog.project.ledger_id or ID, VERSION, "2026-01-01T00:00:00Z"
    )
    return world


def account(key: str, **changes: object) -> dict[str, object]:
    """A customer in good health."""
    row: dict[str, object] = {
        "id": key, "name": key.title(), "arr": 48000, "status": "active", "seats": 100, "sector": "health",
        "renewal_date": "2026-12-31", "strategic": "no", "language": "en", "csm_email": "lea@vendor.example",
    }  # fmt: skip
    return {**row, **changes}


def contact(key: str, account_id: str, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": key, "account_id": account_id, "email": f"{key}@{account_id}.example", "first_name": key.title(),
        "roles": "champion", "has_left": "no", "language": "en",
    }  # fmt: skip
    return {**row, **changes}


def promise(key: str, account_id: str, due_on: date, kept_on: date | None = None) -> dict[str, object]:
    return {"id": key, "account_id": account_id, "due_on": due_on, "kept_on": kept_on}


def used(account_id: str, day: date, events: int) -> dict[str, object]:
    return {"account_id": account_id, "day": day, "events": events}


def tables(
    accounts: Iterable[Row],
    contacts: Iterable[Row] = (),
    promises: Iterable[Row] = (),
    usage: Iterable[Row] = (),
) -> dict[str, list[Row]]:
    """All four tables; one without rows is a file with a header."""
    return {"accounts": [*accounts], "contacts": [*contacts], "promises": [*promises], "usage": [*usage]}


COLUMNS = {
    "accounts": tuple(account("")),
    "contacts": tuple(contact("", "")),
    "promises": tuple(promise("", "", MONDAY)),
    "usage": tuple(used("", MONDAY, 0)),
}


ZETA = account("zeta", seats=50, arr=10000)


def given(*accounts: Row, day: int = 0, silent: str = "", **rows: list[Row]) -> Tables:
    """These and Zeta; all but one use it. `day` makes the export another one than that of the day before."""
    busy = [str(row["id"]) for row in (*accounts, ZETA) if row["id"] != silent]
    usage = [used(key, on(n), 1) for key in busy for n in range(-7, 15)]
    return {**tables([*accounts, ZETA], usage=[*usage, used("zeta", on(0), day)]), **rows}
