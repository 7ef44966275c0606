"""A row of a contact → the full names it says, in either order, and their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

WHOLE = ("name", "full_name", "contact_name", "display_name")
FIRST = ("first_name", "firstname", "given_name", "forename")
LAST = ("last_name", "lastname", "family_name", "surname")


def full_names(row: Mapping[str, object]) -> Iterator[str]:
    """None where only a first name is known: it is many people's."""
    first, last, whole = (_first_of(row, names) for names in (FIRST, LAST, WHOLE))
    if first and last:
        yield f"{first} {last}"
        yield f"{last} {first}"
    if " " in whole:
        yield whole


def parts_of_names(row: Mapping[str, object]) -> Iterator[str]:
    for names in (FIRST, LAST, WHOLE):
        yield from _first_of(row, names).split()


def _first_of(row: Mapping[str, object], names: Sequence[str]) -> str:
    found = (str(row[name]).strip() for name in names if isinstance(row.get(name), str))
    return next((value for value in found if value), "")
