"""How long things are kept (`keep:` of the project file); what is not said is kept for ever."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.model.duration import Duration
from cs_playbook.values import names_of


class Keep(Struct, frozen=True):
    """`mail_bodies`: the words of mails that are over. `contacts_in_snapshots`: addresses, names and free text of
    contacts. `snapshots`: whole ones. `out`: what runs have written below out/. None: for ever."""

    mail_bodies: Duration | None = None
    contacts_in_snapshots: Duration | None = None
    snapshots: Duration | None = None
    out: Duration | None = None

    @property
    def says_something(self) -> bool:
        return any(getattr(self, one) is not None for one in names_of(self))


FOR_EVER = Keep()
