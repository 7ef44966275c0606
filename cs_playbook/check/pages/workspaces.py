"""1xx: project, team, which files there are."""

from __future__ import annotations

PAGES = {
    "CSP120": """
        There is no such time zone

        The day of a snapshot is a day in the project's zone. Zones are named like Europe/Paris.

        Fails:

            # project.yaml
            calendar: {timezone: Paris}

        Mended:

            # project.yaml
            calendar: {timezone: Europe/Paris}
        """,
    "CSP121": """
        The default language is not supported

        Whoever reads none of the supported languages gets letters in the default one.

        Fails:

            # project.yaml
            languages: {supported: [fr, de], default: en}

        Mended:

            # project.yaml
            languages: {supported: [en], default: en}
        """,
    "CSP122": """
        A limit of zero stops every run

        `stop_when` protects from broken exports: a run over a limit does nothing at all. With a limit of
        nothing that is every run.

        Fails:

            # project.yaml
            stop_when: {a_table_shrinks_by: 0%}

        Mended:

            # project.yaml
            stop_when: {a_table_shrinks_by: 10%}
        """,
    "CSP124": """
        Snapshots or ledger outside of the workspace

        What a workspace remembers moves, is saved and is protected with it: `snapshots:` and `ledger: {path: …}`
        lie below the folder of project.yaml, and no link on the way leads out of it. Another disk is mounted
        there instead.

        Fails:

            # project.yaml
            snapshots: ../common/snapshots

        Mended:

            # project.yaml
            snapshots: data/snapshots
        """,
    "CSP147": """
        The heartbeat would write over something else

        After each run the file of `heartbeat:` is written anew, so that a monitor sees its age. It is a file of
        its own: no ledger, no file of the workspace, nothing in the folders of snapshots, answers and lists.

        Fails:

            # project.yaml
            heartbeat: {file: data/ledger.db}

        Mended:

            # project.yaml
            heartbeat: {file: data/last-run}
        """,
    "CSP148": """
        Something would be kept for too short a time, or for longer than what it lies in

        `keep:` deletes for good. Less than 30 days is taken for a slip of the pen. Contacts are taken out of
        snapshots before the snapshots themselves go; where that is never so, the line does nothing.

        Fails:

            # project.yaml
            keep: {snapshots: 4 days}

        Mended:

            # project.yaml
            keep: {snapshots: 400 days, contacts_in_snapshots: 90 days}
        """,
    "CSP129": """
        Holidays of a country that is none

        Working days are reckoned without the public holidays of the countries named. A country has the two
        capital letters it has everywhere: FR, DE, GB. Regions have no calendar of their own here.

        Fails:

            # project.yaml
            calendar: {timezone: Europe/Paris, holidays: [FRANCE], week: mon-fri}

        Mended:

            # project.yaml
            calendar: {timezone: Europe/Paris, holidays: [FR], week: mon-fri}
        """,
    "CSP130": """
        A manager who is not among the people

        `manager:` is an address under `people:`, or that of a role that is always one person (`is:`).

        Fails:

            # team.yaml
            people:
              lea@vendor.example: {name: Léa, manager: nora@vendor.exampel}

        Mended:

            # team.yaml
            people:
              lea@vendor.example: {name: Léa, manager: nora@vendor.example}
        """,
    "CSP131": """
        A role does not say how one finds the person

        One of `from` (a field of the account), `manager_of` (another role), `is` (always this person) and
        `contacts` (people of the customer). Whoever stands in is named by `else:`.

        Fails:

            # team.yaml
            roles:
              sponsor: {else: champion}

        Mended:

            # team.yaml
            roles:
              sponsor: {contacts: "'sponsor' in roles", pick: newest last_seen, else: champion}
        """,
    "CSP132": """
        A role comes from something that holds no address

        `from:` names one fact of the account that holds an email address, or what it was: was(csm_email).

        Fails:

            # team.yaml
            roles:
              account_executive: {from: arr}

        Mended:

            # team.yaml
            roles:
              account_executive: {from: ae_email}
        """,
    "CSP133": """
        A role of contacts without contacts

        `contacts:` picks rows of the table `contacts`, and data.yaml has none.

        Fails:

            # data.yaml
            data: golden
            tables:
              accounts:
                key: id
                fields: {id: text, arr: number, seats: integer, strategic: boolean, contract_status: text, csm_email: email}
              subscriptions:
                key: id
                account: account_id
                fields: {id: text, account_id: text}
              usage:
                account: {through: subscriptions, by: subscription_id}
                day: day
                fields: {subscription_id: text, day: date, user_id: text}

        Mended:

            # team.yaml
            roles:
              champion: {contacts: "'champion' in roles and not has_left", pick: newest last_seen}
        """,
    "CSP134": """
        Whom to pick is not said

        `pick:` is all, newest <field> or oldest <field>, with a date of contacts.

        Fails:

            # team.yaml
            roles:
              champion: {contacts: "'champion' in roles", pick: newest first_name}

        Mended:

            # team.yaml
            roles:
              champion: {contacts: "'champion' in roles", pick: newest last_seen}
        """,
    "CSP135": """
        There is no such role

        Wherever a person stands, a role of team.yaml is named. A single person becomes a role with `is:`.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: lea@vendor.example}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
    "CSP136": """
        A bare list of people

        Some readers take [csm, csm_manager] for "one of them", others for "both". {first_of: […]} is the
        first that has somebody, {all_of: […]} is each of them.

        Fails:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: [csm, csm_manager]}

        Mended:

            # playbooks/example.yaml
            steps:
              - {id: call, task: Call them, owner: {first_of: [csm, csm_manager]}}
        """,
    "CSP140": """
        A file that a workspace must have is not there

        A workspace has one `project:`, one `data:` and one `team:`. The starter library (cs-playbook init)
        has one of each to copy.

        Fails:

            # team.yaml
            segments: size
            first_match:
              - {segment: any, when: otherwise}

        Mended:

            # team.yaml
            team: golden
            roles:
              csm: {from: csm_email, else: cs_ops}
              cs_ops: {is: nora@vendor.example}
              champion: {contacts: "'champion' in roles", pick: newest last_seen}
        """,
    "CSP141": """
        Two files of a kind of which there is one

        There is one project, one contract of the data, one team and one list of sources. Signals, segments,
        playbooks and tests may be many.

        Fails:

            # teams/north.yaml
            team: more
            roles:
              cs_lead: {is: nora@vendor.example}

        Mended:

            # team.yaml
            roles:
              cs_lead: {is: nora@vendor.example}
        """,
    "CSP142": """
        Two playbooks have the same name

        The ledger remembers playbooks by name. A new version is an edit of the same file, not a second one.

        Fails:

            # playbooks/second.yaml
            playbook: example
            title: Another example
            steps:
              - {id: call, task: Call them, owner: csm}

        Mended:

            # playbooks/second.yaml
            playbook: another-example
            title: Another example
            steps:
              - {id: call, task: Call them, owner: csm}
        """,
}
