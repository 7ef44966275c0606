"""What the ledger knows → canonical JSON: sorted keys, no spaces, letters as they are."""

from __future__ import annotations

from typing import Any

from msgspec.json import Encoder

KEEP = "Keep this file, and bring the ledger back from a backup."
_ENCODER = Encoder(order="sorted")


def encode(value: Any) -> str:
    """Dates as ISO text, enums by value, tuples as lists; of a `Kept` value what has its default is left out."""
    return _ENCODER.encode(value).decode()
