"""What people write for questions (`reason=price`) → values, or everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cs_playbook.errors import ChoiceError
from cs_playbook.model.asks import Ask, Holds, Misread, nobody_knows, understand
from cs_playbook.model.value import Value

Pairs = Sequence[tuple[str, str]]


def pairs_of(written: Iterable[str], option: str) -> list[tuple[str, str]]:
    """`reason=price` → (reason, price); ChoiceError names all that are none."""
    texts = list(written)
    wrong = [text for text in texts if "=" not in text]
    if wrong:
        named = ", ".join(f"'{text}'" for text in wrong)
        raise ChoiceError(
            f"{named} does not say what it answers", f"write {option} name=value, e.g. reason=price"
        )
    return [(name.strip(), value) for name, _, value in (text.partition("=") for text in texts)]


def cell_pairs(cell: str, asks: Sequence[Ask]) -> list[tuple[str, str]]:
    """`reason=price; amount_at_risk=1200`, as it stands in a returned list. A text may hold a semicolon: only the name
    of a question begins the next one. One question alone needs no name."""
    if not cell.strip():
        return []
    names = "|".join(re.escape(ask.name) for ask in asks)
    begins = list(re.finditer(rf"(?:\A|;)\s*({names})\s*=", cell, re.IGNORECASE)) if names else []
    if not begins and len(asks) == 1 and not re.match(r"\s*\w+\s*=", cell):
        return [(asks[0].name, cell)]
    first = cell[: begins[0].start()] if begins else cell
    ends = [found.start() for found in begins[1:]] + [len(cell)] * bool(begins)
    left = [(first.partition("=")[0].strip(" ;"), first.partition("=")[2])] if first.strip(" ;") else []
    return [
        *left,
        *(
            (found[1].lower(), cell[found.end() : end].strip(" ;"))
            for found, end in zip(begins, ends, strict=True)
        ),
    ]


def answered(
    written: Pairs, asks: Sequence[Ask], what: str, option: str, holds: Holds = nobody_knows
) -> Mapping[str, Value]:
    """The values; ChoiceError with everything that is no answer, or not answered, at once."""
    understood = understand(written, asks, what, holds)
    refuse(understood.wrong, asks, option)
    return understood.values


def refuse(wrong: Sequence[Misread], asks: Sequence[Ask], option: str) -> None:
    if wrong:
        example = " ".join(
            f"{option} {ask.name}={'|'.join(ask.choices) or '…'}" for ask in asks if ask.must_be_said
        )
        facts = "; ".join(f"{misread.fact} ({misread.hint})" for misread in wrong)
        raise ChoiceError(facts, f"all of it: {example}" if example else "leave it out")
