"""A colleague and a day → whoever is there: they themselves, who stands in for them, or nobody."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.team import Absence
from cs_playbook.values import replace


class Colleague(Struct, frozen=True):
    """Somebody of our own. `role` is the name under which they were asked for.

    `instead_of`: the address of who is away, and for whom they stand in. `pool`: the role of a pool of which they are one; "" once this enrollment has picked.
    """

    email: str
    name: str
    role: str
    instead_of: str = ""
    pool: str = ""


def colleague(email: str, role: str, catalog: Catalog) -> Colleague:
    """By the address as the team's file spells it, where it does."""
    person = catalog.team.person(email)
    return Colleague(person.email, person.name, role) if person else Colleague(email, email, role)


def away(email: str, catalog: Catalog, day: date) -> Absence | None:
    """The absence in force; None where the person is there."""
    person = catalog.team.person(email)
    return None if person is None else person.absence(day)


def is_there(one: Colleague, catalog: Catalog, day: date) -> bool:
    return away(one.email, catalog, day) is None


def there(one: Colleague, catalog: Catalog, day: date) -> Colleague | None:
    """They themselves, or their cover, or the cover's cover; None where nobody is there."""
    asked: set[str] = set()
    now = one
    while (absence := away(now.email, catalog, day)) is not None:
        asked.add(now.email)
        if absence.cover is None:
            return None
        now = colleague(absence.cover, one.role, catalog)
        if now.email in asked:  # covers in a circle: `validate` tells
            return None
    return one if now.email == one.email else replace(now, instead_of=one.email, pool=one.pool)


def away_words(owner: str, instead_of: str, catalog: Catalog, day: date) -> str:
    """`for Léa, away until 2027-01-04`, or `away until …` of the owner; nothing where nobody is away."""
    if instead_of:
        person, absence = catalog.team.person(instead_of), away(instead_of, catalog, day)
        name = person.name if person else instead_of
        return f"for {name}, away until {absence.last.isoformat()}" if absence else f"for {name}"
    absence = away(owner, catalog, day)
    return f"away until {absence.last.isoformat()}" if absence else ""
