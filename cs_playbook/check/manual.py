"""The code of a finding → its page of the manual: what it says, why it matters, an example that fails, the same mended.

A page begins with its title; a rule's page is the docstring of the rule, the others stand in pages/ by family.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping

from cs_playbook.check import RULES
from cs_playbook.check.data_codes import CODES as DATA_TITLES
from cs_playbook.check.letter_codes import LETTER_CODES
from cs_playbook.check.pages import (
    asks,
    changes,
    conditions,
    contracts,
    exports,
    files,
    kpis,
    letters,
    mail_policy,
    mappings,
    people,
    playbooks,
    rhythms,
    scorecards,
    segments,
    sending,
    starting,
    stories,
    success_plans,
    traits,
    workspaces,
)
from cs_playbook.check.rule import Rule
from cs_playbook.check.story_codes import CODES as STORY_TITLES

_CODE = re.compile(r"CSP\d{3}")
_TITLES: Mapping[str, str] = {**DATA_TITLES, **dict(LETTER_CODES), **STORY_TITLES}
# Each page begins with its title, or takes it from the list of titles of its family.
_PAGES: Mapping[str, str] = {
    **files.PAGES,
    **workspaces.PAGES,
    **conditions.PAGES,
    **playbooks.PAGES,
    **starting.PAGES,
    **rhythms.PAGES,
    **stories.PAGES,
    **letters.PAGES,
    **sending.PAGES,
    **mail_policy.PAGES,
    **people.PAGES,
    **contracts.PAGES,
    **mappings.PAGES,
    **exports.PAGES,
    **traits.PAGES,
    **scorecards.PAGES,
    **success_plans.PAGES,
    **segments.PAGES,
    **kpis.PAGES,
    **asks.PAGES,
    **changes.PAGES,
}


def manual(code: str) -> str | None:
    """The page, ending with a line end; None where there is no such code."""
    page = _ALL.get(code)
    return None if page is None else f"{code}  {page.rstrip()}\n"


def _pages() -> Iterator[tuple[str, str]]:
    yield from ((code, _titled(code, inspect.cleandoc(text))) for code, text in _PAGES.items())
    yield from (page for rule in RULES if (page := _page_of(rule)) is not None)


def _titled(code: str, text: str) -> str:
    return f"{_TITLES[code].rstrip('.')}\n\n{text}" if code in _TITLES else text


def _page_of(rule: Rule) -> tuple[str, str] | None:
    """A rule whose docstring begins with a code has that page; another adds to a page of pages/."""
    text = inspect.getdoc(rule) or ""
    return (text[:6], text[6:].lstrip()) if _CODE.match(text) else None


_ALL: Mapping[str, str] = dict(sorted(_pages()))
CODES: tuple[str, ...] = tuple(_ALL)
