"""`3 business days`: so many of a unit. Apart from the other words about time, which most commands never need."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Unit = Literal["day", "business day", "week", "month"]
LONGEST = 36_500  # days; a hundred years: nothing in customer success lasts longer


class Duration(Struct, frozen=True):
    """`3 business days`."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"
