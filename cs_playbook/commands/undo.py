"""A run is taken back: all of it that nobody has answered and no one has received; what stays is named with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import assert_never

from msgspec import Struct

from cs_playbook.commands.place import Place
from cs_playbook.commands.publishing import OUT, publish_what_is_left
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_undo_records import KnownRun, TakenBack
from cs_playbook.effects.lock import locked
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.event import Event, TaskAnswered, TaskSnoozed
from cs_playbook.model.recall import Recalled, RunUndone
from cs_playbook.plan.recall import Part, Stays, Undo, part_of
from cs_playbook.source.finding import Finding
from cs_playbook.values import replace

LAST = "last"
_SHOWN = 5  # runs named where the one that was typed is none


class Words(Struct, frozen=True):
    """What a person says with it. `recorded_at`: UTC, ISO text."""

    on: date
    by: str
    because: str
    recorded_at: str


class Undone(Struct, frozen=True):
    """What is, or would be, taken back. `parts`: by enrollment. `already`: who has done it before; then nothing else is said.

    `traits`, `notes`: of what is taken back. `answers`: taken by the run from lists, they stay. `asked`: starts by people
    that it had refused, asked anew. `later`: runs that came after it. `lists`: the folder where the lists of the day are
    written anew; `no_lists`: why they are not. `aside`: where the old ones are. `findings`: what people had written and is kept.
    """

    run: KnownRun
    parts: tuple[Part, ...] = ()
    traits: int = 0
    answers: int = 0
    asked: int = 0
    later: int = 0
    already: TakenBack | None = None
    lists: str = ""
    no_lists: str = ""
    aside: str = ""
    findings: Sequence[Finding] = ()
    accounts: Mapping[str, str] | None = None

    @property
    def back(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if isinstance(part.verdict, Recalled))

    @property
    def left(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if isinstance(part.verdict, Stays))


def look(place: Place, which: str, words: Words) -> Undone:
    """What `undo` would do; nothing is changed."""
    from cs_playbook.commands.place import open_ledger

    with open_ledger(place, writing=False) as ledger:
        return _decided(ledger, _meant(ledger, which), words)


def undo(place: Place, which: str, words: Words, version: str) -> Undone:
    """ChoiceError: there is no such run. Where all of it stays, nothing is recorded."""
    from cs_playbook.commands.place import open_ledger

    with locked(place.ledger, "run --undo"), open_ledger(place, writing=True) as ledger:
        publish_what_is_left(place.root, ledger)
        decided = _decided(ledger, _meant(ledger, which), words)
        if decided.already is not None or (decided.parts and not decided.back):
            return decided
        lists = _Lists(place, ledger, decided)
        ledger.take_back(
            decided.run, decided.later, _record(decided, lists.day, words, version), _events(decided, words),
            lists.files(), words.recorded_at,
        )  # fmt: skip
        published = publish_what_is_left(place.root, ledger)
        return replace(
            decided,
            lists=lists.folder,
            no_lists=lists.why_not,
            aside=f"{OUT}/undone/run-{decided.run.number}",
            findings=published.findings,
        )


def _meant(ledger: Ledger, which: str) -> KnownRun:
    known = list(ledger.runs())
    if which == LAST:
        found = next((run for run in known if run.taken_back is None), None)
    else:
        found = next((run for run in known if str(run.number) == which.lstrip("#")), None)
    if found is not None:
        return found
    if not known:
        raise ChoiceError("there was no run yet", "there is nothing to take back")
    lately = ", ".join(f"{run.number} (of {run.record.day.isoformat()})" for run in known[:_SHOWN])
    raise ChoiceError(f"there is no run '{which}'", f"the last ones: {lately}; or say: last")


# --- what is taken back ---


def _decided(ledger: Ledger, run: KnownRun, words: Words) -> Undone:
    if run.taken_back is not None:
        return Undone(run, already=run.taken_back)
    undo = Undo(run.number, words.on, words.by, words.because, ledger.runs_after(run.number))
    parts: dict[str, Part] = {}
    traits: dict[str, int] = {}
    accounts: dict[str, str] = {}
    for touched in ledger.touched_by(run.number):
        if any(number == run.number and _is_decided(event) for number, event in touched.history):
            parts[touched.enrollment] = part_of(touched.history, undo)
            traits[touched.enrollment] = touched.traits
            accounts[touched.enrollment] = touched.account
    together = _together(_with_room(parts, ledger))
    answers, asked = ledger.beside(run.number)
    back = [key for key, part in together.items() if isinstance(part.verdict, Recalled)]
    return Undone(
        run, tuple(together.values()), sum(traits[key] for key in back), answers, asked, undo.later,
        accounts=accounts,
    )  # fmt: skip


def _is_decided(event: Event) -> bool:
    return not isinstance(event, TaskAnswered | TaskSnoozed)


def _with_room(parts: Mapping[str, Part], ledger: Ledger) -> dict[str, Part]:
    """One that had ended cannot be open again where another one has begun since."""
    return {key: _unless_begun_since(part, parts, ledger) for key, part in parts.items()}


def _unless_begun_since(part: Part, parts: Mapping[str, Part], ledger: Ledger) -> Part:
    back = part.verdict.back if isinstance(part.verdict, Recalled) else None
    if back is None or part.now.is_open or not back.is_open:
        return part
    for other in ledger.enrollments_of(back.account):
        same = (other.playbook, other.row, other.arm) == (back.playbook, back.row, back.arm)
        if same and other.is_open and other.key not in parts:
            return replace(
                part, verdict=Stays("gone on", f"it has begun again on {other.started_on.isoformat()}")
            )
    return part


def _together(parts: Mapping[str, Part]) -> dict[str, Part]:
    """What one has begun for the other is taken back with it, or stays with it."""
    left = dict(parts)
    links = [(key, other) for key, part in parts.items() for other in part.goes_with if other in parts]
    changed = True
    while changed:
        changed = False
        for pair in links:
            for one, other in (pair, pair[::-1]):
                if isinstance(left[one].verdict, Stays) and isinstance(left[other].verdict, Recalled):
                    why = f"it goes with {left[one].now.playbook}, which stays"
                    left[other] = replace(left[other], verdict=Stays("goes with another", why))
                    changed = True
    return left


# --- what is recorded ---


def _events(decided: Undone, words: Words) -> list[Event]:
    """Those that are over come first: one that is open again may stand where the run had begun another."""
    said = RunUndone(decided.run.number, words.on, words.by, words.because, len(decided.left), decided.later)
    recalled = (_recalled(part) for part in decided.back)
    return [said, *sorted(recalled, key=lambda one: one.back is not None and one.back.is_open)]


def _recalled(part: Part) -> Recalled:
    match part.verdict:
        case Recalled() as recalled:
            return recalled
        case Stays():
            raise AssertionError("what stays is not recorded")
        case _:
            assert_never(part.verdict)


def _record(decided: Undone, day: date, words: Words, version: str) -> RunRecord:
    """Under a number of its own: the files of a day belong to a run, and so does what is recorded."""
    return replace(
        decided.run.record, day=day, plan_hash="", version=version, started_at=words.recorded_at,
        counts={"undone run": decided.run.number, "recalled": len(decided.back), "stay": len(decided.left)},
    )  # fmt: skip


class _Lists:
    """Collects, while the ledger is being written, the lists of the day as they are without the run.

    Where they cannot be made (files that are being mended, a snapshot that is gone) the old ones are put aside all the
    same: `why_not` tells it, and the next run writes new ones.
    """

    def __init__(self, place: Place, ledger: Ledger, decided: Undone) -> None:
        self._place, self._ledger = place, ledger
        last = ledger.last_run()
        self.day = last.day if decided.later and last is not None else decided.run.record.day
        self.folder, self.why_not = "", ""

    def files(self) -> Iterator[tuple[str, bytes]]:
        try:
            made = self._made()
        except UserError as cause:
            self.why_not = cause.sentence
            return
        self.folder = f"{OUT}/{self.day.isoformat()}"
        yield from made

    def _made(self) -> list[tuple[str, bytes]]:
        from cs_playbook.commands.outputs import files_once_more
        from cs_playbook.commands.planning import Sources, prepare
        from cs_playbook.commands.workspace import calendar_of, open_snapshot, open_workspace

        workspace = open_workspace(self._place.root)
        catalog = workspace.catalog
        with closing(open_snapshot(workspace, self.day)) as snapshot:
            calendar = calendar_of(catalog.project.calendar)
            morning = prepare(Sources(catalog, workspace.around, snapshot, self._ledger, calendar))
            return list(files_once_more(morning))
