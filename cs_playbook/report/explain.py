"""Why an account is, or is not, in a playbook → a screen: the verdict, every condition with its values, every step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cs_playbook.report.explain_json import as_json, near_json
from cs_playbook.report.explain_steps import enrollment_lines
from cs_playbook.report.explain_words import fitted_words, long_words, part_rows, standing_words
from cs_playbook.report.health_sum import score_words, sum_lines
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, shorten, table, wide, wrapped
from cs_playbook.report.trait_lines import trait_lines
from cs_playbook.report.values import limit_words, seen_words
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.study.explained import (
    Explained,
    NearAccount,
    NearExplained,
    PlaybookExplained,
    RuleExplained,
    Standing,
)

__all__ = ["as_json", "as_lines", "near_json", "near_lines"]

IN_FULL = 6  # playbooks; of more, those that say plainly no are one line each
CONDITIONS = (Column(), Column(24), Column(16), Column(12))  # answer, condition, value, how far


def as_lines(found: Explained, width: int) -> Iterator[Line]:
    """`width`: from 80 columns up."""
    yield from _head(found, width)
    for playbook in found.playbooks:
        if found.only is None:
            yield BLANK
        yield from _playbook(playbook, found, width)
    yield from trait_lines(found, width)
    for score in found.scores:
        yield BLANK
        yield line(("strong", f"  {score.card.name} {score_words(score)}"))
        yield from sum_lines(score, found.units, width)
    if found.is_past:
        yield BLANK
        yield line(("soft", "The run of this day is over: what was held then is not known any more."))


def _head(found: Explained, width: int) -> Iterator[Line]:
    if found.only is None:
        yield line(("head", f"{_account(found)} · {day_with_year(found.day)}"))
    if not found.present:
        yield line(("warn", "It is missing from the snapshot: everything waits."))
    if found.active is not None:
        yield line(("warn", "It is not active: no playbook starts or opens anything."))
        yield from table([[*row] for row in part_rows(found.active)], CONDITIONS, width)


def _account(found: Explained) -> str:
    return (
        clean(found.name) if found.name == found.account else f"{clean(found.name)} ({clean(found.account)})"
    )


# --- one playbook ---


def _playbook(playbook: PlaybookExplained, found: Explained, width: int) -> Iterator[Line]:
    if found.only is None and len(found.playbooks) > IN_FULL and _is_plainly_out(playbook):
        yield from _title(playbook, playbook.rules[0], found, width)
        return
    for number, rule in enumerate(playbook.rules):
        if number and not (_is_brief(rule, found) and _is_brief(playbook.rules[number - 1], found)):
            yield BLANK
        yield from _title(playbook, rule, found, width)
        if not _is_brief(rule, found):
            yield from _rule(playbook, rule, found, width)
    yield from _rows(playbook)
    if not playbook.rules:
        yield from _without_file(playbook, found, width)


def _rule(playbook: PlaybookExplained, rule: RuleExplained, found: Explained, width: int) -> Iterator[Line]:
    """What is open comes first: it matters more than what the rule says today."""
    going = [item for item in playbook.enrollments if item.enrollment.row == rule.row]
    for enrollment in going:
        yield from enrollment_lines(enrollment, found.day, found.people, width)
    if rule.parts:
        yield BLANK
    if going and rule.parts:
        yield line(("soft", "  Its rule today"))
    yield from _conditions(rule, width)
    yield from _past(rule, found, width)


def _is_brief(rule: RuleExplained, found: Explained) -> bool:
    """Of many rows, those that have more than one condition against them need no table."""
    out = rule.standing in (Standing.NO, Standing.UNKNOWN, Standing.INACTIVE)
    return rule.row is not None and out and (found.only is None or rule.said_no + rule.unknown > 1)


def _without_file(playbook: PlaybookExplained, found: Explained, width: int) -> Iterator[Line]:
    if playbook.playbook is None:
        said = f"{clean(playbook.name)} · no longer in the files: it goes on by its old text"
        yield from wrapped("strong", said, width)
    for enrollment in playbook.enrollments:
        yield from enrollment_lines(enrollment, found.day, found.people, width)


def _is_plainly_out(playbook: PlaybookExplained) -> bool:
    quiet = (Standing.NO, Standing.UNKNOWN, Standing.DRAFT, Standing.PEOPLE, Standing.INACTIVE)
    rules = playbook.rules
    return bool(rules) and all(rule.standing in quiet and rule.said_no + rule.unknown != 1 for rule in rules)


def _title(playbook: PlaybookExplained, rule: RuleExplained, found: Explained, width: int) -> Iterator[Line]:
    """Who, what, when, and the verdict: below it where one line is too short."""
    subject = "" if rule.row is None else f" · {clean(rule.row)}{_corrected(playbook, rule.row)}"
    name, style = f"{clean(playbook.name)}{subject}", "strong"
    if found.only is not None:
        name, style = f"{_account(found)} · {name} · {day_with_year(found.day)}", "head"
    said, colour = standing_words(rule, found.day)
    if wide(name) + wide(said) + 3 <= width:
        yield line((style, name), " · ", (colour, said))
        return
    yield from wrapped(style, name, width)
    yield from wrapped(colour, said, width)


def _corrected(playbook: PlaybookExplained, row: str) -> str:
    """A value that was corrected while the playbook ran."""
    abouts = (item.enrollment.about for item in playbook.enrollments if item.enrollment.row == row)
    return next((f", now {clean(about)}" for about in abouts if about is not None), "")


def _conditions(rule: RuleExplained, width: int) -> Iterator[Line]:
    rows = [row for part in rule.parts for row in part_rows(part)]
    yield from table(rows, CONDITIONS, width) if rows else ()


def _past(rule: RuleExplained, found: Explained, width: int) -> Iterator[Line]:
    sentences = [*fitted_words(rule, found.day), *_episodes(rule, found.day)]
    if sentences:
        yield BLANK
        yield from wrapped("soft", " ".join(sentences), width)


def _episodes(rule: RuleExplained, day: date) -> Iterator[str]:
    over = [episode for episode in rule.episodes if episode.ended_on is not None]
    if not rule.episodes:
        yield "Never started before."
    for episode in over[-3:]:
        ended = long_words(episode.ended_on, day) if episode.ended_on else ""
        yield f"Started on {long_words(episode.started_on, day)}, ended on {ended}: {clean(episode.outcome)}."
    if len(over) > 3:
        yield f"{len(over) - 3} more before that."


def _rows(playbook: PlaybookExplained) -> Iterator[Line]:
    """What is not shown of an account with many rows."""
    if playbook.rows is None or playbook.playbook is None:
        return
    table_name = playbook.playbook.trigger.one_per or ""
    if playbook.rows == 0 and not playbook.rules:
        yield line(("strong", clean(playbook.name)), f" · it has no {table_name}")
    elif playbook.rows > len(playbook.rules):
        yield BLANK
        yield line(
            ("soft", f"{len(playbook.rules)} of its {playbook.rows} {table_name} are shown: the nearest.")
        )


# --- who is nearly in ---


def near_lines(found: NearExplained, width: int) -> Iterator[Line]:
    """By condition, the one that keeps out most first; `width`: from 80 columns up."""
    verb = "is" if found.short == 1 else "are"
    said = f"{count(found.short, 'account')} {verb} one condition short"
    yield from wrapped("head", f"{clean(found.playbook)} · {day_with_year(found.day)} · {said}", width)
    for condition in found.conditions:
        yield BLANK
        out = f"   keeps out {condition.count}"
        yield line(("strong", "  " + shorten(clean(condition.text), width - len(out) - 2)), ("soft", out))
        yield from table([_near_row(account) for account in condition.nearest], _NEAR, width, "    ")
        if condition.count > len(condition.nearest):
            yield line(("soft", f"    … and {condition.count - len(condition.nearest)} more"))
    if found.unknown:
        yield BLANK
        of = "one" if found.unknown == 1 else str(found.unknown)
        yield line(("warn", f"  For {of} more a single condition is unknown: a value is empty."))
    yield BLANK
    yield line(
        ("soft", "cs-playbook explain ACCOUNT "),
        ("soft", found.playbook),
        ("soft", "   tells all of one account"),
    )


_NEAR = (Column(16), Column(16), Column(12), Column())


def _near_row(account: NearAccount) -> list[Cell]:
    limit = account.part.limit
    far = limit_words(limit, False, value_is_hidden=False) if limit else ""
    name = clean(account.name)
    shown = name if name == account.account else f"{name} ({clean(account.account)})"
    mark = Cell("is in it already", "soft") if account.is_in else Cell()
    return [Cell(shown), Cell(seen_words(account.part.seen)), Cell(far), mark]
