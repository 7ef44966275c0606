"""What people are asked, at the start of a playbook or with a step; and what they write → a value, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from cs_playbook.model.condition import Answer, Condition, Leaf
from cs_playbook.model.value import FieldType, Value, from_day, to_day
from cs_playbook.source.finding import Span, did_you_mean

ASK_TYPES = {
    "text": FieldType.TEXT, "number": FieldType.NUMBER, "integer": FieldType.INTEGER, "date": FieldType.DATE,
    "boolean": FieldType.BOOLEAN,
}  # fmt: skip
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,9})?\Z")
# Half of the world writes twelve thousand so, the other half twelve.
_IN_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}\Z")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_HOW = {
    FieldType.TEXT: "a text", FieldType.NUMBER: "a number: 1200 or 1200.50", FieldType.INTEGER: "a whole number: 12",
    FieldType.DATE: "a day: 2026-03-31", FieldType.BOOLEAN: "yes or no",
}  # fmt: skip


# Whether a condition holds of what was answered; None where that cannot be known.
Holds = Callable[[Condition, Mapping[str, Value]], Answer]


class Ask(Struct, frozen=True):
    """One question. `choices`: the only texts it takes. Not `optional`: it must be answered; `default` stands in
    where nothing is given at the start. `must`: what the answer satisfies."""

    name: str
    type: FieldType
    span: Span
    choices: tuple[str, ...] = ()
    optional: bool = False
    default: Value = None
    must: Condition | None = None

    @property
    def must_be_said(self) -> bool:
        return not self.optional and self.default is None

    @property
    def words(self) -> str:
        """`price | product`, `number`, `text (may stay empty)`: what one may answer."""
        kind = "|".join(self.choices) or ("yes|no" if self.type is FieldType.BOOLEAN else self.type.value)
        kind = f"{kind}, {must_words(self.must)}" if self.must is not None else kind
        return kind if self.must_be_said else f"{kind} (may stay empty)"


class Misread(Struct, frozen=True):
    """Why what was written is no answer: the fact, and what to write instead."""

    fact: str
    hint: str


class Understood(Struct, frozen=True):
    """`values` by name; a question left open is not among them. `wrong`: everything that is no answer."""

    values: Mapping[str, Value]
    wrong: tuple[Misread, ...] = ()


def nobody_knows(condition: Condition, answers: Mapping[str, Value]) -> Answer:
    """Where no account is at hand."""
    return None


def understand(
    written: Sequence[tuple[str, str]], asks: Iterable[Ask], what: str, holds: Holds = nobody_knows
) -> Understood:
    """All that was written (name, text) → values, with every fault at once. `what`: who asks, in words."""
    asked = {ask.name: ask for ask in asks}
    values: dict[str, Value] = {}
    wrong: list[Misread] = []
    for name, text in written:
        ask = asked.get(name)
        if ask is None:
            wrong.append(unknown_question(name, asked, what))
        elif name in values:
            wrong.append(Misread(f"'{name}' is answered twice", "say it once"))
        elif text.strip():
            read = value_of(ask, text)
            values |= {} if isinstance(read, Misread) else {name: read}
            wrong += [read] if isinstance(read, Misread) else []
    said = {name for name, text in written if text.strip()}
    silent = [ask for ask in asked.values() if ask.must_be_said and ask.name not in said]
    wrong += [Misread(f"'{ask.name}' is not answered", f"it takes {how(ask)}") for ask in silent]
    return Understood(values, (*wrong, *unfit(values, asked.values(), holds)))


def unfit(values: Mapping[str, Value], asks: Iterable[Ask], holds: Holds) -> list[Misread]:
    """The answers that do not satisfy what they must; what cannot be known refuses nothing."""
    return [
        Misread(
            f"'{spelled(values[ask.name], ask.type)}' is no answer to '{ask.name}'",
            f"it must be so: {must_words(ask.must)}",
        )
        for ask in asks
        if ask.must is not None and values.get(ask.name) is not None and holds(ask.must, values) is False
    ]


def must_words(must: Condition) -> str:
    """In the author's words where there are any, else the condition."""
    if must.because is not None:
        return must.because
    if isinstance(must, Leaf):
        return must.text
    joint = ", " if must.kind == "all" else " or "
    words = joint.join(must_words(item) for item in must.items)
    return f"none of: {words}" if must.kind == "none" else words


def spelled(value: Value, kind: FieldType) -> str:
    """As a person would have written it."""
    if kind is FieldType.DATE and isinstance(value, int):
        return from_day(value).isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def unknown_question(name: str, asked: Iterable[str], what: str) -> Misread:
    known = list(asked)
    listed = f"it asks: {', '.join(known)}" if known else "it asks nothing"
    return Misread(f"{what} does not ask '{name}'", did_you_mean(name, known) or listed)


def value_of(ask: Ask, text: str) -> Value | Misread:
    """The value that was meant. Spaces at the ends and capitals of choices do not matter."""
    said = text.strip()
    if ask.choices:
        same = next((choice for choice in ask.choices if choice.casefold() == said.casefold()), None)
        return same if same is not None else _no(ask, said, did_you_mean(said, ask.choices))
    match ask.type:
        case FieldType.INTEGER:
            return int(said) if _WHOLE.match(said) else _no(ask, said)
        case FieldType.NUMBER:
            return _number(ask, said)
        case FieldType.BOOLEAN:
            return _YES_NO[said.lower()] if said.lower() in _YES_NO else _no(ask, said)
        case FieldType.DATE:
            return _day(ask, said)
        case _:
            return said


def _number(ask: Ask, said: str) -> Value | Misread:
    if _IN_TWO_WAYS.match(said):
        whole = said.replace(".", "")
        return _no(ask, said, f"it could be read in two ways: write {whole} or {said}0")
    return float(said) if _NUMBER.match(said) else _no(ask, said)


def _day(ask: Ask, said: str) -> Value | Misread:
    try:
        return to_day(date.fromisoformat(said)) if len(said) == 10 else _no(ask, said)
    except ValueError:
        return _no(ask, said)


def _no(ask: Ask, said: str, near: str = "") -> Misread:
    return Misread(f"'{said}' is no answer to '{ask.name}'", near or f"it takes {how(ask)}")


def how(ask: Ask) -> str:
    """What one may write, for a hint."""
    return f"one of: {', '.join(ask.choices)}" if ask.choices else _HOW[ask.type]


def with_defaults(asks: Iterable[Ask], given: Mapping[str, Value]) -> dict[str, Value]:
    """What an enrollment knows: what was given, else the default, else empty."""
    return {ask.name: given.get(ask.name, ask.default) for ask in asks}
