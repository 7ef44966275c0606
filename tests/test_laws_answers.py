"""What comes back from people: lists as spreadsheets save them, answers that contradict, rows that are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from cs_playbook.commands import begun_steps
from cs_playbook.commands.answer_day import answer_day
from cs_playbook.commands.looking import status
from cs_playbook.commands.people import Act, take_lists
from cs_playbook.commands.place import open_place
from cs_playbook.errors import ChoiceError
from cs_playbook.model.event import Ended, StartRefused, TaskAnswered
from cs_playbook.parse.catalog import read_pinned
from cs_playbook.report.status import status_text
from cs_playbook.source.finding import Finding
from tests.builders import World, account, contact, on, small, tables, used, write_csv

KEYS = ("acme", "bolt", "calm")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three accounts with a task each, on Monday."""
    world = small(tmp_path / "w")
    accounts = [account(key, seats=3) for key in KEYS]
    usage = [used(key, on(n), 1) for key in KEYS for n in range(-7, 9)]
    world.morning(on(0), tables(accounts, [contact("claire", "acme")], usage=usage))
    return world


def key(world: World, name: str) -> str:
    return world.task(name, "ask").key


def filled(world: World, **outcomes: str) -> list[dict[str, str]]:
    """The list of the day with outcomes filled in."""
    return [{**line, "outcome": outcomes.get(line["account"], "")} for line in world.lines(on(0))]


def answered(world: World) -> list[tuple[str, str, date, str, str]]:
    with_account = {
        task: item.account for name in KEYS for item in world.enrollments(name) for task in item.tasks
    }
    events = [event for event in world.events() if isinstance(event, TaskAnswered)]
    return [(with_account[event.task], event.outcome, event.on, event.by, event.note) for event in events]


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """file:line and message; none of them is an error that stops the rest."""
    assert not [finding for finding in findings if finding.is_error]
    return [(f"{finding.span.file}:{finding.span.line}", finding.message) for finding in findings]


@pytest.mark.parametrize(("title", "times"), [("Few seats", 0), ("Hardly any seats", 1)])
def test_the_lines_of_a_list_that_go_by_one_text_read_it_once_and_not_where_it_is_that_of_today(
    title: str, times: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(begun_steps, "read_pinned", lambda *text: read.append(text[1]) or read_pinned(*text))
    world.answer_list(filled(world, acme="product", bolt="season", calm="product"))
    world.edit("playbooks/few-seats.yaml", "title: Few seats", f"title: {title}")

    world.planned(on(0))

    assert len(read) == times


def test_a_returned_list_is_an_answer_once(world: World) -> None:
    world.answer_list(filled(world, acme="product", bolt="season"))

    first = world.run(on(0))
    second = world.run(on(0))

    assert answered(world) == [
        ("acme", "product", on(0), "lea@vendor.example", ""),
        ("bolt", "season", on(0), "lea@vendor.example", ""),
    ]
    assert (len(first.returned.answers), first.returned.findings) == (2, ())
    assert (second.nothing, second.returned.known, second.returned.findings) == (True, 2, ())
    assert world.task("acme", "write").contact == "claire"
    assert isinstance(world.events()[-1], Ended)


def test_the_same_list_under_two_names_is_one_answer(world: World) -> None:
    world.answer_list(filled(world, acme="product"), "a.csv")
    world.answer_list(filled(world, acme="product"), "b.csv")

    result = world.run(on(0))

    assert (len(answered(world)), result.returned.findings) == (1, ())


def test_by_note_and_day_of_the_list_are_kept(world: World) -> None:
    rows = filled(world, acme="people")
    rows[0] |= {"by": "sam@vendor.example", "note": "called at noon", "done_on": "2026-03-01"}
    world.answer_list(rows)

    world.run(on(0))

    assert answered(world) == [("acme", "people", date(2026, 3, 1), "sam@vendor.example", "called at noon")]


def test_rows_that_are_no_answer_are_told_and_the_rest_counts(world: World) -> None:
    rows = filled(world, acme="prodct", bolt="product", calm="season")
    by_account = {row["account"]: row for row in rows}
    by_account["bolt"]["done_on"] = "03/02/2026"
    world.answer_list(
        [*rows, {**rows[0], "key": "nobodys", "outcome": "product"}, {**rows[0], "key": "", "outcome": "x"}]
    )
    lines = {row["account"]: number for number, row in enumerate(rows, 2)}

    result = world.run(on(0))

    # A day that may be read in two ways takes nothing from the answer: it counts as given today.
    assert sorted(answer[:3] for answer in answered(world)) == [
        ("bolt", "product", on(0)),
        ("calm", "season", on(0)),
    ]
    assert told(result.returned.findings) == sorted(
        [
            (f"answers/lea.csv:{lines['acme']}", "'prodct' is none of this task's outcomes"),
            (f"answers/lea.csv:{lines['bolt']}", "'03/02/2026' in done_on could be read in several ways"),
            ("answers/lea.csv:5", "there is no task 'nobodys'"),
            ("answers/lea.csv:6", "there is no task ''"),
        ]
    )
    assert [finding.hint for finding in result.returned.findings if "prodct" in finding.message] == [
        "did you mean 'product'?"
    ]


@pytest.mark.parametrize(
    ("written", "counts", "doubt"),
    [
        ("2026-03-01", date(2026, 3, 1), ""),
        ("1.3.2026", date(2026, 3, 1), ""),
        ("28.02.2026", date(2026, 2, 28), ""),
        ("03/02/2026", on(0), "could be read in several ways"),
        ("31.2.2026", on(0), "is not a day"),
        ("last week", on(0), "is not a day"),
        ("2026-03-03", on(0), "has not come yet"),
        ("2024-03-02", on(0), "is far from today"),
    ],
)
def test_a_day_counts_that_is_clear_and_has_come(written: str, counts: date, doubt: str) -> None:
    assert answer_day(written, on(0)) == (counts, doubt)


def test_nobody_has_answered_tomorrow(world: World) -> None:
    world.answer_list([{**line, "done_on": "2026-04-20"} for line in filled(world, acme="product")])

    result = world.run(on(0))

    assert [answer[:3] for answer in answered(world)] == [("acme", "product", on(0))]
    ((_, message),) = told(result.returned.findings)
    assert message == "'2026-04-20' in done_on has not come yet"


def test_two_that_contradict_are_told_and_the_first_counts(world: World) -> None:
    world.answer_list(filled(world, acme="product"), "a.csv")
    world.answer_list(filled(world, acme="season"), "b.csv")
    line = next(number for number, row in enumerate(world.lines(on(0)), 2) if row["account"] == "acme")

    result = world.run(on(0))

    assert [answer[:2] for answer in answered(world)] == [("acme", "product")]
    ((place, message),) = told(result.returned.findings)
    assert place == f"answers/b.csv:{line}"
    assert message == "the same task is answered 'product' in answers/a.csv and 'season' here"


def test_a_list_that_contradicts_what_is_recorded_is_told(world: World) -> None:
    task = key(world, "acme")
    world.done(task, "people", on(0))
    world.answer_list([{"key": task, "outcome": "season"}])

    result = world.run(on(0))

    assert [answer[:2] for answer in answered(world)] == [("acme", "people")]
    assert told(result.returned.findings) == [
        ("answers/lea.csv:2", "the task was answered 'people' on 2026-03-02; here it says 'season'")
    ]


def test_an_answer_to_a_cancelled_task_is_told(world: World) -> None:
    world.answer_list([{"key": key(world, "acme"), "outcome": "season"}])
    world.stop("few-seats", "acme", on(0))

    result = world.run(on(0))

    assert told(result.returned.findings) == [
        ("answers/lea.csv:2", "the task was closed on 2026-03-02, because its playbook ended")
    ]


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(";", "utf-8"), (";", "utf-8-sig"), (",", "utf-8-sig"), ("\t", "utf-8"), ("\t", "utf-16")],
)
def test_lists_come_back_as_spreadsheets_save_them(separator: str, encoding: str, world: World) -> None:
    rows = filled(world, acme="product")
    write_csv(world.root / "answers" / "lea.csv", rows, tuple(rows[0]), separator, encoding)

    result = world.run(on(0))

    assert (len(answered(world)), result.returned.findings) == (1, ())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "answers/lea.csv:1 the list has no column 'key'"),
        ("Aufgabe;Ergebnis\nx;y\n", "answers/lea.csv:1 the list has no column 'key'"),
        ("key outcome\n{acme} product\n", "answers/lea.csv:1 the list has no column 'key'"),
        (
            'key,outcome\n{calm},season\n"{acme},product\n{bolt},product\n',
            "answers/lea.csv:3 from here on the list cannot be read",
        ),
        (
            "key,outcome\n{calm},season\nx," + 140_000 * "y" + "\n{acme},product\n",
            "answers/lea.csv:3 from here on the list cannot be read",
        ),
        (
            "key,outcome\n{calm},s\u00e9ason\n",
            "answers/lea.csv:2 's\u00e9ason' is none of this task's outcomes",
        ),
    ],
)
def test_a_list_that_cannot_be_read_stops_nobody(content: str, said: str, world: World) -> None:
    keys = {name: key(world, name) for name in KEYS}
    (world.root / "answers").mkdir()
    (world.root / "answers" / "lea.csv").write_text(content.format(**keys), encoding="utf-8")

    result = world.run(on(0))

    place, message = told(result.returned.findings)[0]
    assert f"{place} {message}".startswith(said)
    assert [answer[:2] for answer in answered(world)] == (
        [("calm", "season")] if "{calm},season" in content else []
    )


def test_a_list_saved_by_an_old_spreadsheet_is_read_and_told(world: World) -> None:
    (world.root / "answers").mkdir()
    text = f"key;outcome;note\n{key(world, 'acme')};product;caf\u00e9\n"
    (world.root / "answers" / "lea.csv").write_bytes(text.encode("cp1252"))

    (finding,) = told(world.run(on(0)).returned.findings)

    assert finding == (
        "answers/lea.csv:1",
        "the list is not UTF-8: it is read as a spreadsheet on Windows writes it",
    )
    assert answered(world) == [("acme", "product", on(0), "lea@vendor.example", "caf\u00e9")]


def test_rows_that_are_no_answer_are_told_in_the_digest_of_whose_list_it_was_and_by_status(
    world: World,
) -> None:
    rows = [{**line, "owner": "marc@vendor.example"} for line in filled(world, acme="prodct", bolt="season")]
    world.answer_list([*rows, {**rows[0], "key": "zzzz", "outcome": "product"}])

    world.run(on(0))

    digests = {path.split("/")[2]: text for path, text in world.published().items() if "digest.md" in path}
    assert "'prodct' is none of this task's outcomes (did you mean 'product'?)" in digests[
        "lea@vendor.example"
    ].decode("utf-8")
    assert "there is no task 'zzzz'" in digests["marc@vendor.example"].decode("utf-8")
    standing = status(open_place(world.root), datetime.combine(on(0), time(6), UTC))
    assert "! 2 rows of returned lists were not taken at the last run" in status_text(standing, on(0))


def test_a_doubtful_letter_or_day_costs_no_answer_and_is_not_counted_as_one(world: World) -> None:
    rows = [{**line, "done_on": "31.2.2026"} for line in filled(world, acme="product")]
    write_csv(world.root / "answers" / "lea.csv", rows, tuple(rows[0]), ";", "cp1252")

    result = world.run(on(0))

    assert len(answered(world)) == 1
    assert result.returned.findings
    assert result.returned.refused == ()


def test_a_workbook_is_told_and_what_programs_hide_is_not(world: World) -> None:
    folder = world.root / "answers"
    rows = filled(world, acme="product")
    write_csv(folder / "LEA.CSV", rows, tuple(rows[0]))
    for name in ("lea.xlsx", "~$lea.csv", "._lea.csv", "README.md"):
        (folder / name).write_bytes(b"PK\x03\x04\x00")
    (folder / "old.csv").mkdir()

    result = world.run(on(0))

    assert told(result.returned.findings) == [
        ("answers/lea.xlsx:1", "a workbook is no list: none of its answers is taken"),
        ("answers/old.csv:1", "this is a folder: none of its answers is taken"),
    ]
    assert [answer[:2] for answer in answered(world)] == [("acme", "product")]


def test_capitals_of_an_outcome_are_no_other_outcome(world: World) -> None:
    world.answer_list([{"key": key(world, "acme"), "outcome": "Product"}])

    assert world.run(on(0)).returned.findings == ()
    assert [answer[:2] for answer in answered(world)] == [("acme", "product")]


def test_lists_taken_at_once_are_the_same_answers(world: World) -> None:
    path = world.answer_list(filled(world, acme="product"))

    taken = take_lists(world.workspace, [path], Act("lea", on(0), "2026-03-02T09:00:00Z"))
    result = world.run(on(0))

    assert len(taken.answers) == 1
    assert (result.returned.known, len(answered(world))) == (1, 1)


def test_done_says_what_is_wrong_and_records_nothing(world: World) -> None:
    known = world.events()
    task = key(world, "acme")

    for words, outcome, message in [
        (task, "prodct", "'prodct' is none of its outcomes"),
        (task, None, "has several outcomes"),
        ("zzzz", "product", "there is no task 'zzzz'"),
        ("", "product", "'' is too short to name a task"),
    ]:
        with pytest.raises(ChoiceError, match=message):
            world.done(words, outcome, on(0))
    assert world.events() == known


def test_done_twice_is_once_and_another_outcome_is_refused(world: World) -> None:
    task = key(world, "acme")
    assert not world.done(task[:6], "product", on(0)).already
    assert world.done(task, "product", on(0)).already

    with pytest.raises(ChoiceError, match="was answered 'product' on 2026-03-02"):
        world.done(task, "season", on(0))
    assert len(answered(world)) == 1


def test_a_start_asked_for_is_made_once_or_refused_with_the_reason(world: World) -> None:
    with pytest.raises(ChoiceError, match="acme is in 'few-seats' since 2026-03-02"):
        world.ask("few-seats", "acme", on(0))
    with pytest.raises(ChoiceError, match="is started by its rule only"):
        world.ask("quiet", "acme", on(0))
    accounts = [
        *(account(name, seats=3) for name in KEYS),
        account("dull", arr=10),
        account("euro", seats=100),
    ]
    world.morning(
        on(1),
        tables(
            accounts,
            [contact("claire", "acme")],
            usage=[used(name, on(0), 1) for name in (*KEYS, "dull", "euro")],
        ),
    )

    world.ask("few-seats", "dull", on(1))
    world.ask("few-seats", "Euro", on(1))
    world.ask("few-seats", "euro", on(1))
    world.run(on(1))

    assert [(item.by, item.arm) for item in world.enrollments("euro")] == [("lea@vendor.example", "treated")]
    refused = [event for event in world.events() if isinstance(event, StartRefused)]
    assert [(event.account, event.why) for event in refused] == [
        ("dull", "it is not in the playbook's audience")
    ]
    assert world.run(on(1)).nothing
