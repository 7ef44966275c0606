"""Parts of the nodes of a success plan → their values: answers of a handover, people, days, names made of words."""

from __future__ import annotations

import re
from datetime import date, timedelta

from cs_playbook.model.success_plan import HANDOVER, Stakeholder
from cs_playbook.model.time import Moment, OnDay, add_months
from cs_playbook.parse.nodes import block, scalar, text
from cs_playbook.source.tree import Mapping, Node, Scalar

_MONTHS = re.compile(r"([0-9]{1,4}) +months?\Z")
_DAYS_OF_MONTH = 30  # `for: 3 months` of a success is 90 days: it is watched day by day


def after_agreed(count: int, unit: str, agreed: date | None) -> Moment | None:
    """`2 weeks after agreed`; of a draft nobody knows it yet."""
    if agreed is None:
        return None
    if unit == "month":
        return OnDay(add_months(agreed, count))
    return OnDay(agreed + timedelta(days=count * (7 if unit == "week" else 1)))


def success_of(node: Mapping) -> Node | None:
    """`when:` and `for:` of a success as a condition; months are days there."""
    key, when = node.key("when"), node.get("when")
    patience, lasting = node.key("for"), scalar(node, "for")
    if key is None or when is None:
        return None
    if patience is None or lasting is None:
        return when
    return Mapping(((key, when), (patience, _in_days(lasting))), node.span)


def _in_days(lasting: Scalar) -> Scalar:
    months = _MONTHS.match(lasting.text.strip())
    if months is None:
        return lasting
    written = f"{int(months[1]) * _DAYS_OF_MONTH} days"
    return lasting._replace(value=written, text=written)


def blocker_id(node: Mapping) -> str:
    return text(node, "id") or f"blocker_{_slug(text(node, 'what'))}"


def risk_id(node: Mapping) -> str:
    return text(node, "id") or f"risk_{_slug(text(node, 'playbook') or text(node, 'says'))}"


def _slug(said: str) -> str:
    """The first words of a text as a name."""
    return re.sub(r"[^a-z0-9]+", "_", said.lower()).strip("_")[:40].rstrip("_")


def handover_of(node: Mapping) -> tuple[tuple[str, str], ...]:
    said = block(node, "handover")
    given = ((key, said.get(key)) for key in HANDOVER) if said is not None else ()
    return tuple((key, _answer(value)) for key, value in given if value is not None)


def _answer(value: Node) -> str:
    """A text; of several kinds (material, financial, psychological) all of them."""
    if isinstance(value, Scalar):
        return value.text.strip() if value.value is not None else ""
    parts = (
        ((key.text, text(value, key.text)) for key, _ in value.entries) if isinstance(value, Mapping) else ()
    )
    return "; ".join(f"{kind}: {said}" for kind, said in parts if said)


def stakeholder_of(node: Mapping) -> Stakeholder:
    return Stakeholder(text(node, "name"), text(node, "role"), text(node, "sentiment"), text(node, "wants"))


def number_of(node: Scalar) -> float | None:
    value = node.value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
