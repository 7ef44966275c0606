"""The keys of one step → sentences, cases, people, dates, conditions; whatever any kind of step may say."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import TypeVar

from msgspec import Struct, field

from cs_playbook.model.condition import Cases, Condition, Fit, plain
from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import Expression
from cs_playbook.model.step import TASK_DONE, ChannelRef, Escalation, Sentence
from cs_playbook.model.team import People
from cs_playbook.model.time import FromReady, Moment
from cs_playbook.parse.conditions import OTHERWISE, read_cases, read_conditions, read_date
from cs_playbook.parse.duration import read_duration
from cs_playbook.parse.durations import Bind, read_moment
from cs_playbook.parse.nodes import block, items, scalar, text
from cs_playbook.parse.rhythm import looks_like_a_rhythm, read_day_of_rhythm
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.sentence import read_sentence
from cs_playbook.parse.targets import Targets, read_target
from cs_playbook.parse.team import read_people
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence
from cs_playbook.values import replace

T = TypeVar("T")

USUAL_DUE: Cases[Moment] = plain(FromReady(Duration(2, "business day")))
USUAL_MINUTES = plain(15)


class StepNode(Struct):
    """Holds one step while it is read, and what was found wrong with it."""

    node: Mapping
    scope: Scope
    roles: frozenset[str]
    letters: frozenset[str]
    findings: list[Finding] = field(default_factory=list)
    theirs: frozenset[str] = frozenset()  # those of the roles that name people of the customer

    def sentence(self, key: str) -> Sentence | None:
        value = scalar(self.node, key)
        if value is None:
            return None
        sentence, wrong = read_sentence(value, self.scope)
        self.findings += wrong
        return sentence

    def checklist(self) -> tuple[Sentence, ...]:
        read = [
            read_sentence(item, self.scope)
            for item in items(self.node, "checklist")
            if isinstance(item, Scalar)
        ]
        self.findings += [finding for _, wrong in read for finding in wrong]
        return tuple(sentence for sentence, _ in read)

    def cases(self, key: str, read: Callable[[Node], tuple[T | None, list[Finding]]]) -> Cases[T] | None:
        value = self.node.get(key)
        if value is None:
            return None
        cases, wrong = read_cases(value, self.scope, read)
        self.findings += wrong
        return cases

    def due(self) -> Cases[Moment]:
        return self.cases("due", self.moment) or USUAL_DUE

    def minutes(self) -> Cases[int]:
        return self.cases("minutes", _whole) or USUAL_MINUTES

    def moment(self, node: Node) -> tuple[Moment | None, list[Finding]]:
        if not isinstance(node, Scalar):
            return None, []
        # `newest(calls.day, kind = 'first')` is no rhythm: no rhythm has brackets.
        rhythm = "(" not in node.text and looks_like_a_rhythm(node.text)
        return read_day_of_rhythm(node) if rhythm else read_moment(node, self.dates_of(node, self.scope))

    def dates_of(self, node: Scalar, scope: Scope) -> Bind:
        """Reads the name of a date inside a longer text."""

        def bind(written: str, offset: int) -> tuple[Expression | None, list[Finding]]:
            return read_date(written, offset, node, scope)

        return bind

    def people(self, node: Node) -> tuple[People | None, list[Finding]]:
        return read_people(node, self.roles)

    def about(self) -> Cases[People] | None:
        """Whom it is about; before that is known there is no contact to ask."""
        value = self.node.get("about")
        if value is None:
            return None
        cases: Cases[People] | None
        cases, wrong = read_cases(value, replace(self.scope, contact=False), self.people)
        self.findings += wrong
        return cases

    def letter(self, node: Node) -> tuple[str | None, list[Finding]]:
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

    def escalation(self) -> Escalation | None:
        node = block(self.node, "escalate")
        late, tell = (node.get("when_late_by"), node.get("tell")) if node else (None, None)
        if late is None or tell is None:
            return None
        duration, wrong = read_cases(late, self.scope, duration_of)
        whom: Cases[People | ChannelRef] | None
        whom, wronger = read_cases(tell, self.scope, partial(read_target, key="tell", among=self.targets))
        self.findings += [*wrong, *wronger]
        return Escalation(duration, whom) if duration and whom else None

    @property
    def targets(self) -> Targets:
        return Targets(self.scope.channels, self.roles, self.theirs)

    def done_when(self, outcomes: tuple[str, ...]) -> tuple[Fit[str], ...]:
        node = self.node.get("done_when")
        if node is None:
            return ()
        cases = (
            [item for item in node.items if isinstance(item, Mapping) and item.get("is")]
            if isinstance(node, Sequence)
            else []
        )
        if cases:
            return tuple(fit for item in cases for fit in self.done_case(item, outcomes))
        condition, wrong = read_conditions(node, self.scope)
        self.findings += wrong
        if TASK_DONE not in outcomes:
            self.report(
                node,
                "CSP306",
                "the data closes this task as 'done', which is none of its outcomes",
                f"write [{{when: …, is: {outcomes[0]}}}]",
            )
        return (Fit(condition, TASK_DONE),) if condition else ()

    def done_case(self, item: Mapping, outcomes: tuple[str, ...]) -> list[Fit[str]]:
        when, outcome = item.get("when"), scalar(item, "is")
        if when is None or outcome is None or (isinstance(when, Scalar) and when.text == OTHERWISE):
            self.report(
                item,
                "CSP306",
                "each case of done_when says when, and which outcome",
                "[{when: <condition>, is: <outcome>}]",
            )
            return []
        if outcome.text not in outcomes:
            self.report(
                outcome,
                "CSP306",
                f"'{outcome.text}' is none of the task's outcomes",
                did_you_mean(outcome.text, outcomes) or f"they are: {', '.join(outcomes)}",
            )
        condition, wrong = read_conditions(when, self.scope)
        self.findings += wrong
        return [Fit(condition, outcome.text)] if condition else []

    def condition(self, key: str) -> Condition | None:
        value = self.node.get(key)
        if value is None:
            return None
        condition, wrong = read_conditions(value, self.scope)
        self.findings += wrong
        return condition

    def whom(self, key: str, verb: str) -> Cases[People] | None:
        """The people a step cannot do without."""
        if self.node.get(key) is None and not self._misspells(key):
            self.report(
                self.node.key(verb) or self.node,
                "CSP304",
                f"step '{text(self.node, 'id')}' does not say `{key}:`",
                self._roles_for(key),
            )
        return self.cases(key, self.people)

    def _misspells(self, key: str) -> bool:
        """It is there with a slip of the pen, and the schema has said so."""
        return bool(get_close_matches(key, [written.text for written, _ in self.node.entries], cutoff=0.75))

    def _roles_for(self, key: str) -> str:
        """Whom one could name: to write to, people of the customer; to do it, one of ours."""
        fitting = sorted(self.theirs if key == "to" else self.roles - self.theirs)
        if not fitting:
            kind = " with `contacts:`" if key == "to" else ""
            return f"team.yaml has no role{kind} yet; give it one, then write {key}: <role>"
        if len(fitting) == 1 or key != "to":
            usual = "csm" if "csm" in fitting else fitting[0]
            return f"a role of team.yaml, e.g. {key}: {usual}"
        return f"people of the customer are: {', '.join(fitting)}; e.g. to: {fitting[0]}"

    def report(self, node: Node, code: str, message: str, hint: str = "") -> None:
        self.findings.append(Finding(node.span, code, message, hint))


def duration_of(node: Node) -> tuple[Duration | None, list[Finding]]:
    return read_duration(node) if isinstance(node, Scalar) else (None, [])


def _whole(node: Node) -> tuple[int | None, list[Finding]]:
    return (node.value if isinstance(node, Scalar) and isinstance(node.value, int) else None), []
