"""Texts of YAML files → the lines of one definition in them, and lines left out that name what is not there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from msgspec import Struct

from cs_playbook.source.tree import Mapping, Node, plain, read_tree


class Piece(Struct, frozen=True):
    """`text`: its lines, without what surrounds them; `means`: the same as values, where layout does not count."""

    text: str
    means: object


def piece_of(source: str, file: str, block: str, name: str) -> Piece | None:
    """The lines of `name` in the block (`signals`, `roles`, `tables` …) of a file; None where it is not there."""
    root = read_tree(source, file).root
    inside = root.get(block) if isinstance(root, Mapping) else None
    if not isinstance(inside, Mapping):
        return None
    entries = inside.entries
    at = next((place for place, (key, _) in enumerate(entries) if key.text == name), None)
    if at is None:
        return None
    key, node = entries[at]
    lines = source.splitlines()
    following = entries[at + 1][0].span.line if at + 1 < len(entries) else _end_of(block, root, len(lines))
    return Piece(_lines(lines[key.span.line - 1 : following - 1]), plain(node))


def without_block(source: str, file: str, block: str) -> str:
    """The text without that block of the file, if it has it."""
    root = read_tree(source, file).root
    key = root.key(block) if isinstance(root, Mapping) else None
    if key is None:
        return source
    lines = source.splitlines(keepends=True)
    return "".join([*lines[: key.span.line - 1], *lines[_end_of(block, root, len(lines)) - 1 :]])


def _end_of(block: str, root: Node | None, last: int) -> int:
    """The line of the next block of the file."""
    assert isinstance(root, Mapping)
    keys = [key for key, _ in root.entries]
    at = next(place for place, key in enumerate(keys) if key.text == block)
    return keys[at + 1].span.line if at + 1 < len(keys) else last + 1


def _lines(lines: list[str]) -> str:
    """Without the comments and blank lines after it, which belong to what follows."""
    while lines and (not lines[-1].strip() or lines[-1].strip().startswith("#")):
        lines = lines[:-1]
    return "\n".join(lines) + "\n"


# --- names of playbooks that are not there ---


class WithoutOthers(Struct, frozen=True):
    """`dropped`: the lines that said something of them, as they were."""

    text: str
    dropped: tuple[str, ...]


def without_others(text: str, missing: Collection[str], alone: Collection[str] = ()) -> WithoutOthers:
    """A playbook's text where nothing names the `missing` (playbooks, and tags as `tag:x`), with the same meaning.

    `alone`: tags that only this playbook has: it cannot be kept apart from itself.
    Who was never there is not running and has not finished: `not running('x')` is always yes, `running('x')` never.
    """
    if not missing and not alone:
        return WithoutOthers(text, ())
    call = _call(missing) if missing else "(?!)"
    kept: list[str] = []
    dropped: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        new = (
            _together(line, {*missing, *alone})
            if line.startswith("not_together_with:")
            else _said(line, call, number, lines)
        )
        if new != line:
            dropped.append(line.strip())
        if new is not None:
            kept.append(new)
    return WithoutOthers("\n".join(kept) + "\n", tuple(dropped))


def _call(missing: Iterable[str]) -> str:
    names = "|".join(re.escape(name) for name in missing)
    asked = rf"(?:running|finished)\('(?:{names})'(?:\s*,\s*'[^']*')?\)"
    ended = rf"last_outcome\('(?:{names})'\)\s*(?:=\s*'[^']*'|in\s*\([^)]*\))"
    return f"(?:{asked}|{ended})"


def _together(line: str, missing: Collection[str]) -> str | None:
    found = re.match(r"not_together_with:\s*\[([^\]]*)\](.*)", line)
    if found is None:
        return line
    names = [name.strip() for name in found[1].split(",")]
    left = [name for name in names if name not in missing]
    if left == names:
        return line
    return f"not_together_with: [{', '.join(left)}]{found[2]}" if left else None


def _said(line: str, call: str, number: int, lines: list[str]) -> str | None:
    """The line without them; None where nothing is left to say."""
    if not re.search(call, line):
        return line
    new = re.sub(rf"\s+or\s+{call}(?=\s+or|\s*[,}}\"#]|\s*$)", "", line)
    new = re.sub(rf"(?<![\w)])(?<!not ){call}\s+or\s+", "", new)
    new = re.sub(rf"\s+and\s+not\s+{call}", "", new)
    new = re.sub(rf"not\s+{call}\s+and\s+", "", new)
    if re.match(rf"\s*-\s+(?:\{{when:\s*)?\"?not\s+{call}\"?\s*(?:,.*\}}|\}})?\s*(?:#.*)?$", new) and _may_go(
        number, lines
    ):
        return None
    return (
        re.sub(rf"(when:\s*)\"?{call}\"?(?=\s*[,}}])", r'\1"false"', new)
        if re.search(call, new) is None
        else _as_no(new, call)
    )


def _as_no(line: str, call: str) -> str:
    alone = re.sub(rf"(when:\s*){call}(?=\s*[,}}])", r'\1"false"', line)
    return re.sub(call, "false", alone)


def _may_go(number: int, lines: list[str]) -> bool:
    """Whether a line that is always yes is one of several that must all say yes."""
    indent = _indent(lines[number])
    above = next((line for line in reversed(lines[:number]) if line.strip() and _indent(line) < indent), "")
    if re.search(r"\b(any|none):", above):
        return False
    beside = [
        line for line in (lines[number - 1], *lines[number + 1 : number + 2]) if _indent(line) == indent
    ]
    return any(line.lstrip().startswith("-") for line in beside)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


# --- another name ---


def renamed(text: str, old: str, new: str) -> str:
    """A playbook's text, or its stories, where it has another name: what it calls itself, and the folder of its letters."""
    if old == new:
        return text
    name = re.escape(old)
    text = re.sub(
        rf"\A((?:\s*#[^\n]*\n|\s*\n)*)(playbook|tests):(\s*){name}\b(?![\w-])", rf"\1\2:\3{new}", text
    )
    text = re.sub(rf"\b(running|finished|last_outcome)\('{name}'", rf"\1('{new}'", text)
    return re.sub(rf"(?<![\w/-]){name}/(?=[a-z])", f"{new}/", text)


# --- stories ---


def without_cases(text: str, file: str, lines_of_cases: Collection[int]) -> str | None:
    """A story file without the cases whose `name:` stands on these lines; None where no case is left."""
    root = read_tree(text, file).root
    cases = root.get("cases") if isinstance(root, Mapping) else None
    items = [item for item in getattr(cases, "items", ()) if isinstance(item, Mapping)]
    lines = text.splitlines()
    begins = [item.span.line for item in items]
    gone = {
        number
        for place, item in enumerate(items)
        if any(key.text == "name" and key.span.line in lines_of_cases for key, _ in item.entries)
        for number in range(begins[place], begins[place + 1] if place + 1 < len(begins) else len(lines) + 1)
    }
    if len(gone) == 0:
        return text
    if all(begin in gone for begin in begins):
        return None
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in gone) + "\n"
