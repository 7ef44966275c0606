"""A document of a step, and the colleague who fills it → in which of its languages, and what it is called."""

from __future__ import annotations

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.document import DocumentText


def document_for(name: str, owner: str, catalog: Catalog) -> tuple[str, DocumentText] | None:
    """(language, document): the first language that the owner speaks, else the default; None where it is not written."""
    person = catalog.team.person(owner)
    wished = (*(person.speaks if person else ()), catalog.project.languages.default)
    written = sorted(language for known, language in catalog.documents if known == name)
    language = next((wish for wish in (*wished, *written) if (name, wish) in catalog.documents), None)
    return None if language is None else (language, catalog.documents[name, language])
