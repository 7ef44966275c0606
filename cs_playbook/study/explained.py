"""What is known of one account in its playbooks, as values: every condition, every step, what was and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct, field

from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, Progress
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.scored import Scored
from cs_playbook.model.trait import NowSaid
from cs_playbook.model.value import FieldType
from cs_playbook.plan.advance import Verdict
from cs_playbook.plan.decision import Held
from cs_playbook.study.behind import Part


class Standing(StrEnum):
    """Where an account, or one of its rows, stands in a playbook."""

    RUNNING = "running"
    SHADOW = "in shadow"
    HELD_OUT = "held out"
    CLOSED = "takes no new ones"
    STARTS = "starts with the next run"
    HELD = "held"
    REFUSED = "refused"
    WAITS = "not yet for long enough"
    BEFORE = "was here before"
    OVER = "exit or goal fits already"
    FITS = "fits"
    RHYTHM = "waits for its day"
    NO = "not started"
    UNKNOWN = "unknown"
    INACTIVE = "not active"
    ABSENT = "missing from the snapshot"
    DRAFT = "draft"
    PEOPLE = "started by people only"


class Fitted(Struct, frozen=True):
    """What was remembered at the end of the previous logical day. `watched_since` None: the rule never ran.

    `now`: whether it fitted; None: it never did. `since`: the day since which that is so.
    """

    watched_since: date | None = None
    now: bool | None = None
    since: date | None = None


class Episode(Struct, frozen=True):
    """One time in a playbook. `ended_on` None: it is open."""

    number: int
    started_on: date
    by: str
    arm: Arm
    ended_on: date | None = None
    outcome: str = ""
    why: str = ""


class RuleExplained(Struct, frozen=True):
    """`row`: the key of the row it is about, None for the account. `parts`: as many as a person counts conditions."""

    row: str | None
    standing: Standing
    parts: tuple[Part, ...] = ()
    why: str = ""
    since: date | None = None
    until: date | None = None
    fitted: Fitted = Fitted()
    episodes: tuple[Episode, ...] = ()

    @property
    def said_no(self) -> int:
        return sum(part.evidence.answer is False for part in self.parts)

    @property
    def unknown(self) -> int:
        return sum(part.evidence.answer is None for part in self.parts)


class Awaited(Struct, frozen=True):
    """A step that must come before. `verdict`: met, waiting, impossible; `progress`: how far it is."""

    step: str
    outcomes: tuple[str, ...]
    verdict: Verdict
    progress: Progress | None


class StepExplained(Struct, frozen=True):
    """`progress` None: not ready yet. `until`: what a wait looks for. `next`: what the next run does to it."""

    step: str
    kind: str
    title: str
    progress: Progress | None
    tasks: tuple[OpenTask, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    any_of: bool = False
    until: Part | None = None
    held: Held | None = None
    next: str = ""
    again: str = ""  # which time it is, of what repeats
    passed_by: str = ""  # what may pass it over


class WayOut(Struct, frozen=True):
    """An exit or the goal. `last`: until when the goal is watched."""

    outcome: str
    part: Part
    is_goal: bool = False
    last: date | None = None


class EnrollmentExplained(Struct, frozen=True):
    """An open one. `steps` is empty where its text no longer binds. `held`: what holds all of it. `differs`: in what
    today's text differs from the one it goes by."""

    enrollment: Enrollment
    steps: tuple[StepExplained, ...]
    ways_out: tuple[WayOut, ...]
    held: tuple[Held, ...] = ()
    differs: tuple[str, ...] = ()


class PlaybookExplained(Struct, frozen=True):
    """`playbook` None: its file is gone. `rows`: how many rows the account has, None where it is about the account.

    Of these the open ones, those that fit and the nearest are in `rules`.
    """

    name: str
    playbook: Playbook | None
    rules: tuple[RuleExplained, ...]
    enrollments: tuple[EnrollmentExplained, ...] = ()
    rows: int | None = None


class Explained(Struct, frozen=True):
    """`only`: the playbook that was asked for. `active`: the contract's condition, where it does not say yes.

    `is_past`: the day lies before the last run: what is held is not known any more. `people`: names by address.
    `traits`: what was said of it, by people and by steps. `scores`: by its scorecards; `units`: of facts, for screens.
    """

    day: date
    account: str
    name: str
    present: bool
    playbooks: tuple[PlaybookExplained, ...]
    people: Mapping[str, str]
    only: str | None = None
    active: Part | None = None
    is_past: bool = False
    traits: tuple[NowSaid, ...] = ()
    scores: tuple[Scored, ...] = ()
    units: Mapping[str, tuple[FieldType | None, str]] = field(default_factory=dict)


class NearAccount(Struct, frozen=True):
    """`is_in`: it is in the playbook already."""

    account: str
    name: str
    part: Part
    is_in: bool = False


class NearCondition(Struct, frozen=True):
    """The accounts that only this condition keeps out. `nearest`: the first of them."""

    text: str
    count: int
    nearest: tuple[NearAccount, ...]


class NearExplained(Struct, frozen=True):
    """Who is one condition short of a playbook; `unknown`: whom one empty value keeps out instead."""

    day: date
    playbook: str
    title: str
    seen: int
    short: int
    unknown: int
    conditions: tuple[NearCondition, ...]
