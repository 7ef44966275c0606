"""Success plans: how they stand, what a run makes of them, what people see, and what customers never see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.plans import account_plan
from cs_playbook.model.event import StepEnded, TextChanged
from cs_playbook.model.expression import Name
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.plan_state import Mark, plan_now
from cs_playbook.model.success_plan import Kpi, Objective, Result, Standing, SuccessPlan
from cs_playbook.model.value import FieldType, Value, to_day
from cs_playbook.report import plan_page
from cs_playbook.source.finding import NOWHERE
from cs_playbook.study.plans import page_for_customer
from cs_playbook.values import replace
from tests.builders import World, account, contact, given, on, small

PLAN = """\
success_plan: acme-2026
title: Acme 2026
account: acme
owner: csm
agreed: {by: their COO, day: 2026-02-02}
objectives:
  - id: seats_used
    title: Every seat is used
    problem: Half of them are not
    kpis: [{kpi: seats, start: 0, target: 200}]
    milestones:
      - {id: kickoff, title: Kickoff held, due: 2026-03-06}
      - {id: in_time, title: Their first report, due: 2026-03-04, done_when: arr >= 50000}
      - {id: later, title: All are trained, due: 30 days before renewal_date, owner: customer}
    blockers: [{id: sso, what: no single sign-on, kind: material, due: 2026-03-03}]
"""


# --- how a plan stands ---


def plan(*objectives: Objective) -> SuccessPlan:
    return SuccessPlan("p", "", "acme", "csm", NOWHERE, agreed_on=on(0), objectives=objectives)


def ended(name: str, result: Result) -> Objective:
    return Objective(name, name, NOWHERE, result=result)


def halfway(name: str) -> Objective:
    fact = Name(name, type=FieldType.NUMBER)
    return Objective(name, name, NOWHERE, kpis=(Kpi(fact, 0, 100, NOWHERE),))


def now(*objectives: Objective, **values: Value):  # type: ignore[no-untyped-def]
    return plan_now(plan(*objectives), values, Reckoning(to_day(on(0))), {})


def test_achieved_counts_one_partly_half_and_what_was_cancelled_is_left_out() -> None:
    found = now(ended("a", Result.ACHIEVED), ended("b", Result.PARTLY), ended("c", Result.CANCELLED))

    assert (found.progress, found.status) == (0.75, Result.PARTLY)


def test_missed_counts_nothing() -> None:
    assert now(ended("a", Result.ACHIEVED), ended("b", Result.MISSED)).progress == 0.5
    assert now(ended("a", Result.MISSED)).status is Result.MISSED
    assert now(ended("a", Result.CANCELLED)).status is Result.CANCELLED


def test_objectives_at_50_60_and_70_make_60() -> None:
    found = now(halfway("a"), halfway("b"), halfway("c"), a=50, b=60, c=70)

    assert (found.progress, found.status) == (0.6, Standing.ON_TRACK)


def test_a_figure_that_is_not_known_is_not_zero() -> None:
    assert now(halfway("a"), halfway("b"), a=50).progress is None
    assert now(halfway("a"), ended("b", Result.CANCELLED), a=50).progress == 0.5


def test_a_kpi_may_go_down_and_stops_at_its_target() -> None:
    fact = Name("days", type=FieldType.NUMBER)
    objective = replace(halfway("days"), kpis=(Kpi(fact, 12, 5, NOWHERE),))

    assert [now(objective, days=days).objectives[0].kpis[0].progress for days in (13, 12, 8.5, 5, 4)] == [
        0,
        0,
        0.5,
        1,
        1,
    ]


# --- in a run ---


@pytest.fixture
def acme(tmp_path: Path) -> World:
    """Its plan was agreed a month ago."""
    world = small(tmp_path)
    world.write("plans/acme.yaml", PLAN)
    world.morning(on(0), given(account("acme")))
    return world


def open_lines(world: World) -> list[str]:
    going = world.enrollment("acme", "acme-2026")
    return sorted(task.step for task in going.open_tasks)


def test_a_tick_in_the_file_closes_the_open_line(acme: World) -> None:
    assert open_lines(acme) == ["in_time", "kickoff", "sso"]
    acme.edit("plans/acme.yaml", "due: 2026-03-06}", "due: 2026-03-06, done_on: 2026-03-02}")
    acme.morning(on(1), given(account("acme"), day=1))

    assert open_lines(acme) == ["in_time", "sso"]
    closed = [event for event in acme.events() if isinstance(event, StepEnded) and event.step == "kickoff"]
    assert [(event.on, event.outcome) for event in closed] == [(on(1), "done")]


def test_what_the_data_achieved_is_written_down_once_and_stays(acme: World) -> None:
    acme.morning(on(1), given(account("acme", arr=50000), day=1))
    acme.morning(on(2), given(account("acme", arr=100), day=2))

    ended_ = [event for event in acme.events() if isinstance(event, StepEnded) and event.step == "in_time"]
    assert [(event.on, event.by) for event in ended_] == [(on(1), "data")]
    found = account_plan(acme.workspace, "acme", None).line.now
    assert found is not None
    marks = {item.of.id: (item.mark, item.done_on) for item in found.objectives[0].milestones}
    assert marks["in_time"] == (Mark.DONE, on(1))


def test_a_second_run_of_the_day_does_nothing(acme: World) -> None:
    before = acme.events()
    acme.run(on(0))

    assert acme.events() == before


def test_whoever_is_named_gets_the_line(acme: World) -> None:
    acme.edit("plans/acme.yaml", "kind: material, due", "kind: material, owner: cs_ops, due")
    acme.morning(on(1), given(account("acme"), day=1))

    owners = {task.step: task.owner for task in acme.enrollment("acme", "acme-2026").open_tasks}
    assert (owners["sso"], owners["kickoff"]) == ("nora@vendor.example", "lea@vendor.example")


def test_an_edited_plan_moves_what_is_open(acme: World) -> None:
    acme.edit("plans/acme.yaml", "due: 2026-03-06}", "due: 2026-05-29}")
    acme.edit("plans/acme.yaml", "kind: material, due: 2026-03-03}", "kind: material, due: 2026-03-31}")
    acme.morning(on(1), given(account("acme"), day=1))

    assert [type(event) for event in acme.events() if isinstance(event, TextChanged)] == [TextChanged]
    assert open_lines(acme) == ["in_time", "kickoff", "sso"]


def test_a_milestone_taken_out_takes_its_line_along(acme: World, capsys: pytest.CaptureFixture[str]) -> None:
    acme.edit("plans/acme.yaml", "      - {id: kickoff, title: Kickoff held, due: 2026-03-06}\n", "")
    assert "CSP362" not in typed(acme, capsys, "validate")
    acme.morning(on(1), given(account("acme"), day=1))

    assert open_lines(acme) == ["in_time", "sso"]


def test_a_draft_does_nothing_and_an_ended_plan_calls_off_what_is_open(tmp_path: Path) -> None:
    world = small(tmp_path)
    world.write("plans/acme.yaml", PLAN.replace("agreed: {by: their COO, day: 2026-02-02}\n", ""))
    world.morning(on(0), given(account("acme")))
    assert not [item for item in world.enrollments("acme") if item.playbook == "acme-2026"]

    world.write("plans/acme.yaml", PLAN)
    world.morning(on(1), given(account("acme"), day=1))
    assert world.enrollment("acme", "acme-2026").is_open

    world.write("plans/acme.yaml", PLAN.replace("owner: csm\n", "owner: csm\nended: 2026-03-04\n", 1))
    world.morning(on(2), given(account("acme"), day=2))
    assert not world.enrollment("acme", "acme-2026").is_open


def test_a_plan_that_is_taken_away_calls_nothing_off_and_validate_says_so(
    acme: World, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (acme.root / "plans" / "acme.yaml").read_text(encoding="utf-8")
    acme.write("plans/bolt.yaml", PLAN.replace("acme", "bolt"))
    (acme.root / "plans" / "acme.yaml").unlink()

    assert "the file of 'acme-2026' is gone, and 1 open enrollment goes on" in typed(acme, capsys, "validate")
    acme.morning(on(1), given(account("acme"), day=1))
    assert open_lines(acme) == ["in_time", "kickoff", "sso"]
    acme.write("plans/acme.yaml", text)
    assert "CSP366" not in typed(acme, capsys, "validate")
    acme.write("plans/acme.yaml", text.replace("owner:", "\towner:"))
    said = typed(acme, capsys, "validate", leaves_with=1)
    assert ("CSP101" in said, "is gone" in said) == (True, False)  # a file with a mistake has not gone


def test_what_is_added_to_a_plan_that_is_over_opens_nothing_and_validate_says_so(
    acme: World, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.morning(on(1), given(account("acme", seats=200), day=1))
    assert acme.enrollment("acme", "acme-2026").outcome == "achieved"
    assert "CSP367" not in typed(acme, capsys, "validate")

    acme.edit(
        "plans/acme.yaml", "    blockers:", "      - {id: more, title: More, due: 2026-04-01}\n    blockers:"
    )

    assert "'acme-2026' ended on 2026-03-03 (achieved), and its file has changed since" in typed(
        acme, capsys, "validate"
    )
    acme.edit("plans/acme.yaml", "owner: csm\n", "owner: csm\nended: 2026-03-03\n")
    assert "CSP367" not in typed(acme, capsys, "validate")


def test_what_is_only_watched_waits_for_its_condition_and_for_no_day(
    acme: World, capsys: pytest.CaptureFixture[str]
) -> None:
    screens = [typed(acme, capsys, "explain", "acme", "acme-2026"), typed(acme, capsys, "history", "acme")]

    assert "waits until today >= " in " ".join(screens[0].split())
    assert not [screen for screen in screens if "2126" in screen]


# --- screens ---

SCREEN = """\
1 success plan · Wednesday 4 March 2026
behind 1

  Acme  behind  50 %  Their first report, 4 Mar 2026  1 day late  █████░░░░░ seats
  ? Acme: the handover does not say: objectives, problems, blockers, motivations, success, adoption,
  kpis, promised

cs-playbook plans show ACCOUNT   shows one; -o html=plan.html makes the page for the customer
"""


def typed(world: World, capsys: pytest.CaptureFixture[str], *words: str, leaves_with: int = 0) -> str:
    capsys.readouterr()
    assert run_app(["-C", str(world.root), *words]) == leaves_with
    return "".join(capsys.readouterr())


def test_the_plans_say_how_each_stands_and_what_comes_next(
    acme: World, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.morning(on(2), given(account("acme"), day=2))

    assert typed(acme, capsys, "--names", "plans") == SCREEN
    said = json.loads(typed(acme, capsys, "-o", "json", "plans"))["plans"][0]
    assert (said["status"], said["progress"], said["days_late"], said["next"]["milestone"]) == (
        "behind",
        0.5,
        1,
        "in_time",
    )
    assert len(said["missing"]) == 8


def test_an_account_that_is_not_there_is_named_with_what_is_meant(
    acme: World, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.edit("plans/acme.yaml", "account: acme", "account: acmee")

    assert "there is no account 'acmee' in the snapshot; did you mean 'acme'?" in typed(acme, capsys, "plans")
    assert "did you mean 'acme'?" in typed(acme, capsys, "plans", "show", "acmee", leaves_with=1)
    assert "CSP609" in typed(acme, capsys, "validate")


SECRETS = """\
handover: {promised: SECRET discount, blockers: {psychological: SECRET fear}}
stakeholders: [{name: SECRET Claire, role: SECRET, sentiment: bad, wants: SECRET}]
risks: [{id: silence, when: seats = 0, says: SECRET risk}]
meta: {crm: SECRET}
"""


def test_nothing_internal_is_on_the_page_for_the_customer(acme: World) -> None:
    hidden = """\
    motivation: {kind: psychological, says: SECRET ambition}
    success: {says: two hundred people, deadline: 2026-12-31}
"""
    text = PLAN.replace("    kpis:", f"{hidden}    kpis:") + SECRETS
    text = text.replace(
        "blockers: [",
        "blockers: [{what: SECRET feud, kind: psychological}, {what: SECRET price}, {what: SECRET server, kind: material, internal: true}, ",
    )
    text = text.replace("title: All are trained,", "title: SECRET upsell, internal: true,")
    acme.write("plans/acme.yaml", text)
    found = account_plan(acme.workspace, "acme", None)

    page = page_for_customer(found)
    for made in (plan_page.as_markdown(page), plan_page.as_html(page), plan_page.as_json(page)):
        assert "SECRET" not in made
        assert "csm" not in made
        assert [
            said for said in ("Kickoff held", "no single sign-on", "two hundred people") if said not in made
        ] == []


def test_what_a_customer_is_called_means_nothing_on_the_page(acme: World) -> None:
    acme.morning(on(1), given(account("acme", name="<b>*Acme*</b>"), day=1))
    page = page_for_customer(account_plan(acme.workspace, "acme", None))

    assert "<b>" not in plan_page.as_html(page)
    assert "<b>" not in plan_page.as_markdown(page)


# --- new ---

TEMPLATE = """\
success_plan: first-year
title: The first year
template: true
owner: csm
handover: {objectives: "What do they want?", blockers: {financial: "Who pays?"}}
objectives:
  - {id: used, title: It is used, kpis: [{kpi: seats, start: 0, target: 200}, {kpi: arr, start: 0, target: 90000}]}      # as agreed
"""
MADE = """\
success_plan: mine
title: "Acme: The first year"
account: acme      # Acme, arr 48000, renewal_date 2026-12-31, csm_email lea@vendor.example
template: first-year
# Until they have agreed it is a draft, and nothing of it becomes a task. Then say who, and when:
# agreed: {by: , day: 2026-03-02}
owner: csm
handover:                  # plan.missing counts what has no answer
  # What do they want?
  objectives:
  blockers:
    # Who pays?
    financial:
stakeholders:              # how do they feel about it, what would they gain?  sentiment: good, neutral, bad; wants: …
  - {name: Claire, role: champion}
objectives:
  - {id: used, title: It is used, kpis: [{kpi: seats, start: 100, target: 200}, {kpi: arr, start: 48000, target: 90000}]}      # as agreed
"""


def test_a_new_plan_is_filled_with_what_the_snapshot_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = small(tmp_path)
    world.write("plans/first-year.yaml", TEMPLATE)
    world.morning(
        on(0),
        given(account("acme"), contacts=[contact("claire", "acme"), contact("tom", "acme", has_left="yes")]),
    )

    typed(world, capsys, "new", "success_plan", "mine", "--account", "Acme", "--template", "first-year")
    assert (world.root / "plans" / "mine.yaml").read_text(encoding="utf-8") == MADE
    found = account_plan(world.workspace, "acme", None).line
    assert found.now is not None
    assert (found.now.status, found.plan.missing) == (Standing.DRAFT, ("objectives", "blockers"))
    assert "has a success plan" in typed(
        world, capsys, "new", "success_plan", "--account", "acme", leaves_with=1
    )


def test_a_contact_may_have_one_role_as_a_plain_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = small(tmp_path)
    world.write("plans/first-year.yaml", TEMPLATE)
    world.edit("data.yaml", "roles: list", "roles: text")
    world.edit("team.yaml", "'champion' in roles", "roles = 'champion'")
    people = [contact("claire", "acme"), contact("tom", "acme", roles="")]
    world.morning(on(0), given(account("acme"), contacts=people))

    typed(world, capsys, "new", "success_plan", "mine", "--account", "acme", "--template", "first-year")

    said = (world.root / "plans" / "mine.yaml").read_text(encoding="utf-8")
    assert "stakeholders:" in said
    assert [line for line in said.splitlines() if "name:" in line] == ["  - {name: Claire, role: champion}"]


def test_a_new_plan_is_sound_whatever_the_customer_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = small(tmp_path)
    world.write("plans/first-year.yaml", TEMPLATE)
    name = 'Acme\u202e: [x] # "y" {{ account.arr }}\u200b'
    people = [contact("claire", "acme", first_name="Cl\u200baire, {x}: #")]
    world.morning(on(0), given(account("acme", name=name), contacts=people))

    typed(world, capsys, "new", "success_plan", "mine", "--account", "acme", "--template", "first-year")

    plan = account_plan(world.workspace, "acme", None).line.plan
    assert plan.title == 'Acme: [x] # "y" { { account.arr }}: The first year'
    assert "Claire, {x}: #" in (world.root / "plans" / "mine.yaml").read_text(encoding="utf-8")


def test_a_new_plan_needs_an_account_and_a_template_that_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = small(tmp_path)
    world.morning(on(0), given(account("acme")))

    assert "no template" in typed(world, capsys, "new", "success_plan", "--account", "acme", leaves_with=1)
    world.write("plans/first-year.yaml", TEMPLATE)
    said = typed(
        world, capsys, "new", "success_plan", "--account", "acme", "--template", "frst-year", leaves_with=1
    )
    assert "did you mean 'first-year'?" in said
    assert "acme" in typed(world, capsys, "new", "success_plan", "--account", "akme", leaves_with=1)
    assert "ACCOUNT" in typed(world, capsys, "new", "playbook", "x", "--account", "acme", leaves_with=2)
