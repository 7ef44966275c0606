"""The bugs of tests/seeded_bugs can still be planted, and name tests that are there; `make seeded-bugs` plants them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seeded_bugs.bug import Bug, bugs, read

ROOT = Path(__file__).resolve().parents[1]
TEXT = "It lies.\nfound by: tests/test_x.py -k y\nin: a.py\n<<<<<<<\n    yes\n=======\n    no\n>>>>>>>\n"


def test_there_are_enough_of_them_and_no_two_are_the_same() -> None:
    places = [(bug.file, bug.before, bug.after) for bug in bugs()]

    assert len(set(places)) == len(places) >= 25


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.name)
def test_it_can_be_planted_and_still_is_python(bug: Bug) -> None:
    text = (ROOT / bug.file).read_text("utf-8")

    compile(bug.planted(text), bug.file, "exec")
    assert [
        test for test in bug.found_by if "/" in test and not (ROOT / test.partition("::")[0]).exists()
    ] == []
    assert bug.sentence.endswith(".")


def test_a_place_that_is_not_the_only_one_is_none() -> None:
    bug = read("lies", TEXT)

    assert (bug.found_by, bug.planted("if x:\n    yes\n")) == (
        ("tests/test_x.py", "-k", "y"),
        "if x:\n    no\n",
    )
    for text in ("", "    yes\n    yes\n"):
        with pytest.raises(ValueError, match="times in"):
            bug.planted(text)


@pytest.mark.parametrize(
    "text", ["", TEXT.replace("in: ", ""), TEXT.replace("    no", "    yes"), TEXT + "more"]
)
def test_what_is_not_written_as_the_others_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not written as the others"):
        read("lies", text)
