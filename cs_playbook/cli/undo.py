"""`run --undo`: a run is taken back, or shown as it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_playbook import __version__
from cs_playbook.cli.settings import Settings, emit, say, width

if TYPE_CHECKING:
    from cs_playbook.commands.place import Place


def undo_run(settings: Settings, which: str, because: str, who: str, by: str, *, only_look: bool) -> int:
    """The exit code. `who`: the person at the keyboard, `by` whom they name."""
    from cs_playbook.commands import undo
    from cs_playbook.commands.place import open_place
    from cs_playbook.errors import ChoiceError, WrongCommandLine
    from cs_playbook.report.findings import Looked, as_text
    from cs_playbook.report.undo import undone_json, undone_text, would_be_text

    if not which:
        raise WrongCommandLine("--dry-run goes with --undo", "what a run would do: cs-playbook dry-run")
    if not because and not only_look:
        hint = f'say it with --because "…": it is recorded; --dry-run shows first: cs-playbook run --undo {which} --dry-run'
        raise ChoiceError("--undo needs a reason", hint)
    place = open_place(settings.directory)
    today = settings.today(place.project.calendar.timezone)
    words = undo.Words(today, _meant(place, by) if by else who, because, settings.recorded_at)
    if only_look:
        told = undo.look(place, which, words)
        emit(settings, text=lambda: would_be_text(told, because, width()), json=lambda: undone_json(told))
        return 0
    done = undo.undo(place, which, words, __version__)
    if done.findings:
        say(as_text(done.findings, {}, Looked(len(done.findings), 0.0)).rstrip())
    emit(settings, text=lambda: undone_text(done, width()), json=lambda: undone_json(done))
    return 1 if done.parts and not done.back else 0


def _meant(place: Place, by: str) -> str:
    """A colleague, where the files say who they are; a run must be taken back also while these are being mended."""
    from cs_playbook.commands.meant import person_meant
    from cs_playbook.commands.unsound import UnsoundFiles
    from cs_playbook.commands.workspace import open_workspace

    try:
        return person_meant(by, open_workspace(place.root).catalog.team)
    except UnsoundFiles:
        return by
