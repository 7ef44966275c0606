"""Who may be written to, and when, as the project file says it: caps, quiet days, categories, whom nobody writes to any more."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.source.finding import Span

if TYPE_CHECKING:  # a project is looked at by commands that ask no condition and reckon no day
    from cs_playbook.model.condition import Condition
    from cs_playbook.model.duration import Duration
    from cs_playbook.model.time import Calendar

OPTED_OUT = "opted_out"  # the field of contacts that counts where no `categories:` are declared
HAS_LEFT = "has_left"  # of contacts: closes every category
NEVER_CLOSED = "none"  # of `opt_out:`: a category that nobody can opt out of
WEEKENDS, HOLIDAYS = "weekends", "holidays"
_LONGEST_QUIET = 1_000  # days; a longer silence has no end that anybody planned


class Cap(Struct, frozen=True):
    """At most so many mails in any stretch of `per`: `1 per 5 business days`."""

    most: int
    per: Duration

    def __str__(self) -> str:
        return f"{self.most} per {self.per}"

    def free_on(self, sent: date, calendar: Calendar) -> date:
        """The first day on which a mail sent on that day counts no more."""
        return calendar.add(sent, self.per)


class Caps(Struct, frozen=True):
    """`email_caps:` of the project or of a playbook. None: no cap. `span`: where they stand."""

    per_contact: Cap | None = None
    per_account: Cap | None = None
    span: Span | None = None

    @property
    def said(self) -> tuple[Cap, ...]:
        return tuple(cap for cap in (self.per_contact, self.per_account) if cap is not None)


NO_CAPS = Caps()


class Stretch(Struct, frozen=True):
    """Quiet days, the first and the last among them."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"from {self.first} to {self.last}"


class Quiet(Struct, frozen=True):
    """`quiet_for_emails:`. `weekends`: days outside the week worked; `holidays`: those of the calendar."""

    stretches: tuple[Stretch, ...] = ()
    weekends: bool = False
    holidays: bool = False

    def is_quiet(self, day: date, calendar: Calendar) -> bool:
        if any(one.first <= day <= one.last for one in self.stretches):
            return True
        if self.weekends and day.weekday() not in calendar.week:
            return True
        return self.holidays and day in calendar.holidays_of(day.year)

    def opens_on(self, day: date, calendar: Calendar) -> date | None:
        """The first day from `day` on that is not quiet; None where none is near."""
        coming = (day + timedelta(days=n) for n in range(min(_LONGEST_QUIET, (date.max - day).days)))
        return next((one for one in coming if not self.is_quiet(one, calendar)), None)


class Hours(Struct, frozen=True):
    """`email_hours:`, of a day where the reader is. `closes` is not one of them; None: the end of the day."""

    opens: time
    closes: time | None

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes) if self.closes else '24:00'}"

    def open_on(self, there: datetime) -> date | None:
        """`there`: the moment by the reader's clock. None: now; else the first day whose hours are still to come."""
        now = there.time()
        if now < self.opens:
            return there.date()
        return there.date() + timedelta(days=1) if self.closes is not None and now >= self.closes else None

    def closed_at(self, there: datetime, zone: str) -> str:
        """In words, why a mail does not leave at that moment."""
        return f"it is {_clock(there.time())} in {zone}, mails leave {self}"


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


class Category(Struct, frozen=True):
    """A kind of letter. `opt_out`: the field of contacts by which one is closed to it; None: nobody can opt out."""

    name: str
    opt_out: str | None
    span: Span


class Suppressing(Struct, frozen=True):
    """Rows of the snapshot that name addresses nobody writes to: `address` is the field of `table` that holds them."""

    table: str
    address: str
    when: Condition
    because: str


class MailPolicy(Struct, frozen=True):
    """All that the project file says of it. `hours` None: at any time of a day. Without `categories` the field opted_out closes every letter."""

    caps: Caps = NO_CAPS
    quiet: Quiet = Quiet()
    hours: Hours | None = None
    categories: tuple[Category, ...] = ()
    suppressing: tuple[Suppressing, ...] = ()

    def closing(self, category: str) -> tuple[str, ...]:
        """The fields of contacts by which one is closed to a letter."""
        return (HAS_LEFT, *(field for field in self.opt_outs(category) if field != HAS_LEFT))

    def opt_outs(self, category: str) -> tuple[str, ...]:
        """The fields by which one says so oneself; a letter of no known category obeys every one."""
        if not self.categories:
            return (OPTED_OUT,)
        known = next((one for one in self.categories if one.name == category), None)
        named = [one.opt_out for one in (self.categories if known is None else (known,))]
        return tuple(sorted({field for field in named if field is not None}))


NO_POLICY = MailPolicy()  # nothing is capped, no day is quiet, opted_out closes every letter
