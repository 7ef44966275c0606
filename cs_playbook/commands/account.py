"""An account as a person writes it → its key."""

from __future__ import annotations

import difflib

from msgspec import Struct, field

from cs_playbook.commands.place import Place, open_snapshot
from cs_playbook.compile import wanted
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError, UnknownAccount
from cs_playbook.model.data import Contract
from cs_playbook.source.snapshot import Snapshot

SHOWN = 8  # accounts named where several are meant, or none
COMPARED = 5_000  # names that are looked at for a likely one


def find_account(place: Place, written: str, ledger: Ledger) -> str:
    """The key of the account meant, in the newest snapshot; one the ledger knows by this key needs no snapshot."""
    if ledger.enrollments_of(written):
        return written
    with open_snapshot(place, None) as snapshot:
        return account_meant(written, snapshot, ledger, place.contract)


def account_meant(written: str, snapshot: Snapshot, ledger: Ledger, contract: Contract) -> str:
    """The key of the account meant: its key or its name, in any case; also one that only the ledger still knows.

    Raises ChoiceError where there is none, or several.
    """
    name = "name" if contract.accounts.field("name") else None
    meant = _Meant(written)
    for row in snapshot.connection.execute(wanted.account_names(contract.accounts.key or "id", name)):
        meant.look_at(str(row[0]), str(row[1] or "") if name else "")
    found = meant.exact or meant.in_any_case
    if len(found) == 1:
        return found[0]
    if not found and ledger.enrollments_of(written):
        return written
    raise meant.several() if found else meant.none()


class _Meant(Struct):
    """Holds which accounts may be meant while all of them go by; a large portfolio is never kept."""

    written: str
    exact: list[str] = field(default_factory=list)
    in_any_case: list[str] = field(default_factory=list)
    inside: list[tuple[str, str]] = field(default_factory=list)  # as it is said, and by its key
    alike: dict[str, tuple[str, str]] = field(default_factory=dict)

    def look_at(self, key: str, name: str) -> None:
        meant = self.written.casefold().strip()
        said = (f"{name} ({key})" if name else key, key)
        if key == self.written:
            self.exact.append(key)
        if meant in (key.casefold(), name.casefold()):
            self.in_any_case.append(key)
        elif self._inside(meant, key.casefold(), name.casefold()) and len(self.inside) < SHOWN:
            self.inside.append(said)
        for text in (key.casefold(), name.casefold(), *name.casefold().split()):
            # Only what begins alike is compared in the end: comparing takes a while.
            if text[:1] == meant[:1] and len(self.alike) < COMPARED:
                self.alike.setdefault(text, said)

    @staticmethod
    def _inside(meant: str, key: str, name: str) -> bool:
        """A part of a name, or the beginning of a key as lists show it."""
        return bool(meant) and (meant in name or key.startswith(meant))

    def several(self) -> ChoiceError:
        keys = self.in_any_case
        shown = ", ".join(keys[:SHOWN]) + (" …" if len(keys) > SHOWN else "")
        return ChoiceError(
            f"'{self.written}' is the name of {len(keys)} accounts", f"say which, by its key: {shown}"
        )

    def none(self) -> ChoiceError:
        near = difflib.get_close_matches(self.written.casefold().strip(), self.alike, n=3, cutoff=0.6)
        meant = self.inside or list(dict.fromkeys(self.alike[text] for text in near))
        said, keys = (_perhaps([names[way] for names in meant]) for way in (0, 1))
        return UnknownAccount(f"there is no account '{self.written}' in the snapshot", said, keys)


def _perhaps(meant: list[str]) -> str:
    return f"did you mean {', '.join(meant)}?" if meant else "its key or its name, as in the snapshot"
