"""A stream of what is decided today → counts, first names and minutes by owner, in constant memory."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from msgspec import Struct, field

from cs_playbook.model.enrollment import Arm, OpenTask
from cs_playbook.model.event import (
    Ended,
    GoalMet,
    Notified,
    Started,
    StartRefused,
    StepEnded,
    StepOpened,
    TaskEscalated,
    TaskReassigned,
    TraitSet,
)
from cs_playbook.model.playbook import Status
from cs_playbook.plan.decision import Change, Decision, Held, HeldBy, Late, Subject, SubjectPlan, Today
from cs_playbook.study.plan_line import LineKind, Moved, PlanLine, Spoken
from cs_playbook.study.planned import OwnerMinutes, PlanSummary, PlaybookSummary, RuleNumbers

FIRST = 10  # names of each kind in a playbook; the rest is counted
WEEK = timedelta(days=6)  # today and the six days after it: one week of work, whatever day it is


def summarise(
    plans: Iterable[SubjectPlan], today: Today, numbers: Mapping[str, RuleNumbers], first: int = FIRST
) -> PlanSummary:
    """`numbers`: by playbook. `first`: how many names of a kind are kept for each playbook."""
    known = today.catalog.playbooks.values()
    counting = _Counting(today, first, {playbook.first_name: playbook.name for playbook in known})
    for plan in plans:
        counting.take(plan)
    return counting.summary(numbers)


Place = tuple[float, str, str]  # weight, account, row: the smaller comes first
Kept = tuple[Place, int, PlanLine]


class _Counting(Struct):
    """Holds the counts and the first names while the plan goes by."""

    today: Today
    first: int
    now_called: Mapping[str, str]  # first name → name
    totals: dict[str, Counter[str]] = field(default_factory=dict)
    arr: float | None = None
    last_account: str | None = None
    kinds: Counter[tuple[str, LineKind]] = field(default_factory=Counter)
    named: dict[tuple[str, LineKind], list[Kept]] = field(default_factory=dict)
    minutes_today: Counter[str] = field(default_factory=Counter)
    minutes_week: Counter[str] = field(default_factory=Counter)

    def take(self, plan: SubjectPlan) -> None:
        spoken = Spoken(plan, self.today)
        for decision in plan.decisions:
            self._take(decision, spoken)
            if isinstance(decision, Change):
                self._add("changes", "")
        if _moves(plan):
            self._add("moves", "", 1)
            self._name(LineKind.MOVE, self._playbook(plan), spoken, spoken.move)
        self._minutes(plan)

    def _take(self, decision: Decision, spoken: Spoken) -> None:
        match decision:
            case Change(event=StartRefused() as refused):
                self._add("refused", "")
                self._name(LineKind.REFUSED, refused.playbook, spoken, lambda: spoken.refused(refused))
            case Change(event=Started() | Ended()):
                self._begin_or_end(decision, spoken)
            case Change(event=TraitSet() | Notified()):
                self._say(decision, spoken)
            case Change(event=event):
                self._go_on(event, spoken.plan)
            case Held(by=HeldBy.NOT_BEFORE):
                self._add("later", "")
            case Held(by=by):
                self._add("held", by)
                self._name(LineKind.HELD, decision.playbook, spoken, lambda: spoken.held(decision))
            case Late(task=task):
                self._add("late", "")
                # Whose delay is news today comes first, then the longest late.
                weight = float(task.due.toordinal()) - (1e7 if spoken.told(task) else 0)
                self._name(LineKind.LATE, decision.playbook, spoken, lambda: spoken.late(decision), weight)

    def _say(self, change: Change, spoken: Spoken) -> None:
        playbook = self._playbook(spoken.plan)
        match change.event:
            case TraitSet(trait=trait):
                self._add("traits", trait)
                self._add("overruled", "", 1 if change.note else 0)
                self._name(LineKind.SET, playbook, spoken, lambda: spoken.sets(change))
            case Notified() as note:
                for whom in (note.channel,) if note.channel else note.to:
                    self._add("notes", whom)
                self._name(LineKind.TELL, playbook, spoken, lambda: spoken.tells(note))
            case _:
                pass

    def _begin_or_end(self, change: Change, spoken: Spoken) -> None:
        playbook, treated = self._playbook(spoken.plan), _is_treated(spoken.plan)
        match change.event:
            case Started(arm=Arm.HELD_OUT):
                self._add("held", HeldBy.HELD_OUT)
                self._add("held out", self._called(playbook))
                self._name(LineKind.HELD, playbook, spoken, spoken.held_out)
            case Started():
                self._add("started" if treated else "shadowed", self._called(playbook))
                self._name(LineKind.START, playbook, spoken, lambda: spoken.start(change))
                if treated:
                    self._add_arr(spoken.plan)
            case Ended(outcome=outcome) if treated:
                self._add("ended", outcome)
                self._name(LineKind.END, playbook, spoken, lambda: spoken.end(change))
            case _:
                self._add("shadows_ended", "")

    def _go_on(self, event: object, plan: SubjectPlan) -> None:
        match event:
            case TaskEscalated(to=to, channel=channel):
                for person in to or (channel,):
                    self._add("told", person)
            case GoalMet() if not _ends(plan):
                self._add("goals", "")
            case _:
                if _moves(plan) and (what := _work(event)):
                    self._add("work", what)

    # --- counting ---

    def _add(self, total: str, what: str, count: int = 1) -> None:
        self.totals.setdefault(total, Counter())[what] += count

    def _add_arr(self, plan: SubjectPlan) -> None:
        """Plans come account by account: an account in which two playbooks start counts once."""
        arr = plan.subject.values.get("arr")
        if plan.subject.account != self.last_account and isinstance(arr, int | float):
            self.arr = (self.arr or 0) + arr
        self.last_account = plan.subject.account

    def _name(
        self,
        kind: LineKind,
        playbook: str,
        spoken: Spoken,
        line: Callable[[], PlanLine],
        weight: float | None = None,
    ) -> None:
        """Keeps the line if it is among the first; it is only made then."""
        key = (self._called(playbook), kind)
        self.kinds[key] += 1
        subject = spoken.plan.subject
        place = (_by_arr(subject) if weight is None else weight, subject.account, subject.row or "")
        kept = self.named.setdefault(key, [])
        if len(kept) < self.first or place < kept[-1][0]:
            insort(kept, (place, self.kinds[key], line()))
            del kept[self.first :]

    def _minutes(self, plan: SubjectPlan) -> None:
        for enrollment in plan.after:
            if enrollment.is_open and enrollment.arm is Arm.TREATED:
                for task in enrollment.open_tasks:
                    self._asked(task)

    def _asked(self, task: OpenTask) -> None:
        if task.due <= self.today.day + WEEK:
            self.minutes_week[task.owner] += task.minutes
        if task.due <= self.today.day:
            self.minutes_today[task.owner] += task.minutes

    def _playbook(self, plan: SubjectPlan) -> str:
        return plan.after[0].playbook if plan.after else ""

    def _called(self, playbook: str) -> str:
        """The ledger knows the first name ever; people know today's."""
        return self.now_called.get(playbook, playbook)

    # --- the end ---

    def summary(self, numbers: Mapping[str, RuleNumbers]) -> PlanSummary:
        def total(name: str) -> dict[str, int]:
            return _most_first(self.totals.get(name, Counter()))

        def single(name: str) -> int:
            return sum(self.totals.get(name, Counter()).values())

        return PlanSummary(
            day=self.today.day, started=total("started"), shadowed=total("shadowed"), moves=single("moves"),
            work=total("work"), late=single("late"), told=total("told"), ended=total("ended"),
            shadows_ended=single("shadows_ended"), goals=single("goals"),
            held={HeldBy(by): count for by, count in total("held").items()}, later=single("later"),
            refused=single("refused"), arr=self.arr, playbooks=self._playbooks(numbers),
            minutes=self._owners(),
            people={person.email: person.name for person in self.today.catalog.team.people},
            changes=single("changes"), traits=total("traits"), notes=total("notes"), overruled=single("overruled"),
        )  # fmt: skip

    def _playbooks(self, numbers: Mapping[str, RuleNumbers]) -> tuple[PlaybookSummary, ...]:
        """The urgent ones first; drafts only where something of them is still open."""
        known = self.today.catalog.playbooks
        acting = {name for name, playbook in known.items() if playbook.status is not Status.DRAFT}
        names = acting | {playbook for playbook, _ in self.kinds}
        ordered = sorted(names, key=lambda name: (known[name].priority if name in known else 9, name))
        return tuple(self._one_playbook(name, numbers.get(name)) for name in ordered)

    def _one_playbook(self, name: str, numbers: RuleNumbers | None) -> PlaybookSummary:
        counts = {kind: self.kinds[name, kind] for kind in LineKind if self.kinds[name, kind]}
        lines = {kind: tuple(line for *_, line in self.named[name, kind]) for kind in counts}
        held_out = self.totals.get("held out", Counter())[name]
        return PlaybookSummary(name, self.today.catalog.playbooks.get(name), counts, lines, numbers, held_out)

    def _owners(self) -> tuple[OwnerMinutes, ...]:
        """Whoever is asked most first."""
        team = self.today.catalog.team
        found = []
        for owner, week in self.minutes_week.items():
            person = team.person(owner)
            name, per_week = (person.name, person.minutes_per_week) if person else (owner, None)
            found.append(OwnerMinutes(owner, name, self.minutes_today[owner], week, per_week))
        return tuple(sorted(found, key=lambda minutes: (-minutes.week, minutes.owner)))


def _by_arr(subject: Subject) -> float:
    """The largest first; who has none last."""
    arr = subject.values.get("arr")
    return -float(arr) if isinstance(arr, int | float) else 1.0


def _is_treated(plan: SubjectPlan) -> bool:
    return any(enrollment.arm is Arm.TREATED for enrollment in plan.after)


def _ends(plan: SubjectPlan) -> bool:
    return any(isinstance(d, Change) and isinstance(d.event, Ended) for d in plan.decisions)


def _moves(plan: SubjectPlan) -> bool:
    """Whether it goes on: not begun today and not over today."""
    if not _is_treated(plan) or _ends(plan):
        return False
    events = [decision.event for decision in plan.decisions if isinstance(decision, Change)]
    began = any(isinstance(event, Started) for event in events)
    return not began and any(isinstance(event, Moved) for event in events)


def _work(event: object) -> str:
    """A word for what happens in an enrollment that goes on."""
    match event:
        case StepOpened(tasks=(OpenTask(kind="email", mail="pending"), *_)):
            return "mails by themselves"
        case StepOpened(tasks=(OpenTask(kind="email"), *_)):
            return "drafts"
        case StepOpened(tasks=(_, *_)):
            return "new tasks"
        case StepOpened(plays=str(played)) if played:
            return "play another"
        case StepOpened():
            return "waits begin"
        case StepEnded(by="data"):
            return "closed by the data"
        case StepEnded(by="time"):
            return "waits over"
        case TaskReassigned():
            return "change owner"
        case _:
            return ""


def _most_first(counter: Counter[str]) -> dict[str, int]:
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return {name: count for name, count in ordered if count}
