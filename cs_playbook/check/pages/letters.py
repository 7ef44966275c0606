"""4xx: the words of letters; their titles stand in letter_codes."""

from __future__ import annotations

PAGES = {
    "CSP401": """
        A letter begins with its head, between two lines of three dashes: `subject:`, and if you like
        `needs:` and `category:`. Then come the words.

        Fails:

            # emails/example/hello/en.md
            Shall we talk?

        Mended:

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            Shall we talk?
        """,
    "CSP402": """
        A blank is {{ contact.first_name }}, a choice {% if account.arr %} … {% else %} … {% endif %}, a
        repetition {% for x in account.y %} … {% endfor %}.

        Fails:

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            Hello {{ contact.first_name }, shall we talk?

        Mended:

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            Hello {{ contact.first_name }}, shall we talk?
        """,
    "CSP403": """
        A letter goes to a customer, so it can only show what it is given: names, `if`, `for`, and the
        filters date, lower, money, number, percent, plural, title, upper. What needs reckoning becomes a
        signal. `plural` needs a word for each form of the letter's language: one and other in English, one,
        few, many and other in Polish.
        Links begin with https:// or mailto:.

        Fails:

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            You pay {{ account.arr / 12 }} a month.

        Mended:

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            You pay {{ account.arr | money('EUR') }} a year.
        """,
    "CSP405": """
        Blanks are account.x, contact.x, row.x (only where every playbook that sends the letter is about
        rows of that table), a role of ours as csm.name and csm.email, a role of contacts with their fields,
        steps.<id>.outcome and .done_on of every playbook that sends it, and today.

        Fails:

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            Hello {{ contact.firstname }}

        Mended:

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            Hello {{ contact.first_name }}
        """,
    "CSP406": """
        Two languages of one letter that say different things are seldom meant, and a blank that is missing
        in one of them would be found by a customer.

        Fails:

            # project.yaml
            languages: {supported: [en, fr], default: en}

            # emails/example/hello/fr.md
            ---
            subject: "Bonjour {{ contact.first_name }}"
            ---
            Un mot ?

        Mended:

            # project.yaml
            languages: {supported: [en, fr], default: en}

            # emails/example/hello/fr.md
            ---
            subject: "Bonjour {{ contact.first_name }}"
            ---
            Un mot, {{ contact.first_name }} ?

            {{ csm.name }}
        """,
    "CSP407": """
        `needs:` holds a letter back while the blank is empty. A name that the letter never shows is a slip
        of the pen.

        Fails:

            # emails/example/hello/en.md
            ---
            subject: A question
            needs: [contact.frist_name]
            ---
            Hello {{ contact.first_name }}

        Mended:

            # emails/example/hello/en.md
            ---
            subject: A question
            needs: [contact.first_name]
            ---
            Hello {{ contact.first_name }}
        """,
    "CSP408": """
        The name of the file is the language of the letter: en.md, fr.md, pt-BR.md.

        Fails:

            # project.yaml
            languages: {supported: [en, xx], default: en}

            # emails/example/hello/xx.md
            ---
            subject: "Hello {{ contact.first_name }}"
            ---
            Shall we talk, {{ contact.first_name }}?

            {{ csm.name }}

        Mended:

            # project.yaml
            languages: {supported: [en, fr], default: en}

            # emails/example/hello/fr.md
            ---
            subject: "Bonjour {{ contact.first_name }}"
            ---
            Un mot, {{ contact.first_name }} ?

            {{ csm.name }}
        """,
    "CSP412": """
        A blank that the letter shows or `needs` is empty for everybody in reach of an account: the draft of
        it will be held back, and somebody has to look for what is missing. The newest snapshot tells;
        without one nothing is said. In reach is whoever the roles of `to:` pick, of the accounts that the
        playbook sees, as far as their own fields can tell.

        Fill the field in the source; or let the letter do without, e.g.
        {% if contact.first_name %}Hello {{ contact.first_name }}{% else %}Hello{% endif %}.
        """,
    "CSP413": """
        A letter goes through a list of `resources:` and links to a field of its items that some of them leave
        empty. An empty blank holds the letter back, so one such item holds it back for everybody who would have
        got it. Where the letter is about one item (`one_per:`, `{{ row.path }}`) only the letters about that
        item wait until somebody fills it in: a note, which `validate -v` shows.

        What stands in a blank is one word of an address: a slash in it is written %2F, and the page is not found.

        Fails:

            # articles.yaml
            resources: articles
            fields: {title: text, path: text}
            items:
              reports: {title: Reports that get read, path: reports}
              search: {title: Find anything in ten seconds}

            # emails/example/hello/en.md
            ---
            subject: "Hello {{ contact.first_name }}"
            ---
            {% for article in rows('articles') %}
            - [{{ article.title }}](https://vendor.example/{{ article.path }})
            {% endfor %}

            {{ csm.name }}

        Mended:

            # articles.yaml
            resources: articles
            fields: {title: text, path: text}
            items:
              reports: {title: Reports that get read, path: reports}
              search: {title: Find anything in ten seconds}

            # emails/example/hello/en.md
            ---
            subject: "Hello {{ contact.first_name }}"
            ---
            {% for article in rows('articles', "path is not null") %}
            - [{{ article.title }}](https://vendor.example/{{ article.path }})
            {% endfor %}

            {{ csm.name }}
        """,
    "CSP414": """
        What stands in emails/signature/<language>.md comes below every letter in that language: Markdown
        without a head, each line a line. It may name sender.name, sender.email and recipient.email, which
        are always there; and sender.title, sender.phone (both of `people:`), category (the letter's) and
        unsubscribe (the whole link, as `sending:` of the project file has it) inside an `if` that asks for
        them: one colleague without a phone must not hold letters back, nor leave a gap in them.

        It should be there in every language one writes in; in the others a letter ends without it.

        Fails:

            # emails/signature/en.md
            {{ sender.email }}
            {{ sender.phone }}

        Mended:

            # emails/signature/en.md
            {{ sender.email }}
            {% if sender.phone %}
            {{ sender.phone }}
            {% endif %}
        """,
    "CSP415": """
        Below every letter stands emails/signature/<language>.md. Where it names who writes (sender.name) and
        letters end with that name too, readers see it twice, one line apart. Letters that end with the name,
        as those of the starter library do, are whole without a signature, and may be copied anywhere; then
        the signature begins below the name: title, phone, the way out.

        Fails:

            # emails/signature/en.md
            {{ sender.name }}
            {{ sender.email }}

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            Shall we talk?

            {{ csm.name }}

        Mended:

            # emails/signature/en.md
            {{ sender.email }}

            # emails/example/hello/en.md
            ---
            subject: A question
            ---
            Shall we talk?

            {{ csm.name }}
        """,
}
