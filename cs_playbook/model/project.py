"""What holds for the whole workspace (`project:`): where things are, the calendar, languages, when to stop."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.model.duration import Duration
from cs_playbook.model.keep import FOR_EVER, Keep
from cs_playbook.model.mail_policy import NO_POLICY, MailPolicy
from cs_playbook.model.sending import ChannelFormat, Sending
from cs_playbook.model.stopping import USUAL_STOPS, StopWhen
from cs_playbook.source.finding import Span

if TYPE_CHECKING:  # a project is looked at by commands that ask no condition
    from cs_playbook.model.condition import Condition


USUAL_EXPIRY = Duration(3, "day")


class CalendarRules(Struct, frozen=True):
    """`holidays`: country codes. `week`: weekdays worked, Monday is 0."""

    timezone: str = "UTC"
    holidays: tuple[str, ...] = ()
    week: tuple[int, ...] = (0, 1, 2, 3, 4)
    fiscal_year_starts: int = 1


class Languages(Struct, frozen=True):
    """The languages letters are written in, and the one for everybody else."""

    supported: tuple[str, ...] = ("en",)
    default: str = "en"


class HandsOff(Struct, frozen=True):
    """Which accounts no playbook touches, why, and the day on which that ends."""

    when: Condition
    because: str
    lifted_on: date | None


class Channel(Struct, frozen=True):
    """Where notes go besides people. `variable`, `secret`: of the environment, which hold the address and the secret
    that signs. `format` file: nothing leaves, the files of the day are all."""

    name: str
    variable: str
    span: Span
    format: ChannelFormat = "webhook"
    secret: str = ""


class Heartbeat(Struct, frozen=True):
    """By what a monitor elsewhere sees that the run has been. `file`: relative to the project file. `variable`: of the
    environment, with the address that `send` posts to."""

    file: str = ""
    variable: str = ""


class Project(Struct, frozen=True):
    """`snapshots` and `ledger` are folders and files relative to the project file. `ledger_id` None: never made.

    `expires_after`: how long after the day it was due a mail may still leave.
    """

    name: str
    format: int
    snapshots: str
    ledger: str
    ledger_id: str | None
    span: Span
    calendar: CalendarRules = CalendarRules()
    languages: Languages = Languages()
    stop_when: StopWhen = USUAL_STOPS
    channels: tuple[Channel, ...] = ()
    hands_off: tuple[HandsOff, ...] = ()
    sending: Sending | None = None
    mail: MailPolicy = NO_POLICY
    expires_after: Duration = USUAL_EXPIRY
    heartbeat: Heartbeat | None = None
    keep: Keep = FOR_EVER
