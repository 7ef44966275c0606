"""Words go in, a number comes out: the same for ever, whoever else is asked before or after.

A sequence of random numbers shifts as soon as somebody joins the portfolio; a hash of the name does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Option = TypeVar("Option")


def digest(*words: object, size: int = 8) -> bytes:
    """`size` bytes (1 to 64) drawn from the words."""
    return blake2b("\x1f".join(map(str, words)).encode(), digest_size=size).digest()


def number(*words: object) -> int:
    """A whole number from 0 up to 2**64."""
    return int.from_bytes(digest(*words), "big")


def share(*words: object) -> float:
    """A number from 0 up to 1."""
    return number(*words) / 2**64


def between(low: int, high: int, *words: object) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + number(*words) % (high - low + 1)


def one_of(options: Sequence[Option], *words: object) -> Option:
    """One of the options, which must not be empty."""
    return options[number(*words) % len(options)]
