"""What a story says of rest and of starts midway → findings about what can never be."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.story_names import Names, unknown
from cs_playbook.parse.nodes import block, items
from cs_playbook.parse.story_value import Days, Wrong, read_day
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import Node, Scalar, plain


def held_out(case: Block, names: Names) -> Iterator[Finding]:
    """Accounts of the story; of a playbook that holds somebody out."""
    for name in items(case, "held_out"):
        if isinstance(name, Scalar):
            yield from names.account(name)
            if not names.playbook.holdout:
                fact = f"{names.playbook.name} holds nobody out"
                yield Finding(name.span, "CSP337", fact, "the playbook says holdout: 10%")


def resting(run: Block, names: Names, days: Days) -> Iterator[Finding]:
    """`mute: {account: day}`, `snooze: {step: day}`, `start: {account: {at: step, began: day}}`."""
    muted, put_off, starts = block(run, "mute"), block(run, "snooze"), block(run, "start")
    for account, until in muted.entries if muted else ():
        yield from names.account(account)
        yield from _day(until, days) if plain(until) is not None else ()
    for name, until in put_off.entries if put_off else ():
        yield from _put_off(name, until, names, days)
    for _, said in starts.entries if starts else ():
        if isinstance(said, Block):
            yield from _step(said.get("at"), names)
            yield from _day(began, days) if (began := said.get("began")) is not None else ()


def _put_off(name: Scalar, until: Node, names: Names, days: Days) -> Iterator[Finding]:
    if isinstance(until, Block):
        yield from names.subject(name)
        for step, day in until.entries:
            yield from _step(step, names)
            yield from _day(day, days)
    else:
        is_subject = name.text in names.accounts or "/" in name.text
        yield from names.subject(name) if is_subject else _step(name, names)
        yield from _day(until, days)


def _step(named: Node | None, names: Names) -> Iterator[Finding]:
    if isinstance(named, Scalar) and names.playbook.step(named.text) is None:
        yield unknown(named, "CSP336", "there is no step", [step.id for step in names.playbook.steps])


def _day(written: Node, days: Days) -> Iterator[Finding]:
    day = read_day(plain(written), days)
    if isinstance(day, Wrong):
        yield Finding(written.span, "CSP335", day.message, day.hint)
