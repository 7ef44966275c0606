"""A document and the values of one account → Markdown for a colleague to fill; what is not known is a blank they can see."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from cs_playbook.letters.fill import MARK, FilledText, fill
from cs_playbook.letters.template import Template, compile_letter
from cs_playbook.model.catalog import Catalog

NOT_KNOWN = "(not known)"
# Only what would change how the text looks: a colleague reads and edits the file as it is. Hosts make links of bare addresses.
_MEANS = re.compile(r"[\\`*_\[\]<>|#~]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_BEGINS = re.compile(
    r"\A(\d*)([-+=](?=[-=\s]|\Z)|(?<=\d)[.)](?=\s|\Z))"
)  # an item, a rule, a heading above it


def fill_document(template: Template, values: Mapping[str, Any], language: str) -> str:
    """The title, then the text. `values` as a letter's. A text that grows too large is cut to its title."""
    title = fill(template.subject, values, language, NOT_KNOWN)
    body = fill(template.body, values, language, NOT_KNOWN)
    head = f"# {_written(title)}\n"
    return f"{head}\n{_written(body).strip()}\n"


def _written(filled: object) -> str:
    if not isinstance(filled, FilledText):
        return NOT_KNOWN
    words = [word if word == NOT_KNOWN else _meaning_nothing(word) for word in filled.words]
    return MARK.sub(lambda mark: words[int(mark[1])], filled.shape)


def _meaning_nothing(word: str) -> str:
    return _BEGINS.sub(r"\1\\\2", _MEANS.sub(r"\\\g<0>", word))


def document_templates(catalog: Catalog) -> Callable[[str, str], Template | None]:
    """(document, language) → its template; None where it is not written or cannot be read."""

    @cache
    def template(name: str, language: str) -> Template | None:
        written = catalog.documents.get((name, language))
        compiled = None if written is None else compile_letter(written.text)
        return compiled if isinstance(compiled, Template) else None

    return template
