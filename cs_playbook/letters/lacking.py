"""All letters of a workspace → functions that say what given values leave empty, and what no mail can be made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from cs_playbook.letters.fill import FilledText, fill
from cs_playbook.letters.headers import wrong_address, wrong_text
from cs_playbook.letters.pieces import Rows, loops_in
from cs_playbook.letters.render import TooLarge, held_back
from cs_playbook.letters.signature import compile_signature, in_place_of
from cs_playbook.letters.template import Template, compile_letter
from cs_playbook.model.catalog import Catalog


def lacking(catalog: Catalog) -> Callable[[str, str, Mapping[str, Any]], tuple[str, ...]]:
    """(letter, language, values) → names of what is missing; templates are read once, when first needed."""
    template = templates(catalog)

    def lacks(letter: str, language: str, values: Mapping[str, Any]) -> tuple[str, ...]:
        found = template(letter, language)
        if found is None:
            return (f"the letter in '{language}'",)
        if untold := _not_exported(found, catalog):
            return untold
        match held_back(found, values, language):
            case None:
                return ()
            case TooLarge():
                return ("room: the letter grows too long",)
            case missing:
                return missing.blanks

    return lacks


def _not_exported(template: Template, catalog: Catalog) -> tuple[str, ...]:
    """Tables whose rows it lists and that nobody exports: a list without any would not be true."""
    named = (
        loop.over.table
        for loop in loops_in((*template.subject, *template.body))
        if isinstance(loop.over, Rows)
    )
    tables = (catalog.contract.table(name) for name in dict.fromkeys(named))
    return tuple(
        f"{table.name} (not exported)" for table in tables if table is not None and not table.exported
    )


def unwritable(
    catalog: Catalog,
) -> Callable[[str, str, Mapping[str, Any], Sequence[str], Sequence[str]], str]:
    """(letter, language, values, names, addresses) → why no header can be made of them; "" if one can."""
    template = templates(catalog)

    def why(
        letter: str, language: str, values: Mapping[str, Any], names: Sequence[str], addresses: Sequence[str]
    ) -> str:
        found = template(letter, language)
        subject = fill(found.subject, values, language) if found else None
        said = [subject.plain] if isinstance(subject, FilledText) else []
        wrong = [*map(wrong_text, (*said, *names)), *map(wrong_address, addresses)]
        return next((one for one in wrong if one), "")

    return why


def templates(catalog: Catalog) -> Callable[[str, str], Template | None]:
    """(letter, language) → its template, with the signature; None where it is not written or cannot be read."""

    @cache
    def signature(language: str) -> Template | None:
        written = catalog.signatures.get(language)
        compiled = None if written is None else compile_signature(written, catalog)
        return compiled if isinstance(compiled, Template) else None

    @cache
    def template(letter: str, language: str) -> Template | None:
        written = catalog.letters.get((letter, language))
        compiled = None if written is None else compile_letter(written)
        return in_place_of(compiled, signature(language)) if isinstance(compiled, Template) else None

    return template
