"""One enrollment that is about a value → what it is about today, where the value was corrected while it runs."""

from __future__ import annotations

from datetime import date

from cs_playbook.model.about import about_text, table_row
from cs_playbook.model.answer import Values, answer
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import ValueMoved
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.playbook import Playbook


def moved(
    enrollment: Enrollment, playbook: Playbook, values: Values, on: date, reckoning: Reckoning
) -> ValueMoved | None:
    """A value with which the rule still holds is the old one, corrected. One with which it does not (the renewal date of
    next year, once the customer has renewed) will be another enrollment's, when its time comes.
    """
    trigger = playbook.trigger
    if not trigger.per_value or not enrollment.is_open:
        return None
    now = about_text(trigger.per_value, values, table_row(trigger, enrollment.row))
    if now is None or now == (enrollment.about or enrollment.row):
        return None
    holds = trigger.when is None or answer(trigger.when, values, reckoning)
    return ValueMoved(enrollment.key, on, now) if holds else None
