"""3xx: playbooks and their steps."""

from __future__ import annotations

PAGES = {
    "CSP301": """
        A step does nothing, or several things

        The kind of a step is its verb, one of: task, email, wait, decide, approve, document, playbook,
        set, notify. A step with two of them is two steps.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, wait: 3 days, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: pause, wait: 3 days}
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP302": """
        A key that means nothing on this kind of step

        `until:` belongs to a wait, `outcomes:` and `done_when:` to a task, `to:` and `from:` to an email.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: pause, wait: 3 days, owner: csm}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: pause, wait: 3 days}
        """,
    "CSP304": """
        A step without somebody to do it

        A task and an approval say `owner:`, an email says `to:` and `from:`.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP305": """
        A step does not say what it comes after

        In a plain list each step comes after the one above it. As soon as one step asks for an outcome, the
        list is no longer a line, and every step but the first says its `after:` (`after: start` means at
        once).

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer]}
              - {id: note, task: Note it, owner: csm, after: {call: agreed}}
              - {id: visit, task: Visit them, owner: csm}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer]}
              - {id: note, task: Note it, owner: csm, after: {call: agreed}}
              - {id: visit, task: Visit them, owner: csm, after: {call: no_answer}}
        """,
    "CSP306": """
        The data closes a task with an outcome it does not have

        `done_when` closes a task by itself: with `done`, or with the outcome of the case that fits. It must
        be one of the task's outcomes.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer], done_when: paying}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer], done_when: [{when: paying, is: agreed}]}
        """,
    "CSP310": """
        Nothing fills a blank

        Titles, questions and checklists may hold {{ account.x }}, {{ row.x }} where the playbook is about
        rows, and {{ contact.x }} where the step is `about:` a contact.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: "Call {{ contact.first_name }}", owner: csm}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: "Call {{ contact.first_name }}", owner: csm, about: champion}
        """,
    "CSP311": """
        More than blanks in a sentence

        A title holds words and blanks. Choices and filters belong into the letters.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: "Call {% if strategic %}at once{% endif %}", owner: csm}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: "Call {{ account.name }} at once", owner: csm, when: strategic}
        """,
    "CSP320": """
        A rule without a condition

        A playbook that its rule may start says `when:`, or it would start for everybody. One that only
        people start says started_by: [csm].

        Fails:

            # playbooks/example.yaml
            trigger: {already_matching: skip}

        Mended:

            # playbooks/example.yaml
            trigger: {started_by: [csm], already_matching: skip}
        """,
    "CSP321": """
        What `one_per` names could not be known again tomorrow

        Tomorrow the row, or the value, must be known again, so that nobody is told twice: a table says `key:`
        in data.yaml; a fact is a date, a text, an email, an integer or yes/no, not a number with decimals or a
        list. An enrollment is about rows of one table at most; a list names each thing once.

        Fails:

            # playbooks/example.yaml
            trigger: {one_per: usage, when: row.events > 500, already_matching: skip}

        Mended:

            # playbooks/example.yaml
            trigger: {one_per: tickets, when: "row.priority = 'urgent'", already_matching: skip}
        """,
}
