"""Owners in what a story expects → what must be asked for them, and whom `assign` would have own the accounts on that day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cs_playbook.commands.assign import asked_by_assignments, owners_by_role
from cs_playbook.commands.facts_stage import Stage
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition
from cs_playbook.model.story import Stories

_NOBODY = "nobody"


def owners_expected(stories: Stories, catalog: Catalog) -> tuple[list[Condition], list[str]]:
    """Conditions and facts that the rules of `assign:` ask; nothing where no day expects an owner."""
    expectations = (run.expect for case in stories.cases for run in case.runs)
    if all(expect is None or expect.owners is None for expect in expectations):
        return [], []
    return asked_by_assignments(catalog.assignments, catalog)


def owners_differ(expected: Mapping[str, Any], stage: Stage, on: date) -> Iterator[tuple[str, str, str]]:
    """(whose it is said to be, who was expected, who it is) where these differ."""
    there = owners_by_role(stage, on)
    for account, said in expected.items():
        roles = said if isinstance(said, Mapping) else dict.fromkeys(there, said)
        for role, wanted in roles.items():
            got = there[role].get(account, "")
            if str(wanted or "").casefold() != got.casefold():
                yield f"{account}: {role}", str(wanted or _NOBODY), got or _NOBODY
