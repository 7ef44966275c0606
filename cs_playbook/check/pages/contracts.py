"""70x and 71x: the contract of the data and its sources; their titles stand in data_codes."""

from __future__ import annotations

PAGES = {
    "CSP700": """
        A table `answers` without `account:` holds what people answered to tasks in the CRM. Its rows
        belong to tasks: `task` is the key that stands in tasks.csv, `outcome` what was answered; `by`,
        `on` (a date), `note` and `answers` (name=value; …) may be there besides. A table of that name
        about something else, a survey perhaps, says `account: <field>` like all others.

        Fails:

            # data.yaml
            tables:
              answers:
                fields: {task: text, result: text}

        Mended:

            # data.yaml
            tables:
              answers:
                fields: {task: text, outcome: text, by: text, on: date, note: text}
        """,
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
    "CSP710": """
        A list of resources is kept by hand: what is misspelt there would be empty in a letter to many. Each item
        says fields that the list declares, with values of their types; its `id` is the word that it stands under.

        Fails:

            # webinars.yaml
            resources: webinars
            fields: {title: text, held_on: date}
            items:
              first-reports: {title: Your first reports, held_on: next Tuesday}

        Mended:

            # webinars.yaml
            resources: webinars
            fields: {title: text, held_on: date}
            items:
              first-reports: {title: Your first reports, held_on: 2026-12-03}
        """,
}
