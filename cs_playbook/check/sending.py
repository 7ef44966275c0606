"""What leaves the machine: it is said how, and everybody who may write is on one of our own sites."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Status
from cs_playbook.model.step import Email
from cs_playbook.model.team import Always
from cs_playbook.source.finding import Finding, Span, did_you_mean, warning


def senders_are_on_our_sites(catalog: Catalog) -> Iterator[Finding]:
    """CSP434 A warning: a colleague whose mails cannot be sent

    `from_sites:` says whose addresses may stand in From. The server refuses the others, or, worse, their
    readers' servers throw the mail away. What such a colleague should send stays a draft.

    Fails:

        # project.yaml
        sending: {site: mail.vendor.example, from_sites: [vendor.example]}

        # team.yaml
        people:
          lea@partner.example: {name: Léa}

    Mended:

        # project.yaml
        sending: {site: mail.vendor.example, from_sites: [vendor.example, partner.example]}

        # team.yaml
        people:
          lea@partner.example: {name: Léa}
    """
    sending = catalog.project.sending
    if sending is None:
        return
    off: dict[str, list[tuple[str, Span]]] = {}
    for address, span in _ours(catalog).items():
        if not sending.may_send(address):
            off.setdefault(address.rpartition("@")[2].casefold(), []).append((address, span))
    for site, people in off.items():
        (first, span), more = people[0], len(people) - 1
        who = f"'{first}' and {more} more of {site} are" if more else f"'{first}' is"
        near = did_you_mean(site, sending.from_sites)
        add = f"add {site} in project.yaml, if mails may come from there"
        fact = f"{who} on none of from_sites: {', '.join(sending.from_sites)}"
        yield warning(span, "CSP434", fact, f"{near} Or {add}" if near else add)


def live_mails_have_a_way(asked: Asked) -> Iterator[Finding]:
    """CSP437 A warning: mails of a live playbook go by themselves, and nothing says how

    `send: auto` puts a mail into the outbox, and `cs-playbook send` hands it over: to the server of
    `sending:`, in the name of its `site:`. Without that block mails wait until they expire, unless
    somebody takes them with `send --to-folder`; `sending: {site: …}` says that this is meant.

    Fails:

        # playbooks/example.yaml
        status: live
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm, send: auto}

    Mended:

        # project.yaml
        sending: {site: mail.vendor.example, smtp: {host: smtp.vendor.example}}

        # playbooks/example.yaml
        status: live
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm, send: auto}
    """
    if asked.playbook.status is not Status.LIVE or asked.catalog.project.sending is not None:
        return
    for step in asked.playbook.all_steps:
        if isinstance(step.verb, Email) and step.verb.may_go_by_itself:
            fact = f"the mails of {step.id} go by themselves, and {asked.catalog.project.span.file} does not say how"
            hint = "sending: {site: mail.vendor.example, smtp: {host: …}} in the project file; or send: draft"
            yield warning(step.verb.span, "CSP437", fact, hint)
            return


def _ours(catalog: Catalog) -> dict[str, Span]:
    """Address → where it is named first."""
    always = (
        (role.source.email, role.span) for role in catalog.team.roles if isinstance(role.source, Always)
    )
    found = {person.email: person.span for person in catalog.team.people}
    return {**dict(always), **found}
