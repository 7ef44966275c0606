"""36x: what becomes of open enrollments when the text of a playbook changes."""

from __future__ import annotations

PAGES = {
    "CSP360": """
        A renamed step is still there

        `renamed_steps: {old: new}` says that a step is the same under another name. Where the playbook has
        a step of the old name as well, nobody could say which of them an open task belongs to.

        Fails:

            # playbooks/example.yaml
            changes: {open_enrollments: move, renamed_steps: {call: phone}}
            steps:
              - {id: call, task: Call them, owner: csm}
              - {id: phone, task: Phone them, owner: csm}

        Mended:

            # playbooks/example.yaml
            changes: {open_enrollments: move, renamed_steps: {call: phone}}
            steps:
              - {id: phone, task: Phone them, owner: csm}
        """,
    "CSP361": """
        A step is renamed to a name that no step has

        The new name is that of a step of the playbook as it is now, or is renamed itself: {a: b, b: c}
        follows a step through both. A step that is gone on purpose is {a: null}.

        Fails:

            # playbooks/example.yaml
            changes: {open_enrollments: move, renamed_steps: {ring: cal}}
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/example.yaml
            changes: {open_enrollments: move, renamed_steps: {ring: call}}
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP362": """
        Open work would be cancelled by a move

        `changes: {open_enrollments: move}` takes open enrollments over to the new text of the playbook.
        Some of them stand on a step that the new text has not, or has as another kind of step: their open
        tasks and drafts would be cancelled by the next run. Say what the step is called now,
        `renamed_steps: {old: new}`, or that it is gone on purpose, `renamed_steps: {old: null}`. Found only
        where there is a ledger.
        """,
    "CSP363": """
        The text of open enrollments no longer binds

        An open enrollment goes on by the text with which it began, and that text names a fact, a role, a
        letter or a playbook that is no longer there. Its enrollments would freeze: nothing of them opens or
        ends, their tasks stay on the lists as frozen, and every run leaves with exit code 5. Have the name
        back (a role may stay beside its successor until the last of these has ended), or let them move to
        the new text. Found only where there is a ledger.
        """,
    "CSP364": """
        Open enrollments go by another text

        How many, and which, go by a text that is not today's, where they stand, and what `changes:` makes
        of them. Shown with -v. Found only where there is a ledger.
        """,
    "CSP365": """
        Open enrollments cannot go over to the new text

        The new text is about something else: `one_per` says another table, or none. An enrollment about a
        row cannot become one about an account. They go on by the text with which they began, as with
        `keep`. Found only where there is a ledger.
        """,
    "CSP366": """
        The file of open enrollments is gone

        An open enrollment goes on by the text with which it began, so taking a file away calls nothing off:
        its tasks stay on the lists. `status: retired` in a playbook, and `ended: <day>` in a success plan,
        end what is open; `formerly: [old-name]` says that another file is the same under another name.
        Found only where there is a ledger.
        """,
    "CSP367": """
        Something was added to a success plan that is over

        All that a plan asked for has ended, or the plan is achieved, partly achieved or missed, and its file
        has changed since. What is new in it opens nothing: an account goes through a plan once. A new plan
        is a new file; the old one says since when it is over. Found only where there is a ledger.
        """,
}
