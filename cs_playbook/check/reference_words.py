"""The words of the language that no schema knows → entries of the reference: operators, functions, outcomes, time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cs_playbook.model.expression import FieldType
from cs_playbook.model.functions import SIGNATURES, Signature
from cs_playbook.parse.refused import AGGREGATES, CALLS, MEMORY, NOT_YET, RANK, RELATED

Word = Mapping[str, str]  # says, example; also: form, takes, gives, language, today, answer
Words = Mapping[
    str, Mapping[str, Word]
]  # section → word (or several, between commas) → what is to be said of it

OUTCOMES, STATUSES, EXPRESSIONS = ("outcomes", "statuses", "expressions")
TIME, TEXTS, LEDGER = ("time", "texts", "ledger")
FUNCTIONS = "functions"

_KINDS = {
    FieldType.DATE: "a date", FieldType.INTEGER: "a whole number", FieldType.TEXT: "text", FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "yes or no",
}  # fmt: skip
_FAMILIES: Mapping[str, Sequence[str]] = {
    "a function of values": CALLS,
    "a function of rows": RELATED,
    "a function of memory": MEMORY,
    "only in a signal with `from:`": AGGREGATES,
    "only in a signal without `from:`": (RANK,),
}


def all_functions() -> tuple[str, ...]:
    """Every function that may be called today, in the order of the page."""
    return tuple(name for names in _FAMILIES.values() for name in names)


def word_entries(words: Words, section: str, of: str = "") -> Iterator[str]:
    """The entries of a section, in the order in which they are written. `of`: what they are where none says its own."""
    for name, word in words.get(section, {}).items():
        yield _entry(name, word.get("of", of), word, _facts(word))


def functions_entries(words: Words) -> Iterator[str]:
    """The entries of all functions, by family; those that are not yet at the end."""
    said = words.get(FUNCTIONS, {})
    for family, names in _FAMILIES.items():
        for name in names:
            word = said.get(name, {})
            signature = SIGNATURES.get(name)
            yield _entry(name, family, word, _facts(word) if signature is None else _signed(signature))
    for name in NOT_YET:
        yield f"### `{name}` · a function · not yet\n\nRefused until it is part of the language.\n"


def _entry(name: str, of: str, word: Word, facts: str) -> str:
    names = ", ".join(f"`{one.strip()}`" for one in name.split("|"))
    lines = [f"### {names}{f' · {of}' if of else ''}\n", *([f"*{facts}*\n"] if facts else [])]
    lines += [f"{word['says'].strip()}\n"] if "says" in word else []
    if "example" in word:
        lines += [f"```{word.get('language', 'yaml')}\n{word['example'].rstrip()}\n```\n"]
    if "answer" in word:
        lines += [f"With {_given(word)} on 2 March 2026: **{word['answer']}**.\n"]
    return "\n".join(lines)


def _given(word: Word) -> str:
    return f"`{word.get('with', '')}`"


def _facts(word: Word) -> str:
    parts = [f"`{word['form']}`"] if "form" in word else []
    parts += [f"takes {word['takes']}"] if "takes" in word else []
    parts += [f"gives {word['gives']}"] if "gives" in word else []
    return f"{'; '.join(parts)}." if parts else ""


def _signed(signature: Signature) -> str:
    """Its signature in words; of a function of several values whether they are of one kind."""
    takes = _KINDS[signature.takes]
    if signature.then is not None:
        takes += f", then {_KINDS[signature.then]}"
    elif signature.most != 1:
        takes += f" ({signature.least} or more of them)"
    return f"Takes {takes}; gives {_KINDS[signature.gives]}."
