"""Schemas, tables of functions, words and examples → the reference of the language, in Markdown.

Written to language/reference.md by `python -m tests.unit.test_reference`; whatever the schemas and tables get is in it
by itself. An entry is a heading of the third level: the words it is about in backquotes, then ` · ` and where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cs_playbook.check.reference_keys import Key, keys_of, shapes_of
from cs_playbook.check.reference_words import (
    EXPRESSIONS,
    LEDGER,
    OUTCOMES,
    STATUSES,
    TEXTS,
    TIME,
    Words,
    functions_entries,
    word_entries,
)
from cs_playbook.model.playbook import Status
from cs_playbook.model.step import APPROVE_OUTCOMES, EMAIL_OUTCOMES, NOT_STARTED, TASK_DONE, WAIT_OUTCOMES
from cs_playbook.parse.repeat import REPEATING
from cs_playbook.parse.steps import BELONGS, VERBS
from cs_playbook.source.schema import KINDS_NOT_YET

Schemas = Mapping[str, Mapping[str, Any]]  # kind → its schema
Examples = Mapping[str, str]  # place of a key → a piece of YAML that uses it

_OPENING = """\
# The language, word by word

Every kind of file, key, verb, outcome, operator, function and unit, with an example of each. To learn the language read
[The language in ten minutes](ten-minutes.md); to look a word up on a terminal: `cs-playbook language every`.

This page is written by the program from its own schemas and tables, and each example is read and checked by its tests.
Do not edit it: edit the schemas, `examples.yaml` and `words.yaml`, then `python -m tests.unit.test_reference`.
"""
_ENDS_WITH: Mapping[str, str] = {
    "task": f"what `outcomes:` lists, or `{TASK_DONE}`",
    "document": f"what `outcomes:` lists, or `{TASK_DONE}`",
    "email": ", ".join(f"`{outcome}`" for outcome in EMAIL_OUTCOMES),
    "wait": ", ".join(f"`{outcome}`" for outcome in WAIT_OUTCOMES),
    "decide": "the `is:` of the first case that fits",
    "approve": ", ".join(f"`{outcome}`" for outcome in APPROVE_OUTCOMES),
    "playbook": f"the outcome of the other playbook, or `{NOT_STARTED}`",
    "set": f"`{TASK_DONE}`",
    "notify": f"`{TASK_DONE}`",
}
_EVERY_STEP = ("id", "after", "when", "not_before", "ends")
_CASES = """\
### `cases` · a shape

*A list of blocks `{when, is}`.*

Wherever one value stands: several with their conditions: the first whose `when:` says yes counts, `otherwise` is everybody
else. Where an earlier case is unknown the value is unknown too, and the step waits; where none fits there is no value.
"""


def reference(schemas: Schemas, examples: Examples, words: Words) -> str:
    """The whole page. `words`: what schemas do not know: operators, functions, outcomes, words of the ledger."""
    step = schemas["playbook"]["definitions"]["step"]
    sections = [
        _section("Kinds of files", "Its first key says what a file is; where it lies does not matter.", _kinds(schemas, examples)),
        _section("A playbook", "The keys of a file that begins with `playbook:`.", _file("playbook", schemas, examples)),
        _section("Steps: the verbs", "The verb of a step says what it does. Each step has one.", _verbs(step, examples)),
        _section("Steps: their other keys", "", _step_keys(step, examples)),
        _section("Outcomes", "What a step, or a whole enrollment, ends with; `after:` asks for it.", word_entries(words, OUTCOMES)),
        _section("Statuses", "`status:` says how much of a playbook is real. Only `live` acts.", word_entries(words, STATUSES, "a status of a playbook")),
        _section("Shapes", "What may stand behind several keys.", _shapes(schemas, examples)),
        _section("Conditions", "Comparisons as in SQL. The answer is yes, no or unknown.", word_entries(words, EXPRESSIONS)),
        _section("Functions", "What one may call in a condition; the last ones only in a signal.", functions_entries(words)),
        _section("Time", "How durations, days and rhythms are written.", word_entries(words, TIME)),
        *(_section(*_of_kind(kind, schemas), _file(kind, schemas, examples)) for kind in schemas if kind != "playbook"),
        _section("Letters and documents", "Texts beside the YAML, one file for each language.", word_entries(words, TEXTS)),
        _section("Words of the ledger", "What `history`, `status`, `explain` and `dry-run` say.", word_entries(words, LEDGER, "a word of the screens")),
    ]  # fmt: skip
    return "\n".join([_OPENING, *_contents(sections), *sections])


def outcomes_of_verbs() -> tuple[str, ...]:
    """Every outcome that a verb itself may end with."""
    return tuple(dict.fromkeys((TASK_DONE, *EMAIL_OUTCOMES, *WAIT_OUTCOMES, *APPROVE_OUTCOMES, NOT_STARTED)))


def statuses() -> tuple[str, ...]:
    return tuple(Status)


def _contents(sections: list[str]) -> Iterator[str]:
    titles = [section.partition("\n")[0].removeprefix("## ") for section in sections]
    links = [f"[{title}](#{re.sub('[^a-z_ -]', '', title.lower()).replace(' ', '-')})" for title in titles]
    yield f"{' · '.join(links)}\n"


def _section(title: str, says: str, entries: Iterator[str]) -> str:
    return "\n".join([f"## {title}\n", *([f"{says}\n"] if says else []), *entries])


def _of_kind(kind: str, schemas: Schemas) -> tuple[str, str]:
    return f"Keys of `{kind}:`", f"{schemas[kind].get('title', '')}."


def _kinds(schemas: Schemas, examples: Examples) -> Iterator[str]:
    for kind, schema in schemas.items():
        required = ", ".join(f"`{name}`" for name in schema.get("required", ()))
        lines = [
            f"### `{kind}:` · a kind of file\n",
            f"*Must say: {required}.*\n",
            f"{schema.get('title', '')}.\n",
        ]
        yield "\n".join([*lines, *_example(examples.get(kind))])
    for kind in KINDS_NOT_YET:
        yield f"### `{kind}:` · a kind of file · not yet\n\nRefused until it is part of the language.\n"


def _file(kind: str, schemas: Schemas, examples: Examples) -> Iterator[str]:
    for key in keys_of(kind, schemas[kind]):
        # The first key is the kind's own entry; `meta:` is the same everywhere.
        is_told = key.place not in examples and key.name in (kind, "meta")
        if not is_told:
            yield from _entries(key, f"{kind}:", examples)


def _verbs(step: Mapping[str, Any], examples: Examples) -> Iterator[str]:
    verbs = {key.name: key for key in keys_of("step", step)}
    for verb in VERBS:
        others = dict.fromkeys((*BELONGS[verb], *(REPEATING if verb != "wait" else ())))
        more = [f"Ends with: {_ENDS_WITH.get(verb, 'see its description')}.\n"]
        more += [f"Goes with: {', '.join(f'`{key}`' for key in others)}.\n"]
        yield _entry(verbs[verb], "steps: its verb", examples, more)


def _step_keys(step: Mapping[str, Any], examples: Examples) -> Iterator[str]:
    for key in keys_of("step", step):
        if key.name not in VERBS:
            stands = [
                verb for verb in VERBS if key.name in (*BELONGS[verb], *(REPEATING if verb != "wait" else ()))
            ]
            on = "every verb" if key.name in _EVERY_STEP else ", ".join(f"`{verb}`" for verb in stands)
            yield from _entries(key, "a step", examples, [f"Goes with: {on}.\n"] if on else [])


def _shapes(schemas: Schemas, examples: Examples) -> Iterator[str]:
    yield "\n".join([_CASES, *_example(examples.get("cases"))])
    for name, schema in sorted(shapes_of(schemas).items()):
        if name == "step":
            continue
        lines = [f"### `{name.replace('_', ' ')}` · a shape\n", f"{schema.get('description', '')}\n"]
        keys = keys_of(name, schema)
        yield "\n".join([*lines, *_example(examples.get(name)), *_bullets(keys, examples)])
        for key in keys:
            if key.place in examples:
                yield from _entries(key, f"`{name.replace('_', ' ')}`", examples)


# --- one entry ---


def _entries(key: Key, of: str, examples: Examples, more: list[str] | None = None) -> Iterator[str]:
    """The key, and those below it that have an example of their own; the others are lines of its entry."""
    yield _entry(key, of, examples, more or [])
    for inner in _with_example(key.keys, examples):
        yield from _entries(inner, of, examples)


def _with_example(keys: tuple[Key, ...], examples: Examples) -> Iterator[Key]:
    for key in keys:
        if key.place in examples or key.not_yet:
            yield key
        else:
            yield from _with_example(key.keys, examples)


def _entry(key: Key, of: str, examples: Examples, more: list[str]) -> str:
    above = [one for one in key.path if f"{one}:" != of]
    where = f"under `{'.'.join(above)}` of {_quoted(of)}" if above else f"of {_quoted(of)}"
    if key.not_yet:
        return f"### `{key.name}` · {where} · not yet\n\nNot yet part of the language: {key.says}.\n"
    lines = [f"### `{key.name}` · {where}\n", f"*{_facts(key)}*\n"]
    lines += [f"{_sentence(key.says)}\n"] if key.says else []
    lines += [f"One of: {_choices(key)}.\n"] if key.choices else []
    return "\n".join([*lines, *more, *_example(examples.get(key.place)), *_bullets(key.keys, examples)])


def _quoted(of: str) -> str:
    return f"`{of}`" if of.endswith(":") else of


def _facts(key: Key) -> str:
    asked = (
        "must be said"
        if key.is_required
        else f"if absent: `{key.default}`"
        if key.default
        else "may be left out"
    )
    return f"{key.type[:1].upper()}{key.type[1:]}; {asked}."


def _choices(key: Key) -> str:
    return ", ".join([*(f"`{one}`" for one in key.choices), *(f"`{one}` (not yet)" for one in key.later)])


def _sentence(text: str) -> str:
    """A description as Markdown: what stands between < and > is a place to fill in, and no HTML."""
    text = text.strip() if "`" in text else text.strip().replace("<", "\\<")
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def _bullets(keys: tuple[Key, ...], examples: Examples) -> list[str]:
    lines = [
        line
        for key in keys
        if key.place not in examples and not key.not_yet
        for line in _bullet(key, examples, 0)
    ]
    return [*lines, ""] if lines else []


def _bullet(key: Key, examples: Examples, depth: int) -> Iterator[str]:
    chosen = f" One of: {_choices(key)}." if key.choices else ""
    says = f" {_sentence(key.says)}" if key.says else ""
    facts = _facts(key).removesuffix(".")
    yield f"{'  ' * depth}- `{key.name}` ({facts[:1].lower()}{facts[1:]}):{says}{chosen}"
    for inner in key.keys:
        if inner.place not in examples and not inner.not_yet:
            yield from _bullet(inner, examples, depth + 1)


def _example(text: str | None) -> list[str]:
    return [] if text is None else [f"```yaml\n{text.rstrip()}\n```\n"]
