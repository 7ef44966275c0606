"""A rate, a clock and a pause → waiting until the next mail may leave."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from cs_playbook.model.sending import Rate


class Pace:
    """In any stretch of `rate.seconds` at most `rate.mails`. `clock` and `pause` count in seconds; None: no limit."""

    def __init__(
        self, rate: Rate | None, clock: Callable[[], float], pause: Callable[[float], object]
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._pause = pause
        self._left: deque[float] = deque(maxlen=rate.mails if rate else 0)

    def wait(self) -> None:
        """Comes back when one more may leave, and counts it."""
        if self._rate is None:
            return
        while len(self._left) == self._rate.mails:
            rest = self._left[0] + self._rate.seconds - self._clock()
            if rest <= 0:
                break
            self._pause(rest)
        self._left.append(self._clock())
