"""The starter library on its made-up portfolio: a column of the accounts export that comes empty moves nobody."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from cs_playbook.commands.people import Act
from cs_playbook.commands.run import Permission, StoppedByRule, plan_id
from cs_playbook.commands.traits import set_trait
from cs_playbook.commands.workspace import open_ledger, open_snapshot
from cs_playbook.model.event import Allowed, Ended, GoalMet, Started, StepOpened
from cs_playbook.plan.guards import ALLOWABLE
from cs_playbook.study.made_up import ACCOUNT_COLUMNS, FIRST_MORNING, exports
from tests.builders import NO_PERMISSION, World, library
from tests.portfolio import write_portfolio

TUESDAY = FIRST_MORNING + timedelta(1)
ACCOUNTS = "crm_accounts.csv"
KEY = "Account ID"
# What the exports leave empty for nearly everybody: little is left that could go missing.
MOSTLY_EMPTY = {"Parent Account", "Group", "Churned On"}

# Playbook → the account of the made-up portfolio that should enter it on Monday, where nobody has to be patient.
STORIES = {
    "handover": "Nimbus & Nettle",
    "onboarding": "Teasel & Twine",
    "hypercare": "Candlewick Hotels",  # its CSM says that it is live
    "first-value-missed": "Quillfeather Notaries",
    "adoption-review": "Hollow Oak Group",
    "renewal": "Larkspur Savings",
    "expansion-signal": "Lemon Street Market",
    "offboarding": "Harbour & Thyme",
    "usage-drop": "Marmalade Freight",
}

# An empty yes/no is no: who is high touch for that alone becomes tech touch, and is then written to as one of many.
YES_NO = {"Strategic": {"webinar-invitation"}}

# Nearly everybody fits these: without limits each of the runs below would take seconds more.
SLOW = {"adoption-review", "champion-change", "key-user-inactive", "payment-late"}


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Monday is run without limits and patience, people have answered all of it, and the exports of Tuesday lie there."""
    world = library(tmp_path_factory.mktemp("library") / "w")
    for path in (world.root / "playbooks").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = (
            line.replace(", for: 3 days", "")
            for line in text
            if path.stem in SLOW or not line.startswith("limits:")
        )
        path.write_text("".join(kept), encoding="utf-8")
    world.edit("playbooks/newsletter.yaml", "status: live", "status: draft")  # two hundred letters a time
    arrive(world, FIRST_MORNING)
    world.build(FIRST_MORNING)
    said = Act("marc@vendor.example", FIRST_MORNING, "2026-03-02T05:00:00Z")
    set_trait(world.workspace, "Candlewick Hotels", "live", "yes", "they said so", said)
    world.run(FIRST_MORNING)
    lines = world.lines(FIRST_MORNING)
    world.answer_list(
        [{**line, "outcome": one_answer(line["outcomes"], number)} for number, line in enumerate(lines)]
    )
    arrive(world, TUESDAY)
    return world


def one_answer(outcomes: str, number: int) -> str:
    """Another one each time."""
    found = outcomes.split(" | ")
    return found[number % len(found)]


def arrive(world: World, day: date) -> None:
    write_portfolio(world.root / "exports", day)


@pytest.fixture(scope="module")
def tuesday(monday: World, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, ...]]:
    """What happens on Tuesday when all is well."""
    world = monday.copy(tmp_path_factory.mktemp("well") / "w")
    world.edit("playbooks/newsletter.yaml", "status: draft", "status: live")
    world.build(TUESDAY)
    return on_tuesday(world)


def on_tuesday(world: World, permission: Permission = NO_PERMISSION) -> set[tuple[str, ...]]:
    """Starts, ends, goals and letters, each with its account."""
    known = len(world.events())
    world.run(TUESDAY, permission)
    return {said for event in world.events()[known:] if (said := told(event))}


def told(event: object) -> tuple[str, ...]:
    match event:
        case Started():
            return ("start", event.account, event.playbook)
        case Ended():
            return ("end", event.enrollment, event.outcome)
        case GoalMet():
            return ("goal", event.enrollment)
        case StepOpened(tasks=tasks) if any(task.kind == "email" for task in tasks):
            return ("letter", event.enrollment, event.step)
        case _:
            return ()


def blank(world: World, column: str) -> None:
    path = world.root / "exports" / ACCOUNTS
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ACCOUNT_COLUMNS)
        writer.writeheader()
        writer.writerows({**row, column: ""} for row in rows)


@pytest.mark.parametrize("playbook", STORIES)
def test_a_story_of_the_portfolio_enters_its_playbook(playbook: str, monday: World) -> None:
    with (monday.root / "exports" / ACCOUNTS).open(encoding="utf-8", newline="") as file:
        names = {row[KEY]: row["Account Name"] for row in csv.DictReader(file)}
    started = [event for event in monday.events() if isinstance(event, Started)]

    assert STORIES[playbook] in {names[event.account] for event in started if event.playbook == playbook}


def test_there_is_something_to_lose(tuesday: set[tuple[str, ...]]) -> None:
    assert {said[0] for said in tuesday} >= {"start", "end", "letter"}
    assert {said[2] for said in tuesday if said[0] == "start"} >= {"handover", "renewal"}


@pytest.mark.parametrize(
    ("name", "playbook"),
    [
        ("Tidewater Insurance", "detractor"),
        ("Paper Lantern Books", "detractor"),
        ("Juniper Lane Optics", "champion-change"),
        ("Quince & Kettle", "champion-change"),
        ("Tumbledown Toys", "champion-change"),
        ("Bramble & Finch", "key-user-inactive"),
        ("Peppermint Logistics", "payment-late"),
        ("Cobalt & Clover", "payment-late"),
        ("Gravel Bay Shipping", "at-risk"),
        ("Thimble & Thread", "welcome-series"),
        ("Clémentine Horlogers", "webinar-invitation"),
    ],
)
def test_an_account_with_a_story_enters_its_playbook_on_monday(
    name: str, playbook: str, monday: World
) -> None:
    accounts = csv.DictReader(exports(FIRST_MORNING)[ACCOUNTS])
    (key,) = [row[KEY] for row in accounts if row["Account Name"] == name]

    assert (key, playbook, 0) in monday.starts()


def test_the_newsletter_goes_out_on_the_first_tuesday(monday: World, tuesday: set[tuple[str, ...]]) -> None:
    accounts = csv.DictReader(exports(FIRST_MORNING)[ACCOUNTS])
    (key,) = [row[KEY] for row in accounts if row["Account Name"] == "Bellwether Cycles"]

    assert "newsletter" not in {playbook for _, playbook, _ in monday.starts()}
    assert ("start", key, "newsletter") in tuesday


def test_where_a_save_plan_begins_nobody_looks_for_another_cause(monday: World) -> None:
    in_save_plan = {account for account, playbook, _ in monday.starts() if playbook == "at-risk"}
    looked_into = {
        account for account, playbook, _ in monday.starts() if playbook in ("champion-change", "usage-drop")
    }

    assert in_save_plan
    assert in_save_plan & looked_into == set()


@pytest.mark.parametrize("column", [column for column in ACCOUNT_COLUMNS if column != KEY])
def test_a_blank_column_starts_ends_and_sends_nothing(
    column: str, monday: World, tuesday: set[tuple[str, ...]], tmp_path: Path
) -> None:
    world = monday.copy(tmp_path / "w")
    blank(world, column)
    world.build(TUESDAY)

    new = on_tuesday(world, let_pass(world)) - tuesday

    allowed = {event.rule for event in world.events() if isinstance(event, Allowed)}
    assert column in MOSTLY_EMPTY or "empty_cells_rise_by" in allowed
    assert {said for said in new if said[0] in ("end", "goal")} == set()
    assert {said[2] for said in new if said[0] == "start"} <= YES_NO.get(column, set())
    assert column in YES_NO or new == set()


def test_where_nobody_exports_what_came_back_on_mails_nothing_else_changes(
    monday: World, tuesday: set[tuple[str, ...]], tmp_path: Path
) -> None:
    world = monday.copy(tmp_path / "w")
    world.edit("playbooks/newsletter.yaml", "status: draft", "status: live")
    mapping = (world.root / "sources.yaml").read_text(encoding="utf-8")
    world.write("sources.yaml", mapping.partition("  mail_events:")[0] + "  mail_events: null\n")
    assert world.build(TUESDAY).manifest is not None

    assert on_tuesday(world, let_pass(world)) == tuesday


def let_pass(world: World) -> Permission:
    """What a person would have to say for this snapshot to be run, whatever stops it."""
    workspace = world.workspace
    with open_snapshot(workspace, TUESDAY) as snapshot, open_ledger(workspace, writing=False) as ledger:
        plan = plan_id(workspace, snapshot, ledger)
    return Permission(dict.fromkeys(ALLOWABLE, "blank"), "nora@vendor.example", plan)


def test_a_blank_column_stops_the_run_before_anything_is_done(monday: World, tmp_path: Path) -> None:
    world = monday.copy(tmp_path / "w")
    blank(world, "ACV")
    world.build(TUESDAY)
    before = (world.ledger.read_bytes(), world.published())

    with pytest.raises(StoppedByRule, match="empty_cells_rise_by"):
        world.run(TUESDAY)

    assert (world.ledger.read_bytes(), world.published()) == before


def test_without_the_column_of_keys_there_is_no_snapshot(monday: World, tmp_path: Path) -> None:
    world = monday.copy(tmp_path / "w")
    blank(world, KEY)

    built = world.build(TUESDAY)

    assert built.manifest is None
    assert [finding for finding in built.findings if finding.is_error]
