"""Traits and notes: a person's word counts at once, a step's from the next day on; nobody is told twice."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.people import Act
from cs_playbook.commands.planning import Sources, prepare
from cs_playbook.commands.traits import Said, set_trait
from cs_playbook.commands.workspace import calendar_of, look_into_ledger, open_snapshot
from cs_playbook.errors import ChoiceError
from cs_playbook.model.event import Notified, TraitSet
from cs_playbook.plan.decision import Change
from tests.builders import World, account, given, on, small

TRAITS = """\
traits:
  at_risk: {type: boolean, owner: csm}
  sentiment: {values: [good, neutral, bad], expires_after: 5 days}
  score: {type: number}
  promised_on: {type: date}
"""


def playbook(name: str, when: str, steps: str) -> str:
    return f"""\
playbook: {name}
title: Made for a test
why: To see what is said.
status: live
owner: cs_ops
trigger: {{when: {when}, already_matching: start}}
steps:
{steps}
"""


def world(root: Path, **playbooks: str) -> World:
    made = small(root)
    made.write("traits.yaml", TRAITS)
    project = made.root / "project.yaml"
    channels = "channels: {cs-risk: {webhook_from_environment: CS_RISK_WEBHOOK}}\n"
    project.write_text(project.read_text(encoding="utf-8") + channels, encoding="utf-8")
    for name, text in playbooks.items():
        made.write(f"playbooks/{name}.yaml", text)
    return made


def build(made: World, day: int, *accounts: dict[str, object]) -> None:
    made.export(given(*accounts, day=day))
    assert made.build(on(day)).manifest is not None


def say(made: World, name: str, value: str | None, day: int, by: str = "lea@vendor.example") -> Said:
    act = Act(by, on(day), f"{on(day).isoformat()}T07:00:00Z")
    return set_trait(made.workspace, "acme", name, value, "", act)


# --- set by a step ---


def setting(name: str, value: str) -> str:
    return playbook(name, "id = 'acme'", f"  - {{id: flag, set: {{sentiment: {value}}}}}")


def test_of_two_playbooks_the_same_one_has_the_last_word_whatever_their_order(tmp_path: Path) -> None:
    day = given(account("acme", seats=30))
    standing = set()
    for number, priority in enumerate(("urgent", "low")):
        made = world(tmp_path / str(number), one=setting("one", "good"), two=setting("two", "bad"))
        made.edit("playbooks/one.yaml", "status: live", f"status: live\npriority: {priority}")
        made.morning(on(0), day)
        notes = [note for note in noted(made, 0) if note]
        standing.add(json.dumps([value_of(made, "sentiment", 1), notes]))
    assert len(standing) == 1


def value_of(made: World, trait: str, day: int) -> object:
    with look_into_ledger(made.workspace) as ledger:
        found = next(ledger.said_of(trait, None, on(day), "acme"), None)
        return found.value if found else None


def noted(made: World, day: int) -> list[str]:
    """The notes of traits that a plan sets, had nothing been run yet."""
    (made.ledger).unlink()
    run_app(["-C", str(made.root), "ledger", "create"])
    with look_into_ledger(made.workspace) as ledger, open_snapshot(made.workspace, on(day)) as snapshot:
        calendar = calendar_of(made.workspace.catalog.project.calendar)
        morning = prepare(Sources(made.workspace.catalog, made.workspace.around, snapshot, ledger, calendar))
        return sorted(
            decision.note
            for plan in morning.plans()
            for decision in plan.decisions
            if isinstance(decision, Change)
            and isinstance(decision.event, TraitSet)
            and decision.event.account == "acme"
        )


def test_who_does_not_have_the_last_word_is_noted_in_the_plan(tmp_path: Path) -> None:
    made = world(
        tmp_path, one=setting("one", "good"), two=setting("two", "bad"), three=setting("three", "bad")
    )
    made.morning(on(0), given(account("acme", seats=30)))
    notes = noted(made, 0)
    # Two of them say the same: only who says otherwise is overruled.
    last = "sets it today as well and has the last word"
    assert [note for note in notes if note] in (
        [f"two › flag {last}"],
        [f"three › flag {last}"],
        [f"one › flag {last}"] * 2,
    )


def test_what_a_step_sets_starts_another_playbook_the_next_day_and_never_on_a_second_run(
    tmp_path: Path,
) -> None:
    made = world(
        tmp_path,
        zz=playbook("zz", "id = 'acme'", "  - {id: flag, set: {at_risk: true}}"),
        aa=playbook("aa", "at_risk", "  - {id: call, task: Call, owner: csm}"),
    )
    day = given(account("acme", seats=30))
    made.morning(on(0), day)
    assert made.run(on(0)).nothing
    assert ("acme", "aa", 0) not in made.starts()
    made.morning(on(1), given(account("acme", seats=30), day=1))
    assert ("acme", "aa", 1) in made.starts()
    assert made.wrong() == []


# --- set by hand ---


def test_a_persons_word_counts_on_the_same_day(tmp_path: Path) -> None:
    made = world(tmp_path, aa=playbook("aa", "at_risk", "  - {id: call, task: Call, owner: csm}"))
    build(made, 0, account("acme", seats=30))
    said = say(made, "at_risk", "yes", 0)
    assert (said.event.value, said.before, said.already, said.later) == (True, None, False, None)
    made.run(on(0))
    assert ("acme", "aa", 0) in made.starts()
    assert made.wrong() == []


def test_a_word_of_today_counts_in_the_plan_of_yesterdays_snapshot(tmp_path: Path) -> None:
    made = world(tmp_path, aa=playbook("aa", "at_risk", "  - {id: call, task: Call, owner: csm}"))
    build(made, 0, account("acme", seats=30))
    say(made, "at_risk", "yes", 1)
    assert any(type(event).__name__ == "Started" for event in made.planned(on(0)))


def test_the_same_word_twice_is_one_word(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.morning(on(0), given(account("acme", seats=30)))
    say(made, "score", "3", 0)
    assert say(made, "score", "3.0", 0).already
    assert sum(isinstance(event, TraitSet) for event in made.events()) == 1


def test_who_says_something_of_an_earlier_day_reads_that_a_later_word_stands(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.morning(on(0), given(account("acme", seats=30)))
    say(made, "sentiment", "good", 2)
    late = say(made, "sentiment", "bad", 1)
    assert late.later is not None
    assert late.later.value == "good"
    assert value_of(made, "sentiment", 3) == "good"


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("at_rsk", "yes", "there is no trait 'at_rsk'"),
        ("seats", "5", "'seats' is a field of accounts: it comes with the snapshot"),
        ("tier", "high", "'tier' is given by rules: an exception has an end"),
        ("sentiment", "bda", "'sentiment' is never 'bda'"),
        ("at_risk", "perhaps", "'at_risk' is yes or no, and 'perhaps' is neither"),
        ("score", "many", "'score' is a number, and 'many' is none"),
        ("score", "nan", "'score' is a number, and 'nan' is none"),
        ("promised_on", "2/3/2026", "'promised_on' is a date, and '2/3/2026' is none"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_sentence(
    trait: str, value: str, message: str, tmp_path: Path
) -> None:
    made = world(tmp_path)
    made.morning(on(0), given(account("acme", seats=30)))
    with pytest.raises(ChoiceError) as refused:
        say(made, trait, value, 0)
    assert refused.value.args[0] == message
    assert not any(isinstance(event, TraitSet) for event in made.events())


def test_a_persons_word_of_the_same_day_stands_over_a_steps_and_the_plan_says_so(tmp_path: Path) -> None:
    made = world(tmp_path, one=setting("one", "good"))
    build(made, 0, account("acme", seats=30))
    say(made, "sentiment", "bad", 0)
    with look_into_ledger(made.workspace) as ledger, open_snapshot(made.workspace, on(0)) as snapshot:
        calendar = calendar_of(made.workspace.catalog.project.calendar)
        morning = prepare(Sources(made.workspace.catalog, made.workspace.around, snapshot, ledger, calendar))
        decisions = [decision for plan in morning.plans() for decision in plan.decisions]
    notes = [d.note for d in decisions if isinstance(d, Change) and isinstance(d.event, TraitSet)]
    assert notes == ["a person has set it today: their word stands"]
    made.run(on(0))
    assert value_of(made, "sentiment", 1) == "bad"


# --- told ---

TELLS = playbook(
    "tells",
    "id = 'acme'",
    '  - {id: a, notify: cs-risk, says: "{{ account.name }} has {{ account.seats }} seats"}\n'
    "  - {id: b, notify: csm}",
)


def test_a_note_stands_in_the_files_of_its_day_once_also_where_it_is_the_last_step(tmp_path: Path) -> None:
    made = world(tmp_path, tells=TELLS)
    made.morning(on(0), given(account("acme", name="Acme *1*", seats=30)))
    first = made.published()
    day = on(0).isoformat()
    page = first[f"{day}/channels/cs-risk.md"].decode()
    assert "Acme \\*1\\* has 30 seats" in page
    (line,) = first[f"{day}/channels/cs-risk.jsonl"].decode().splitlines()
    note = json.loads(line)
    assert (note["format_version"], note["channel"], note["account"]) == (1, "cs-risk", "acme")
    assert note["text"] == "Acme *1* has 30 seats"
    digests = [text.decode() for path, text in first.items() if path.endswith("digest.md")]
    assert sum("For your information" in text for text in digests) == 1
    assert made.enrollment("acme", "tells").ended_on == on(0)

    say(made, "score", "3", 0)  # people act, so the day is published anew
    made.run(on(0))
    again = made.published()
    assert again[f"{day}/channels/cs-risk.jsonl"] == first[f"{day}/channels/cs-risk.jsonl"]
    assert sum(isinstance(event, Notified) for event in made.events()) == 2

    made.morning(on(1), given(account("acme", seats=30), day=1))
    tomorrow = (on(0) + timedelta(days=1)).isoformat()
    assert not any(path.startswith(f"{tomorrow}/channels") for path in made.published())


def test_run_and_status_say_that_send_posts_to_channels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world(tmp_path, tells=TELLS)
    build(made, 0, account("acme", seats=30))
    command = ["-C", str(made.root), "--as-of", on(0).isoformat()]
    for word in ("run", "status"):
        capsys.readouterr()
        assert run_app([*command, word]) == 0
        assert "for channels: cs-playbook send posts them" in " ".join(
            capsys.readouterr().out.replace(" in channels/:", ":").split()
        )


def test_the_screens_say_what_was_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = world(tmp_path, one=setting("one", "good"), tells=TELLS)
    build(made, 0, account("acme", name="Acme", seats=30))
    command = ["-C", str(made.root), "--as-of", on(0).isoformat()]

    def typed(*words: str) -> str:
        capsys.readouterr()
        assert run_app([*command, *words]) == 0
        return " ".join(capsys.readouterr().out.split())

    assert "@ tell 2" in typed("dry-run")
    assert "cs-risk 1" in typed("dry-run")
    assert "sentiment 1 · others see it tomorrow" in typed("dry-run")
    assert typed("set", "Acme", "at_risk", "yes", "--because", "they said so").startswith(
        "acme · at_risk: yes"
    )
    typed("run")
    assert "at_risk yes since" in typed("explain", "acme")
    assert "at_risk is now yes" in typed("history", "acme")
    assert "they said so" in typed("history", "acme")
    assert "one › flag: done" in typed("history", "acme") or "sentiment is now good" in typed(
        "history", "acme"
    )
    command = ["-C", str(made.root), "--as-of", on(6).isoformat()]
    build(made, 6, account("acme", name="Acme", seats=30))
    assert "good expired on" in typed("explain", "acme")
