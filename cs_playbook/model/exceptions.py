"""What a person may put out of a segmentation's hands: its segment, or each of its tags, as if it were a trait."""

from __future__ import annotations

from collections.abc import Mapping

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.segment import Choosing, Segmentation
from cs_playbook.model.trait import Trait
from cs_playbook.model.value import FieldType


def exceptions_of(catalog: Catalog) -> dict[str, Trait]:
    """By the fact that is set: tier, or marks.large."""
    return {trait.name: trait for one in catalog.segmentations.values() for trait in _of(one)}


def settable(catalog: Catalog) -> Mapping[str, Trait]:
    """All that a person may set."""
    return {**catalog.traits, **exceptions_of(catalog)}


def now_called(fact: str, catalog: Catalog) -> Mapping[str, str]:
    """Of a fact that names segments: what they were called → what they are called."""
    one = catalog.segmentations.get(fact.partition(".")[0])
    return one.renamed if one is not None and fact in one.places else {}


def _of(one: Segmentation) -> tuple[Trait, ...]:
    if one.choosing is Choosing.ANY:
        return tuple(Trait(fact, FieldType.BOOLEAN, one.span) for fact in one.standing)
    return (Trait(one.name, FieldType.TEXT, one.span, one.names),)
