"""What a rule is asked about, and what it answers: a playbook with the ways through its steps → findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from cs_playbook.check.ways import Ways, ways_of
from cs_playbook.model.asking import placed_dates, rule_conditions, step_cases, step_conditions
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Cases, Leaf, leaves
from cs_playbook.model.expression import Expression
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.plays import outcomes_of_play
from cs_playbook.model.step import Play, Step
from cs_playbook.source.finding import Finding, Severity, Span


class Asked(Struct, frozen=True):
    """One playbook under question. What several rules look at is reckoned once.

    `ways` through its steps; `lines`: every line of its conditions, with the step that asks it, if one does;
    `cases`: every list of cases of a step for which the step would wait; `dates`: what it counts days from, with its place.
    """

    playbook: Playbook
    catalog: Catalog
    ways: Ways
    lines: tuple[tuple[Step | None, Leaf], ...]
    cases: tuple[tuple[Step, Cases[object]], ...]
    dates: tuple[tuple[Step, Span, Expression], ...]


CatalogRule = Callable[[Catalog], Iterable[Finding]]
PlaybookRule = Callable[[Asked], Iterable[Finding]]
Rule = CatalogRule | PlaybookRule


def asked(playbook: Playbook, catalog: Catalog) -> Asked:
    cases = [(step, cases) for step in playbook.steps for cases in step_cases(step)]
    return Asked(
        playbook,
        catalog,
        ways_of(playbook, _plays(playbook, catalog)),
        lines=tuple(_lines(playbook)),
        cases=tuple((step, several) for step, several in cases if _is_waited_for(several, step)),
        dates=tuple((step, span, named) for step in playbook.steps for span, named in placed_dates(step)),
    )


def _plays(playbook: Playbook, catalog: Catalog) -> dict[str, tuple[str, ...]]:
    return {
        step.id: outcomes_of_play(step.verb, catalog.playbooks)
        for step in playbook.steps
        if isinstance(step.verb, Play) and step.repeats is None
    }


def _lines(playbook: Playbook) -> Iterator[tuple[Step | None, Leaf]]:
    for condition in (*rule_conditions(playbook), *(way_out.when for way_out in playbook.exits)):
        yield from ((None, leaf) for leaf in leaves(condition))
    if playbook.goal is not None:
        yield from ((None, leaf) for leaf in leaves(playbook.goal.when))
    for step in playbook.steps:
        for condition in step_conditions(step):
            yield from ((step, leaf) for leaf in leaves(condition))


def _is_waited_for(cases: Cases[object], step: Step) -> bool:
    """Not a single plain value, and not minutes: an unknown effort counts as none, nothing waits for it."""
    if len(cases.fits) == 1 and cases.fits[0].when is None:
        return False
    return cases is not getattr(step.verb, "minutes", None)


def note(span: Span, code: str, message: str, hint: str = "") -> Finding:
    """Something worth knowing that is no mistake: shown only to who asks for all."""
    return Finding(span, code, message, hint, Severity.NOTE)


def place_in(leaf: Leaf, part: Expression) -> Span:
    """The part inside its line, as far as one can tell: the span of a leaf is that of its whole text."""
    quoted = leaf.span.length > len(leaf.text)
    return (
        leaf.span.within(part.at[0] + quoted, part.at[1]) if leaf.span.length >= len(leaf.text) else leaf.span
    )
