"""What was, or would be, taken out of a person → a few lines by place with what is left for people, or JSON; never an address."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any, Protocol

from cs_playbook.report.words import clean, count, day_with_year

FORMAT_VERSION = 1
_SHOWN = 12  # files of a kind
_TOO = "--files takes them out there too"
_LATER = "say it again with --files, and id and address go there too; a name by itself you take out"


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
    @property
    def by_hand(self) -> bool: ...


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


def already_text(done: Done, who: str, changed: str) -> str:
    """`changed`: already; would_be where only somebody looks."""
    entry = done.already
    first = (
        f"They are forgotten since {day_with_year(entry.on)}, by {clean(entry.by)}: {clean(entry.because)}."
    )
    if not done.files and not done.unread and not done.not_searched:
        return f"{first} Nothing of them is here, as far as id and address tell.\n"
    lines = [first]
    if done.addresses:
        lines.append("Files were looked through for id and address; a name is known no more.")
    anew, deleted = _fate(done, "rewritten"), _fate(done, "deleted")
    if anew or deleted:
        be = " would be" if changed == "would_be" else ""
        lines += ["", f"  files       {anew}{be} written anew, {deleted}{be} deleted"]
    lines += _left(done)
    if done.not_searched:
        lines.append("Say it again with the address, and files are looked through for that.")
    return "\n".join(lines) + "\n"


def finished_text(done: Done) -> str:
    """Of what a cut had left; whoever says it does not know who that was, and a log need not."""
    entry = done.already
    said = f"of {day_with_year(entry.on)}, by {clean(entry.by)}: {clean(entry.because)}"
    lines = [
        f"A forgetting that was cut is finished now: {clean(entry.address)} ({said})",
        "",
        *_places(done),
        *_left(done),
        *_unnamed(done),
    ]
    if any(one.fate == "stays" for one in done.files):
        lines.append("\n`cs-playbook forget` with the same address tells this again, and takes --files.")
    return "\n".join(lines)


def would_be_text(done: Done, who: str) -> str:
    """`who`: as it was typed."""
    lines = [f"{_whom(done)} would be forgotten", "", *_places(done), *_left(done, _TOO), *_unnamed(done)]
    return (
        "\n".join(lines)
        + f'\n\nNothing was changed.   cs-playbook forget {clean(quote(who))} --because "…"   does this.\n'
    )


def done_text(done: Done) -> str:
    lines = [f"{_whom(done)} is forgotten" if len(done.contacts) == 1 else f"{_whom(done)} are forgotten", ""]
    lines += [*_places(done), *_left(done), *_unnamed(done), ""]
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


def _left(done: Done, files: str = _LATER) -> Iterator[str]:
    """What a person has to look at, with the way on."""
    all_of_it = [one for one in done.files if one.fate == "stays"]
    by_hand = [one for one in all_of_it if one.by_hand]
    stays = [one for one in all_of_it if not one.by_hand]
    yield from _listed(by_hand, "no program changes these: open them and take them out, or delete them")
    yield from _kind(stays, "people", f"people wrote in these: {files}")
    yield from _kind(
        stays, "copy", "copies of the ledger as it was: cs-playbook ledger backup, then delete these"
    )
    yield from _kind(stays, "stray", "in the folder of snapshots, and none that is read: delete these")
    yield from _kind(stays, "name", "the name of these says who it is: rename or delete them")
    yield from _kind(
        stays, "elsewhere", "your own files: the exports, and what you wrote yourself, are not touched"
    )
    yield from _sealed([one for one in stays if one.whose == "sealed"])
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


def _unnamed(done: Done) -> Iterator[str]:
    if not done.names:
        yield "\nNo full name is known: notes were searched for id and address only."


def _kind(stays: Sequence[File], whose: str, way_on: str) -> Iterator[str]:
    yield from _listed([one for one in stays if one.whose == whose], way_on)


def _listed(mine: Sequence[File], way_on: str) -> Iterator[str]:
    if mine:
        yield f"\nLeft: {way_on}"
        yield from (f"  {clean(one.path)}{_lines(one.lines)}" for one in mine[:_SHOWN])
    if len(mine) > _SHOWN:
        yield f"  and {len(mine) - _SHOWN} more"


def _sealed(files: Sequence[File]) -> Iterator[str]:
    """One line: whether they are named there only a person can say."""
    if files:
        more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
        yield f"\nLeft: cannot be looked into: {', '.join(clean(one.path) for one in files[:_SHOWN])}{more}"


def _lines(lines: Sequence[int]) -> str:
    more = " …" if len(lines) > 5 else ""
    return f":{', '.join(map(str, lines[:5]))}{more}" if lines else ""


def as_json(done: Done, changed: str, cut: Mapping[str, Any]) -> str:
    """`changed`: forgotten, would_be, already. `cut`: what was finished first, as `content` gives it; or nothing."""
    said = {
        "format_version": FORMAT_VERSION,
        **content(done, changed),
        **({"finished_cut": cut} if cut else {}),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def content(done: Done, changed: str) -> dict[str, Any]:
    return {
        "state": changed,
        "contacts": [{"contact": one, "account": of} for one, of in done.contacts.items()],
        "addresses": done.addresses,
        "taken_out": dict(sorted(done.taken.items())),
        "files": [
            {
                "path": one.path,
                "whose": one.whose.value,
                "becomes": one.fate.value,
                "lines": list(one.lines),
                "by_hand": one.by_hand,
            }
            for one in done.files
        ],
        "unread": dict(done.unread),
        "playbooks": dict(done.playbooks),
        "not_searched": list(done.not_searched),
        "shared_with": sorted(set(done.shared.values())),
    }
