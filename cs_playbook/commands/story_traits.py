"""Traits and notes in stories: what people say of accounts → events; what stands, and was told, at the end of a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Notified, TraitSet
from cs_playbook.model.story import Row
from cs_playbook.model.trait import Trait, as_fact
from cs_playbook.model.value import FieldType, Value, from_day
from cs_playbook.parse.story_value import Days, Kind, Wrong, read_value
from cs_playbook.plan.decision import SubjectPlan, Today
from cs_playbook.plan.notes import note_of

SOMEBODY = "csm"  # who says it


def words_of(changes: Mapping[str, Row | None], on: date, catalog: Catalog, days: Days) -> Iterator[TraitSet]:
    """`{account: {trait: value}}` among other facts: what a person says of it on that day; null clears it."""
    for account, fields in changes.items():
        for name, written in (fields or {}).items():
            trait = catalog.traits.get(name)
            if trait is not None:
                yield TraitSet(account, name, _said(_read(written, trait, days), trait), on, SOMEBODY)


def _read(written: Any, trait: Trait, days: Days) -> Value:
    """Checked before: what is not of its kind is a mistake of ours."""
    value = read_value(written, Kind(trait.type, trait.values), days)
    assert not isinstance(value, Wrong), f"{trait.name}: {value}"
    return value


def _said(value: Value, trait: Trait) -> Value:
    is_day = trait.type is FieldType.DATE and isinstance(value, int)
    return from_day(int(value)).isoformat() if is_day and value is not None else value  # type: ignore[arg-type]


def standing_tonight(account: str, trait: Trait, on: date, ledger: Ledger) -> Value:
    """With what steps have said today: what everybody sees tomorrow."""
    tomorrow = on + timedelta(days=1)
    said = next(ledger.said_of(trait.name, on, tomorrow, account), None)
    counts = said is not None and said.value is not None and trait.counts(said.on, on)
    value = as_fact(said.value, trait.type) if counts and said is not None else None
    return 0 if value is None and trait.type is FieldType.BOOLEAN else value


def wanted_value(written: Any, trait: Trait, days: Days) -> Value:
    """As facts hold it."""
    value = _read(written, trait, days)
    if value is None:
        return 0 if trait.type is FieldType.BOOLEAN else None
    return as_fact(_said(value, trait), trait.type)


def told_items(
    event: Notified, plan: SubjectPlan, enrollment: Enrollment, today: Today
) -> Iterator[dict[str, Any]]:
    """One for a channel, or one for each person: by step, account, row, channel, to, says, meta."""
    text = today.texts.get(enrollment.definition)
    if text is None:
        return
    note = note_of(event, text, enrollment, plan.subject, today)
    whose = {
        "step": note.step,
        "account": note.account,
        "row": note.row or None,
        "says": note.text,
        "meta": note.meta,
    }
    if note.channel:
        yield {**whose, "channel": note.channel}
    yield from ({**whose, "to": person} for person in note.to)
