"""The plan of a day → a screen: counts first, then names with their reasons, then who is asked for how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from cs_playbook.report.in_flight import changed_lines
from cs_playbook.report.not_exported import not_exported_lines
from cs_playbook.report.pieces import (
    BLANK,
    GAP,
    Cell,
    Column,
    Line,
    fit,
    line,
    padded,
    shorten,
    table,
    wide,
    wrap,
    wrapped,
)
from cs_playbook.report.plan_json import as_json, as_jsonl
from cs_playbook.report.plan_sections import Headed, headed, with_the_reason_once
from cs_playbook.report.plan_words import MARKS, Named, Voice
from cs_playbook.report.trait_lines import exception_lines
from cs_playbook.report.values import short_amount
from cs_playbook.report.words import HELD, clean, count, day_with_year
from cs_playbook.study.plan_line import LineKind
from cs_playbook.study.planned import DryRun, OwnerMinutes, PlanSummary
from cs_playbook.values import replace

__all__ = ["as_json", "as_jsonl", "as_lines"]

MOST_ANSWERS = 5  # findings about returned lists that are shown
MOST_OWNERS = 20
WAY_ON = 64  # where the command that tells more begins
OTHERS = 80  # columns for the reason of what does not start
INDENT = 6  # of a name: four spaces, its mark, a space


def as_lines(found: DryRun, width: int, names: bool) -> Iterator[Line]:
    """`width`: from 80 columns up. `names`: of customers and tasks; otherwise ids."""
    yield from _head(found, width)
    yield from _stops(found, width)
    yield BLANK
    voice = Voice(found.day, names, found.summary.people)
    yield from _counts(found, voice, width)
    yield from _answers(found, width)
    yield from exception_lines(found.by_hand, width)
    yield from not_exported_lines(found.not_exported, width)
    yield from changed_lines(found.changed, width, names)
    yield from _sections(found.summary, voice, width)
    yield from _minutes(found.summary.minutes, voice)
    yield BLANK
    yield _end(found)


# --- what it is about ---


def _head(found: DryRun, width: int) -> Iterator[Line]:
    title = f"Plan for {day_with_year(found.day)}"
    facts = f"{_age(found)} · {count(found.accounts, 'account')} · files {found.files[:7]}"
    pad = max(34, wide(title) + GAP)
    if pad + wide(facts) <= width:
        yield line(("head", padded(title, pad)), ("soft", facts))
    else:
        yield line(("head", title))
        yield from wrapped("soft", facts, width)


def _age(found: DryRun) -> str:
    hours = found.hours_old
    if hours is None:
        return "its snapshot"
    if hours < 24:
        return "snapshot of today" + (f", built {found.built}" if found.built else "")
    days = hours // 24
    return f"snapshot of {'yesterday' if days == 1 else f'{days} days ago'}"


def _stops(found: DryRun, width: int) -> Iterator[Line]:
    """What matters most: that a run would do nothing of this."""
    if found.stops:
        yield BLANK
        yield line(("error", "! A run would do nothing of this:"))
        for stop in found.stops:
            yield from table([[Cell(clean(stop.sentence), "error")]], [Column(20)], width)
            if stop.largest:
                yield from wrapped("soft", f"most of it: {clean(' · '.join(stop.largest))}", width, "    ")
    for name, why in found.undecided.items():
        yield BLANK
        said = f"! {clean(name)} cannot be decided: {why}; a run does the others, and leaves with 5"
        yield from wrapped("error", said, width)


# --- counts ---


class _Count(Struct, frozen=True):
    """One line of the counts at the top."""

    mark: str
    word: str
    number: int
    detail: str
    style: str = ""


def _counts(found: DryRun, voice: Voice, width: int) -> Iterator[Line]:
    summary = found.summary
    for row in (*_always(summary, voice), *_sometimes(found, voice)):
        style = row.style if row.number else "soft"
        head = f"  {row.mark} {row.word:<9}{row.number:>5}   "
        detail = wrap(row.detail, width - len(head)) if row.detail else [""]
        yield line((style, head.rstrip() if not row.detail else head), detail[0])
        yield from (line(" " * len(head), more) for more in detail[1:])


def _always(summary: PlanSummary, voice: Voice) -> tuple[_Count, ...]:
    arr = f"ARR {short_amount(summary.arr)}" if summary.arr is not None else ""
    later = [f"{count(summary.later, 'step')} not before a later day"] if summary.later else []
    held = [f"{HELD.get(by, by.value)} {number}" for by, number in summary.held.items()]
    starts = _joined([*_list(summary.started), arr])
    return (
        _Count("+", "start", sum(summary.started.values()), starts, "good"),
        _Count(">", "advance", summary.moves, _work(summary.work)),
        _Count("!", "late", summary.late, _told(summary.told, voice), "warn"),
        _Count("x", "end", sum(summary.ended.values()), _joined(_list(summary.ended))),
        _Count(".", "held", sum(summary.held.values()), _joined([*held, *later])),
    )


def _sometimes(found: DryRun, voice: Voice) -> Iterator[_Count]:
    """Rows that are there only on a day that has them."""
    summary = found.summary
    if summary.shadowed or summary.shadows_ended:
        ended = [f"{summary.shadows_ended} end"] if summary.shadows_ended else []
        detail = _joined([*_list(summary.shadowed), *ended, "counted, nobody is told"])
        yield _Count("=", "shadow", sum(summary.shadowed.values()), detail)
    if summary.traits:
        overruled = [f"{summary.overruled} not the last word today"] if summary.overruled else []
        detail = _joined([*_list(summary.traits), *overruled, "others see it tomorrow"])
        yield _Count("#", "set", sum(summary.traits.values()), detail)
    if summary.notes:
        told = [f"{voice.person(whom)} {number}" for whom, number in summary.notes.items()]
        yield _Count("@", "tell", sum(summary.notes.values()), _joined(told))
    if summary.goals:
        yield _Count("*", "goal", summary.goals, "met after the last step", "good")
    if summary.refused:
        yield _Count("x", "refused", summary.refused, "asked for by people, and not started", "warn")
    if found.answers:
        yield _Count("<", "answers", found.answers, "came back and count already")


_ONE = {
    "new tasks": "new task",
    "drafts": "draft",
    "waits begin": "wait begins",
    "play another": "plays another",
    "waits over": "wait over",
    "change owner": "changes owner",
}


def _work(work: Mapping[str, int]) -> str:
    return _joined(
        f"{number} {_ONE.get(what, what) if number == 1 else what}" for what, number in work.items()
    )


def _list(counts: Mapping[str, int]) -> list[str]:
    return [f"{clean(name)} {number}" for name, number in counts.items()]


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _told(told: Mapping[str, int], voice: Voice) -> str:
    return _joined(f"{number} told to {voice.person(person)} today" for person, number in told.items())


def _answers(found: DryRun, width: int) -> Iterator[Line]:
    if not found.findings:
        return
    yield BLANK
    yield line(
        (
            "warn",
            f"  {count(len(found.findings), 'row of the returned lists needs', 'rows of the returned lists need')} a look",
        )
    )
    for wrong in found.findings[:MOST_ANSWERS]:
        text = Cell(clean(f"{wrong.span.file}:{wrong.span.line}  {wrong.message}"))
        yield line(f"    {fit(text, width - 4)}")
    if len(found.findings) > MOST_ANSWERS:
        yield line(("soft", f"    … and {len(found.findings) - MOST_ANSWERS} more"))


# --- names ---


class _Widths(Struct, frozen=True):
    """Of the columns of names, the same for all playbooks; 0: there is no such column."""

    account: int
    why: int
    owner: int
    title: int
    due: int


def _sections(summary: PlanSummary, voice: Voice, width: int) -> Iterator[Line]:
    sections = [headed(playbook, voice) for playbook in summary.playbooks]
    widths, room = _widths([item for section in sections for item in section.names], width)
    sections = [with_the_reason_once(section, room) for section in sections]
    widths = replace(widths, why=_why_width(list(_tasks(sections)), room))
    told_before = True
    for section in sections:
        # Playbooks of which nothing is to be said stand line by line.
        told = bool(section.names or section.notes)
        if told or told_before:
            yield BLANK
        told_before = told
        yield from _heading(section, widths, width)
        yield from _names(section, widths, width)
        for mark, text, way_on in section.notes:
            yield from _note(mark, text, way_on, width)


def _tasks(sections: Iterable[Headed]) -> Iterator[Named]:
    yield from (item for section in sections for item in section.names if item.due)


def _widths(names: Sequence[Named], width: int) -> tuple[_Widths, int]:
    """All but that of the reasons, and how much room is left for these; titles only where both have room."""
    account = _widest((item.account.whole for item in names), 22 if width < 120 else 30)
    owner = _widest((item.owner for item in names), 14 if width < 120 else 20)
    due = _widest((item.due for item in names), 10)
    title = _widest((item.title for item in names), 40)
    room = width - INDENT - account - owner - due - 3 * GAP
    with_title = room - title - GAP
    if title and all(wide(item.why.whole) <= with_title for item in names if item.due):
        return _Widths(account, 0, owner, title, due), with_title
    return _Widths(account, 0, owner, 0, due), room


def _why_width(names: Sequence[Named], room: int) -> int:
    """What starts is shown whole where it can be; the rest is shortened before it drives all else apart."""
    starts = _widest((item.why.whole for item in names if item.kind is LineKind.START), room)
    others = _widest((item.why.whole for item in names), room)
    return max(starts, min(others, OTHERS))


def _widest(texts: Iterable[str], most: int) -> int:
    return min(max((wide(text) for text in texts), default=0), most)


def _heading(section: Headed, widths: _Widths, width: int) -> Iterator[Line]:
    short = shorten(section.name, 48)
    name = padded(short, max(18, wide(short) + 1))
    yield line(("strong", f"  {name}"), fit(Cell(section.says), width - wide(name) - 2))
    because = f"because {section.because}" if section.because else ""
    first = f"first: {section.first}" if section.first and not widths.title else ""
    both = _joined([because, first])
    for said in [both] if wide(both) <= width - 20 else [because, first]:
        if said:
            yield line(("soft", " " * 20 + fit(Cell(said), width - 20)))


def _names(section: Headed, widths: _Widths, width: int) -> Iterator[Line]:
    following = [*(item.kind for item in section.names[1:]), None]
    for item, after in zip(section.names, following, strict=False):
        yield _name(item, widths, width)
        if item.kind is not after and section.more.get(item.kind):
            tell = ", cs-playbook tasks lists them" if item.kind is LineKind.LATE else ""
            yield line(("soft", f"      … and {section.more[item.kind]} more{tell}"))


def _name(item: Named, widths: _Widths, width: int) -> Line:
    sign, style = MARKS[item.kind]
    mark = (style, f"    {sign} ")
    account = padded(fit(item.account, widths.account), widths.account)
    if not item.due:
        return line(mark, f"{account}  ", fit(item.why, width - INDENT - widths.account - GAP))
    columns = ((item.owner, widths.owner), (item.title, widths.title), (item.due, widths.due))
    right = "".join("  " + padded(fit(Cell(text), size), size) for text, size in columns if size)
    return line(mark, f"{account}  ", padded(fit(item.why, widths.why), widths.why), right.rstrip())


def _note(mark: str, text: str, way_on: str, width: int) -> Iterator[Line]:
    style = "warn" if mark == "?" else "soft"
    said = fit(Cell(text), width - 6)
    if way_on and wide(said) + wide(way_on) + 10 <= width:
        aligned = padded(said, min(WAY_ON, width - wide(way_on) - 6))
        yield line((style, f"    {mark} "), aligned, ("soft", way_on))
        return
    yield line((style, f"    {mark} "), said)
    if way_on:
        yield line(("soft", f"      {way_on}"))


# --- people ---


def _minutes(minutes: Sequence[OwnerMinutes], voice: Voice) -> Iterator[Line]:
    if not minutes:
        return
    yield BLANK
    head = ("Minutes asked", "by today", "in 7 days", "of their week", "")
    rows = [[Cell(text, "strong" if not text.islower() else "soft") for text in head]]
    rows += [_minutes_row(person, voice) for person in minutes[:MOST_OWNERS]]
    right = Column(right=True)
    yield from table(rows, [Column(12), right, right, right, Column()], 80)
    yield line(("soft", "    open tasks only; with promises and what comes next: cs-playbook capacity"))
    if len(minutes) > MOST_OWNERS:
        yield line(("soft", f"    … and {len(minutes) - MOST_OWNERS} more people"))


def _minutes_row(person: OwnerMinutes, voice: Voice) -> list[Cell]:
    share = "" if person.share is None else f"{round(person.share * 100)}\u00a0%"
    over = person.share is not None and person.share > 1
    numbers = (f"{number:,}".replace(",", "\u00a0") for number in (person.today, person.week))
    return [
        Cell(f"\u00a0\u00a0{voice.person(person.owner)}"),
        *map(Cell, numbers),
        Cell(share, "error" if over else ""),
        Cell("over" if over else "", "error"),
    ]


# --- the way on ---


def _end(found: DryRun) -> Line:
    if found.stops:
        return line("Nothing was changed. ", ("soft", "cs-playbook run says how to go on."))
    if not found.summary.changes:
        return line("Nothing was changed, and a run would change nothing.")
    return line("Nothing was changed. ", ("strong", "cs-playbook run"), " does this.")
