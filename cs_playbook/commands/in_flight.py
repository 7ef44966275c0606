"""Files and a ledger → what today's texts would do to the enrollments that are open: findings before the run does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.playbook import KEEP, MOVE, Outline, Playbook, Status
from cs_playbook.parse.catalog import read_pinned
from cs_playbook.parse.outline import read_outline
from cs_playbook.parse.playbook import Surroundings
from cs_playbook.plan.in_flight import same_subject
from cs_playbook.plan.moving import ASIDE, moving
from cs_playbook.source.finding import Finding, Severity, Span, did_you_mean, warning

MOST_NAMED = 10  # accounts in a note


class _Group(Struct, frozen=True):
    """The open enrollments that go by one text which is not today's. `new`: today's; None: its file is gone."""

    playbook: str
    new: Playbook | None
    text: Playbook | None
    wrong: Sequence[Finding]
    outline: Outline
    going: Sequence[Enrollment]

    @property
    def place(self) -> Span:
        return self.new.span if self.new else self.wrong[0].span if self.wrong else Span("project.yaml")

    @property
    def since(self) -> str:
        return min(item.text_of for item in self.going).isoformat()


def in_flight(catalog: Catalog, around: Surroundings, ledger: Ledger) -> Iterator[Finding]:
    """Nothing where every open enrollment goes by today's text."""
    today = {playbook.definition for playbook in catalog.playbooks.values()}
    planned = {plan.name for plan in catalog.plans}
    for name, definition, _ in ledger.texts_in_use():
        if definition not in today:
            found = _of_group(_group(name, definition, catalog, around, ledger))
            # Who takes a milestone out of one customer's plan wants its task to go.
            yield from (one for one in found if name not in planned or one.severity is not Severity.ERROR)
    yield from _added_too_late(catalog, ledger)


def _group(name: str, definition: str, catalog: Catalog, around: Surroundings, ledger: Ledger) -> _Group:
    known = catalog.playbooks.values()
    new = next((playbook for playbook in known if playbook.first_name == name), None)
    source = ledger.definition(definition) or ""
    going = list(ledger.going_by(definition))
    text, wrong = read_pinned(source, f"{name} as of {going[0].text_of.isoformat()}", around)
    return _Group(name, new, text, [item for item in wrong if item.is_error], read_outline(source), going)


def _of_group(group: _Group) -> Iterator[Finding]:
    how = group.new.changes.open_enrollments if group.new else KEEP
    if group.text is None and (how == KEEP or not _can_move(group)):
        yield _no_longer_binds(group)
    if group.new is None:
        if group.text is not None:
            yield _no_file(group)
        return
    if how not in (KEEP, "stop") and not _can_move(group):
        yield _another_subject(group, group.new)
    elif how == MOVE:
        yield from _lost(group, group.new)
    yield _who(group, group.new)


def _no_file(group: _Group) -> Finding:
    """What is open is pinned: to take a file away calls nothing off."""
    going = _enrollments(len(group.going))
    fact = f"the file of '{group.playbook}' is gone, and {going} {'goes' if len(group.going) == 1 else 'go'} on by its text of {group.since}"
    hint = "to call it off have the file back and say status: retired, or ended: <day> in a success plan; was it renamed: formerly: in the new one"
    return warning(group.place, "CSP366", fact, hint)


def _added_too_late(catalog: Catalog, ledger: Ledger) -> Iterator[Finding]:
    """A plan that is over for the ledger, and whose text has changed since: nothing of it opens any more."""
    for plan in catalog.plans:
        playbook = catalog.playbooks.get(plan.name)
        if playbook is None or playbook.status is not Status.LIVE or not plan.account:
            continue
        mine = [one for one in ledger.enrollments_of(plan.account) if one.playbook == playbook.first_name]
        if mine and not mine[-1].is_open and mine[-1].definition != playbook.definition:
            last = mine[-1]
            ended = last.ended_on.isoformat() if last.ended_on else "some day"
            fact = f"'{plan.name}' ended on {ended} ({last.outcome}), and its file has changed since: what is new in it opens nothing"
            yield warning(
                plan.span,
                "CSP367",
                fact,
                f"say ended: {ended}, and begin a new plan: cs-playbook new success_plan",
            )


def _can_move(group: _Group) -> bool:
    new = group.new
    return new is not None and all(same_subject(item, group.text, new) for item in group.going)


def _no_longer_binds(group: _Group) -> Finding:
    count, first = len(group.going), group.wrong[0] if group.wrong else None
    said = f", line {first.span.line}: {first.message}" if first else ": it cannot be read"
    hint = f"{first.hint}; " if first and first.hint else ""
    way_on = (
        "have that name back, or write changes: {open_enrollments: move}"
        if group.new
        else "have that name back"
    )
    return Finding(
        group.place,
        "CSP363",
        f"{_enrollments(count)} of '{group.playbook}' would freeze: the text of {group.since}{said}",
        f"{hint}{way_on}",
    )


def _another_subject(group: _Group, new: Playbook) -> Finding:
    return warning(
        new.span,
        "CSP365",
        f"{_enrollments(len(group.going))} cannot {new.changes.open_enrollments}: the text of {group.since} is about something else (`one_per`)",
        "they go on by their own text; changes: {open_enrollments: stop} would end them",
    )


def _lost(group: _Group, new: Playbook) -> Iterator[Finding]:
    """Steps that somebody stands on, and that the new text has not."""
    before = tuple(group.outline.titles)
    gone: Counter[str] = Counter()
    for enrollment in group.going:
        event = moving(enrollment, before, new, enrollment.started_on)
        gone.update(step.partition(ASIDE)[0] for step in event.gone)
    for step, count in sorted(gone.items()):
        if step not in new.changes.dropped_steps:
            yield _stands_on(step, count, new, before)


def _stands_on(step: str, count: int, new: Playbook, before: Sequence[str]) -> Finding:
    fresh = [item.id for item in new.steps if item.id not in before]
    near = did_you_mean(step, fresh)
    named = near.split("'")[1] if near else fresh[0] if len(fresh) == 1 else "…"
    is_there = new.step(step) is not None
    fact = "is another kind of step now" if is_there else "is gone"
    write = (
        "give the new step another name"
        if is_there
        else f"under changes: write renamed_steps: {{{step}: {named}}}"
    )
    return Finding(
        new.span,
        "CSP362",
        f"{_enrollments(count)} {'stands' if count == 1 else 'stand'} on the step '{step}', which {fact}: what is open there would be cancelled",
        f"{write}; if it may be cancelled: renamed_steps: {{{step}: null}}",
    )


def _who(group: _Group, new: Playbook) -> Finding:
    """For who asks for all: which enrollments, and where they stand."""
    named = [f"{item.account} ({', '.join(_stands(item)) or 'between steps'})" for item in group.going]
    more = f" … and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    what = {"keep": "go on by it", "move": "move to today's", "restart": "begin anew", "stop": "end"}
    acts = new.status in (Status.LIVE, Status.DRAINING)
    later = "" if acts else f", once the playbook is no longer {new.status.value}"
    return Finding(
        new.span,
        "CSP364",
        f"{_enrollments(len(named))} of the text of {group.since} {what[new.changes.open_enrollments]}{later}: {', '.join(named[:MOST_NAMED])}{more}",
        "",
        Severity.NOTE,
    )


def _stands(enrollment: Enrollment) -> list[str]:
    return sorted(step for step, progress in enrollment.steps.items() if progress.state == "open")


def _enrollments(count: int) -> str:
    return f"{count} open enrollment{'' if count == 1 else 's'}"
