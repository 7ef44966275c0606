"""All that is to leave → mails and digests by the way that was asked for, then notes to their channels; each once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.digest_mails import mail_digests, rehearse_digests
from cs_playbook.commands.posting import PostResult, post_notes, rehearse_notes
from cs_playbook.commands.send import Clock, SendResult, rehearse, send
from cs_playbook.commands.ways import way_of
from cs_playbook.commands.workspace import Workspace
from cs_playbook.commands.world import World


class Left(Struct, frozen=True):
    """What became of mails, digests and notes."""

    mails: SendResult
    digests: PostResult
    notes: PostResult

    @property
    def is_whole(self) -> bool:
        return self.mails.is_whole and self.digests.is_whole and self.notes.is_whole

    @property
    def nothing_left(self) -> bool:
        """Nothing was handed over at all, although something should have been."""
        told = (*self.mails.moved, *self.digests.told, *self.notes.told)
        return self.mails.stopped is not None and not told


def send_all(
    workspace: Workspace, folder: Path | None, mail_folder: Path | None, world: World, clock: Clock
) -> Left:
    """Into a folder nothing opens a socket: then the notes wait for a `send` without one."""
    with way_of(workspace, folder, mail_folder, world) as way:
        mails = send(workspace, way, clock)
        digests = mail_digests(workspace, way, clock) if mails.stopped is None else PostResult()
    if folder is not None or mail_folder is not None:
        return Left(mails, digests, PostResult())
    return Left(mails, digests, post_notes(workspace, world.environment, clock))


def rehearse_all(
    workspace: Workspace, into_a_folder: Path | None, environment: Mapping[str, str], clock: Clock
) -> Left:
    """What `send_all` would do now, if server and channels took everything; nothing is changed, nobody is called."""
    mails, digests = rehearse(workspace, clock), rehearse_digests(workspace, clock)
    notes = PostResult() if into_a_folder is not None else rehearse_notes(workspace, environment, clock)
    return Left(mails, digests, notes)
