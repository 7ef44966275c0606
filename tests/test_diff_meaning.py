"""Two sets of files → what changed in meaning: all of it, and nothing else."""

from __future__ import annotations

from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from cs_playbook.commands.workspace import open_workspace
from cs_playbook.model.catalog import Catalog
from cs_playbook.parse.catalog import read_catalog
from cs_playbook.report.difference_words import rows_of, shortened
from cs_playbook.source.tree import Mapping
from cs_playbook.study.changes import Changes, Edit, changes
from tests.builders import FILES, SMALL
from tests.real_playbooks.spoiling import changes as spoilt
from tests.real_playbooks.spoiling import written

SEATS = "playbooks/few-seats.yaml"
LETTER = "emails/few-seats/hello/en.md"


def test_comments_layout_and_the_order_of_keys_change_nothing() -> None:
    other = {path: other_layout(text) if path.endswith(".yaml") else text for path, text in FILES.items()}

    assert other != FILES
    assert changes(catalog(FILES), catalog(other)).is_empty


def test_a_file_that_was_moved_is_no_change() -> None:
    moved = {("x/y.yaml" if path == SEATS else path): text for path, text in FILES.items()}

    assert changes(catalog(FILES), catalog(moved)).is_empty


def test_a_line_of_conditions_may_be_written_in_several_ways() -> None:
    assert compared("audience: tier = 'high'", "audience: {all: [tier='high']}").is_empty
    assert compared("seats < 10, because", "(seats  <  10), because").is_empty


def test_every_rule_that_is_changed_is_noticed() -> None:
    before, silent = catalog(FILES), []
    for change in list(spoilt(open_workspace(SMALL)))[::4]:  # all of them take four seconds
        assert isinstance(change.root, Mapping)
        after = read(FILES | {change.span.file: written(change.root)})
        if after is not None and changes(before, after).is_empty:
            silent.append(change.sentence)

    assert silent == []


def test_a_limit_is_said_before_and_now() -> None:
    assert said("seats < 10, because", "seats < 20, because") == ["trigger: seats < 10 → 20"]


def test_a_wait_is_said_with_its_unit_once() -> None:
    assert said("wait: 3 days", "wait: 5 days") == ["reply: wait 3 → 5 days"]


def test_a_success_plan_is_told_once_and_in_its_own_words() -> None:
    """It is played as a playbook that nobody wrote."""
    folder = SMALL.parent / "plans"
    files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.yaml")}
    later = files["plans/acme.yaml"].replace("due: 2026-03-20", "due: 2026-04-20")

    (thing,) = changes(catalog(files), catalog(files | {"plans/acme.yaml": later})).things
    assert (thing.kind, thing.name, thing.is_played) == ("success plan", "acme-2026", True)


def test_the_limit_inside_of_any_is_said_alone() -> None:
    old, new = "any of (arr >= 60000; strategic)", "any of (arr >= 45000; strategic)"

    assert shortened(Edit(old, new)) == ("any of (…; arr >= 60000)", "45000")


def test_owners_outcomes_and_status_are_said() -> None:
    assert said(
        "status: live\nowner: cs_ops\npriority: high", "status: paused\nowner: csm\npriority: low"
    ) == [
        "status: live → paused",
        "owner: cs_ops → csm",
        "priority: high → low",
    ]
    assert said("outcomes: [product, people, season]", "outcomes: [product, people, season, price]") == [
        "ask: outcomes  → price"
    ]


def test_a_new_step_is_said_with_all_that_matters() -> None:
    step = "  - {id: again, task: Call again, owner: csm, due: 3 days, after: {call: no_answer}}\n"
    text = FILES[SEATS].rstrip() + "\n" + step

    (thing,) = changes(catalog(FILES), catalog(FILES | {SEATS: text})).things

    assert [row.after for row in rows_of(thing)] == [
        "task: Call again · owner csm · due 3 days · after call: no_answer"
    ]


def test_a_declared_rename_of_a_step_is_a_rename_wherever_it_is_named() -> None:
    text = FILES[SEATS].replace("id: ask", "id: talk").replace("{ask: [", "{talk: [")
    text += "changes: {renamed_steps: {ask: talk}}\n"

    (thing,) = changes(catalog(FILES), catalog(FILES | {SEATS: text})).things

    assert (dict(thing.renamed), thing.said, thing.new, thing.gone) == ({"ask": "talk"}, (), (), ())


def test_an_undeclared_rename_of_a_step_is_one_gone_and_one_new() -> None:
    text = FILES[SEATS].replace("id: ask", "id: talk").replace("{ask: [", "{talk: [")

    (thing,) = changes(catalog(FILES), catalog(FILES | {SEATS: text})).things

    assert (thing.gone, thing.new) == ((("steps", "ask"),), (("steps", "talk"),))


def test_a_playbook_with_its_old_name_under_formerly_is_the_same_for_others_too() -> None:
    files = FILES | {
        SEATS: FILES[SEATS].replace("playbook: few-seats", "playbook: seats-gone\nformerly: [few-seats]"),
        "playbooks/quiet.yaml": FILES["playbooks/quiet.yaml"].replace("'few-seats'", "'seats-gone'"),
    }

    (thing,) = changes(catalog(FILES), catalog(files)).things

    assert (thing.name, thing.formerly, thing.said) == ("seats-gone", "few-seats", ())


def test_letters_are_compared_line_by_line_and_a_moved_one_is_the_same() -> None:
    hello = FILES[LETTER]
    last = hello.rstrip().splitlines()[-1]
    changed = changes(catalog(FILES), catalog(FILES | {LETTER: hello.replace(last, "Bye")}))
    moved = {path.replace("few-seats/hello", "few-seats/good-day"): text for path, text in FILES.items()}
    moved[SEATS] = moved[SEATS].replace("few-seats/hello", "few-seats/good-day")

    assert [(thing.kind, thing.name) for thing in changed.things] == [("email", "few-seats/hello en")]
    assert changes(catalog(FILES), catalog(moved)).is_empty


def test_what_stands_in_a_file_that_had_errors_is_not_called_new() -> None:
    renewing = "playbooks/renewing.yaml"
    without = {path: text for path, text in FILES.items() if path != renewing}

    (thing,) = changes(catalog(without), catalog(FILES), frozenset([renewing])).things

    assert (thing.name, thing.how) == ("renewing", "unread")


def compared(before: str, now: str, path: str = SEATS) -> Changes:
    assert before in FILES[path]
    return changes(catalog(FILES), catalog(FILES | {path: FILES[path].replace(before, now)}))


def said(before: str, now: str) -> list[str]:
    """Every row of the one thing that changed."""
    (thing,) = compared(before, now).things
    rows = rows_of(thing)
    return [f"{row.where}: {row.says} {row.before} → {row.after}".replace(":  ", ": ") for row in rows]


def catalog(files: dict[str, str]) -> Catalog:
    found = read(files)
    assert found is not None
    return found


def read(files: dict[str, str]) -> Catalog | None:
    letters = {path: text for path, text in files.items() if path.endswith(".md")}
    found = read_catalog({path: text for path, text in files.items() if path not in letters}, letters)
    return None if any(finding.is_error for finding in found.findings) else found.catalog


def other_layout(text: str) -> str:
    """The same, with its keys the other way round below the first, no comments of theirs and one of ours."""
    return "# another day\n\n" + dumped(turned(YAML(typ="safe").load(text), top=1))


def turned(node: Any, top: int = 0) -> Any:
    if isinstance(node, dict):
        first, rest = list(node.items())[:top], list(node.items())[top:]
        return {key: turned(value) for key, value in (*first, *reversed(rest))}
    return [turned(item) for item in node] if isinstance(node, list) else node


def dumped(data: Any) -> str:
    writer, out = YAML(typ="rt"), StringIO()
    writer.width = 10_000
    writer.dump(data, out)
    return out.getvalue()
