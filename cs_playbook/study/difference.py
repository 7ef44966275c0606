"""What people see of a change, as values: what it means, whom it concerns today, which stories pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from cs_playbook.plan.guards import Stop
from cs_playbook.source.finding import Finding
from cs_playbook.study.changes import Changes
from cs_playbook.study.planned import OwnerMinutes
from cs_playbook.study.replay import Replayed


class OneOfThem(Struct, frozen=True):
    """An account, or one of its rows."""

    account: str
    name: str
    row: str | None
    arr: float | None


class Group(Struct, frozen=True):
    """Some accounts or rows: `count` of all, `arr` of the accounts (each once; None: not known), `first`: the largest ARR first."""

    count: int = 0
    arr: float | None = None
    first: tuple[OneOfThem, ...] = ()


class RuleDifference(Struct, frozen=True):
    """Whom a playbook's rule fits (`for` and limits aside), before and now. `patient`: of those that enter, who must go on fitting first."""

    playbook: str
    before: int
    now: int
    enter: Group
    leave: Group
    patient: int = 0


class Work(Struct, frozen=True):
    """What happens today in a playbook: enrollments started and ended, tasks and drafts opened."""

    started: int = 0
    ended: int = 0
    tasks: int = 0
    drafts: int = 0


class Moves(Struct, frozen=True):
    """Accounts that a segmentation or a scorecard puts elsewhere. `ways`: (from, to) → how many; "" is none."""

    fact: str
    ways: Mapping[tuple[str, str], int]
    moved: Group


class Impact(Struct, frozen=True):
    """Both texts decided on the same snapshot, ledger and day. `work`: playbook → before, now. `minutes`: by owner, before and now.

    `open`: enrollments whose text changes, and what becomes of them. `stops`: what would stop a run now, and did not.
    `has_ledger`: without one nothing was ever done. `works_today`: before the change there was work to do today too.
    """

    day: date
    accounts: int
    rules: tuple[RuleDifference, ...]
    work: Mapping[str, tuple[Work, Work]]
    moves: tuple[Moves, ...]
    minutes: tuple[tuple[OwnerMinutes | None, OwnerMinutes | None], ...]
    open: tuple[Replayed, ...] = ()
    stops: tuple[Stop, ...] = ()
    has_ledger: bool = True
    works_today: bool = False


class StoriesNow(Struct, frozen=True):
    """Stories of the files as they are now. `failing`: their names. `unnoticed`: how many rules of the changed playbooks
    could be changed without a story noticing; None: nobody asked, or a story fails anyway."""

    passed: int
    failing: tuple[str, ...] = ()
    findings: int = 0
    unnoticed: int | None = None


class Difference(Struct, frozen=True):
    """`base`: what was compared with, in words; `commit`: its hash. `changes` None: that revision has no workspace that
    could be read. `wrong`: its errors. `impact` None: `no_impact` says why. `stories` None: none were played.
    """

    base: str
    commit: str
    changes: Changes | None
    files: str
    wrong: tuple[Finding, ...] = ()
    impact: Impact | None = None
    no_impact: str = ""
    stories: StoriesNow | None = None
    moved_from: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
