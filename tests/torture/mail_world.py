"""A workspace of playbooks that write mails by themselves, for the same few people, and what the CRM says of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.builders import COLUMNS, World, account, contact, small, tables, used, write_csv
from tests.torture.mail_truth import PER_ACCOUNT, PER_CONTACT

ACCOUNTS = ("acme", "bolt")
CONTACTS = ("acme-1", "acme-2", "bolt-1", "bolt-2")
ADDRESSES = ("ann@both.example", "Ann@Both.example", "bo@one.example", "cy@one.example", "di@one.example")
MAIL = "email: few-seats/hello, to: champion, from: csm"
# One that begins with a mail by itself, comes back to it, and one of another playbook for the same people.
HELLO = """\
playbook: hello
title: Hello
why: Whoever is greeted stays ({edition}).
status: {status}
owner: cs_ops
priority: high
trigger: {{when: seats < 10, started_by: [rule, csm], already_matching: start}}
reentry: {{days_after_end: 2, at_most: 9}}
exit: [{{when: status = 'ended', outcome: lost}}]
changes: {{open_enrollments: {changes}, renamed_steps: {{write: null, more: null}}}}
steps:
"""
WRITE = f"  - {{{{id: write, {MAIL}, send: auto, cc: admins, after: start{{often}}}}}}\n"
REST = "  - {{id: rest, wait: {wait} days, after: {after}}}\n"
MORE = f"  - {{{{id: more, {MAIL}, send: {{send}}{{thread}}, every: 3 days, at_most: 2, after: rest}}}}\n"
# What the first step may be: a mail, one that comes again, or not there.
ONCE, OFTEN, GONE = "once", "often", "gone"
NEWS = f"""\
playbook: news
title: News
why: Whoever knows it uses it.
status: live
owner: cs_ops
trigger: {{when: seats < 20, started_by: [rule, csm], already_matching: start}}
reentry: {{days_after_end: 1, at_most: 9}}
steps:
  - {{id: tell, {MAIL}, send: draft}}
  - {{id: tell_again, {MAIL}, send: auto, expires_after: 6 days, after: {{tell: [sent, discarded, undeliverable]}}}}
"""
ROLES = "  admins: {contacts: \"'admin' in roles\", pick: all}\n"
RULES = (
    f"email_caps: {{per_contact: {PER_CONTACT[0]} per {PER_CONTACT[1]} days, "
    f"per_account: {PER_ACCOUNT[0]} per {PER_ACCOUNT[1]} days}}\nquiet_for_emails: [weekends]\n"
)


@dataclass
class Text:
    """Of the playbook `hello`, as it stands today."""

    status: str = "live"
    changes: str = "keep"
    wait: int = 1
    send: str = "draft"
    more: bool = True
    write: str = ONCE
    edition: int = 1

    def __str__(self) -> str:
        there = self.write != GONE
        whole = HELLO + (WRITE if there else "") + REST + (MORE if self.more else "")
        return whole.format(
            status=self.status, changes=self.changes, wait=self.wait, send=self.send, edition=self.edition,
            often=", every: 2 days, at_most: 3" if self.write == OFTEN else "",
            after="write" if there else "start",
            thread=", thread: write" if there else "",
        )  # fmt: skip


def world_of_mails(root: Path) -> World:
    world = small(root)
    for path in (world.root / "playbooks").iterdir():
        path.unlink()
    world.edit("data.yaml", "has_left: boolean", "has_left: boolean, opted_out: boolean")
    world.edit("data.yaml", "absent_after: 5 days", "absent_after: 1000 days")
    world.edit("sources.yaml", "has_left: has_left", "has_left: has_left, opted_out: opted_out")
    world.edit("team.yaml", "people:\n", f"{ROLES}people:\n")
    world.edit("team.yaml", " and not has_left and email is not null", "")
    world.edit("project.yaml", "stop_when:", f"{RULES}stop_when:")
    world.write("playbooks/news.yaml", NEWS)
    world.write("playbooks/hello.yaml", str(Text()))
    return world


@dataclass
class Exported:
    """What the CRM says today; `missing`: who is not in it."""

    accounts: dict[str, dict[str, object]] = field(default_factory=dict)
    contacts: dict[str, dict[str, object]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def begin_anew(self) -> None:
        """All are there, and each contact may be written to, by an address of its own."""
        self.missing.clear()
        for key in ACCOUNTS:
            self.accounts[key] = account(key, seats=3, status="active")
        for key, address in zip(CONTACTS, ADDRESSES[1:], strict=True):
            self.contacts[key] = contact(key, key[:4], email=address, first_name="Ann", opted_out="no")

    def seen_accounts(self) -> dict[str, dict[str, object]]:
        return {key: row for key, row in self.accounts.items() if key not in self.missing}

    def seen_contacts(self) -> dict[str, dict[str, object]]:
        return {
            key: row
            for key, row in self.contacts.items()
            if key not in self.missing and row["account_id"] not in self.missing
        }

    def write(self, world: World, day: date) -> None:
        rows = tables([account("zeta", arr=1), *self.seen_accounts().values()], usage=[used("zeta", day, 1)])
        world.export(rows)
        columns = (*COLUMNS["contacts"], "opted_out")
        write_csv(world.root / "exports" / "contacts.csv", [*self.seen_contacts().values()], columns)
