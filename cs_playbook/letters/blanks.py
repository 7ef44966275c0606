"""The blanks of letters, questioned: does something fill them, are they the same in every language."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cs_playbook.letters.template import Template, blanks
from cs_playbook.source.finding import Finding, did_you_mean_part


def unknown_blanks(template: Template, known: Collection[str]) -> list[Finding]:
    """CSP405. `known`: every name that may be filled, whole: account.name, steps.call.outcome, today."""
    asked = [(blank.name, blank.span) for blank in blanks(template)]
    used = {name for name, _ in asked}
    asked += [(need, template.letter.span) for need in template.letter.needs if need not in used]
    return [
        Finding(
            span,
            "CSP405",
            f"nothing fills '{name}'",
            _known_like(name, known),
        )
        for name, span in asked
        if name not in known
    ]


def differing_blanks(templates: Sequence[Template]) -> list[Finding]:
    """CSP406. `templates`: one letter in its languages; the others are held against the first."""
    if not templates:
        return []
    first, *others = templates
    return [finding for other in others for finding in _differences(first, other)]


def _differences(first: Template, other: Template) -> list[Finding]:
    ours = {blank.name: blank for blank in reversed(blanks(other))}
    theirs = {blank.name for blank in blanks(first)}
    language = first.letter.language
    absent = [
        Finding(
            other.letter.span,
            "CSP406",
            f"{names} in the letter in '{language}', not in this one",
            "say it here too",
        )
        for names in _named(sorted(theirs - ours.keys()))
    ]
    surplus = [
        Finding(
            blank.span,
            "CSP406",
            f"'{name}' is not in the letter in '{language}'",
            "say it there too, or delete it here",
        )
        for name, blank in ours.items()
        if name not in theirs
    ]
    return [*absent, *surplus, *_other_needs(first, other)]


def _other_needs(first: Template, other: Template) -> list[Finding]:
    wanted, got = set(first.letter.needs), set(other.letter.needs)
    if wanted == got:
        return []
    message = f"needs is not the same as in '{first.letter.language}': {', '.join(sorted(wanted ^ got))}"
    return [Finding(other.letter.span, "CSP406", message, f"write needs: [{', '.join(first.letter.needs)}]")]


def _named(names: list[str]) -> list[str]:
    """`'a', 'b' and 'c' are`: all in one sentence; no sentence without names."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 2:
        return [f"{name} is" for name in quoted]
    return [f"{', '.join(quoted[:-1])} and {quoted[-1]} are"]


def _known_like(name: str, known: Collection[str]) -> str:
    """What stands behind the same first word; else the first words there are."""
    root = name.partition(".")[0]
    beside = sorted(other for other in known if other.startswith(f"{root}."))
    if f"account.{name}" in known:
        return f"write 'account.{name}'"
    if not beside:
        roots = dict.fromkeys(other.partition(".")[0] for other in sorted(known))
        return f"blanks here begin with: {', '.join(roots)}"
    near = did_you_mean_part(name, beside)
    return near or f"there are: {', '.join(beside[:8])}{' …' if len(beside) > 8 else ''}"
