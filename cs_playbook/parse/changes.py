"""The node of `changes:` → what becomes of open enrollments when the text changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from cs_playbook.model.playbook import KEEP, WAYS_ON, Changes, WhatBecomes
from cs_playbook.parse.nodes import block, text
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar


def read_changes(root: Mapping, steps: Iterable[str]) -> tuple[Changes, list[Finding]]:
    """`steps`: of the playbook as it is now. The schema has refused what is none of the four words."""
    node = block(root, "changes")
    if node is None:
        return Changes(), []
    said = text(node, "open_enrollments", KEEP)
    names = block(node, "renamed_steps")
    named = {key.text: value for key, value in names.entries if isinstance(value, Scalar)} if names else {}
    dropped = tuple(old for old, now in named.items() if now.value is None)
    renamed, findings = _renamed({old: now for old, now in named.items() if old not in dropped}, tuple(steps))
    return Changes(cast(WhatBecomes, said if said in WAYS_ON else KEEP), renamed, dropped), findings


def _renamed(said: dict[str, Scalar], steps: tuple[str, ...]) -> tuple[dict[str, str], list[Finding]]:
    renamed = {old: value.text for old, value in said.items()}
    findings: list[Finding] = []
    for old, now in said.items():
        if old in steps:
            findings.append(_still_there(old, now))
        elif now.text not in steps and now.text not in renamed:
            findings.append(_is_no_step(old, now, steps))
    return renamed, [*findings, *_circles(said, renamed)]


def _still_there(old: str, now: Scalar) -> Finding:
    return Finding(
        now.span,
        "CSP360",
        f"'{old}' is now '{now.text}', and the playbook still has a step '{old}'",
        "give the new step another name: its open tasks would be taken for those of the old one",
    )


def _is_no_step(old: str, now: Scalar, steps: tuple[str, ...]) -> Finding:
    return Finding(
        now.span,
        "CSP361",
        f"'{old}' is now '{now.text}', and the playbook has no such step",
        did_you_mean(now.text, steps) or "old name: new name; a step that is gone on purpose: old name: null",
    )


def _circles(said: dict[str, Scalar], renamed: dict[str, str]) -> list[Finding]:
    found: list[Finding] = []
    for old, now in said.items():
        seen, name = {old}, now.text
        while name in renamed and name not in seen:
            seen.add(name)
            name = renamed[name]
        if name == old:
            found.append(
                Finding(
                    now.span,
                    "CSP361",
                    f"'{old}' is renamed in a circle",
                    "the last name is the step's of today",
                )
            )
    return found
