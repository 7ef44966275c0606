"""How things stand, what was done to an account, whether the ledger is whole: read, never written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cs_playbook.commands.place import Place, look_at_ledger, open_ledger, open_snapshot
from cs_playbook.effects.ledger_look import LedgerLook
from cs_playbook.effects.ledger_records import Recorded, RunRecord
from cs_playbook.errors import UserError
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.source.manifest import Manifest


@dataclass(frozen=True, slots=True)
class StatusNow:
    """How things stand. `drafts`: letters that wait for their sender. `wrong`: what the ledger says of itself."""

    last: RunRecord | None
    manifest: Manifest | None
    snapshot_trouble: str
    hours_old: int | None
    open_enrollments: int
    shadows: int
    open_tasks: int
    late: int
    drafts: int
    oldest_draft: date | None
    starts_asked: int
    unpublished: int
    held: Mapping[str, int]
    held_out: int = 0
    muted: tuple[tuple[str, date, str], ...] = ()  # (account, until, why) by a person's word


def status(place: Place, now: datetime) -> StatusNow:
    """Reads the ledger and the newest snapshot's manifest."""
    with look_at_ledger(place) as ledger:
        last = ledger.last_run()
        going = [item for item in ledger.enrollments(now.date()) if item.is_open]
        manifest, trouble = _manifest(place)
        return _status(ledger, last, going, manifest, trouble, place, now)


def _status(
    ledger: LedgerLook,
    last: RunRecord | None,
    going: list[Enrollment],
    manifest: Manifest | None,
    trouble: str,
    place: Place,
    now: datetime,
) -> StatusNow:
    treated = [item for item in going if item.arm is Arm.TREATED]
    tasks = [task for item in treated for task in item.open_tasks]
    drafts = [task for task in tasks if task.kind == "email"]
    day = last.day if last else now.date()
    held = Counter(
        {
            name.removeprefix("held:"): count
            for name, count in (last.counts if last else {}).items()
            if name.startswith("held:")
        }
    )
    return StatusNow(
        last=last, manifest=manifest, snapshot_trouble=trouble, hours_old=_hours_old(manifest, place, now),
        open_enrollments=len(treated), shadows=sum(item.arm is Arm.SHADOW for item in going), open_tasks=len(tasks),
        late=sum(task.is_late(day) for task in tasks), drafts=len(drafts),
        oldest_draft=min((task.opened_on for task in drafts), default=None), starts_asked=ledger.how_many_starts_asked(),
        unpublished=ledger.how_many_not_in_place(), held=held,
        held_out=sum(item.arm is Arm.HELD_OUT for item in going),
        muted=ledger.left_alone(now.date()),
    )  # fmt: skip


def _manifest(place: Place) -> tuple[Manifest | None, str]:
    try:
        with open_snapshot(place, None) as snapshot:
            return snapshot.manifest, ""
    except UserError as error:
        return None, error.sentence


def _hours_old(manifest: Manifest | None, place: Place, now: datetime) -> int | None:
    if manifest is None:
        return None
    began = datetime(
        manifest.day.year,
        manifest.day.month,
        manifest.day.day,
        tzinfo=ZoneInfo(place.project.calendar.timezone),
    )
    return int((now - began).total_seconds() // 3600)


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """All events of an account, and its enrollments as they stand, by key."""

    account: str
    recorded: Sequence[Recorded]
    enrollments: Mapping[str, Enrollment]


def history(place: Place, account: str) -> AccountHistory:
    """Everything that was ever done to an account; also to one that has left the snapshot, by its key."""
    from cs_playbook.commands.account import find_account

    with open_ledger(place, writing=False) as ledger:
        found = find_account(place, account, ledger)
        return AccountHistory(
            found, ledger.history(found), {item.key: item for item in ledger.enrollments_of(found)}
        )


def verify(place: Place) -> list[str]:
    """What is wrong with the ledger, as sentences."""
    with open_ledger(place, writing=False) as ledger:
        return ledger.verify()
