"""70x and 71x: the contract of the data and its sources; their titles stand in data_codes."""

from __future__ import annotations

PAGES = {
    "CSP701": """
        Types are text, email (one checked address), number, integer, boolean, date, happened (a date that
        is known only once it has come) and list.

        Fails:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text, amount: decimal}

        Mended:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text, amount: number}
        """,
    "CSP702": """
        Everything in a snapshot belongs to an account.

        Fails:

            # data.yaml
            data: golden
            tables:
              customers:
                key: id
                fields: {id: text}
        """,
    "CSP703": """
        A name of data.yaml is a field that the table lists under `fields:`; the column of the export keeps
        its own name, in sources.yaml.

        Fails:

            # data.yaml
            tables:
              invoices:
                key: number
                account: account_id
                fields: {id: text, account_id: text}

        Mended:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text}
        """,
    "CSP704": """
        A key is a text or an integer (or an email), a day is a date. A text never equals a number: two
        fields that name the same thing have the same type.

        Fails:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: integer}

        Mended:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text}
        """,
    "CSP705": """
        `account:` names the field with the account's key, or {through: <table>, by: <field>} another table
        in between, which needs a key.

        Fails:

            # data.yaml
            tables:
              invoices:
                key: id
                fields: {id: text, account_id: text}

        Mended:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text}
        """,
    "CSP706": """
        One of them must name the account itself: `account: <field>`.

        Fails:

            # data.yaml
            tables:
              orders:
                key: id
                account: {through: invoices, by: invoice_id}
                fields: {id: text, invoice_id: text}
              invoices:
                key: id
                account: {through: orders, by: order_id}
                fields: {id: text, order_id: text}

        Mended:

            # data.yaml
            tables:
              orders:
                key: id
                account: account_id
                fields: {id: text, account_id: text}
              invoices:
                key: id
                account: {through: orders, by: order_id}
                fields: {id: text, order_id: text}
        """,
    "CSP707": """
        Give the field another name; the column of the export keeps its own, sources.yaml joins the two.

        Fails:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text, case: text}

        Mended:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text, file: text}
        """,
    "CSP708": """
        A number or a date is not one of a few words. What looks like one and is meant as a name is declared
        as text.

        Fails:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text, amount: {type: number, values: [10, 20]}}

        Mended:

            # data.yaml
            tables:
              invoices:
                key: id
                account: account_id
                fields: {id: text, account_id: text, size: {type: text, values: [small, large]}}
        """,
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
        Nothing is guessed: every field says its column, or `null` if you do not have it.

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
}
