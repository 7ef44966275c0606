"""The profile of a column → the type and the format it seems to have, and what a person must decide about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cs_playbook.model.value import FieldType
from cs_playbook.parse.cell import shown
from cs_playbook.study.cell_look import UNSURE_COMMA, UNSURE_POINT, Kind
from cs_playbook.study.column_profile import ColumnProfile, Seen
from cs_playbook.study.draft import Question
from cs_playbook.study.draft_dates import written_dates
from cs_playbook.study.draft_guess import Guess
from cs_playbook.study.draft_names import has_word
from cs_playbook.values import replace

_YES_NO = (
    ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("1", "0"), ("oui", "non"), ("ja", "nein"), ("ja", "nee"),
    ("sí", "no"), ("si", "no"), ("sim", "não"), ("on", "off"), ("vrai", "faux"), ("wahr", "falsch"),
)  # fmt: skip
_FLAGS = ("is", "has", "was", "flag", "can", "deleted", "active", "enabled", "citizen", "opted")
_MOMENTS = ("at", "on", "date", "time", "created", "updated", "timestamp", "seen")
_MANY_KINDS: tuple[tuple[tuple[Kind, ...], str], ...] = (
    (("date",), "dates"),
    (("number", "integer"), "numbers"),
    (("email",), "addresses"),
)
_OF_SOMEBODY = (
    "name",
    "email",
    "mail",
    "owner",
    "user",
    "id",
    "by",
    "url",
    "subject",
    "comment",
    "description",
)
_MOST_VALUES = 12
_MOSTLY = 0.9


def guess_type(profile: ColumnProfile, today: date, orders: Mapping[str, str]) -> Guess:
    """`orders`: sign of a date → `DMY` or `MDY`, where another column of the same files decides it."""
    filled = profile.filled
    flags = _booleans(profile)
    if flags is not None:
        return flags
    if filled and profile.of_kind("date") == filled:
        return _without_nothing(profile, written_dates(profile, today, orders), "dates")
    if filled and profile.of_kind("number", "integer") == filled:
        return _without_nothing(profile, _numbers(profile), "numbers")
    if filled and profile.of_kind("email") == filled:
        return _without_nothing(profile, Guess(FieldType.EMAIL), "addresses")
    return _text(profile)


def _without_nothing(profile: ColumnProfile, guess: Guess, what: str) -> Guess:
    """Words like n/a among dates and numbers are declared empty, and asked about."""
    if not profile.nothing or guess.type is FieldType.TEXT:
        return guess
    words = ", ".join(f"{shown(word)} ({rows} ×)" for word, rows in profile.nothing[:4])
    asked = Question(f"{words} among {what}: read as empty. Right?")
    empty = ("empty", tuple(word for word, _ in profile.nothing))
    return replace(guess, said=(*guess.said, empty), questions=(asked, *guess.questions))


# --- yes and no ---


def _booleans(profile: ColumnProfile) -> Guess | None:
    """Two words, or one of them alone, that mean yes and no."""
    counted = profile.values.counted()
    if not counted or len(counted) > 4 or not profile.values.is_whole or profile.nothing:
        return None
    pair = next((p for p in _YES_NO if {cell.lower() for cell in counted} <= set(p)), None)
    if pair is None or (
        len(counted) < 2 and pair != ("true", "false") and not has_word(profile.name, _FLAGS)
    ):
        return None
    yes = tuple(cell for cell in counted if cell.lower() == pair[0]) or (pair[0],)
    no = tuple(cell for cell in counted if cell.lower() == pair[1]) or (pair[1],)
    return Guess(
        FieldType.BOOLEAN, (("yes", yes), ("no", no)), questions=tuple(_asked_of_flags(profile, pair))
    )


def _asked_of_flags(profile: ColumnProfile, pair: tuple[str, str]) -> list[Question]:
    asked = []
    if pair == ("1", "0") and not has_word(profile.name, _FLAGS):
        asked.append(Question("only 0 and 1: yes and no, or a number (then: integer)?", about="type"))
    if profile.empty:
        asked.append(
            Question(
                f"{share(profile.empty, profile.rows)} are empty, which will mean no. If not: text",
                about="type",
            )
        )
    return asked


# --- numbers ---


def _numbers(profile: ColumnProfile) -> Guess:
    forms = profile.forms("number")
    if not forms:
        return _integers(profile)
    unsure = [form[1] for form in forms if form in (UNSURE_POINT, UNSURE_COMMA)]
    sure = [form.partition("|") for form in forms if form not in (UNSURE_POINT, UNSURE_COMMA)]
    decimals, groups = {one for one, _, _ in sure} - {""}, {one for _, _, one in sure} - {""}
    if len(decimals) > 1 or len(groups) > 1 or decimals & groups or (len(unsure) > 1 and not sure):
        return _several_ways(forms)
    if sure:
        decimal = min(decimals, default="," if groups == {"."} else ".")
        group = min(groups, default=unsure[0] if unsure and unsure[0] != decimal else "")
        return Guess(
            FieldType.NUMBER if decimals else FieldType.INTEGER, (("decimal", decimal), ("thousands", group))
        )
    return _unsure_number(unsure[0], forms[f"?{unsure[0]}"].example)


def _unsure_number(sign: str, example: str) -> Guess:
    """1.234 alone: as a fraction where the sign is a point, as thousands where it is a comma; both are guesses."""
    two = f"{example.replace(sign, '')} or {example.replace(sign, '.')}"
    asked = Question(f"is {example} {two}? No value decides it: `decimal:` and `thousands:` say it")
    if sign == ".":
        return Guess(FieldType.NUMBER, questions=(asked,))
    return Guess(FieldType.INTEGER, (("decimal", "."), ("thousands", ",")), questions=(asked,))


def _several_ways(forms: Mapping[str, Seen]) -> Guess:
    examples = ", ".join(f"{shown(seen.example)} ({seen.rows} ×)" for seen in list(forms.values())[:3])
    return Guess(
        FieldType.TEXT,
        questions=(
            Question(
                f"numbers are written in several ways: {examples}. Drafted as text; as a number it needs one way"
            ),
        ),
    )


def _integers(profile: ColumnProfile) -> Guess:
    counted = profile.values.counted()
    lengths = {len(cell) for cell in counted}
    if lengths in ({10}, {13}) and has_word(profile.name, _MOMENTS):
        unit = "epoch seconds" if lengths == {10} else "epoch milliseconds"
        asked = Question(f"is {next(iter(counted))} a moment, in {unit}? Else: integer")
        return Guess(FieldType.DATE, (("dates", unit),), questions=(asked,))
    return Guess(FieldType.INTEGER)


# --- texts ---


def _text(profile: ColumnProfile) -> Guess:
    asked = _nearly(profile)
    if profile.unseen_letters:
        asked.append(
            Question(
                f"{share(profile.unseen_letters, profile.rows)} hold line ends or letters that nobody sees: keep it?",
                about="type",
            )
        )
    sign = _list_sign(profile)
    if sign is not None:
        asked.append(
            Question(
                f"{dict(profile.splits)[sign]} cells hold '{sign}': a list, or one text (then: text)?",
                about="type",
            )
        )
        return Guess(FieldType.LIST, (("lists", sign),), questions=tuple(asked))
    return Guess(FieldType.TEXT, values=_few(profile), questions=tuple(asked))


def _nearly(profile: ColumnProfile) -> list[Question]:
    """Nearly all dates, or numbers: the few others keep it a text."""
    for kinds, name in _MANY_KINDS:
        rows = profile.of_kind(*kinds)
        if profile.filled > rows >= _MOSTLY * profile.filled:
            other = next(seen.example for (kind, _), seen in profile.looks if kind not in kinds)
            like = (
                "the others" if name == "addresses" else shown(other)
            )  # whom a cell names stays in the export
            return [Question(f"{rows} of {profile.filled} are {name}, but not {like}: drafted as text")]
    return []


def _list_sign(profile: ColumnProfile) -> str | None:
    """A sign in many short cells that a sentence would not hold so often."""
    short = profile.longest < 120 and not profile.in_brackets and not profile.unseen_letters
    for sign, rows in profile.splits:
        if sign in ";|" and short and rows >= max(2, profile.filled // 20):
            return sign
    return None


def _few(profile: ColumnProfile) -> tuple[str, ...]:
    """Few texts, each of them often: they might be all that are allowed."""
    different = profile.values.different
    if has_word(profile.name, _OF_SOMEBODY):
        return ()
    if not 2 <= different <= _MOST_VALUES or not profile.values.is_whole or profile.filled < 5 * different:
        return ()
    words = tuple(sorted([*profile.values.counted(), *(word for word, _ in profile.nothing)]))
    return (
        words
        if all(word.isprintable() and word.strip() == word and len(word) <= 40 for word in words)
        else ()
    )


def share(rows: int, of: int) -> str:
    """`12 of 500 (2 %)`."""
    return f"{rows} of {of} ({max(rows / of, 0.01):.0%})" if rows else f"0 of {of}"
