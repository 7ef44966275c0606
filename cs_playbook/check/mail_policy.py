"""Caps, categories: what the project file and the letters say of them fits together."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from cs_playbook.check.rule import Asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.duration import Duration
from cs_playbook.model.letter import Letter
from cs_playbook.model.mail_policy import Cap
from cs_playbook.source.finding import Finding, did_you_mean, warning

_DAYS_OFF = 14  # weekends and holidays at both ends lengthen a stretch of business days by no more


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
    own, project = asked.playbook.email_caps, asked.catalog.project
    ours, worked = project.mail.caps, len(project.calendar.week)
    pairs = (("contact", own.per_contact, ours.per_contact), ("account", own.per_account, ours.per_account))
    for who, cap, all_of_us in pairs:
        if (
            own.span is not None
            and cap is not None
            and all_of_us is not None
            and _is_wider(cap, all_of_us, worked)
        ):
            fact = f"{cap} for a {who} is wider than the project's {all_of_us}"
            yield Finding(own.span, "CSP425", fact, "fewer mails, or a longer stretch; or leave it out")


def _is_wider(cap: Cap, project: Cap, worked: int) -> bool:
    """Whether the project's lets no more through in that stretch, however its weekends and holidays lie.

    One that asks for fewer, or for the same in other words, is not wider: 1 per day beside 2 per week.
    """
    shortest, longest = _days(project.per, worked)[0], _days(cap.per, worked)[1]
    times, same = Fraction(longest, shortest), _days(cap.per, worked) == _days(project.per, worked)
    if cap.per.unit == project.per.unit:
        times, same = Fraction(cap.per.count, project.per.count), cap.per == project.per
    return cap.most >= project.most * ceil(times) and not (same and cap.most == project.most)


def _days(per: Duration, worked: int) -> tuple[int, int]:
    """How many days of the calendar it is at least, and at most. `worked`: days of a week."""
    match per.unit:
        case "day":
            return per.count, per.count
        case "week":
            return 7 * per.count, 7 * per.count
        case "month":
            return 28 * per.count, 31 * per.count
        case "business day":  # the shortest begin at a weekend
            weeks, rest = divmod(per.count - 1, worked)
            return 7 * weeks + rest + 1, 7 * weeks + rest + 1 + _DAYS_OFF
