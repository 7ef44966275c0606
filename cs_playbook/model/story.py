"""Stories (`tests:`): what must happen to made-up accounts over days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct, field

from cs_playbook.source.finding import Span

Row = Mapping[str, Any]  # field: value as written in YAML


class Expectation(Struct, frozen=True):
    """Whole lists: started, ended. Of the others at least this, unless `exactly`; empty means none.

    `span`: where it begins; `places`: where each of its keys stands.
    """

    span: Span
    started: tuple[str, ...] | None = None
    ended: Mapping[str, str | None] | None = None
    goal: tuple[str, ...] | None = None
    open: tuple[Row, ...] | None = None
    drafts: tuple[Row, ...] | None = None
    notified: tuple[Row, ...] | None = None
    traits: Mapping[str, Row] | None = None
    facts: Mapping[str, Row] | None = None
    owners: Mapping[str, Any] | None = None
    closed: Mapping[str, Any] | None = None
    escalated: tuple[Row, ...] | None = None
    held: Mapping[str, str] | None = None
    because: Mapping[str, str] | None = None
    exactly: bool = False
    places: Mapping[str, Span] = field(default_factory=dict)

    def place(self, key: str) -> Span:
        return self.places.get(key, self.span)


class Run(Struct, frozen=True):
    """One day of a story. `set`: account → changed fields from this day on, or None: missing from the export;
    or table → key → fields. Not `fresh`: the export is still that of the run before.
    `starts`: what a person says with a start; `given`: what one corrects later. `status`: the playbook's from this day on.
    `mute`: account → day, or None: no longer. `snooze`: step or account → day, or account → step → day.
    """

    day: int
    span: Span
    set: Mapping[str, Row | None] = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    starts: Mapping[str, Row] = field(default_factory=dict)
    given: Mapping[str, Row | None] = field(default_factory=dict)
    status: str | None = None
    mute: Mapping[str, Any] = field(default_factory=dict)
    snooze: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = True
    expect: Expectation | None = None
    places: Mapping[str, Span] = field(default_factory=dict)

    def place(self, key: str) -> Span:
        return self.places.get(key, self.span)


class Case(Struct, frozen=True):
    """`changes`: account → fields, or table → key → fields. `every_day`: also the days that no run names."""

    name: str
    span: Span
    runs: tuple[Run, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)
    contacts: Mapping[str, Row] = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)
    todo: bool = False
    every_day: bool = True
    held_out: tuple[str, ...] = ()


class Stories(Struct, frozen=True):
    """`playbook`: the one they are about; only it runs."""

    playbook: str
    today: date
    span: Span
    cases: tuple[Case, ...]
    accounts: Mapping[str, Row] = field(default_factory=dict)
    contacts: Mapping[str, Row] = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)
