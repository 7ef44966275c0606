"""Notes to channels that nobody has posted yet → posted, each at most once, and recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, assert_never

from msgspec import Struct, field

from cs_playbook.commands.publishing import OUT
from cs_playbook.commands.send import CUT, Clock
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.effects.webhook import Target, parts_of, post, secret_of
from cs_playbook.errors import UserError
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, Refused, TryLater
from cs_playbook.model.posting import LASTS, Posted, PostState, may_post
from cs_playbook.model.project import Channel


class PostTold(Struct, frozen=True):
    """What came of one note or digest. `about`: the account of a note, "" of a digest."""

    key: str
    channel: str
    about: str
    state: PostState
    why: str = ""


class PostResult(Struct, frozen=True):
    """What was posted, and what waits, with the reason."""

    told: tuple[PostTold, ...] = ()

    def of(self, state: PostState) -> tuple[PostTold, ...]:
        return tuple(one for one in self.told if one.state is state)

    @property
    def is_whole(self) -> bool:
        return all(one.state is PostState.POSTED for one in self.told)


class Posts(Struct):
    """The ledger's word on what was posted in the last days, and each new one. What a cut left is in doubt."""

    ledger: Ledger
    clock: Clock
    told: list[PostTold] = field(default_factory=list)
    states: dict[str, PostState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.states |= states_now(self.ledger, self.clock.day)
        for key in [key for key, state in self.states.items() if state is PostState.POSTING]:
            self.end(PostTold(key, "", "", PostState.IN_DOUBT, CUT))

    def begin(self, key: str, channel: str, about: str) -> None:
        """Before anything leaves."""
        self._record(PostTold(key, channel, about, PostState.POSTING))

    def end(self, told: PostTold) -> None:
        self._record(told)
        self.told.append(told)

    def waits(self, told: PostTold) -> None:
        """It was not even tried: nothing is recorded."""
        self.told.append(told)

    def _record(self, told: PostTold) -> None:
        at = self.clock.now()
        event = Posted(told.key, self.clock.day, told.state.value, told.channel, told.why, at, told.about)
        self.ledger.record([event], at)
        self.states[told.key] = told.state


def became(handed: Handed) -> tuple[PostState, str]:
    match handed:
        case Delivered(answer=answer):
            return PostState.POSTED, answer
        case TryLater(answer=answer):
            return PostState.WAITING, answer
        case Refused(answer=answer):
            return PostState.REFUSED, answer
        case InDoubt(why=why):
            return PostState.IN_DOUBT, why
        case _:
            assert_never(handed)


def post_notes(workspace: Workspace, environment: Mapping[str, str], clock: Clock) -> PostResult:
    """Those of the last three days. A channel that cannot be reached keeps its notes for the next time."""
    channels = {channel.name: channel for channel in workspace.catalog.project.channels}
    if all(channel.format == "file" for channel in channels.values()):
        return PostResult()
    with locked(workspace.ledger, "send"), open_ledger(workspace, writing=True) as ledger:
        posts = Posts(ledger, clock)
        reached: dict[str, Target | str] = {}
        for note in _waiting(workspace, ledger, posts.states, clock.day):
            channel = channels[note["channel"]]
            target = reached.setdefault(channel.name, _target(channel, environment))
            if isinstance(target, str):
                posts.waits(PostTold(note["key"], channel.name, note["account"], PostState.WAITING, target))
                continue
            told = _post(note, target, posts)
            if told.state is PostState.WAITING:
                reached[channel.name] = told.why
        return PostResult(tuple(posts.told))


def rehearse_notes(workspace: Workspace, environment: Mapping[str, str], clock: Clock) -> PostResult:
    """What `post_notes` would do if every channel could be reached; nothing is changed."""
    channels = {channel.name: channel for channel in workspace.catalog.project.channels}
    with open_ledger(workspace, writing=False) as ledger:
        states = states_now(ledger, clock.day)
        waiting = list(_waiting(workspace, ledger, states, clock.day))
    targets = {name: _target(channels[name], environment) for name in {note["channel"] for note in waiting}}
    return PostResult(
        tuple(
            _would(note["key"], note["channel"], note["account"], targets[note["channel"]])
            for note in waiting
        )
    )


def _would(key: str, channel: str, account: str, target: Target | str) -> PostTold:
    state, why = (PostState.WAITING, target) if isinstance(target, str) else (PostState.POSTED, "")
    return PostTold(key, channel, account, state, why)


def states_now(ledger: Ledger, day: date) -> dict[str, PostState]:
    """The last word on each note and digest that may still be told."""
    return ledger.posts(day - LASTS - timedelta(days=1))


def _waiting(
    workspace: Workspace, ledger: Ledger, states: Mapping[str, PostState], day: date
) -> Iterator[dict[str, Any]]:
    """As the files of their days tell them, the oldest day first."""
    posted_to = {channel.name for channel in workspace.catalog.project.channels if channel.format != "file"}
    for back in range(LASTS.days, -1, -1):
        told_on = day - timedelta(days=back)
        told = [note for note in ledger.notes(told_on) if note.channel in posted_to]
        left = {note.note for note in told if may_post(note.note, states)}
        for channel in sorted({note.channel for note in told if note.note in left}):
            for note in _lines(workspace, ledger, told_on, channel):
                if note["key"] in left:
                    yield note


def _lines(workspace: Workspace, ledger: Ledger, day: date, channel: str) -> list[dict[str, Any]]:
    """What a run wrote there, and nobody else. UserError: it is not there any more, or was changed."""
    path = f"{day.isoformat()}/channels/{channel}.jsonl"
    try:
        content = (workspace.root / OUT / path).read_bytes()
    except OSError as cause:
        raise UserError(
            f"{OUT}/{path} cannot be read: {cause.strerror}; its notes were not posted",
            "it was written by `run`",
        ) from cause
    if hashlib.sha256(content).hexdigest() not in ledger.hashes_of(path):
        raise UserError(
            f"{OUT}/{path} is not what the run wrote: its notes were not posted",
            "a run of the day writes it again",
        )
    return [json.loads(line) for line in content.decode().splitlines()]


def _post(note: Mapping[str, Any], target: Target, posts: Posts) -> PostTold:
    key, channel, account = note["key"], note["channel"], note["account"]
    posts.begin(key, channel, account)
    moment = int(datetime.fromisoformat(posts.clock.now()).timestamp())
    state, why = became(post(target, key, note, moment))
    told = PostTold(key, channel, account, state, why)
    posts.end(told)
    return told


def _target(channel: Channel, environment: Mapping[str, str]) -> Target | str:
    """Or why nothing can be posted there."""
    address = environment.get(channel.variable, "")
    if not address:
        return f"the environment variable {channel.variable} is not set"
    secret = environment.get(channel.secret, "") if channel.secret else ""
    if channel.secret and not secret:
        return f"the environment variable {channel.secret} is not set"
    try:
        signs = secret_of(secret, channel.secret) if secret else b""
        target = Target(channel.variable, channel.format, address, signs)
        parts_of(target)
    except UserError as cause:
        return cause.sentence
    return target
