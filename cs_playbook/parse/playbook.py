"""The node of `playbook:` → Playbook, with every condition bound."""

from __future__ import annotations

import hashlib
import json
from typing import TypeVar

from msgspec import Struct

from cs_playbook.model.asks import Ask
from cs_playbook.model.condition import Condition
from cs_playbook.model.playbook import (
    PRIORITIES,
    Exit,
    Goal,
    Limits,
    Playbook,
    Reentry,
    Status,
    Story,
    Trigger,
)
from cs_playbook.model.rhythm import is_fixed
from cs_playbook.model.step import Step
from cs_playbook.model.team import ROW, People
from cs_playbook.model.time import Rhythm
from cs_playbook.parse.asks import read_asks
from cs_playbook.parse.changes import read_changes
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.kpi import read_aim
from cs_playbook.parse.mail_policy import read_caps
from cs_playbook.parse.nodes import block, blocks, number, places, scalar, text, texts
from cs_playbook.parse.one_per import read_one_per
from cs_playbook.parse.rhythm import no_phase, read_rhythm
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.starting import read_holdout, read_starters
from cs_playbook.parse.steps import read_steps
from cs_playbook.parse.stopping import read_own_stops
from cs_playbook.parse.team import read_people
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping, plain
from cs_playbook.values import replace

T = TypeVar("T")

# These are always today's: a change of them is no new version of what an open enrollment goes by.
ALWAYS_TODAY = (
    "status", "priority", "reentry", "limits", "email_caps", "formerly", "tags", "not_together_with", "holdout", "changes",
    "stop_when", "meta",
)  # fmt: skip


class Surroundings(Struct, frozen=True):
    """What a playbook may name: facts and tables (scope), roles, letters by name, other playbooks.

    `former`: names that playbooks had; a text of their time may still use them. `theirs`: roles of the customer's people.
    """

    scope: Scope
    roles: frozenset[str]
    letters: frozenset[str]
    former: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()


def read_playbook(root: Mapping, source: str, around: Surroundings) -> tuple[Playbook, list[Finding]]:
    """The playbook and all its findings. `source`: the file's text.

    With an error among them the playbook is only what could be read: good for further questions, not to be run.
    """
    findings: list[Finding] = []

    def keep(read: tuple[T, list[Finding]]) -> T:
        findings.extend(read[1])
        return read[0]

    trigger, scope = keep(_trigger(root, around))
    ids = _step_ids(root)
    asks = keep(read_asks(root, around.scope))
    answers = {step: {ask.name: ask for ask in asked} for step, asked in _asked_by_steps(root).items()}
    later = replace(scope, steps=frozenset(ids), given={ask.name: ask for ask in asks}, answers=answers)
    around = _with_the_row(around, trigger)
    steps = keep(read_steps(root, later, around.roles, around.letters, around.theirs))
    known = {step.id for step in steps}
    playbook = Playbook(
        name=text(root, "playbook"),
        words=_words(root),
        status=_status(root),
        owner=keep(_people(root, "owner", around.roles)),
        priority=_priority(root),
        trigger=trigger,
        steps=steps,
        span=root.entries[0][0].span,
        definition=definition_of(root),
        text=source,
        audience=keep(_condition(root, "audience", scope)),
        sees_inactive=text(root, "sees") == "inactive too",
        formerly=texts(root, "formerly"),
        reentry=_reentry(root),
        limits=_limits(root),
        email_caps=keep(read_caps(root)),
        exits=keep(_exits(root, later, around)),
        goal=keep(_goal(root, later)),
        unread=tuple(step for step in ids if step not in known),
        tags=texts(root, "tags"),
        not_together_with=texts(root, "not_together_with"),
        not_together_at=places(root, "not_together_with"),
        holdout=keep(read_holdout(root)),
        asks=asks,
        changes=keep(read_changes(root, ids)),
        stop_when=keep(read_own_stops(root)),
    )
    return playbook, findings


def definition_of(root: Mapping) -> str:
    """Hash of what an open enrollment goes by: comments, layout, order of keys and today's settings do not count."""
    meaning = {key: value for key, value in plain(root).items() if key not in ALWAYS_TODAY}
    written = json.dumps(meaning, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _words(root: Mapping) -> Story:
    aim = read_aim(root)
    goal = (
        aim.says or f"{aim.kpi}: from {aim.was or '?'} to {aim.to or '?'}" if aim else text(root, "objective")
    )
    return Story(
        text(root, "title"),
        text(root, "why"),
        goal,
        texts(root, "root_causes"),
        texts(root, "false_alarms"),
        aim,
    )


def _status(root: Mapping) -> Status:
    said = text(root, "status", "draft")
    return Status(said) if said in tuple(Status) else Status.DRAFT


def _priority(root: Mapping) -> int:
    said = text(root, "priority", "normal")
    return PRIORITIES.index(said) if said in PRIORITIES else PRIORITIES.index("normal")


def _people(node: Mapping, key: str, roles: frozenset[str]) -> tuple[People | None, list[Finding]]:
    value = node.get(key)
    return (None, []) if value is None else read_people(value, roles)


def _condition(node: Mapping, key: str, scope: Scope) -> tuple[Condition | None, list[Finding]]:
    value = node.get(key)
    return (None, []) if value is None else read_conditions(value, scope)


def _trigger(root: Mapping, around: Surroundings) -> tuple[tuple[Trigger, Scope], list[Finding]]:
    node, scope = block(root, "trigger"), around.scope
    if node is None:
        return (Trigger(None, ("csm",), None, None, root.span), scope), []
    findings: list[Finding] = read_starters(node, around.roles)
    about, wrong = read_one_per(node, scope, around.roles, around.theirs)
    findings += wrong
    # Also where the table cannot serve: whoever names its fields is not reported too.
    scope = replace(scope, row=scope.contract.table(about.named or ""), person=about.person)
    when, wrong = _condition(node, "when", scope)
    findings += wrong
    started_by = texts(node, "started_by") or ("rule",)
    every, wrong = _every(node)
    findings += wrong
    if "rule" in started_by and node.get("when") is None and node.get("every") is None:
        findings.append(
            Finding(
                node.span,
                "CSP320",
                "the rule has no `when:`: it would start for everybody",
                "say when, or every: first monday of month, or started_by: [csm]",
            )
        )
    said = text(node, "already_matching")
    already = "start" if said == "start" else "skip" if said == "skip" else None
    trigger = Trigger(when, started_by, already, about.table, node.span, every, about.values, about.person)  # type: ignore[arg-type]
    return (trigger, scope), findings


def _every(node: Mapping) -> tuple[Rhythm | None, list[Finding]]:
    """A playbook starts for everybody on the same days: its rhythm must say which."""
    value = scalar(node, "every")
    rhythm, findings = (None, []) if value is None else read_rhythm(value)
    if value is None or rhythm is None:
        return None, findings
    return rhythm, [] if is_fixed(rhythm) else [no_phase(value, rhythm)]


def _reentry(root: Mapping) -> Reentry | None:
    node = block(root, "reentry")
    days = number(node, "days_after_end") if node else None
    return Reentry(days, number(node, "at_most")) if node is not None and days is not None else None


def _limits(root: Mapping) -> Limits:
    node = block(root, "limits")
    return Limits(number(node, "new_per_day"), number(node, "open_per_person")) if node else Limits()


def _exits(root: Mapping, scope: Scope, around: Surroundings) -> tuple[tuple[Exit, ...], list[Finding]]:
    exits: list[Exit] = []
    findings: list[Finding] = []
    for item in blocks(root, "exit"):
        when, wrong = _condition(item, "when", scope)
        undo, wronger = _undo(item, scope, around)
        findings += [*wrong, *wronger]
        exits += [Exit(when, text(item, "outcome"), undo)] if when else []
    return tuple(exits), findings


def _goal(root: Mapping, scope: Scope) -> tuple[Goal | None, list[Finding]]:
    node = block(root, "goal")
    if node is None:
        return None, []
    when, findings = _condition(node, "when", scope)
    days: int | None = None
    within = scalar(node, "within")
    if within is not None:
        days, wrong = read_days(within)
        findings += wrong
    return (None if when is None else Goal(when, text(node, "outcome"), days)), findings


def _undo(item: Mapping, scope: Scope, around: Surroundings) -> tuple[tuple[Step, ...], list[Finding]]:
    """The steps of `then:` may ask what the others came to, and what those above them did."""
    ids = [text(step, "id") for step in blocks(item, "then")]
    answers = {
        step: {ask.name: ask for ask in asked} for step, asked in _asked_by_steps(item, "then").items()
    }
    own = replace(scope, steps=(scope.steps or frozenset()).union(ids), answers={**scope.answers, **answers})
    return read_steps(item, own, around.roles, around.letters, around.theirs, "then")


def _asked_by_steps(root: Mapping, key: str = "steps") -> dict[str, tuple[Ask, ...]]:
    """Step → what it asks; what is wrong with it is told where the step is read."""
    return {text(step, "id"): read_asks(step)[0] for step in blocks(root, key) if step.get("asks")}


def _with_the_row(around: Surroundings, trigger: Trigger) -> Surroundings:
    """Where an enrollment is about a contact, `row` is somebody to write to."""
    if trigger.one_per != "contacts":
        return around
    return replace(around, roles=around.roles | {ROW}, theirs=around.theirs | {ROW})


def _step_ids(root: Mapping) -> tuple[str, ...]:
    return tuple(text(step, "id") for step in blocks(root, "steps") if step.get("id"))
