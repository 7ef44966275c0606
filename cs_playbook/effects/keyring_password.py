"""A service and a user → the password that the system's keyring holds for them. The keyring is an extra."""

from __future__ import annotations

from cs_playbook.errors import UserError


def password_in_keyring(service: str, user: str) -> str:
    """UserError: no keyring is installed, none is unlocked, or it knows no such password."""
    try:
        import keyring  # noqa: PLC0415 - an extra: only whoever keeps a password there pays for it
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        raise UserError(
            "passwords in the system's keyring need an extra", "pip install 'cs-playbook[keyring]'"
        ) from None
    try:
        password = keyring.get_password(service, user)
    except KeyringError as cause:
        raise UserError(f"the keyring cannot be asked: {cause}", _SET.format(service, user)) from None
    if not password:
        raise UserError(f"the keyring holds no password of {user} for {service}", _SET.format(service, user))
    return str(password)


_SET = "keyring set {} {}; cron may need a variable of the environment instead"
