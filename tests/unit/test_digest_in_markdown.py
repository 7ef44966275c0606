"""A digest, read by a Markdown viewer: each task is one item, its checklist inside, its answers below the checklist."""

from __future__ import annotations

from datetime import date

from markdown_it import MarkdownIt

from cs_playbook.model.line import TaskLine
from cs_playbook.report.task_lists import digest
from cs_playbook.values import replace

DAY = date(2026, 3, 2)
CALL = TaskLine(
    key="a000", state="open", account="acme", account_name="Acme", playbook="usage-drop",
    playbook_title="Usage drop", step="call", kind="task", title="Call Acme", owner="lea@vendor.example",
    owner_name="Léa", due=DAY, opened_on=DAY, minutes=30, outcomes=("agreed", "no_answer"),
    checklist=("Usage by team", "Open tickets"),
)  # fmt: skip


def shown(lines: list[TaskLine]) -> str:
    page = digest("Léa", DAY, lines, {line.key: line.key for line in lines})
    return str(MarkdownIt("commonmark").render(page))


def test_the_answers_do_not_belong_to_the_last_line_of_the_checklist() -> None:
    html = shown([CALL])

    assert "<li>[ ] Open tickets</li>" in html
    assert "<p>done with: agreed · no_answer  <code>a000</code></p>" in html


def test_the_tenth_task_and_those_after_it_keep_their_checklists() -> None:
    html = shown([replace(CALL, key=f"a{n:03}") for n in range(11)])

    assert html.count("<ol") == 1
    assert html.count("<ul>") == 11
