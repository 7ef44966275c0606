"""A catalog → what `sources:` says nobody exports, and which playbooks ask for it, however many words lie in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.playbook import Status
from cs_playbook.study.mentions import Kind
from cs_playbook.study.vocabulary import sayings

Word = tuple[Kind, str]

_DEFINES = {"signal": Kind.FACT, "role": Kind.ROLE, "email": Kind.LETTER, "document": Kind.DOCUMENT}
_SEVERAL = ("segments", "scorecard")  # each gives several facts, all called by its name
_PLAYBOOK, ACTIVE = "playbook ", "active"


class NotExported(Struct, frozen=True):
    """`name`: a table, or `table.field`. `playbooks` that ask for it, and what else does (`signal seat_use`), by name."""

    name: str
    playbooks: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def said(self) -> str:
        """`contacts are not exported: 5 playbooks ask for them`."""
        one, number = "." in self.name, len(self.playbooks)
        them = "it" if one else "them"
        asking = f"1 playbook asks for {them}" if number == 1 else f"{number} playbooks ask for {them}"
        return f"{self.name} {'is' if one else 'are'} not exported: {asking if number else 'nobody asks'}"

    @property
    def stops_all(self) -> bool:
        """Whether `active:` asks for it: then no account may be active."""
        return ACTIVE in self.others


def not_exported(catalog: Catalog) -> tuple[NotExported, ...]:
    """In the order of the contract; also what nobody asks for."""
    names = catalog.contract.not_exported
    if not names:
        return ()
    said = [(by, frozenset((one.kind, one.word) for one in words)) for by, words in sayings(catalog)]
    return tuple(_asked(name, said, catalog) for name in names)


def _asked(name: str, said: list[tuple[str, frozenset[Word]]], catalog: Catalog) -> NotExported:
    waiting, met = set(_words(name, catalog)), set[Word]()
    asking: dict[str, None] = {}
    while waiting:
        met |= waiting
        found = [by for by, words in said if by not in asking and words & waiting]
        asking |= dict.fromkeys(found)
        waiting = {word for by in found for word in _defined(by, catalog)} - met
    playbooks = sorted(by.removeprefix(_PLAYBOOK) for by in asking if by.startswith(_PLAYBOOK))
    others = sorted(by for by in asking if not by.startswith(_PLAYBOOK))
    return NotExported(name, tuple(one for one in playbooks if _acts(one, catalog)), tuple(others))


def _words(name: str, catalog: Catalog) -> Iterator[Word]:
    """How conditions and letters name it."""
    table, _, field = name.partition(".")
    if table == ACCOUNTS:
        yield Kind.FACT, field
    elif field:
        yield Kind.COLUMN, name
    else:
        yield Kind.TABLE, table
        known = catalog.contract.table(table)
        yield from (
            (Kind.COLUMN, f"{table}.{one.name}") for one in (known.fields if known is not None else ())
        )


def _defined(by: str, catalog: Catalog) -> Iterable[Word]:
    kind, _, name = by.partition(" ")
    if kind in _SEVERAL:
        return [(Kind.FACT, fact) for fact in catalog.facts if fact == name or fact.startswith(f"{name}.")]
    return [(_DEFINES[kind], name)] if kind in _DEFINES else []


def _acts(playbook: str, catalog: Catalog) -> bool:
    known = catalog.playbooks.get(playbook)
    return known is None or known.status is not Status.RETIRED
