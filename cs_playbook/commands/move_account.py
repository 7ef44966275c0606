"""The CRM has renamed or merged an account → what was its own goes on under the other id; keys stay."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from cs_playbook.commands.people import Act
from cs_playbook.commands.place import Place, open_ledger, open_snapshot
from cs_playbook.compile import wanted
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Ended, Event, Muted, StartRefused, TraitSet, Unmuted
from cs_playbook.model.moved import AccountMoved, SubjectMoved
from cs_playbook.source import snapshot as snapshots
from cs_playbook.values import replace

MERGED = "merged"  # the outcome of one that was open on both sides


class Moved(Struct, frozen=True):
    """How many enrollments went along; those that end, because the other account is in the same playbook already."""

    account: str
    to: str
    enrollments: int
    ended: tuple[Enrollment, ...]
    traits: int


def move_account(place: Place, account: str, to: str, because: str, act: Act) -> Moved:
    """Both are keys, as they stand in the exports. Raises ChoiceError where that cannot be meant."""
    if account == to:
        raise ChoiceError(f"{account} is the same account", "name the old id, then the new one")
    _refuse_other_exports(place, account, to)
    with locked(place.ledger, "ledger move-account"), open_ledger(place, writing=True) as ledger:
        mine = ledger.ever_of(account)
        said = list(_said(ledger, account, to, act, because))
        if not mine and not said:
            raise ChoiceError(
                f"nothing is known of an account '{account}'", "it is written as in the exports: A1012"
            )
        doubled = _doubled(mine, ledger.ever_of(to))
        events: list[Event] = [AccountMoved(account, to, act.on, act.by, because)]
        for item in mine:
            if item.key in doubled:
                events.append(Ended(item.key, act.on, MERGED, "stopped", act.by, because))
            events.append(SubjectMoved(item.key, to, act.on))
        ledger.move([*events, *said], account, to, act.recorded_at)
        ended = tuple(item for item in mine if item.key in doubled)
        traits = sum(isinstance(event, TraitSet) and event.account == to for event in said)
        return Moved(account, to, len(mine), ended, traits)


def _refuse_other_exports(place: Place, account: str, to: str) -> None:
    """As long as the old id is in the exports it would begin anew; a new one that is not there is a slip of the pen."""
    if not snapshots.days(place.snapshots):
        return
    key = place.contract.accounts.key or "id"
    with open_snapshot(place, None) as snapshot:
        rows = snapshot.connection.execute(wanted.account_names(key, None))
        there = {key for row in rows if (key := str(row[0])) in (account, to)}
        day = snapshot.day.isoformat()
    if account in there:
        raise ChoiceError(
            f"{account} is still in the snapshot of {day}",
            "build that of the export in which it is gone, move it, then run: else it begins anew",
        )
    if to not in there:
        raise ChoiceError(
            f"there is no account '{to}' in the snapshot of {day}", "its key, as in the exports"
        )


def _doubled(mine: list[Enrollment], theirs: list[Enrollment]) -> frozenset[str]:
    """Open in the same playbook on both sides: the one that moves ends."""
    there = {(item.playbook, item.row, item.arm) for item in theirs if item.is_open}
    return frozenset(
        item.key for item in mine if item.is_open and (item.playbook, item.row, item.arm) in there
    )


def _said(ledger: Ledger, account: str, to: str, act: Act, because: str) -> Iterator[Event]:
    """What people and steps have said of it is said of the other, as of its own day; of the old id nothing is left."""
    for trait in ledger.traits_of(account):
        for word in ledger.said_of(trait, None, act.on, account):
            if word.value is not None:
                yield TraitSet(
                    to, trait, word.value, word.on, word.by, word.because, word.enrollment, until=word.until
                )
                yield TraitSet(account, trait, None, act.on, act.by, because)
    muted = ledger.muted(act.on).get(account)
    if muted is not None:
        yield Muted(to, muted.on, muted.until, muted.because, muted.by)
        yield Unmuted(account, act.on, because, act.by)
    for asked in ledger.pending_starts():
        if asked.account == account:
            yield replace(asked, account=to)
            yield StartRefused(asked.playbook, account, asked.row, act.on, f"it goes on as {to}")
