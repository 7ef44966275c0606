"""Segmentations (`segments:`): which segment an account belongs to, or which tags it has; and the facts they give."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from cs_playbook.model.condition import Condition
from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import Span


class Choosing(StrEnum):
    """How segments are given: the first that fits, all that fit (tags), the one that fits alone."""

    FIRST = "first_match"
    ANY = "any_match"
    EXCLUSIVE = "exclusive"


class Segment(Struct, frozen=True):
    """`when` None: everybody whom no earlier segment took.

    As a stage: `after`, from which others one comes to it (none: from all); `expected` and `at_most`, days in it.
    """

    name: str
    when: Condition | None
    span: Span
    title: str = ""
    promise: str = ""
    accounts_per_csm: int | None = None
    minutes_per_month: int | None = None
    after: tuple[str, ...] = ()
    expected: int | None = None
    at_most: int | None = None
    formerly: tuple[str, ...] = ()


class StageState(StrEnum):
    """How long an account has been in its segment, beside what is expected of it."""

    ON_TRACK = "on track"
    BEHIND = "behind"
    STUCK = "stuck"


class Move(Struct, frozen=True):
    """For how many days the rules must say so before an account moves; 1 is at once. Up is towards the first segment."""

    up_after: int = 1
    down_after: int = 1


class Segmentation(Struct, frozen=True):
    """Segments in order: the first is the highest. With ANY each is a fact of its own, yes or no."""

    name: str
    title: str
    segments: tuple[Segment, ...]
    span: Span
    choosing: Choosing = Choosing.FIRST
    move: Move | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(segment.name for segment in self.segments))

    @property
    def renamed(self) -> dict[str, str]:
        """What segments were called → what they are called."""
        return {old: segment.name for segment in self.segments for old in segment.formerly}

    @property
    def standing(self) -> tuple[str, ...]:
        """The facts that say where an account stands: they are remembered day by day."""
        if self.choosing is Choosing.ANY:
            return tuple(f"{self.name}.{name}" for name in self.names)
        return (self.name,)

    @property
    def says(self) -> str:
        """What the rules say today, whatever a person has set and however patient a move is."""
        return f"{self.name}.by_rule"

    @property
    def by_rule(self) -> str | None:
        """The same, where it is a fact: where an account may stand elsewhere for a while."""
        follows = any(segment.after for segment in self.segments)
        return self.says if self.move is not None or follows else None

    @property
    def days(self) -> str:
        """The fact that says for how many days an account has been in its segment."""
        return f"{self.name}.days"

    @property
    def state(self) -> str | None:
        """The fact that says whether that is as expected, where anything is."""
        timed = any(segment.expected or segment.at_most for segment in self.segments)
        return f"{self.name}.state" if timed else None

    @property
    def facts(self) -> dict[str, FieldType]:
        """All facts it gives, with their types."""
        if self.choosing is Choosing.ANY:
            return dict.fromkeys(self.standing, FieldType.BOOLEAN)
        texts = (fact for fact in (self.name, self.by_rule, self.state) if fact is not None)
        return {**dict.fromkeys(texts, FieldType.TEXT), self.days: FieldType.INTEGER}

    @property
    def places(self) -> tuple[str, ...]:
        """The facts that name a segment or a tag."""
        return self.standing if self.by_rule is None else (*self.standing, self.by_rule)

    def values_of(self, fact: str) -> tuple[str, ...]:
        """The only texts it may hold."""
        return tuple(StageState) if fact == self.state else self.names if fact in self.places else ()

    def tagged(self, fact: str) -> Segment | None:
        """The segment of which a fact says yes or no: tier.high."""
        if self.choosing is not Choosing.ANY:
            return None
        return next((one for one in self.segments if f"{self.name}.{one.name}" == fact), None)
