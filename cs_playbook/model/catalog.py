"""Everything a workspace declares, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from cs_playbook.model.assignment import Assignment
from cs_playbook.model.data import Contract
from cs_playbook.model.document import DocumentText
from cs_playbook.model.expression import FieldType
from cs_playbook.model.kpi import Kpi
from cs_playbook.model.letter import Letter
from cs_playbook.model.mapping import Sources
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.project import Project
from cs_playbook.model.scorecard import Scorecard
from cs_playbook.model.segment import Segmentation
from cs_playbook.model.signal import Signal
from cs_playbook.model.story import Stories
from cs_playbook.model.success_plan import SuccessPlan
from cs_playbook.model.team import Role, Team
from cs_playbook.model.trait import Trait

OWNING = "csm"  # where no segmentation assigns another


class Catalog(Struct, frozen=True, dict=True):
    """`facts`: the type of each fact of an account. `fact_values`: the only texts some of them may hold.

    `letters`: by name and language; `unread_letters` are there and have errors; `unread_playbooks`: texts of
    files that are no YAML. `files`: hash of all that was read.
    """

    project: Project
    contract: Contract
    team: Team
    sources: Sources | None = None
    signals: Mapping[str, Signal] = field(default_factory=dict)
    segmentations: Mapping[str, Segmentation] = field(default_factory=dict)
    traits: Mapping[str, Trait] = field(default_factory=dict)
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    tagged: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # tag → playbooks, by their first names
    letters: Mapping[tuple[str, str], Letter] = field(default_factory=dict)
    signatures: Mapping[str, Letter] = field(default_factory=dict)  # by language: without a subject
    stories: tuple[Stories, ...] = ()
    facts: Mapping[str, FieldType] = field(default_factory=dict)
    fact_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: str = ""
    unread_letters: frozenset[tuple[str, str]] = frozenset()
    unread_playbooks: tuple[str, ...] = ()
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    documents: Mapping[tuple[str, str], DocumentText] = field(default_factory=dict)  # by name and language
    plans: tuple[SuccessPlan, ...] = ()  # those of customers, and templates
    kpis: Mapping[str, Kpi] = field(default_factory=dict)
    unread_kpis: frozenset[str] = frozenset()  # that are there and have errors
    assignments: Mapping[str, Assignment] = field(default_factory=dict)  # by the name of their segmentation

    def category_of(self, letter: str) -> str:
        """It is the same in every language; "" where there is no such letter."""
        return self._category_of.get(letter, "")

    @cached_property
    def _category_of(self) -> Mapping[str, str]:
        """Of each letter's languages the first; each mail of a day asks."""
        return {name: self.letters[name, of].category for name, of in sorted(self.letters, reverse=True)}

    def owning_role(self, segmentation: str) -> Role | None:
        """In whose book the accounts are: the role that the segmentation assigns, else the csm."""
        assigned = self.assignments.get(segmentation)
        return self.team.role(assigned.role if assigned is not None else OWNING)
