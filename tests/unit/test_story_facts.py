"""A fact that a story expects, beside what it is on its day."""

from __future__ import annotations

import pytest

from cs_playbook.commands.story_facts import is_as_written
from cs_playbook.model.expression import Value


@pytest.mark.parametrize(
    ("written", "there", "same"),
    [
        (0.783, 47 / 60, True),
        (0.784, 47 / 60, False),
        (0.78, 47 / 60, False),  # two decimals may be all there are
        (0.1, 1 - 0.9, True),
        (57.5, 57.46, False),
        (5, 5.4, False),
        (5, 5.0, True),
        (0.5, None, False),
        (None, None, True),
        ("red", "red", True),
    ],
)
def test_a_number_is_as_exact_as_it_was_written(written: Value, there: Value, same: bool) -> None:
    assert is_as_written(written, there) is same
