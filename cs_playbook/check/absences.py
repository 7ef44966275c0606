"""Absences of the team: covers that lead round in a circle while they are all away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.team import Absence, Person, Team
from cs_playbook.source.finding import Finding

Days = tuple[date, date]


def covers_are_there(catalog: Catalog) -> Iterator[Finding]:
    """CSP153 Covers stand in for each other while all of them are away

    While a cover is away too, the cover's cover stands in. Where that leads back to the same person
    nobody is there: the work would stay where nobody sees it.

    Fails:

        # team.yaml
        people:
          lea@vendor.example: {name: Léa, away: [{from: 2026-04-07, to: 2026-04-17, cover: nora@vendor.example}]}
          nora@vendor.example: {name: Nora, away: [{from: 2026-04-10, to: 2026-04-30, cover: lea@vendor.example}]}

    Mended:

        # team.yaml
        people:
          lea@vendor.example: {name: Léa, away: [{from: 2026-04-07, to: 2026-04-17, cover: nora@vendor.example}]}
          nora@vendor.example: {name: Nora, away: [{from: 2026-04-20, to: 2026-04-30, cover: lea@vendor.example}]}
    """
    told: set[frozenset[str]] = set()
    for person in catalog.team.people:
        for absence in person.away:
            found = _circle((person,), (absence.first, absence.last), absence, catalog.team)
            if found is not None:
                way, days = found
                names = frozenset(one.email for one in way)
                if names not in told:
                    told.add(names)
                    yield _finding(absence, way, days)


def _finding(absence: Absence, way: tuple[Person, ...], days: Days) -> Finding:
    names = " → ".join(one.name for one in (*way, way[0]))
    when = (
        f"from {days[0].isoformat()} to {days[1].isoformat()}"
        if days[0] < days[1]
        else f"on {days[0].isoformat()}"
    )
    return Finding(
        absence.span, "CSP153", f"{when} covers lead round: {names}", "name somebody who is there then"
    )


def _circle(
    way: tuple[Person, ...], days: Days, absence: Absence, team: Team
) -> tuple[tuple[Person, ...], Days] | None:
    """The way back to its beginning, and the days on which all of it are away."""
    cover = None if absence.cover is None else team.person(absence.cover)
    if cover is None:
        return None
    if cover is way[0]:
        return way, days
    if cover in way:  # a circle further on: it is told of who stands in it
        return None
    ways = (
        _circle((*way, cover), both, other, team)
        for other in cover.away
        if (both := _both(days, other)) is not None
    )
    return next((found for found in ways if found is not None), None)


def _both(days: Days, absence: Absence) -> Days | None:
    first, last = max(days[0], absence.first), min(days[1], absence.last)
    return (first, last) if first <= last else None
