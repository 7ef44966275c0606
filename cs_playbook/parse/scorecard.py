"""The nodes of `scorecard:` → scorecards, with every name in them bound; whether they make sense is asked by check/."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from fractions import Fraction

from cs_playbook.model.condition import Condition
from cs_playbook.model.expression import Name
from cs_playbook.model.scorecard import (
    Band,
    Measure,
    MeasureGroup,
    Missing,
    Override,
    Profile,
    Scorecard,
    facts_of,
)
from cs_playbook.model.signal import Signal
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.freshness import day_of
from cs_playbook.parse.nodes import block, blocks, items, number, scalar, text
from cs_playbook.parse.points import Scale, read_points
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar
from cs_playbook.values import replace

LOW = "low"
LARGEST = 1000  # a weight beyond it is a slip of the pen, and its sum might not be exact any more


def with_scorecards(scope: Scope, files: list[Mapping]) -> Scope:
    """The scope in which all that scorecards give are facts: they may be named before they are read."""
    types, values = dict(scope.facts), dict(scope.values)
    for node in files:
        name = text(node, "scorecard")
        types.update(facts_of(name))
        values[f"{name}.band"] = tuple(dict.fromkeys(text(band, "band") for band in blocks(node, "bands")))
        values[f"{name}.drag"] = tuple(text(measure, "measure") for measure in _measures_in(node))
    return replace(scope, facts=types, values=values)


def _measures_in(node: Mapping) -> list[Mapping]:
    return [measure for group in blocks(node, "groups") for measure in blocks(group, "measures")]


def read_scorecards(
    files: list[Mapping], scope: Scope, signals: Dictionary[str, Signal]
) -> tuple[dict[str, Scorecard], list[Finding]]:
    """By name. Of one with an error as much as can be read: enough to look for more, not to act on."""
    read: dict[str, Scorecard] = {}
    findings: list[Finding] = []
    for node in files:
        scale, wrong = _scale(node)
        findings += wrong
        card = _Reader(scope, signals, scale, findings).card(node)
        read.setdefault(card.name, card)
    return read, findings


def _scale(node: Mapping) -> tuple[Scale, list[Finding]]:
    written = block(node, "scale")
    low = number(written, "from") if written else None
    high = number(written, "to") if written else None
    scale = Scale(0 if low is None else low, 100 if high is None else high)
    if scale.low < scale.high or written is None:
        return scale, []
    fact, hint = (
        f"the scale goes from {scale.low} to {scale.high}",
        "from the smaller number; `good: low` turns it round",
    )
    return Scale(scale.high, max(scale.low, scale.high + 1)), [Finding(written.span, "CSP511", fact, hint)]


class _Reader:
    """Holds the scope of one scorecard and the findings met while reading it."""

    def __init__(
        self, scope: Scope, signals: Dictionary[str, Signal], scale: Scale, findings: list[Finding]
    ) -> None:
        self.scope = scope
        self.signals = signals
        self.scale = scale
        self.findings = findings

    def card(self, node: Mapping) -> Scorecard:
        name, scale = scalar(node, "scorecard"), block(node, "scale")
        unrated = node.get("unrated")
        return Scorecard(
            name=text(node, "scorecard"),
            title=text(node, "title"),
            low=self.scale.low,
            high=self.scale.high,
            high_is_good=scale is None or text(scale, "good") != LOW,
            bands=tuple(band for item in blocks(node, "bands") if (band := self._band(item))),
            missing=Missing.WORST if text(node, "missing") == Missing.WORST else Missing.SPREAD,
            groups=tuple(group for item in blocks(node, "groups") if (group := self._group(item))),
            span=name.span if name else node.span,
            profiles=tuple(profile for item in blocks(node, "profiles") if (profile := self._profile(item))),
            unrated=self._read(unrated),
            overrides=tuple(one for item in blocks(node, "override") if (one := self._override(item))),
            says=text(node, "says"),
        )

    def _band(self, item: Mapping) -> Band | None:
        name, edge = scalar(item, "band"), scalar(item, "below")
        if name is None:
            return None
        if edge is None:
            return Band(name.text, None, name.span)
        tenths = _fraction(edge) * 10
        if tenths.denominator != 1:
            self._report(
                edge, "CSP511", f"'{edge.text}': scores have one decimal", "e.g. below: 50, below: 72.5"
            )
        return Band(name.text, int(tenths), edge.span)

    # --- groups and measures ---

    def _group(self, item: Mapping) -> MeasureGroup | None:
        name = scalar(item, "group")
        measures = tuple(measure for one in blocks(item, "measures") if (measure := self._measure(one)))
        if name is None:
            return None
        return MeasureGroup(name.text, self._weight(item), measures, name.span, text(item, "title"))

    def _weight(self, item: Mapping) -> int:
        """1 where none is said."""
        written = scalar(item, "weight")
        weight = number(item, "weight")
        if written is None:
            return 1
        if weight is None or not 1 <= weight <= LARGEST:
            fact = f"'{written.text}' is no weight: weights are whole numbers from 1 to {LARGEST}"
            self._report(written, "CSP510", fact, "e.g. weight: 2; what does not count is left out")
        return weight or 1

    def _measure(self, item: Mapping) -> Measure | None:
        name, points = scalar(item, "measure"), item.get("points")
        if name is None:
            return None
        fact = self.scope.find(Name(name.text, at=(0, len(name.text))))
        if fact is None or fact.name == "today":
            self._report(name, "CSP210", f"there is no fact '{name.text}' to measure", self._near(name))
            return None
        read, wrong = read_points(points, fact, self.scale, self.scope)
        self.findings += wrong
        weight, stale = self._weight(item), self._stale(item, fact)
        if read is None:
            return None
        day = day_of(fact, self.scope, self.signals) if stale is not None else None
        return Measure(fact, weight, read, name.span, stale, day)

    def _near(self, name: Scalar) -> str:
        near = did_you_mean(name.text, self.scope.facts)
        return near or "a measure is a field, a signal, a trait, a segmentation or another scorecard"

    def _stale(self, item: Mapping, fact: Name) -> int | None:
        written = scalar(item, "stale_after")
        if written is None:
            return None
        days, wrong = read_days(written)
        self.findings += wrong
        if fact.name not in self.scope.unread and day_of(fact, self.scope, self.signals) is None:
            said = f"nobody knows of what day '{fact.name}' is"
            hint = (
                "a trait has the day it was set on, a signal the newest day of its rows (`day:` in data.yaml)"
            )
            self._report(item.key("stale_after") or written, "CSP514", said, hint)
        return days

    # --- who is judged otherwise ---

    def _profile(self, item: Mapping) -> Profile | None:
        when = self._read(item.get("when"))
        named = [one for one in items(item, "without") if isinstance(one, Scalar)]
        if when is None:
            return None
        span = (scalar(item, "profile") or item).span
        return Profile(when, tuple((one.text, one.span) for one in named), span, text(item, "profile"))

    def _override(self, item: Mapping) -> Override | None:
        when, band = self._read(_question(item)), scalar(item, "band")
        return None if when is None or band is None else Override(when, band.text, band.span)

    def _read(self, node: Node | None) -> Condition | None:
        if node is None:
            return None
        condition, wrong = read_conditions(node, self.scope)
        self.findings += wrong
        return condition

    def _report(self, at: Scalar, code: str, message: str, hint: str) -> None:
        self.findings.append(Finding(at.span, code, message, hint))


def _question(item: Mapping) -> Mapping:
    """Of a block that says more than a condition, the condition in its long form."""
    said = ((item.key(name), item.get(name)) for name in ("when", "because", "for"))
    return Mapping(
        tuple((key, value) for key, value in said if key is not None and value is not None), item.span
    )


def _fraction(written: Scalar) -> Fraction:
    value = written.value
    number_ = isinstance(value, int | float) and not isinstance(value, bool)
    return Fraction(str(value)) if number_ else Fraction(0)  # the schema has said so
