"""4xx: who may be written to, and when."""

from __future__ import annotations

PAGES = {
    "CSP420": """
        A cap that caps nothing, or everything

        `1 per 5 business days`: at most so many mails in any stretch of that length. None at all is no cap:
        pause the playbook, or write `quiet_for_emails:`.

        Fails:

            # project.yaml
            email_caps: {per_contact: 0 per 5 business days}

        Mended:

            # project.yaml
            email_caps: {per_contact: 1 per 5 business days}
        """,
    "CSP421": """
        A quiet time that cannot be

        `from:` is the first quiet day, `to:` the last one; both are quiet. `email_hours:` are hours of one
        day, by the reader's clock: 8:00-18:00, not 18:00-8:00.

        Fails:

            # project.yaml
            quiet_for_emails: [{from: 2027-01-02, to: 2026-12-24}]

        Mended:

            # project.yaml
            quiet_for_emails: [{from: 2026-12-24, to: 2027-01-02}]
        """,
    "CSP422": """
        A category obeys a field that contacts do not have

        `opt_out:` names a field of contacts, a yes or no (boolean), by which somebody is closed to the
        letters of that category; or none, where nobody can opt out.

        Fails:

            # project.yaml
            categories: {customer-success: {opt_out: unsubscribed}, transactional: {opt_out: none}}

            # emails/example/hello/en.md
            ---
            subject: Hello
            category: customer-success
            ---
            Hello.

        Mended:

            # project.yaml
            categories: {customer-success: {opt_out: has_left}, transactional: {opt_out: none}}

            # emails/example/hello/en.md
            ---
            subject: Hello
            category: customer-success
            ---
            Hello.
        """,
    "CSP424": """
        `suppress_when` looks for addresses where there are none

        It names a table of data.yaml and the field that holds the address (`email` where nothing is said).

        Fails:

            # project.yaml
            suppress_when: [{table: contact, when: has_left, because: they have left}]

        Mended:

            # project.yaml
            suppress_when: [{table: contacts, when: has_left, because: they have left}]
        """,
}
