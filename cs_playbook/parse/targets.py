"""Who is told, where a channel may stand as well as people → whom it names, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from cs_playbook.model.step import ChannelRef
from cs_playbook.model.team import People
from cs_playbook.parse.team import read_people
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence


class Targets(Struct, frozen=True):
    """What may be named: the channels of the project file, the roles; `theirs` are those of the customer."""

    channels: frozenset[str]
    roles: frozenset[str]
    theirs: frozenset[str]


def read_target(node: Node, key: str, among: Targets) -> tuple[People | ChannelRef | None, list[Finding]]:
    """`key`: under which it stands, notify or tell."""
    channels, roles = among.channels, among.roles
    if not isinstance(node, Scalar):
        people, wrong = read_people(node, roles)
        return people, [_alone(finding, node, channels, key) for finding in wrong]
    if node.text in channels:
        return ChannelRef(node.text, node.span), []
    if node.text in roles:
        return read_people(node, roles)
    return None, [
        Finding(
            node.span,
            "CSP352",
            f"there is no channel and no role '{node.text}'",
            did_you_mean(node.text, (*channels, *roles)) or _known(channels, roles - among.theirs),
        )
    ]


def _alone(finding: Finding, node: Node, channels: frozenset[str], key: str) -> Finding:
    """A channel among people."""
    named = next((item for item in _scalars(node) if item.span == finding.span), None)
    if named is None or named.text not in channels:
        return finding
    fact = f"'{named.text}' is a channel: it cannot stand among people"
    hint = (
        f"make a step of it: notify: {named.text}"
        if key == "notify"
        else f"name it alone: {key}: {named.text}"
    )
    return Finding(finding.span, "CSP352", fact, hint)


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Sequence(items=items):
            for item in items:
                yield from _scalars(item)
        case Mapping(entries=entries):
            for _, value in entries:
                yield from _scalars(value)


def _known(channels: frozenset[str], roles: frozenset[str]) -> str:
    there = f"channels of project.yaml: {', '.join(sorted(channels)) or 'none yet'}"
    return f"{there}; roles: {', '.join(sorted(roles)) or 'none yet'}"
