"""Makes the pictures of the README, from the made-up portfolio: python tests/pictures.py FOLDER"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from rich.theme import Theme

from cs_playbook.cli.app import run_app
from cs_playbook.cli.settings import Line, picture
from cs_playbook.commands.dry_run import dry_run
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.report.plan import as_lines
from cs_playbook.study.made_up import FIRST_MORNING, exports

MORNINGS = [FIRST_MORNING + timedelta(days=n) for n in range(4)]
ACCOUNT, PLAYBOOK, QUESTION = "Marmalade Freight", "usage-drop", "find_cause"
CSM = "lea@vendor.example"
COLUMNS = 100
SEEN_OF_A_DIGEST = 31  # lines, at most
# A branch on which somebody asks earlier, and waits longer for an answer: what, where, and the stories with it.
EDITS = (
    ("between 60 and 120", "between 60 and 135", "playbooks/renewal.yaml"),
    ("in 60 to 120 days", "in 60 to 135 days", "playbooks/renewal.yaml"),
    ("due: 5 business days", "due: 3 business days", "playbooks/renewal.yaml"),
    ("between 60 and 120", "between 60 and 135", "tests/renewal*.yaml"),
    ("wait: 5 business days", "wait: 10 business days", "playbooks/usage-drop.yaml"),
)
INK, GREY, BLUE = (32, 33, 36), (95, 99, 104), (26, 80, 170)
SHEET = TerminalTheme((252, 252, 250), INK, [INK, INK, INK, INK, BLUE, INK, INK, GREY])
PLAIN = {f"markdown.{part}": "bold" for part in ("h1", "h2", "code", "item.number")}


def main(folder: Path) -> None:
    """The plan of the third morning, on which usage drops start, and why one did; a list and a draft of the fourth; an edit."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "acme"
        _type(["-q", "init", str(root)])
        for day in MORNINGS[:2]:
            _arrive(root, day)
            _type([*_here(root, day), "run"])
        third, fourth = MORNINGS[2:]
        _arrive(root, third)
        (folder / "dry-run.svg").write_text(_plan(root, third), encoding="utf-8")
        _type([*_here(root, third), "run"])
        _type([*_here(root, third), "-o", f"svg={folder / 'explain.svg'}", "explain", ACCOUNT, PLAYBOOK])
        for row in _rows(root, third, QUESTION):
            _type([*_here(root, third), "done", row["key"], "--outcome", "value_not_seen"])
        _arrive(root, fourth)
        _type([*_here(root, fourth), "run"])
        digest = root / "out" / fourth.isoformat() / "owners" / CSM / "digest.md"
        _draw(folder / "digest.svg", f"{CSM}/digest.md", _digest(digest))
        _draw(folder / "mail.svg", "a draft", _mail(_draft(root, fourth)))
        _edit(root)
        _type([*_here(root, fourth), "-o", f"svg={folder / 'diff.svg'}", "diff"])


def _here(root: Path, day: date) -> list[str]:
    return ["-C", str(root), "--as-of", day.isoformat(), "--names", "-q"]


def _type(words: list[str]) -> None:
    code = run_app(words)
    assert code == 0, (words, code)


def _arrive(root: Path, day: date) -> None:
    (root / "exports").mkdir(exist_ok=True)
    for name, lines in exports(day).items():
        with (root / "exports" / name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    _type([*_here(root, day), "snapshot", "build"])


# --- screens ---


def _plan(root: Path, day: date) -> str:
    """Its head, the playbook of the story, its end: all of it would be longer than anybody reads in a README."""
    workspace = open_workspace(root)
    zone = ZoneInfo(workspace.catalog.project.calendar.timezone)
    planned = dry_run(workspace, day, datetime(day.year, day.month, day.day, 6, tzinfo=zone))
    blocks = list(_blocks([list(line) for line in as_lines(planned, COLUMNS, True)]))
    names = [_plain(block[0]).split()[0] for block in blocks]
    places = [n for n, name in enumerate(names) if name in workspace.catalog.playbooks]
    left_out: list[Line] = [[("soft", "  …")], []]
    story = blocks[names.index(PLAYBOOK)]
    seen = [*blocks[: places[0]], left_out, story, left_out, *blocks[places[-1] + 1 :]]
    return picture([line for block in seen for line in block], "cs-playbook dry-run", COLUMNS)


def _blocks(lines: list[Line]) -> Iterator[list[Line]]:
    """What stands together, each with the empty line below it."""
    block: list[Line] = []
    for line in lines:
        block.append(line)
        if not _plain(line).strip() and len(block) > 1:
            yield block
            block = []
    yield block


def _plain(line: Line) -> str:
    return "".join(text for _, text in line)


def _edit(root: Path) -> None:
    """A commit on a branch. Its time is said, so that only what changes changes a picture."""
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "So far")
    _git(root, "switch", "-q", "-c", "ask-earlier")
    for before, after, files in EDITS:
        found = [path for path in sorted(root.glob(files)) if before in path.read_text(encoding="utf-8")]
        assert found, (before, files)
        for path in found:
            text = path.read_text(encoding="utf-8")
            times = 1 if files.startswith("playbooks/") else -1
            path.write_text(text.replace(before, after, times), encoding="utf-8")
    _git(root, "commit", "-q", "-a", "-m", "Ask earlier")


def _git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=ops", "-c", f"user.email=ops@{CSM.partition('@')[2]}"]
    when = {f"GIT_{role}_DATE": f"{MORNINGS[-1]}T08:00:00Z" for role in ("AUTHOR", "COMMITTER")}
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, env={**os.environ, **when})


# --- sheets of paper ---


def _rows(root: Path, day: date, step: str) -> Iterator[dict[str, str]]:
    """The open lines of a step of the story's playbook, in every account."""
    with (root / "out" / day.isoformat() / "tasks.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from (row for row in csv.DictReader(file) if (row["playbook"], row["step"]) == (PLAYBOOK, step))


def _draft(root: Path, day: date) -> EmailMessage:
    """The first that is in English."""
    for row in _rows(root, day, "write"):
        path = root / "out" / day.isoformat() / "drafts" / f"{row['key']}.eml"
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if isinstance(mail, EmailMessage) and _text(mail).startswith("Hello"):
            return mail
    raise AssertionError("no draft in English")


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "\n".join(body.get_content().splitlines()) if body else ""


def _mail(mail: EmailMessage) -> RenderableType:
    head = Text()
    for name in ("From", "To", "Subject"):
        head.append(f"{name}:".ljust(9), style="white").append(f"{mail[name]}\n", style="bold")
    return Text.assemble(
        head, "\n", "\n\n".join(textwrap.fill(part, 76) for part in _text(mail).strip().split("\n\n"))
    )


def _digest(path: Path) -> RenderableType:
    """Whole tasks, as many as find room."""
    lines = path.read_text(encoding="utf-8").splitlines()[:SEEN_OF_A_DIGEST]
    ends = max(n for n, line in enumerate(lines) if "done with:" in line) + 1
    # A viewer draws boxes to tick; a terminal has letters.
    return Markdown("\n".join(line.replace("- [ ] ", "- ☐ ") for line in lines[:ends]))


def _draw(file: Path, title: str, what: RenderableType) -> None:
    console = Console(
        record=True, width=84, file=StringIO(), force_terminal=True, color_system="truecolor",
        theme=Theme(PLAIN),
    )  # fmt: skip
    console.print(Padding(what, (0, 2, 1, 2)), highlight=False)
    drawn = console.export_svg(title=title, theme=SHEET, unique_id=file.stem)
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("rgba(255,255,255,0.35)", "rgb(200,200,200)")  # an edge that is seen on white
    file.write_text(drawn.replace("Fira Code", "ui-monospace, Menlo, Consolas"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
