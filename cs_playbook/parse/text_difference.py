"""Two texts of a playbook → in what they differ in meaning, by name: steps.call.due, exit."""

from __future__ import annotations

from typing import Any

from cs_playbook.parse.playbook import ALWAYS_TODAY
from cs_playbook.source.tree import Mapping, plain, read_tree

_DEEP = ("trigger", "goal")  # whose keys are named each


def differences(before: str, now: str) -> tuple[str, ...]:
    """In the order of the newer text; what only the older one has comes last. Layout and today's settings do not count."""
    old, new = _said(before), _said(now)
    old_steps, new_steps = _steps(old), _steps(new)
    parts = [key for key in dict.fromkeys((*new, *old)) if key != "steps" and old.get(key) != new.get(key)]
    found = [name for key in parts for name in _inside(key, old.get(key), new.get(key))]
    for step in dict.fromkeys((*new_steps, *old_steps)):
        found += _of_step(step, old_steps.get(step), new_steps.get(step))
    both = [step for step in old_steps if step in new_steps]
    reordered = both != [step for step in new_steps if step in old_steps]
    return (*found, *(["the order of steps"] if reordered else []))


def _said(source: str) -> dict[str, Any]:
    root = read_tree(source, "").root
    said = plain(root) if isinstance(root, Mapping) else {}
    return {key: value for key, value in said.items() if key not in ALWAYS_TODAY}


def _steps(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    steps = said.get("steps")
    listed = steps if isinstance(steps, list) else []
    return {str(step["id"]): step for step in listed if isinstance(step, dict) and "id" in step}


def _inside(key: str, old: Any, new: Any) -> list[str]:
    if key not in _DEEP or not isinstance(old, dict) or not isinstance(new, dict):
        return [key]
    return [f"{key}.{inner}" for inner in dict.fromkeys((*new, *old)) if old.get(inner) != new.get(inner)]


def _of_step(step: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[str]:
    if old is None or new is None:
        return [f"steps.{step} ({'new' if old is None else 'gone'})"]
    return [f"steps.{step}.{key}" for key in dict.fromkeys((*new, *old)) if old.get(key) != new.get(key)]
