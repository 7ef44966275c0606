"""A draft or a ready mapping → what the screen says of it: how many questions, what comes next; and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from cs_playbook.report.words import clean, count
from cs_playbook.study.draft import Draft

Texts = Sequence[tuple[str, str]]
_FORMAT_VERSION = 1


class Described(Protocol):
    """A ready mapping: its name, one line about it, the files it reads, its texts."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def files(self) -> tuple[str, ...]: ...
    @property
    def texts(self) -> tuple[tuple[str, str], ...]: ...


def summary(
    draft: Draft, unreadable: Texts, folder: Path, written: Path | None, root: Path | None
) -> Iterator[str]:
    """Lines for standard error. `folder`: of the exports; `written`: of the draft; `root`: of the workspace around."""
    questions = draft.all_questions()
    stopping = sum(question.stops for question in questions)
    names = ", ".join(table.name for table in draft.tables)
    yield f"{count(len(draft.tables), 'table')} ({names}), {count(len(questions), 'question')}" + (
        f"; {stopping} of them {'stops' if stopping == 1 else 'stop'} the build until you decide"
        if stopping
        else ""
    )
    for file, why in unreadable:
        yield clean(f"  {file} was left out: {why}")
    if draft.absent:
        absent = ", ".join(name for name, _ in draft.absent)
        yield f"  {count(len(draft.absent), 'table')} of data.yaml {'has' if len(draft.absent) == 1 else 'have'} no export here and {'is' if len(draft.absent) == 1 else 'are'} drafted as null, which means unknown: {absent}"
    if written is None:
        yield "  next: the same with --write DIR puts it into files of a new folder; or save it with > and edit"
        return
    files = "sources.yaml" if draft.knows_contract else "data.yaml and sources.yaml"
    yield f"  wrote {files} into {written}: search {'it' if draft.knows_contract else 'them'} for QUESTION"
    if stopping:
        yield f"  first: decide what stops the build, in {written}"
    yield f"  next: {_next(folder, draft.folder, written, root)}"


def _next(folder: Path, named: str, written: Path, root: Path | None) -> str:
    """What is drafted outside of a workspace, or beside one, is not yet what `validate` looks at."""
    found = root is not None and (root / named).resolve() == folder.resolve()
    build = f"cs-playbook validate, then cs-playbook snapshot build{'' if found else f' --from {folder}'}"
    if root is None:
        return f"a workspace around it: cs-playbook init my-team --empty, move it there; then {build}"
    return (
        build if written.resolve() == root.resolve() else f"let it take the place of yours in {root}; {build}"
    )


def ready_lines(ready: Sequence[str]) -> Iterator[str]:
    """Somebody has been through these exports already."""
    for name in ready:
        yield f"  these look like the exports of {name}, and are mapped already: cs-playbook sources show {name} --write DIR"


def as_json(draft: Draft, texts: Texts, unreadable: Texts) -> str:
    said = {
        "format_version": _FORMAT_VERSION,
        "files": dict(texts),
        "tables": [{"table": table.name, "file": table.file, "rows": table.rows} for table in draft.tables],
        "left_out": [{"file": file, "because": why} for file, why in _left_out(draft, unreadable)],
        "questions": [{"text": one.text, "stops_the_build": one.stops} for one in draft.all_questions()],
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _left_out(draft: Draft, unreadable: Texts) -> Iterator[tuple[str, str]]:
    yield from ((file, question.text) for file, question in draft.left_out)
    yield from ((file, "it names no account") for file in draft.strangers)
    yield from unreadable


def mappings_text(mappings: Sequence[Described]) -> str:
    width = max((len(one.name) for one in mappings), default=0)
    lines = [f"{one.name:<{width}}  {one.title}" for one in mappings]
    return (
        "\n".join([*lines, "", "cs-playbook sources show NAME shows one, --write DIR puts it into files."])
        + "\n"
    )


def mappings_json(mappings: Sequence[Described]) -> str:
    said = {"format_version": _FORMAT_VERSION, "mappings": [_described(one) for one in mappings]}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def mapping_json(mapping: Described) -> str:
    said = {"format_version": _FORMAT_VERSION, **_described(mapping), "texts": dict(mapping.texts)}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _described(one: Described) -> dict[str, object]:
    return {"name": one.name, "title": one.title, "files": list(one.files)}
