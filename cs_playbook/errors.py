"""What stops a command: one sentence, what to do next, and the exit code it ends with."""

from __future__ import annotations


class UserError(Exception):
    """The world is not as a command needs it. `sentence` states the fact, `hint` says what to do next.

    `exit_code`: 1 the user's files or choice, 2 a wrong command line, 3 the machine, 4 stopped on purpose before
    anything was done.
    """

    exit_code = 3

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class ChoiceError(UserError):
    """What was asked for does not exist or cannot be done as asked."""

    exit_code = 1


class UnknownAccount(ChoiceError):
    """Nobody of that name. `by_keys`: the hint without names, for a log that many read."""

    def __init__(self, sentence: str, hint: str, by_keys: str) -> None:
        super().__init__(sentence, hint)
        self.by_keys = by_keys


class WrongCommandLine(UserError):
    """What was typed cannot be meant: a path that is not there, a text that is none."""

    exit_code = 2


class StoppedOnPurpose(UserError):
    """Nothing was done, because doing it might harm: a person has to look."""

    exit_code = 4


class Undecidable(UserError):
    """What a condition asks cannot be worked out of the values there are."""
