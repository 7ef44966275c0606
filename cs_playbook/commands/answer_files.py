"""What lies in `answers/` → the lists that can be read, and findings about what cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cs_playbook.commands.workspace import Workspace
from cs_playbook.errors import UserError
from cs_playbook.source.files import printable
from cs_playbook.source.finding import Finding, Span, warning

FOLDER = "answers"
WORKBOOKS = (".xlsx", ".xls", ".ods", ".numbers")
_LISTS = (".csv", *WORKBOOKS)


def list_files(workspace: Workspace) -> list[Path]:
    """What lies in `answers/` and may be a list, in order of names; what programs hide there is none.

    Raises UserError where the folder cannot be read: what people answered would count as not answered.
    """
    return [path for path in _named_as_lists(workspace) if path.is_file()]


def no_lists(workspace: Workspace) -> Iterator[Finding]:
    """What has the name of a list and cannot be read: a pipe would be waited for, without end."""
    for path in _named_as_lists(workspace):
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "a broken link" if path.is_symlink() else "no file"
            yield warning(
                Span(shown(path, workspace)),
                "CSP760",
                f"this is {kind}: none of its answers is taken",
                "put the list itself there, as CSV",
            )


def _named_as_lists(workspace: Workspace) -> list[Path]:
    folder = workspace.root / FOLDER
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        if folder.is_symlink():
            raise UserError(f"{folder} is a link that leads nowhere", "mount what it leads to") from None
        return []
    except OSError as error:
        raise UserError(f"{folder} cannot be read: {error.strerror}", "look at its permissions") from error
    return [path for path in found if path.suffix.lower() in _LISTS and not path.name.startswith((".", "~$"))]


def shown(path: Path, workspace: Workspace) -> str:
    inside = path.is_relative_to(workspace.root)
    return printable(path.relative_to(workspace.root).as_posix() if inside else str(path))
