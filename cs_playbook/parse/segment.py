"""The nodes of `segments:` → segmentations, and the facts they give before any of them is read."""

from __future__ import annotations

from cs_playbook.model.condition import Condition, Group
from cs_playbook.model.expression import FieldType
from cs_playbook.model.segment import Choosing, Move, Segment, Segmentation
from cs_playbook.parse.conditions import OTHERWISE, read_conditions
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.nodes import block, blocks, number, scalar, text, texts
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping, Scalar
from cs_playbook.values import replace

LISTS = tuple(choosing.value for choosing in Choosing)


def with_segments(scope: Scope, files: list[Mapping]) -> Scope:
    """The scope in which all that segmentations give are facts: they may be named before they are read."""
    types, values = dict(scope.facts), dict(scope.values)
    for outline in map(_outline, files):
        for fact, kind in outline.facts.items():
            types.setdefault(fact, kind)
            if kind is FieldType.TEXT:
                values.setdefault(fact, outline.values_of(fact))
    return replace(scope, facts=types, values=values)


def _outline(node: Mapping) -> Segmentation:
    """All but the conditions."""
    choosing = next((one for one in Choosing if node.get(one) is not None), Choosing.FIRST)
    named = ((item, scalar(item, "segment")) for item in blocks(node, choosing))
    segments = tuple(_bare(item, key) for item, key in named if key is not None)
    name, title = text(node, "segments"), text(node, "title")
    return Segmentation(name, title, segments, node.span, choosing, _move(node)[0])


def _bare(item: Mapping, name: Scalar) -> Segment:
    (expected, _), (at_most, _) = _stay(item)
    return Segment(
        name.text,
        None,
        name.span,
        title=text(item, "title"),
        promise=text(item, "promise"),
        accounts_per_csm=number(item, "accounts_per_csm"),
        minutes_per_month=number(item, "minutes_per_month"),
        after=texts(item, "after"),
        expected=expected,
        at_most=at_most,
        formerly=texts(item, "formerly"),
    )


def _stay(item: Mapping) -> tuple[tuple[int | None, list[Finding]], tuple[int | None, list[Finding]]]:
    """For how long one is expected to be in it, and at most."""
    return _limit(item, "expected"), _limit(item, "at_most")


def _limit(item: Mapping, key: str) -> tuple[int | None, list[Finding]]:
    value = scalar(item, key)
    return (None, []) if value is None else read_days(value)


def _move(node: Mapping) -> tuple[Move | None, list[Finding]]:
    said = block(node, "move")
    if said is None:
        return None, []
    up, wrong = _days(said, "up_after")
    down, more = _days(said, "down_after")
    return Move(up, down), [*wrong, *more]


def _days(said: Mapping, key: str) -> tuple[int, list[Finding]]:
    value = scalar(said, key)
    days, wrong = (1, []) if value is None else read_days(value)
    return max(1, days or 1), wrong


def read_segmentation(node: Mapping, scope: Scope) -> tuple[Segmentation, list[Finding]]:
    """Of one with an error as much as can be read: enough to look for more, not to act on."""
    outline = _outline(node)
    findings = [*_one_list(node), *_move(node)[1], *_no_order(node, outline)]
    segments: list[Segment] = []
    for item in blocks(node, outline.choosing):
        segment, wrong = _segment(item, scope)
        findings += wrong
        segments += [segment] if segment else []
    if outline.choosing is not Choosing.FIRST:
        segments = [_spelt_out(segment, segments) for segment in segments]
    return replace(outline, segments=tuple(segments)), findings


def _no_order(node: Mapping, outline: Segmentation) -> list[Finding]:
    key = node.key("move")
    if key is None or outline.choosing is not Choosing.ANY:
        return []
    fact = "tags have no order: an account moves neither up nor down among them"
    return [Finding(key.span, "CSP508", fact, "patience of a tag is `{when: …, for: 30 days}`")]


def _one_list(node: Mapping) -> list[Finding]:
    keys = [key for key in map(node.key, LISTS) if key is not None]
    if len(keys) == 1:
        return []
    if not keys:
        fact, span = "this segmentation has no segments", node.span
    else:
        fact, span = f"'{keys[1].text}' stands beside '{keys[0].text}'", keys[1].span
    hint = "first_match: (the first that fits), any_match: (tags) or exclusive: (exactly one must fit)"
    return [Finding(span, "CSP501", fact, f"one list of segments: {hint}")]


def _segment(item: Mapping, scope: Scope) -> tuple[Segment | None, list[Finding]]:
    when_node, name = item.get("when"), scalar(item, "segment")
    if when_node is None or name is None:
        return None, []
    when: Condition | None = None
    findings = [finding for _, wrong in _stay(item) for finding in wrong]
    if not (isinstance(when_node, Scalar) and when_node.text == OTHERWISE):
        when, wrong = read_conditions(when_node, scope)
        findings += wrong
        if when is None:
            return None, findings
    return replace(_bare(item, name), when=when), findings


def _spelt_out(segment: Segment, segments: list[Segment]) -> Segment:
    """`otherwise`, where no order decides: none of the others fits."""
    others = tuple(other.when for other in segments if other.when is not None)
    if segment.when is not None or not others:
        return segment
    return replace(segment, when=Group("none", others, segment.span))
