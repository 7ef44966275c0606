"""How mails are to leave, as the command line and the project file say it → the way; or what is missing for one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.workspace import Workspace
from cs_playbook.commands.world import World
from cs_playbook.effects.mail_folder import MailFolder, eml_folder, maildir
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.outbox import Handed, Sealed, Transport, TryLater

_FOLDERS = "or without a server: cs-playbook send --to-folder DIR, or --maildir DIR"


@contextmanager
def way_of(
    workspace: Workspace, folder: Path | None, mail_folder: Path | None, world: World
) -> Iterator[Transport | MailFolder]:
    """Where nothing says how, or the login cannot be found, the first mail finds out: notes go elsewhere."""
    sending = workspace.catalog.project.sending
    if folder is not None:
        yield eml_folder(folder.resolve())
    elif mail_folder is not None:
        yield maildir(mail_folder.resolve())
    elif sending is not None and sending.smtp is not None:
        from cs_playbook.commands.smtp_way import smtp_way

        try:
            server = smtp_way(sending.smtp, sending, world)
        except UserError as cause:
            yield NoWay(cause)
            return
        with server as way:
            yield way
    else:
        yield NoWay(_no_server())


class NoWay(Struct, frozen=True):
    """By it nothing leaves, and where there is a mail it says why."""

    cause: UserError
    name: str = ""

    def get_ready(self) -> None:
        raise self.cause

    def hand_over(self, mail: Sealed) -> Handed:
        return TryLater(f"{mail.key}: {self.cause.sentence}")


def _no_server() -> ChoiceError:
    return ChoiceError(
        "the project file names no server that takes mails",
        f"sending: {{site: …, smtp: {{host: …, security: starttls}}}} in project.yaml; {_FOLDERS}",
    )
