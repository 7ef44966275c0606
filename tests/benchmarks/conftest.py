"""Every benchmark prints its table, whatever it is told about output; `--keep` adds a line to the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from tests.benchmarks.history import keep
from tests.benchmarks.measure import Figure, table

Show = Callable[[str, Sequence[Figure]], None]
SEEN = pytest.StashKey[list[Figure]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--keep", action="store_true", help="add the ratios to the history, and draw the plots anew"
    )
    parser.addoption("--large", action="store_true", help="a million accounts as well: some minutes more")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SEEN] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    ratios = {figure.column: figure.ratio for figure in session.config.stash[SEEN] if figure.column}
    if session.config.getoption("--keep") and ratios:
        keep(date.today(), ratios)  # noqa: DTZ011 - the day on which somebody looked


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Show:
    """Prints the figures, then holds each that has a limit to it."""

    def show_and_hold(title: str, figures: Sequence[Figure]) -> None:
        request.config.stash[SEEN].extend(figures)
        with capsys.disabled():
            print(table(title, figures))
        assert [figure.work for figure in figures if not figure.holds] == []

    return show_and_hold
