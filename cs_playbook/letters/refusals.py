"""What a letter may not hold → what it is called, where its word stands, and what to write instead."""

from __future__ import annotations

import re

from jinja2 import nodes
from msgspec import Struct

from cs_playbook.letters.filters import FILTERS
from cs_playbook.source.finding import did_you_mean

ALLOWED = f"a letter may hold names, if, for, and the filters {', '.join(sorted(FILTERS))}"

_TAGS = ("if", "elif", "else", "endif", "for", "endfor")
_SIGNAL = "define a signal and print that"
_HERE = "write the words here"
_FACT = "print a fact: {{ account.name }}"
_OUTSIDE = "write the words outside of {{ }}"


class Refusal(Struct, frozen=True):
    """`word`: by what it is found in the text."""

    what: str
    word: str
    instead: str


def refusal(node: nodes.Node) -> Refusal:
    if type(node) in _ARITHMETIC:
        return Refusal("arithmetic", _ARITHMETIC[type(node)], _SIGNAL)
    return _REFUSED.get(type(node), Refusal("this", "", "write it in plain words"))


def in_plain_words(said: str) -> tuple[str, str]:
    """What Jinja said about broken syntax → message and hint."""
    if unclosed := re.search(r"innermost block that needs to be closed is '(\w+)'", said):
        return f"'{{% {unclosed[1]} %}}' is never closed", f"write {{% end{unclosed[1]} %}} where it ends"
    if unknown := re.search(r"unknown tag '(\w+)'", said):
        tag = unknown[1]
        if tag in _TAGS:
            return f"'{{% {tag} %}}' closes or continues nothing", "delete it, or open it before"
        return f"there is no tag '{tag}' in a letter", did_you_mean(tag, _TAGS) or ALLOWED
    return f"this tag cannot be read: {said}", "look at the brackets and the quotes: {{ contact.first_name }}"


_NO_ESCAPES = Refusal("turning escapes off", "autoescape", "what a customer typed stays as typed")
_REFUSED: dict[type[nodes.Node], Refusal] = {
    nodes.Call: Refusal("a call", "(", _FACT),
    nodes.CondExpr: Refusal("an 'if' inside {{ }}", "if", "write {% if account.x %} … {% endif %}"),
    nodes.Concat: Refusal("joining with ~", "~", "write both one after the other"),
    nodes.Getitem: Refusal("square brackets", "[", "write the name with a dot: account.name"),
    nodes.Test: Refusal("a test with 'is'", "is", "write {% if account.x %} to ask whether it is filled"),
    nodes.Assign: Refusal("setting a name", "set", _SIGNAL),
    nodes.AssignBlock: Refusal("setting a name", "set", _SIGNAL),
    nodes.With: Refusal("setting a name", "with", _SIGNAL),
    nodes.Include: Refusal("another template", "include", _HERE),
    nodes.Import: Refusal("another template", "import", _HERE),
    nodes.FromImport: Refusal("another template", "from", _HERE),
    nodes.Extends: Refusal("another template", "extends", _HERE),
    nodes.Block: Refusal("a block", "block", _HERE),
    nodes.Macro: Refusal("a macro", "macro", "write the words where they are needed"),
    nodes.CallBlock: Refusal("a macro", "call", "write the words where they are needed"),
    nodes.FilterBlock: Refusal("a filter over a block", "filter", "put the filter behind each name"),
    nodes.Scope: _NO_ESCAPES,
    nodes.Const: Refusal("a value without a name", "", _OUTSIDE),
    nodes.TemplateData: Refusal("a value without a name", "", _OUTSIDE),
    nodes.List: Refusal("a list", "[", _OUTSIDE),
    nodes.Tuple: Refusal("a list", ",", "one name in each {{ }}"),
    nodes.Dict: Refusal("a dict", "{", _FACT),
}  # fmt: skip
_ARITHMETIC: dict[type[nodes.Node], str] = {
    nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//", nodes.Mod: "%",
    nodes.Pow: "**", nodes.Neg: "-", nodes.Pos: "+",
}  # fmt: skip
