"""All letters of a workspace → a function that says which blanks of a letter given values leave empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from cs_playbook.letters.render import Rendered, TooLarge, render
from cs_playbook.letters.template import Template, compile_letter
from cs_playbook.model.catalog import Catalog


def lacking(catalog: Catalog) -> Callable[[str, str, Mapping[str, Any]], tuple[str, ...]]:
    """(letter, language, values) → names of what is missing; templates are read once, when first needed."""
    template = templates(catalog)

    def lacks(letter: str, language: str, values: Mapping[str, Any]) -> tuple[str, ...]:
        found = template(letter, language)
        if found is None:
            return (f"the letter in '{language}'",)
        result = render(found, values, language)
        match result:
            case Rendered():
                return ()
            case TooLarge():
                return ("room: the letter grows too long",)
            case missing:
                return missing.blanks

    return lacks


def templates(catalog: Catalog) -> Callable[[str, str], Template | None]:
    """(letter, language) → its template; None where it is not written or cannot be read."""

    @cache
    def template(letter: str, language: str) -> Template | None:
        written = catalog.letters.get((letter, language))
        compiled = None if written is None else compile_letter(written)
        return compiled if isinstance(compiled, Template) else None

    return template
