"""What a person typed → whom and what they mean: a colleague, an account and a playbook in either order, a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.team import Team
from cs_playbook.plan.guards import ALLOWABLE
from cs_playbook.source.finding import did_you_mean

SHOWN = 8  # people named where nobody is like the one who was typed


def account_and_playbook(first: str, second: str, catalog: Catalog) -> tuple[str, str]:
    """ACCOUNT PLAYBOOK as everywhere; the other way round where only that can be meant."""
    names = {*catalog.playbooks, *(playbook.first_name for playbook in catalog.playbooks.values())}
    if second in names or not second:
        return first, second
    turned = first in names or (bool(did_you_mean(first, names)) and not did_you_mean(second, names))
    return (second, first) if turned else (first, second)


def person_meant(written: str, team: Team) -> str:
    """The address of a colleague, by address or name in any case. Without any `people:` everybody is let be.

    Raises ChoiceError for somebody whom the team does not know: the history must not name a slip of the pen.
    """
    known = {person.email: person.name for person in team.people}
    if not known:
        return written
    known |= {address: address for address in team.always if address not in known}
    meant = written.strip().casefold()
    found = [address for address, name in known.items() if meant in (address.casefold(), name.casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        raise ChoiceError(
            f"'{written}' is the name of several people", f"say which: {', '.join(sorted(found))}"
        )
    raise ChoiceError(f"the team has no '{written}'", _like(written, known))


def refuse_unknown_rules(rules: Iterable[str]) -> None:
    """Raises ChoiceError for the first that is no rule a person may let a run pass."""
    for rule in rules:
        if rule not in ALLOWABLE:
            hint = did_you_mean(rule, ALLOWABLE) or f"one of: {', '.join(ALLOWABLE)}"
            raise ChoiceError(f"there is no rule '{rule}' that a run may be let pass", hint)


def refuse_unknown_owner(part: str, owners: Collection[tuple[str, str]], team: Team) -> None:
    """`part`: of an address or a name; `owners`: those of the open tasks. Who has nothing to do is known all the same.

    Raises ChoiceError where nobody is meant: an empty list would look like a day off.
    """
    known = dict(owners) | {person.email: person.name for person in team.people}
    known |= {address: address for address in team.always if address not in known}
    if not any(part.casefold() in f"{address} {name}".casefold() for address, name in known.items()):
        raise ChoiceError(f"nobody's name or address has '{part}' in it", _like(part, known))


def _like(written: str, known: dict[str, str]) -> str:
    # First names too; of an address only what stands before the @ tells people apart.
    words = {
        word.casefold(): address
        for address, name in sorted(known.items(), reverse=True)
        for word in (name, *name.split(), address.split("@")[0])
    }
    near = get_close_matches(written.split("@", maxsplit=1)[0].casefold(), words, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{words[near[0]]}'?"
    shown = sorted(known)[:SHOWN]
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"there are: {', '.join(shown)}{more}" if shown else "team.yaml names the `people:`"
