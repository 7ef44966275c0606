"""A workspace → copies in which one rule is changed: a threshold, a wait, a role, an outcome, a way out. Its stories must notice each.

`python -m tests.real_playbooks.spoiling [NAME…]` tries every change and lists those that nobody noticed. Where the
stories fail before anything is changed they would notice everything: it says so, and tries nothing.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from cs_playbook.check.stories import check_stories
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.story_day import play, setting_of
from cs_playbook.commands.story_expect import compare
from cs_playbook.commands.unsound import UnsoundFiles
from cs_playbook.commands.workspace import Workspace, calendar_of, open_workspace

HERE = Path(__file__).resolve().parent

CONDITIONS = ("when", "until", "audience", "where", "all", "any", "none", "exit", "done_when", "must")
TIMES = (
    "for",
    "wait",
    "due",
    "not_before",
    "every",
    "within",
    "when_late_by",
    "last",
    "before",
    "expires_after",
)
COUNTS = ("days_after_end", "at_most", "new_per_day", "open_per_person")
PEOPLE = ("owner", "to", "from", "cc", "tell", "notify", "about")
# What is only shown, or told to nobody in a story.
SHOWN = (
    "title",
    "why",
    "says",
    "because",
    "objective",
    "root_causes",
    "false_alarms",
    "meta",
    "minutes",
    "checklist",
    "priority",
)

# A number of a condition: not part of a name, of a date or of a text in quotes.
_NUMBER = re.compile(r"(?<![\w.'-])-?\d+(?:\.\d+)?(?![\w.'-]|\s*(?:day|week|month|business)s?\b)")
_SPAN = re.compile(r"\b(\d+)(?= (?:business )?(?:day|week|month)s?\b)")

Way = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One rule changed. `file`: which; `sentence`: what was done to it; `data`: the file's content afterwards."""

    file: str
    sentence: str
    data: Any


def changes(folder: Path) -> Iterator[Change]:
    """Every change of every rule of a workspace, one at a time; what belongs to the stories is left alone."""
    roles = _roles(folder)
    for file in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        data = YAML(typ="safe").load(file)
        kind = next(iter(data))
        if kind in ("playbook", "signals", "segments", "scorecard"):
            for way, sentence, value in _spoiled(data, (), roles, _outcomes(data)):
                yield Change(str(file.relative_to(folder)), sentence, _with(data, way, value))


def unnoticed(folder: Path, some: Sequence[Change] | None = None) -> list[Change]:
    """The changes after which `validate` finds nothing and every story still passes."""
    tried = changes(folder) if some is None else some
    return [change for change in tried if not _noticed(folder, change)]


def fails_unspoiled(folder: Path) -> str:
    """Why nothing can be learnt from spoiling it: the files are not sound, or these stories fail; else nothing."""
    try:
        workspace = open_workspace(folder)
    except UnsoundFiles:
        return "its files are not sound (validate shows why)"
    result = run_stories(workspace)
    if any(finding.is_error for finding in result.findings):
        return "its stories are not sound (test shows why)"
    played = [case for playbook in result.playbooks for case in playbook.cases]
    failing = [case.name for case in played if case.failures and not case.todo]
    return f"these stories fail already: {'; '.join(failing)}" if failing else ""


def _noticed(folder: Path, change: Change) -> bool:
    with tempfile.TemporaryDirectory() as there:
        copy = Path(there, "w")
        shutil.copytree(folder, copy)
        with (copy / change.file).open("w", encoding="utf-8") as file:
            _writer().dump(change.data, file)
        try:
            workspace = open_workspace(copy)
        except UnsoundFiles:
            return True
        return _fails(workspace)


def _fails(workspace: Workspace) -> bool:
    """One story at a time: the first that fails is enough."""
    catalog = workspace.catalog
    if any(finding.is_error for finding in check_stories(workspace.files.yaml, catalog)):
        return True
    calendar = calendar_of(catalog.project.calendar)
    for stories in catalog.stories:
        with closing(setting_of(stories, catalog, workspace.around, calendar)) as setting:
            if any(play(case, setting, compare)[0] for case in stories.cases if not case.todo):
                return True
    return False


def _writer() -> YAML:
    """Keeps the order of keys: the first one names the kind of a file."""
    writer = YAML(typ="rt")
    writer.width = 10_000
    return writer


# --- what can be changed ---

Spoiled = Iterator[tuple[Way, str, Any]]
GONE = object()


def _spoiled(
    node: Any, way: Way, roles: Mapping[str, str], outcomes: Mapping[str, tuple[str, ...]]
) -> Spoiled:
    key = next((part for part in reversed(way) if isinstance(part, str)), "")
    if any(part in SHOWN for part in way):
        return
    if isinstance(node, dict):
        yield from _of_map(node, way, outcomes)
        for name, value in node.items():
            yield from _spoiled(value, (*way, name), roles, outcomes)
    elif isinstance(node, list):
        yield from _shorter(node, way, key)
        for place, value in enumerate(node):
            yield from _spoiled(value, (*way, place), roles, outcomes)
    else:
        yield from _of_value(node, way, key, roles)


def _of_value(value: Any, way: Way, key: str, roles: Mapping[str, str]) -> Spoiled:
    # Who answers for the playbook is shown, and no story can tell: only the owners of steps count.
    in_people = way != ("owner",) and any(part in PEOPLE for part in way)
    if isinstance(value, str) and in_people and value in roles and key != "when":
        other = next((role for role, sort in roles.items() if role != value and sort == roles[value]), None)
        if other is not None:
            yield way, f"{_path(way)}: {value} → {other}", other
    elif key in COUNTS and isinstance(value, int):
        yield way, f"{_path(way)}: {value} → {value + 1}", value + 1
    elif isinstance(value, str) and _asks(way):
        yield from _numbers(value, way)
        yield from _spans(value, way)
    elif isinstance(value, str) and any(part in TIMES for part in way):
        yield from _spans(value, way)
        if found := re.fullmatch(r"day (\d+)", value):
            yield way, f"{_path(way)}: {value} → a day later", f"day {int(found[1]) + 1}"


def _asks(way: Way) -> bool:
    return any(part in CONDITIONS for part in way) and way[-1] not in ("is", "outcome", "for", "then")


def _numbers(text: str, way: Way) -> Spoiled:
    for found in _NUMBER.finditer(text):
        for factor in (1.2, 0.8):
            changed = _scaled(found[0], factor)
            new = text[: found.start()] + changed + text[found.end() :]
            yield way, f"{_path(way)}: {text} → {new}", new


def _scaled(written: str, factor: float) -> str:
    if "." in written:
        return f"{float(written) * factor:.4g}"
    number = int(written)
    near = round(number * factor)
    if near == number:
        near = number + (1 if factor > 1 else -1)
    return str(near)


def _spans(text: str, way: Way) -> Spoiled:
    for found in _SPAN.finditer(text):
        for count in {int(found[1]) + 1, max(int(found[1]) - 1, 1)} - {int(found[1])}:
            new = text[: found.start()] + str(count) + text[found.end() :]
            yield way, f"{_path(way)}: {text} → {new}", new


def _shorter(items: list[Any], way: Way, key: str) -> Spoiled:
    """Without one of its conditions, ways out or answers that end it."""
    if key in (*CONDITIONS, "ends", "exit") and len(items) > 1:
        for place, item in enumerate(items):
            if not (isinstance(item, dict) and "is" in item):
                yield way, f"{_path(way)}: without {item}", [*items[:place], *items[place + 1 :]]


def _of_map(node: dict[str, Any], way: Way, outcomes: Mapping[str, tuple[str, ...]]) -> Spoiled:
    for name in (
        "exit",
        "goal",
        "reentry",
        "done_when",
        "ends",
        "escalate",
        "not_before",
        "holdout",
        "until",
    ):
        if name in node and not (name == "until" and "wait" not in node):
            yield (
                way,
                f"{_path((*way, name))}: gone",
                {key: value for key, value in node.items() if key != name},
            )
    if "when" in node and "id" in node:
        yield (
            way,
            f"{_path(way)}: without its `when`",
            {key: value for key, value in node.items() if key != "when"},
        )
    if way and way[-1] == "after":
        for step, asked in node.items():
            others = [
                one
                for one in outcomes.get(step, ())
                if one != asked and one not in (asked if isinstance(asked, list) else ())
            ]
            if others:
                yield way, f"{_path(way)}: {step}: {asked} → {others[0]}", {**node, step: others[0]}


def _outcomes(data: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    usual = {
        "email": ("sent", "discarded", "undeliverable"),
        "wait": ("met", "timed_out"),
        "approve": ("approved", "refused"),
    }
    found: dict[str, tuple[str, ...]] = {}
    for step in data.get("steps", ()):
        verb = next((verb for verb in usual if verb in step), None)
        cases = [case.get("is") for case in step.get("decide", ()) if isinstance(case, dict)]
        found[step.get("id", "")] = usual[verb] if verb else tuple(step.get("outcomes", cases))
    return found


def _roles(folder: Path) -> dict[str, str]:
    """Role → whether it names contacts or colleagues: one is changed into another of its sort."""
    for file in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        data = YAML(typ="safe").load(file)
        if next(iter(data)) == "team":
            return {
                name: "contacts" if "contacts" in role else "ours" for name, role in data["roles"].items()
            }
    return {}


def _with(data: Any, way: Way, value: Any) -> Any:
    if not way:
        return value
    changed = deepcopy(data)
    place = changed
    for part in way[:-1]:
        place = place[part]
    place[way[-1]] = value
    return changed


def _path(way: Way) -> str:
    return ".".join(str(part) for part in way)


def main(names: Sequence[str], among: Path = HERE) -> int:
    folders = [folder for folder in sorted(among.iterdir()) if (folder / "project.yaml").exists()]
    chosen = [
        folder for folder in folders if not names or any(folder.name.startswith(name) for name in names)
    ]
    left = 0
    for folder in chosen:
        why = fails_unspoiled(folder)
        if why:
            left += 1
            sys.stdout.write(f"{folder.name}: nothing was tried, {why}\n")
            continue
        every = list(changes(folder))
        missed = unnoticed(folder, every)
        left += len(missed)
        sys.stdout.write(f"{folder.name}: {len(every) - len(missed)} of {len(every)} changes are noticed\n")
        for change in missed:
            sys.stdout.write(f"  {change.file}: {change.sentence}\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
