"""What is said of an account's traits → sentences."""

from __future__ import annotations

from cs_playbook.model.event import Notified, TraitSet
from cs_playbook.model.trait import Standing, Trait
from cs_playbook.model.value import FieldType, Value
from cs_playbook.report.values import TIE, value_words
from cs_playbook.report.words import clean, day_with_year

CLEARED = "cleared"


def shown(value: Value, kind: FieldType | None) -> str:
    """The value as a person says it; without its type, yes and no are told by nothing but 1 and 0."""
    return CLEARED if value is None else value_words(value, kind).replace(TIE, " ")


def said_text(
    event: TraitSet, trait: Trait, before: Standing | None, later: Standing | None, already: bool
) -> str:
    """What the person at the keyboard reads."""
    now = clean(f"{event.account} · {event.trait}: {shown(event.value, trait.type)}")
    if already:
        return f"{now}, as was said that day already\n"
    was = f" (was {clean(shown(before.value, trait.type))}, {standing_words(before)})" if before else ""
    lines = [f"{now}{was}"]
    if later is not None:
        word = shown(later.value, trait.type)
        lines.append(f"  it counts for nothing: {clean(word)} was said later, {standing_words(later)}")
    else:
        lines.append("  it counts at once: cs-playbook dry-run shows what follows")
        end = trait.expires_on(event.on) if event.value is not None else None
        lines += [f"  it expires on {day_with_year(end)}, unless it is said again"] if end else []
        lines += [f"  from {day_with_year(event.until)} on the rules decide again"] if event.until else []
    return "\n".join(lines) + "\n"


def standing_words(said: Standing) -> str:
    """`said on 2 March 2026 by lea@…`, or by a step."""
    by = "by a step" if said.enrollment else f"by {clean(said.by)}"
    return f"since {day_with_year(said.on)} {by}"


def set_words(event: TraitSet, kind: FieldType | None = None) -> str:
    """A line of the history or of the plan."""
    value = shown(event.value, kind)
    until = f" until {event.until.isoformat()}" if event.until else ""
    return f"{event.trait} {value}" if value == CLEARED else f"{event.trait} is now {value}{until}"


def told_words(event: Notified) -> str:
    """Whom a step told."""
    return f"the channel {event.channel}" if event.channel else ", ".join(event.to)
