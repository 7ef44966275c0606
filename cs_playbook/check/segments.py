"""Segmentations: segments that nobody comes to, accounts that no segment takes."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.covers import covers, never_reached
from cs_playbook.check.questions import single_days
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Leaf, leaves
from cs_playbook.model.segment import Choosing, Segment, Segmentation
from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import Finding, did_you_mean, warning


def segments_are_told_apart(catalog: Catalog) -> Iterator[Finding]:
    """CSP503 Two segments have the same name

    The name is what conditions ask for: tier = 'high'. Two ways into one segment are two lines under
    `any:`.

    Fails:

        # segments.yaml
        first_match:
          - {segment: high, when: arr >= 60000}
          - {segment: high, when: strategic}
          - {segment: low, when: otherwise}

    Mended:

        # segments.yaml
        first_match:
          - {segment: high, when: {any: [arr >= 60000, strategic]}}
          - {segment: low, when: otherwise}
    """
    for segmentation in catalog.segmentations.values():
        first: dict[str, Segment] = {}
        for segment in segmentation.segments:
            taken = first.setdefault(segment.name, segment)
            if taken is not segment:
                fact = f"there is already a segment '{segment.name}', on line {taken.span.line}"
                yield Finding(segment.span, "CSP503", fact, "two ways into one segment go under `any:`")


def segments_are_reached(catalog: Catalog) -> Iterator[Finding]:
    """CSP505 A segment that no account comes to

    The first segment that fits is the account's. After `when: otherwise`, which takes everybody, and
    after a segment that asks the same, nobody is left; after one that asks for less (arr >= 2000 above
    arr >= 80000) neither: a warning.

    Fails:

        # segments.yaml
        first_match:
          - {segment: low, when: otherwise}
          - {segment: high, when: arr >= 60000}

    Mended:

        # segments.yaml
        first_match:
          - {segment: high, when: arr >= 60000}
          - {segment: low, when: otherwise}
    """
    for segmentation in _in_order(catalog):
        for at, segment in enumerate(segmentation.segments):
            # A stage takes only who comes from those before it.
            open_to_all = (above for above in segmentation.segments[:at] if not above.after)
            takes = ((above, covers(above.when, segment.when)) for above in open_to_all)
            above, how = next(((above, how) for above, how in takes if how), (None, ""))
            if above is not None:
                fact = f"'{segment.name}' is never reached: '{above.name}' already {how}"
                hint = "the order decides: move it up, or ask something else"
                yield never_reached(segment.span, "CSP505", fact, how, hint)


def everybody_has_a_segment(catalog: Catalog) -> Iterator[Finding]:
    """CSP502 A warning: some accounts have no segment

    An account that fits no segment has none: every question about the segmentation is then unknown for
    it, and nothing that asks starts. `when: otherwise`, at the end, takes the rest.

    Fails:

        # segments.yaml
        first_match:
          - {segment: high, when: arr >= 60000}
          - {segment: low, when: arr < 60000}

    Mended:

        # segments.yaml
        first_match:
          - {segment: high, when: arr >= 60000}
          - {segment: low, when: otherwise}
    """
    for segmentation in _in_order(catalog):
        if segmentation.segments and all(segment.when is not None for segment in segmentation.segments):
            last = segmentation.segments[-1]
            fact = (
                f"an account that fits none of these has no {segmentation.name}: what asks for it is unknown"
            )
            yield warning(last.span, "CSP502", fact, "end the list with {segment: …, when: otherwise}")


def no_segment_of_one_day(catalog: Catalog) -> Iterator[Finding]:
    """CSP507 A warning: an account is in a segment, or a signal says yes, for one single day

    `days_until(renewal_date) = 120` holds on one day: whoever is in no run of that day is never in the
    segment, and what waits for it, or for the signal, never starts. A span of days is a segment that one
    comes to.

    Fails:

        # segments.yaml
        first_match:
          - {segment: renewing, when: days_until(renewal_date) = 120}
          - {segment: other, when: otherwise}

    Mended:

        # segments.yaml
        first_match:
          - {segment: renewing, when: days_until(renewal_date) between 0 and 120}
          - {segment: other, when: otherwise}
    """
    for segmentation in catalog.segmentations.values():
        for leaf in (
            leaf for one in segmentation.segments if one.when is not None for leaf in leaves(one.when)
        ):
            for found in single_days(leaf):
                fact = "this is true on one single day: whoever is missed on that day is never in the segment"
                yield warning(found.span, "CSP507", fact, found.hint)
    yield from _signals_of_one_day(catalog)


def _signals_of_one_day(catalog: Catalog) -> Iterator[Finding]:
    for signal in catalog.signals.values():
        if signal.table is None and signal.type is FieldType.BOOLEAN:
            for found in single_days(Leaf("", signal.value, signal.span)):
                fact = f"'{signal.name}' is yes on one single day: whoever is missed on that day is missed for ever"
                yield warning(signal.span, "CSP507", fact, found.hint)


def stages_can_be(catalog: Catalog) -> Iterator[Finding]:
    """CSP509 A stage that cannot be

    A segmentation may be a way that accounts go. `after:` says from which stages one comes to this one;
    `expected:` and `at_most:` say for how long one is in it: longer than expected is behind, longer than at
    most is stuck. Stages are named as they are called here, and stuck comes after behind. What a segment was
    called (`formerly:`) is no other segment's name.

    Fails:

        # segments.yaml
        first_match:
          - {segment: high, when: arr >= 60000, after: [lwo]}
          - {segment: low, when: otherwise, expected: 60 days, at_most: 30 days}

    Mended:

        # segments.yaml
        first_match:
          - {segment: high, when: arr >= 60000, after: [low]}
          - {segment: low, when: otherwise, expected: 30 days, at_most: 60 days}
    """
    for segmentation in catalog.segmentations.values():
        for segment in segmentation.segments:
            yield from _of_stage(segment, segmentation)


def _of_stage(segment: Segment, segmentation: Segmentation) -> Iterator[Finding]:
    others = [name for name in segmentation.names if name != segment.name]
    for name in segment.after:
        if name not in others:
            fact = f"'{segment.name}' comes after '{name}', and there is no such other segment"
            hint = did_you_mean(name, others) or f"there are: {', '.join(others)}"
            yield Finding(segment.span, "CSP509", fact, hint)
    for name in segment.formerly:
        if name in segmentation.names:
            fact = f"'{segment.name}' was called '{name}', and there is still a segment '{name}'"
            yield Finding(segment.span, "CSP509", fact, "a name means one segment: take one of them away")
    if segment.expected and segment.at_most and segment.at_most < segment.expected:
        fact = (
            f"'{segment.name}' may last {segment.at_most} days at most, and {segment.expected} are expected"
        )
        yield Finding(
            segment.span, "CSP509", fact, "`at_most:` is the longer one: past it an account is stuck"
        )


def _in_order(catalog: Catalog) -> Iterator[Segmentation]:
    """Those whose order decides."""
    return (one for one in catalog.segmentations.values() if one.choosing is Choosing.FIRST)
