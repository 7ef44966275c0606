"""A signature that says who writes, and letters that end with the name themselves → one warning for each signature."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_playbook.letters.template import Template, blanks
from cs_playbook.model.catalog import Catalog
from cs_playbook.source.finding import Finding, warning

_SENDER = "sender.name"
_CLOSING = re.compile(r"\{\{-?\s*(\w+)\.name\s*-?\}\}")


def named_twice(signature: Template, language: str, catalog: Catalog) -> Iterator[Finding]:
    """CSP415. Only a last line that is nothing but the name counts: "Léa looks forward to it" is a sentence."""
    said = next((blank for blank in blanks(signature) if blank.name == _SENDER), None)
    if said is not None and (ending := list(_ending_with_a_name(language, catalog))):
        others = len(ending) - 1
        letters = ending[0] + (f" and {others} more, which end" if others else ", which ends")
        fact = f"the name stands twice below {letters} with it already"
        hint = "let the signature begin below the name, with title and phone; or take the last line out of the letters"
        yield warning(said.span, "CSP415", fact, hint)


def _ending_with_a_name(language: str, catalog: Catalog) -> Iterator[str]:
    for (name, spoken), letter in sorted(catalog.letters.items()):
        if spoken == language and _closes(letter.body, catalog):
            yield name


def _closes(body: str, catalog: Catalog) -> bool:
    lines = body.rstrip().splitlines()
    found = _CLOSING.fullmatch(lines[-1].strip("*_ \t")) if lines else None
    return found is not None and any(role.name == found[1] for role in catalog.team.roles)
