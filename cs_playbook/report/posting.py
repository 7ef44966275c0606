"""What became of notes to channels and of digests → a few lines, or plain values for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from cs_playbook.report.pieces import wrap
from cs_playbook.report.words import clean, count

_SAID = {
    "waiting": "wait, the next send tries again", "refused": "refused: never posted",
    "in_doubt": "in doubt: perhaps they arrived, they are not posted again",
}  # fmt: skip


class One(Protocol):
    """What is asked of commands/posting.py: PostTold."""

    @property
    def key(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def state(self) -> Any: ...
    @property
    def why(self) -> str: ...


def post_lines(notes: Sequence[One], digests: Sequence[One], width: int) -> list[str]:
    """Counts first, then what did not go, by channel and reason."""
    return [*_lines(notes, "note", width), *_lines(digests, "digest", width)]


def _lines(told: Sequence[One], what: str, width: int) -> Iterable[str]:
    posted = Counter(one.channel for one in told if one.state == "posted")
    if posted:
        to = ", ".join(f"{clean(channel)} {number}" for channel, number in sorted(posted.items()))
        where = f" to channels: {to}" if what == "note" else " by mail"
        yield f"{count(sum(posted.values()), what)}{where}"
    others = Counter((str(one.state), one.channel, one.why) for one in told if one.state != "posted")
    for (state, channel, why), number in sorted(others.items()):
        to = f" to {clean(channel)}" if channel else ""
        first, *more = wrap(f"! {count(number, what)}{to} {_SAID[state]}: {clean(why)}", width)
        yield from (first, *(f"  {line}" for line in more))


def post_values(told: Iterable[One]) -> list[dict[str, Any]]:
    """[{key, to, account, state, why}]."""
    return [
        {
            "key": one.key,
            "to": one.channel,
            "account": one.about or None,
            "state": str(one.state),
            "why": one.why,
        }
        for one in told
    ]
