"""How things stand, what was done to an account, whether the ledger is whole: read, never written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from cs_playbook.commands.place import Place, look_at_ledger, open_ledger, open_snapshot
from cs_playbook.effects.ledger_look import LedgerLook
from cs_playbook.effects.ledger_place import FORGETTING
from cs_playbook.errors import UserError
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.posting import LASTS
from cs_playbook.source.manifest import Manifest
from cs_playbook.study.expected import Expected, expected

if TYPE_CHECKING:
    from cs_playbook.effects.ledger_records import Recorded
    from cs_playbook.effects.run_record import RunRecord


class StatusNow(Struct, frozen=True):
    """How things stand. `drafts`: letters that wait for their sender. `wrong`: what the ledger says of itself."""

    last: RunRecord | None
    manifest: Manifest | None
    snapshot_trouble: str
    hours_old: int | None
    built: str  # HH:MM in the project's zone, "" if that was on another day than the snapshot's
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
    number: int = 0  # of the last run
    began: datetime | None = None  # the last run, in the project's zone
    expected: Expected | None = None
    before: tuple[date, int] | None = None  # the run before that of the snapshot's day: (day, accounts)
    taken_back: tuple[int, str, str, date] | None = (
        None  # (run, by, because, on), where no run has come since
    )
    oldest_allowed: int = 0  # hours; a run with an older snapshot stops
    outbox: Mapping[str, int] = field(default_factory=dict)  # how many mails are pending, sending, uncertain
    notes_waiting: int = 0  # for channels that are posted to
    posts_in_doubt: int = 0  # notes and digests of the last days that perhaps arrived
    forgetting: bool = False  # a cut came while somebody was being forgotten


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
    began = [datetime.fromisoformat(text).astimezone(now.tzinfo) for text in ledger.runs_began()]
    held = Counter(
        {
            name.removeprefix("held:"): count
            for name, count in (last.counts if last else {}).items()
            if name.startswith("held:")
        }
    )
    return StatusNow(
        last=last, manifest=manifest, snapshot_trouble=trouble, hours_old=_hours_old(manifest, place, now),
        built=manifest.built(ZoneInfo(place.project.calendar.timezone)) if manifest is not None else "",
        open_enrollments=len(treated), shadows=sum(item.arm is Arm.SHADOW for item in going), open_tasks=len(tasks),
        late=sum(task.is_late(day) for task in tasks), drafts=len(drafts),
        oldest_draft=min((task.opened_on for task in drafts), default=None), starts_asked=ledger.how_many_starts_asked(),
        unpublished=ledger.how_many_not_in_place(), held=held,
        held_out=sum(item.arm is Arm.HELD_OUT for item in going),
        number=ledger.number_of_the_last_run(), began=began[0] if began else None,
        expected=expected(began, place.project.calendar.week, now), before=_before(ledger, manifest),
        taken_back=_taken_back(ledger), oldest_allowed=place.project.stop_when.snapshot_older_than_hours,
        muted=ledger.left_alone(now.date()), outbox=ledger.outbox_counts(),
        notes_waiting=ledger.notes_waiting(_posted_to(place), now.date() - LASTS),
        posts_in_doubt=ledger.posts_in_doubt(now.date() - LASTS),
        forgetting=place.ledger.with_suffix(FORGETTING).exists(),
    )  # fmt: skip


def _posted_to(place: Place) -> list[str]:
    return [channel.name for channel in place.project.channels if channel.format != "file"]


def _before(ledger: LedgerLook, manifest: Manifest | None) -> tuple[date, int] | None:
    run = ledger.run_before(manifest.day) if manifest is not None else None
    rows = run.counts.get("rows:accounts") if run is not None else None
    return None if run is None or rows is None else (run.day, rows)


def _taken_back(ledger: LedgerLook) -> tuple[int, str, str, date] | None:
    found = ledger.last_taken_back()
    return found if found is not None and found[0] > ledger.number_of_the_last_run() else None


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


class AccountHistory(Struct, frozen=True):
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
            found, ledger.history(found), {item.key: item for item in ledger.ever_of(found)}
        )


def verify(place: Place) -> list[str]:
    """What is wrong with the ledger, as sentences."""
    with open_ledger(place, writing=False) as ledger:
        return ledger.verify()
