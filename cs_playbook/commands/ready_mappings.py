"""Nothing, or a name → the ready mappings that are shipped: the contract and the sources of a tool's exports."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from cs_playbook.errors import ChoiceError
from cs_playbook.source import shipped
from cs_playbook.source.finding import did_you_mean

_FILE = re.compile(r"\bfile: ([^\s,}]+)")


class ReadyMapping(Struct, frozen=True):
    """`title`: the first line of its sources. `files`: the exports it reads. `texts`: data.yaml and sources.yaml."""

    name: str
    title: str
    files: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]


def all_mappings() -> tuple[ReadyMapping, ...]:
    """In order of their names."""
    folders = sorted(folder for folder in shipped.mappings().iterdir() if (folder / "sources.yaml").is_file())
    return tuple(_read(folder) for folder in folders)


def mapping_of(name: str) -> ReadyMapping:
    """The one of that name. Raises ChoiceError where there is none."""
    mappings = {mapping.name: mapping for mapping in all_mappings()}
    found = mappings.get(name.lower())
    if found is None:
        hint = did_you_mean(name, mappings) or f"there are: {', '.join(mappings)}"
        raise ChoiceError(f"there is no ready mapping '{name}'", hint)
    return found


def _read(folder: Path) -> ReadyMapping:
    texts = tuple(
        (name, (folder / name).read_text(encoding="utf-8")) for name in ("data.yaml", "sources.yaml")
    )
    sources = dict(texts)["sources.yaml"]
    return ReadyMapping(
        folder.name,
        sources.partition("\n")[0].lstrip("# "),
        tuple(dict.fromkeys(_FILE.findall(sources))),
        texts,
    )
