"""The cells of a column, batch by batch → what they look like: kinds, forms, empties, words, repeats, latest day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from cs_playbook.study.cell_look import Kind, Look, look_at
from cs_playbook.study.value_sample import FEW, MANY, ValueSample

BATCH = 5000  # rows at a time: what repeats in a batch is looked at once
_NOTHING = frozenset(
    ("n/a", "na", "#n/a", "null", "none", "nil", "-", "--", "—", "?", "unknown", "nan", "undefined", "tbd")
)
_SPLITS = (";", "|", ",")
_REPEATS_TOO_MUCH = 0.2
_A_WHILE = 2000


class Seen(Struct, frozen=True):
    """Cells of one kind and form: in how many rows, one of them, and (of dates) the largest of each part."""

    rows: int
    example: str
    first: int = 0
    second: int = 0
    first_example: str = ""  # the cell with the largest first part
    second_example: str = ""


class ColumnProfile(Struct, frozen=True):
    """`rows`: of the file. `looks`: (kind, form) → cells. `nothing`: words like n/a, and blanks, with their rows.

    `latest`: the largest cell of dates that begin with the year, by their text. `splits`: sign → cells that hold it.
    """

    name: str
    rows: int
    empty: int
    looks: tuple[tuple[tuple[Kind, str], Seen], ...]
    nothing: tuple[tuple[str, int], ...]
    splits: tuple[tuple[str, int], ...]
    in_brackets: int
    unseen_letters: int
    longest: int
    values: ValueSample

    @property
    def filled(self) -> int:
        """Rows with something that is not a word for nothing."""
        return self.rows - self.empty - sum(rows for _, rows in self.nothing)

    def of_kind(self, *kinds: Kind) -> int:
        return sum(seen.rows for (kind, _), seen in self.looks if kind in kinds)

    def forms(self, kind: Kind) -> dict[str, Seen]:
        return {form: seen for (one, form), seen in self.looks if one == kind}


class Column:
    """A column while its cells stream by. It remembers no more than a sample of its values."""

    def __init__(self, name: str, *, may_be_key: bool) -> None:
        self.name = name
        self.rows = self.empty = self.in_brackets = self.unseen_letters = self.longest = 0
        self._values = ValueSample(MANY if may_be_key else FEW)
        self._seen: dict[tuple[Kind, str], Seen] = {}
        self._nothing: Counter[str] = Counter()
        self._splits: defaultdict[str, int] = defaultdict(int)

    def add(self, cells: Sequence[str]) -> None:
        """The cells of some rows."""
        counts = Counter(cells)
        self.rows += len(cells)
        self.empty += counts.pop("", 0)
        for cell, times in counts.items():
            if cell.strip().lower() in _NOTHING or not cell.strip():
                self._nothing[cell] += times
            else:
                self._look(cell, times)
        for cell in self._nothing:
            counts.pop(cell, None)
        self._values.add(counts)
        if self.rows > _A_WHILE and self._values.sharing > _REPEATS_TOO_MUCH * self.rows:
            self._values.forget_beyond(FEW)

    def _look(self, cell: str, times: int) -> None:
        look = look_at(cell)
        kind = (look.kind, look.form)
        before = self._seen.get(kind)
        if before is None:
            self._seen[kind] = Seen(times, cell, look.first, look.second, cell, cell)
        elif look.first <= before.first and look.second <= before.second:
            self._seen[kind] = _more(before, times)
        else:
            self._seen[kind] = _larger(before, times, cell, look)
        if look.kind == "text":
            self._text(cell, times)

    def _text(self, cell: str, times: int) -> None:
        self.longest = max(self.longest, len(cell))
        self.in_brackets += times * cell.startswith(("[", "{"))
        self.unseen_letters += times * (not cell.isprintable())
        for sign in _SPLITS:
            if sign in cell:
                self._splits[sign] += times

    def profile(self) -> ColumnProfile:
        return ColumnProfile(
            self.name,
            self.rows,
            self.empty,
            tuple(sorted(self._seen.items(), key=lambda pair: (-pair[1].rows, pair[0]))),
            tuple(self._nothing.most_common()),
            tuple(sorted(self._splits.items(), key=lambda pair: (-pair[1], pair[0]))),
            self.in_brackets,
            self.unseen_letters,
            self.longest,
            self._values,
        )


def profiled(header: Sequence[str], batches: Iterable[Sequence[Sequence[str]]]) -> tuple[ColumnProfile, ...]:
    """Of every column. `batches`: rows, all as wide as the header, some thousands at a time."""
    columns = [Column(name, may_be_key=may_be_key(name, n)) for n, name in enumerate(header)]
    for batch in batches:
        for column, cells in zip(columns, zip(*batch, strict=True), strict=True):
            column.add(cells)
    return tuple(column.profile() for column in columns)


def may_be_key(name: str, position: int) -> bool:
    """By its name, or because it comes first: only of these are so many values remembered."""
    low = name.lower().rstrip()
    return position == 0 or low.endswith(("id", "key", "number", "code", "no", "nr", "uuid", "guid", "ref"))


def _more(before: Seen, times: int) -> Seen:
    return Seen(
        before.rows + times,
        before.example,
        before.first,
        before.second,
        before.first_example,
        before.second_example,
    )


def _larger(before: Seen, times: int, cell: str, look: Look) -> Seen:
    first = (look.first, cell) if look.first > before.first else (before.first, before.first_example)
    second = (look.second, cell) if look.second > before.second else (before.second, before.second_example)
    return Seen(before.rows + times, before.example, first[0], second[0], first[1], second[1])
