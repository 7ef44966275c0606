"""The page of `cs-playbook --help`, ready: it is shown before any library is loaded."""

HELP = """\
Customer success as code: playbooks in git, dry-run against a snapshot, run once
a day.

  cs-playbook [OPTIONS] COMMAND [ARGUMENTS]
  cs-playbook COMMAND --help

Start
  init            A workspace of your own, from the starter library.
  demo            The whole tour on a made-up portfolio: four mornings, with an
                  answer in between.

Data
  snapshot build  Exports into the snapshot of today (or of --as-of).
  snapshot check  Rows and empties against the snapshot before, and what
                  data.yaml expects.
  snapshot show   What is in a snapshot: rows, empties, where it came from.

Write
  validate        Every finding in the files, in one pass.
  language        The language in ten minutes; or of a key, verb, function,
                  outcome, status or unit: what it means, an example.
  rule            The manual page of a finding: what it means, an example, how
                  to mend it.
  schema          The JSON Schema of a kind of file, for your editor; without a
                  kind, where they all are.

Prove
  test            Play the stories of `tests:` day by day: do the playbooks do
                  what they should?

Look
  dry-run         The plan of the day: what a run would do, and why. Changes
                  nothing.
  explain         Why an account is, or is not, in a playbook: every condition
                  with its values.
  health          How the portfolio does by its scorecards, who does worst and
                  why; of one account the whole sum.

Operate
  run             Do what the plan says, once: record it, then write the task
                  lists and drafts.
  tasks           What is open, soonest first.
  done            Close a task with an outcome. The next run goes on from there.
  answers         Take returned lists at once; `run` does the same with
                  everything in answers/.
  start           Ask for a playbook for an account; the next run starts it.
  given           Correct what was given at the start.
  stop            End a playbook for an account now, with all its open tasks.
  status          How things stand: last run, snapshot, what is open, what is
                  held.
  history         All that was ever done to an account.
  set             Say how an account is: sets a trait. It counts at once.
  mute            Leave an account alone until a day: no playbook starts, opens
                  or sends anything.
  snooze          Put a task off until a day: not late meanwhile, due again
                  then.
  ledger verify   Whether the ledger is whole: its chain, its cache, its file.
  ledger create   A first, empty ledger where there is none, as in a clone.
                  Never replaces one.

Options, before or after the command
  -C, --directory DIR         The workspace; this folder or one above it if
                              absent.
  --as-of DATE                The logical day, e.g. 2026-03-02: picks its
                              snapshot and replaces the clock.
  -o, --output FORMAT[=FILE]  text, json …; several in one run.
  -q, --quiet                 No results on the screen.
  -v, --verbose               Notes too.
  --no-color                  No colours (NO_COLOR works too).
  --names, --no-names         Names or ids; names on a terminal, ids elsewhere.
  -V, --version               Which version this is.
  -h, --help                  This page; after a command: what it takes.
"""
