"""Documents and the playbooks that open them: missing languages, documents nobody opens, what fills their blanks."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.letters import filled_by, filled_everywhere
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Document
from cs_playbook.source.finding import Finding, Span, warning


def documents_in_the_default_language(catalog: Catalog) -> Iterator[Finding]:
    """CSP375 A document is not there, or not in the default language

    Each document stands in documents/<name>/<language>.md. Whoever fills it gets the first language they
    speak in which it is written, else the default language: in that one it must be there.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: plan, document: save-plan, owner: csm}

    Mended:

        # documents/save-plan/en.md
        ---
        title: "Save plan for {{ account.name }}"
        ---
        ## What has happened

        ## What we do next

        # playbooks/example.yaml
        steps:
          - {id: plan, document: save-plan, owner: csm}
    """
    default = catalog.project.languages.default
    for name, uses in _opened(catalog).items():
        written = {language for known, language in catalog.documents if known == name}
        if written and default not in written:
            fact = f"the document {name} has no '{default}', the default language"
            yield Finding(uses[0][1], "CSP375", fact, f"write documents/{name}/{default}.md")


def documents_are_used(catalog: Catalog) -> Iterator[Finding]:
    """CSP377 A warning: a document that no playbook opens

    Perhaps its name has a slip of the pen, or the step that opened it is gone. A document is named by its
    folders: documents/save-plan/en.md is save-plan.

    Fails:

        # documents/save-plan/en.md
        ---
        title: Save plan
        ---
        ## What we do next

    Mended:

        # documents/save-plan/en.md
        ---
        title: Save plan
        ---
        ## What we do next

        # playbooks/example.yaml
        steps:
          - {id: plan, document: save-plan, owner: csm}
    """
    opened = _opened(catalog)
    half_read = [*catalog.unread_playbooks, *(p.text for p in catalog.playbooks.values() if p.unread)]
    told: set[str] = set()
    for (name, _), document in sorted(catalog.documents.items()):
        if name not in opened and name not in told and not any(name in text for text in half_read):
            told.add(name)
            fact = f"no playbook opens the document {name}"
            yield warning(document.text.span, "CSP377", fact, f"document: {name} in a step, or delete it")


def fillable_documents(catalog: Catalog) -> dict[str, frozenset[str]]:
    """Document → every name that is known wherever it is opened; where nobody opens it, what any playbook has."""
    everywhere, opened = filled_everywhere(catalog), _opened(catalog)
    anything = frozenset().union(*(filled_by(playbook, catalog) for playbook in catalog.playbooks.values()))
    filled: dict[str, frozenset[str]] = {}
    for name, _ in catalog.documents:
        by_each = [filled_by(playbook, catalog) for playbook, _ in opened.get(name, ())]
        filled[name] = everywhere | (frozenset.intersection(*by_each) if by_each else anything)
    return filled


def _opened(catalog: Catalog) -> dict[str, list[tuple[Playbook, Span]]]:
    opened: dict[str, list[tuple[Playbook, Span]]] = {}
    for playbook in catalog.playbooks.values():
        for step in playbook.all_steps:
            if isinstance(step.verb, Document):
                for fit in step.verb.name.fits:
                    opened.setdefault(fit.value, []).append((playbook, step.verb.span))
    return opened
