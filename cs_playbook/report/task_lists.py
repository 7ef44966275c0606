"""Lines of work → tasks.csv, and a digest an owner reads in a minute."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from msgspec import Struct

from cs_playbook.model.line import TaskLine
from cs_playbook.model.note import Note
from cs_playbook.report.notes import FOR_INFORMATION, for_your_information
from cs_playbook.report.words import clean, count, day_in_words, markdown
from cs_playbook.source.finding import Finding
from cs_playbook.values import as_plain

COLUMNS = ("key", "state", "account", "account_name", "playbook", "step", "title", "owner", "due", "minutes", "outcomes", "outcome", "asks", "answers", "done_on", "by", "note")  # fmt: skip
# With the full-width and the small forms of the same signs: some spreadsheets take them for these.
_SIGNS = "=+\\-@|%\u2212\u207a\u207b\u207c\uff0b\uff0d\uff1d\uff20\uff5c\uff05\ufe62\ufe63\ufe66\ufe6a\ufe6b"
_FORMULA = re.compile(rf"\s*[{_SIGNS}\t\r\n]")
# Where semicolons separate, the next cell begins there.
_FORMULA_INSIDE = re.compile(rf"(;\s*)(?=[{_SIGNS}])")
NOTHING = "Nothing to do today."
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z")


def task_csv(lines: Iterable[TaskLine]) -> bytes:
    """All lines, in order; UTF-8 with the mark that spreadsheets look for. A cell never begins a formula."""
    return csv_head() + csv_rows(lines)


def csv_head() -> bytes:
    return _csv([COLUMNS], "utf-8-sig")


def csv_rows(lines: Iterable[TaskLine]) -> bytes:
    """What stands below the head."""
    return _csv(([safe_cell(cell) for cell in _cells(line)] for line in lines), "utf-8")


def _csv(rows: Iterable[Sequence[str]], encoding: str) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode(encoding)


def tasks_json(lines: Sequence[TaskLine]) -> str:
    """{format_version, tasks: [every field of a line]}."""
    return (
        json.dumps(
            {"format_version": 1, "tasks": [as_plain(line) for line in lines]},
            indent=2,
            ensure_ascii=False,
            default=str,
        )
        + "\n"
    )


def _cells(line: TaskLine) -> tuple[str, ...]:
    return (
        line.key, line.state, line.account, line.account_name, line.playbook, line.step, line.title, line.owner,
        line.due.isoformat(), str(line.minutes), " | ".join(line.outcomes), "", asked_words(line), _to_fill(line), "", "", "",
    )  # fmt: skip


def asked_words(line: TaskLine) -> str:
    """`reason: price|product; amount_at_risk: number`: what is answered besides the outcome."""
    return "; ".join(f"{name}: {words}" for name, words in line.asks)


def _to_fill(line: TaskLine) -> str:
    """`reason=; amount_at_risk=`: the names stand there already, so that nobody mistypes them."""
    return "; ".join(f"{name}=" for name, _ in line.asks)


@lru_cache(maxsize=4096)  # a line stands in three lists, and most of its words in many lines
def safe_cell(cell: str) -> str:
    """What a spreadsheet would take for a formula gets a quote before it; numbers stay numbers."""
    text = _FORMULA_INSIDE.sub(r"\1'", clean(cell))
    return "'" + text if _FORMULA.match(text) and not _PLAIN_NUMBER.match(text) else text


class News(Struct, frozen=True):
    """What a digest tells besides its list. `told`: late work of others. `refused`: rows of the returned list that are no
    answers. `notes`: what steps tell this person today. `leaving`: mails in their name that the outbox sends.
    """

    told: Sequence[TaskLine] = ()
    refused: Sequence[Finding] = ()
    notes: Sequence[Note] = ()
    leaving: Sequence[TaskLine] = ()


NO_NEWS = News()


def digest(
    owner_name: str, day: date, lines: Sequence[TaskLine], short: Mapping[str, str], news: News = NO_NEWS
) -> str:
    """Markdown: what is new and late first, then the rest by due date. `short`: short keys.

    Rows that are no answers stand above all else, or nobody would answer again.
    """
    new = [line for line in lines if line.state == "new"]
    late = [line for line in lines if line.state == "late"]
    rest = [line for line in lines if line.state == "open"]
    asleep = [line for line in lines if line.state == "asleep"]
    minutes = sum(line.minutes for line in lines if line.state != "asleep")
    parts = [
        f"# {markdown(owner_name)}, {day_in_words(day)}: {len(new)} new, {len(late)} late, {minutes} minutes",
        "",
    ]
    parts += _refused(news.refused)
    first = sorted([*late, *new], key=_urgent_first)
    parts += _section("First", first, day, short)
    parts += _section("Open", sorted(rest, key=_urgent_first), day, short, start=len(first) + 1)
    parts += _asleep(asleep, short)
    frozen = [line for line in lines if line.state == "frozen"]
    parts += _section(
        "Frozen: the text of the playbook is being mended", frozen, day, short, len(first) + len(rest) + 1
    )
    parts += _told(news.told, day)
    parts += for_your_information(news.notes)
    parts += _leaving(news.leaving)
    if not lines and not news.told and not news.refused:
        parts.append(NOTHING)
    if lines:
        example = short[lines[0].key]
        parts += [
            "",
            f"Answer by returning the list (tasks.csv, column outcome) or:  `cs-playbook done {example} --outcome {lines[0].outcomes[0]}{answer_options(lines[0])}`",
            "",
        ]
    return "\n".join(parts)


def has_news(digest: str) -> bool:
    """Whether its reader has something to do, or to know."""
    lines = digest.splitlines()
    return NOTHING not in lines or FOR_INFORMATION in lines


def _refused(refused: Sequence[Finding]) -> list[str]:
    if not refused:
        return []
    rows = [
        f"- {markdown(wrong.span.file)}, line {wrong.span.line}: {markdown(wrong.message)}"
        + (f" ({markdown(wrong.hint)})" if wrong.hint else "")
        for wrong in refused
    ]
    return ["## Answers of yours that could not be taken", "", *rows, ""]


def answer_options(line: TaskLine) -> str:
    """What `done` asks besides the outcome."""
    return "".join(f" --answer {name}=…" for name, _ in line.asks)


def _urgent_first(line: TaskLine) -> tuple[date, int, str]:
    return line.due, line.priority, line.key


def _section(
    title: str, lines: Sequence[TaskLine], day: date, short: Mapping[str, str], start: int = 1
) -> list[str]:
    if not lines:
        return []
    parts = [f"## {title}", ""]
    for number, line in enumerate(lines, start):
        parts += _entry(number, line, day, short[line.key])
    return parts


def _entry(number: int, line: TaskLine, day: date, key: str) -> list[str]:
    """One line of work: what, for whom, until when, why, how to answer."""
    due = (
        "due today"
        if line.due == day
        else f"**late since {day_in_words(line.due)}**"
        if line.due < day
        else f"due {day_in_words(line.due)}"
    )
    said = (line.account_name if line.account_name not in line.title else "", line.about)
    who = f" ({markdown(', '.join(part for part in said if part))})" if any(said) else ""
    first = f"{number}. **{markdown(line.title)}**{who}, {due}, {line.minutes} min."
    parts = [first + (f" {_sentence(line.why)}" if line.why else "")]
    if line.contact:
        parts.append(f"About {markdown(line.contact)}.")
    if line.draft:
        parts.append(f"The draft: [{line.draft}]({line.draft})")
    if line.document:
        parts.append(f"To fill in: [{line.document}]({line.document})")
    if line.missing:
        parts.append(
            f"**No draft: {', '.join(line.missing)} is empty.** Write it yourself, or have the field filled."
        )
    if line.unsendable:
        parts.append(f"**No draft: {markdown(line.unsendable)}.** Write it yourself.")
    # Without the empty line the answers would belong to the last line of the checklist.
    parts += [*(f"- [ ] {markdown(item)}" for item in line.checklist), *([""] if line.checklist else [])]
    if line.asks:
        parts.append(f"Say also: {markdown(asked_words(line))}")
    parts.append(f"done with: {' · '.join(line.outcomes)}  `{key}`")
    return [*_below_its_number(parts, number), ""]


def _below_its_number(lines: Sequence[str], number: int) -> list[str]:
    """Markdown counts what stands as far in as the text behind `10. ` to that point, and nothing less."""
    first, *rest = lines
    margin = " " * len(f"{number}. ")
    return [first, *(f"{margin}{line}".rstrip() for line in rest)]


def _asleep(lines: Sequence[TaskLine], short: Mapping[str, str]) -> list[str]:
    """What nobody need do now, one line each, with the reason."""
    if not lines:
        return []
    said = [
        f"- {markdown(line.title)} ({markdown(line.account_name)}), {markdown(line.asleep)}  `{short[line.key]}`"
        for line in sorted(lines, key=_urgent_first)
    ]
    return ["## Asleep: nothing to do now", "", *said, ""]


def _leaving(leaving: Sequence[TaskLine]) -> list[str]:
    """Nothing to do, but whoever is answered should know."""
    if not leaving:
        return []
    said = [
        f"- {markdown(line.title)} ({markdown(line.account_name)} · {line.playbook} › {line.step})  `{line.key[:8]}`"
        for line in sorted(leaving, key=_urgent_first)
    ]
    return ["## Sent in your name, as soon as the outbox is sent", "", *said, ""]


def _sentence(text: str) -> str:
    cleaned = markdown(text)
    return cleaned[:1].upper() + cleaned[1:] + ("" if cleaned.endswith(".") else ".")


def _told(told: Sequence[TaskLine], day: date) -> list[str]:
    if not told:
        return []
    parts = ["## Late in your team", ""]
    for line in told:
        days = (day - line.due).days
        parts.append(
            f"- {markdown(line.owner_name)}: {markdown(line.title)} ({markdown(line.account_name)}), {count(days, 'day')} late"
        )
    return [*parts, ""]
