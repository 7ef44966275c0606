"""The node of `tests:` → stories; whether what they name exists is asked by check/stories.py."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from datetime import date
from itertools import pairwise
from typing import Any

from cs_playbook.model.story import Case, Expectation, Run, Stories
from cs_playbook.parse.nodes import block, blocks, number, plain_block, says_yes, scalar, text, texts
from cs_playbook.source.finding import Finding, Span, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence, plain


def read_stories(root: Mapping, playbooks: frozenset[str]) -> tuple[Stories | None, list[Finding]]:
    """`playbooks`: the names that exist."""
    name, day = scalar(root, "tests"), scalar(root, "today")
    if name is None or day is None:
        return None, []
    findings: list[Finding] = []
    if name.text not in playbooks:
        unknown = f"there is no playbook '{name.text}'"
        findings.append(Finding(name.span, "CSP330", unknown, did_you_mean(name.text, playbooks)))
    try:
        today = date.fromisoformat(day.text)
    except ValueError:
        wrong = f"'{day.text}' is not a day of the calendar"
        return None, [*findings, Finding(day.span, "CSP331", wrong, "e.g. 2026-03-02")]
    cases = tuple(_case(node, findings) for node in blocks(root, "cases"))
    given = (plain_block(root, "accounts"), plain_block(root, "contacts"), plain_block(root, "rows"))
    return Stories(name.text, today, name.span, cases, *given), findings


def _case(node: Mapping, findings: list[Finding]) -> Case:
    runs = tuple(_run(run) for run in blocks(node, "runs"))
    for earlier, later in pairwise(runs):
        if later.day < earlier.day:
            wrong = f"day {later.day} comes after day {earlier.day}"
            findings.append(
                Finding(
                    later.span, "CSP332", wrong, "days of a story rise; one that stands twice is run twice"
                )
            )
    return Case(
        name=text(node, "name"),
        span=(node.key("name") or node).span,
        runs=runs,
        changes=plain_block(node, "with"),
        contacts=plain_block(node, "contacts"),
        rows=plain_block(node, "rows"),
        todo=says_yes(node, "todo"),
        every_day=text(node, "days") != "named",
        held_out=texts(node, "held_out"),
    )


def _run(node: Mapping) -> Run:
    expect = block(node, "expect")
    return Run(
        day=number(node, "day") or 0,
        span=(node.key("day") or node).span,
        set=plain_block(node, "set"),
        rows=plain_block(node, "rows"),
        answers=plain_block(node, "answers"),
        start=_started(node),
        stop=texts(node, "stop"),
        starts={name: said for name, said in plain_block(node, "start").items() if isinstance(said, dict)},
        given=plain_block(node, "given"),
        status=text(node, "status") or None,
        mute=plain_block(node, "mute"),
        snooze=plain_block(node, "snooze"),
        fresh=text(node, "export") != "same",
        expect=_expectation(expect) if expect else None,
        places=_places(node),
    )


def _started(node: Mapping) -> tuple[str, ...]:
    """`start: [acme]`, or with more to say `start: {acme: {at: call}}`."""
    said = block(node, "start")
    return tuple(key.text for key, _ in said.entries) if said else texts(node, "start")


def _places(node: Mapping) -> dict[str, Span]:
    return {key.text: key.span for key, _ in node.entries}


def _expectation(node: Mapping) -> Expectation:
    return Expectation(
        span=node.entries[0][0].span if node.entries else node.span,
        started=_list(node, "started"),
        ended=_ended(node.get("ended")),
        goal=_list(node, "goal"),
        open=_rows(node.get("open")),
        drafts=_rows(node.get("drafts")),
        notified=_rows(node.get("notified")),
        traits=_block(node, "traits"),
        facts=_block(node, "facts"),
        owners=_block(node, "owners"),
        closed=_block(node, "closed"),
        escalated=_rows(node.get("escalated")),
        held=_block(node, "held"),
        because=_block(node, "because"),
        exactly=says_yes(node, "exactly"),
        places=_places(node),
    )


def _list(node: Mapping, key: str) -> tuple[str, ...] | None:
    return None if node.get(key) is None else texts(node, key)


def _block(node: Mapping, key: str) -> Dictionary[str, Any] | None:
    return None if node.get(key) is None else plain_block(node, key)


def _ended(node: Node | None) -> Dictionary[str, str | None] | None:
    match node:
        case None:
            return None
        case Mapping(entries=entries):
            return {key.text: value.text if isinstance(value, Scalar) else None for key, value in entries}
        case Sequence(items=items):
            return {item.text: None for item in items if isinstance(item, Scalar)}
        case Scalar(text=name):
            return {name: None}


def _rows(node: Node | None) -> tuple[Dictionary[str, Any], ...] | None:
    """`open: [{step: call}]`; a bare step id stands for {step: id}."""
    if not isinstance(node, Sequence):
        return None
    return tuple({"step": item.text} if isinstance(item, Scalar) else plain(item) for item in node.items)
