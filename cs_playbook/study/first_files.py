"""A kind of file, a name and what a workspace has → the text to begin with: small, commented, and sound as it stands."""

from __future__ import annotations

from collections.abc import Mapping

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.value import FieldType

KINDS = ("playbook", "email", "signals", "traits", "segments", "scorecard", "kpis", "success_plan", "tests")
_USUAL_OWNERS = ("csm", "cs_ops")


def first_file(kind: str, name: str, catalog: Catalog) -> tuple[str, str] | None:
    """Path and text; None where the workspace lacks what every file of that kind needs (a role, a number)."""
    words = {
        "name": name,
        "word": name.replace("-", "_"),
        "key": catalog.contract.accounts.key or "id",
        "account": "{{ account.name }}" if catalog.contract.accounts.field("name") else "the account",
        "owner": _owner(catalog),
        "number": _number(catalog),
        "language": catalog.project.languages.default,
    }
    path, text = _PLACES[kind], _TEXTS[kind]
    if any(f"<{word}>" in text and not value for word, value in words.items()):
        return None
    return _filled(path, words), _filled(text, words)


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"<{word}>", value)
    return text


def _owner(catalog: Catalog) -> str:
    ours = [role.name for role in catalog.team.roles if not role.is_contact]
    return next((name for name in (*_USUAL_OWNERS, *ours) if name in ours), "")


def _number(catalog: Catalog) -> str:
    kinds = (FieldType.NUMBER, FieldType.INTEGER)
    return next((name for name, kind in catalog.facts.items() if kind in kinds and "." not in name), "")


_PLACES = {
    "playbook": "playbooks/<name>.yaml",
    "email": "emails/<name>/<language>.md",
    "signals": "signals/<name>.yaml",
    "traits": "traits/<name>.yaml",
    "segments": "segments/<name>.yaml",
    "scorecard": "scorecards/<name>.yaml",
    "kpis": "kpis/<name>.yaml",
    "success_plan": "plans/<name>.yaml",
    "tests": "tests/<name>.yaml",
}
_TEXTS = {
    "success_plan": """\
success_plan: <name>
title: <name>, in a few words                # what customers read on their page
template: true                               # plans are made from it: cs-playbook new success_plan --account … --template <name>
owner: <owner>                               # who looks after such a plan, and gets its tasks
review: every quarter
handover:                                    # the questions; each plan holds the answers, plan.missing counts what is open
  objectives: "What do they want to reach, in their own words?"
  problems: "What stands in the way today, and whom does it cost what?"
  blockers: "What could stop it: technically, in money, in people's heads?"
  promised: "What has been promised to them before they signed?"
objectives:
  - id: first
    title: "What shall be reached?"
    kpis:
      - {kpi: <number>, start: 0, target: 100}
    milestones:
      - {id: begun, title: "What is there first?", due: 2 weeks after agreed}
# risks:                                     # {when: …, playbook: …}, or {when: …, says: what is to be done then}
""",
    "playbook": """\
playbook: <name>
title: <name>, in a few words                # what colleagues read in lists
status: draft                                # nothing happens yet; then shadow (decides, tells nobody), then live
owner: <owner>                               # who looks after this playbook: a role of team.yaml
why: Why is this worth somebody's time? One or two sentences.
trigger:
  when:                                      # all of these; cs-playbook vocabulary lists what one may ask
    - <key> is null                          # fits nobody: say here for whom it starts
  started_by: [rule, <owner>]                # a person may start it too
  already_matching: skip                     # who fits on its first live day: start | skip
# exit:                                      # what ends it, wherever it stands
#   - {when: not paying, outcome: lost}
steps:
  - id: look
    task: Look at <account>
    owner: <owner>
    due: 2 business days
    minutes: 15
    checklist:
      - What is to be looked at first?
    outcomes: [fine, not_fine]
    ends: [fine]                             # this answer ends it, with that outcome
  - id: talk
    task: Speak with <account> and agree on one next step
    owner: <owner>
    due: 3 business days
    minutes: 45
    after: {look: not_fine}
""",
    "email": """\
---
subject: "One short question"
needs: []                                    # blanks that must be filled, e.g. contact.first_name; else a person gets a task
category: customer-success
---
Hello,

write it as you would say it: short, "I", one question.
""",
    "signals": """\
signals:
  # A named fact, defined once; cs-playbook vocabulary lists the fields and tables it may use. Counted from rows:
  #   open_tickets: {from: tickets, where: closed_on is null, value: count(*), says: tickets still open}
  <word>: {value: <key> is not null, says: what it tells in a few words}
""",
    "traits": """\
traits:
  # What people say of an account, or a step sets: cs-playbook set ACCOUNT <word> yes --because "…"
  <word>: {type: boolean, owner: <owner>, expires_after: 90 days, says: what it tells in a few words}
""",
    "segments": """\
segments: <word>
title: What these segments are for
first_match:                                 # the first whose condition says yes
  - {segment: first, title: Who comes first, when: <key> is null}       # say here who it is
  - {segment: others, title: Everybody else, when: otherwise}
""",
    "scorecard": """\
scorecard: <word>
title: What this score tells
scale: {from: 0, to: 100, good: high}
bands: [{band: red, below: 50}, {band: yellow, below: 75}, {band: green}]
missing: spread                              # its weight goes to the other measures; or: worst
groups:
  - group: first
    weight: 100                              # whole numbers
    measures:
      - {measure: <number>, weight: 1, points: [{at: 0, is: 0}, {at: 100, is: 100}]}       # a straight line between
""",
    "kpis": """\
kpis:
  # A figure of the portfolio; cs-playbook kpis shows it. What stays of what customers pay, between two snapshots:
  #   gross_retention: {retention: arr, as: gross, over: 12 months, of: paying}
  <word>: {share: <number> > 0, says: what it tells in a few words}
""",
    "tests": """\
tests: <name>
today: 2026-03-02                            # a Monday; time stands still
accounts:                                    # what you leave out is empty; any fact may be given directly
  acme: {}
cases:
  - name: Who does not fit is left alone
    todo: true                               # may fail as long as this stands here: say first what must happen
    runs:
      - {day: 0, expect: {started: []}}
""",
}
