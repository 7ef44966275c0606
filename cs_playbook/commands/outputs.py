"""What a run publishes for its day: task lists, digests by owner, drafts, and one page to look through it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from cs_playbook.commands.answers import Refused
from cs_playbook.commands.cancelled import cancelled_by_changes
from cs_playbook.commands.day_lines import DayLines, made_of_the_day
from cs_playbook.commands.notes import notes_of_the_day
from cs_playbook.commands.owner_folder import folder_of
from cs_playbook.commands.planning import Morning
from cs_playbook.effects.ledger_made import MadeFile
from cs_playbook.effects.line_store import LineStore, Reads
from cs_playbook.letters.preview import PreviewItem, page
from cs_playbook.model.line import TaskLine
from cs_playbook.model.note import Note
from cs_playbook.report.day_page import Letters, Part, day_page, part_of, shown_of_one
from cs_playbook.report.notes import channel_lines, channel_page
from cs_playbook.report.task_lists import News, csv_head, csv_rows, digest
from cs_playbook.report.words import day_with_year
from cs_playbook.source.finding import Finding

ALL, NEW = "tasks.csv", "tasks-new.csv"


def files_once_more(morning: Morning) -> Iterator[tuple[str, bytes]]:
    """All files of a day on which nothing more is decided."""
    with LineStore() as store:
        lines = DayLines(store)
        for made in made_of_the_day(morning, lines):
            if isinstance(made, MadeFile):
                yield made.path, made.content
        yield from outputs(morning, lines)


def outputs(
    morning: Morning, lines: DayLines, refused: Sequence[Refused] = ()
) -> Iterator[tuple[str, bytes]]:
    """(path below out/, bytes) of the lists. `lines`: all of the day, collected.

    `refused`: rows of returned lists that are no answers; whose they were reads it in the digest.
    """
    day = morning.today.day
    folder = day.isoformat()
    notes = [*notes_of_the_day(morning), *cancelled_by_changes(morning)]
    yield from _channels(folder, day, notes)
    shown = shown_of_one(lines.store.count(Reads.OPEN), len(lines.store.who(Reads.OPEN)))
    everything = _Everything(lines.store, day, shown)
    desk = _Digests(morning, lines.store, notes, _refused(refused, lines, morning))
    for owner, place in sorted(desk.folders().items()):
        mine = lines.store.most_urgent_first(Reads.OPEN, owner)
        rows = csv_rows(mine)
        everything.add(mine, rows, place)
        yield f"{folder}/owners/{place}/digest.md", desk.digest(owner, place, mine).encode()
        yield f"{folder}/owners/{place}/tasks.csv", csv_head() + rows
    yield f"{folder}/tasks.csv", lines.store.whole(ALL)
    yield f"{folder}/tasks-new.csv", lines.store.whole(NEW)
    letters = Letters(lines.new_drafts, lines.new_mails, len(lines.mails))
    yield f"{folder}/drafts.html", _letters_page(lines.mails, letters, day).encode()
    yield f"{folder}/index.html", day_page(day, everything.parts, letters).encode()


class _Everything:
    """Collects what one list, or one page, tells of all; in order of owner, as they come. Lists grow on the disk."""

    def __init__(self, store: LineStore, day: date, shown: int) -> None:
        self._store = store
        self._day = day
        self._shown = shown
        self.parts: list[Part] = []
        for name in (ALL, NEW):
            store.put(name, csv_head())

    def add(self, mine: Sequence[TaskLine], rows: bytes, folder: str) -> None:
        """`rows`: theirs, as they stand in a list."""
        if mine:
            new = [line for line in mine if line.opened_on == self._day]
            self._store.put(ALL, rows)
            self._store.put(NEW, rows if len(new) == len(mine) else csv_rows(new))
            self.parts.append(part_of(mine, folder, self._shown))


def _refused(
    refused: Sequence[Refused], lines: DayLines, morning: Morning
) -> Mapping[str, Sequence[Finding]]:
    """By owner. A list may say anything of whose it is: nobody gets a folder by that alone."""
    known, team = set(lines.store.who(Reads.OPEN)), morning.today.catalog.team
    back: dict[str, list[Finding]] = {}
    for row in refused:
        if row.owner in known or team.person(row.owner):
            back.setdefault(row.owner, []).append(row.finding)
    return back


class _Digests:
    """Everything that digests tell; each is written when it is asked for."""

    def __init__(
        self, morning: Morning, store: LineStore, notes: Sequence[Note], back: Mapping[str, Sequence[Finding]]
    ) -> None:
        self._morning = morning
        self._store = store
        self._notes = notes
        self._back = back
        store.shorten(short_keys(store.keys(Reads.OPEN)))

    def folders(self) -> dict[str, str]:
        """Of everybody who reads something; who had a list this morning and has none now reads that it is done, not
        what was to do."""
        everybody = {owner for reads in Reads for owner in self._store.who(reads)}
        everybody |= {*self._back, *(who for note in self._notes for who in note.to)}
        folders = {owner: folder_of(owner) for owner in everybody}
        taken = set(folders.values())
        paths = self._morning.ledger.paths_of(self._morning.today.day)
        had = (path.split("/")[2] for path in paths if path.endswith("/digest.md"))
        return folders | {folder: folder for folder in had if folder not in taken}

    def digest(self, owner: str, folder: str, mine: Sequence[TaskLine]) -> str:
        person = self._morning.today.catalog.team.person(owner)
        name = person.name if person else owner.partition("~")[0] if owner == folder else owner
        told = self._store.as_they_came(Reads.TOLD, owner)
        news = News(
            [line for line in told if line.owner != owner],
            self._back.get(owner, ()),
            [note for note in self._notes if owner in note.to],
            self._store.as_they_came(Reads.LEAVING, owner),
        )
        return digest(name, self._morning.today.day, mine, self._store.shorts(Reads.OPEN, owner), news)


def _letters_page(mails: Sequence[PreviewItem], letters: Letters, day: date) -> str:
    """To look through, one sender after the other."""
    together = sorted(mails, key=lambda mail: (mail.sender_name, mail.sender, mail.account, mail.to))
    return page(f"{'Mails' if letters.leaving else 'Drafts'} of {day_with_year(day)}", together)


def _channels(folder: str, day: date, notes: Sequence[Note]) -> Iterator[tuple[str, bytes]]:
    """What each channel is told today: a page for people, lines for programs."""
    for channel in sorted({note.channel for note in notes if note.channel}):
        mine = [note for note in notes if note.channel == channel]
        yield f"{folder}/channels/{channel}.md", channel_page(channel, day, mine).encode()
        yield f"{folder}/channels/{channel}.jsonl", channel_lines(mine).encode()


def short_keys(ordered: Iterable[str]) -> Iterator[tuple[str, str]]:
    """For each key its shortest beginning, of four letters at least, that no other open task has."""
    before, key = "", ""
    for after in chain(ordered, ("",)):
        if key:
            length = max(_shared(key, before), _shared(key, after)) + 1
            yield key, key[: max(length, 4)]
        before, key = key, after


def _shared(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
