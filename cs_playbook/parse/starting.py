"""The keys of a playbook that say who starts it, beside whom it never runs, and what share is only watched."""

from __future__ import annotations

import re

from cs_playbook.model.playbook import ANYONE, PLAYBOOK, RULE
from cs_playbook.parse.nodes import block, items, scalar, text
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar

CSM = "csm"  # as people say it; a workspace may have no role of that name
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%\Z")


def read_starters(trigger: Mapping, roles: frozenset[str]) -> list[Finding]:
    """`started_by:` names the rule, roles of team.yaml, anyone, or other playbooks."""
    known = sorted({RULE, ANYONE, PLAYBOOK, CSM, *roles})
    return [
        Finding(
            item.span,
            "CSP392",
            f"there is no role '{item.text}'",
            did_you_mean(item.text, known) or f"one may write: {', '.join(known)}",
        )
        for item in items(trigger, "started_by")
        if isinstance(item, Scalar) and item.text not in known
    ]


def read_holdout(root: Mapping) -> tuple[float, list[Finding]]:
    """The share, 0 to 1. Without a window there would be no day on which the two arms are compared."""
    written = scalar(root, "holdout")
    said = _SHARE.match(written.text) if written else None
    if written is None or said is None:
        return 0.0, []
    share = float(said[1]) / 100
    findings: list[Finding] = []
    if not 0 < share < 1:
        fact = f"`holdout: {written.text}`: nobody would be left to compare with"
        findings.append(Finding(written.span, "CSP391", fact, "a share between 0% and 100%, e.g. 10%"))
    goal = block(root, "goal")
    if goal is None or not text(goal, "within"):
        fact = "`holdout:` compares who reaches the goal in time, and the playbook does not say within which time"
        hint = "goal: {when: …, within: 45 days, outcome: …}"
        findings.append(Finding(written.span, "CSP390", fact, hint))
    return share, findings
