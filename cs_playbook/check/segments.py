"""Segmentations: segments that nobody comes to, accounts that no segment takes."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.steps import covers
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.segment import Segment
from cs_playbook.source.finding import Finding, warning


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
    after a segment that asks the same, nobody is left.

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
    for segmentation in catalog.segmentations.values():
        for at, segment in enumerate(segmentation.segments):
            above = next((s for s in segmentation.segments[:at] if covers(s.when, segment.when)), None)
            if above is not None:
                takes = "takes every account" if above.when is None else "asks the same"
                fact = f"'{segment.name}' is never reached: '{above.name}' already {takes}"
                yield Finding(
                    segment.span, "CSP505", fact, "the order decides: move it up, or ask something else"
                )


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
    for segmentation in catalog.segmentations.values():
        if segmentation.segments and all(segment.when is not None for segment in segmentation.segments):
            last = segmentation.segments[-1]
            fact = (
                f"an account that fits none of these has no {segmentation.name}: what asks for it is unknown"
            )
            yield warning(last.span, "CSP502", fact, "end the list with {segment: …, when: otherwise}")
