"""A change → the comment on a pull request: Markdown below the host's limit, in which nothing that is quoted means anything.

Whatever comes from files or data stands in code spans: no name is called, no tag, link or command comes to life.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_playbook.report.difference import one_words
from cs_playbook.report.difference_words import (
    Counted,
    Words,
    ends_with,
    kind_words,
    open_words,
    rows_of,
    rule_words,
    stories_words,
    title_of,
    work_words,
)
from cs_playbook.report.words import clean, count, day_in_words
from cs_playbook.study.changes import Changes, Thing
from cs_playbook.study.difference import Difference, Group, Impact, RuleDifference

MARK = "<!-- cs-playbook diff -->"  # by which a workflow finds its comment again
LIMIT = 60_000  # characters; the host takes 65 536
_ROOM = 400  # for the sentence about what is left out
_LONGEST = 300  # letters of one quotation
_MOST_ROWS = 40  # of one thing
_MOST_STORIES = 20  # that are named


def as_markdown(found: Difference, names: bool) -> str:
    """`names`: somebody asked for them: then counts are exact too. Otherwise ids, and small counts as "<5"."""
    counted = Counted(exact=names)
    head = [MARK, f"### {_title(found)}", ""]
    blocks = list(_blocks(found, counted, names))
    kept: list[str] = []
    room = LIMIT - _ROOM - sum(len(text) + 1 for text in head)
    for block in blocks:
        room -= len(block) + 2
        if room < 0:
            break
        kept.append(block)
    left = len(blocks) - len(kept)
    more = [f"… and {count(left, 'more section')}: `cs-playbook diff` shows all."] if left else []
    return "\n".join(head) + "\n\n".join([*kept, *more]) + "\n"


def _title(found: Difference) -> str:
    said = "nothing could be compared" if found.changes is None else title_of(found.changes)
    snapshot = f", snapshot of {day_in_words(found.impact.day)}" if found.impact else ""
    return f"{said} (since {code(found.commit[:7])}{snapshot})"


def _blocks(found: Difference, counted: Counted, names: bool) -> Iterator[str]:
    """What is wrong first, then what changed, then whom it concerns."""
    yield from _warnings(found)
    if found.changes is not None:
        yield from _things(found.changes, found.impact, counted, names)
    if found.changes is not None and found.impact is not None:
        yield from _because(found.changes, found.impact, counted)
        for move in found.impact.moves:
            yield from _folded(f"who moves in {code(move.fact)}", move.moved, counted, names)
        yield from _people(found.impact, counted, names)
    yield from _notes(found)


def _warnings(found: Difference) -> Iterator[str]:
    stops = found.impact.stops if found.impact else ()
    yield from (f"**A run would stop:** {code(stop.sentence)}" for stop in stops)
    if found.stories is not None and found.stories.failing:
        named = ", ".join(code(name) for name in found.stories.failing[:_MOST_STORIES])
        yield f"**{stories_words(found)}:** {named}"
    if found.wrong:
        first = "; ".join(
            code(f"{item.span.file}:{item.span.line} {item.message}") for item in found.wrong[:5]
        )
        errors = count(len(found.wrong), "error")
        yield f"The files of then have {errors}; what stands in them is not compared: {first}"


def _notes(found: Difference) -> Iterator[str]:
    if found.stories is not None and not found.stories.failing:
        yield f"{stories_words(found)}."
    if found.impact is not None and not found.impact.has_ledger:
        yield "There is no ledger here: this is as if nothing had ever been done."
    if said := ends_with(found):
        yield said


# --- one thing ---


def _things(changes: Changes, impact: Impact | None, counted: Counted, names: bool) -> Iterator[str]:
    for thing in changes.things:
        rows = list(rows_of(thing))
        lines = [_headline(thing, impact, counted)]
        shown = [f"| {cell(row.where)} | {_said(row)} |" for row in rows[:_MOST_ROWS]]
        shown += [f"| {what} | {said} |" for what, said in _concerned(thing, impact, counted)]
        if len(rows) > _MOST_ROWS:
            shown.append(f"| | and {count(len(rows) - _MOST_ROWS, 'more change')} |")
        if shown:
            lines += ["", "| | |", "|---|---|", *shown]
        yield "\n".join(lines)
        rule = _rule(thing, impact)
        if rule is not None:
            yield from _folded(f"who enters {code(thing.name)}", rule.enter, counted, names)
            yield from _folded(f"who leaves {code(thing.name)}", rule.leave, counted, names)


def _rule(thing: Thing, impact: Impact | None) -> RuleDifference | None:
    if impact is None or not thing.is_played:
        return None
    return next((rule for rule in impact.rules if rule.playbook == thing.name), None)


def _headline(thing: Thing, impact: Impact | None, counted: Counted) -> str:
    called = code(thing.name) if thing.name else ""
    kind = "" if thing.kind == "playbook" and thing.how == "changed" else kind_words(thing)
    what = " ".join(part for part in (kind, called) if part)
    how = {"added": " is new", "removed": " is gone", "unread": " had errors then and is not compared"}.get(
        thing.how, ""
    )
    status = f" (status {code(thing.status)})" if thing.status and thing.how in ("added", "removed") else ""
    formerly = f", formerly {code(thing.formerly)}" if thing.formerly else ""
    rule = _rule(thing, impact)
    fits = f" {rule_words(rule, counted)}" if rule else ""
    return f"**{what}{formerly}{how}{status}{':' if fits and how else ''}{fits}**"


def _concerned(thing: Thing, impact: Impact | None, counted: Counted) -> Iterator[tuple[str, str]]:
    if impact is None or not thing.is_played:
        return
    if thing.name in impact.work:
        yield "today", work_words(impact.work[thing.name], counted)
    opened = open_words(impact, thing.name, counted)
    if opened:
        yield "open", " · ".join(opened)


def _said(row: Words) -> str:
    before, after = (code(text) if text else "" for text in (row.before, row.after))
    says = cell(row.says)
    match row.mark, bool(before), bool(after):
        case "+", _, True:
            return f"{says} new: {after}".strip()
        case "-", True, _:
            return f"{says} gone: {before}".strip()
        case _, True, True:
            return f"{says} {before} → {after}".strip()
        case _:
            return f"{says} {before or after}".strip()


def _folded(summary: str, group: Group, counted: Counted, names: bool) -> Iterator[str]:
    """Behind a click: the first of them, the largest ARR first."""
    if counted.may_name(group):
        more = group.count - len(group.first)
        said = ", ".join(code(one_words(one, names)) for one in group.first)
        end = f" … and {more} more" if more else ""
        # A code span inside of <summary> is shown by its tag.
        title = re.sub(r"`+ ?(.*?) ?`+", lambda found: f"<code>{_html(found[1])}</code>", summary)
        yield f"<details><summary>{title}</summary>\n\n{said}{end}\n\n</details>"


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")


# --- what else moves ---


def _because(changes: Changes, impact: Impact, counted: Counted) -> Iterator[str]:
    named = changes.played
    rows = [
        (rule.playbook, rule_words(rule, counted))
        for rule in impact.rules
        if rule.playbook not in named and (rule.enter.count or rule.leave.count)
    ]
    rows += [
        (name, f"today: {work_words(pair, counted)}")
        for name, pair in impact.work.items()
        if name not in named
    ]
    rows += [(move.fact, " · ".join(_ways(move.ways, counted))) for move in impact.moves]
    if rows:
        yield "\n".join(
            [
                "**Because of it**",
                "",
                "| | |",
                "|---|---|",
                *(f"| {code(name)} | {said} |" for name, said in rows),
            ]
        )


def _ways(ways: object, counted: Counted) -> Iterator[str]:
    assert isinstance(ways, dict)
    for (old, new), number in ways.items():
        yield f"{_standing(old)} → {_standing(new)} {counted.number(number)}"


def _standing(name: str) -> str:
    return code(name) if name else "none"


def _people(impact: Impact, counted: Counted, names: bool) -> Iterator[str]:
    if impact.minutes and names:
        yield _each_person(impact)
    elif impact.minutes:
        yield "\n".join(["| | |", "|---|---|", f"| people | {_people_words(impact, counted)} |"])


def _people_words(impact: Impact, counted: Counted) -> str:
    """How many of ours: who works how much is for the team, not for whoever reads a pull request."""
    more = [(now.week if now else 0) - (before.week if before else 0) for before, now in impact.minutes]
    over = sum(now is not None and (now.share or 0) > 1 for _, now in impact.minutes)
    told = [
        (sum(change > 0 for change in more), "get more to do"),
        (sum(change < 0 for change in more), "less"),
    ]
    said = [f"{counted.number(number)} {what}" for number, what in told if number]
    return " · ".join([*said, f"**{counted.number(over)} over their week**"] if over else said)


def _each_person(impact: Impact) -> str:
    rows = []
    for before, now in impact.minutes[:20]:
        known = now or before
        assert known is not None
        more = (now.week if now else 0) - (before.week if before else 0)
        share = f" ({round((now.share or 0) * 100)} % of their week)" if now and now.share is not None else ""
        over = " **over**" if now and now.share is not None and now.share > 1 else ""
        rows.append(
            f"| {code(known.name)} | {'+' if more > 0 else '−'}{abs(more)} min in 7 days{share}{over} |"
        )
    return "\n".join(["**People**", "", "| | |", "|---|---|", *rows])


# --- what is quoted ---


def code(text: str) -> str:
    """A code span, whatever stands in it, also inside of a table."""
    short = clean(text)
    short = short if len(short) <= _LONGEST else short[: _LONGEST - 1] + "…"
    # A backslash before a bar would give the bar its meaning back.
    short = re.sub(r"\\+(?=\|)", lambda found: found[0] + " ", short).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", short)), default=0)
    fence = "`" * (longest + 1)
    room = " " if short.startswith("`") or short.endswith("`") or not short.strip() else ""
    return f"{fence}{room}{short}{room}{fence}"


def cell(text: str) -> str:
    """The words of the language as they are; anything else is quoted."""
    return text if re.fullmatch(r"[A-Za-z0-9 :.,'()-]*", text) else code(text)
