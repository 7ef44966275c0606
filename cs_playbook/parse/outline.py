"""The text of a playbook → its steps and what they say, also where the rest of it no longer means anything."""

from __future__ import annotations

from cs_playbook.model.playbook import Outline
from cs_playbook.parse.nodes import blocks, text, texts
from cs_playbook.source.tree import Mapping, read_tree

# The verbs whose word is a sentence for people; others are called by the id of their step.
_SAYS = ("task", "approve")


def read_outline(source: str) -> Outline:
    """Blanks of sentences stay as they are written."""
    root = read_tree(source, "").root
    if not isinstance(root, Mapping):
        return Outline("", {})
    ways_out = [step for way_out in blocks(root, "exit") for step in blocks(way_out, "then")]
    steps = [step for step in (*blocks(root, "steps"), *ways_out) if step.get("id") is not None]
    return Outline(
        text(root, "title"),
        {text(step, "id"): _says(step) for step in steps},
        {text(step, "id"): texts(step, "outcomes") for step in steps if step.get("outcomes") is not None},
    )


def _says(step: Mapping) -> str:
    return next((said for verb in _SAYS if (said := text(step, verb))), text(step, "id"))
