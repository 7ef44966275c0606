"""The paths of letters and documents → their names and languages."""

from __future__ import annotations

from collections.abc import Iterable

from cs_playbook.model.letter import SIGNATURE
from cs_playbook.source.files import LETTERS

Places = dict[str, tuple[str, str]]  # path → name, language


def places_of_letters(paths: Iterable[str]) -> Places:
    """emails/usage-drop/check-in/fr.md is usage-drop/check-in in fr. Without what stands below them all."""
    return {path: place for path, place in places_below(paths, LETTERS).items() if place[0] != SIGNATURE}


def places_of_signatures(paths: Iterable[str]) -> dict[str, str]:
    """Path → language."""
    below = places_below(paths, LETTERS).items()
    return {path: language for path, (name, language) in below if name == SIGNATURE}


def places_below(paths: Iterable[str], folder: str) -> Places:
    parts = {path: path.removesuffix(".md").split("/")[1:] for path in paths if path.startswith(f"{folder}/")}
    return {path: ("/".join(names[:-1]), names[-1]) for path, names in parts.items() if len(names) > 1}
