"""A number of playbooks → a workspace that holds as many: the starter library's words, one file of 85 lines each."""

from __future__ import annotations

import shutil
from pathlib import Path

from cs_playbook.effects.ledger import Ledger
from cs_playbook.source import shipped

LEDGER_ID = "00000000-0000-4000-8000-000000000000"


def workspace(root: Path, playbooks: int) -> Path:
    """The starter library with its own playbooks and stories replaced; signals, segments and team stay, and the letters they send."""
    shutil.copytree(shipped.playbooks(), root)
    for folder in ("playbooks", "tests", "documents", "plans"):
        shutil.rmtree(root / folder, ignore_errors=True)
    for letter in (root / "emails").glob("*/*"):
        if f"email: {letter.parent.name}/{letter.name}" not in _TEXT:
            shutil.rmtree(letter)
    (root / "playbooks").mkdir()
    for number in range(playbooks):
        (root / "playbooks" / f"play-{number:03}.yaml").write_text(playbook_text(number), encoding="utf-8")
    project = root / "project.yaml"
    text = project.read_text(encoding="utf-8").replace(
        "ledger: {path: data/ledger.db}", f"ledger: {{path: data/ledger.db, id: {LEDGER_ID}}}"
    )
    # A made-up portfolio starts in masses what a real one starts in trickles.
    project.write_text(
        text.replace("{more_than: 40, and_share: 10%}", "{more_than: 1000000, and_share: 100%}"),
        encoding="utf-8",
    )
    return root


def with_ledger(root: Path) -> Path:
    (root / "data").mkdir(mode=0o700, exist_ok=True)
    Ledger.create(root / "data" / "ledger.db", LEDGER_ID, "0", "2026-01-01T00:00:00Z")
    return root


def playbook_text(number: int) -> str:
    """A playbook of its own: other numbers, other words, the same shape."""
    text = _TEXT
    for mark, value in numbers_of(number).items():
        text = text.replace(mark, value)
    return text


def numbers_of(number: int) -> dict[str, str]:
    """What differs from playbook to playbook: mark → text."""
    return {
        "@number@": f"{number:03}",
        "@seats@": str(5 + number),
        "@share@": f"{0.30 + number % 500 / 1000:.3f}",
        "@fall@": f"{0.40 + number % 500 / 1000:.3f}",
        "@arr@": str(8_000 + number * 350),
        "@tickets@": str(1 + number % 4),
        "@days@": str(20 + number),
        "@from@": str(number * 17 % 840),
        "@to@": str(number * 17 % 840 + 60),
        "@tier@": ("'high', 'low'", "'high'", "'low', 'tech'")[number % 3],
        "@verb@": ("Ask", "Look", "Write", "Call", "Count")[number % 5],
    }


_TEXT = """\
playbook: play-@number@
title: Fewer people than before, case @number@
status: live
owner: cs_ops
priority: high
why: Who loses @fall@ of the active people is deciding something, and a question in week one can change it.
objective: Half of these accounts are back within @days@ days.
root_causes: [the champion has gone, a fault in the product, the value was never seen, case @number@]
false_alarms: [holidays and closing weeks, a migration that was planned]

audience:
  - tier in (@tier@)
  - lifecycle in ('adopting', 'nurturing', 'renewing')
  - arr >= @arr@
trigger:
  when:
    - paying
    - days_since(contract_start) between @from@ and @to@
    - licensed_seats >= @seats@
    - {when: active_users_before >= 2, because: with fewer people a single holiday looks like a fall}
    - any:
        - usage_change <= -@fall@
        - seat_use < @share@ and days_until(renewal_date) between 0 and @days@
        - open_urgent_tickets > @tickets@
  started_by: [rule, csm]
  already_matching: start
reentry: {days_after_end: @days@, at_most: 3}
limits: {new_per_day: 50, open_per_person: 400}
exit:
  - {when: not paying, outcome: lost}
goal: {when: active_users >= 0.9 * at_start(active_users_before), within: @days@ days, outcome: recovered}

steps:
  - id: find_cause
    task: "@verb@ what changed at {{ account.name }}"
    owner: csm
    due: 1 business day
    minutes: 30
    checklist:
      - "Usage by person over @days@ days: do all come less often?"
      - Did a team, an office or an administrator disappear?
      - Open tickets and the tone of the last three answers
    outcomes: [champion_left, product_problem, season, false_alarm]
    ends: [season, false_alarm]
    escalate: {when_late_by: 2 business days, tell: csm_manager}

  - id: fix_plan
    task: Agree with support on what gets fixed for {{ account.name }}, and by when
    owner: csm
    due: 2 business days
    minutes: 30
    after: {find_cause: product_problem}
  - id: write
    email: usage-drop/check-in
    to: {first_of: [champion, admins]}
    from: csm
    send: draft
    due: 1 business day
    after: {any: [fix_plan, {find_cause: champion_left}]}
  - id: reply
    wait: 5 business days
    until: newest(activities.happened_on, kind = 'email_in') >= steps.write.done_on
    after: {write: sent}
  - id: talk
    task: Speak with {{ account.name }} and agree on one next step
    about: best_contact
    owner: csm
    due: 2 business days
    minutes: 45
    outcomes: [agreed, unhappy, no_answer]
    done_when: [{when: "newest(activities.happened_on, kind = 'meeting') >= started_on", is: agreed}]
    after: {any: [reply, {write: [discarded, undeliverable]}]}

  - id: size
    decide:
      - {when: arr >= @arr@ * 2, is: big}
      - {when: otherwise, is: small}
    after: {talk: [unhappy, no_answer]}
  - id: rescue
    approve: Shall we offer {{ account.name }} a rescue plan?
    owner: csm_manager
    due: 2 business days
    after: {size: big}
"""


def effects_workspace(root: Path) -> Path:
    """One playbook that gives each account a task and a mail at once."""
    workspace(root, 0)
    (root / "playbooks" / "two-effects.yaml").write_text(_TWO_EFFECTS, encoding="utf-8")
    return root


_TWO_EFFECTS = """\
playbook: two-effects
title: A task and a letter for each
status: live
owner: cs_ops
trigger:
  when: arr >= 0
  started_by: [rule]
  already_matching: start
steps:
  - id: look
    task: Look at {{ account.name }}
    owner: csm
    due: 2 business days
    checklist: [Usage by person, Open tickets]
    after: start
  - id: write
    email: usage-drop/check-in
    to: {first_of: [champion, admins]}
    from: csm
    send: auto
    due: 2 business days
    after: start
"""
