"""Every benchmark prints its table, whatever it is told about output."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.benchmarks.measure import Figure, table

Show = Callable[[str, Sequence[Figure]], None]


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str]) -> Show:
    """Prints the figures, then holds each that has a limit to it."""

    def show_and_hold(title: str, figures: Sequence[Figure]) -> None:
        with capsys.disabled():
            print(table(title, figures))
        assert [figure.work for figure in figures if figure.limit and not figure.holds] == []

    return show_and_hold
