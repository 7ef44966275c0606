"""A file of rules and the roles of the team → each way in which one rule could be wrong: a threshold, a wait, a role, an outcome,
a date, a way out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from msgspec import Struct

from cs_playbook.source.finding import Span
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import Node, Scalar, plain
from cs_playbook.source.tree import Sequence as Items

T = TypeVar("T")

CONDITIONS = ("when", "until", "audience", "where", "all", "any", "none", "exit", "done_when", "must")
TIMES = (
    "for", "wait", "due", "not_before", "every", "within", "when_late_by", "last", "before", "expires_after",
)  # fmt: skip
COUNTS = ("days_after_end", "at_most", "new_per_day", "open_per_person")
PEOPLE = ("owner", "to", "from", "cc", "tell", "notify", "about")
WAYS_OUT = (
    "exit", "goal", "reentry", "done_when", "ends", "escalate", "not_before", "holdout", "until",
)  # fmt: skip
# What is only shown, or told to nobody in a story.
SHOWN = frozenset(
    ("title", "why", "says", "because", "objective", "root_causes", "false_alarms", "meta", "minutes", "checklist", "priority")
)  # fmt: skip

# A number of a condition: not part of a name, of a date or of a text in quotes.
_NUMBER = re.compile(r"(?<![\w.'-])-?\d+(?:\.\d+)?(?![\w.'-]|\s*(?:day|week|month|business)s?\b)")
_SPAN = re.compile(r"\b(\d+)( (?:business )?(?:day|week|month))s?\b")
_DATE = re.compile(r"\b[12]\d{3}-\d{2}-\d{2}\b")
_LONGEST = 60  # letters of what is gone


class Change(Struct, frozen=True):
    """One rule changed. `span`: where it stands; `sentence`: what was changed into what; `root`: the file afterwards."""

    span: Span
    sentence: str
    root: Node


class Tried(Struct, frozen=True):
    """Of a playbook `tried` of all its changes; `unnoticed`: those after which every story still passes. `failing`: the
    stories that fail before anything is changed: then nothing was tried."""

    playbook: str
    tried: int = 0
    unnoticed: tuple[Change, ...] = ()
    failing: tuple[str, ...] = ()


class Spoiled(Struct, frozen=True):
    """`changes`: how many there are in all. `silent`: playbooks that no story is about."""

    playbooks: tuple[Tried, ...]
    changes: int
    silent: tuple[str, ...] = ()

    @property
    def tried(self) -> int:
        return sum(one.tried for one in self.playbooks)

    @property
    def unnoticed(self) -> int:
        return sum(len(one.unnoticed) for one in self.playbooks)

    @property
    def passed(self) -> bool:
        """Whether the stories pass as the files are."""
        return not any(one.failing for one in self.playbooks)


Way = tuple[str | int, ...]  # keys and places from the root on
Outcomes = Mapping[str, tuple[str, ...]]


class _Here(Struct, frozen=True):
    """Where a node stands. `said`: the same for people, who know steps by their ids."""

    way: Way
    said: tuple[str, ...]

    def into(self, part: str | int, called: str) -> _Here:
        return _Here((*self.way, part), (*self.said, called))

    @property
    def key(self) -> str:
        return next((part for part in reversed(self.way) if isinstance(part, str)), "")

    @property
    def asks(self) -> bool:
        """Whether a condition stands here."""
        inside = any(part in CONDITIONS for part in self.way)
        return inside and self.way[-1] not in ("is", "outcome", "for", "then")


class _Put(Struct, frozen=True):
    """What takes the place of the node at `way`."""

    way: Way
    span: Span
    sentence: str
    node: Node


def changes(root: Block, roles: Mapping[str, str]) -> Iterator[Change]:
    """One at a time, from the top of the file. `roles`: role → the one it is changed into, where there is any."""
    for found in _spoiled(root, _Here((), ()), roles, _outcomes(root)):
        yield Change(found.span, found.sentence, _with(root, found.way, found.node))


def sample(every: Sequence[T], at_most: int | None) -> list[T]:
    """As many, evenly from the first to the last; the same each time."""
    if at_most is None or at_most >= len(every):
        return list(every)
    return [every[number * len(every) // at_most] for number in range(at_most)]


def _spoiled(node: Node, here: _Here, roles: Mapping[str, str], outcomes: Outcomes) -> Iterator[_Put]:
    if not SHOWN.isdisjoint(here.way):
        return
    match node:
        case Block():
            yield from _of_block(node, here, outcomes)
            for key, value in node.entries:
                yield from _spoiled(value, here.into(key.text, key.text), roles, outcomes)
        case Items():
            yield from _shorter(node, here)
            for place, item in enumerate(node.items):
                yield from _spoiled(item, here.into(place, _called(item, place)), roles, outcomes)
        case Scalar():
            yield from _of_value(node, here, roles)


def _called(item: Node, place: int) -> str:
    """A step by its id; anything else by its number."""
    name = item.get("id") if isinstance(item, Block) else None
    return name.text if isinstance(name, Scalar) else str(place + 1)


def _of_value(node: Scalar, here: _Here, roles: Mapping[str, str]) -> Iterator[_Put]:
    # Who answers for the playbook is shown, and no story can tell: only the owners of steps count.
    in_people = here.way != ("owner",) and any(part in PEOPLE for part in here.way)
    if in_people and node.value in roles and here.key != "when":
        yield _into(node, here, roles[node.text])
    elif here.key in COUNTS and type(node.value) is int:
        yield _into(node, here, str(node.value + 1), node.value + 1)
    elif isinstance(node.value, str) and here.asks:
        yield from _numbers(node, here)
        yield from _spans(node, here)
        yield from _dates(node, here)
    elif isinstance(node.value, str) and any(part in TIMES for part in here.way):
        yield from _spans(node, here)
        yield from _dates(node, here)
        if found := re.fullmatch(r"day (\d+)", node.text):
            yield _into(node, here, f"day {int(found[1]) + 1}")


def _into(node: Scalar, here: _Here, text: str, value: int | None = None) -> _Put:
    new = Scalar(text if value is None else value, text, node.span, node.quoted, node.one_line)
    return _Put(here.way, node.span, f"{'.'.join(here.said)}: {_line(node.text)} → {_line(text)}", new)


def _numbers(node: Scalar, here: _Here) -> Iterator[_Put]:
    for found in _NUMBER.finditer(node.text):
        for factor in (1.2, 0.8):
            yield _into(node, here, _cut(node.text, found, _scaled(found[0], factor)))


def _scaled(written: str, factor: float) -> str:
    if "." in written:
        return f"{float(written) * factor:.4g}"
    number = int(written)
    near = round(number * factor)
    if near == number:
        near = number + (1 if factor > 1 else -1)
    return str(near)


def _spans(node: Scalar, here: _Here) -> Iterator[_Put]:
    for found in _SPAN.finditer(node.text):
        for count in sorted({int(found[1]) + 1, max(int(found[1]) - 1, 1)} - {int(found[1])}):
            yield _into(node, here, _cut(node.text, found, f"{count}{found[2]}{'' if count == 1 else 's'}"))


def _dates(node: Scalar, here: _Here) -> Iterator[_Put]:
    for found in _DATE.finditer(node.text):
        yield _into(node, here, _cut(node.text, found, str(date.fromisoformat(found[0]) + timedelta(days=1))))


def _cut(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]


def _shorter(node: Items, here: _Here) -> Iterator[_Put]:
    """Without one of its conditions, ways out or answers that end it."""
    if here.key in (*CONDITIONS, "ends", "exit") and len(node.items) > 1:
        for place, item in enumerate(node.items):
            if not (isinstance(item, Block) and item.get("is") is not None):
                rest = Items((*node.items[:place], *node.items[place + 1 :]), node.span)
                said = f"{'.'.join(here.said)}: without {_written(item)}"
                yield _Put(here.way, item.span, said, rest)


def _of_block(node: Block, here: _Here, outcomes: Outcomes) -> Iterator[_Put]:
    for key, value in node.entries:
        name = key.text
        if name in WAYS_OUT and not (name == "until" and node.get("wait") is None):
            said = f"{'.'.join((*here.said, name))}: gone ({_written(value)})"
            yield _Put(here.way, key.span, said, _without(node, name))
    when = node.key("when")
    if when is not None and node.get("id") is not None:
        said = f"{'.'.join(here.said)}: without its `when`"
        yield _Put(here.way, when.span, said, _without(node, "when"))
    if here.way and here.way[-1] == "after":
        yield from _other_outcomes(node, here, outcomes)


def _other_outcomes(node: Block, here: _Here, outcomes: Outcomes) -> Iterator[_Put]:
    for step, asked in node.entries:
        answers = asked.items if isinstance(asked, Items) else (asked,)
        named = [one.text for one in answers if isinstance(one, Scalar)]
        other = next((one for one in outcomes.get(step.text, ()) if one not in named), None)
        if other is not None:
            new = Scalar(other, other, asked.span)
            entries = tuple((key, new if key is step else value) for key, value in node.entries)
            said = f"{'.'.join(here.said)}: {step.text}: {_written(asked)} → {other}"
            yield _Put(here.way, asked.span, said, Block(entries, node.span))


def _without(node: Block, name: str) -> Block:
    return Block(tuple((key, value) for key, value in node.entries if key.text != name), node.span)


def _written(node: Node) -> str:
    return _short(node.text if isinstance(node, Scalar) else str(plain(node)))


def _line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    one = _line(text)
    return one if len(one) <= _LONGEST else f"{one[: _LONGEST - 1]}…"


def _outcomes(root: Block) -> Outcomes:
    usual = {
        "email": ("sent", "discarded", "undeliverable"),
        "wait": ("met", "timed_out"),
        "approve": ("approved", "refused"),
    }
    found: dict[str, tuple[str, ...]] = {}
    for step in _blocks(root, "steps"):
        verb = next((verb for verb in usual if step.get(verb) is not None), None)
        cases = [case.get("is") for case in _blocks(step, "decide")]
        own = step.get("outcomes")
        named = own.items if isinstance(own, Items) else cases
        said = tuple(one.text for one in named if isinstance(one, Scalar))
        found[_called(step, 0)] = usual[verb] if verb else said
    return found


def _blocks(node: Block, key: str) -> list[Block]:
    value = node.get(key)
    return [item for item in value.items if isinstance(item, Block)] if isinstance(value, Items) else []


def _with(node: Node, way: Way, new: Node) -> Node:
    """The same file, with another node at that place."""
    if not way:
        return new
    part, rest = way[0], way[1:]
    match node:
        case Block():
            pairs = node.entries
            entries = tuple((key, _with(one, rest, new) if key.text == part else one) for key, one in pairs)
            return Block(entries, node.span)
        case Items():
            items = tuple(_with(one, rest, new) if n == part else one for n, one in enumerate(node.items))
            return Items(items, node.span)
        case Scalar():
            return node
