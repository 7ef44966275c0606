"""Who answered, as the CRM writes it → the address of a colleague; or a finding about somebody whom the team does not know."""

from __future__ import annotations

from cs_playbook.commands.meant import person_meant
from cs_playbook.errors import ChoiceError
from cs_playbook.model.team import Team
from cs_playbook.source.finding import Finding, Span, warning


def answered_by(written: str, at: Span, team: Team) -> tuple[str, Finding | None]:
    """The answer counts either way: it was given. Somebody unknown stays as the CRM names them."""
    if not written:
        return "", None
    try:
        return person_meant(written, team), None
    except ChoiceError as error:
        fact = f"the CRM says that '{written}' answered, who is none of `people:`; the answer counts"
        return written, warning(at, "CSP777", fact, error.hint)
