"""Letters and numbers that no condition may hold are refused, each with a sentence that names them."""

from __future__ import annotations

import pytest

from cs_playbook.parse.condition import read_condition
from cs_playbook.parse.tokens import Refusal


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        read_condition(text)
    offset, length = caught.value.at
    return text[offset : offset + length][:8], caught.value.message


@pytest.mark.parametrize("number", ["1e999", "9" * 5_000])
def test_a_number_without_end_is_no_number(number: str) -> None:
    fact = f"'{number[:20]}' is larger than any number one can reckon with"
    assert refusal(f"arr > {number}") == (number[:8], fact)


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x7f", "\x85"])
def test_a_text_holds_no_letter_that_cannot_be_seen(letter: str) -> None:
    fact = f"a text holds a letter that cannot be seen (U+{ord(letter):04X})"
    assert refusal(f"tier = 'a{letter}b'") == (letter, fact)


@pytest.mark.parametrize("text", ["arr > ٣", "arr > 1٣"])
def test_only_0_to_9_are_digits(text: str) -> None:
    assert refusal(text) == ("٣", "'٣' (U+0663) is not a digit one can reckon with")


@pytest.mark.parametrize("text", ["-" * 4_000 + "arr > 1", "case " * 4_000, "(" * 4_000, "not " * 4_000])
def test_what_has_no_end_is_nested_too_deeply(text: str) -> None:
    assert refusal(text)[1] == "the condition is nested too deeply"


@pytest.mark.parametrize("operator", ["+", "*", "/"])
def test_a_chain_of_a_hundred_is_read_and_a_longer_one_is_not(operator: str) -> None:
    read_condition("arr" + f" {operator} 2" * 100 + " > 0")
    assert (
        refusal("arr" + f" {operator} 2" * 101 + " > 0")[1] == "more than 100 times + - * / in one condition"
    )


@pytest.mark.parametrize("days", ["36501 days", "5215 weeks", "9" * 5_000 + " days"])
def test_nothing_is_remembered_for_more_than_a_hundred_years(days: str) -> None:
    assert refusal(f"ago(arr, '{days}') > 1")[1] == f"'{days[:40]}' is longer than a hundred years"


@pytest.mark.parametrize("text", ["renewal < today + {} days", "today - renewal > {}"])
def test_a_sum_of_dates_with_a_number_without_end_is_a_finding(text: str) -> None:
    refusal(text.format("9" * 5_000))
    refusal(text.format("9" * 7))
