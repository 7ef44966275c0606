"""The node of `tests:` → stories; whether what they name exists is asked when they run."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from datetime import date
from typing import Any

from cs_playbook.model.story import Case, Expectation, Run, Stories
from cs_playbook.parse.nodes import block, blocks, number, plain_block, scalar, text, texts
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence, plain


def read_stories(root: Mapping, playbooks: frozenset[str]) -> tuple[Stories | None, list[Finding]]:
    """`playbooks`: the names that exist."""
    name, day = scalar(root, "tests"), scalar(root, "today")
    if name is None or day is None:
        return None, []
    findings: list[Finding] = []
    if name.text not in playbooks:
        findings.append(Finding(name.span, "CSP330", f"there is no playbook '{name.text}'", did_you_mean(name.text, playbooks)))
    try:
        today = date.fromisoformat(day.text)
    except ValueError:
        return None, [*findings, Finding(day.span, "CSP331", f"'{day.text}' is not a day of the calendar", "e.g. 2026-03-02")]
    accounts = plain_block(root, "accounts")
    cases = tuple(_case(node, frozenset(accounts), findings) for node in blocks(root, "cases"))
    stories = Stories(name.text, today, name.span, cases, accounts, plain_block(root, "contacts"), plain_block(root, "rows"))
    return stories, findings


def _case(node: Mapping, accounts: frozenset[str], findings: list[Finding]) -> Case:
    runs = tuple(_run(run) for run in blocks(node, "runs"))
    _days_rise(node, runs, findings)
    name = node.key("name") or node
    todo = scalar(node, "todo")
    for run in blocks(node, "runs"):
        _accounts_exist(run, accounts, findings)
    return Case(
        text(node, "name"), name.span, runs, plain_block(node, "with"), plain_block(node, "contacts"), plain_block(node, "rows"),
        bool(todo.value) if todo else False,
    )  # fmt: skip


def _days_rise(node: Mapping, runs: tuple[Run, ...], findings: list[Finding]) -> None:
    for earlier, later in zip(runs, runs[1:], strict=False):
        if later.day <= earlier.day:
            findings.append(Finding(later.span, "CSP332", f"day {later.day} comes after day {earlier.day}", "days of a story rise"))


def _accounts_exist(run: Mapping, accounts: frozenset[str], findings: list[Finding]) -> None:
    named = block(run, "set")
    for key, _ in named.entries if named else ():
        if key.text not in accounts:
            findings.append(Finding(key.span, "CSP333", f"there is no account '{key.text}' in this file", did_you_mean(key.text, accounts)))


def _run(node: Mapping) -> Run:
    expect = block(node, "expect")
    day = number(node, "day")
    return Run(
        day=day or 0,
        span=(node.key("day") or node).span,
        set=plain_block(node, "set"),
        rows=plain_block(node, "rows"),
        answers=plain_block(node, "answers"),
        start=texts(node, "start"),
        stop=texts(node, "stop"),
        expect=_expectation(expect) if expect else None,
    )


def _expectation(node: Mapping) -> Expectation:
    ended = node.get("ended")
    exactly = scalar(node, "exactly")
    return Expectation(
        span=node.entries[0][0].span if node.entries else node.span,
        started=texts(node, "started") if node.get("started") is not None else None,
        ended=None if ended is None else _ended(ended),
        open=_rows(node.get("open")),
        drafts=_rows(node.get("drafts")),
        closed=plain_block(node, "closed") or None,
        escalated=texts(node, "escalated") if node.get("escalated") is not None else None,
        held=plain_block(node, "held") or None,
        because=plain_block(node, "because") or None,
        exactly=bool(exactly.value) if exactly else False,
    )


def _ended(node: Node) -> Dictionary[str, str | None]:
    match node:
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


