"""37x, 38x, 769: what people are asked, documents they fill, playbooks that steps begin."""

from __future__ import annotations

PAGES = {
    "CSP370": """
        A question that cannot be asked so

        `asks:` on a playbook is answered by who starts it, on a step by who does it. Each question has a
        name and a type: text, number, integer, date, boolean, or a list of choices. The long form says
        more: {type: text, optional: true}, {type: [price, product], default: price}.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm, asks: {reason: string}}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm, asks: {reason: text}}
        """,
    "CSP376": """
        A document without a title, or without words

        A document begins with its title between two lines `---`; its task is called so. Below it stands
        the text with the sections that somebody fills, with the same blanks as a letter. What is not known
        shows as "(not known)".

        Fails:

            # documents/save-plan/en.md
            ## What we do next

            # playbooks/example.yaml
            steps:
              - {id: plan, document: save-plan, owner: csm}

        Mended:

            # documents/save-plan/en.md
            ---
            title: "Save plan for {{ account.name }}"
            ---
            ## What we do next

            # playbooks/example.yaml
            steps:
              - {id: plan, document: save-plan, owner: csm}
        """,
    "CSP380": """
        A step begins a playbook that is not there

        `playbook: champion-change` on a step starts the playbook of that name for the same account.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: more, playbook: secnd}

        Mended:

            # playbooks/second.yaml
            playbook: second
            title: The second
            status: live
            owner: cs_ops
            why: To be played.
            trigger: {started_by: [playbook]}
            steps:
              - {id: call, task: Call them, owner: csm}

            # playbooks/example.yaml
            steps:
              - {id: more, playbook: second}
        """,
    "CSP769": """
        A warning: answers in a returned list that cannot be taken

        Where a line of tasks.csv asks something, its column `answers` holds the names already:
        `reason=; amount_at_risk=`. Each is filled in behind its =, in the way that the column `asks` says;
        what is missing, is no answer, or is not asked keeps the whole line from being taken. Nothing is
        lost: the task stays open, and the line counts as soon as it is mended.
        """,
}
