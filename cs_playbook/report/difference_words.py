"""What changed → rows of (where, what is said), the same for a screen and for the comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from cs_playbook.report.values import TIE, short_amount
from cs_playbook.report.words import count
from cs_playbook.study.changes import Changes, Edit, Said, Thing
from cs_playbook.study.difference import Difference, Group, Impact, RuleDifference, Work
from cs_playbook.values import replace

SMALL = 5  # below it a count tells of single customers
MOST_EDITS = 6  # lines of one place that are shown
# `x <= -0.4` → `x <= -0.25`: only the limit is said twice.
_LIMIT = re.compile(
    r"(?P<asked>.* (?:<=|>=|<>|=|<|>)) (?P<limit>'[^']*'|[^\s,;()]+)(?P<rest>(?:, for [^,;()]+)?)\Z"
)
# One of several under one roof: `any of (…; …)`.
_ROOF = re.compile(r"(?P<roof>(?:any|all|none) of) \((?P<inside>.*)\)(?P<rest>(?:, for [^,;()]+)?)\Z")
_SPAN = re.compile(r"(?P<count>\d+) (?P<unit>[a-z ]+?)s?\Z")
_PLURAL = {
    "data": "data.yaml", "project": "project.yaml", "team": "team.yaml", "sources": "sources.yaml",
}  # fmt: skip
_RIGHT_UNDER = ("steps", "segments", "bands", "tables", "roles", "people", "teams", "groups")


class Words(Struct, frozen=True):
    """A row: `where` in the words of the YAML; `before` and `after` are quoted from the files, `says` is our own.

    `mark`: + new, - gone, "" changed.
    """

    where: str
    says: str = ""
    before: str = ""
    after: str = ""
    mark: str = ""


def rows_of(thing: Thing) -> Iterator[Words]:
    """Renames, what is new and gone, then place by place."""
    for old, new in sorted(thing.renamed.items()):
        yield Words(new, "is the step that was called", before=old)
    for place in thing.gone:
        yield Words(_where(place), f"{_noun(place)} is gone")
    if thing.how == "added" and thing.new:
        steps = ", ".join(place[-1] for place in thing.new)
        yield Words("steps", f"{len(thing.new)}:", after=steps)
    else:
        for place in thing.new:
            brief = thing.briefly.get(place, "")
            yield Words(_where(place), f"{_noun(place)} is new{':' if brief else ''}", after=brief)
    for said in thing.said:
        rows = _of_place(said)
        # Of what is new as a whole each line is new.
        yield from (replace(row, mark="") for row in rows) if thing.how == "added" else rows


def _where(place: tuple[str, ...]) -> str:
    """`steps.reply.wait` is said of reply."""
    inside = place[1:] if len(place) > 1 and place[0] in _RIGHT_UNDER else place
    return inside[0] if inside else ""


def _what(place: tuple[str, ...]) -> str:
    inside = place[1:] if len(place) > 1 and place[0] in _RIGHT_UNDER else place
    rest = inside[1:]
    if rest[-1:] == ("because",):
        return "because"
    return "" if rest == ("when",) and place[0] == "trigger" else " ".join(rest)


def _noun(place: tuple[str, ...]) -> str:
    """`step`, `segment`, `table`: what the list holds that it stands in."""
    holder = place[-2] if len(place) > 1 else ""
    irregular = {"people": "person", "": "it"}
    noun = irregular.get(holder, holder.removesuffix("s"))
    return noun if len(place) <= 2 else f"{noun} {place[-1]}"


def _of_place(said: Said) -> Iterator[Words]:
    where, what = _where(said.place), _what(said.place)
    if said.reordered:
        yield Words(where, f"{what} in another order:".strip(), said.edits[0].before, said.edits[0].after)
        return
    for edit in said.edits[:MOST_EDITS]:
        before, after = shortened(edit)
        yield Words(
            where, what, before, after, "" if edit.before and edit.after else "+" if edit.after else "-"
        )
    if len(said.edits) > MOST_EDITS:
        yield Words(where, f"{what}: and {count(len(said.edits) - MOST_EDITS, 'more line')}".strip(": "))


def shortened(edit: Edit) -> tuple[str, str]:
    """Before and after; what both say is said once."""
    old, new = _LIMIT.match(edit.before), _LIMIT.match(edit.after)
    if old and new and (old["asked"], old["rest"]) == (new["asked"], new["rest"]):
        return edit.before, new["limit"]
    over, under = _ROOF.match(edit.before), _ROOF.match(edit.after)
    if over and under and (over["roof"], over["rest"]) == (under["roof"], under["rest"]):
        return _under_one_roof(over["roof"], over["inside"], under["inside"])
    was, now = _SPAN.match(edit.before), _SPAN.match(edit.after)
    if was and now and was["unit"] == now["unit"]:
        return was["count"], edit.after
    return edit.before, edit.after


def _under_one_roof(roof: str, before: str, after: str) -> tuple[str, str]:
    """Only what differs, where the rest is long and the same."""
    old, new = before.split("; "), after.split("; ")
    gone, fresh = [item for item in old if item not in new], [item for item in new if item not in old]
    same = len(old) - len(gone)
    # A roof inside of a roof would be cut in the middle.
    if not same or any(item.count("(") != item.count(")") for item in (*gone, *fresh)):
        return f"{roof} ({before})", f"{roof} ({after})"
    if len(gone) == len(fresh) == 1:
        first, second = shortened(Edit(gone[0], fresh[0]))
        return f"{roof} (…; {first})", second
    was = f"{roof} (…; {'; '.join(gone)})" if gone else f"{roof} (…)"
    return was, f"(…; {'; '.join(fresh)})" if fresh else "(…)"


def kind_words(thing: Thing) -> str:
    """`playbook`, `email`, `team.yaml`: what it is."""
    return _PLURAL.get(thing.kind, thing.kind)


def title_of(changes: Changes) -> str:
    """`1 playbook changed · 1 email added`."""
    parts: list[str] = []
    for kind in dict.fromkeys(thing.kind for thing in changes.things):
        things = changes.of(kind)
        for how in ("changed", "added", "removed", "unread"):
            number = sum(thing.how == how for thing in things)
            if number:
                named = _PLURAL.get(kind) or count(number, kind)
                parts.append(f"{named} {'cannot be compared' if how == 'unread' else how}")
    if changes.new_stories:
        parts.append(f"{count(len(changes.new_stories), 'story', 'stories')} added")
    if changes.gone_stories:
        parts.append(f"{count(len(changes.gone_stories), 'story', 'stories')} removed")
    return " · ".join(parts) or "nothing changed in meaning"


# --- counts ---


class Counted(Struct, frozen=True):
    """How counts are said: `exact`, or the small ones as "<5", because they tell of single customers."""

    exact: bool

    def number(self, value: int) -> str:
        return str(value) if self.exact or value == 0 or value >= SMALL else f"<{SMALL}"

    def change(self, before: int, now: int) -> str:
        """`11 → 34`; where the difference is small, how many more and no sum that gives it away."""
        if (
            self.exact
            or before == now
            or (abs(now - before) >= SMALL and min(before, now) not in range(1, SMALL))
        ):
            return f"{before} → {now}"
        if abs(now - before) < SMALL:
            more = "more" if now > before else "fewer"
            return f"<{SMALL} {more}" + (f" than {self.number(before)}" if before else "")
        return f"{self.number(before)} → {self.number(now)}"

    def group(self, group: Group, verb: str) -> str:
        """`23 enter (+310 k ARR)`; the money of a few is not said."""
        money = group.arr is not None and (self.exact or group.count >= SMALL)
        arr = f" ({short_amount(group.arr or 0).replace(TIE, ' ')} ARR)" if money else ""
        only = verb if group.count != 1 or not self.exact else f"{verb}s"
        return f"{self.number(group.count)} {only}{arr}"

    def may_name(self, group: Group) -> bool:
        """Where the list itself does not tell what the count hides."""
        return bool(group.first) and (self.exact or group.count >= SMALL)


def rule_words(rule: RuleDifference, counted: Counted) -> str:
    """`fits 11 → 34: 23 enter (310 k ARR), nobody leaves`."""
    if not rule.enter.count and not rule.leave.count:
        return f"fits the same {counted.number(rule.now)} as before"
    enter = counted.group(rule.enter, "enter") if rule.enter.count else "nobody enters"
    leave = counted.group(rule.leave, "leave") if rule.leave.count else "nobody leaves"
    small = any(0 < group.count < SMALL for group in (rule.enter, rule.leave))
    sums = f"fits {rule.before} → {rule.now}"
    if small and not counted.exact:
        sums = f"fitted {counted.number(rule.before)} before"
    return f"{sums}: {enter}, {leave}{_patience(rule, counted)}"


def _patience(rule: RuleDifference, counted: Counted) -> str:
    if not rule.patient:
        return ""
    if rule.patient == rule.enter.count:
        return "; who enters starts after having fitted for long enough"
    return f"; {counted.number(rule.patient)} of them start after having fitted for long enough"


def work_words(pair: tuple[Work, Work], counted: Counted) -> str:
    """`starts 7 → 12 · tasks 14 → 19`: what differs today."""
    before, now = pair
    said = (
        ("starts", before.started, now.started),
        ("ends", before.ended, now.ended),
        ("tasks", before.tasks, now.tasks),
        ("emails", before.drafts, now.drafts),
    )
    return " · ".join(f"{what} {counted.change(old, new)}" for what, old, new in said if old != new)


_HOW = {
    "keep": ("goes on as it began", "go on as they began"),
    "move": ("moves to the new text", "move to the new text"),
    "restart": ("ends and begins anew", "end and begin anew"),
    "stop": ("ends", "end"),
}
_TROUBLES = {
    "lost": "lose open work", "repeated": "are asked again for what was done", "contradictory": "do not fit the new text",
}  # fmt: skip


def open_words(impact: Impact, playbook: str, counted: Counted) -> list[str]:
    """`9 open enrollments go on as they began`: what becomes of what is open."""
    said: list[str] = []
    for how, (one, many) in _HOW.items():
        mine = [item for item in impact.open if item.playbook == playbook and item.how == how]
        number = sum(item.count for item in mine)
        if number:
            verb = one if number == 1 and counted.exact else many
            noun = "open enrollment" if number == 1 and counted.exact else "open enrollments"
            said.append(f"{counted.number(number)} {noun} {verb}")
        for kind, words in _TROUBLES.items():
            hurt = sum(dict(item.counts).get(kind, 0) for item in mine)
            if hurt:
                said.append(f"{counted.number(hurt)} {words}")
    return said


def ends_with(found: Difference) -> str:
    """What is not there, and why; "" where all is."""
    if found.changes is not None and found.changes.is_empty:
        return ""
    return f"Whom it concerns is not shown: {found.no_impact}." if found.no_impact else ""


def stories_words(found: Difference) -> str:
    """`7 stories pass`, `6 pass, 1 fails`."""
    stories = found.stories
    if stories is None:
        return ""
    failing = len(stories.failing)
    said = f"{count(stories.passed, 'story passes', 'stories pass')}"
    said += f", {failing} {'fails' if failing == 1 else 'fail'}" if failing else ""
    said += "" if stories.unnoticed is None else f"; {count(stories.unnoticed, 'change')} no story notices"
    return said + (f", {count(stories.findings, 'error')} in story files" if stories.findings else "")
