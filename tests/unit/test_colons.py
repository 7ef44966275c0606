"""A colon inside a word of a list: YAML 1.2 allows it, the C parser does not, and nobody notices."""

from __future__ import annotations

import pytest

from cs_playbook.source import tree
from cs_playbook.source.tree import Tree, plain, read_tree

TEXTS = (
    "a: [tag:x, other]\nb: 'tag:y'  # tag:z\n",
    'a: {b: [tag:x, 12:30], c: "tag:y"}\nd: é:ü\n',
    "a:\n  - {when: x, because: [é tag:x]}\n  - >\n    tag:x\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_read_as_the_slow_parser_reads_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tree._Builder("f", text, tree._slow_events)
    expected = Tree(slow.document(), tuple(slow.findings))
    monkeypatch.setattr(tree, "_slow_events", None)  # it is not needed

    assert read_tree(text, "f") == expected


def test_a_text_that_has_the_letter_of_the_veil_is_read_all_the_same() -> None:
    root = read_tree('a: [tag:x]\nb: \ue000\nc: "\\uE000"\n', "f").root

    assert root is not None
    assert plain(root) == {"a": ["tag:x"], "b": "\ue000", "c": "\ue000"}
