"""The starter library, and what a copied playbook brought along → screens and JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from cs_playbook.report.pieces import BLANK, Line, line, wrapped
from cs_playbook.report.words import clean, count
from cs_playbook.study.copying import Copied, Missing, Question
from cs_playbook.study.listed import Listed

FORMAT_VERSION = 1
_LONGEST = 14  # lines shown of a text that clashes


# --- what the library has ---


def library_lines(
    listed: Sequence[Listed], width: int, here: Collection[str] | None = None
) -> Iterator[Line]:
    """`here`: the tables that the data of the workspace around has, if there is one."""
    yield from wrapped("head", f"The starter library: {count(len(listed), 'playbook')}", width)
    for one in listed:
        yield BLANK
        yield line(("strong", f"  {clean(one.name)}"), f"   {clean(one.title)}")
        for title, said in (("for whom", one.audience), ("when", one.trigger)):
            if said:
                yield from wrapped("", f"{title}: {clean(' · '.join(said))}", width, "    ")
        yield from wrapped("soft", _size(one), width, "    ")
        yield from _tables(one, here, width)
    yield BLANK
    example = listed[-1].name if listed else "usage-drop"
    yield line(
        (
            "soft",
            f"cs-playbook new playbook {example} --from library/{example}   copies one, with all that it needs",
        )
    )


def _tables(one: Listed, here: Collection[str] | None, width: int) -> Iterator[Line]:
    """Whether one's own data could answer it is the first question of whoever chooses."""
    if one.tables:
        yield from wrapped("soft", f"asks for accounts, {', '.join(one.tables)}", width, "    ")
    lacking = [table for table in one.tables if here is not None and table not in here]
    if lacking:
        yield from wrapped("warn", f"not in your data: {', '.join(lacking)}", width, "    ")


def _size(one: Listed) -> str:
    parts = [count(one.steps, "step"), count(one.emails, "email"), count(one.stories, "story", "stories")]
    parts += ["may be started by hand"] if one.by_hand else []
    parts += [f"plays {', '.join(one.plays)}"] if one.plays else []
    return " · ".join(parts)


def library_json(listed: Sequence[Listed]) -> str:
    playbooks = [
        {
            "playbook": one.name, "title": one.title, "why": one.why, "for_whom": list(one.audience), "when": list(one.trigger),
            "by_hand": one.by_hand, "steps": one.steps, "emails": one.emails, "stories": one.stories, "plays": list(one.plays),
            "tags": list(one.tags), "tables": list(one.tables),
        }
        for one in listed
    ]  # fmt: skip
    return (
        json.dumps({"format_version": FORMAT_VERSION, "playbooks": playbooks}, indent=2, ensure_ascii=False)
        + "\n"
    )


# --- what came, or why nothing did ---


def brought_lines(
    copied: Copied, written: Sequence[str], stories_out: Sequence[tuple[str, str]], stories: int, width: int
) -> Iterator[Line]:
    if copied.missing or copied.questions:
        yield from _refused(copied, width)
        return
    yield from wrapped(
        "good", f"{count(len(written), 'new file')}; nothing that was there was touched", width
    )
    yield from (line(f"  {clean(path)}") for path in written)
    if copied.also:
        yield BLANK
        yield from wrapped("", f"It plays {', '.join(map(clean, copied.also))}: they came with it.", width)
    if copied.dropped:
        yield BLANK
        yield from wrapped("strong", "Said without the playbooks that are not here; it was", width)
        for path, text in copied.dropped:
            yield from wrapped("", f"{clean(path)}: {clean(text)}", width, "  ")
    if stories_out:
        yield BLANK
        yield from wrapped("strong", "Stories left out, because they do not hold here", width)
        for path, name in stories_out:
            yield from wrapped("", f"{clean(path)}: {clean(name)}", width, "  ")
    yield BLANK
    passed = f"{count(stories, 'story passes', 'stories pass')}; " if stories else ""
    yield from wrapped(
        "soft",
        f"{passed}next: read playbooks/{copied.playbook}.yaml, then cs-playbook validate, test, dry-run",
        width,
    )


def _refused(copied: Copied, width: int) -> Iterator[Line]:
    yield from wrapped("error", f"Nothing was copied.{_how_much(copied.missing)}", width)
    if copied.missing:
        yield BLANK
        yield from wrapped("strong", "It needs what only you can add", width)
        for missing in copied.missing:
            yield from _missing(missing, width)
    for question in copied.questions:
        yield BLANK
        yield from _question(question, width)
    if copied.questions:
        yield BLANK
        names = " ".join(f"--mine {one.name}" for one in copied.questions[:2])
        said = f"Keep yours: {names}{' …' if len(copied.questions) > 2 else ''}, or --mine all. To take the library's, rename or change yours first."
        yield from wrapped("soft", said, width)
    if copied.missing:
        yield BLANK
        yield from wrapped("soft", "Add them, then the same command again.", width)
        if any(missing.what.startswith("the table ") for missing in copied.missing):
            yield from wrapped(
                "soft",
                "Your data has no such table? `cs-playbook library` says here what each asks for; `cs-playbook new playbook NAME` begins one of your own.",
                width,
            )


def _how_much(missing: Sequence[Missing]) -> str:
    """How far it is, before the long list of it."""
    kinds = {"the table": "table", "the field": "field", "the role": "role"}
    found = [(sum(one.what.startswith(begins) for one in missing), kind) for begins, kind in kinds.items()]
    said = [count(number, kind) for number, kind in found if number]
    return f" Missing here: {', '.join(said)}." if said else ""


def _missing(missing: Missing, width: int) -> Iterator[Line]:
    yield from wrapped("", f"{clean(missing.what)}   into {clean(missing.file)}", width, "  ")
    yield from (line(("soft", f"    {clean(text)}")) for text in missing.text.splitlines())


def _question(question: Question, width: int) -> Iterator[Line]:
    yield from wrapped("strong", f"Which {clean(question.kind)} '{clean(question.name)}' is meant?", width)
    for whose, file, text in (
        ("yours", question.mine_in, question.mine),
        ("the library's", question.theirs_in, question.theirs),
    ):
        yield from wrapped("", f"{whose}{f', {clean(file)}' if file else ''}", width, "  ")
        lines = text.splitlines()
        yield from (line(("soft", f"    {_kept(one)}")) for one in lines[:_LONGEST])
        if len(lines) > _LONGEST:
            yield line(("soft", f"    … and {len(lines) - _LONGEST} more lines"))


def _kept(text: str) -> str:
    """With its indent: a block of YAML is read by it."""
    return " " * (len(text) - len(text.lstrip())) + clean(text.strip())


def brought_json(
    copied: Copied, written: Sequence[str], stories_out: Sequence[tuple[str, str]], stories: int
) -> str:
    content = {
        "format_version": FORMAT_VERSION,
        "playbook": copied.playbook,
        "written": list(written),
        "also": list(copied.also),
        "missing": [{"what": one.what, "file": one.file, "text": one.text} for one in copied.missing],
        "questions": [
            {
                "kind": one.kind,
                "name": one.name,
                "mine": one.mine,
                "mine_in": one.mine_in,
                "library": one.theirs,
            }
            for one in copied.questions
        ],
        "left_out": [{"file": path, "line": text} for path, text in copied.dropped],
        "stories_left_out": [{"file": path, "story": name} for path, name in stories_out],
        "stories": stories,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
