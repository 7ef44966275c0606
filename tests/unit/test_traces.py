"""A person in a text: found however they are written there, and nobody else."""

from __future__ import annotations

import json
import quopri
import unicodedata

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from cs_playbook.model.person_name import full_names
from cs_playbook.model.traces import Traces, is_like_no_other_word
from cs_playbook.study.forgotten_text import without_them
from tests.test_forget import ADDRESS, ID, NAME


@drawn(
    st.sampled_from([ID, ADDRESS, NAME]),
    st.sampled_from(["raw", "nfd", "upper", "html", "json", "qp", "url", "wrapped"]),
)
def test_a_word_is_found_however_it_is_written(word: str, way: str) -> None:
    traces = Traces({ID: "M"}, (ID,), {ADDRESS: "M"}, {NAME: "M"}, ("Hélène", "Béravel"))
    written = {
        "raw": word,
        "nfd": unicodedata.normalize("NFD", word),
        "upper": word.upper(),
        "html": "".join(
            f"&#{ord(letter)};" if not letter.isalnum() or ord(letter) > 127 else letter for letter in word
        ),
        "json": json.dumps(word),
        "qp": quopri.encodestring(word.encode()).decode(),
        "url": word.replace("@", "%40"),
        "wrapped": word.replace(" ", "\n  "),
    }[way]
    text = f"before {written} after"

    assert traces.count(text) == 1
    assert traces.without(text).replace('"', "") == "before M after"


def test_what_only_looks_like_them_stays() -> None:
    traces = Traces({ID: "M"}, (ID,), {ADDRESS: "M"}, {NAME: "M"}, ("Hélène", "Béravel"))
    text = f"{ID}5 x{ID} {ID}-1 a{ADDRESS} {ADDRESS}.fr {NAME}s Hélène"

    assert traces.without(text) == text
    # Only where the line is about them a first name is theirs.
    assert without_them(f"1. Hélène\n2. Hélène `k123`\n3. {NAME}\n", ".md", traces, {"k1234567890abcde"}) == (
        "1. Hélène\n2. M `k123`\n3. M\n"
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Will May, or MAY, WILL", "M, or M"),
        ("told Will\nMay so", "told M so"),
        ("will may", "M"),  # a cell in which nothing else stands
        ("whoever will may come, in May will be too late", None),
        ("In May Will Hunt comes", None),
        ("may, will, shall", None),
    ],
)
def test_a_name_of_common_words_is_one_where_it_is_written_as_one(text: str, left: str | None) -> None:
    names = dict.fromkeys(full_names({"first_name": "Will", "last_name": "May"}), "M")
    traces = Traces({"c": "M"}, (), {}, names, ("Will", "May"))

    assert traces.without(text) == (text if left is None else left)
    assert traces.without_any_name("Will will call May") == "M will call M"


def test_a_name_with_one_word_like_no_other_is_found_in_any_case_and_order() -> None:
    names = dict.fromkeys(full_names({"first_name": "Will", "last_name": "Béravel"}), "M")
    shouted = dict.fromkeys(full_names({"first_name": "will", "last_name": "may"}), "M")

    assert (
        Traces({"c": "M"}, (), {}, names, ()).without("will béravel, Béravel, Will, BÉRAVEL Will")
        == "M, M, M"
    )
    assert Traces({"c": "M"}, (), {}, shouted, ()).without("a draft for will may") == "a draft for M"


def test_an_id_is_looked_for_where_it_can_mean_nothing_else() -> None:
    said = [is_like_no_other_word(one) for one in (ID, "0031234567", "42", "claire", "1001")]

    assert said == [True, True, False, False, False]
