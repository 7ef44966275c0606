"""A playbook of the library and a workspace → its files written there, all or none; or what is missing, and what clashes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.library import playbook_of_library
from cs_playbook.commands.outside import refuse_link
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import Workspace, examine_files
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.story import Case
from cs_playbook.source.files import WorkspaceFiles, find_root, read_files
from cs_playbook.source.finding import Finding, Span
from cs_playbook.study.copying import Copied, Side, copy, has_kind, team_for, with_files
from cs_playbook.study.pieces_of_text import without_cases
from cs_playbook.values import replace

TEAM = "team.yaml"


class Brought(Struct, frozen=True):
    """`written`: paths of new files; nothing where something is missing, asked or wrong (`findings`).

    `stories_out`: (file, story) left out because it cannot hold in this workspace; `stories`: those that pass.
    """

    copied: Copied
    written: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: WorkspaceFiles | None = None
    stories_out: tuple[tuple[str, str], ...] = ()
    stories: int = 0


def bring(start: Path, name: str, source: str, mine: Collection[str], library: Workspace) -> Brought:
    """`source`: library/usage-drop. Raises ChoiceError where the name is taken or the library has no such playbook."""
    wanted = playbook_of_library(source, library)
    files = read_files(find_root(start))
    theirs = Side(library.files, library.catalog)
    first = {} if has_kind(files, "team") else {TEAM: team_for(wanted, theirs)}
    with_team = replace(files, yaml=dict(sorted({**files.yaml, **first}.items())))
    catalog = examine_files(with_team).catalog
    if catalog is None:
        raise ChoiceError(
            "this workspace cannot be read yet", "cs-playbook validate says why: project and data must stand"
        )
    if name in catalog.playbooks:
        raise ChoiceError(
            f"there is a playbook '{name}' already",
            f"give the copy another name: cs-playbook new playbook {name}-2 --from {source}",
        )
    copied = copy(wanted, name, theirs, Side(with_team, catalog), mine)
    if copied.missing or copied.questions:
        return Brought(copied)
    return _written(replace(copied, yaml={**first, **copied.yaml}), files)


def _written(copied: Copied, files: WorkspaceFiles) -> Brought:
    """Looked at as a whole before a single file is put there."""
    together = with_files(files, copied)
    examined = examine_files(together)
    new = {*copied.yaml, *copied.letters}
    before = {(one.code, one.message) for one in examine_files(files).findings}
    wrong = tuple(
        one
        for one in examined.findings
        if one.is_error and (one.span.file in new or (one.code, one.message) not in before)
    )
    if wrong or examined.catalog is None or examined.around is None:
        return Brought(copied, findings=wrong, files=together)
    workspace = Workspace(files.root, together, examined.catalog, examined.around, examined.findings)
    copied, out, stories = _with_stories_that_hold(copied, workspace)
    written = [*sorted(copied.yaml.items()), *sorted(copied.letters.items())]
    for path, _ in written:
        refuse_link(files.root, files.root / path)
    for path, text in written:
        write_new(files.root, path, text)
    return Brought(copied, tuple(path for path, _ in written), (), together, out, stories)


def _with_stories_that_hold(
    copied: Copied, workspace: Workspace
) -> tuple[Copied, tuple[tuple[str, str], ...], int]:
    """A story may tell of a colleague, a holiday or a playbook that is not here: it is left out, and told."""
    mine = [path for path in copied.yaml if any(path == one.span.file for one in workspace.catalog.stories)]
    if not mine:
        return copied, (), 0
    result = run_stories(workspace, mine)
    # A mistake outside of every case spoils the whole file.
    wrong = [(finding.span.file, finding.span.line) for finding in result.findings if finding.is_error]
    cases = [
        case for stories in workspace.catalog.stories if stories.span.file in mine for case in stories.cases
    ]
    failed = {
        case.span: case.name
        for book in result.playbooks
        for case in book.cases
        if not case.passed and not case.todo
    }
    failed |= {
        case.span: case.name for case in cases if any(_inside(place, case.span, cases) for place in wrong)
    }
    out = [(span.file, name) for span, name in failed.items()]
    yaml = dict(copied.yaml)
    for path in mine:
        lines = {span.line for span in failed if span.file == path}
        spoilt = any(
            file == path and not any(_inside((file, line), case.span, cases) for case in cases)
            for file, line in wrong
        )
        text = None if spoilt else without_cases(yaml[path], path, lines)
        if spoilt:
            out.append((path, "all of it"))
        if text is None:
            del yaml[path]
        else:
            yaml[path] = text
    return replace(copied, yaml=yaml), tuple(out), len(cases) - len(failed)


def _inside(place: tuple[str, int], begins: Span, cases: Collection[Case]) -> bool:
    """Whether a place lies in the case that begins there: before the next one of its file."""
    file, line = place
    starts = sorted(case.span.line for case in cases if case.span.file == begins.file)
    after = next((start for start in starts if start > begins.line), None)
    return file == begins.file and begins.line <= line and (after is None or line < after)


def write_new(root: Path, file: str, text: str) -> None:
    """`file`: below `root`. Never over one that is there, nor through a link."""
    path = root / file
    refuse_link(root, path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as made:
            made.write(text)
    except FileExistsError as error:
        raise ChoiceError(
            f"{path} is there already", "nothing is ever overwritten: move it, or give another name"
        ) from error
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", "look at its permissions") from error
