"""Caps, categories: what the project file and the letters say of them fits together."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.letter import Letter
from cs_playbook.model.mail_policy import Cap
from cs_playbook.parse.duration import DAYS_ABOUT
from cs_playbook.source.finding import Finding, did_you_mean, warning


def letters_have_a_category(catalog: Catalog) -> Iterator[Finding]:
    """CSP423 A letter is of no category that the project file declares

    `categories:` says which opt-out counts for which letters. Once it is there each letter says one of
    them, the same in all its languages. Of a letter without a category every opt-out counts: a warning.

    Fails:

        # project.yaml
        categories: {customer-success: {opt_out: has_left}, transactional: {opt_out: none}}

        # emails/example/hello/en.md
        ---
        subject: Hello
        category: transactionel
        ---
        Hello.

    Mended:

        # project.yaml
        categories: {customer-success: {opt_out: has_left}, transactional: {opt_out: none}}

        # emails/example/hello/en.md
        ---
        subject: Hello
        category: transactional
        ---
        Hello.
    """
    known = [one.name for one in catalog.project.mail.categories]
    if not known:
        return
    first: dict[str, Letter] = {}
    for _, letter in sorted(catalog.letters.items()):
        there = f"one of: {', '.join(known)}"
        if not letter.category:
            yield warning(letter.span, "CSP423", "the letter has no category: every opt-out counts", there)
        elif letter.category not in known:
            fact = f"there is no category '{letter.category}'"
            yield Finding(letter.span, "CSP423", fact, did_you_mean(letter.category, known) or there)
        other = first.setdefault(letter.name, letter)
        if other.category != letter.category:
            fact = f"the category is '{letter.category}' here and '{other.category}' in '{other.language}'"
            yield Finding(letter.span, "CSP423", fact, "the same in every language")


def own_caps_are_tighter(asked: Asked) -> Iterator[Finding]:
    """CSP425 A playbook's cap on emails is wider than the project's

    Both hold for its mails, so a wider one changes nothing. A playbook may ask for fewer mails, or for
    a longer stretch; mails of all playbooks count.

    Fails:

        # project.yaml
        email_caps: {per_contact: 1 per 5 business days}

        # playbooks/example.yaml
        email_caps: {per_contact: 2 per 5 business days}

    Mended:

        # project.yaml
        email_caps: {per_contact: 1 per 5 business days}

        # playbooks/example.yaml
        email_caps: {per_contact: 1 per 10 business days}
    """
    own, ours = asked.playbook.email_caps, asked.catalog.project.mail.caps
    pairs = (("contact", own.per_contact, ours.per_contact), ("account", own.per_account, ours.per_account))
    for who, cap, project in pairs:
        if own.span is not None and cap is not None and project is not None and _is_wider(cap, project):
            fact = f"{cap} for a {who} is wider than the project's {project}"
            yield Finding(own.span, "CSP425", fact, "fewer mails, or a longer stretch; or leave it out")


def _is_wider(cap: Cap, project: Cap) -> bool:
    """As far as it can be told: business days and days are compared only with their own kind."""
    if (cap.per.unit == "business day") != (project.per.unit == "business day"):
        return False
    shorter = cap.per.count * DAYS_ABOUT[cap.per.unit] < project.per.count * DAYS_ABOUT[project.per.unit]
    return shorter or cap.most > project.most
