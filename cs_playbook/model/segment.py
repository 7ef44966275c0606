"""Segmentations (`segments:`): which segment an account belongs to, first match first."""

from __future__ import annotations

from dataclasses import dataclass

from cs_playbook.model.condition import Condition
from cs_playbook.source.finding import Span


@dataclass(frozen=True, slots=True)
class Segment:
    """`when` None: everybody whom no earlier segment took."""

    name: str
    when: Condition | None
    span: Span
    title: str = ""
    promise: str = ""
    accounts_per_csm: int | None = None
    minutes_per_month: int | None = None


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Segments in order: the first that fits."""

    name: str
    title: str
    segments: tuple[Segment, ...]
    span: Span
