"""What of the machine a command needs that talks to others; only cli knows where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct


class World(Struct, frozen=True):
    """What of the machine `send` needs: variables, a clock in seconds that never goes back, and a way to rest."""

    environment: Mapping[str, str]
    clock: Callable[[], float]
    pause: Callable[[float], object]
