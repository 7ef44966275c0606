"""Pages of findings about rhythms that parse/ makes."""

from __future__ import annotations

PAGES = {
    "CSP231": """
        A rhythm that cannot be read

        A rhythm is `2 weeks` (counted from when it begins), `2 weeks on monday`, `1 month`, `monday`,
        `15th` (in a shorter month `31st` is the last day), `fourth friday of month`, `second week of month`
        (from its Monday), `last business day of month`, `first business day of fiscal quarter`, `first
        monday of march`, or an RRULE without spaces. `from 2026-01-05` behind it fixes the phase.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: look, task: Look at their usage, owner: csm, every: biweekly, at_most: 6}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: look, task: Look at their usage, owner: csm, every: 2 weeks, at_most: 6}
        """,
    "CSP233": """
        A rhythm that is counted from nowhere

        A step that repeats is counted from the day on which it is ready. A playbook that starts on a
        rhythm, or a date, has no such day: `2 weeks` says neither which day of the week nor which of two
        weeks. `from 2026-01-05` says it for everybody. Only the `every:` of a step may be counted from a day
        of the account: `3 months from contract_start`, `from given.x`; while that is empty it waits.

        Fails:

            # playbooks/example.yaml
            playbook: example
            title: An example
            status: live
            owner: cs_ops
            why: To show how it is done.
            trigger: {every: 2 weeks on monday, when: paying}
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            playbook: example
            title: An example
            status: live
            owner: cs_ops
            why: To show how it is done.
            trigger: {every: 2 weeks on monday from 2026-01-05, when: paying}
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP396": """
        `every`, `until`, `at_most` where nothing can repeat

        A step with `every:` opens again and again; `until:` and `at_most:` say when it is over. A step that
        waits is over once, and its `until:` is its own; steps that undo are done once.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: weekly, task: Update the plan, owner: csm, at_most: 6}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: weekly, task: Update the plan, owner: csm, every: 1 week, at_most: 6}
        """,
}
