"""`cs-playbook language`: a word is found as people say it, and its page is plain on a terminal."""

from __future__ import annotations

import pytest

from cs_playbook.check.reference_keys import everything, keys_of
from cs_playbook.check.reference_words import all_functions
from cs_playbook.commands.language import entries_of, ten_minutes
from cs_playbook.errors import ChoiceError
from cs_playbook.model.playbook import Status
from cs_playbook.report.language import as_lines
from cs_playbook.source.schema import KINDS, schema


def headings(word: str) -> list[str]:
    return [entry.partition("\n")[0] for entry in entries_of(word)]


def shown(markdown: str, columns: int = 100) -> list[str]:
    return ["".join(text for _, text in line) for line in as_lines(markdown, columns)]


def test_a_key_that_stands_in_several_places_is_told_for_each() -> None:
    assert headings("every") == ["### `every` · under `trigger` of `playbook:`", "### `every` · of a step"]


def test_a_key_with_what_it_stands_under_is_one() -> None:
    assert headings("trigger.every") == ["### `every` · under `trigger` of `playbook:`"]


def test_a_kind_and_a_function_are_found_with_and_without_their_signs() -> None:
    assert headings("signals:") == headings("signals")
    assert headings("newest()") == headings("newest") == ["### `newest` · a function of rows"]


@pytest.mark.parametrize(
    ("word", "heading"),
    [
        ("set_aside", "### `bad_rows` · of `sources:`"),
        ("kpi", "### `objective` · of `playbook:`"),
        ("urgent", "### `priority` · of `playbook:`"),
    ],
)
def test_a_word_without_an_entry_of_its_own_leads_to_the_one_that_tells_of_it(
    word: str, heading: str
) -> None:
    assert headings(word)[0] == heading


def test_every_key_function_and_status_is_found() -> None:
    keys = {key.name for kind in KINDS for key in everything(keys_of(kind, schema(kind)))}
    steps = {key.name for key in keys_of("step", schema("playbook")["definitions"]["step"])}

    for word in {*keys, *steps, *all_functions(), *Status} - {"meta"}:
        assert entries_of(word), word


def test_a_misspelt_word_is_told_what_was_meant() -> None:
    with pytest.raises(ChoiceError) as error:
        entries_of("hodlout")

    assert (error.value.sentence, error.value.hint) == (
        "the language has no word 'hodlout'",
        "did you mean 'holdout'?",
    )


def test_an_entry_ends_where_the_next_begins_and_not_in_its_example() -> None:
    (entry,) = entries_of("document file")

    assert "## What we do, who, until when\n```\n" in entry


def test_on_a_terminal_a_page_is_plain() -> None:
    markdown = "## A `word`\n\n*A fact;\nof two lines.*\n\nIt **is** *so*, see\n[there](there.md).\n\n```yaml\nkey: *x*\n```\n\n- `one` (text): a\n  line\n"

    assert shown(markdown) == [
        "A word", "", "A fact; of two lines.", "", "It is so, see there.", "", "    key: *x*", "",
        "- `one` (text): a line", "",
    ]  # fmt: skip


def test_paragraphs_keep_to_the_width_and_examples_are_not_broken() -> None:
    lines = shown(ten_minutes(), 80)

    assert [line for line in lines if len(line) > 80 and not line.startswith("    ")] == []
    assert "    playbook: empty-seats" in lines
