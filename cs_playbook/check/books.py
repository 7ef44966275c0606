"""Playbooks of which each person is a subject of its own: a role that gives one person, and only what a person has."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.asking import later_conditions, rule_conditions
from cs_playbook.model.condition import leaves
from cs_playbook.model.expression import OF_PLAYBOOKS, Memory, walk
from cs_playbook.model.step import Approve, Document, Email, Set, Step, Task
from cs_playbook.model.team import Pool
from cs_playbook.source.finding import Finding, Span


def a_person_is_no_account(asked: Asked) -> Iterator[Finding]:
    """CSP325 A playbook about a person, and something that only an account has

    `one_per: csm` is one enrollment for each person who is the CSM of an active account, about all of
    these: their book. A person has accounts to ask about (has(accounts, …), number_of(accounts, …),
    total(accounts.arr)), and no contacts to write to, no traits to set, no rows. Tasks, approvals,
    documents, waits, decisions and notes go to our own people as ever; `for:` and running('p'),
    finished('p', '30 days'), last_outcome('p') of another playbook about people are remembered for each.

    Fails:

        # playbooks/example.yaml
        trigger: {one_per: csm, when: "number_of(accounts, strategic) > 3", already_matching: skip}
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm}

    Mended:

        # playbooks/example.yaml
        trigger: {one_per: csm, when: "number_of(accounts, strategic) > 3", already_matching: skip}
        steps:
          - {id: plan, task: Plan the quarter of your strategic accounts, owner: csm}

        # playbooks/letter.yaml
        playbook: letter
        title: It is still sent
        trigger: {when: strategic, already_matching: skip}
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm}
    """
    playbook = asked.playbook
    name = playbook.trigger.per_person
    yield from _never_in(asked)
    if name is None:
        return
    role = asked.catalog.team.role(name)
    if role is not None and isinstance(role.source, Pool):
        fact = f"'{name}' is a pool: whose account it is, nobody knows before a line opens"
        yield _wrong(
            playbook.trigger.span, fact, "name a role that gives one person: {from: <field>}, {is: …}"
        )
    if playbook.sees_inactive:
        yield _wrong(playbook.trigger.span, "a book holds active accounts only", "leave `sees:` out")
    for step in playbook.all_steps:
        yield from _of_step(step)


def _never_in(asked: Asked) -> Iterator[Finding]:
    """No account is ever in a playbook about people, and nobody of us in one about accounts: the answer is always no."""
    person = asked.playbook.trigger.per_person
    for condition in (*rule_conditions(asked.playbook), *later_conditions(asked.playbook)):
        for leaf in leaves(condition):
            for part in walk(leaf.expression):
                if isinstance(part, Memory) and part.function in OF_PLAYBOOKS:
                    other = asked.catalog.playbooks.get(part.subject)
                    if other is not None and (other.trigger.per_person is None) != (person is None):
                        yield _wrong(leaf.span, *_of_others(part.subject, person))


def _of_others(named: str, person: str | None) -> tuple[str, str]:
    if person is None:
        return f"'{named}' is about people, and no account is ever in it", "name a playbook about accounts"
    fact = f"'{named}' is about accounts, and this asks about a person ('{person}')"
    return fact, f"name one that is `one_per: {person}`; a trait tells of the accounts: has(accounts, …)"


def _of_step(step: Step) -> Iterator[Finding]:
    match step.verb:
        case Email(span=span):
            yield _wrong(
                span, f"step '{step.id}' writes to contacts, and a person has none", "make a task of it"
            )
        case Set():
            fact = f"step '{step.id}' sets a trait, which only accounts have"
            yield _wrong(step.span, fact, "a playbook about the accounts can set it")
        case Task(about=about) | Approve(about=about) | Document(about=about) if about is not None:
            fact = f"step '{step.id}' is about a contact, and a person has none"
            yield _wrong(step.span, fact, "leave `about:` out")
        case _:
            pass


def _wrong(span: Span, fact: str, hint: str) -> Finding:
    return Finding(span, "CSP325", fact, hint)
