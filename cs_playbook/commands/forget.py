"""A person asks to be forgotten → all that the workspace holds of them is taken out, and no export brings them back.

The order: what is wanted is written down beside the ledger; snapshots, one by one; the ledger, in one transaction; files;
last what was written down goes. Each part does nothing the second time, so a cut is finished by the next run, or the next forget.
"""

from __future__ import annotations

import secrets
import shlex
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from cs_playbook.commands.forgotten_again import entry_of, traces_again
from cs_playbook.commands.forgotten_files import Fate, Found, Whose, act_on, find_files
from cs_playbook.commands.forgotten_person import Person, find_person, keys_that_others_have, traces_of
from cs_playbook.commands.place import Place, open_ledger
from cs_playbook.commands.publishing import publish_what_is_left
from cs_playbook.commands.resting import refuse_silence
from cs_playbook.effects import forgetting_journal as journal
from cs_playbook.effects import ledger_forgetting, ledger_place, ledger_suppression
from cs_playbook.effects.forgetting_journal import Wanted
from cs_playbook.effects.forgotten_rows import named
from cs_playbook.effects.ledger_migrations import brought_up_in_memory
from cs_playbook.effects.ledger_snapshots import knows_snapshot, point_to_snapshot
from cs_playbook.effects.lock import locked
from cs_playbook.effects.snapshot_build import alone_in
from cs_playbook.effects.snapshot_forgetting import take_out
from cs_playbook.effects.snapshot_rewriting import put_in_place, settle_cuts, stage
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.model.forgetting import CONTACT
from cs_playbook.model.suppression import Entry, SuppressionList
from cs_playbook.model.traces import Traces, is_like_no_other_word
from cs_playbook.source import snapshot as snapshots
from cs_playbook.values import replace

if TYPE_CHECKING:
    from cs_playbook.commands.people import Act


class Forgotten(Struct, frozen=True):
    """`contacts`: id → account. `taken`: how much of what. `files`: that name them. `playbooks`: whose kept texts do.
    `unread`: damaged snapshots. `not_searched`: ids too much like other words to be looked for in texts. `shared`:
    addresses that others have too. `already`: since when, and why; then files alone were looked through, for what was typed
    and what fingerprints confirm; or, of what a cut had left, what was said then."""

    contacts: Mapping[str, str] = field(default_factory=dict)
    addresses: int = 0
    names: int = 0
    taken: Mapping[str, int] = field(default_factory=dict)
    files: Sequence[Found] = ()
    playbooks: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    not_searched: Sequence[str] = ()
    shared: Mapping[str, str] = field(default_factory=dict)
    already: Entry | None = None

    @property
    def left(self) -> tuple[Found, ...]:
        """Files in which a person has to look."""
        return tuple(one for one in self.files if one.fate is Fate.STAYS)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left in what this program keeps; what is elsewhere is theirs who put it there."""
        return not self.unread and not any(one.is_kept for one in self.left)


def forget(
    place: Place, who: str, because: str, act: Act, ours: Collection[str], files: Whose = Whose.OURS
) -> Forgotten:
    """`who`: a contact's id, or an address. `ours`: addresses and names of our people, in small letters: they are never forgotten by this. `files`:
    PEOPLE where their lists and drafts are rewritten too.

    ChoiceError: nobody is known by that. StoppedOnPurpose: another command is at work, the ledger is lost.
    """
    who = who.strip()
    refuse_silence(because)
    _refuse_ours((who,), ours)
    with locked(place.ledger, "forget"):
        _publish(place)
        with closing(ledger_place.connect_to_write(place.ledger, place.project.ledger_id)) as connection:
            person = find_person(place, connection, who, ours)
            _refuse_ours(person.addresses, ours)
            if not person.is_known:
                again = _again(place, connection, who, files)
                _name_new(place, connection, again.files)
                act_on(place.root, again.files)
                return _told(place, again, person)
        wanted = Wanted(
            tuple(person.contacts), tuple(person.addresses), tuple(person.names), tuple(person.parts),
            tuple(person.contacts.values()), act.by, act.on.isoformat(), because, act.recorded_at, secrets.token_hex(8),
            files.value,
        )  # fmt: skip
        journal.write(place.ledger, wanted)
        return _told(place, replace(_carry_out(place, wanted), already=None), person)


def look(place: Place, who: str, ours: Collection[str], files: Whose = Whose.OURS) -> Forgotten:
    """What `forget` would do; nothing is changed."""
    who = who.strip()
    with (
        closing(ledger_place.connect_to_read(place.ledger, place.project.ledger_id)) as connection,
        closing(brought_up_in_memory(connection)) as copy,
    ):
        person = find_person(place, copy, who, ours)
        _refuse_ours(person.addresses, ours)
        if not person.is_known:
            return _told(place, _again(place, copy, who, files), person)
        traces = _traces(copy, place, person.contacts, person.addresses, person.names, person.parts)
        taken = {"snapshots": len(person.days)}
        tasks = _tasks(copy, traces)
        found = find_files(place, copy, traces, tasks, files)
        wanted = ledger_forgetting.Erasure(traces, "", date.max, "", "", "")
        taken |= ledger_forgetting.erase(copy, "in memory", wanted)
        return _told(place, Forgotten(taken=taken, files=found, playbooks=named(copy, traces)), person)


def finish_a_cut(place: Place) -> Forgotten | None:
    """The same, by itself."""
    with locked(place.ledger, "forget"):
        return finish_what_was_cut(place)


def finish_what_was_cut(place: Place) -> Forgotten | None:
    """`run` and `forget` do it before all else. The lock is held. None: nothing was cut."""
    journal.drop_what_never_began(place.ledger)
    wanted = journal.read(place.ledger)
    return _carry_out(place, wanted) if wanted is not None else None


# --- one erasure ---


@contextmanager
def _begun() -> Iterator[None]:
    """Whatever stops it from here on: it is written down, and goes on."""
    on = "a cut: cs-playbook run, or forget, finishes it; until then nothing else is recorded"
    try:
        yield
    except UserError as cause:
        raise UserError(cause.sentence, f"{cause.hint.rstrip('.')}; {on}" if cause.hint else on) from cause
    except (OSError, sqlite3.OperationalError) as cause:
        raise UserError(f"somebody is forgotten in part: {cause}", f"make room; {on}") from cause


def _carry_out(place: Place, wanted: Wanted) -> Forgotten:
    with _begun():
        return _erased(place, wanted)


def _erased(place: Place, wanted: Wanted) -> Forgotten:
    with closing(ledger_place.connect_to_write(place.ledger, place.project.ledger_id)) as connection:
        traces = _traces(connection, place, wanted.contacts, wanted.addresses, wanted.names, wanted.parts)
        changed, unread = _snapshots(place, connection, traces)
        found = find_files(place, connection, traces, _tasks(connection, traces), Whose(wanted.files))
        taken = {"snapshots": changed}
        if not ledger_forgetting.is_done(connection, wanted.token):
            taken |= ledger_forgetting.erase(connection, str(place.ledger), _erasure(wanted, traces, found))
        act_on(place.root, found)
        ledger_forgetting.wipe(connection)
        playbooks = named(connection, traces)
    journal.remove(place.ledger)
    mark = next(iter(traces.contacts.values()), "")
    said = Entry(mark, date.fromisoformat(wanted.on), wanted.by, traces.without(wanted.because), CONTACT)
    return Forgotten(
        names=len(wanted.names), taken=taken, files=found, playbooks=playbooks, unread=unread, already=said
    )


def _erasure(wanted: Wanted, traces: Traces, found: Sequence[Found]) -> ledger_forgetting.Erasure:
    on = date.fromisoformat(wanted.on)
    return ledger_forgetting.Erasure(
        traces, wanted.by, on, wanted.because, wanted.recorded_at, wanted.token, _ours_anew(found)
    )


def _ours_anew(found: Sequence[Found]) -> dict[str, tuple[str, str]]:
    ours = (one for one in found if one.fate is Fate.REWRITTEN and one.whose is Whose.OURS)
    return {one.inside_out: (one.before, one.after) for one in ours}


def _traces(
    connection: sqlite3.Connection, place: Place, contacts: Collection[str], addresses: Collection[str],
    names: Collection[str], parts: Collection[str],
) -> Traces:  # fmt: skip
    key = ledger_forgetting.own_key(connection, str(place.ledger))
    return traces_of(contacts, addresses, names, parts, key, _apart(connection, place, contacts))


def _apart(connection: sqlite3.Connection, place: Place, contacts: Collection[str]) -> frozenset[str]:
    rows = connection.execute("select distinct account from enrollment").fetchall()
    return keys_that_others_have(place, contacts) | {str(account) for (account,) in rows}


def _snapshots(place: Place, connection: sqlite3.Connection, traces: Traces) -> tuple[int, dict[str, str]]:
    """How many were written anew, and which are damaged. One by one: there is room for two of one day."""
    changed, unread = 0, dict[str, str]()
    if not place.snapshots.is_dir():
        return changed, unread
    with alone_in(place.snapshots):
        settle_cuts(place.snapshots, lambda sha: knows_snapshot(connection, sha))
        for day in snapshots.days(place.snapshots):
            path = snapshots.place_of(place.snapshots, day)
            try:
                new = stage(path, lambda opened: take_out(opened, place.contract, traces))
            except StoppedOnPurpose as cause:
                unread[_shown(place, path)] = cause.sentence
                continue
            if new is not None:
                point_to_snapshot(connection, str(place.ledger), new.before, new.after)
                put_in_place(path)
                changed += 1
    return changed, unread


def _tasks(connection: sqlite3.Connection, traces: Traces) -> frozenset[str]:
    """All lines that were ever about them, by key; also once the ledger knows them by their mark only."""
    known = {**traces.contacts, **{mark: mark for mark in traces.contacts.values()}}
    both = Traces(known, (), {}, {}, ())
    return frozenset(
        task.key for enrollment in ledger_forgetting.enrollments_of(connection, both)
        for task in enrollment.tasks.values() if task.contact in known
    )  # fmt: skip


def _publish(place: Place) -> None:
    """What a cut left: an erasure, and files of a run that are not in place yet."""
    finish_what_was_cut(place)
    with open_ledger(place, writing=True) as ledger:
        publish_what_is_left(place.root, ledger)


# --- who is meant, and what is told ---


def _refuse_ours(addresses: Iterable[str], ours: Collection[str]) -> None:
    for address in addresses:
        if address.casefold() in ours:
            raise ChoiceError(
                f"{address} is one of our people: `forget` is for contacts of customers",
                "whoever has left is taken out of team.yaml",
            )


def _again(place: Place, connection: sqlite3.Connection, who: str, files: Whose) -> Forgotten:
    """Whoever is forgotten already may stand in files still. ChoiceError: nobody is known by that."""
    known = _list(place, connection)
    entry = entry_of(known, who)
    if entry is None:
        raise ChoiceError(
            f"nobody is known by '{who}'",
            "write the contact's id as in the exports, or the address; so that nobody writes to an address all the same: "
            f'cs-playbook suppress {shlex.quote(who)} --because "…"',
        )
    traces = traces_again(place, known, who, _apart(connection, place, (who,)))
    found = find_files(place, connection, traces, _tasks(connection, traces), files)
    vague = [] if traces.addresses or traces.searched else [who]
    return Forgotten(addresses=len(traces.addresses), files=found, already=entry, not_searched=vague)


def _name_new(place: Place, connection: sqlite3.Connection, found: Sequence[Found]) -> None:
    """A list of ours may name them again, in words that no contact brought in."""
    files = _ours_anew(found)
    if files:
        ledger_forgetting.name_new_files(connection, str(place.ledger), files)


def _list(place: Place, connection: sqlite3.Connection) -> SuppressionList:
    key = ledger_forgetting.own_key(connection, str(place.ledger))
    return ledger_suppression.read_list([(key,)], connection.execute(ledger_suppression.SAID))


def _shown(place: Place, path: Path) -> str:
    return path.relative_to(place.root).as_posix()


def _told(place: Place, done: Forgotten, person: Person) -> Forgotten:
    unread = {_shown(place, path): why for path, why in person.unread.items()}
    return replace(
        done, contacts=dict(person.contacts), addresses=len(person.addresses) or done.addresses, names=len(person.names),
        unread={**unread, **done.unread}, shared=dict(person.shared),
        not_searched=done.not_searched or [one for one in person.contacts if not is_like_no_other_word(one)],
    )  # fmt: skip
