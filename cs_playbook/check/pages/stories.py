"""33x: stories (`tests:`); their titles stand in story_codes."""

from __future__ import annotations

PAGES = {
    "CSP330": """
        `tests:` names the playbook by its own name, not by that of its file.

        Fails:

            # tests/example.yaml
            tests: exampel
            today: 2026-03-02
            accounts:
              acme: {arr: 60000}
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {started: [acme]}}

        Mended:

            # tests/example.yaml
            tests: example
            today: 2026-03-02
            accounts:
              acme: {arr: 60000}
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {started: [acme]}}
        """,
    "CSP331": """
        `today` is day 0 of the stories, written year, month, day.

        Fails:

            # tests/example.yaml
            today: 2026-02-30

        Mended:

            # tests/example.yaml
            today: 2026-03-02
        """,
    "CSP332": """
        The runs of a story are in order of their days

        A day that stands twice is run twice, each time on an export of its own.

        Fails:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 2, expect: {started: []}}
                  - {day: 1, expect: {started: []}}

        Mended:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 1, expect: {started: []}}
                  - {day: 2, expect: {started: []}}
        """,
    "CSP333": """
        Accounts, contacts and rows are made up at the top of the file, or in the story; only these can be
        spoken of.

        Fails:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {started: [acne]}}

        Mended:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {started: [acme]}}
        """,
    "CSP334": """
        What is given to an account is a field of data.yaml, or any other fact; to a contact or a row, a
        field of its table.

        Fails:

            # tests/example.yaml
            accounts:
              acme: {ar: 60000}

        Mended:

            # tests/example.yaml
            accounts:
              acme: {arr: 60000}
        """,
    "CSP335": """
        A number is a number, a date a date; a row says whose it is and, where its table has one, its day.

        Fails:

            # tests/example.yaml
            accounts:
              acme: {arr: large}

        Mended:

            # tests/example.yaml
            accounts:
              acme: {arr: 60000}
        """,
    "CSP336": """
        `answers:` speaks as a person: it names a step that people answer, and one of its outcomes.

        Fails:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, answers: {call: agreed}}

        Mended:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, answers: {call: done}}
        """,
    "CSP337": """
        What is expected must be possible: a step of the playbook, one of its letters, one of its outcomes.

        Fails:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {open: [{step: kall}]}}

        Mended:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {open: [{step: call}]}}
        """,
    "CSP338": """
        `because:` repeats the line of the condition that said no, as it is written in the playbook.

        Fails:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {because: {acme: arr > 1}}}

        Mended:

            # tests/example.yaml
            cases:
              - name: A large account is called
                runs:
                  - {day: 0, expect: {because: {acme: arr >= 50000}}}
        """,
}
