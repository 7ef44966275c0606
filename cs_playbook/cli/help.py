"""The page of `cs-playbook --help`, ready: it is shown before any library is loaded."""

HELP = """\
Customer success as code: playbooks in git, dry-run against a snapshot, run once
a day.

  cs-playbook [OPTIONS] COMMAND [ARGUMENTS]
  cs-playbook COMMAND --help

Start
  init            A workspace of your own, from the starter library; with --ci
                  what looks at each pull request.
  demo            The whole tour on a made-up portfolio: four mornings, with an
                  answer in between.
  library         The playbooks of the starter library: for whom, when, steps,
                  emails.
  new             A new file with comments, to begin with; or a playbook of the
                  library. Nothing is ever overwritten.
  guide           A page for you: what you do on Monday, five commands, what can
                  go wrong and what to do then.

Data
  snapshot build  Exports into the snapshot of today (or of --as-of).
  snapshot check  What has changed since the snapshot before, what of it would
                  stop a run, and what data.yaml expects.
  snapshot show   What is in a snapshot: rows, empties, where it came from.
  sources suggest A draft of sources.yaml (and data.yaml) from export files,
                  with every doubt as a question.
  sources list    The ready mappings: what each tool exports, already mapped.
  sources show    A ready mapping: data.yaml and sources.yaml for the exports of
                  one tool.

Write
  validate        Every finding in the files, in one pass.
  language        The language in ten minutes; or of a key, verb, function,
                  outcome, status or unit: what it means, an example.
  rule            The manual page of a finding: what it means, an example, how
                  to mend it.
  schema          The JSON Schema of a kind of file, for your editor; without a
                  kind, where they all are.
  vocabulary      Every fact, table, role and function one may write: type, how
                  often filled, frequent values, where used.

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
  segments        Accounts, ARR and load by segment and owner; who moved and
                  why, who fits nowhere, who is stuck.
  kpis            The figures of the portfolio: retention, adoption, days to
                  value; with coverage and a small trend.
  capacity        Minutes asked of each person in the weeks to come, who is over
                  and why, and how far promises can be kept.
  assign          Who should own which account: who would move and why, who has
                  nobody; a CSV for the CRM, nothing moves.
  diff            What an edit changes in meaning since a git revision, and for
                  whom. Changes nothing.
  blame           Where it comes from: playbook, version, line, commit, run,
                  values, people.
  plans           The success plans: how each stands, what comes next, how late
                  it is.
  plans show      One plan with all that is internal; -o markdown, html or json:
                  the page for the customer, without that.
  email preview   A page of letters for real accounts in all languages: light,
                  dark, as text, and what is missing. -o FILE.

Operate
  run             Do what the plan says, once: record it, then write the task
                  lists and drafts. Or take a run back.
  tasks           What is open, soonest first.
  done            Close a task with an outcome. The next run goes on from there.
  answers         Take returned lists at once; `run` does the same with
                  everything in answers/.
  start           Ask for a playbook for an account; the next run starts it.
  given           Correct what was given at the start.
  stop            End a playbook for an account now, with all its open tasks.
  history         All that was ever done to an account.
  status          How things stand: what is wrong, last run, snapshot, what is
                  open, what is held.
  send            Hand over the mails of the outbox, each once.
  set             Say how an account is: sets a trait, or a segment for a while.
                  It counts at once.
  mute            Leave an account alone until a day: no playbook starts, opens
                  or sends anything.
  snooze          Put a task off until a day: not late meanwhile, due again
                  then.
  suppress        Write to an address no more, whoever exports it again. The
                  ledger keeps only a fingerprint of it.
  forget          Take a person out of ledger, snapshots, mails and files, for
                  good. No export brings them back.
  drafts          The drafts of each owner: look, change, send, discard.
  drafts show     One mail as it will be read.
  drafts open     The file of a draft, to open in a mail program.
  drafts send     Release drafts: they go into the outbox, and leave with the
                  next `send`.
  drafts edit     Change the subject and the words of a draft; these are what is
                  sent.
  drafts discard  Nobody gets it: a draft, or a mail that waits in the outbox.
  ledger verify   Whether the ledger is whole: its chain, its cache, its file.
  ledger create   A first, empty ledger where there is none, as in a clone.
                  Never replaces one.
  ledger new      In place of a ledger that is lost for good; what was open is
                  lost with it.
  ledger move-account
                  The CRM has renamed or merged an account: what was its own
                  goes on; keys stay.
  ledger backup   A copy, also while others write; looked through before it is
                  put in place.
  ledger export   All of it as lines of JSON: every event, run and text, and
                  what is remembered.
  ledger import   A new ledger from its lines, where there is none; the same as
                  the one they came from.

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
