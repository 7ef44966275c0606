"""`not_together_with:` of all playbooks → which of them never run at the same time on an account, whoever said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from cs_playbook.model.playbook import Playbook
from cs_playbook.plan.decision import Held, HeldBy

TAG = "tag:"


def rivals(playbooks: Iterable[Playbook]) -> dict[str, frozenset[str]]:
    """First name → first names of the others. Said by one of two it holds for both; nobody is its own rival."""
    known = tuple(playbooks)
    apart: dict[str, set[str]] = {}
    for playbook in (each for each in known if each.not_together_with):
        for other in known:
            if other is not playbook and _named(other, playbook.not_together_with):
                apart.setdefault(playbook.first_name, set()).add(other.first_name)
                apart.setdefault(other.first_name, set()).add(playbook.first_name)
    return {name: frozenset(others) for name, others in apart.items()}


def _named(playbook: Playbook, names: tuple[str, ...]) -> bool:
    tags = {f"{TAG}{tag}" for tag in playbook.tags}
    return any(name in tags or name in (playbook.name, *playbook.formerly) for name in names)


def in_the_way(playbook: str, open_since: Mapping[str, date], apart: Mapping[str, frozenset[str]]) -> str:
    """Why `playbook` may not begin beside what is open (first name → since); "" where nothing is in the way."""
    others = sorted(apart.get(playbook, frozenset()) & open_since.keys())
    return together_words(others[0], open_since[others[0]]) if others else ""


def together_words(other: str, since: date) -> str:
    return f"it is in '{other}' since {since.isoformat()}, and the two never run together"


def held_apart(playbook: Playbook, why: str) -> Held:
    return Held(HeldBy.TOGETHER, playbook.name, None, why)
