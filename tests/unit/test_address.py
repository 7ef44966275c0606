"""What is one email address, and what is none."""

from __future__ import annotations

import pytest

from cs_playbook.parse.address import is_address


@pytest.mark.parametrize(
    "text",
    [
        "lea@vendor.example",
        "Lea.Martin+cs@mail.vendor.co.uk",
        "o'neil@vendor.example",
        "léa@vendor.example",
        "lea@müller.example",
        "one.two.three.four.five@vendor.example",
        "lea@on-prem.local",
    ],
)
def test_one_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "lea", "lea@", "@vendor.example", "lea@vendor", "lea@vendor..example", "lea..m@vendor.example", ".lea@vendor.example",
        "lea@-vendor.example", "lea @vendor.example", "lea@vendor.example,marc@vendor.example", "Léa <lea@vendor.example>",
        "lea@vendor.example\nBcc: x@y.example", "lea@vendor.example\x00", f"{'a' * 65}@vendor.example",
    ],
)  # fmt: skip
def test_no_address(text: str) -> None:
    assert not is_address(text)
