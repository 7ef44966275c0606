"""`teams:`, `pool:` and `away:` of the team's file → who is in them, whom to pick, and when somebody is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from datetime import date

from cs_playbook.model.expression import FieldType
from cs_playbook.model.team import Absence, Always, Pool, PoolPick, Team
from cs_playbook.parse.address import is_address
from cs_playbook.parse.nodes import block, blocks, items, scalar, texts
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar, Sequence

Teams = Dictionary[str, tuple[str, ...]]

_PICKS: Dictionary[str, PoolPick] = {
    "round robin": "round robin", "fewest accounts": "fewest accounts", "fewest minutes": "fewest minutes",
}  # fmt: skip
_LEAST = re.compile(r"least +([a-z_][a-z0-9_]*)\Z")
_NUMBERS = (FieldType.NUMBER, FieldType.INTEGER)
_HOW = "round robin, fewest accounts, fewest minutes, or least <fact>, e.g. least arr"


def read_teams(root: Mapping) -> tuple[Teams, list[Finding]]:
    """Name → addresses, each once; CSP150 where somebody stands in a team twice."""
    node = block(root, "teams")
    entries = node.entries if node else ()
    teams = {key.text: tuple(dict.fromkeys(_addresses(value))) for key, value in entries}
    findings = [wrong for _, value in entries for wrong in _twice(value)]
    return teams, findings


def read_pool(node: Mapping, teams: Teams, scope: Scope) -> tuple[Pool | None, list[Finding]]:
    """`{pool: [addresses] or a team, pick: …}`."""
    value = node.get("pool")
    people = tuple(dict.fromkeys(_addresses(value)))
    findings = _twice(value)
    if isinstance(value, Scalar):
        people = teams.get(value.text, ())
        if value.text not in teams:
            findings.append(_no_team(value, teams))
    pick, by, wrong = _pick(node, scope)
    findings += wrong
    if not people or pick is None:
        return None, findings
    return Pool(people, pick, by), findings


def _addresses(value: object) -> Iterator[str]:
    if isinstance(value, Sequence):
        yield from (item.text for item in value.items if isinstance(item, Scalar))


def _twice(value: object) -> list[Finding]:
    seen: set[str] = set()
    findings: list[Finding] = []
    for item in value.items if isinstance(value, Sequence) else ():
        name = item.text.casefold() if isinstance(item, Scalar) else ""
        if name and name in seen:
            fact = f"'{name}' stands here twice"
            findings.append(Finding(item.span, "CSP150", fact, "each person once: delete one of them"))
        seen.add(name)
    return findings


def _no_team(value: Scalar, teams: Teams) -> Finding:
    if "@" in value.text:
        fact = f"a pool of one is no pool: '{value.text}'"
        return Finding(
            value.span, "CSP150", fact, f"write {{is: {value.text}}}, or pool: [several addresses]"
        )
    known = f"teams are: {', '.join(sorted(teams))}" if teams else "write teams: {name: [addresses]}"
    hint = did_you_mean(value.text, teams) or known
    return Finding(value.span, "CSP150", f"there is no team '{value.text}'", hint)


def _pick(node: Mapping, scope: Scope) -> tuple[PoolPick | None, str | None, list[Finding]]:
    value = scalar(node, "pick")
    if value is None:
        key = node.key("pool") or node
        return (
            None,
            None,
            [Finding(key.span, "CSP134", "this pool does not say whom to pick", f"pick: {_HOW}")],
        )
    if value.text in _PICKS:
        return _PICKS[value.text], None, []
    least = _LEAST.match(value.text)
    if least is None:
        hint = did_you_mean(value.text, _PICKS) or _HOW
        return None, None, [Finding(value.span, "CSP134", f"'{value.text}' picks nobody of a pool", hint)]
    kind = scope.facts.get(least[1])
    if kind is None or kind.reads_as not in _NUMBERS:
        numbers = [name for name, known in scope.facts.items() if known.reads_as in _NUMBERS]
        hint = did_you_mean(least[1], numbers) or f"numbers are: {', '.join(numbers[:8])}"
        fact = f"'{least[1]}' is no number of an account"
        return None, None, [Finding(value.span, "CSP134", fact, hint)]
    return "least", least[1], []


# --- absences ---


def read_away(person: Mapping) -> tuple[tuple[Absence, ...], list[Finding]]:
    """The absences of one person, in order; CSP151 where the days cannot be."""
    read: list[Absence] = []
    findings: list[Finding] = []
    for node in blocks(person, "away"):
        first, last = _day(node, "from", findings), _day(node, "to", findings)
        cover = scalar(node, "cover")
        if first is None or last is None:
            continue
        if last < first:
            said = node.get("to") or node
            fact = f"back before leaving: {last.isoformat()} is before {first.isoformat()}"
            findings.append(
                Finding(said.span, "CSP151", fact, "`from:` is the first day away, `to:` the last")
            )
            continue
        read.append(Absence(first, last, cover.text if cover else None, node.span))
    return tuple(sorted(read, key=lambda absence: (absence.first, absence.last))), findings


def _day(node: Mapping, key: str, findings: list[Finding]) -> date | None:
    value = scalar(node, key)
    if value is None:
        return None  # the schema has said so
    try:
        return date.fromisoformat(value.text)
    except ValueError:
        fact = f"'{value.text}' is no day"
        findings.append(Finding(value.span, "CSP151", fact, "write year-month-day: 2026-12-20"))
        return None


# --- who is named ---


def unknown_people(root: Mapping, team: Team) -> list[Finding]:
    """CSP152: somebody of a pool, a team or a cover who is not among the people."""
    known = {person.email.casefold() for person in team.people}
    known |= {role.source.email.casefold() for role in team.roles if isinstance(role.source, Always)}
    shown = [person.email for person in team.people]
    return [
        Finding(
            name.span,
            "CSP152",
            f"'{name.text}' is not among the people",
            did_you_mean(name.text, shown) or _write_down(name.text),
        )
        for name in _named(root)
        if name.text.casefold() not in known
    ]


def no_addresses(root: Mapping) -> list[Finding]:
    """CSP154: somebody under `people:` whose key is no address."""
    people = block(root, "people")
    hint = "people stand under their address: lea@vendor.example: {name: Léa}"
    return [
        Finding(key.span, "CSP154", f"'{key.text}' is no email address", hint)
        for key, _ in (people.entries if people else ())
        if not is_address(key.text)
    ]


def _write_down(name: str) -> str:
    if "@" not in name:
        return "here stand addresses of people, not roles"
    return f"write {name}: {{name: …}} under people:"


def _named(root: Mapping) -> Iterator[Scalar]:
    roles, teams, people = block(root, "roles"), block(root, "teams"), block(root, "people")
    for _, role in roles.entries if roles else ():
        if isinstance(role, Mapping):
            yield from (item for item in items(role, "pool") if isinstance(item, Scalar))
    for _, several in teams.entries if teams else ():
        if isinstance(several, Sequence):
            yield from (item for item in several.items if isinstance(item, Scalar))
    for _, person in people.entries if people else ():
        for away in blocks(person, "away") if isinstance(person, Mapping) else ():
            cover = scalar(away, "cover")
            if cover is not None and texts(away, "cover"):
                yield cover
