"""What a playbook says of itself: whether it may go live, who answers for it, its old names."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import STARTING, Status
from cs_playbook.source.finding import Finding, did_you_mean, warning


def live_says_who_fits_already(asked: Asked) -> Iterator[Finding]:
    """CSP322 A live playbook does not say what happens to those who fit already

    On its first live day a rule may fit hundreds of accounts at once, all of which have fitted for
    months. `already_matching: start` starts them (with `limits:` as a trickle); `skip` leaves each of
    them alone until the rule has once said no. Nobody should decide that by leaving it out.

    Fails:

        # playbooks/example.yaml
        status: live
        trigger: {when: arr >= 50000}

    Mended:

        # playbooks/example.yaml
        status: live
        trigger: {when: arr >= 50000, already_matching: skip}
    """
    trigger = asked.playbook.trigger
    acts = asked.playbook.status in STARTING
    asked_for = "rule" in trigger.started_by and trigger.every is None
    if acts and asked_for and trigger.already_matching is None:
        fact = f"it is {asked.playbook.status.value}, and does not say what happens to those who fit already"
        hint = "already_matching: start (they start too) or skip (none of them, until it once said no)"
        yield Finding(trigger.span, "CSP322", fact, hint)


def live_has_an_owner(asked: Asked) -> Iterator[Finding]:
    """CSP323 A warning: nobody answers for a live playbook

    `owner:` names the role of whoever looks after the playbook: whom to ask when it does something odd,
    and who decides whether it is still worth its minutes.

    Fails:

        # playbooks/example.yaml
        playbook: example
        title: An example
        status: live
        why: To show how it is done.
        trigger: {started_by: [csm]}
        steps:
          - {id: call, task: Call them, owner: csm}

    Mended:

        # playbooks/example.yaml
        playbook: example
        title: An example
        status: live
        owner: cs_ops
        why: To show how it is done.
        trigger: {started_by: [csm]}
        steps:
          - {id: call, task: Call them, owner: csm}
    """
    if asked.playbook.status is Status.LIVE and asked.playbook.owner is None:
        yield _silent(asked, "CSP323", "owner", "a role of team.yaml, e.g. owner: cs_ops")


def live_says_why(asked: Asked) -> Iterator[Finding]:
    """CSP324 A warning: a live playbook does not say why it exists

    `why:` is a sentence or two for whoever gets its tasks. Without it nobody knows when it has become
    useless.

    Fails:

        # playbooks/example.yaml
        why: ""

    Mended:

        # playbooks/example.yaml
        why: Who is asked in the first week stays longer.
    """
    if asked.playbook.status is Status.LIVE and not asked.playbook.words.why:
        yield _silent(asked, "CSP324", "why", "a sentence or two for whoever gets its tasks")


def _silent(asked: Asked, code: str, key: str, hint: str) -> Finding:
    return warning(
        asked.playbook.span, code, f"'{asked.playbook.name}' is live and does not say `{key}:`", hint
    )


def rivals_exist(catalog: Catalog) -> Iterator[Finding]:
    """CSP393 `not_together_with:` names what is not there

    It names playbooks, or `tag:x`: all that say `tags: [x]`. A name that nothing has would keep nothing
    apart, and nobody would see it. A playbook need not name itself: it never runs twice for an account.

    Fails:

        # playbooks/example.yaml
        not_together_with: [expansion, tag:cross-sell]

    Mended:

        # playbooks/example.yaml
        not_together_with: [tag:cross-sell]

        # playbooks/other.yaml
        playbook: other
        title: Another playbook
        tags: [cross-sell]
        steps:
          - {id: call, task: Call them, owner: csm}
    """
    for playbook in catalog.playbooks.values():
        others = [other for other in catalog.playbooks.values() if other is not playbook]
        known = {name for other in others for name in (other.name, *other.formerly)}
        known |= {f"tag:{tag}" for other in others for tag in other.tags}
        for name, span in zip(playbook.not_together_with, playbook.not_together_at, strict=True):
            if name not in known:
                fact = f"`not_together_with: {name}`, and no other playbook has this {'tag' if name.startswith('tag:') else 'name'}"
                hint = did_you_mean(name, known) or "name another playbook, or tag:x"
                yield Finding(span, "CSP393", fact, hint)


def names_are_its_own(catalog: Catalog) -> Iterator[Finding]:
    """CSP143 An old name of a playbook is taken

    `formerly:` lists the names a playbook had: the ledger remembers it by the first of them for ever. A
    name that another playbook has, or had, would mix their histories.

    Fails:

        # playbooks/example.yaml
        formerly: [other]

        # playbooks/other.yaml
        playbook: other
        title: Another playbook
        steps:
          - {id: call, task: Call them, owner: csm}

    Mended:

        # playbooks/example.yaml
        formerly: [older]

        # playbooks/other.yaml
        playbook: other
        title: Another playbook
        steps:
          - {id: call, task: Call them, owner: csm}
    """
    taken = {name: name for name in catalog.playbooks}
    for playbook in catalog.playbooks.values():
        for name in dict.fromkeys(playbook.formerly):
            owner = taken.setdefault(name, playbook.name)
            if name == playbook.name:
                yield Finding(
                    playbook.span,
                    "CSP143",
                    f"'{name}' is its name today, and in `formerly:`",
                    "delete it there",
                )
            elif owner != playbook.name:
                was = (
                    "is the name of another playbook" if owner == name else f"is an old name of '{owner}' too"
                )
                yield Finding(
                    playbook.span,
                    "CSP143",
                    f"`formerly: {name}`, and that {was}",
                    "each name belongs to one playbook for ever",
                )
