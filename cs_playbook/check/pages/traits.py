"""Traits, the steps that set them, and the steps that tell somebody."""

from __future__ import annotations

PAGES = {
    "CSP127": """
        A channel has the name of a role

        `notify: x` tells a channel of project.yaml or a role of team.yaml. With one name for both nobody
        could say which is meant.

        Fails:

            # project.yaml
            channels: {cs_ops: {webhook_from_environment: CS_OPS_WEBHOOK}}

        Mended:

            # project.yaml
            channels: {ops-room: {webhook_from_environment: CS_OPS_WEBHOOK}}
        """,
    "CSP226": """
        A trait that cannot be

        A trait lists the texts it may hold (`values:`), or says its `type:` boolean, text, number or date.
        What expires, expires after a day at least.

        Fails:

            # traits.yaml
            traits:
              sentiment: {says: how the CSM feels about the account}

        Mended:

            # traits.yaml
            traits:
              sentiment: {values: [good, neutral, bad], says: how the CSM feels about the account}
        """,
    "CSP227": """
        set_on() asks about something that is not a trait

        `set_on(sentiment)` is the day on which a trait was last set, by a person or a step; empty where it
        never was, was cleared, or has expired. Fields come from the snapshot and signals are reckoned:
        for these, `changed()`, `was()` and `ago()` look back.

        Fails:

            # playbooks/example.yaml
            trigger: {when: days_since(set_on(arr)) > 90, already_matching: start}

        Mended:

            # traits.yaml
            traits:
              sentiment: {values: [good, neutral, bad]}
            # playbooks/example.yaml
            trigger: {when: days_since(set_on(sentiment)) > 90, already_matching: start}
        """,
    "CSP350": """
        A step sets something that is not a trait

        `set:` says traits of the account, which a file `traits:` defines. Fields come with the snapshot and
        signals are reckoned from it: neither can be set.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: flag, set: {strategic: true}}

        Mended:

            # traits.yaml
            traits:
              at_risk: {type: boolean}
            # playbooks/example.yaml
            steps:
              - {id: flag, set: {at_risk: true}}
        """,
    "CSP351": """
        A value that the trait cannot hold

        A trait with `values:` holds one of these; one with `type:` a value of that type: true or false, a
        number, a day like 2026-03-31, text. `null` clears it, and a list of cases may choose. The name of
        a fact, of an answer (`steps.call.mood`) or of what was given (`given.x`) stands for its value, which
        must be of the same type; where it may hold a text that the trait never holds, cases translate it.

        Fails:

            # traits.yaml
            traits:
              sentiment: {values: [good, neutral, bad]}
            # playbooks/example.yaml
            steps:
              - {id: flag, set: {sentiment: sad}}

        Mended:

            # traits.yaml
            traits:
              sentiment: {values: [good, neutral, bad]}
            # playbooks/example.yaml
            steps:
              - {id: flag, set: {sentiment: bad}}
        """,
    "CSP352": """
        A note for nobody that is known

        `notify:`, and `tell:` of an escalation, name a channel of project.yaml, or people as anywhere: a
        role of team.yaml, {first_of: […]}, {all_of: […]}.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: tell, notify: cs-risk}

        Mended:

            # project.yaml
            channels: {cs-risk: {webhook_from_environment: CS_RISK_WEBHOOK}}
            # playbooks/example.yaml
            steps:
              - {id: tell, notify: cs-risk}
        """,
}
