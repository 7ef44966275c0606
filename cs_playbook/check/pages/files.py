"""1xx: the text of a file: YAML, its kind, its shape."""

from __future__ import annotations

PAGES = {
    "CSP101": """
        This is not YAML

        The text of the file cannot be read, so nothing of it is looked at. Most often a text holds a colon, or
        begins with a quote, a bracket or one of @ % & * ! ` and does not stand in quotes; or an indent is off.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: Renewal: the talk
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            playbook: example
            title: "Renewal: the talk"
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP102": """
        A key stands twice

        In one block each key stands once. Of two, one would silently win, and a reviewer would look at the other.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: An example
            title: Another title
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            playbook: example
            title: Another title
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP103": """
        Something of YAML that is not used here

        Anchors (&x), their repetition (*x), tags (!x) and directives (%YAML) make a file mean something else than
        what stands there. One file holds one document. In a condition `!` is written `not`.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: An example
            audience: !strategic
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            playbook: example
            title: An example
            audience: not strategic
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP104": """
        Too large, or nested too deeply

        A file may have 256 kB, a text 10 000 letters, and blocks 40 levels. What is larger was not written by hand,
        or wants to be several files: one playbook each.
        """,
    "CSP105": """
        Letters that cannot be seen, or a file that cannot be read

        A zero-width space or a mark that turns the reading order hides inside a word: it looks right and matches
        nothing. Delete the word and type it anew. In double quotes `\\e`, `\\u202e` and their kin make
        such letters too. A file must be UTF-8, have a name in UTF-8, and lie inside the workspace: a folder, a
        pipe or a link that leads out or nowhere is none, and a link to a folder is not followed.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: An\u200b example
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            playbook: example
            title: An example
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP106": """
        A key is not one word

        Mostly this is a text that begins with {{ and has no quotes: YAML reads { as the beginning of a block.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: An example
            steps:
              - id: call
                task: {{ account.name }} wants to hear from us
                owner: csm

        Mended:

            # playbooks/example.yaml
            playbook: example
            title: An example
            steps:
              - id: call
                task: "{{ account.name }} wants to hear from us"
                owner: csm
        """,
    "CSP107": """
        A number that nobody can reckon with

        YAML knows `.inf` and `.nan`. Here a number is a plain number.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: An example
            steps:
              - {id: call, task: Call them, owner: csm, minutes: .inf}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm, minutes: 30}
        """,
    "CSP108": """
        A file does not say what it is

        The first key of a file names its kind: project, data, sources, signals, segments, team, playbook or tests.
        The name and the folder of the file are for people.

        Fails:

            # playbooks/renewal.yaml
            title: Renewal
            playbook: renewal
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/renewal.yaml
            playbook: renewal
            title: Renewal
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP109": """
        Not yet part of the language

        The word is planned and does nothing yet. It is refused rather than ignored, so that nobody relies on it.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: hello, email: example/hello, to: champion, from: csm, title: Say hello}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: hello, email: example/hello, to: champion, from: csm}
        """,
    "CSP110": """
        A key that does not exist here

        Mostly a slip of the pen. Free content of your own goes under `meta:`.

        Fails:

            # playbooks/example.yaml
            limits: {new_a_day: 25}

        Mended:

            # playbooks/example.yaml
            limits: {new_per_day: 25}
        """,
    "CSP111": """
        A key is missing

        The block cannot be understood without it.

        Fails:

            # playbooks/example.yaml
            reentry: {at_most: 3}

        Mended:

            # playbooks/example.yaml
            reentry: {days_after_end: 60, at_most: 3}
        """,
    "CSP112": """
        A value of another kind is expected

        A list stands in brackets or as lines with dashes, a block of keys as `key: value` lines. What looks like a
        number and is meant as text stands in quotes.

        Fails:

            # playbooks/example.yaml
            root_causes: the champion has gone

        Mended:

            # playbooks/example.yaml
            root_causes: [the champion has gone]
        """,
    "CSP113": """
        One of a few words is expected

        Where a key knows only certain words, any other is a slip of the pen.

        Fails:

            # playbooks/example.yaml
            priority: important

        Mended:

            # playbooks/example.yaml
            priority: high
        """,
    "CSP114": """
        A name or a figure is written in another way

        Names are made of lower case letters, digits and _ (so that conditions can say them), shares end with %.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: Call-2, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call_2, task: Call them, owner: csm}
        """,
    "CSP115": """
        Empty, too small or too much

        What may be left out is left out, not left empty; a number has a least value.

        Fails:

            # playbooks/example.yaml
            limits: {new_per_day: 0}

        Mended:

            # playbooks/example.yaml
            limits: {new_per_day: 1}
        """,
    "CSP116": """
        A comma cuts a text in two

        Inside [ ] and { } a comma begins the next item, also one in round brackets. Put the whole text in double
        quotes; or write the list as lines with dashes, where commas are harmless.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: An example
            audience: [tier in ('high', 'low'), paying]
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            playbook: example
            title: An example
            audience: ["tier in ('high', 'low')", paying]
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
}
