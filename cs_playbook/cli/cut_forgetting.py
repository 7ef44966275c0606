"""What a kill has left of a `forget` → finished and told, by whichever command comes next: `run`, or `forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cs_playbook.cli.settings import say

if TYPE_CHECKING:
    from cs_playbook.commands.forget import Forgotten
    from cs_playbook.commands.place import Place


def end_a_cut(place: Place) -> tuple[int, dict[str, Any]]:
    """What a kill has left of an erasure is done, and said at once: what comes next may stop. Gives the exit code, 5 where
    something is left for a person to do, and the same for JSON; 0 and nothing where nothing was cut."""
    from cs_playbook.effects import forgetting_journal

    if not forgetting_journal.place_of(place.ledger).exists():
        return 0, {}
    from cs_playbook.commands.forget import finish_a_cut

    return told_cut(finish_a_cut(place))


def told_cut(done: Forgotten | None) -> tuple[int, dict[str, Any]]:
    """The same of what is finished already."""
    if done is None:
        return 0, {}
    from cs_playbook.report.forget import content, finished_text

    say(finished_text(done))
    return 0 if done.is_whole else 5, content(done, "forgotten")
