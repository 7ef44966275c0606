"""2xx: conditions and signals."""

from __future__ import annotations

PAGES = {
    "CSP201": """
        A condition that cannot be read

        Operators are = <> < <= > >= + - * / and or not in between like, and `is null`. A text stands in
        single quotes, a list of choices in round brackets. A comparison has two sides, a bracket is closed.

        Fails:

            # playbooks/example.yaml
            audience: arr >= 20000 && strategic

        Mended:

            # playbooks/example.yaml
            audience: arr >= 20000 and strategic
        """,
    "CSP202": """
        A text in double quotes

        SQL keeps double quotes for the names of columns. A text takes single quotes; a quote inside a text
        is written twice.

        Fails:

            # playbooks/example.yaml
            audience: tier = "high"

        Mended:

            # playbooks/example.yaml
            audience: tier = 'high'
        """,
    "CSP203": """
        A figure that is no number here

        A number is written with digits and a decimal point only: no separators between thousands, no unit,
        no %, no currency.

        Fails:

            # playbooks/example.yaml
            audience: arr >= 50_000

        Mended:

            # playbooks/example.yaml
            audience: arr >= 50000
        """,
    "CSP204": """
        A clock

        The same files and the same snapshot must always decide the same, today and in a year. `today` is
        the day of the snapshot.

        Fails:

            # playbooks/example.yaml
            audience: renewal_date < current_date

        Mended:

            # playbooks/example.yaml
            audience: renewal_date < today
        """,
    "CSP205": """
        Dates are not added up

        Months are not equally long, and databases disagree about them. Ask for a distance instead:
        days_until, days_since, months_until, months_since, business_days_until, business_days_since.

        Fails:

            # playbooks/example.yaml
            audience: renewal_date < today + 90 days

        Mended:

            # playbooks/example.yaml
            audience: days_until(renewal_date) < 90
        """,
    "CSP206": """
        A query inside a condition

        Rows of other tables are asked with has, number_of, total, newest and oldest; what needs more
        becomes a signal.

        Fails:

            # playbooks/example.yaml
            audience: exists(select 1 from tickets)

        Mended:

            # playbooks/example.yaml
            audience: has(tickets, closed_on is null)
        """,
    "CSP207": """
        A second statement

        A condition is one question. Several are lines of a list, or joined by `and` and `or`.

        Fails:

            # playbooks/example.yaml
            audience: strategic; arr > 5

        Mended:

            # playbooks/example.yaml
            audience: strategic and arr > 5
        """,
    "CSP208": """
        There is no such function

        The functions are few, because each of them gives the same answer on every database.

        Fails:

            # playbooks/example.yaml
            audience: coalesce(arr, 0) > 5

        Mended:

            # playbooks/example.yaml
            audience: case when arr is null then 0 else arr end > 5
        """,
    "CSP209": """
        Two things without an operator between them

        SQL would read the second as another name for the first, and the condition would say something else
        than meant.

        Fails:

            # playbooks/example.yaml
            audience: arr 20000

        Mended:

            # playbooks/example.yaml
            audience: arr >= 20000
        """,
    "CSP210": """
        There is no such name

        A fact of the account is a field of `accounts`, a signal or a segmentation; `row.x` is the row an
        enrollment is about, `contact.x` the person a step is about, `steps.<id>.outcome` and `.done_on`
        what a step came to. In a question to rows bare names are the row's, and the account's are
        account.x. A misspelt name is an error, never "matches nothing".

        Fails:

            # playbooks/example.yaml
            audience: activ_users >= 5

        Mended:

            # playbooks/example.yaml
            audience: active_users >= 5
        """,
    "CSP211": """
        Two kinds of values that do not go together

        In a database a text is greater than any number, so a comparison of the two can be true for every
        account. A number stands without quotes, a text in single quotes, a date is written '2026-03-31', a
        yes or no stands alone.

        Fails:

            # playbooks/example.yaml
            audience: arr >= '50000'

        Mended:

            # playbooks/example.yaml
            audience: arr >= 50000
        """,
    "CSP212": """
        A value where a question is needed

        A condition says yes or no. A number or a text alone says neither.

        Fails:

            # playbooks/example.yaml
            audience: seats

        Mended:

            # playbooks/example.yaml
            audience: seats >= 10
        """,
    "CSP213": """
        A duration that cannot be read

        A duration is a number and a unit: day, business day, week, month. In a condition it stands in
        single quotes and counts days or weeks. A run comes once a day: nothing is shorter.

        Fails:

            # playbooks/example.yaml
            trigger: {when: {when: paying, for: 3}, already_matching: skip}

        Mended:

            # playbooks/example.yaml
            trigger: {when: {when: paying, for: 3 days}, already_matching: skip}
        """,
    "CSP214": """
        A function gets the wrong things in its brackets

        Each function takes so many values, of the kind it knows; was, ago and at_start take the name of a
        fact, running and finished that of a playbook, in quotes.

        Fails:

            # playbooks/example.yaml
            audience: days_until(renewal_date, today) < 90

        Mended:

            # playbooks/example.yaml
            audience: days_until(renewal_date) < 90
        """,
    "CSP215": """
        A word of conditions that is not yet part of the language

        It is planned and refused until it does what it says.

        Fails:

            # playbooks/example.yaml
            audience: row_number() <= 10

        Mended:

            # playbooks/example.yaml
            audience: tier = 'high'
        """,
    "CSP217": """
        A warning: a fact is never so

        data.yaml, or the segmentation, says which texts the fact may hold, and this is none of them: the
        comparison is never true.

        Fails:

            # playbooks/example.yaml
            audience: tier = 'hihg'

        Mended:

            # playbooks/example.yaml
            audience: tier = 'high'
        """,
    "CSP218": """
        Counting rows in the wrong place

        count, sum, avg, min and max belong into a signal with `from:`, and such a signal needs one of them.
        In a condition rows are asked with number_of(table, …) and total(table.field, …).

        Fails:

            # playbooks/example.yaml
            audience: count(tickets) > 3

        Mended:

            # playbooks/example.yaml
            audience: number_of(tickets) > 3
        """,
    "CSP219": """
        Memory or patience where there is none

        `was`, `ago`, `running` and `finished` remember facts of the account: they are asked in playbooks
        and segments, not of rows and in signals. at_start() needs an enrollment: exit, goal and steps;
        there it remembers the row too: at_start(row.due_on).
        `for:` waits in conditions about the account.

        Fails:

            # playbooks/example.yaml
            audience: at_start(arr) < arr

        Mended:

            # playbooks/example.yaml
            audience: ago(arr, '30 days') < arr
        """,
    "CSP221": """
        all, any or none of nothing

        An empty list of conditions says nothing about anybody.

        Fails:

            # playbooks/example.yaml
            audience: []

        Mended:

            # playbooks/example.yaml
            audience: [strategic]
        """,
    "CSP222": """
        Facts that need each other

        Signals and segmentations may use each other, but not in a circle: one of them must stand on its
        own.

        Fails:

            # signals.yaml
            signals:
              one: {value: two + 1}
              two: {value: one + 1}

        Mended:

            # signals.yaml
            signals:
              one: {value: two + 1}
              two: {value: seats + 1}
        """,
    "CSP223": """
        Two facts have the same name

        Fields, signals and segmentations share one namespace, so that a bare name means one thing
        everywhere.

        Fails:

            # signals.yaml
            signals:
              arr: {value: seats * 1200}

        Mended:

            # signals.yaml
            signals:
              list_price: {value: seats * 1200}
        """,
    "CSP224": """
        A signal whose window or rows cannot be

        `last:` and `before:` count on the day of the rows, so the table needs a `day:` and the signal a
        `from:`; `where:` chooses rows.

        Fails:

            # signals.yaml
            signals:
              before: {from: usage, value: count(*), before: 28 days}

        Mended:

            # signals.yaml
            signals:
              before: {from: usage, value: count(*), last: 28 days, before: 28 days}
        """,
    "CSP228": """
        Rows of all accounts, and not which of them

        A question to rows asks those of the account. `all` before the table asks the rows of every account,
        for what one account cannot know alone: whether all customers of a feature have confirmed it. It
        must say which of them are meant, by a field that equals one of the row the playbook is about
        (`trigger: {one_per: tickets}`). account.x is then the account whose row it is, and where that field
        of the row is empty the answer is unknown. Accounts below (`children`), the accounts of a person and
        what we offer to many (`resources:`) take no `all`.

        Fails:

            # playbooks/example.yaml
            trigger: {one_per: tickets, when: "number_of(all tickets, closed_on is null) >= 5", already_matching: skip}

        Mended:

            # playbooks/example.yaml
            trigger: {one_per: tickets, when: "number_of(all tickets, priority = row.priority and closed_on is null) >= 5", already_matching: skip}
        """,
}
