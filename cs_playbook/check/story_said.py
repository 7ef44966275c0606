"""What people say on a day of a story, and what is expected of it → findings about what can never be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from cs_playbook.check.story_names import Names, unknown
from cs_playbook.model.asks import Ask, Misread, value_of
from cs_playbook.model.playbook import RULE
from cs_playbook.model.step import EMAIL_OUTCOMES, Approve, ChannelRef, Document, Email, Notify, Step, Task
from cs_playbook.model.value import FieldType
from cs_playbook.parse.nodes import block
from cs_playbook.parse.story_value import Days, Kind, Wrong, read_day, read_value
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import Node, Scalar, Sequence, plain

NEVER = ("passed over", "skipped")  # what a closed step may say instead of an outcome
OUTCOME = "outcome"

# --- answers, starts, stops ---


def answers(run: Block, names: Names) -> Iterator[Finding]:
    """`{step: outcome}`, `{account: {step: outcome}}`, `{step: {contact: outcome}}`."""
    said = block(run, "answers")
    for key, value in said.entries if said else ():
        if names.step(key.text) is not None or not isinstance(value, Block) or value.get(OUTCOME):
            yield from _answer(key, value, names)
            continue
        yield from names.subject(key)
        for step, of_step in value.entries:
            yield from _answer(step, of_step, names)


def _answer(key: Scalar, value: Node, names: Names) -> Iterator[Finding]:
    step = names.step(key.text)
    if step is None:
        yield _no_step(key, names, "CSP336")
        return
    allowed = _answers_of(step)
    if not allowed:
        fact = f"nobody answers '{step.id}': it is a {step.kind}"
        yield Finding(key.span, "CSP336", fact, "it ends by itself, on its day")
        return
    if isinstance(value, Block) and value.get(OUTCOME):
        yield from _besides(value, step.asks, f"'{step.id}'")
    for outcome in _outcomes(value):
        if outcome.text not in allowed:
            yield unknown(outcome, "CSP336", f"'{step.id}' is never answered", allowed)


def _answers_of(step: Step) -> tuple[str, ...]:
    match step.verb:
        case Task() | Approve() | Document():
            return step.outcomes
        case Email(may_go_by_itself=True):
            return EMAIL_OUTCOMES
        case Email():
            return ("sent", "discarded")
        case _:
            return ()


def _outcomes(value: Node) -> list[Scalar]:
    if isinstance(value, Block):
        inside = [(OUTCOME, value.get(OUTCOME))] if value.get(OUTCOME) else value.entries
        return [outcome for _, outcome in inside if isinstance(outcome, Scalar)]
    return [value] if isinstance(value, Scalar) else []


def _besides(value: Block, asks: tuple[Ask, ...], what: str) -> Iterator[Finding]:
    """`{outcome: done, reason: price}`: what a step, or a playbook, is told besides."""
    known = {ask.name: ask for ask in asks}
    for key, said in value.entries:
        ask = known.get(key.text)
        if ask is None and key.text != OUTCOME:
            yield unknown(key, "CSP336", f"{what} does not ask", known)
        elif ask is not None and isinstance(said, Scalar) and said.value is not None:
            yield from _one_answer(said, ask)


def _one_answer(said: Scalar, ask: Ask) -> Iterator[Finding]:
    written = "yes" if said.value is True else "no" if said.value is False else said.text
    read = None if ask.type is FieldType.DATE else value_of(ask, written)
    if isinstance(read, Misread):
        yield Finding(said.span, "CSP336", read.fact, read.hint)


def gives(run: Block, names: Names) -> Iterator[Finding]:
    """What is given at the start, and what is corrected later."""
    for key in ("given", "start"):
        said = run.get(key)
        for name, row in said.entries if isinstance(said, Block) else ():
            inside = row.get("given") if key == "start" and isinstance(row, Block) else row
            if key == "given":
                yield from names.subject(name)
            if isinstance(inside, Block) and (key == "given" or inside is not row):
                yield from _besides(inside, names.playbook.asks, names.playbook.name)


def by_hand(run: Block, names: Names) -> Iterator[Finding]:
    for key in ("start", "stop"):
        for name in _started(run, key):
            yield from names.subject(name)
            if key == "start" and names.playbook.trigger.one_per and "/" not in name.text:
                fact = f"{names.playbook.name} is about rows: which of {name.text}?"
                yield Finding(name.span, "CSP333", fact, f"write {name.text}/<key of the row>")
            if all(who == RULE for who in names.playbook.trigger.started_by):
                fact = f"nobody may {key} {names.playbook.name} by hand"
                yield Finding(name.span, "CSP336", fact, "its trigger says who may: started_by: [rule, csm]")


def _started(run: Block, key: str) -> list[Scalar]:
    said = run.get(key)
    return [name for name, _ in said.entries] if isinstance(said, Block) else _scalars(said)


# --- expectations ---


def expected(run: Block, names: Names, days: Days) -> Iterator[Finding]:
    expect = block(run, "expect")
    for key, value in expect.entries if expect else ():
        check = _CHECKS.get(key.text)
        if check is not None:
            yield from check(value, names, days)


def _subjects(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    for name in _named(value):
        yield from names.subject(name)


def _ended(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    yield from _subjects(value, names, days)
    for _, outcome in value.entries if isinstance(value, Block) else ():
        if isinstance(outcome, Scalar) and outcome.value is not None and outcome.text not in names.endings:
            yield unknown(outcome, "CSP337", f"{names.playbook.name} never ends with", names.endings)


def _steps(
    value: Node, names: Names, days: Days, check: Callable[[Scalar, Names], Iterator[Finding]]
) -> Iterator[Finding]:
    """`[call, {step: call, owner: …}]`: of each step what `check` asks of it, and whom the rest names."""
    for item in value.items if isinstance(value, Sequence) else ():
        step = item if isinstance(item, Scalar) else item.get("step") if isinstance(item, Block) else None
        if isinstance(step, Scalar):
            yield from check(step, names)
        if isinstance(item, Block):
            yield from _line(item, names, days)


def _stays_open(named: Scalar, names: Names) -> Iterator[Finding]:
    step = names.step(named.text)
    if step is None:
        yield _no_step(named, names, "CSP337")
    elif step.kind in ("decide", "set", "notify"):
        fact = f"'{step.id}' is never open: a {step.kind} is over as soon as it is ready"
        yield Finding(named.span, "CSP337", fact, f"write closed: {{{step.id}: {step.outcomes[0]}}}")


def _drafts(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    for item in value.items if isinstance(value, Sequence) else ():
        letter = item.get("email") if isinstance(item, Block) else None
        if isinstance(letter, Scalar) and letter.text not in names.letters:
            yield unknown(letter, "CSP337", f"{names.playbook.name} never writes", names.letters)
        if isinstance(item, Block):
            yield from _line(item, names, days)


def _line(item: Block, names: Names, days: Days) -> Iterator[Finding]:
    for key, value in item.entries:
        if not isinstance(value, Scalar):
            continue
        if key.text == "account":
            yield from names.subject(value)
        elif key.text == "contact":
            yield from names.row("contacts", value)
        elif key.text in ("due", "until"):
            day = read_day(plain(value), days)
            yield from (
                [Finding(value.span, "CSP335", day.message, day.hint)] if isinstance(day, Wrong) else []
            )


def _closed(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    for key, said in value.entries if isinstance(value, Block) else ():
        if isinstance(said, Block):
            yield from names.subject(key)
            for step, outcome in said.entries:
                yield from _one_closed(step, outcome, names)
        else:
            yield from _one_closed(key, said, names)


def _one_closed(key: Scalar, outcome: Node, names: Names) -> Iterator[Finding]:
    step = names.step(key.text)
    if step is None:
        yield _no_step(key, names, "CSP337")
    elif isinstance(outcome, Scalar) and outcome.text not in (*names.outcomes(step), *NEVER):
        yield unknown(outcome, "CSP337", f"'{step.id}' never ends with", (*names.outcomes(step), *NEVER))


def _tells(named: Scalar, names: Names) -> Iterator[Finding]:
    step = names.step(named.text)
    if step is None:
        yield _no_step(named, names, "CSP337")
    elif not isinstance(step.verb, Notify) and not _tells_a_channel(step):
        yield Finding(named.span, "CSP337", f"'{step.id}' tells nobody: it is a {step.kind}", "")


def _tells_a_channel(step: Step) -> bool:
    """What is late, in the file of a channel."""
    escalate = step.verb.escalate if isinstance(step.verb, Task | Approve | Document) else None
    return escalate is not None and any(isinstance(fit.value, ChannelRef) for fit in escalate.tell.fits)


def _traits(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    kinds = {name: Kind(trait.type, trait.values) for name, trait in names.traits.items()}
    yield from _of_accounts(value, names, days, "trait", kinds)


def _facts(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    yield from _of_accounts(value, names, days, "fact", names.facts)


def _owners(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    """`{acme: lea@vendor.example}`, or `{acme: {csm: lea@vendor.example}}` where several segmentations assign."""
    for account, said in value.entries if isinstance(value, Block) else ():
        yield from names.account(account)
        for key, _ in said.entries if isinstance(said, Block) else ():
            if key.text not in names.assigned:
                yield unknown(key, "CSP337", "no segmentation assigns a role", names.assigned)
        if not isinstance(said, Block) and len(names.assigned) != 1:
            yield _of_which_role(account, names.assigned)


def _of_which_role(account: Scalar, assigned: tuple[str, ...]) -> Finding:
    if not assigned:
        hint = "a segmentation may: assign: {role: csm, first_match: […]}"
        return Finding(account.span, "CSP337", "no segmentation says `assign:`, so nobody is proposed", hint)
    example = f"{account.text}: {{{assigned[0]}: …}}"
    fact = f"several segmentations assign: which role of {account.text}?"
    return Finding(account.span, "CSP337", fact, f"write {example}; there are: {', '.join(assigned)}")


def _of_accounts(
    value: Node, names: Names, days: Days, what: str, kinds: Mapping[str, Kind]
) -> Iterator[Finding]:
    """`{acme: {at_risk: true}}`."""
    for account, said in value.entries if isinstance(value, Block) else ():
        yield from names.account(account)
        for key, written in said.entries if isinstance(said, Block) else ():
            kind = kinds.get(key.text)
            if kind is None:
                yield unknown(key, "CSP337", f"there is no {what}", kinds)
                continue
            read = read_value(plain(written), kind, days)
            if isinstance(read, Wrong):
                yield Finding(written.span, "CSP335", read.message, read.hint)


def _escalates(named: Scalar, names: Names) -> Iterator[Finding]:
    step = names.step(named.text)
    if step is None:
        yield _no_step(named, names, "CSP337")
    elif not isinstance(step.verb, Task | Approve | Document) or step.verb.escalate is None:
        fact = f"'{step.id}' never escalates"
        yield Finding(named.span, "CSP337", fact, "it does not say `escalate:`")


def _because(value: Node, names: Names, days: Days) -> Iterator[Finding]:
    yield from _subjects(value, names, days)
    for _, reason in value.entries if isinstance(value, Block) else ():
        if isinstance(reason, Scalar) and " ".join(reason.text.split()) not in names.reasons:
            yield unknown(reason, "CSP338", f"{names.playbook.name} has no condition", names.reasons)


_CHECKS: dict[str, Callable[[Node, Names, Days], Iterator[Finding]]] = {
    "started": _subjects,
    "goal": _subjects,
    "held": _subjects,
    "ended": _ended,
    "open": partial(_steps, check=_stays_open),
    "drafts": _drafts,
    "closed": _closed,
    "escalated": partial(_steps, check=_escalates),
    "notified": partial(_steps, check=_tells),
    "traits": _traits,
    "facts": _facts,
    "owners": _owners,
    "because": _because,
}


def _no_step(key: Scalar, names: Names, code: str) -> Finding:
    steps = [step.id for step in names.playbook.steps]
    return unknown(key, code, f"{names.playbook.name} has no step", steps)


def _named(value: Node) -> Iterable[Scalar]:
    return [key for key, _ in value.entries] if isinstance(value, Block) else _scalars(value)


def _scalars(value: Node | None) -> list[Scalar]:
    if isinstance(value, Scalar):
        return [value]
    return [item for item in value.items if isinstance(item, Scalar)] if isinstance(value, Sequence) else []
