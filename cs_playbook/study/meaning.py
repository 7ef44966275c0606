"""Anything that the files declare → what it says, place by place, in the words of the YAML: the same meaning, the same words.

Places are as people write them (`steps`, `reply`, `wait`); the order of maps, layout, comments and spans are not in it.
Whatever a model gains later is told too, by the names of its fields: nothing that means something can be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any, get_args

from msgspec import Struct, field

from cs_playbook.model.condition import Cases, Condition, Fit, Group, Leaf
from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import Expression
from cs_playbook.model.letter import Letter
from cs_playbook.model.mail_policy import Cap, Stretch
from cs_playbook.model.playbook import PRIORITIES, Exit, PerValue, Playbook
from cs_playbook.model.project import HandsOff
from cs_playbook.model.scorecard import POINT, Band, ByValue, Line, Measure, Override, Profile
from cs_playbook.model.segment import Segment
from cs_playbook.model.step import After, ChannelRef, Requirement, Sentence, Step
from cs_playbook.model.team import AllOf, FirstOf, RoleRef
from cs_playbook.model.time import FromDate, FromReady, FromStart, Rhythm
from cs_playbook.model.trait import NewValue
from cs_playbook.model.wording import write
from cs_playbook.source.finding import Span
from cs_playbook.values import names_of

Place = tuple[str, ...]
Told = Mapping[Place, tuple[str, ...]]
ORDER = "order"  # the last word of a place: of the names in a list where order decides

_EXPRESSION = get_args(Expression)
# What is no meaning of its own: where it stands, what it is called (who asks knows), what is worked out from the rest.
_UNSAID = frozenset((
    "span", "definition", "text", "unread", "not_together_at", "formerly", "body_line", "at", "ledger_id",
    "renamed_steps", "dropped_steps", "pieces",
))  # fmt: skip
# As people write it, where the model has another word.
_WRITTEN = {
    "exits": "exit", "sees_inactive": "sees inactive", "words": "", "verb": "",
    "question": "approve", "letter": "email", "sender": "from", "copies": "cc", "sends": "send", "repeats": "", "otherwise": "else",
    "overrides": "override", "per_value": "one_per", "figure": "", "aim": "objective", "most": "",
}  # fmt: skip
# Some words mean another thing elsewhere.
_WRITTEN_IN = {
    ("Task", "title"): "task", ("Document", "name"): "document", ("Set", "values"): "set", ("Notify", "to"): "notify",
    ("Wait", "lasting"): "wait", ("Decide", "cases"): "decide", ("Absence", "first"): "from", ("Absence", "last"): "to",
    ("Signal", "table"): "from", ("Share", "condition"): "share", ("Retention", "value"): "retention", ("Retention", "counted"): "as",
    ("Measure", "fact"): "measure", ("Project", "mail"): "", ("MailPolicy", "caps"): "email_caps",
    ("MailPolicy", "quiet"): "quiet_for_emails", ("MailPolicy", "hours"): "email_hours", ("MailPolicy", "suppressing"): "suppress_when", ("Quiet", "stretches"): "",
}  # fmt: skip
_DAYS = frozenset(
    (
        "within", "last", "before", "expires_after", "stale_after", "absent_after", "a_table_falls_back_by", "dates_move_by",
    )
)  # fmt: skip
_SHARES = frozenset(
    (
        "holdout", "and_share", "a_table_shrinks_by", "a_table_grows_by", "empty_cells_rise_by", "words_shift_by",
        "known_cells_change_by", "known_rows_change_by", "a_segment_grows_by", "at_most",
    )
)  # fmt: skip
_IN_ORDER = (Segment, Band, Profile, Override, HandsOff, Exit)


class Renames(Struct, frozen=True):
    """What is called otherwise now: old name → new. `steps` of the playbook at hand."""

    steps: Mapping[str, str] = field(default_factory=dict)
    playbooks: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)


NO_RENAMES = Renames()


def told(value: object, renames: Renames = NO_RENAMES) -> Told:
    """What it says; old names in it are told as the new ones."""
    found: dict[Place, tuple[str, ...]] = {}
    for place, texts in _Teller(renames).tell(value):
        # What is written twice at one place is one list there: two conditions with `for`.
        found[place] = (*found.get(place, ()), *texts)
    return found


Piece = tuple[Place, tuple[str, ...]]


class _Teller(Struct, frozen=True):
    """Tells with the names of today."""

    renames: Renames

    def tell(self, value: object) -> Iterator[Piece]:
        match value:
            case None | () | "" | Span():
                return
            case Leaf() | Group():
                yield from self._condition(value)
            case Cases():
                yield from self._cases(value)
            case After():
                yield (), (self._after(value),)
            case Playbook() | Step() | Measure() | Letter():
                yield from self._special(value)
            case tuple():
                yield from self._list(value)
            case Mapping():
                yield from self._under((str(key), item) for key, item in sorted(value.items()))
            case _ if (text := self.text(value)) is not None:
                yield (), (text,)
            case Struct():
                yield from self._fields(value)
            case _:
                yield (), (str(value),)

    def text(self, value: object) -> str | None:
        """What is said in one breath; None for what has parts."""
        match value:
            case bool():
                return "yes" if value else "no"
            case Enum():
                return str(value.value)
            case int() | float():
                return f"{value:g}" if isinstance(value, float) else str(value)
            case str():
                return value
            case date():
                return value.isoformat()
            case Duration() | Rhythm() | Cap() | Stretch():
                return str(value)
            case FromReady(duration=duration):
                return str(duration)
            case FromStart(days=days):
                return f"day {days}"
            case FromDate():
                return self._from_date(value)
            case Sentence(text=text):
                return text
            case PerValue(fact=fact):
                return fact
            case NewValue(value=said):
                return "nothing" if said is None else self.text(said)
            case RoleRef(role=role):
                return role
            case ChannelRef(channel=channel):
                return channel
            case FirstOf(people=people) | AllOf(people=people):
                how = "first of" if isinstance(value, FirstOf) else "all of"
                return f"{how} {', '.join(self.text(one) or '' for one in people)}"
            case _ if isinstance(value, _EXPRESSION):
                return self._renamed(write(value))
            case _:
                return None

    # --- conditions and cases ---

    def _condition(self, condition: Condition) -> Iterator[Piece]:
        """Each line of an `all` on its own; what stands under another roof is one text."""
        lines: list[str] = []
        because: list[str] = []
        for item in _lines(condition):
            lines.append(self._question(item))
            because += _reasons(item)
        yield (), tuple(sorted(lines))
        yield ("because",), tuple(because)

    def _question(self, condition: Condition) -> str:
        patience = f", for {Duration(condition.lasting, 'day')}" if condition.lasting else ""
        match condition:
            case Leaf(expression=expression):
                return self._renamed(write(expression)) + patience
            case Group(kind="none", items=(Leaf() as only,)):
                return f"not ({self._question(only)}){patience}"
            case Group(kind=kind, items=items):
                # The order of questions decides nothing.
                inside = "; ".join(sorted(self._question(item) for item in items))
                return f"{kind} of ({inside}){patience}"

    def _cases(self, cases: Cases[Any]) -> Iterator[Piece]:
        if len(cases.fits) == 1 and cases.fits[0].when is None:
            yield from self.tell(cases.fits[0].value)
            return
        said = (self._flat(fit) for fit in cases.fits)
        yield (), tuple(f"{number}. {text}" for number, text in enumerate(said, 1))

    def _asked(self, condition: Condition) -> str:
        return " and ".join(sorted(self._question(item) for item in _lines(condition)))

    def _after(self, after: After) -> str:
        said = [self._requirement(item) for item in after.requirements]
        joined = (" or " if after.kind == "any" else " and ").join(sorted(said))
        return joined or "start"

    def _requirement(self, item: Requirement) -> str:
        step = self.renames.steps.get(item.step, item.step)
        return f"{step}: {' or '.join(sorted(item.outcomes))}" if item.outcomes else step

    def _from_date(self, moment: FromDate) -> str:
        day = self.text(moment.date) or ""
        return f"{moment.duration} {moment.direction} {day}" if moment.duration.count else day

    def _renamed(self, text: str) -> str:
        """A written expression with the names of today."""
        for old, new in self.renames.steps.items():
            text = re.sub(rf"\bsteps\.{re.escape(old)}\.", f"steps.{new}.", text)
        for old, new in self.renames.playbooks.items():
            text = re.sub(rf"\b(running|finished|last_outcome)\('{re.escape(old)}'", rf"\1('{new}'", text)
        return text

    # --- things with parts ---

    def _special(self, value: Playbook | Step | Measure | Letter) -> Iterator[Piece]:
        match value:
            case Playbook():
                yield from self._fields(value, ("priority", "not_together_with"))
                yield ("priority",), (PRIORITIES[value.priority],)
                rivals = (self.renames.playbooks.get(name, name) for name in value.not_together_with)
                yield ("not_together_with",), tuple(sorted(rivals))
            case Step():
                yield ("kind",), (value.kind,)
                yield from self._step(value)
            case Measure():
                yield from self._fields(value, ("points",))
                yield from ((("points", *place), texts) for place, texts in self._points(value))
            case Letter():
                yield from self._fields(value, ("body",))
                yield ("body",), tuple(line.rstrip() for line in value.body.splitlines() if line.strip())

    def _step(self, step: Step) -> Iterator[Piece]:
        for place, texts in self._fields(step, ("id",)):
            match place:
                case ("email" | "document" as what,):
                    yield (what,), tuple(self.renames.letters.get(text, text) for text in texts)
                case ("playbook",):
                    yield place, tuple(self.renames.playbooks.get(text, text) for text in texts)
                case _:
                    yield place, texts

    def _points(self, measure: Measure) -> Iterator[Piece]:
        match measure.points:
            case Line(corners=corners):
                yield (), tuple(f"{at:g}: {units / POINT:g}" for at, units in corners)
            case ByValue(units=units):
                yield (), tuple(sorted(f"{value}: {points / POINT:g}" for value, points in units))
            case Cases() as cases:
                said = (self._flat(Fit(fit.when, fit.value / POINT)) for fit in cases.fits)
                yield (), tuple(f"{number}. {text}" for number, text in enumerate(said, 1))

    def _fields(self, value: Any, without: Iterable[str] = ()) -> Iterator[Piece]:
        unsaid = _UNSAID.union(without)
        names = [name for name in names_of(value) if name not in unsaid]
        yield from self._under(
            (_written(value, name), _with_unit(name, getattr(value, name))) for name in names
        )

    def _under(self, items: Iterable[tuple[str, object]]) -> Iterator[Piece]:
        for name, item in items:
            before = (name,) if name else ()
            yield from (((*before, *place), texts) for place, texts in self.tell(item))

    def _list(self, items: tuple[Any, ...]) -> Iterator[Piece]:
        names = [_name_of(item) for item in items]
        if all(names) and len(set(names)) == len(names):
            called = [self._called(item, name or "") for item, name in zip(items, names, strict=True)]
            for name, item in zip(called, items, strict=True):
                inside = self.tell(_content(item))
                yield from (((name, *place), texts) for place, texts in inside if place != ("name",))
            if isinstance(items[0], _IN_ORDER) and len(items) > 1:
                yield (ORDER,), tuple(called)
            # That it is there is said too, where nothing else is said of it.
            yield from (((name, "is"), ("there",)) for name in called)
        else:
            yield (), tuple(self._flat(item) for item in items)

    def _called(self, item: object, name: str) -> str:
        return self.renames.steps.get(name, name) if isinstance(item, Step) else name

    def _flat(self, item: object) -> str:
        """All of it in one text."""
        text = self.text(item)
        if text is not None:
            return text
        if isinstance(item, Exit):
            undo = "".join(f"; then {self._flat(step)}" for step in item.then)
            return f"{self._asked(item.when)} → {item.outcome}{undo}"
        if isinstance(item, Fit):
            when = "otherwise" if item.when is None else f"when {self._asked(item.when)}"
            return f"{self._flat(item.value)} {when}"
        said = (f"{' '.join(place)} {', '.join(texts)}".strip() for place, texts in self.tell(item) if texts)
        return "; ".join(said)


def _lines(condition: Condition) -> Iterator[Condition]:
    """`all` of `all` is one list; a roof with a sentence or patience of its own stays."""
    match condition:
        case Group(kind="all", items=items, lasting=None, because=None):
            for item in items:
                yield from _lines(item)
        case Group(kind="any", items=(only,), lasting=None, because=None):
            yield from _lines(only)
        case _:
            yield condition


def _reasons(condition: Condition) -> Iterator[str]:
    if condition.because:
        yield condition.because
    if isinstance(condition, Group):
        for item in condition.items:
            yield from _reasons(item)


def _written(value: object, name: str) -> str:
    """A field of the model as people write it."""
    return _WRITTEN_IN.get((type(value).__name__, name), _WRITTEN.get(name, name))


def _with_unit(name: str, value: object) -> object:
    """Days and shares are kept as bare numbers."""
    match value:
        case int() if name in _DAYS and not isinstance(value, bool):
            return str(Duration(value, "day"))
        case float() if name in _SHARES:
            return f"{value * 100:g} %"
        case _:
            return value


def _name_of(item: object) -> str | None:
    """By what it is called in a list; None where it is told whole."""
    match item:
        case (str() as name, second) if not isinstance(second, str | int | float | None):
            return name
        case (_, _) | str():
            return None
        case Struct():
            said = next(
                (
                    getattr(item, word)
                    for word in ("id", "name", "email", "field", "table")
                    if hasattr(item, word)
                ),
                None,
            )
            return said if isinstance(said, str) and said else None
        case _:
            return None


def _content(item: Any) -> object:
    return item[1] if isinstance(item, tuple) else item
