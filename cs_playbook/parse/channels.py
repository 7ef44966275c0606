"""`channels:` of the project file → Channels: where notes go besides people, in which form, and what signs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from cs_playbook.model.project import Channel
from cs_playbook.model.sending import ChannelFormat
from cs_playbook.parse.nodes import block, text
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping

_ADDRESS, _SECRET = "webhook_from_environment", "secret_from_environment"
_KEYS = (_ADDRESS, _SECRET, "format")  # any other is a slip of the pen, and the schema has said so


def read_channels(root: Mapping) -> tuple[tuple[Channel, ...], list[Finding]]:
    node = block(root, "channels")
    found = [
        (
            Channel(
                name=key.text,
                variable=text(written, _ADDRESS),
                span=key.span,
                format=cast(ChannelFormat, text(written, "format", "webhook")),
                secret=text(written, _SECRET),
            ),
            written,
        )
        for key, written in (node.entries if node else ())
        if isinstance(written, Mapping)
    ]
    findings = [finding for channel, written in found for finding in _findings(channel, written)]
    return tuple(channel for channel, _ in found), findings


def _findings(channel: Channel, written: Mapping) -> Iterator[Finding]:
    address, secret = written.key(_ADDRESS), written.key(_SECRET)
    if channel.format == "file":
        for key in (key for key in (address, secret) if key is not None):
            fact = f"'{channel.name}' is a file: nothing is posted, and `{key.text}` would say where"
            yield Finding(key.span, "CSP435", fact, "take it away, or say format: webhook or slack")
    elif address is None and all(key.text in _KEYS for key, _ in written.entries):
        fact = f"'{channel.name}' does not say where its notes are posted"
        hint = f"{_ADDRESS}: CS_RISK_WEBHOOK, or format: file"
        yield Finding(channel.span, "CSP435", fact, hint)
    elif channel.format == "slack" and secret is not None:
        fact = "Slack checks no signature: the secret would do nothing"
        yield Finding(secret.span, "CSP435", fact, "take it away; the address itself is Slack's secret")
