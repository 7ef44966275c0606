"""A letter that cannot be seen is one finding for every key and value that holds one, at the very letter."""

from __future__ import annotations

import pytest

from cs_playbook.source.tree import read_tree


def places(text: str) -> list[tuple[int, int, int, str, str]]:
    """(line, column, length, code, the letter as it is told)."""
    return [
        (f.span.line, f.span.column, f.span.length, f.code, f.message.rpartition("(")[2].rstrip(")"))
        for f in read_tree(text, "file.yaml").findings
    ]


@pytest.mark.parametrize(
    ("escape", "told"),
    [("\\e", "U+001B"), ("\\0", "U+0000"), ("\\x07", "U+0007"), ("\\u202e", "U+202E"), ("\\N", "U+0085"), ("\\U00002028", "U+2028")],
)  # fmt: skip
def test_escapes_of_double_quotes_are_seen_where_they_stand(escape: str, told: str) -> None:
    assert places(f'playbook: x\ntitle: "a{escape}[31m{escape}"\n') == [(2, 10, len(escape), "CSP105", told)]


def test_keys_items_and_texts_over_several_lines_are_looked_at_too() -> None:
    text = '"k\\x00": 1\nlist: ["a", "b\\b"]\nlong: "first\n  second \\e"\n'
    assert [place[:2] for place in places(text)] == [(1, 3), (2, 15), (4, 10)]


def test_an_escaped_backslash_is_no_escape() -> None:
    assert places('title: "\\\\e \\e"\n') == [(1, 13, 2, "CSP105", "U+001B")]
    assert places('title: "\\\\e"\n') == []


def test_line_ends_and_tabs_stand_in_texts_of_several_lines_only() -> None:
    assert places("why: |\n  one\n  \ttwo\n") == []
    assert places('why: "one\n\n  two \\t three"\n') == []
    assert [place[4] for place in places('a: "one\\ntwo"\nb: "one\\ttwo"\n')] == ["U+000A", "U+0009"]


def test_a_tab_alone_separates_the_cells_of_an_export() -> None:
    assert places('separator: "\\t"\n') == []


def test_what_stands_in_the_file_itself_is_one_finding_a_line() -> None:
    assert places("title: 'a\x1bb\x1b'\n") == [(1, 10, 1, "CSP105", "U+001B")]
    assert [place[:2] for place in places("a: x\u200by\u200bz\nb: \u202ex\n")] == [(1, 5), (2, 4)]


def test_the_mark_with_which_some_editors_begin_a_file_is_none() -> None:
    assert places('\ufefftitle: "x\\e"\n') == [(1, 10, 2, "CSP105", "U+001B")]
