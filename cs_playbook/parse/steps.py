"""The nodes of `steps:` → steps: their verb, what comes before, when they are due, what they may end with."""

from __future__ import annotations

from cs_playbook.model.asks import Ask
from cs_playbook.model.step import After, Requirement, Step
from cs_playbook.parse.asks import read_asks
from cs_playbook.parse.nodes import blocks, text, texts
from cs_playbook.parse.repeat import REPEATING, read_repeat
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.step_node import StepNode
from cs_playbook.parse.verbs import read_verb
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence
from cs_playbook.values import replace

VERBS = ("task", "email", "wait", "decide", "approve", "document", "playbook", "set", "notify")
_EVERYWHERE = ("id", "after", "when", "not_before", "ends", "title")
BELONGS = {
    "task": (
        "owner",
        "due",
        "minutes",
        "checklist",
        "outcomes",
        "about",
        "escalate",
        "done_when",
        "asks",
        "when_owner_changes",
    ),
    "email": (
        "to",
        "from",
        "cc",
        "thread",
        "once_per",
        "send",
        "expires_after",
        "due",
        "minutes",
        "when_owner_changes",
    ),
    "wait": ("until",),
    "decide": (),
    "approve": ("owner", "due", "minutes", "checklist", "about", "escalate", "asks", "when_owner_changes"),
    "document": (
        "owner",
        "due",
        "minutes",
        "checklist",
        "outcomes",
        "about",
        "escalate",
        "done_when",
        "asks",
        "when_owner_changes",
    ),
    "playbook": ("given",),
    "set": (),
    "notify": ("says", "meta"),
}
_KNOWN = frozenset((*VERBS, *_EVERYWHERE, *(key for keys in BELONGS.values() for key in keys)))


def read_steps(
    root: Mapping,
    scope: Scope,
    roles: frozenset[str],
    letters: frozenset[str],
    theirs: frozenset[str] = frozenset(),
    key: str = "steps",
) -> tuple[tuple[Step, ...], list[Finding]]:
    """All steps that can be read, in order, with `after` filled in where the list is plain. `key`: where they stand."""
    findings: list[Finding] = []
    steps: list[Step] = []
    nodes = blocks(root, key)
    for before, node in zip((None, *nodes), nodes, strict=False):
        step = _read_step(StepNode(node, scope, roles, letters, findings, theirs), before)
        steps += [step] if step else []
    return tuple(steps), [*findings, *_after_needed(nodes)]


def _after_needed(nodes: tuple[Mapping, ...]) -> list[Finding]:
    """As soon as any step asks for an outcome, every step but the first must say what it comes after."""
    asks = next((node for node in nodes if isinstance(node.get("after"), Mapping)), None)
    if asks is None:
        return []
    return [
        Finding(
            node.span,
            "CSP305",
            f"step '{text(node, 'id')}' does not say what it comes after",
            f"step '{text(asks, 'id')}' asks for an outcome, so every step but the first writes its `after:` (`after: start` means at once)",
        )
        for node in nodes[1:]
        if node.get("after") is None
    ]


def _read_step(step: StepNode, before: Mapping | None) -> Step | None:
    verb = _verb_name(step)
    if verb is None:
        return None
    step.scope = replace(step.scope, contact=verb == "email" or step.node.get("about") is not None)
    _strangers(step, verb)
    read = read_verb(step, verb)
    if read is None:
        return None
    return Step(
        id=text(step.node, "id"),
        verb=read,
        after=_read_after(step, before),
        span=(step.node.key(verb) or step.node).span if not step.node.get("id") else step.node.get("id").span,  # type: ignore[union-attr]
        when=step.condition("when"),
        not_before=step.cases("not_before", step.moment),
        ends=texts(step.node, "ends"),
        asks=_asks(step),
        repeats=read_repeat(step, verb),
        when_owner_changes="keep" if text(step.node, "when_owner_changes") == "keep" else "follow",
    )


def _asks(step: StepNode) -> tuple[Ask, ...]:
    asks, wrong = read_asks(step.node, step.scope)
    step.findings += wrong
    return asks


def _verb_name(step: StepNode) -> str | None:
    said = [verb for verb in VERBS if step.node.get(verb) is not None]
    if len(said) == 1:
        return said[0]
    misspelt = any(did_you_mean(key.text, VERBS) for key, _ in step.node.entries if key.text not in _KNOWN)
    if not said and not misspelt:
        step.report(
            step.node,
            "CSP301",
            f"step '{text(step.node, 'id')}' does nothing",
            f"its kind is its verb, one of: {', '.join(VERBS)}",
        )
    elif len(said) > 1:
        step.report(
            step.node,
            "CSP301",
            f"step '{text(step.node, 'id')}' has several verbs: {', '.join(said)}",
            "make a step of each",
        )
    return None


def _strangers(step: StepNode, verb: str) -> None:
    for key, _ in step.node.entries:
        belongs = key.text in (verb, *_EVERYWHERE, *BELONGS[verb], *REPEATING)
        elsewhere = [other for other in VERBS if key.text in BELONGS[other]]
        if not belongs and elsewhere:
            step.findings.append(
                Finding(
                    key.span,
                    "CSP302",
                    f"'{key.text}' has no meaning on a step that is '{verb}'",
                    f"it belongs to: {', '.join(elsewhere)}",
                )
            )


def _read_after(step: StepNode, before: Mapping | None) -> After:
    node = step.node.get("after")
    if node is None:
        return After("all", () if before is None else (Requirement(text(before, "id"), (), step.node.span),))
    if isinstance(node, Scalar) and node.text == "start":
        return After("all", ())
    if isinstance(node, Mapping) and isinstance(node.get("any"), Sequence):
        return After("any", _requirements(step, node.get("any")))
    return After("all", _requirements(step, node))


def _requirements(step: StepNode, node: Node | None) -> tuple[Requirement, ...]:
    match node:
        case Scalar():
            return (Requirement(node.text, (), node.span),)
        case Sequence(items=inside):
            return tuple(found for item in inside for found in _requirements(step, item))
        case Mapping(entries=entries):
            return tuple(Requirement(key.text, _outcomes(value), key.span) for key, value in entries)
        case None:
            return ()


def _outcomes(node: Node) -> tuple[str, ...]:
    if isinstance(node, Scalar):
        return (node.text,)
    return (
        tuple(item.text for item in node.items if isinstance(item, Scalar))
        if isinstance(node, Sequence)
        else ()
    )
