"""The plan of a day as a screen: whole texts, every width, with names and with ids, and nothing a customer typed acts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cs_playbook.commands.dry_run import decisions
from cs_playbook.model.event import Event
from cs_playbook.model.expression import FieldType
from cs_playbook.plan.decision import Change, Subject, SubjectPlan
from cs_playbook.report.pieces import Cell, Column, fit, plain, shorten, table, wide, wrap
from cs_playbook.report.plan import as_json, as_jsonl, as_lines
from cs_playbook.report.run import as_text as run_text
from cs_playbook.report.values import limit_words, reason_words, short_amount, value_words
from cs_playbook.study.behind import Limit, Reason, Seen
from cs_playbook.values import names_of
from tests.builders import FILES, MONDAY, World, account, contact, on, small, tables
from tests.builders_plan import a_morning, planned, screen
from tests.unit.test_event_text import WRITTEN

FEW_SEATS = FILES["playbooks/few-seats.yaml"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = small(tmp_path / "small")
    world.export(a_morning())
    world.build(MONDAY)
    return world


def test_the_first_morning(world: World) -> None:
    assert (
        screen(world, width=100)
        == """\
Plan for Monday 2 March 2026      snapshot of today, built 06:00 · 5 accounts · files 1234567

  + start        3   few-seats 2 · promise-late 1 · ARR 138 k
  > advance      0
  ! late         0
  x end          0
  . held         0
  = shadow       1   renewing 1 · counted, nobody is told

  few-seats         2 new
                    first: Ask … what happened
    + Bolt       fewer than ten seats are left (9)           Marc  Tue 3
    + Acme       fewer than ten seats are left (3)           Léa   Tue 3
    ? seats is empty on 1 account: unknown, nothing starts
    ~ 1 account is one condition short                          cs-playbook explain --near few-seats

  promise-late      1 new
                    because row.kept_on is null and row.due_on < today
                    first: Tell … when it comes, promised for …
    + Calm · p1  row.kept_on empty · row.due_on 27 Feb 2026  Léa   Wed 4

  renewing          shadow: nobody is told · 1 new
    + Calm       days_until(renewal_date) between 0 and 90 (49 days, 20 Apr 2026)
    ~ 4 accounts are one condition short                         cs-playbook explain --near renewing

  quiet             nothing new
    ~ 1 fits, but not yet for 3 days
    ~ 4 accounts are one condition short                            cs-playbook explain --near quiet

  Minutes asked  by today  in 7 days  of their week
    Léa                 0         30
    Marc                0         15
    open tasks only; with promises and what comes next: cs-playbook capacity

Nothing was changed. cs-playbook run does this.
"""
    )


def test_a_later_morning_shows_what_goes_on_ends_and_is_late(world: World) -> None:
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "product", MONDAY)
    world.export({"promises": [{"id": "p1", "account_id": "calm", "due_on": on(-3), "kept_on": on(3)}]})
    world.build(on(4))

    assert (
        screen(world, on(4), width=100)
        == """\
Plan for Friday 6 March 2026      snapshot of today, built 06:00 · 5 accounts · files 1234567

  + start        1   quiet 1 · ARR 30 k
  > advance      1   1 draft
  ! late         1   1 told to Nora today
  x end          1   kept 1
  . held         0

  few-seats         nothing new · 1 goes on · 1 late
    > Bolt       ask: product → Look at the draft to Bob <bob@bolt.example> and send…   Marc  Tue 10
    ! Acme       3 days late, told to Nora: Ask Acme what happened                      Léa   Tue 3
    ? seats is empty on 1 account: unknown, nothing starts
    ~ 1 account is one condition short                          cs-playbook explain --near few-seats

  promise-late      nothing new · 1 ends
    x Calm · p1  kept: row.kept_on is not null (5 Mar 2026)

  renewing          shadow: nobody is told · nothing new
    ~ 4 accounts are one condition short                         cs-playbook explain --near renewing

  quiet             1 new
                    first: Look at …
    + Calm       nobody used it this week (0)                                           Léa   Tue 10
    ~ 2 accounts are one condition short                            cs-playbook explain --near quiet

  Minutes asked  by today  in 7 days  of their week
    Léa                15         30
    Marc                0         15
    open tasks only; with promises and what comes next: cs-playbook capacity

Nothing was changed. cs-playbook run does this.
"""
    )


def test_a_wait_that_begins_says_until_when(world: World) -> None:
    world.run(MONDAY)
    world.done(world.task("bolt", "ask"), "product", MONDAY)
    world.export(a_morning())
    world.build(on(1))
    world.run(on(1))
    world.done(world.task("bolt", "write"), "sent", on(1))
    world.export(a_morning())
    world.build(on(2))

    assert "    > Bolt  write: sent, then reply waits until 2026-03-07\n" in screen(world, on(2))


def test_the_second_look_of_a_day_says_that_nothing_is_left(world: World) -> None:
    world.run(MONDAY)

    assert screen(world).endswith("Nothing was changed, and a run would change nothing.\n")


def test_what_would_stop_a_run_stands_at_the_top(world: World) -> None:
    world.edit("project.yaml", "a_table_shrinks_by: 100%", "a_table_shrinks_by: 10%")
    world.run(MONDAY)
    world.export({"usage": []})
    world.build(on(1))

    text = screen(world, on(1))

    assert text.splitlines()[2:4] == [
        "! A run would do nothing of this:",
        "  the table usage shrank from 4 to 0 rows (−100 %); at most −10 % is allowed",
    ]
    assert text.endswith("Nothing was changed. cs-playbook run says how to go on.\n")


def test_held_starts_say_why(tmp_path: Path) -> None:
    limited = small(tmp_path / "small", **{"playbooks/few-seats": FEW_SEATS + "limits: {new_per_day: 1}\n"})
    limited.export(a_morning())
    limited.build(MONDAY)

    text = screen(limited)

    assert "  . held         1   over the limit 1\n" in text
    assert "  few-seats         1 new of at most 1 a day\n" in text
    assert "    . Bolt       at most 1 new a day\n" in text


def test_rows_of_a_returned_list_that_cannot_count_are_shown(world: World) -> None:
    world.run(MONDAY)
    world.answer_list([{"key": "zzz", "outcome": "product"}])

    assert (
        "  1 row of the returned lists needs a look\n    answers/lea.csv:2  there is no task 'zzz'\n"
        in screen(world)
    )


# --- names and ids ---


def test_with_ids_no_name_no_text_and_no_title_of_a_customer_is_shown(world: World) -> None:
    world.edit(
        "playbooks/few-seats.yaml", "when: {when: seats < 10,", "when: {when: seats < 10 and name <> 'x',"
    )

    text = screen(world, names=False)

    assert "    + bolt       fewer than ten seats are left (9)" in text
    assert [name for name in ("Acme", "Bolt", "Calm", "Dim", "Léa") if name in text] == []


def test_the_reason_of_all_is_said_once_where_there_is_no_room_on_each_line(world: World) -> None:
    world.edit(
        "playbooks/few-seats.yaml", "fewer than ten seats are left", "fewer than ten seats are left " * 3
    )

    narrow = screen(world, width=100)

    assert "                    because fewer than ten seats are left fewer than ten seats are left" in narrow
    assert "    + Bolt       9 " in narrow


def test_a_wide_terminal_shows_the_first_task_of_each(world: World) -> None:
    lines = screen(world, width=200).splitlines()

    bolt = next(line for line in lines if line.startswith("    + Bolt  "))
    assert "fewer than ten seats are left (9)  " in bolt
    assert "  Marc  Ask Bolt what happened  " in bolt
    assert [line for line in lines if line.strip().startswith("first:")] == []


# --- widths ---


@pytest.mark.parametrize("width", [80, 81, 99, 120, 200])
def test_no_line_is_wider_than_the_terminal(world: World, width: int) -> None:
    for name in ("acme", "bolt"):
        world.edit(
            "exports/accounts.csv", f",{name.title()},", f",{name.title()} 株式会社 {'und Söhne ' * 8},"
        )
    world.build(MONDAY)

    lines = plain(as_lines(planned(world), width, True)).splitlines()

    assert max(map(wide, lines)) <= width


# --- what customers typed ---


def test_letters_that_steer_a_terminal_never_reach_it(tmp_path: Path) -> None:
    hostile = small(tmp_path / "small")
    nasty = "Ac\x1b[31mme\u202e [/bold]\u2028next"
    hostile.export(tables([account("acme", name=nasty, seats=3)], [contact("claire", "acme")]))
    hostile.build(MONDAY)

    text = screen(hostile)

    assert "    + Ac[31mme [/bold]next  " in text
    assert [letter for letter in text if not letter.isprintable() and letter != "\n"] == []


# --- JSON ---


def test_json_holds_the_counts_the_names_and_the_values(world: World) -> None:
    found = json.loads(as_json(planned(world)))

    assert found["format_version"] == 1
    assert found["counts"]["start"] == {"few-seats": 2, "promise-late": 1}
    few = next(item for item in found["playbooks"] if item["playbook"] == "few-seats")
    assert few["rule"]["unknown"] == [{"what": "seats is empty", "accounts": 1, "not_exported": False}]
    assert few["first"]["start"][0] == {
        "account": "bolt",
        "name": "Bolt",
        "row": None,
        "about": None,
        "arr": 60000.0,
        "reason": {"text": "fewer than ten seats are left", "values": [{"name": "seats", "value": 9}]},
        "task": {
            "step": "ask",
            "title": "Ask Bolt what happened",
            "owner": "marc@vendor.example",
            "instead_of": None,
            "pool": None,
            "due": "2026-03-03",
            "repeats": None,
            "snoozed": None,
            "told": [],
        },
        "held": None,
    }


def test_json_without_names_has_none(world: World) -> None:
    text = as_json(planned(world), names=False)

    assert [name for name in ("Acme", "Bolt", "Calm", "Dim", "Léa") if name in text] == []


def test_who_stands_in_is_named_beside_whom(world: World) -> None:
    world.edit(
        "team.yaml",
        "{name: Marc,",
        "{name: Marc, away: [{from: 2026-03-01, to: 2026-03-06, cover: lea@vendor.example}],",
    )

    found = json.loads(as_json(planned(world)))

    few = next(item for item in found["playbooks"] if item["playbook"] == "few-seats")
    task = few["first"]["start"][0]["task"]
    assert (task["owner"], task["instead_of"]) == ("lea@vendor.example", "marc@vendor.example")
    bolt = next(text for text in screen(world, width=120).splitlines() if "Bolt" in text)
    assert "Léa for Marc" in bolt


def test_what_holds_something_is_named_with_its_day(world: World) -> None:
    world.edit("playbooks/few-seats.yaml", "priority: high", "priority: high\nholdout: 50%")

    found = json.loads(as_json(planned(world)))

    few = next(item for item in found["playbooks"] if item["playbook"] == "few-seats")
    assert few["first"]["held"][0]["held"] == {"by": "held out", "until": "2026-04-01"}


def test_a_note_is_told_without_its_sentence_where_names_are_not_to_be_seen(world: World) -> None:
    tell = "{id: tell, notify: cs_ops, says: '{{ account.name }} shrinks', after: start}"
    world.edit("playbooks/few-seats.yaml", "  - id: ask\n", f"  - {tell}\n  - id: ask\n    after: start\n")

    named, bare = (json.loads(as_json(planned(world), names=names)) for names in (True, False))

    def told(found: dict[str, Any]) -> dict[str, Any]:
        few = next(item for item in found["playbooks"] if item["playbook"] == "few-seats")
        return dict(few["first"]["tell"][0])

    assert told(named)["reason"]["text"] == "tell: Bolt shrinks"
    assert (told(bare)["reason"]["text"], told(bare)["task"]["told"]) == ("tell", ["nora@vendor.example"])


@pytest.mark.parametrize("event", [event for event, _ in WRITTEN], ids=lambda event: type(event).__name__)
def test_every_field_of_an_event_is_in_its_line_of_jsonl(event: Event) -> None:
    plan = SubjectPlan(Subject("acme", None, {}), (Change(event),), ())  # type: ignore[arg-type]

    (line,) = map(json.loads, as_jsonl([plan]))

    assert set(names_of(event)) <= line.keys()


def test_every_decision_is_a_line_of_jsonl(world: World) -> None:
    lines = [json.loads(line) for line in as_jsonl(decisions(world.workspace, MONDAY))]

    assert [(line["account"], line["decision"]) for line in lines] == [
        ("acme", "Started"),
        ("acme", "StepOpened"),
        ("bolt", "Started"),
        ("bolt", "StepOpened"),
        ("calm", "Started"),
        ("calm", "StepOpened"),
        ("calm", "Started"),
    ]


# --- words ---


@pytest.mark.parametrize(
    ("value", "kind", "unit", "words"),
    [
        (-0.45, FieldType.NUMBER, "ratio", "−45 %"),
        (-0.396, FieldType.NUMBER, "ratio", "−39.6 %"),
        (418_000, FieldType.NUMBER, "money", "418 k"),
        (1_234_567.8, FieldType.NUMBER, "money", "1.2 M"),
        (999_999, FieldType.NUMBER, "money", "1 M"),
        (950.4, FieldType.NUMBER, "money", "950"),
        (9600.0, FieldType.NUMBER, "", "9 600"),
        (0.00123, FieldType.NUMBER, "", "0.00123"),
        (-0.0, FieldType.NUMBER, "", "0"),
        (20_000, FieldType.DATE, "", "4 Oct 2024"),
        (1, FieldType.BOOLEAN, "", "yes"),
        (1, FieldType.INTEGER, "days", "1 day"),
        ('["champion","admin"]', FieldType.LIST, "", "champion, admin"),
        (None, FieldType.NUMBER, "ratio", "empty"),
    ],
)
def test_a_value_reads_as_people_write_it(value: object, kind: FieldType, unit: str, words: str) -> None:
    assert value_words(value, kind, unit).replace("\u00a0", " ") == words  # type: ignore[arg-type]


def test_two_windows_of_one_count_read_as_now_and_before() -> None:
    inside = (Seen("now", 55, FieldType.INTEGER), Seen("before", 100, FieldType.INTEGER, earlier_of="now"))
    change = Seen("change", -0.45, FieldType.NUMBER, "ratio", inside=inside)

    assert reason_words(Reason("people left", (change,))) == ("people left", "(−45\u00a0%: 55, was 100)")


@pytest.mark.parametrize(
    ("limit", "answer", "words"),
    [
        (Limit("least", 10, FieldType.INTEGER, "", 2), False, "2 short"),
        (Limit("most", 10, FieldType.INTEGER, "", 2), False, "2 over"),
        (Limit("least", 10, FieldType.INTEGER, "", 2), True, "2 to spare"),
        (Limit("most", -0.4, FieldType.NUMBER, "ratio", 0.15), False, "15 points over"),
        (Limit("least", 20_000, FieldType.DATE, "", 1), False, "1 day too early"),
        (Limit("least", 77.4, None, "", 22.4, reckoned=True), False, "limit 77.4, 22.4 short"),
    ],
)
def test_how_far_an_answer_is_from_flipping(limit: Limit, answer: bool, words: str) -> None:
    assert limit_words(limit, answer, value_is_hidden=False).replace("\u00a0", " ") == words


def test_amounts_are_short_and_have_no_currency() -> None:
    assert [short_amount(value).replace("\u00a0", " ") for value in (0, 999, 1000, 99_949, 2.5e9)] == [
        "0",
        "999",
        "1 k",
        "99.9 k",
        "2.5 G",
    ]


# --- pieces ---


def test_a_cell_gives_up_its_text_before_the_values_behind_it() -> None:
    assert fit(Cell("active users fell", "", "(55, was 100)"), 24) == "active us… (55, was 100)"


def test_wide_letters_count_for_two() -> None:
    assert (wide("株式"), wide("e\u0301"), shorten("株式会社", 5)) == (4, 1, "株式…")


def test_a_word_longer_than_a_line_is_cut_into_several() -> None:
    assert wrap("ab abcdefgh i", 4) == ["ab", "abcd", "efgh", "i"]


def test_a_table_narrows_only_the_columns_that_may_give_way() -> None:
    rows = [[Cell("yes"), Cell("one two three four"), Cell("9")], [Cell("no"), Cell("five"), Cell("10")]]

    text = plain(table(rows, [Column(), Column(6), Column(right=True)], 20))

    assert text == "  yes  one two     9\n       three\n       four\n  no   five       10\n"


def test_a_run_counts_what_is_held_as_the_dry_run_does() -> None:
    counts = {"event:Started": 2, "held:over the limit": 3, "held:left alone": 1, "held:not before": 6}

    said = run_text(MONDAY, counts, Path("out"), nothing=False, finished=0, answers=0)

    assert said.splitlines()[0] == "Monday 2 March 2026: 2 started, 4 held, 6 steps not before a later day"
