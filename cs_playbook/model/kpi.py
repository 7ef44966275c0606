"""KPIs (`kpis:`): figures of the portfolio, each said in conditions and values over the facts of its accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.model.condition import Condition
from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import Expression
from cs_playbook.source.finding import Span

Take = OneOf["median", "mean", "total"]
Counted = OneOf["gross", "net", "logos", "logo churn"]
TAKES: tuple[Take, ...] = ("median", "mean", "total")
COUNTED: tuple[Counted, ...] = ("gross", "net", "logos", "logo churn")


class Share(Struct, frozen=True):
    """Of the accounts it is asked of, how many say yes."""

    condition: Condition


class Taken(Struct, frozen=True):
    """One number for what a value is on many accounts."""

    take: Take
    value: Expression


class Retention(Struct, frozen=True):
    """What became, within `over`, of the customers of then: of what they are worth (gross, net) or of themselves."""

    value: Expression
    counted: Counted
    over: Duration


Figure = Share | Taken | Retention


class Kpi(Struct, frozen=True):
    """`of`: the accounts it is about; None: whom playbooks see."""

    name: str
    figure: Figure
    span: Span
    of: Condition | None = None
    unit: str = ""
    says: str = ""

    @property
    def is_ratio(self) -> bool:
        """Whether it is shown in percent."""
        return self.unit == "ratio" or not isinstance(self.figure, Taken)


class Aim(Struct, frozen=True):
    """What a playbook is meant to move (`objective: {kpi, from, to, says}`). `was`, `to`: as written, "" where not said."""

    kpi: str
    was: str
    to: str
    span: Span
    says: str = ""


def parts_of(kpi: Kpi) -> Iterator[Condition | Expression]:
    """All that it asks of an account."""
    yield from () if kpi.of is None else (kpi.of,)
    match kpi.figure:
        case Share(condition=condition):
            yield condition
        case Taken(value=value) | Retention(value=value):
            yield value
