"""What is open, as a list: read, never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from cs_playbook.commands.day_lines import open_lines
from cs_playbook.commands.meant import refuse_unknown_owner
from cs_playbook.commands.outputs import short_keys
from cs_playbook.commands.planning import Sources, prepare
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger, open_snapshot
from cs_playbook.model.line import TaskLine


class TaskList(Struct, frozen=True):
    """Open lines, soonest first; `short`: keys as short as they can be."""

    day: date
    lines: Sequence[TaskLine]
    short: Mapping[str, str]


def task_list(workspace: Workspace, day: date | None, owner: str | None) -> TaskList:
    """`owner`: part of the address or the name. Raises ChoiceError where it is nobody's."""
    with open_ledger(workspace, writing=False) as ledger, open_snapshot(workspace, day) as snapshot:
        calendar = calendar_of(workspace.catalog.project.calendar)
        morning = prepare(Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar))
        everything = [line for line, _, _ in open_lines(morning)]
        if owner is not None:
            owners = {(line.owner, line.owner_name) for line in everything}
            refuse_unknown_owner(owner, owners, workspace.catalog.team)
    short = dict(short_keys(sorted(line.key for line in everything)))
    mine = [
        line
        for line in everything
        if owner is None or owner.casefold() in f"{line.owner} {line.owner_name}".casefold()
    ]
    return TaskList(
        snapshot.day, sorted(mine, key=lambda line: (line.due, line.priority, line.owner, line.key)), short
    )
