"""What was, or would be, taken out of a person → a few lines by place with what is left for people, or JSON; never an address."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from cs_playbook.report.words import clean, count, day_with_year

FORMAT_VERSION = 1
_SHOWN = 12  # files of a kind


class File(Protocol):
    """What this asks of commands/forgotten_files: Found."""

    @property
    def path(self) -> str: ...
    @property
    def whose(self) -> Any: ...
    @property
    def fate(self) -> Any: ...
    @property
    def lines(self) -> tuple[int, ...]: ...


class Done(Protocol):
    """What this asks of commands/forget: Forgotten."""

    @property
    def contacts(self) -> Mapping[str, str]: ...
    @property
    def addresses(self) -> int: ...
    @property
    def names(self) -> int: ...
    @property
    def taken(self) -> Mapping[str, int]: ...
    @property
    def files(self) -> Sequence[Any]: ...
    @property
    def playbooks(self) -> Mapping[str, int]: ...
    @property
    def unread(self) -> Mapping[str, str]: ...
    @property
    def not_searched(self) -> Sequence[str]: ...
    @property
    def shared(self) -> Mapping[str, str]: ...
    @property
    def already(self) -> Any: ...


def already_text(on: date, by: str, because: str) -> str:
    return f"They are forgotten since {day_with_year(on)}, by {clean(by)}: {clean(because)}. Nothing of them is here.\n"


def would_be_text(done: Done, who: str) -> str:
    """`who`: as it was typed."""
    lines = [f"{_whom(done)} would be forgotten", "", *_places(done), *_left(done)]
    return (
        "\n".join(lines)
        + f'\n\nNothing was changed.   cs-playbook forget {clean(who)} --because "…"   does this.\n'
    )


def done_text(done: Done) -> str:
    lines = [f"{_whom(done)} is forgotten" if len(done.contacts) == 1 else f"{_whom(done)} are forgotten", ""]
    lines += [*_places(done), *_left(done), ""]
    lines.append("No export brings them back: the ledger keeps fingerprints of ids and addresses, and marks.")
    return "\n".join(lines) + "\n"


def _whom(done: Done) -> str:
    named = [f"{clean(one)} ({clean(of)})" if of else clean(one) for one, of in done.contacts.items()]
    more = ": whoever has the address is one person" if len(named) > 1 else ""
    return f"{count(len(named), 'contact')}, {', '.join(named)}{more}"


def _places(done: Done) -> Iterator[str]:
    taken = done.taken
    ledger = [
        _said(taken, "events", "event"),
        _said(taken, "mails that waited", "mail that waited", "mails that waited"),
        _said(taken, "mail bodies", "body of a mail", "bodies of mails"),
        _said(taken, "enrollments about them", "enrollment about them", "enrollments about them"),
        _said(taken, "remembered values", "remembered value"),
    ]
    yield f"  ledger      {' · '.join(part for part in ledger if part) or 'nothing'}"
    yield f"  snapshots   {taken.get('snapshots', 0) or 'none'}"
    yield f"  files       {_fate(done, 'rewritten')} written anew, {_fate(done, 'deleted')} deleted"


def _said(taken: Mapping[str, int], place: str, noun: str, plural: str = "") -> str:
    return count(taken[place], noun, plural) if taken.get(place) else ""


def _fate(done: Done, fate: str) -> int:
    return sum(one.fate == fate for one in done.files)


def _left(done: Done) -> Iterator[str]:
    """What a person has to look at, with the way on."""
    stays = [one for one in done.files if one.fate == "stays"]
    yield from _kind(stays, "people", "people wrote in these: --files takes them out there too")
    yield from _kind(
        stays, "copy", "copies of the ledger as it was: cs-playbook ledger backup, then delete these"
    )
    yield from _kind(
        stays, "elsewhere", "your own files: the exports, and what you wrote yourself, are not touched"
    )
    if done.unread:
        yield f"\nLeft: {count(len(done.unread), 'snapshot')} that cannot be read: delete them"
        yield from (f"  {path}: {clean(why)}" for path, why in done.unread.items())
    for playbook in done.playbooks:
        yield f"\nLeft: an earlier text of {clean(playbook)} names them; texts of playbooks stay as they were"
    for other in sorted(set(done.shared.values())):
        yield f"\nLeft: an address that is also that of {clean(other)}, who was not meant: it stays theirs"
    if done.not_searched:
        ids = ", ".join(map(clean, done.not_searched))
        yield f"\nThe id {ids} may mean anything: it was taken out where it stands for a contact, not looked for in texts."
    if not done.names:
        yield "\nNo full name is known: notes were searched for id and address only."


def _kind(stays: Sequence[File], whose: str, way_on: str) -> Iterator[str]:
    mine = [one for one in stays if one.whose == whose]
    if mine:
        yield f"\nLeft: {way_on}"
        yield from (f"  {one.path}{_lines(one.lines)}" for one in mine[:_SHOWN])
    if len(mine) > _SHOWN:
        yield f"  and {len(mine) - _SHOWN} more"


def _lines(lines: Sequence[int]) -> str:
    more = " …" if len(lines) > 5 else ""
    return f":{', '.join(map(str, lines[:5]))}{more}" if lines else ""


def as_json(done: Done, changed: str) -> str:
    """`changed`: forgotten, would_be, already."""
    content = {
        "format_version": FORMAT_VERSION,
        "state": changed,
        "contacts": [{"contact": one, "account": of} for one, of in done.contacts.items()],
        "addresses": done.addresses,
        "taken_out": dict(sorted(done.taken.items())),
        "files": [
            {"path": one.path, "whose": one.whose.value, "becomes": one.fate.value, "lines": list(one.lines)}
            for one in done.files
        ],
        "unread": dict(done.unread),
        "playbooks": dict(done.playbooks),
        "not_searched": list(done.not_searched),
        "shared_with": sorted(set(done.shared.values())),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
