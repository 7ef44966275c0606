"""Texts that a comma cuts in two are found in one reading of the file."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from cs_playbook.source import commas
from cs_playbook.source.commas import cut_by_commas


def lines_read(text: str) -> int:
    """How many lines of the room's own code are run."""
    count = 0

    def trace(frame: Any, event: str, _argument: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != commas.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        list(cut_by_commas(text, "file.yaml"))
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("line", ["  (,\n", "- (,\n", "- [(,\n", "  (a, b), (c,\n"])
def test_ten_times_the_lines_are_ten_times_the_work(line: str) -> None:
    assert lines_read("when:\n" + line * 1_000) < 11 * lines_read("when:\n" + line * 100)


def test_a_list_over_several_lines_is_still_known() -> None:
    text = "when: [\n  arr > 1,\n  tier in ('high', 'low'),\n  x ]\nwhy: (a, b)\nall: [\n  lower(a, b) ]\n"
    assert [(f.span.line, f.span.column) for f in cut_by_commas(text, "f")] == [(3, 3), (7, 3)]
