"""The verb of a step → what it does: a task, a letter, a wait, a decision, an approval."""

from __future__ import annotations

from typing import Literal as OneOf

from cs_playbook.model.condition import Cases, plain
from cs_playbook.model.step import TASK_DONE, Approve, Decide, Email, Requirement, Sending, Task, Verb, Wait
from cs_playbook.model.team import People
from cs_playbook.parse.conditions import read_cases
from cs_playbook.parse.nodes import scalar, text, texts
from cs_playbook.parse.step_node import StepNode, duration_of
from cs_playbook.parse.step_play import read_document, read_play
from cs_playbook.parse.step_set import read_notify, read_set
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Node, Scalar


def read_verb(step: StepNode, verb: str) -> Verb | None:
    """What a step of this verb does; None where that cannot be read."""
    match verb:
        case "task":
            return _task(step)
        case "email":
            return _email(step)
        case "wait":
            return _wait(step)
        case "decide":
            cases, wrong = read_cases(step.node.get("decide"), step.scope, _outcome)  # type: ignore[arg-type]
            step.findings += wrong
            return Decide(cases) if cases else None
        case "document" | "playbook":
            return read_document(step) if verb == "document" else read_play(step)
        case "set":
            return read_set(step)
        case "notify":
            return read_notify(step)
        case _:
            return _approve(step)


def _task(step: StepNode) -> Task | None:
    title = step.sentence("task")
    owner = step.whom("owner", "task")
    outcomes = texts(step.node, "outcomes") or (TASK_DONE,)
    done_when = step.done_when(outcomes)
    if title is None or owner is None:
        return None
    return Task(
        title, owner, step.due(), step.minutes(), outcomes, step.checklist(), step.about(),
        step.escalation(), done_when,
    )  # fmt: skip


def _email(step: StepNode) -> Email | None:
    key = step.node.key("email")
    letter = step.cases("email", step.letter)
    to = step.whom("to", "email")
    sender = step.whom("from", "email")
    if letter is None or to is None or sender is None or key is None:
        return None
    copies: Cases[People] | None = step.cases("cc", step.people)
    said = scalar(step.node, "thread")
    thread = None if said is None else Requirement(said.text, (), said.span)
    once_per: OneOf["account", "family"] = "family" if text(step.node, "once_per") == "family" else "account"
    sends: Cases[Sending] = step.cases("send", _sending) or plain("draft")
    expires_after = step.cases("expires_after", duration_of)
    return Email(
        letter, to, sender, step.due(), step.minutes(), key.span, copies, thread, once_per, sends, expires_after
    )  # fmt: skip


def _sending(node: Node) -> tuple[Sending | None, list[Finding]]:
    """The schema has refused all other words."""
    said: Sending = "auto" if isinstance(node, Scalar) and node.text == "auto" else "draft"
    return said, []


def _wait(step: StepNode) -> Wait | None:
    lasting = step.cases("wait", duration_of)
    until = step.condition("until")
    if until is None and step.node.get("until") is not None:
        return None  # it has an end that cannot be read: it is no wait without one
    return Wait(lasting, until) if lasting else None


def _approve(step: StepNode) -> Approve | None:
    question = step.sentence("approve")
    owner = step.whom("owner", "approve")
    if question is None or owner is None:
        return None
    return Approve(
        question,
        owner,
        step.due(),
        step.minutes(),
        step.checklist(),
        step.escalation(),
        step.about(),
    )


def _outcome(node: Node) -> tuple[str | None, list[Finding]]:
    return (node.text if isinstance(node, Scalar) else None), []
