"""Scorecards: bands that leave a gap, names that mean two things, profiles and overrides that point nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.scorecard import MOST_UNITS, Band, Profile, Scorecard, most_units
from cs_playbook.source.finding import Finding, Span, did_you_mean


def bands_follow_each_other(catalog: Catalog) -> Iterator[Finding]:
    """CSP511 Bands that leave a gap or can never be

    Bands go from the lowest scores up. Each but the last says where it ends (`below:`, at most one decimal,
    as scores have); there the next one begins, so there is neither gap nor overlap. The edges rise and lie
    on the scale.

    Fails:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 50}, {band: yellow, below: 40}, {band: green}]
        groups:
          - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}]}]}

    Mended:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 40}, {band: yellow, below: 50}, {band: green}]
        groups:
          - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}]}]}
    """
    for card in catalog.scorecards.values():
        if card.bands:
            yield from _edges(card)


def _edges(card: Scorecard) -> Iterator[Finding]:
    *lower, last = card.bands
    if last.below is not None:
        fact = f"no band is left for {_points(last.below)} and more: '{last.name}' ends below it"
        yield Finding(last.span, "CSP511", fact, f"{{band: {last.name}}}: the last band has no `below:`")
    for band in lower:
        if band.below is None:
            fact = f"'{band.name}' takes every score: nothing is left for the bands after it"
            yield Finding(
                band.span, "CSP511", fact, "say where it ends, e.g. below: 50; only the last has no end"
            )
        elif not card.low * 10 < band.below <= card.high * 10:
            fact = f"{_points(band.below)} is not on the scale from {card.low} to {card.high}"
            yield Finding(band.span, "CSP511", fact, "a band ends inside of the scale")
    yield from _rise(lower)


def _rise(bands: Iterable[Band]) -> Iterator[Finding]:
    for one, two in pairwise(band for band in bands if band.below is not None):
        if one.below is not None and two.below is not None and two.below <= one.below:
            fact = f"'{two.name}' ends below {_points(two.below)}, where '{one.name}' before it has ended already"
            yield Finding(two.span, "CSP511", fact, "bands go from the lowest scores up")


def _points(tenths: int) -> str:
    return f"{tenths / 10:g}"


def one_name_each_in_a_scorecard(catalog: Catalog) -> Iterator[Finding]:
    """CSP513 A band, a group, a measure or a profile stands twice in a scorecard

    Conditions ask for bands by name (health.band = 'red'), `health.drag` says which measure costs most, and
    profiles name groups: each name must mean one. What counts twice as much has the weight 2.

    Fails:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 50}, {band: green}]
        groups:
          - group: use
            measures:
              - {measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}]}
              - {measure: seats, points: [{at: 0, is: 0}, {at: 99, is: 100}]}

    Mended:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 50}, {band: green}]
        groups:
          - group: use
            measures:
              - {measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 50}, {at: 99, is: 100}]}
    """
    for card in catalog.scorecards.values():
        yield from _twice("band", ((band.name, band.span) for band in card.bands))
        yield from _twice("group", ((group.name, group.span) for group in card.groups))
        yield from _twice("measure", ((measure.name, measure.span) for measure in card.measures))
        yield from _twice("profile", ((one.name, one.span) for one in card.profiles if one.name))


def _twice(what: str, named: Iterable[tuple[str, Span]]) -> Iterator[Finding]:
    first: dict[str, Span] = {}
    for name, span in named:
        taken = first.setdefault(name, span)
        if taken is not span:
            fact = f"there is already a {what} '{name}', on line {taken.line}"
            yield Finding(span, "CSP513", fact, "each has a name of its own")


def profiles_leave_something(catalog: Catalog) -> Iterator[Finding]:
    """CSP515 A profile leaves out a group that is not there, or all of them

    `without:` names groups of the same scorecard; what is left is the whole score of these accounts. Who
    shall have no score at all is `unrated:`.

    Fails:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 50}, {band: green}]
        groups:
          - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}]}]}
          - {group: money, measures: [{measure: arr, points: [{at: 0, is: 0}, {at: 9000, is: 100}]}]}
        profiles:
          - {when: tier = 'low', without: [usage]}

    Mended:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 50}, {band: green}]
        groups:
          - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}]}]}
          - {group: money, measures: [{measure: arr, points: [{at: 0, is: 0}, {at: 9000, is: 100}]}]}
        profiles:
          - {when: tier = 'low', without: [use]}
    """
    for card in catalog.scorecards.values():
        for profile in card.profiles:
            yield from _without(profile, card)


def _without(profile: Profile, card: Scorecard) -> Iterator[Finding]:
    names = [group.name for group in card.groups]
    for name, span in profile.without:
        if name not in names:
            hint = did_you_mean(name, names) or f"there are: {', '.join(names)}"
            yield Finding(span, "CSP515", f"'{card.name}' has no group '{name}'", hint)
    if card.groups and all(profile.leaves_out(group) for group in card.groups):
        fact = "this profile leaves out every group: no score is left"
        yield Finding(profile.span, "CSP515", fact, "leave one in, or say `unrated:`")


def overrides_name_a_band(catalog: Catalog) -> Iterator[Finding]:
    """CSP516 An override names a band that is not there

    An override puts accounts into a band whatever their number says; it must be one of `bands:`.

    Fails:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 50}, {band: green}]
        groups:
          - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}]}]}
        override:
          - {when: strategic, band: rot, because: the board looks at them}

    Mended:

        # scorecards.yaml
        scorecard: health
        bands: [{band: red, below: 50}, {band: green}]
        groups:
          - {group: use, measures: [{measure: seats, points: [{at: 0, is: 0}, {at: 10, is: 100}]}]}
        override:
          - {when: strategic, band: red, because: the board looks at them}
    """
    for card in catalog.scorecards.values():
        names = [band.name for band in card.bands]
        for override in card.overrides:
            if override.band not in names:
                hint = did_you_mean(override.band, names) or f"there are: {', '.join(names)}"
                yield Finding(override.span, "CSP516", f"'{card.name}' has no band '{override.band}'", hint)


def sums_are_exact(catalog: Catalog) -> Iterator[Finding]:
    """CSP517 The weights of a scorecard are too fine to be summed exactly

    Scores are reckoned in whole numbers and divided once, so that 49.95 is never 49.9 for one reader and 50
    for another. The weights of a group are added, the sums of all groups multiplied: many groups with
    weights like 33, 33 and 34 come to a number that no database holds exactly. Small weights (1, 2, 3) say
    the same. Weights that share a divisor (50, 30, 20) are shortened by themselves.
    """
    for card in catalog.scorecards.values():
        if most_units(card) > MOST_UNITS:
            fact = f"the weights of '{card.name}' are too fine: its sum cannot be exact"
            yield Finding(card.span, "CSP517", fact, "use small weights: 1, 2, 3 instead of 17, 33, 50")
