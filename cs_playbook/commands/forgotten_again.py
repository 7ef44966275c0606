"""Somebody who is forgotten already and what was typed → the traces by which files still know them.

The ledger has only fingerprints of them. What was typed is looked for; whatever stands in a line beside it, and has a
fingerprint of a person who was forgotten, is theirs too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cs_playbook.commands.forgotten_files import texts
from cs_playbook.commands.forgotten_person import traces_of
from cs_playbook.commands.place import Place
from cs_playbook.model.forgetting import ADDRESS, CONTACT, contact_print, mark_of
from cs_playbook.model.suppression import Entry, SuppressionList, fingerprint
from cs_playbook.model.traces import Traces
from cs_playbook.values import replace

_WORD = re.compile(r"[^\s,;|\"'`<>()\[\]{}=:]+")


def entry_of(known: SuppressionList, who: str) -> Entry | None:
    """Since when whoever has that id, or that address, is forgotten."""
    prints = (contact_print(who, known.key), fingerprint(who, known.key)) if known.key else ()
    entries = (known.entries.get(one) for one in prints)
    return next((entry for entry in entries if entry is not None and entry.forgets), None)


def traces_again(place: Place, known: SuppressionList, who: str, apart: Collection[str]) -> Traces:
    """`known`: with the fingerprint of `who`. `apart`: keys of others, see traces_of."""
    entry = entry_of(known, who)
    first = _traces(known, {who}, apart)
    words = {word.strip(".") for line in _lines(place, first) for word in _WORD.findall(line)}
    traces = _traces(known, {who, *words}, apart)
    # Their lines are found by key also where no id is known any more.
    marks = [
        mark_of(one.address) for one in known.entries.values() if entry is not None and _same(one, entry)
    ]
    return replace(traces, contacts={**{mark: mark for mark in marks}, **traces.contacts})


def _same(one: Entry, other: Entry) -> bool:
    """Both said at once: of one person."""
    return one.forgets == CONTACT and (one.on, one.by, one.because) == (other.on, other.by, other.because)


def _traces(known: SuppressionList, words: Collection[str], apart: Collection[str]) -> Traces:
    contacts = [word for word in words if _forgets(known, contact_print(word, known.key)) == CONTACT]
    addresses = [word for word in words if _forgets(known, fingerprint(word, known.key)) == ADDRESS]
    return traces_of(sorted(contacts), sorted(addresses), (), (), known.key, apart)


def _forgets(known: SuppressionList, mark: str) -> str:
    entry = known.entries.get(mark)
    return entry.forgets if entry is not None else ""


def _lines(place: Place, traces: Traces) -> Iterator[str]:
    for text in texts(place):
        if traces.count(text):
            yield from (line for line in text.splitlines() if traces.count(line))
