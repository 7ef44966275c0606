"""Letters and the playbooks that send them: missing languages, letters that nobody sends, what fills them."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email
from cs_playbook.source.finding import Finding, Span, warning


def letters_in_every_language(catalog: Catalog) -> Iterator[Finding]:
    """CSP404 A letter is not there, or not in a language that somebody reads

    Each letter stands in emails/<playbook>/<name>/<language>.md. In the default language it must be
    there: whoever reads none of the others gets that one. In the other supported languages it should
    be: who reads them gets the default instead.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: hello, email: example/hallo, to: champion, from: csm}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm}
    """
    languages = catalog.project.languages
    for name, uses in _sent(catalog).items():
        email = uses[0][1]
        missing = [language for language in languages.supported if not _is_there(catalog, name, language)]
        default = languages.default
        if default in missing and _is_anywhere(catalog, name):
            fact = f"the letter {name} has no '{default}', the default language"
            yield Finding(email, "CSP404", fact, f"write emails/{name}/{default}.md")
        others = [f"'{language}'" for language in missing if language != default]
        if others and default not in missing:
            fact = f"email {name} has no {' and no '.join(others)}: who reads that gets '{default}'"
            yield warning(email, "CSP404", fact, "")


def letters_are_sent(catalog: Catalog) -> Iterator[Finding]:
    """CSP409 A warning: a letter that no playbook sends

    Perhaps its name has a slip of the pen, or the step that sent it is gone. A letter is named by its
    folders: emails/usage-drop/check-in/en.md is usage-drop/check-in.

    Fails:

        # emails/example/goodbye/en.md
        ---
        subject: Goodbye
        ---
        We are sorry to see you go.

    Mended:

        # emails/example/goodbye/en.md
        ---
        subject: Goodbye
        ---
        We are sorry to see you go.

        # playbooks/example.yaml
        steps:
          - {id: hello, email: example/hello, to: champion, from: csm}
          - {id: goodbye, email: example/goodbye, to: champion, from: csm}
    """
    sent = _sent(catalog)
    half_read = [*catalog.unread_playbooks, *(p.text for p in catalog.playbooks.values() if p.unread)]
    told: set[str] = set()
    for name, language in sorted(catalog.letters):
        if name not in sent and name not in told and not any(name in text for text in half_read):
            told.add(name)
            fact = f"no playbook sends the letter {name}"
            yield warning(
                catalog.letters[name, language].span, "CSP409", fact, f"email: {name} in a step, or delete it"
            )


def letters_in_languages_one_reads(catalog: Catalog) -> Iterator[Finding]:
    """CSP410 A warning: a letter in a language that nobody is written to in

    Letters go out in the languages that project.yaml lists under `languages: {supported: […]}`, no
    others.

    Fails:

        # emails/example/hello/it.md
        ---
        subject: "Ciao {{ contact.first_name }}"
        ---
        Due parole, {{ contact.first_name }}?

        {{ csm.name }}

    Mended:

        # project.yaml
        languages: {supported: [en, it], default: en}

        # emails/example/hello/it.md
        ---
        subject: "Ciao {{ contact.first_name }}"
        ---
        Due parole, {{ contact.first_name }}?

        {{ csm.name }}
    """
    supported = catalog.project.languages.supported
    for (_, language), letter in sorted(catalog.letters.items()):
        # With a dot in it the file is misnamed (CSP408), and nothing is to be supported.
        if language not in (*supported, catalog.project.languages.default) and "." not in language:
            fact = f"nobody is written to in '{language}'"
            hint = f"add it to `supported:` in {catalog.project.span.file}, now: {', '.join(supported)}"
            yield warning(letter.span, "CSP410", fact, hint)


def fillable(catalog: Catalog) -> dict[str, frozenset[str]]:
    """Letter → every name that is filled wherever it is sent; where nobody sends it, what any playbook has."""
    everywhere = filled_everywhere(catalog)
    sent = _sent(catalog)
    anything = frozenset().union(*(filled_by(playbook, catalog) for playbook in catalog.playbooks.values()))
    filled: dict[str, frozenset[str]] = {}
    for name, _ in catalog.letters:
        by_each = [filled_by(playbook, catalog) for playbook, _ in sent.get(name, ())]
        filled[name] = everywhere | (frozenset.intersection(*by_each) if by_each else anything)
    return filled


def tables_of_letters(catalog: Catalog) -> dict[str, str]:
    """Letter → the table of whose rows the playbooks are that send it, where it is one."""
    tables = {
        name: {playbook.trigger.one_per for playbook, _ in uses} for name, uses in _sent(catalog).items()
    }
    return {name: table for name, (table, *more) in tables.items() if table is not None and not more}


def filled_everywhere(catalog: Catalog) -> frozenset[str]:
    contacts = catalog.contract.table("contacts")
    of_contacts = [field.name for field in contacts.fields] if contacts else []
    names = {
        "today",
        *(f"account.{fact}" for fact in catalog.facts),
        *(f"contact.{field}" for field in of_contacts),
    }
    if catalog.contract.accounts.parent is not None:
        names |= {f"parent.{fact}" for fact in catalog.facts}
    for role in catalog.team.roles:
        names |= {f"{role.name}.{what}" for what in (of_contacts if role.is_contact else ("name", "email"))}
    for name in catalog.team.unread:  # ours or theirs, nobody knows
        names |= {f"{name}.{what}" for what in (*of_contacts, "name", "email")}
    return frozenset(names)


def filled_by(playbook: Playbook, catalog: Catalog) -> frozenset[str]:
    table = catalog.contract.table(playbook.trigger.one_per) if playbook.trigger.one_per else None
    rows = {f"row.{field.name}" for field in table.fields} if table else set()
    steps = (*(step.id for step in playbook.all_steps), *playbook.unread)
    answers = {f"steps.{step.id}.{ask.name}" for step in playbook.all_steps for ask in step.asks}
    given = {f"given.{ask.name}" for ask in playbook.asks}
    ends = {f"steps.{step}.{what}" for step in steps for what in ("outcome", "done_on")}
    return frozenset(rows | answers | given | ends)


def _sent(catalog: Catalog) -> dict[str, list[tuple[Playbook, Span]]]:
    """Letter → the playbooks that send it, each with the place of one of its emails."""
    sent: dict[str, list[tuple[Playbook, Span]]] = {}
    for playbook in catalog.playbooks.values():
        for step in playbook.all_steps:
            if isinstance(step.verb, Email):
                for fit in step.verb.letter.fits:
                    sent.setdefault(fit.value, []).append((playbook, step.verb.span))
    return sent


def _is_there(catalog: Catalog, name: str, language: str) -> bool:
    return (name, language) in catalog.letters or (name, language) in catalog.unread_letters


def _is_anywhere(catalog: Catalog, name: str) -> bool:
    return any(name == known for known, _ in (*catalog.letters, *catalog.unread_letters))
