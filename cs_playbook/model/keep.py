"""How long things are kept (`keep:` of the project file); what is not said is kept for ever."""

from __future__ import annotations

from dataclasses import dataclass, fields

from cs_playbook.model.duration import Duration


@dataclass(frozen=True, slots=True)
class Keep:
    """`mail_bodies`: the words of mails that are over. `contacts_in_snapshots`: addresses, names and free text of
    contacts. `snapshots`: whole ones. `out`: what runs have written below out/. None: for ever."""

    mail_bodies: Duration | None = None
    contacts_in_snapshots: Duration | None = None
    snapshots: Duration | None = None
    out: Duration | None = None

    @property
    def says_something(self) -> bool:
        return any(getattr(self, one.name) is not None for one in fields(self))


FOR_EVER = Keep()
