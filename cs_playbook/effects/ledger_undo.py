"""A ledger of which a run can be taken back: all in one transaction, or nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cs_playbook.effects import ledger_faults, ledger_sums, ledger_undo_rows, ledger_writing
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.ledger_cache import fold_into_cache
from cs_playbook.effects.ledger_look import LedgerLook
from cs_playbook.effects.ledger_records import Seal
from cs_playbook.effects.ledger_undo_records import KnownRun, Touched
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Event


class LedgerUndo(LedgerLook):
    """One open ledger, a context manager."""

    def runs(self) -> Iterator[KnownRun]:
        """The newest first, also those that were taken back."""
        with ledger_faults.reading(self._place):
            yield from ledger_undo_rows.runs(self._connection)

    def touched_by(self, run: int) -> Iterator[Touched]:
        """Every enrollment of which the run has recorded anything, in order of key."""
        with ledger_faults.reading(self._place):
            yield from ledger_undo_rows.touched_by(self._connection, run)

    def find_enrollments(self, prefix: str) -> list[Enrollment]:
        """In any state, also taken back, whose key begins like this, in order of the key."""
        query = "select state from enrollment where key >= ? and key < ? order by key"
        return [read_enrollment(state) for (state,) in self._ask(query, prefix, f"{prefix}\U0010ffff")]

    def runs_after(self, run: int) -> int:
        """How many stand that came later."""
        with ledger_faults.reading(self._place):
            return ledger_undo_rows.runs_after(self._connection, run)

    def beside(self, run: int) -> tuple[int, int]:
        """(answers that it took from lists, starts asked by people that it refused)."""
        with ledger_faults.reading(self._place):
            return ledger_undo_rows.beside(self._connection, run)

    def starts_again(self) -> bool:
        """Whether a run on which the last one had followed was taken back since: its starts are to be given out again."""
        last = self.last_run()
        length = last.counts.get(ledger_writing.LENGTH, 0) if last else 0
        with ledger_faults.reading(self._place):
            return last is not None and ledger_undo_rows.starts_again(self._connection, length)

    def take_back(
        self,
        undone: KnownRun,
        later: int,
        record: RunRecord,
        events: Sequence[Event],
        files: Iterable[tuple[str, bytes]],
        recorded_at: str,
    ) -> int:
        """Gives the number under which it is recorded. `files` may read this ledger: as it stands without the run."""
        with ledger_faults.transaction(self._connection, self._place):
            ledger_sums.begin(self._connection)
            number = ledger_writing.write_run(self._connection, record)
            recorded = ledger_writing.append(self._connection, number, events, recorded_at)
            fold_into_cache(self._connection, recorded, number)
            ledger_writing.seal(self._connection, number, Seal("", record.counts))
            ledger_sums.recount_run(self._connection, number)
            ledger_undo_rows.take_back(self._connection, undone.number, undone.record.day, later)
            ledger_writing.write_files(self._connection, number, files)
        return number

    def to_move(self) -> tuple[list[tuple[str, str]], list[int]]:
        """(where a file of a run taken back is to be, its sha256); and the numbers under which that was recorded."""
        with ledger_faults.reading(self._place):
            return ledger_undo_rows.to_move(self._connection)
