"""Playbooks that begin each other, and what they are given: circles, questions nobody answers, answers of another kind."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.asks import Ask, Misread, how, unknown_question, value_of
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Cases
from cs_playbook.model.expression import Call, Expression, FieldType, Literal, Name, Related
from cs_playbook.model.functions import SIGNATURES
from cs_playbook.model.playbook import RULE, Playbook, Status
from cs_playbook.model.plays import played_by, plays_of
from cs_playbook.model.step import Play, Step
from cs_playbook.source.finding import Finding, warning


def the_rule_need_not_answer(asked: Asked) -> Iterator[Finding]:
    """CSP372 The rule would have to answer a question

    `asks:` of a playbook is answered by the person who starts it, or by the playbook that plays it. A rule
    answers nothing: where it starts a playbook, each question has a `default:` or is `optional: true`, and
    then stays empty.

    Fails:

        # playbooks/example.yaml
        trigger: {when: strategic, already_matching: start}
        asks: {meeting_date: date}

    Mended:

        # playbooks/example.yaml
        trigger: {when: strategic, already_matching: start}
        asks: {meeting_date: {type: date, optional: true}}
    """
    playbook = asked.playbook
    if playbook.trigger.when is None or RULE not in playbook.trigger.started_by:
        return
    for ask in playbook.asks:
        if ask.must_be_said:
            fact = f"the rule starts this playbook, and cannot answer '{ask.name}'"
            hint = f"write {ask.name}: {{type: …, optional: true}} or a `default:`, or started_by: [csm]"
            yield Finding(ask.span, "CSP372", fact, hint)


def undo_steps_end_nothing(asked: Asked) -> Iterator[Finding]:
    """CSP374 `ends` on a step that undoes

    The steps of `exit: [{…, then: […]}]` run after the exit has fixed the outcome: none of their answers can
    give the enrollment another one.

    Fails:

        # playbooks/example.yaml
        exit:
          - when: arr < 1000
            outcome: too_small
            then:
              - {id: tell, task: Tell them, owner: csm, outcomes: [told, silent], ends: [silent]}

    Mended:

        # playbooks/example.yaml
        exit:
          - when: arr < 1000
            outcome: too_small
            then:
              - {id: tell, task: Tell them, owner: csm, outcomes: [told, silent]}
    """
    for way_out in asked.playbook.exits:
        for step in way_out.then:
            if step.ends:
                fact = f"`ends` of step '{step.id}' ends nothing: the exit has fixed the outcome '{way_out.outcome}'"
                yield Finding(step.span, "CSP374", fact, "leave `ends:` out")


def plays_can_begin(asked: Asked) -> Iterator[Finding]:
    """CSP381 A playbook cannot be begun by this step

    What a step begins is for the same account: a playbook that is one per row of a table can only be begun
    by one that is about the same rows.

    Fails:

        # playbooks/second.yaml
        playbook: second
        title: One per contact
        status: live
        owner: cs_ops
        why: To be played.
        trigger: {one_per: contacts, started_by: [playbook]}
        steps:
          - {id: call, task: Call them, owner: csm}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second}

    Mended:

        # playbooks/second.yaml
        playbook: second
        title: One per account
        status: live
        owner: cs_ops
        why: To be played.
        trigger: {started_by: [playbook]}
        steps:
          - {id: call, task: Call them, owner: csm}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second}
    """
    for step, play, other in _played(asked):
        whose, mine = other.trigger.per_person, asked.playbook.trigger.per_person
        if whose != mine:
            one, it = (f"person ('{whose}')" if whose else "account"), "a person" if mine else "an account"
            fact = f"'{other.name}' is one per {one}, and step '{step.id}' begins it for {it}"
            yield Finding(play.span, "CSP381", fact, "only a playbook about the same can begin it")
        about = other.trigger.one_per
        if about is not None and about != asked.playbook.trigger.one_per:
            fact = f"'{other.name}' is one per {about}, and step '{step.id}' begins it for the account"
            yield Finding(play.span, "CSP381", fact, "only a playbook about the same rows can begin it")


def played_ones_are_live(asked: Asked) -> Iterator[Finding]:
    """CSP384 A warning: the playbook that a step begins is not live

    Only a live playbook is begun. A step of a live playbook that names a draft, a paused or a retired one
    ends at once, as not_started.

    Fails:

        # playbooks/second.yaml
        playbook: second
        title: The second one
        trigger: {started_by: [playbook]}
        steps:
          - {id: call, task: Call them, owner: csm}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second}

    Mended:

        # playbooks/second.yaml
        playbook: second
        title: The second one
        status: live
        owner: cs_ops
        why: To be played.
        trigger: {started_by: [playbook]}
        steps:
          - {id: call, task: Call them, owner: csm}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second}
    """
    for step, play, other in _played(asked):
        if asked.playbook.status is Status.LIVE and other.status is not Status.LIVE:
            fact = f"'{other.name}' is {_STATUS.get(other.status, other.status.value)}: step '{step.id}' ends as not_started"
            yield warning(play.span, "CSP384", fact, f"set `status: live` in '{other.name}'")


_STATUS = {Status.DRAFT: "a draft", Status.SHADOW: "in shadow"}


def plays_are_given_what_they_ask(asked: Asked) -> Iterator[Finding]:
    """CSP383 What a step hands over is not what the other playbook asks

    `given:` of a step answers the `asks:` of the playbook that it begins: every question that has no default
    and is not optional, with values of its type.

    Fails:

        # playbooks/second.yaml
        playbook: second
        title: The second
        status: live
        owner: cs_ops
        why: To be played.
        trigger: {started_by: [csm]}
        asks: {meeting_date: date, mode: [repair, optimise]}
        steps:
          - {id: call, task: Call them, owner: csm}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second, given: {mode: repare}}

    Mended:

        # playbooks/second.yaml
        playbook: second
        title: The second
        status: live
        owner: cs_ops
        why: To be played.
        trigger: {started_by: [csm]}
        asks: {meeting_date: date, mode: [repair, optimise]}
        steps:
          - {id: call, task: Call them, owner: csm}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second, given: {meeting_date: 2026-05-04, mode: repair}}
    """
    for step, play, other in _played(asked):
        asks = {ask.name: ask for ask in other.asks}
        for name, cases in play.given:
            misread = (
                list(_unlike(asks[name], cases))
                if name in asks
                else [unknown_question(name, asks, f"'{other.name}'")]
            )
            yield from (Finding(play.span, "CSP383", wrong.fact, wrong.hint) for wrong in misread)
        for ask in other.asks:
            if ask.must_be_said and ask.name not in dict(play.given):
                fact = f"'{other.name}' asks '{ask.name}', and step '{step.id}' does not give it"
                yield Finding(play.span, "CSP383", fact, f"given: {{{ask.name}: …}}; it takes {how(ask)}")


def _unlike(ask: Ask, cases: Cases[Expression]) -> Iterator[Misread]:
    for fit in cases.fits:
        kind = _type_of(fit.value)
        if isinstance(fit.value, Literal) and isinstance(fit.value.value, str):
            read = value_of(ask, fit.value.value)
            if isinstance(read, Misread):
                yield read
        elif (
            kind is not None
            and kind is not ask.type
            and not (kind.is_number and ask.type is FieldType.NUMBER)
        ):
            yield Misread(f"'{ask.name}' is given {kind.value}", f"it takes {how(ask)}")


def _type_of(value: Expression) -> FieldType | None:
    """As far as it can be told."""
    match value:
        case Literal(type=kind) | Name(type=kind) | Related(type=kind):
            return kind
        case Call(function=function):
            return SIGNATURES[function].gives
        case _:
            return None


def _played(asked: Asked) -> Iterator[tuple[Step, Play, Playbook]]:
    for step, play in plays_of(asked.playbook):
        for fit in play.playbook.fits:
            other = asked.catalog.playbooks.get(fit.value)
            if other is not None:
                yield step, play, other


def no_circles_of_plays(catalog: Catalog) -> Iterator[Finding]:
    """CSP382 Playbooks begin each other in a circle

    A step that begins a playbook waits until that one has ended. If that one, or one that it begins, waits
    for the first, none of them can go on; and a playbook cannot begin itself while it runs.

    Fails:

        # playbooks/second.yaml
        playbook: second
        title: The second
        status: live
        owner: cs_ops
        why: To be played.
        trigger: {started_by: [playbook]}
        steps:
          - {id: back, playbook: example}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second}

    Mended:

        # playbooks/second.yaml
        playbook: second
        title: The second
        status: live
        owner: cs_ops
        why: To be played.
        trigger: {started_by: [playbook]}
        steps:
          - {id: call, task: Call them, owner: csm}

        # playbooks/example.yaml
        steps:
          - {id: more, playbook: second}
    """
    told: set[frozenset[str]] = set()
    for name, playbook in sorted(catalog.playbooks.items()):
        way = _way_back(playbook, catalog)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            _, play = next((step, play) for step, play in plays_of(playbook) if _leads(play, way[1]))
            fact = f"these playbooks begin each other: {' → '.join(way)}"
            fact = f"playbook '{name}' begins itself" if len(way) == 2 else fact
            yield Finding(play.span, "CSP382", fact, "take one of these steps out")


def _leads(play: Play, name: str) -> bool:
    return any(fit.value == name for fit in play.playbook.fits)


def _way_back(playbook: Playbook, catalog: Catalog) -> tuple[str, ...]:
    """a → b → a, the shortest; empty where there is none."""
    if playbook.name not in played_by(playbook, catalog.playbooks):
        return ()
    ways: list[tuple[str, ...]] = [(playbook.name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        last = catalog.playbooks[way[-1]]
        for name in dict.fromkeys(fit.value for _, play in plays_of(last) for fit in play.playbook.fits):
            if name == playbook.name:
                return (*way, name)
            if name in catalog.playbooks and name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
