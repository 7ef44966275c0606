"""`hands_off:` of the project file → rules, bound to the facts of an account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cs_playbook.model.project import HandsOff
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.nodes import blocks, scalar, text
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping


def read_hands_off(root: Mapping, scope: Scope) -> tuple[tuple[HandsOff, ...], list[Finding]]:
    """In the order of the file: the first that fits says why."""
    findings: list[Finding] = []
    return tuple(_rules(root, scope, findings)), findings


def _rules(root: Mapping, scope: Scope, findings: list[Finding]) -> Iterator[HandsOff]:
    for node in blocks(root, "hands_off"):
        written = node.get("when")
        if written is None:
            continue
        when, wrong = read_conditions(written, scope)
        findings += wrong
        lifted_on = _lifted_on(node, findings)
        if when is not None:
            yield HandsOff(when, text(node, "because"), lifted_on)


def _lifted_on(node: Mapping, findings: list[Finding]) -> date | None:
    written = scalar(node, "lifted_on")
    if written is None:
        return None
    try:
        return date.fromisoformat(written.text)
    except ValueError:
        fact = f"'{written.text}' is not a day of the calendar"
        findings.append(Finding(written.span, "CSP128", fact, "write it as 2026-12-31"))
        return None
