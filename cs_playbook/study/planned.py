"""What people see of a plan, as values: its counts, its first names, the minutes it asks of each owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.trait import NowSaid
from cs_playbook.plan.decision import HeldBy
from cs_playbook.plan.guards import Stop
from cs_playbook.source.finding import Finding
from cs_playbook.study.not_exported import NotExported
from cs_playbook.study.plan_line import LineKind, PlanLine
from cs_playbook.study.replay import Replayed


class Unknown(Struct, frozen=True):
    """A condition that is unknown for accounts which nothing else keeps out. `what`: `arr is empty`.

    `untold`: nobody exports what it asks for.
    """

    what: str
    accounts: int
    untold: bool = False


class RuleNumbers(Struct, frozen=True):
    """What a playbook's rule says of the whole portfolio today.

    `new`: did not fit at the last run. `already`: left alone, because they fitted before it went live.
    `patient`: fit, but not yet for as long as asked. `near`: one condition short (None: not counted).
    `coming`: the next day of the rhythm on which it starts.
    """

    fitting: int
    new: int = 0
    already: int = 0
    patient: int = 0
    near: int | None = None
    unknown: tuple[Unknown, ...] = ()
    coming: date | None = None


class PlaybookSummary(Struct, frozen=True):
    """`counts`: of each kind, all of them. `lines`: the first of them, the largest ARR first.

    `held_out`: how many begin only to be watched; they take their places in the limits too.
    """

    name: str
    playbook: Playbook | None
    counts: Mapping[LineKind, int]
    lines: Mapping[LineKind, tuple[PlanLine, ...]]
    numbers: RuleNumbers | None = None
    held_out: int = 0

    @property
    def is_shadow(self) -> bool:
        return self.playbook is not None and self.playbook.status is Status.SHADOW


class OwnerMinutes(Struct, frozen=True):
    """What all open work asks of a person after today. `week`: due within seven days, or late already."""

    owner: str
    name: str
    today: int
    week: int
    per_week: int | None = None

    @property
    def share(self) -> float | None:
        return self.week / self.per_week if self.per_week else None


class PlanSummary(Struct, frozen=True):
    """Counts are sorted, the most first.

    `started`, `shadowed`: by playbook. `moves`: open enrollments in which something happens; `work`: what it
    is. `told`: escalations by person. `ended`: by outcome. `goals`: met after the steps had ended. `later`:
    steps whose earliest day has not come. `arr`: of the accounts in which something starts, each once.
    `changes`: all that a run would record. `people`: the names of colleagues by their address.
    `traits`: set by steps, by trait; `overruled`: of these, who does not have the last word. `notes`: told, by channel or person.
    """

    day: date
    started: Mapping[str, int]
    shadowed: Mapping[str, int]
    moves: int
    work: Mapping[str, int]
    late: int
    told: Mapping[str, int]
    ended: Mapping[str, int]
    shadows_ended: int
    goals: int
    held: Mapping[HeldBy, int]
    later: int
    refused: int
    arr: float | None
    playbooks: tuple[PlaybookSummary, ...]
    minutes: tuple[OwnerMinutes, ...]
    people: Mapping[str, str]
    changes: int
    traits: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    overruled: int = 0


class DryRun(Struct, frozen=True):
    """The plan of a day and what it was made of.

    `built_at`: of the snapshot, UTC, ISO text; `built`: HH:MM in the project's zone, "" if on another day. `accounts`: in it; `seen`: the active ones. `files`, `plan`:
    hashes. `hours_old`: by the clock, None where nobody asked. `stops`: why a run would do nothing.
    `answers`: that came back and count; `findings`: about those that do not.
    `not_exported`: what nobody exports and playbooks ask for.
    `changed`: what becomes of enrollments whose text is not today's. `by_hand`: segments that people have set.
    """

    day: date
    built_at: str
    accounts: int
    seen: int
    files: str
    plan: str
    summary: PlanSummary
    hours_old: int | None = None
    built: str = ""
    stops: tuple[Stop, ...] = ()
    answers: int = 0
    findings: tuple[Finding, ...] = ()
    changed: tuple[Replayed, ...] = ()
    by_hand: tuple[NowSaid, ...] = ()
    not_exported: tuple[NotExported, ...] = ()
    undecided: Mapping[str, str] = field(default_factory=dict)  # playbook → why it cannot be decided
