"""The nodes of `steps:` → steps: their verb, what comes before, when they are due, what they may end with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cs_playbook.model.condition import Cases, Condition, Fit, plain
from cs_playbook.model.expression import Expression
from cs_playbook.model.playbook import (
    TASK_DONE,
    After,
    Approve,
    Decide,
    Email,
    Escalation,
    Requirement,
    Sentence,
    Step,
    Task,
    Verb,
    Wait,
)
from cs_playbook.model.team import People
from cs_playbook.model.time import Duration, FromReady, Moment
from cs_playbook.parse.conditions import OTHERWISE, read_cases, read_conditions, read_date
from cs_playbook.parse.durations import read_duration, read_moment
from cs_playbook.parse.nodes import block, blocks, items, scalar, text, texts
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.sentence import read_sentence
from cs_playbook.parse.team import read_people
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence

T = TypeVar("T")

VERBS = ("task", "email", "wait", "decide", "approve")
_EVERYWHERE = ("id", "after", "when", "not_before", "ends", "title")
_BELONGS = {
    "task": ("owner", "due", "minutes", "checklist", "outcomes", "about", "escalate", "done_when"),
    "email": ("to", "from", "send", "due", "minutes"),
    "wait": ("until",),
    "decide": (),
    "approve": ("owner", "due", "minutes", "checklist", "about", "escalate"),
}
_KNOWN = frozenset((*VERBS, *_EVERYWHERE, *(key for keys in _BELONGS.values() for key in keys)))
USUAL_DUE: Cases[Moment] = plain(FromReady(Duration(2, "business day")))
USUAL_MINUTES = plain(15)


def read_steps(
    root: Mapping, scope: Scope, roles: frozenset[str], letters: frozenset[str]
) -> tuple[tuple[Step, ...], list[Finding]]:
    """All steps that can be read, in order, with `after` filled in where the list is plain."""
    findings: list[Finding] = []
    steps: list[Step] = []
    nodes = blocks(root, "steps")
    for before, node in zip((None, *nodes), nodes, strict=False):
        reader = _StepReader(node, scope, roles, letters, findings)
        step = reader.step(before)
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


@dataclass
class _StepReader:
    """Holds one step while it is read."""

    node: Mapping
    scope: Scope
    roles: frozenset[str]
    letters: frozenset[str]
    findings: list[Finding] = field(default_factory=list)

    def step(self, before: Mapping | None) -> Step | None:
        verb = self._verb_name()
        if verb is None:
            return None
        self.scope = replace(self.scope, contact=verb == "email" or self.node.get("about") is not None)
        self._strangers(verb)
        read = self._verb(verb)
        if read is None:
            return None
        return Step(
            id=text(self.node, "id"),
            verb=read,
            after=self._after(before),
            span=(self.node.key(verb) or self.node).span
            if not self.node.get("id")
            else self.node.get("id").span,  # type: ignore[union-attr]
            when=self._condition("when"),
            not_before=self._cases("not_before", self._moment),
            ends=texts(self.node, "ends"),
        )

    def _verb_name(self) -> str | None:
        said = [verb for verb in VERBS if self.node.get(verb) is not None]
        if len(said) == 1:
            return said[0]
        unready = any(self.node.get(name) for name in ("playbook", "document", "set", "notify"))
        misspelt = any(
            did_you_mean(key.text, VERBS) for key, _ in self.node.entries if key.text not in _KNOWN
        )
        if not said and not unready and not misspelt:
            self._report(
                self.node,
                "CSP301",
                f"step '{text(self.node, 'id')}' does nothing",
                f"its kind is its verb, one of: {', '.join(VERBS)}",
            )
        elif len(said) > 1:
            self._report(
                self.node,
                "CSP301",
                f"step '{text(self.node, 'id')}' has several verbs: {', '.join(said)}",
                "make a step of each",
            )
        return None

    def _strangers(self, verb: str) -> None:
        for key, _ in self.node.entries:
            belongs = key.text in (verb, *_EVERYWHERE, *_BELONGS[verb])
            elsewhere = [other for other in VERBS if key.text in _BELONGS[other]]
            if not belongs and elsewhere:
                self.findings.append(
                    Finding(
                        key.span,
                        "CSP302",
                        f"'{key.text}' has no meaning on a step that is '{verb}'",
                        f"it belongs to: {', '.join(elsewhere)}",
                    )
                )

    def _verb(self, verb: str) -> Verb | None:
        match verb:
            case "task":
                return self._task()
            case "email":
                return self._email()
            case "wait":
                return self._wait()
            case "decide":
                cases, wrong = read_cases(self.node.get("decide"), self.scope, _outcome)  # type: ignore[arg-type]
                self.findings += wrong
                return Decide(cases) if cases else None
            case _:
                return self._approve()

    def _task(self) -> Task | None:
        title = self._sentence("task")
        owner = self._whom("owner", "task")
        outcomes = texts(self.node, "outcomes") or (TASK_DONE,)
        done_when = self._done_when(outcomes)
        if title is None or owner is None:
            return None
        return Task(
            title, owner, self._due(), self._minutes(), outcomes, self._checklist(), self._plain_people("about"),
            self._escalation(), done_when,
        )  # fmt: skip

    def _email(self) -> Email | None:
        key = self.node.key("email")
        letter = self._cases("email", self._letter)
        to = self._whom("to", "email")
        sender = self._whom("from", "email")
        if letter is None or to is None or sender is None or key is None:
            return None
        return Email(letter, to, sender, self._due(), self._minutes(), key.span)

    def _wait(self) -> Wait | None:
        lasting = self._cases(
            "wait", lambda node: read_duration(node) if isinstance(node, Scalar) else (None, [])
        )
        until = self._condition("until")
        if until is None and self.node.get("until") is not None:
            return None  # it has an end that cannot be read: it is no wait without one
        return Wait(lasting, until) if lasting else None

    def _approve(self) -> Approve | None:
        question = self._sentence("approve")
        owner = self._whom("owner", "approve")
        if question is None or owner is None:
            return None
        return Approve(
            question,
            owner,
            self._due(),
            self._minutes(),
            self._checklist(),
            self._escalation(),
            self._plain_people("about"),
        )

    # --- parts ---

    def _after(self, before: Mapping | None) -> After:
        node = self.node.get("after")
        if node is None:
            return After(
                "all", () if before is None else (Requirement(text(before, "id"), (), self.node.span),)
            )
        if isinstance(node, Scalar) and node.text == "start":
            return After("all", ())
        if isinstance(node, Mapping) and isinstance(node.get("any"), Sequence):
            return After("any", self._requirements(node.get("any")))
        return After("all", self._requirements(node))

    def _requirements(self, node: Node | None) -> tuple[Requirement, ...]:
        match node:
            case Scalar():
                return (Requirement(node.text, (), node.span),)
            case Sequence(items=inside):
                return tuple(found for item in inside for found in self._requirements(item))
            case Mapping(entries=entries):
                return tuple(Requirement(key.text, _outcomes(value), key.span) for key, value in entries)
            case None:
                return ()

    def _sentence(self, key: str) -> Sentence | None:
        value = scalar(self.node, key)
        if value is None:
            return None
        sentence, wrong = read_sentence(value, self.scope)
        self.findings += wrong
        return sentence

    def _checklist(self) -> tuple[Sentence, ...]:
        read = [
            read_sentence(item, self.scope)
            for item in items(self.node, "checklist")
            if isinstance(item, Scalar)
        ]
        self.findings += [finding for _, wrong in read for finding in wrong]
        return tuple(sentence for sentence, _ in read)

    def _cases(self, key: str, read: Callable[[Node], tuple[T | None, list[Finding]]]) -> Cases[T] | None:
        value = self.node.get(key)
        if value is None:
            return None
        cases, wrong = read_cases(value, self.scope, read)
        self.findings += wrong
        return cases

    def _due(self) -> Cases[Moment]:
        return self._cases("due", self._moment) or USUAL_DUE

    def _minutes(self) -> Cases[int]:
        return self._cases("minutes", _whole) or USUAL_MINUTES

    def _moment(self, node: Node) -> tuple[Moment | None, list[Finding]]:
        if not isinstance(node, Scalar):
            return None, []

        def bind(written: str, offset: int) -> tuple[Expression | None, list[Finding]]:
            return read_date(written, offset, node, self.scope)

        return read_moment(node, bind)

    def _people(self, node: Node) -> tuple[People | None, list[Finding]]:
        return read_people(node, self.roles)

    def _plain_people(self, key: str) -> People | None:
        value = self.node.get(key)
        if value is None:
            return None
        people, wrong = read_people(value, self.roles)
        self.findings += wrong
        return people

    def _letter(self, node: Node) -> tuple[str | None, list[Finding]]:
        if not isinstance(node, Scalar):
            return None, []
        if node.text not in self.letters:
            near = did_you_mean(node.text, self.letters)
            return None, [
                Finding(
                    node.span,
                    "CSP404",
                    f"there is no letter '{node.text}'",
                    near or f"write emails/{node.text}/en.md",
                )
            ]
        return node.text, []

    def _escalation(self) -> Escalation | None:
        node = block(self.node, "escalate")
        late, tell = (scalar(node, "when_late_by"), node.get("tell")) if node else (None, None)
        if late is None or tell is None:
            return None
        duration, wrong = read_duration(late)
        people, wronger = read_people(tell, self.roles)
        self.findings += [*wrong, *wronger]
        return Escalation(duration, people) if duration and people else None

    def _done_when(self, outcomes: tuple[str, ...]) -> tuple[Fit[str], ...]:
        node = self.node.get("done_when")
        if node is None:
            return ()
        cases = (
            [item for item in node.items if isinstance(item, Mapping) and item.get("is")]
            if isinstance(node, Sequence)
            else []
        )
        if cases:
            return tuple(fit for item in cases for fit in self._done_case(item, outcomes))
        condition, wrong = read_conditions(node, self.scope)
        self.findings += wrong
        if TASK_DONE not in outcomes:
            self._report(
                node,
                "CSP306",
                "the data closes this task as 'done', which is none of its outcomes",
                f"write [{{when: …, is: {outcomes[0]}}}]",
            )
        return (Fit(condition, TASK_DONE),) if condition else ()

    def _done_case(self, item: Mapping, outcomes: tuple[str, ...]) -> list[Fit[str]]:
        when, outcome = item.get("when"), scalar(item, "is")
        if when is None or outcome is None or (isinstance(when, Scalar) and when.text == OTHERWISE):
            self._report(
                item,
                "CSP306",
                "each case of done_when says when, and which outcome",
                "[{when: <condition>, is: <outcome>}]",
            )
            return []
        if outcome.text not in outcomes:
            self._report(
                outcome,
                "CSP306",
                f"'{outcome.text}' is none of the task's outcomes",
                did_you_mean(outcome.text, outcomes) or f"they are: {', '.join(outcomes)}",
            )
        condition, wrong = read_conditions(when, self.scope)
        self.findings += wrong
        return [Fit(condition, outcome.text)] if condition else []

    def _condition(self, key: str) -> Condition | None:
        value = self.node.get(key)
        if value is None:
            return None
        condition, wrong = read_conditions(value, self.scope)
        self.findings += wrong
        return condition

    def _whom(self, key: str, verb: str) -> Cases[People] | None:
        """The people a step cannot do without."""
        if self.node.get(key) is None:
            self._report(
                self.node.key(verb) or self.node,
                "CSP304",
                f"step '{text(self.node, 'id')}' does not say `{key}:`",
                f"a role of team.yaml, e.g. {key}: csm",
            )
        return self._cases(key, self._people)

    def _report(self, node: Node, code: str, message: str, hint: str = "") -> None:
        self.findings.append(Finding(node.span, code, message, hint))


def _outcome(node: Node) -> tuple[str | None, list[Finding]]:
    return (node.text if isinstance(node, Scalar) else None), []


def _whole(node: Node) -> tuple[int | None, list[Finding]]:
    return (node.value if isinstance(node, Scalar) and isinstance(node.value, int) else None), []


def _outcomes(node: Node) -> tuple[str, ...]:
    if isinstance(node, Scalar):
        return (node.text,)
    return (
        tuple(item.text for item in node.items if isinstance(item, Scalar))
        if isinstance(node, Sequence)
        else ()
    )
