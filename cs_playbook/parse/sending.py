"""`sending:` of the project file → Sending: the server, the sites, the rate, the link to unsubscribe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from cs_playbook.model.sending import CONTACT_TOKEN, Digests, Rate, Security, Sending, Smtp
from cs_playbook.parse.address import is_address
from cs_playbook.parse.nodes import block, items, number, scalar, text, texts
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping, Scalar

_PART = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_PART}(?:\.{_PART})*\Z|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\Z")
_SITE = re.compile(rf"(?:{_PART}\.)+{_PART}\Z")
_LOOPBACK = re.compile(r"localhost\Z|127(?:\.[0-9]{1,3}){3}\Z|::1\Z", re.IGNORECASE)
# Behind the site everything that a link may hold unchanged, and one {contact}.
_LINK = re.compile(rf"https://(?:{_PART}\.)+{_PART}(?::[0-9]{{1,5}})?([/?][A-Za-z0-9/?:@!$&'()*+.=%_~-]*)?\Z")
_RATE = re.compile(r"([0-9]+) per (second|minute|hour|day)\Z")
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def read_sending(root: Mapping) -> tuple[Sending | None, list[Finding]]:
    node = block(root, "sending")
    if node is None:
        return None, []
    smtp = block(node, "smtp")
    sending = Sending(
        node.span,
        _smtp(smtp) if smtp is not None else None,
        text(node, "site"),
        tuple(site.lower() for site in texts(node, "from_sites")),
        _rate(text(node, "at_most")),
        text(node, "unsubscribe"),
        cast(Digests, text(node, "digests", "files")),
        text(node, "digests_from"),
    )
    return sending, list(_findings(node, smtp, sending))


def is_loopback(host: str) -> bool:
    """Whether it is this very machine, told without asking the network."""
    return _LOOPBACK.match(host) is not None


def _smtp(node: Mapping) -> Smtp:
    security = cast(Security, text(node, "security", "starttls"))
    return Smtp(
        host=text(node, "host"),
        port=number(node, "port") or _PORTS.get(security, 587),
        security=security,
        user=text(node, "user_from_environment"),
        password=text(node, "password_from_environment"),
        keyring=text(node, "password_from_keyring"),
    )


def _rate(written: str) -> Rate | None:
    """None where nothing is said, or the schema has refused it."""
    said = _RATE.match(written)
    return Rate(int(said[1]), _SECONDS[said[2]]) if said else None


def _findings(node: Mapping, smtp: Mapping | None, sending: Sending) -> Iterator[Finding]:
    if smtp is not None and sending.smtp is not None:
        yield from _of_server(smtp, sending.smtp)
    sites = [scalar(node, "site"), *items(node, "from_sites")]
    for site in (site for site in sites if isinstance(site, Scalar)):
        if not _SITE.match(site.text):
            fact = f"'{site.text}' is not a site: what stands behind the @ of an address"
            yield Finding(site.span, "CSP431", fact, "e.g. vendor.example")
    yield from _of_link(scalar(node, "unsubscribe"))
    yield from _of_digests(node, sending)


def _of_server(node: Mapping, smtp: Smtp) -> Iterator[Finding]:
    host = scalar(node, "host") or node
    if smtp.host and not _HOST.match(smtp.host):
        yield Finding(
            host.span, "CSP431", f"'{smtp.host}' is not the name of a server", "e.g. smtp.vendor.example"
        )
    port = scalar(node, "port")
    if port is not None and smtp.port > 65_535:
        yield Finding(port.span, "CSP431", f"there is no port {smtp.port}", "587 for starttls, 465 for tls")
    if smtp.security == "none" and not is_loopback(smtp.host):
        fact = f"mails and the password would cross the network to {smtp.host} in the open"
        hint = "security: starttls (port 587) or tls (port 465); none is for a server on this machine"
        yield Finding((scalar(node, "security") or node).span, "CSP430", fact, hint)
    yield from _of_login(node, smtp)


def _of_login(node: Mapping, smtp: Smtp) -> Iterator[Finding]:
    hint = "user_from_environment: …, and password_from_environment: … or password_from_keyring: …"
    user = node.key("user_from_environment")
    password = node.key("password_from_environment") or node.key("password_from_keyring")
    if user is not None and password is None:
        yield Finding(user.span, "CSP433", "there is a user, and nothing says where the password lies", hint)
    if password is not None and not smtp.user:
        yield Finding(password.span, "CSP433", "there is a password, and nothing says whose", hint)


def _of_link(link: Scalar | None) -> Iterator[Finding]:
    wrong = wrong_link(link.text) if link is not None else ""
    if link is not None and wrong:
        hint = "e.g. https://vendor.example/stop/{contact}"
        yield Finding(link.span, "CSP432", wrong, hint)


def wrong_link(link: str) -> str:
    """Why mail programs could not unsubscribe by it; "" if they can."""
    if not link.startswith("https://"):
        return f"'{link}' is no https link: on the way somebody could unsubscribe people"
    if link.count(CONTACT_TOKEN) != 1:
        return f"'{link}' does not name the contact once, as {CONTACT_TOKEN}"
    site, _, rest = link.partition(CONTACT_TOKEN)
    return "" if site.count("/") > 2 and _LINK.match(f"{site}x{rest}") else f"'{link}' is not a link"


def _of_digests(node: Mapping, sending: Sending) -> Iterator[Finding]:
    said, sender = scalar(node, "digests"), scalar(node, "digests_from")
    if sending.digests == "mail" and said is not None and not sending.digests_from:
        fact = "digests are to be mails, and nothing says from whom"
        yield Finding(said.span, "CSP436", fact, "digests_from: cs-ops@vendor.example")
    if sender is not None and not is_address(sender.text):
        yield Finding(sender.span, "CSP436", f"'{sender.text}' is not an address", "name@site")
    elif sender is not None and not sending.may_send(sender.text):
        fact = f"'{sender.text}' is on none of from_sites: {', '.join(sending.from_sites)}"
        yield Finding(sender.span, "CSP436", fact, "add its site there, or let another address send")
