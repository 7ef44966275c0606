"""The nodes of `assign:` → assignments: rules bound to the facts of an account and to people of the team."""

from __future__ import annotations

from datetime import date

from msgspec import Struct, field

from cs_playbook.model.assignment import (
    ACCOUNTS,
    AWAY,
    MINUTES,
    Assignment,
    AssignRule,
    Freeze,
    Known,
    Matching,
    Named,
)
from cs_playbook.model.condition import Condition, conditions
from cs_playbook.model.expression import FieldType, Name
from cs_playbook.model.segment import Segmentation
from cs_playbook.model.team import Always, FromField, Pool, Role, Team
from cs_playbook.parse.conditions import OTHERWISE, read_conditions
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.nodes import block, blocks, scalar, text
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar
from cs_playbook.values import replace

_KNOWN: tuple[Known, ...] = ("speaks", "sectors")
_TEXTS = (FieldType.TEXT, FieldType.EMAIL)
_NUMBERS = (FieldType.NUMBER, FieldType.INTEGER)
_TO = "to: {team: <team>} or to: {role: <role>}"


def read_assignments(
    files: list[Mapping], scope: Scope, team: Team, segmentations: dict[str, Segmentation]
) -> tuple[dict[str, Assignment], list[Finding]]:
    """By the name of the segmentation. `scope` holds every fact of an account; whoever has errors is left out."""
    read: dict[str, Assignment] = {}
    findings: list[Finding] = []
    for file in files:
        node, of = block(file, "assign"), segmentations.get(text(file, "segments"))
        if node is not None and of is not None:
            reader = _Reader(scope, team, of)
            assignment = reader.assignment(node)
            findings += reader.findings
            if assignment is not None and not any(finding.is_error for finding in reader.findings):
                read[of.name] = assignment
    return read, findings


class _Reader(Struct):
    """Holds the findings of one `assign:`."""

    scope: Scope
    team: Team
    of: Segmentation
    findings: list[Finding] = field(default_factory=list)

    def assignment(self, node: Mapping) -> Assignment | None:
        role = scalar(node, "role")
        fact = None if role is None else self._owning(role)
        text(node, "keep")  # the schema lets one sentence through
        rules = tuple(rule for item in blocks(node, "first_match") if (rule := self._rule(item)))
        frozen = tuple(freeze for item in blocks(node, "frozen") if (freeze := self._freeze(item)))
        if role is None or fact is None:
            return None
        return Assignment(role.text, fact, rules, role.span, frozen, self._away(node))

    def _owning(self, role: Scalar) -> str | None:
        known = self._role(role)
        if known is None:
            return None
        if isinstance(known.source, FromField) and isinstance(known.source.fact, Name):
            return known.source.fact.name
        said = f"the role '{role.text}' is not read from a field, so nobody can be made its person"
        self._report(
            role, "CSP520", said, "a role that says where the owner's address stands: {from: csm_email}"
        )
        return None

    def _role(self, written: Scalar) -> Role | None:
        """None too where it is there and has errors of its own."""
        role = self.team.role(written.text)
        if role is None and written.text not in self.team.unread:
            names = [one.name for one in self.team.roles if not one.is_contact]
            hint = did_you_mean(written.text, names) or f"roles are: {', '.join(names)}"
            self._report(written, "CSP135", f"there is no role '{written.text}'", hint)
        return role

    # --- a rule ---

    def _rule(self, node: Mapping) -> AssignRule | None:
        when, known = self._when(node)
        name, to = scalar(node, "rule"), block(node, "to")
        if name is None or to is None:
            return None
        named = self._named(to)
        matching, balance, same = self._matching(to), self._balance(to, named), self._fact(to, "same_for")
        if not known or named is None:
            return None
        return AssignRule(name.text, when, named, name.span, matching, balance, same)

    def _when(self, node: Mapping) -> tuple[Condition | None, bool]:
        """And whether it could be read."""
        written = node.get("when")
        if written is None or (isinstance(written, Scalar) and written.text == OTHERWISE):
            return None, written is not None
        when, wrong = read_conditions(written, _now(self.scope))
        self.findings += wrong
        for patient in (part for part in conditions(when) if part.lasting) if when is not None else ():
            hint = "the segment an account is in may be patient: `move:`"
            self.findings.append(Finding(patient.span, "CSP219", "`for:` cannot be asked of an owner", hint))
        return when, when is not None

    def _named(self, to: Mapping) -> Named | None:
        team, role = scalar(to, "team"), scalar(to, "role")
        if (team is None) == (role is None):
            said = "says both a team and a role" if team is not None else "says neither a team nor a role"
            self.findings.append(Finding(to.span, "CSP520", f"`to:` {said}", _TO))
            return None
        if role is not None:
            return self._of_role(role)
        return None if team is None else self._of_team(team)

    def _of_team(self, team: Scalar) -> Named | None:
        teams = dict(self.team.teams)
        if team.text in teams:
            return Named(team.text, teams[team.text])
        known = (
            f"teams are: {', '.join(sorted(teams))}"
            if teams
            else "write teams: {name: [addresses]} in team.yaml"
        )
        hint = did_you_mean(team.text, teams) or known
        self._report(team, "CSP520", f"there is no team '{team.text}'", hint)
        return None

    def _of_role(self, written: Scalar) -> Named | None:
        role = self._role(written)
        match None if role is None else role.source:
            case None:
                return None
            case Pool(people=people):
                return Named(written.text, people)
            case Always(email=email):
                return Named(written.text, (email,))
            case FromField(fact=Name(name=fact)):
                return Named(written.text, fact=fact)
            case _:
                said = f"the role '{written.text}' names nobody to choose from"
                self._report(written, "CSP520", said, "a role with `pool:`, `is:` or `from:`, or a team")
                return None

    def _matching(self, to: Mapping) -> tuple[Matching, ...]:
        node = block(to, "matching")
        found = ((known, self._fact(node, known)) for known in _KNOWN) if node is not None else ()
        return tuple(Matching(known, fact) for known, fact in found if fact is not None)

    def _fact(self, node: Mapping, key: str) -> str | None:
        """A fact that holds a text."""
        written = scalar(node, key)
        if written is None:
            return None
        kind = self.scope.facts.get(written.text)
        if (kind is None or kind not in _TEXTS) and written.text not in self.scope.unread:
            self._no_fact(written, f"`{key}:` compares texts", _TEXTS)
            return None
        return written.text

    def _balance(self, to: Mapping, named: Named | None) -> str:
        written, promised = scalar(to, "balance"), any(one.minutes_per_month for one in self.of.segments)
        if written is None:
            return self._as_pool_picks(named) or (MINUTES if promised else ACCOUNTS)
        if written.text == MINUTES and not promised:
            said = f"no segment of '{self.of.name}' says how many minutes it takes"
            self._report(
                written, "CSP522", said, "minutes_per_month: 45 in its segments, or balance: accounts"
            )
        elif written.text not in (MINUTES, ACCOUNTS):
            kind = self.scope.facts.get(written.text)
            if (kind is None or kind.reads_as not in _NUMBERS) and written.text not in self.scope.unread:
                self._no_fact(written, "balance: minutes, accounts, or a number of an account", _NUMBERS)
        return written.text

    def _as_pool_picks(self, named: Named | None) -> str | None:
        role = None if named is None else self.team.role(named.called)
        pool = None if role is None else role.source
        if not isinstance(pool, Pool) or (named is not None and named.people != pool.people):
            return None
        return {"least": pool.by, "fewest minutes": None}.get(pool.pick, ACCOUNTS)

    def _no_fact(self, written: Scalar, asks: str, kinds: tuple[FieldType, ...]) -> None:
        fits = [name for name, kind in self.scope.facts.items() if kind in kinds or kind.reads_as in kinds]
        there = written.text in self.scope.facts
        said = (
            f"'{written.text}' cannot stand here: {asks}"
            if there
            else f"there is no fact '{written.text}': {asks}"
        )
        hint = did_you_mean(written.text, fits) or f"there are: {', '.join(fits[:8])}"
        self._report(written, "CSP522", said, hint)

    # --- when nobody moves ---

    def _freeze(self, node: Mapping) -> Freeze | None:
        first, last = self._day(node, "from"), self._day(node, "to")
        if first is None or last is None:
            return None
        if last < first:
            said = f"it ends before it begins: {last.isoformat()} is before {first.isoformat()}"
            self.findings.append(
                Finding(node.span, "CSP523", said, "`from:` is the first day, `to:` the last")
            )
            return None
        return Freeze(first, last)

    def _day(self, node: Mapping, key: str) -> date | None:
        written = scalar(node, key)
        if written is None:
            return None  # the schema has said so
        try:
            return date.fromisoformat(written.text)
        except ValueError:
            self._report(written, "CSP523", f"'{written.text}' is no day", "write year-month-day: 2026-12-15")
            return None

    def _away(self, node: Mapping) -> int:
        written = scalar(node, "away_at_most")
        days, wrong = (AWAY, []) if written is None else read_days(written)
        self.findings += wrong
        return AWAY if days is None else days

    def _report(self, at: Scalar, code: str, said: str, hint: str) -> None:
        self.findings.append(Finding(at.span, code, said, hint))


def _now(scope: Scope) -> Scope:
    """What was, only playbooks and segments remember."""
    return replace(scope, remembers=False)
