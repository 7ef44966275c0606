"""The forms of a column of dates → how `dates:` says them, and what nobody can tell from the values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from cs_playbook.model.value import FieldType, to_day
from cs_playbook.parse.cell import shown
from cs_playbook.parse.moment import Clocks, day_reader
from cs_playbook.study.column_profile import ColumnProfile, Seen
from cs_playbook.study.draft import Question
from cs_playbook.study.draft_guess import Guess
from cs_playbook.study.draft_names import has_word

_COMES_TRUE = (
    "closed", "ended", "churned", "churn", "canceled", "cancelled", "cancellation", "paid", "resolved", "solved", "completed", "deleted",
    "unsubscribed", "left", "finished", "terminated", "bounced", "replied", "opened", "clicked",
)  # fmt: skip
_TO_COME = (
    "renewal",
    "due",
    "expires",
    "expiry",
    "next",
    "scheduled",
    "target",
    "end",
    "until",
    "renouvellement",
    "echeance",
    "verlangerung",
    "fallig",
)


def written_dates(profile: ColumnProfile, today: date, orders: Mapping[str, str]) -> Guess:
    """All cells of the column are dates. `orders`: sign → `DMY` or `MDY`, as other columns of these files decide it."""
    forms = profile.forms("date")
    if any(form.startswith("xxyy") for form in forms):
        return _refused(forms, "the year has two digits: of which century?")
    kinds = {form[:3] for form in forms}
    if kinds == {"ymd"}:
        pattern = _year_first(forms)
        asked: tuple[Question, ...] = ()
    elif kinds == {"xxy"}:
        pattern, asked = _year_last(forms, orders)
    else:
        pattern, asked = None, ()
    if pattern is None:
        return _refused(forms, "days are written in several ways")
    kind, more = _kind(profile, pattern, today)
    return Guess(kind, (("dates", pattern),), questions=(*asked, *more))


def order_that_values_decide(profile: ColumnProfile) -> dict[str, str]:
    """Sign → `DMY` or `MDY`, of dates whose first or second part is above 12."""
    decided: dict[str, str] = {}
    for form, seen in profile.forms("date").items():
        if form.startswith("xxy") and (seen.first > 12) != (seen.second > 12):
            decided[form.removeprefix("xxy")[:1]] = "DMY" if seen.first > 12 else "MDY"
    return decided


def _refused(forms: Mapping[str, Seen], why: str) -> Guess:
    examples = ", ".join(shown(seen.example) for seen in list(forms.values())[:3])
    return Guess(
        FieldType.TEXT,
        questions=(Question(f"{why}: {examples}. Drafted as text; as a date it needs one way"),),
    )


def _year_first(forms: Iterable[str]) -> str | None:
    """`timestamp` reads any ISO day, with time, fraction or zone, and without."""
    rests = {form[3:] for form in forms}
    signs = {rest[:1] for rest in rests}
    if signs == {"-"} and not any(rest.endswith("unpadded") for rest in rests):
        return "YYYY-MM-DD" if rests == {"-"} else "timestamp"
    return _pattern("YMD", rests)


def _year_last(
    forms: Mapping[str, Seen], orders: Mapping[str, str]
) -> tuple[str | None, tuple[Question, ...]]:
    rests = {form[3:] for form in forms}
    first, second = (
        max(forms.values(), key=lambda seen: seen.first),
        max(forms.values(), key=lambda seen: seen.second),
    )
    sign = min(rests)[:1]
    if first.first > 12 and second.second > 12:
        return None, ()
    if first.first > 12 or second.second > 12:
        return _pattern("DMY" if first.first > 12 else "MDY", rests), ()
    order = orders.get(sign)
    pattern = _pattern(order or "DMY", rests)
    rows = sum(seen.rows for seen in forms.values())
    undecided = f"day or month first? None of the {rows} values decides it, e.g. {shown(first.example)}"
    taken = "; taken from another column of these files" if order else "; day first is a guess"
    return pattern, (Question(undecided + taken),)


def _pattern(order: str, rests: set[str]) -> str | None:
    """The one pattern that reads all forms; None where there is none."""
    signs = {rest[:1] for rest in rests}
    clocks = {rest[1:].removesuffix(" unpadded").strip().replace("HH", "H") for rest in rests}
    if (
        len(signs) != 1
        or len(clocks) != 1
        or any(part in next(iter(clocks)) for part in (".f", "+", "0", "UTC"))
    ):
        return None
    unpadded = any(rest.endswith("unpadded") for rest in rests)
    padded = {"D": "D" if unpadded else "DD", "M": "M" if unpadded else "MM", "Y": "YYYY"}
    clock = next(iter(clocks))
    if clock and all("HH" in rest for rest in rests):
        clock = clock.replace("H", "HH", 1)
    between = "T" if clock.startswith("T") else " "
    return signs.pop().join(padded[part] for part in order) + (
        f"{between}{clock.lstrip('T')}" if clock else ""
    )


def _kind(profile: ColumnProfile, pattern: str, today: date) -> tuple[FieldType, tuple[Question, ...]]:
    """A date, or a thing that `happened`; and what lies in the future."""
    future = _after(profile, pattern, today)
    name = profile.name
    happened = has_word(name, _COMES_TRUE) or (has_word(name, ("end", "fin", "ende")) and profile.empty > 0)
    kind = FieldType.HAPPENED if happened and not (future and has_word(name, _TO_COME)) else FieldType.DATE
    if not future:
        return kind, ()
    if kind is FieldType.HAPPENED:
        return kind, (
            Question(
                f"{shown(future)} lies in the future: `happened` reads as empty until then. Planned dates: date",
                about="type",
            ),
        )
    if has_word(name, _TO_COME):
        return kind, ()
    return kind, (
        Question(
            f"{shown(future)} lies in the future: is it planned? What has happened only then: happened",
            about="type",
        ),
    )


def _after(profile: ColumnProfile, pattern: str, today: date) -> str:
    """One cell after today, "" where there is none; only of those whose text is remembered."""
    read, limit = day_reader(pattern, Clocks()), to_day(today)
    later = [
        (day, cell) for cell in profile.values.counted() if (day := read(cell)) is not None and day > limit
    ]
    return max(later)[1] if later else ""
