"""What segmentations assign: rules that no account comes to, and two that would own the same role."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.covers import covers, never_reached
from cs_playbook.model.assignment import Assignment
from cs_playbook.model.catalog import Catalog
from cs_playbook.source.finding import Finding


def rules_are_reached(catalog: Catalog) -> Iterator[Finding]:
    """CSP521 A rule of `assign:` that no account comes to

    The first rule that fits says who may own the account. After `when: otherwise`, which takes
    everybody, and after a rule that asks the same, nobody is left.

    Fails:

        # segments.yaml
        assign:
          role: csm
          first_match:
            - {rule: everybody, when: otherwise, to: {team: generalists}}
            - {rule: large ones, when: arr >= 60000, to: {team: experts}}

        # team.yaml
        teams: {generalists: [lea@vendor.example, nora@vendor.example], experts: [nora@vendor.example]}

    Mended:

        # segments.yaml
        assign:
          role: csm
          first_match:
            - {rule: large ones, when: arr >= 60000, to: {team: experts}}
            - {rule: everybody, when: otherwise, to: {team: generalists}}

        # team.yaml
        teams: {generalists: [lea@vendor.example, nora@vendor.example], experts: [nora@vendor.example]}
    """
    for assignment in catalog.assignments.values():
        yield from _never_reached(assignment)


def _never_reached(assignment: Assignment) -> Iterator[Finding]:
    for at, rule in enumerate(assignment.rules):
        takes = ((one, covers(one.when, rule.when)) for one in assignment.rules[:at])
        above, how = next(((one, how) for one, how in takes if how), (None, ""))
        if above is not None:
            fact = f"the rule '{rule.name}' is never reached: '{above.name}' already {how}"
            hint = "the order decides: move it up, or ask something else"
            yield never_reached(rule.span, "CSP521", fact, how, hint)


def one_assignment_of_a_role(catalog: Catalog) -> Iterator[Finding]:
    """CSP524 Two segmentations assign the same role

    Each would propose an owner of its own, and what one moves the other would move back. One
    segmentation says who the CSM is; its rules may ask what the other one says.

    Fails:

        # segments.yaml
        assign:
          role: csm
          first_match:
            - {rule: everybody, when: otherwise, to: {role: cs_ops}}

        # sizes.yaml
        segments: size
        first_match:
          - {segment: large, when: arr >= 60000}
          - {segment: small, when: otherwise}
        assign:
          role: csm
          first_match:
            - {rule: large ones, when: size = 'large', to: {role: cs_ops}}

    Mended:

        # segments.yaml
        assign:
          role: csm
          first_match:
            - {rule: large ones, when: size = 'large', to: {role: cs_ops}}

        # sizes.yaml
        segments: size
        first_match:
          - {segment: large, when: arr >= 60000}
          - {segment: small, when: otherwise}
    """
    first: dict[str, str] = {}
    for name, assignment in catalog.assignments.items():
        other = first.setdefault(assignment.fact, name)
        if other != name:
            fact = f"'{other}' assigns '{assignment.role}' already"
            yield Finding(
                assignment.span,
                "CSP524",
                fact,
                f"put the rules into one `assign:`; they may ask what '{name}' says",
            )
