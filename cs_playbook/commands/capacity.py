"""A workspace, its snapshot and ledger → what the weeks to come ask of each person; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

from msgspec import Struct

from cs_playbook.commands.answers import returned_lists
from cs_playbook.commands.answers_in_snapshot import answers_in
from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile.promises import accounts_by_owner
from cs_playbook.errors import ChoiceError, StoppedOnPurpose
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.expression import Name
from cs_playbook.model.playbook import Status
from cs_playbook.model.team import Always, FromField, Role, Team
from cs_playbook.plan.ahead import Ahead, open_lines_ahead, steps_ahead
from cs_playbook.plan.decision import SubjectPlan, Today
from cs_playbook.plan.guards import already_passed
from cs_playbook.plan.in_flight import playbook_of
from cs_playbook.study.capacity import FEWEST, MOST, Capacity, Standing, capacity, weeks_from
from cs_playbook.values import replace

GOING_ON = (Status.LIVE, Status.DRAINING)


class _Owning(Struct, frozen=True):
    """In which fact the owner of an account stands, and who owns those where it is empty."""

    fact: str | None
    otherwise: str = ""


def capacity_ahead(workspace: Workspace, day: date | None, weeks: int) -> Capacity:
    """`weeks`: 1 to 13. `day` None: the newest snapshot. Raises StoppedOnPurpose for a day that has passed."""
    if not FEWEST <= weeks <= MOST:
        raise ChoiceError(f"{weeks} weeks cannot be looked ahead", f"--weeks {FEWEST} to {MOST}")
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        last = ledger.last_run()
        for stop in already_passed(snapshot.day, last.day if last else None):
            raise StoppedOnPurpose(stop.sentence, "what is open today says nothing of what was open then")
        returned = returned_lists(workspace, ledger, snapshot.day, answers_in(workspace, snapshot, ledger))
        calendar = calendar_of(workspace.catalog.project.calendar)
        sources = Sources(workspace.catalog, workspace.around, snapshot, ledger, calendar)
        morning = prepare(sources, tuple(returned.answers))
        until = weeks_from(snapshot.day, weeks)[-1].last
        standing = tuple(_standing(morning))
        return capacity(
            snapshot.day, weeks, _lines(morning, until), standing, workspace.catalog.team, calendar
        )


def _lines(morning: Morning, until: date) -> Iterator[Ahead]:
    """Of every enrollment that is open once this day is done, under the names that playbooks have today."""
    names = {one.first_name: one.name for one in morning.today.catalog.playbooks.values()}
    for plan in morning.plans():
        for enrollment in plan.after:
            if enrollment.is_open and enrollment.arm is Arm.TREATED:
                coming = _to_come(enrollment, plan, morning.today, until)
                for line in (*open_lines_ahead(enrollment, morning.today), *coming):
                    yield replace(line, playbook=names.get(line.playbook, line.playbook))


def _to_come(enrollment: Enrollment, plan: SubjectPlan, today: Today, until: date) -> Iterator[Ahead]:
    """Nothing comes of what rests: a paused playbook, an account that is missing, a text that no longer binds."""
    playbook, text = playbook_of(enrollment, today), today.texts.get(enrollment.definition)
    if playbook is not None and text is not None and plan.subject.present and playbook.status in GOING_ON:
        yield from steps_ahead(enrollment, text, plan.subject, today, until)


# --- the standing promises ---


def _standing(morning: Morning) -> Iterator[Standing]:
    """Segments in their order; an owner is spelt as the team's file does."""
    catalog, stage = morning.today.catalog, morning.stage
    for segmentation in catalog.segmentations.values():
        role = catalog.owning_role(segmentation.name)
        owning = _owning(role, catalog.team, frozenset(stage.columns))
        for segment in segmentation.segments:
            if segment.minutes_per_month is None:
                continue
            query = accounts_by_owner(segmentation, segment, owning.fact)
            for owner, accounts in stage.connection.execute(query).fetchall():
                whose = _spelt(str(owner) if owner else owning.otherwise, catalog.team)
                name = f"{segmentation.name} {segment.name}"
                yield Standing(name, whose, accounts, segment.minutes_per_month)


def _owning(role: Role | None, team: Team, columns: frozenset[str]) -> _Owning:
    if role is None or not isinstance(role.source, FromField) or not isinstance(role.source.fact, Name):
        return _Owning(None)
    fact = role.source.fact.name
    return _Owning(fact if fact in columns else None, _otherwise(role, team))


def _otherwise(role: Role, team: Team) -> str:
    other = team.role(role.otherwise.role) if role.otherwise is not None else None
    return other.source.email if other is not None and isinstance(other.source, Always) else ""


def _spelt(address: str, team: Team) -> str:
    person = team.person(address) if address else None
    return person.email if person is not None else address
