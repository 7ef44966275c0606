"""The server of the project file and the environment → the way by which mails leave to it, logged in and paced."""

from __future__ import annotations

from collections.abc import Mapping

from cs_playbook.commands.world import World
from cs_playbook.effects.pace import Pace
from cs_playbook.effects.smtp import Dialled, Login, SmtpTransport
from cs_playbook.errors import UserError
from cs_playbook.model.sending import Sending, Smtp


def smtp_way(smtp: Smtp, sending: Sending, world: World) -> SmtpTransport:
    """Nobody is called yet. UserError: the password is not where the project file says."""
    dialled = Dialled(smtp, sending.site, login_of(smtp, world.environment), from_sites=sending.from_sites)
    return SmtpTransport(dialled, Pace(sending.at_most, world.clock, world.pause))


def login_of(smtp: Smtp, environment: Mapping[str, str]) -> Login | None:
    """The variable is asked first, then the keyring."""
    if not smtp.user:
        return None
    user = environment.get(smtp.user)
    if not user:
        raise _not_set(smtp.user, "the name to log in with")
    password = environment.get(smtp.password) if smtp.password else None
    if not password and smtp.keyring:
        from cs_playbook.effects.keyring_password import password_in_keyring

        password = password_in_keyring(smtp.keyring, user)
    if not password:
        raise _not_set(smtp.password, "the password")
    return Login(user, password)


def _not_set(variable: str, what: str) -> UserError:
    return UserError(
        f"the environment variable {variable} is not set: it holds {what}",
        "project.yaml names it under sending: {smtp: …}; cron's environment is its own: set it there too",
    )
