"""What nobody exports is unknown, not none: `contacts: null`, `sector: null` in `sources:`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.dry_run import dry_run
from cs_playbook.commands.facts_stage import stage_facts
from cs_playbook.commands.not_exported import told_not_exported
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import calendar_of, examine, look_into_ledger, open_snapshot
from cs_playbook.compile.asked import asked_of
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.answer import evaluate, truth
from cs_playbook.model.event import Started
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.report.plan import as_lines
from cs_playbook.report.snapshots import built_text
from tests.builders import FILES, MONDAY, World, account, contact, given, on, promise, small, tables, used
from tests.builders_plan import explain_screen
from tests.test_send import Post, mail, sent_by

SOURCES = FILES["sources.yaml"]
FAMILY = FILES["data.yaml"].replace(
    "    key: id\n    fields:\n", "    key: id\n    parent: sector\n    fields:\n", 1
)

MOVED = """playbook: moved
title: Another sector
why: They sell to others now.
status: live
owner: cs_ops
trigger: {when: "changed(sector, '14 days')", already_matching: start}
steps:
  - {id: look, task: Look, owner: csm}
"""

UNKEPT = "  unkept: {from: promises, where: kept_on is null, value: count(*)}\n"

# Acme has one promise, late by a day; Bolt has none. Unknown is None.
QUESTIONS: dict[str, tuple[bool | None, bool | None]] = {
    "has(contacts, not has_left)": (None, None),
    "not has(contacts)": (None, None),
    "number_of(contacts) = 0": (None, None),
    "total(usage.events) = 0": (None, None),
    "newest(usage.events) is null": (None, None),
    "events_now = 0": (None, None),
    "events_now is null": (None, None),
    "twice is not null": (None, None),
    "unkept = 0": (None, True),
    "sector is null": (None, None),
    "sector is not null": (None, None),
    "not strategic": (None, None),
    "strategic or arr > 1": (True, True),
    "strategic and arr < 1": (False, False),
    "has(contacts) or arr > 1": (True, True),
    "has(promises, due_on < today)": (True, False),
    "has(promises, kept_on is null)": (None, False),
    "has(promises, kept_on is null or due_on < today)": (True, False),
    "number_of(promises, kept_on is null) > 0": (None, False),
    "number_of(promises) = 1": (True, False),
    "has(promises, account.sector is null)": (None, False),
    "has(children)": (None, None),
    "parent.arr is null": (None, None),
    "arr is null": (False, False),
}


def without(*absent: str, sources: str = SOURCES) -> str:
    """The mapping in which nobody exports these: `contacts`, `accounts.sector`."""
    for name in absent:
        table, _, field = name.partition(".")
        line = next(one for one in sources.splitlines() if one.startswith(f"  {table}: "))
        new = line.replace(f"{field}: {field}", f"{field}: null", 1) if field else f"  {table}: null"
        assert new != line, name
        sources = sources.replace(line, new)
    return sources


def a_day(*, day: int = 0, **changes: object) -> dict[str, list[object]]:
    rows = tables([account("acme", **changes), account("bolt")], promises=[promise("p", "acme", on(-1))], usage=[used("acme", on(-1), day)])  # fmt: skip
    return {name: list(rows[name]) for name in rows}


def export(world: World, day: int = 0, **changes: object) -> None:
    world.export(a_day(day=day, **changes))  # type: ignore[arg-type]
    assert world.build(on(day)).manifest is not None


def test_both_readers_say_unknown_to_whatever_stands_on_it(tmp_path: Path) -> None:
    asked = "".join(f'  q{n}: {{value: "{text}"}}\n' for n, text in enumerate(QUESTIONS))
    signals = f"{FILES['signals.yaml'].rstrip()}\n  twice: {{value: 2 * events_now}}\n{UNKEPT}{asked}"
    sources = without("contacts", "usage", "accounts.sector", "accounts.strategic", "promises.kept_on")
    world = small(tmp_path, sources=sources, signals=signals, data=FAMILY)
    export(world)
    workspace, names = world.workspace, [f"q{n}" for n in range(len(QUESTIONS))]
    with open_snapshot(workspace, None) as snapshot, look_into_ledger(workspace) as ledger:
        reckoning = Reckoning(to_day(MONDAY), calendar_of(workspace.catalog.project.calendar))
        active = workspace.catalog.contract.active
        facts = asked_of([] if active is None else [active], names, workspace.catalog)
        stage = stage_facts(snapshot, facts, workspace.catalog, reckoning, ledger, MONDAY)
        cursor = stage.connection.execute("select * from temp.facts order by id")
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor]
    for name, (text, expected) in zip(names, QUESTIONS.items(), strict=True):
        value = workspace.catalog.signals[name].value
        assert tuple(truth(row[name]) for row in rows) == expected, f"SQL: {text}"
        assert tuple(truth(evaluate(value, row, reckoning)) for row in rows) == expected, f"Python: {text}"


def test_rules_that_ask_for_it_start_nothing_and_the_screens_say_why(tmp_path: Path) -> None:
    world = small(tmp_path, sources=without("contacts", "usage"))
    export(world, seats=3)
    assert [account for account, playbook, _ in _would_start(world)] == ["acme", "acme"]
    assert {playbook for _, playbook, _ in _would_start(world)} == {"few-seats", "promise-late"}
    screen = "\n".join(map(str, as_lines(dry_run(world.workspace, None), 200, True)))
    assert "not exported: contacts (1 playbook asks) · usage 2: unknown, nothing starts by it" in screen
    assert "events_now asks for what nobody exports: unknown for 2 accounts, nothing starts" in screen
    notes = [
        (f.span.line, f.severity.value, f.message, f.hint) for f in told_not_exported(world.workspace.catalog)
    ]
    assert notes == [
        (10, "note", "contacts are not exported: 1 playbook asks for them", "unknown there: few-seats"),
        (12, "note", "usage are not exported: 2 playbooks ask for them", "unknown there: few-seats, quiet"),
    ]


def _would_start(world: World) -> list[tuple[str, str, str]]:
    events = [event for event in world.planned(MONDAY) if isinstance(event, Started)]
    return sorted((event.account, event.playbook, event.arm) for event in events)


def test_whom_it_is_about_waits_however_long_until_it_is_exported_again(tmp_path: Path) -> None:
    calm = FILES["project.yaml"].replace("a_table_shrinks_by: 100%", "a_table_shrinks_by: 10%")
    world = small(tmp_path, project=calm)
    export(world)
    world.run(on(0))
    world.write("sources.yaml", without("promises"))
    with pytest.raises(StoppedOnPurpose, match="built by another contract"):
        open_snapshot(world.workspace, None)
    for day in (1, 30):
        export(world, day)
        world.run(on(day))
    assert world.enrollment("acme", "promise-late").is_open
    assert world.enrollment("acme", "promise-late").absent_since is None
    world.write("sources.yaml", SOURCES)
    world.export({"promises": [promise("p", "acme", on(-1), on(29))]})
    world.build(on(31))
    world.run(on(31))
    assert world.enrollment("acme", "promise-late").outcome == "kept"


def test_it_is_not_remembered_as_empty_so_its_first_day_is_no_change(tmp_path: Path) -> None:
    world = small(tmp_path, **{"playbooks/moved": MOVED})
    for day, sources in enumerate((without("accounts.sector"), SOURCES, SOURCES, SOURCES)):
        world.write("sources.yaml", sources)
        export(world, day, sector="health" if day < 3 else "law")
        world.run(on(day))
    assert [day for account, playbook, day in world.starts() if playbook == "moved"] == [3]


def test_stories_say_themselves_what_there_is(tmp_path: Path) -> None:
    told = (
        "tests: few-seats\ntoday: 2026-03-02\n"
        "accounts:\n  acme: {tier: high, status: active, seats: 3, csm_email: lea@vendor.example}\n"
        "contacts:\n  ada: {account: acme, roles: [champion], email: ada@acme.example}\n"
        "cases:\n  - name: A draft for the champion\n    runs:\n"
        "      - {day: 0, expect: {started: [acme]}}\n"
        "      - {day: 1, answers: {ask: product}, expect: {drafts: [{email: few-seats/hello, to: ada@acme.example}]}}\n"
    )
    world = small(tmp_path, sources=without("contacts"), **{"tests/few": told})
    assert run_stories(world.workspace).passed


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (without("accounts"), "accounts is the one table that must be exported"),
        (without("accounts.id"), "id is the key of accounts: it needs a column"),
        (without("usage.day"), "day is the day of its rows of usage: it needs a column"),
    ],
)
def test_without_some_of_it_there_is_no_snapshot(tmp_path: Path, sources: str, said: str) -> None:
    world = small(tmp_path)
    world.write("sources.yaml", sources)
    assert said in [finding.message for finding in examine(world.root).findings if finding.is_error]


def test_rows_cannot_belong_through_a_table_that_nobody_exports(tmp_path: Path) -> None:
    world = small(tmp_path)
    through = FILES["data.yaml"].replace("  usage:\n    account: account_id", "  usage:\n    account: {through: promises, by: account_id}")  # fmt: skip
    world.write("data.yaml", through)
    world.write("sources.yaml", without("promises"))
    said = [finding.message for finding in examine(world.root).findings if finding.is_error]
    assert "usage belong to an account through promises, which nobody exports" in said


def test_who_asks_for_it_to_be_active_is_warned(tmp_path: Path) -> None:
    data = FILES["data.yaml"].replace("active: status <> 'ended'", "active: sector <> 'none'")
    world = small(tmp_path, data=data, sources=without("accounts.sector"))
    (found,) = told_not_exported(world.workspace.catalog)
    assert (found.severity.value, found.message) == (
        "warn",
        "`active:` asks for accounts.sector, which nobody exports: no account may count as active",
    )


def test_a_snapshot_says_what_it_does_not_know(tmp_path: Path) -> None:
    world = small(tmp_path, sources=without("contacts", "accounts.sector"))
    export(world)
    manifest = open_snapshot(world.workspace, None).manifest
    assert manifest.not_exported == ("contacts", "accounts.sector")
    assert "contacts" not in manifest.counts
    assert "sector" not in dict(manifest.counts["accounts"].empties)
    assert "not exported, so unknown: contacts, accounts.sector" in built_text(manifest, tmp_path)


def opting_out(root: Path, said: str) -> World:
    """Mails leave by themselves; `said`: what sources.yaml says of contacts.opted_out."""
    data = FILES["data.yaml"].replace("has_left: boolean,", "has_left: boolean, opted_out: boolean,")
    sources = SOURCES.replace("has_left: has_left,", f"has_left: has_left, opted_out: {said},")
    playbook = FILES["playbooks/few-seats.yaml"].replace("send: draft", "send: auto")
    return small(root, data=data, sources=sources, **{"playbooks/few-seats": playbook})


def written_to_ada(world: World) -> None:
    there = [account("acme", seats=5, strategic="yes")]
    world.morning(on(0), given(*there, contacts=[contact("ada", "acme", first_name="Ada")]))
    world.done(world.task("acme", "ask"), "people", on(0))
    world.morning(on(1))


def test_nothing_leaves_by_itself_where_nobody_exports_who_opted_out(tmp_path: Path) -> None:
    world = opting_out(tmp_path, "null")
    written_to_ada(world)
    draft = world.task("acme", "write")
    assert (draft.sends, draft.owner) == ("", "lea@vendor.example")
    assert "sends it: contacts.opted_out is not" in explain_screen(world, "acme", "few-seats", on(1))
    (told,) = (found for found in told_not_exported(world.workspace.catalog) if found.code == "CSP776")
    assert told.message.endswith("is unknown: few-seats/hello, `send: auto`, becomes a draft")


def test_what_waits_in_the_outbox_stays_there_once_nobody_exports_who_opted_out(tmp_path: Path) -> None:
    world = opting_out(tmp_path, '{is: "no"}')
    written_to_ada(world)
    assert mail(world, "acme").sends == "auto"
    assert told_not_exported(world.workspace.catalog) == []
    world.write("sources.yaml", world.workspace.files.yaml["sources.yaml"].replace('{is: "no"}', "null"))
    world.build(on(2))
    result = sent_by(world, Post(), on(2))
    assert (result.moved, [waits.why for waits in result.waiting]) == (
        (),
        ["contacts.opted_out: not exported, so who opted out is unknown"],
    )
