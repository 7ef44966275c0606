"""71x and 77x: how exports become the tables of a snapshot, `sources:`. The examples stand in tests/golden/manual."""

from __future__ import annotations

PAGES = {
    "CSP711": """
        sources.yaml says where the tables and fields of data.yaml come from, and no others. Columns of an
        export that nobody maps are fine.

        Fails:

            # sources.yaml
            tables:
              contact:
                file: contacts.csv
                fields: {id: id}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
        """,
    "CSP712": """
        Nothing is guessed: every table says its file and every field its column, or `null` if nobody exports
        it. `contacts: null` and `sector: null` mean unknown, not empty: `has(contacts, …)`, `sector is null` and
        whatever stands on them say neither yes nor no, and nothing starts by it. What is the same for all is
        said: {is: "false"}; what is empty for all too: {is: ""}.

        Fails:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
        """,
    "CSP713": """
        A way of writing dates is made of YYYY, MM, DD, HH, MM, SS and separators.

        Fails:

            # sources.yaml
            dates: DD/MM/YY

        Mended:

            # sources.yaml
            dates: DD/MM/YYYY
        """,
    "CSP714": """
        03/04/2026 is in March or in April: somebody has to say it.

        Fails:

            # sources.yaml
            sources: exports
            tables:
              accounts:
                file: accounts.csv
                fields: {id: id, name: name, arr: arr, seats: seats, contract_status: status, contract_start: start, renewal_date: renewal, churned_on: churned, strategic: strategic, sector: null, csm_email: csm, ae_email: null}
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
              subscriptions:
                file: subscriptions.csv
                fields: {id: id, account_id: account, product: product, ended_on: ended}
              usage:
                file: usage.csv
                fields: {subscription_id: subscription, day: day, user_id: user, events: events}
              tickets:
                file: tickets.csv
                fields: {id: id, account_id: account, priority: priority, opened_on: opened, closed_on: closed}

        Mended:

            # sources.yaml
            sources: exports
            dates: YYYY-MM-DD
            tables:
              accounts:
                file: accounts.csv
                fields: {id: id, name: name, arr: arr, seats: seats, contract_status: status, contract_start: start, renewal_date: renewal, churned_on: churned, strategic: strategic, sector: null, csm_email: csm, ae_email: null}
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
              subscriptions:
                file: subscriptions.csv
                fields: {id: id, account_id: account, product: product, ended_on: ended}
              usage:
                file: usage.csv
                fields: {subscription_id: subscription, day: day, user_id: user, events: events}
              tickets:
                file: tickets.csv
                fields: {id: id, account_id: account, priority: priority, opened_on: opened, closed_on: closed}
        """,
    "CSP715": """
        A comma cannot be both the decimal sign and the sign between thousands, a word not both yes and no.

        Fails:

            # sources.yaml
            decimal: ","
            thousands: ","

        Mended:

            # sources.yaml
            decimal: ","
            thousands: " "
        """,
    "CSP716": """
        `column:` names a column, `is:` a text that stands in every row. A field that you do not have is
        `null`.

        Fails:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: {column: email, is: nobody@acme.example}, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
        """,
    "CSP717": """
        The constant is read like a cell of the export, in the way of writing that is declared.

        Fails:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: {is: yesterday}, has_left: left, language: null}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: {is: 2026-03-02}, has_left: left, language: null}
        """,
    "CSP718": """
        A separator is one letter, the file lies below the folder of the exports, and the encoding is one
        that exists: utf-8, cp1252, utf-16.

        Fails:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                separator: ", "
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                separator: ";"
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
        """,
    "CSP719": """
        `where:` compares cells letter by letter, so words stand in quotes. `newest_by:` chooses among rows
        with the same key. A lookup finds by a column of the table, or of a lookup above it, and some field
        is read from it.

        Fails:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                where: {left: false}
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                where: {left: "false"}
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
        """,
    "CSP770": """
        The rows are in a `file:`, in `files:`, or in a database (`database_from_environment:`): in one of
        them. A key that means nothing for that kind of file (a separator of JSON) is a sign that the file is
        of another kind.

        Fails:

            # sources.yaml
            tables:
              contacts:
                file: contacts.db
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.db
                query: select * from contact
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
        """,
    "CSP771": """
        Only numbers are multiplied or divided, by one number that is not nothing.

        Fails:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: {column: name, times: 2}, roles: roles, last_seen: seen, has_left: left, language: null}

        Mended:

            # sources.yaml
            tables:
              contacts:
                file: contacts.csv
                fields: {id: id, account_id: account, email: email, first_name: name, roles: roles, last_seen: seen, has_left: left, language: null}
        """,
}
