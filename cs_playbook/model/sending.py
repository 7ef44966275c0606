"""How mails leave the machine (`sending:` of the project file): the server, whose names they bear, how many a minute."""

from __future__ import annotations

from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.source.finding import Span

Security = OneOf["starttls", "tls", "none"]
Digests = OneOf["files", "mail"]
ChannelFormat = OneOf["webhook", "slack", "file"]

CONTACT_TOKEN = "{contact}"  # stands for a contact in the link of `unsubscribe:`


class Smtp(Struct, frozen=True):
    """The server that takes the mails. `user`, `password`: variables of the environment; `keyring`: a service of the
    system's keyring, which is asked where the variable is not set."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""
    keyring: str = ""


class Rate(Struct, frozen=True):
    """At most so many mails in any stretch of so many seconds."""

    mails: int
    seconds: int


class Sending(Struct, frozen=True):
    """`smtp` None: nothing but folders. `site`: behind the @ of Message-IDs. `from_sites`: whose addresses may send;
    empty: anybody's. `unsubscribe`: a link with `{contact}`. `digests_from`: the address that owners' digests come from.
    """

    span: Span
    smtp: Smtp | None = None
    site: str = ""
    from_sites: tuple[str, ...] = ()
    at_most: Rate | None = None
    unsubscribe: str = ""
    digests: Digests = "files"
    digests_from: str = ""

    def may_send(self, address: str) -> bool:
        """Whether that address may stand in From."""
        return is_ours(address, self.from_sites)


def is_ours(address: str, from_sites: tuple[str, ...]) -> bool:
    """No sites: everybody is."""
    return not from_sites or address.rpartition("@")[2].lower() in from_sites


def not_ours(address: str, from_sites: tuple[str, ...]) -> str:
    """Why nothing is sent in that name."""
    return f"'{address}' is on none of from_sites: {', '.join(from_sites)}"


def unsubscribe_link(link: str, token: str) -> str:
    """The link of `unsubscribe:` for one person, known by a keyed token (model/suppression.fingerprint); "" without a link."""
    return link.replace(CONTACT_TOKEN, token) if token else ""
