"""72x to 76x: exports as they are read, snapshots beside each other, returned lists. No example here runs by itself."""

from __future__ import annotations

PAGES = {
    "CSP721": """
        The file that `file:` names is not in the folder of the exports. `folder:` in sources.yaml, or
        `snapshot build --from FOLDER`, says where they are.
        """,
    "CSP722": """
        The header of the export has no such column. Look at its first line: a column that was renamed,
        another separator, a line above the header?
        """,
    "CSP723": """
        One cannot know which of the two is meant. Give them names of their own in the export.
        """,
    "CSP724": """
        A file from an older spreadsheet is often cp1252: write `encoding: cp1252` for the table. A
        byte-order mark of UTF-8 is dropped by itself.
        """,
    "CSP725": """
        Most often the separator is another one (`separator: ";"`), or a quote inside a quoted cell is not
        written twice.
        """,
    "CSP726": """
        An empty export is a broken export: a snapshot without accounts would look as if all customers had
        left.
        """,
    "CSP727": """
        Write `dates: DD-MM-YYYY`, or however they are written, for all tables or for one field. Nothing is
        guessed, because 03/04 is in March or in April.
        """,
    "CSP728": """
        Either the file was cut off on its way, or the list of records stands below another key (`rows:
        data.items`), or each line is a record of its own (`format: json_lines`). A key that stands twice in a
        record is refused too: nobody knows which one is meant. A record has at most a million letters.
        """,
    "CSP729": """
        The message is the database's own. A query of sources.yaml is one SELECT; it may not write, attach
        files or call what reaches outside.
        """,
    "CSP739": """
        The other lines can be read all the same; this one counts as a bad row.
        """,
    "CSP772": """
        One of the two would be taken by chance. `newest_by:` or `where:` of the lookup chooses, or the file it
        is looked up in is mended.
        """,
    "CSP773": """
        The two exports were made at different times, or of different things. `unmatched: empty` says that it
        may be missing: the looked-up fields are then empty, and you are warned.
        """,
    "CSP731": """
        The cell cannot be read as its type in data.yaml says: a number, a date, yes or no. Either the
        export is wrong, or the way of writing (`dates:`, `decimal:`, `yes:`) is not declared, or the type
        is not the right one.
        """,
    "CSP732": """
        data.yaml lists the texts that the field may hold under `values:`. Add the new one there, and look
        at the conditions that ask for it.
        """,
    "CSP733": """
        Without its key a row cannot be known again, without its owner's key it belongs to nobody, without
        its day it is in no window.
        """,
    "CSP734": """
        All rows that share the key are bad: nobody knows which of them is right.
        """,
    "CSP735": """
        Either the export of the accounts lacks it, or the two exports were made at different times.
        """,
    "CSP736": """
        A separator inside a cell without quotes, or a line break in the middle of a row, moves all that
        follows.
        """,
    "CSP737": """
        `at_most:` in sources.yaml is the share of rows of a table that may be set aside. Above it nothing
        is built, whatever `bad_rows:` says: something is wrong with the whole export.
        """,
    "CSP738": """
        They follow with file and line: all of them, or the first three where more than twenty are wrong in
        the same way. Mend the export, or how sources.yaml reads it. A few bad rows may be left out instead:
        `bad_rows: set_aside`, up to `at_most: 1%` of a table.
        """,
    "CSP741": """
        A note: nothing is wrong. What nobody maps stays out of the snapshot.
        """,
    "CSP742": """
        They count as accounts without a parent.
        """,
    "CSP743": """
        `expect:` in data.yaml says what should be true of every row. The rows stay in; somebody should look
        at the source.
        """,
    "CSP744": """
        The export says that A belongs to B and B to A, or that an account is its own parent. Each counts as a
        child of the one it names, and nobody as a child of itself.
        """,
    "CSP745": """
        A note: nothing is wrong. The mapping says so.
        """,
    "CSP774": """
        Cells are compared letter by letter: `"true"` is not `TRUE`. Where nothing is left at all, the word is
        perhaps from another export.
        """,
    "CSP775": """
        What nobody exports

        sources.yaml says `contacts: null`, or `sector: null` in a table, and playbooks ask for it. Its rows and
        cells are unknown, not none: has(contacts, …), counts and totals of them, `sector is null` and whatever
        stands on them say neither yes nor no. Nothing starts, ends or is sent by that; a role of contacts is
        nobody. The other conditions of the same playbook still count: `arr >= 60000 or has(contacts, …)` says yes
        for a large account.

        As soon as it is exported, say its file and its columns, and build the snapshot again. If you know what
        it is for all accounts, say that: `strategic: {is: "false"}`, `churned_on: {is: ""}`.

        It is a warning where `active:` asks for it: then no account may count as active, and nothing starts at
        all.
        """,
    "CSP776": """
        Letters would leave by themselves, and nobody exports who has opted out

        sources.yaml says `opted_out: null` in contacts (or so of the field that `categories:` names), and steps
        say `send: auto`. Nothing is sent on an unknown: each such mail becomes a draft for its sender, who knows
        the customer or looks them up, and sends it. Mails that wait in the outbox stay there until it is known,
        or until their last day. What is a draft anyway stays one.

        As soon as it is exported, say its column. If you know that nobody has opted out, say that:
        `opted_out: {is: "no"}`, in the words of `yes:` and `no:`.
        """,
    "CSP777": """
        Who answered in the CRM is nobody of the team

        The table `answers` names somebody in `by` whom team.yaml does not know, by address or by name. The
        answer counts, and the history names them as the CRM does. Add them to `people:`, map another column, or
        leave `by` out: then the owner of the task has answered.
        """,
    "CSP751": """
        Customers do not leave by the dozen overnight: an export that lost half of its rows looks like this.
        """,
    "CSP752": """
        Rows that were exported twice look like this.
        """,
    "CSP753": """
        A column that the export lost, or that was renamed, looks like this. What is empty is unknown:
        nothing starts on it, and nothing ends.
        """,
    "CSP754": """
        Somebody changed data.yaml or sources.yaml, or the snapshot before was built from others.
        """,
    "CSP760": """
        A returned list is not UTF-8

        Save it as CSV UTF-8. Nothing of it has been read; the run goes on.
        """,
    "CSP761": """
        A returned list lacks a column

        An answer needs `key` and `outcome`. Return the list as it was sent, with the column outcome filled
        in.
        """,
    "CSP762": """
        There is no such task

        The key of a line never changes. A line that was typed anew, or comes from another workspace, cannot
        be told.
        """,
    "CSP763": """
        A task is answered twice, and not the same

        The first answer counts, and has had its effect. If it was wrong, stop the playbook for this account
        and start it anew.
        """,
    "CSP764": """
        An answer comes too late

        The task was closed before, because its playbook ended. Nothing is left to do: the row can go.
        """,
    "CSP765": """
        An outcome that the task does not have

        The column `outcomes` of the list says which there are. The task stays open.
        """,
    "CSP766": """
        A day in a returned list that cannot count

        It could be read in several ways (03/04/2026), is no day, or has not come yet. The answer is taken,
        as given on the day of the run. Write year, month, day: 2026-03-31 (31.3.2026 is understood too); or
        leave it empty.
        """,
    "CSP767": """
        A column stands twice in a returned list

        Of two columns `outcome` one would silently win, and nobody knows which is meant. Nothing of the list
        has been read; the run goes on.
        """,
    "CSP768": """
        A published list was filled in where it lies

        A list below out/ is written anew by each run of its day. What somebody has changed there is kept
        beside it, as tasks.filled-1.csv. Answers are read in answers/ only: copy it there if it holds some.
        """,
}
