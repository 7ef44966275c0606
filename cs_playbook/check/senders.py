"""Who sends and who begins: one sender a letter, threads with a mail before them, limits that count somebody known."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.step import Approve, Document, Email, Step, Task
from cs_playbook.model.team import AllOf, FirstOf, People, Pool, RoleRef, Team
from cs_playbook.source.finding import Finding, did_you_mean


def one_sender(asked: Asked) -> Iterator[Finding]:
    """CSP343 An email from several people

    A letter is signed by one person, who gets the draft and sends it. {first_of: […]} is one of several;
    who else shall read it stands in `cc:`.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: hello, email: example/hello, to: champion, from: {all_of: [csm, cs_ops]}}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm, cc: cs_ops}
    """
    for step in asked.playbook.steps:
        if isinstance(step.verb, Email):
            for fit in step.verb.sender.fits:
                several = _several(fit.value)
                if several is not None:
                    hint = "{first_of: […]} is one of them; who else reads it stands in `cc:`"
                    yield Finding(several.span, "CSP343", "a letter has one sender", hint)


def _several(who: People) -> AllOf | None:
    match who:
        case AllOf(people=people) if len(people) > 1:
            return who
        case AllOf(people=people) | FirstOf(people=people):
            return next((found for one in people if (found := _several(one)) is not None), None)
        case _:
            return None


def threads_go_on(asked: Asked) -> Iterator[Finding]:
    """CSP344 A letter goes on in the thread of a mail that was never sent before

    `thread:` names an earlier email step of the same playbook: the letter answers that mail, under its
    subject. The step must be an email, and must come before.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm}
          - {id: hello, email: example/hello, to: champion, from: csm, thread: call}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: first, email: example/hello, to: champion, from: csm}
          - {id: hello, email: example/hello, to: champion, from: csm, thread: first}
    """
    emails = [step.id for step in asked.playbook.steps if isinstance(step.verb, Email)]
    for step in asked.playbook.steps:
        named = step.verb.thread if isinstance(step.verb, Email) else None
        if named is None or named.step in asked.playbook.unread:
            continue
        others = [name for name in emails if name != step.id]
        known = f"email steps are: {', '.join(others)}" if others else "there is no other email step"
        if named.step not in others:
            fact = f"'{named.step}' is no other email step: there is no thread to go on in"
            yield Finding(named.span, "CSP344", fact, did_you_mean(named.step, others) or known)
        elif not asked.ways.before(step.id, named.step):
            fact = f"'{named.step}' never comes before '{step.id}': there is no mail to go on from"
            yield Finding(named.span, "CSP344", fact, f"let it come before, e.g. after: {named.step}")


def families_are_known(asked: Asked) -> Iterator[Finding]:
    """CSP346 One letter for a family, and no account stands above another

    `once_per: family` writes once to a person who is a contact of several accounts of a family: a parent
    and the accounts below it. Which account is the parent of which stands in data.yaml.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm, once_per: family}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm}
    """
    if asked.catalog.contract.accounts.parent is not None:
        return
    for step in asked.playbook.steps:
        if isinstance(step.verb, Email) and step.verb.once_per == "family":
            fact = f"'{step.id}' is sent once a family, and no account stands above another here"
            hint = "data.yaml says which field names the parent: accounts: {parent: parent_id, …}"
            yield Finding(step.verb.span, "CSP346", fact, hint)


def limits_count_somebody_known(asked: Asked) -> Iterator[Finding]:
    """CSP345 A limit for each person, and a pool begins

    `open_per_person` holds a start back while whoever would begin has too many open. Of a pool nobody
    knows before the line opens who that will be: its `pick:` shares the work out instead.

    Fails:

        # team.yaml
        roles:
          desk: {pool: [nora@vendor.example, lea@vendor.example], pick: fewest minutes}

        # playbooks/example.yaml
        limits: {open_per_person: 5}
        steps:
          - {id: call, task: Call them, owner: desk}

    Mended:

        # team.yaml
        roles:
          desk: {pool: [nora@vendor.example, lea@vendor.example], pick: fewest minutes}

        # playbooks/example.yaml
        limits: {new_per_day: 5}
        steps:
          - {id: call, task: Call them, owner: desk}
    """
    if asked.playbook.limits.open_per_person is None:
        return
    first = next((who for step in asked.playbook.steps if (who := _does(step))), ())
    pool = next((ref for who in first if (ref := _pool_in(who, asked.catalog.team)) is not None), None)
    if pool is not None:
        fact = f"'{pool.role}' is a pool: whose open ones `open_per_person` counts is not known at the start"
        yield Finding(pool.span, "CSP345", fact, "use limits: {new_per_day: …}; the pool shares the work out")


def _does(step: Step) -> tuple[People, ...]:
    match step.verb:
        case Task() | Approve() | Document() as verb:
            return tuple(fit.value for fit in verb.owner.fits)
        case Email(sender=sender):
            return tuple(fit.value for fit in sender.fits)
        case _:
            return ()


def _pool_in(who: People, team: Team) -> RoleRef | None:
    if isinstance(who, RoleRef):
        role = team.role(who.role)
        return who if role is not None and isinstance(role.source, Pool) else None
    return next((ref for one in who.people if (ref := _pool_in(one, team)) is not None), None)
