"""A letter whose step was gone for a while asks for its place anew, in the words of that day; and nobody has one twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given as that
from hypothesis import settings
from hypothesis import strategies as st

from cs_playbook.commands.send import send
from cs_playbook.commands.workspace import Workspace
from cs_playbook.effects.ledger_cache import folded, of_enrollments
from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.event import Ended, Event, MailMoved, StepOpened, TaskAnswered
from cs_playbook.model.outbox import PERHAPS_TAKEN, MailState, mail_state
from cs_playbook.model.recall import Recalled
from cs_playbook.plan.decision import Change, Held, Subject, SubjectPlan, Today
from cs_playbook.plan.enroll import Before
from cs_playbook.plan.fold_move import last_lines
from cs_playbook.plan.mail_caps import Mails
from cs_playbook.plan.mail_turns import plan_in_turn
from cs_playbook.plan.planner import Account, Start, plan_account
from cs_playbook.plan.recall import Undo, part_of
from tests.builders import World, account, contact, given, on, small
from tests.test_in_flight import HEAD
from tests.test_in_flight_laws import Told
from tests.test_send import Post, clock
from tests.test_undo import take_back

S = MailState
ROWS = tuple(
    {"id": name.lower(), "email": f"{name.lower()}@acme.example", "first_name": name, "has_left": False, "roles": roles}
    for name, roles in (("Ada", ("champion", "admin")), ("Bob", ("admin",)))
)  # fmt: skip
ADDRESSES = {str(row["id"]): str(row["email"]) for row in ROWS}
CAP = 3  # days in which a contact gets one mail
ROLES = "  admins: {contacts: \"'admin' in roles\", pick: all}\npeople:\n"
TASK = "task: Look, owner: csm"
EVERY = ", every: 3 days"


def letter(more: str = "", to: str = "champion", by: str = "auto") -> str:
    return f"email: few-seats/hello, to: {to}, from: csm, send: {by}{more}"


def text(write: str = TASK, tell: str = TASK) -> str:
    """Two letters for the same people; a task stands where there is none."""
    steps = {"write" if write != TASK else "look": write, "tell" if tell != TASK else "see": tell}
    gone = ", ".join(f"{step}: null" for step in ("write", "tell", "look", "see") if step not in steps)
    lines = "\n".join(f"  - {{id: {step}, {verb}, after: start}}" for step, verb in steps.items())
    return f"{HEAD}changes: {{open_enrollments: move, renamed_steps: {{{gone}}}}}\nsteps:\n{lines}\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return capped(tmp_path_factory.mktemp("small") / "small").workspace


def capped(root: Path) -> World:
    world = small(root)
    world.edit("project.yaml", "format: 1\n", f"format: 1\nemail_caps: {{per_contact: 1 per {CAP} days}}\n")
    world.edit("team.yaml", "people:\n", ROLES)
    return world


class Mailed(Told):
    """One account through some days, with its mails; `left`: (contact, key, day) of what nobody can take back."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.left: list[tuple[str, str, date]] = []

    def run(self, text: str, number: int) -> list[str]:
        """A day, and a second run of it that does nothing. What is held, in words."""
        today = self.today(text, on(number))
        plans = self.plans(today)
        self.happen(plans)
        again = [one for plan in self.plans(today) for one in plan.decisions if isinstance(one, Change)]
        assert again == []
        return [one.why for plan in plans for one in plan.decisions if isinstance(one, Held)]

    def plans(self, today: Today) -> list[SubjectPlan]:
        mails = Mails(today.day, today.reckoning.calendar, "id")
        for item in self.enrollments.values():
            mails.of_enrollment(item, ADDRESSES.get)
        return plan_in_turn(self._plan, today, mails, None)

    def _plan(self, today: Today) -> list[SubjectPlan]:
        values = {"seats": 3, "csm_email": "lea@vendor.example"}
        going = [item for item in self.enrollments.values() if item.is_open]
        new = [] if self.enrollments else [Start(today.catalog.playbooks["leaving"], None, Before())]
        return plan_account(Account(Subject("acme", None, values, ROWS), {}, going, new), today)

    def opens_only_what_is_new(self, event: StepOpened) -> None:
        known = self.lines()
        for task in event.tasks:
            before = known.get(task.key)
            assert before is None or (before.kind == "email" and mail_state(before) is S.CANCELLED)

    def lines(self) -> dict[str, OpenTask]:
        return {key: task for item in self.enrollments.values() for key, task in item.tasks.items()}

    def mails(self, *states: MailState) -> list[tuple[Enrollment, OpenTask]]:
        """Those a person or the outbox may speak of, in order of key."""
        found = [
            (item, task)
            for item in self.enrollments.values()
            for task in item.tasks.values()
            if task.kind == "email" and mail_state(task) in states
        ]
        return sorted(found, key=lambda pair: pair[1].key)

    def send(self, number: int, *, only: Iterable[str] = (), to: MailState = S.SENT) -> list[tuple[str, int]]:
        """(contact, occurrence) of what leaves; `only`: to these contacts."""
        said = []
        for item, task in self.mails(S.PENDING):
            if task.state is TaskState.OPEN and (not only or task.contact in only):
                self.leaves(task, on(number))
                for state in (S.SENDING, to):
                    self.take(MailMoved(item.key, task.key, on(number), state.value, "outbox"))
                said.append((str(task.contact), task.occurrence))
        return said

    def leaves(self, task: OpenTask, day: date) -> None:
        assert task.key not in {key for _, key, _ in self.left}, "sent twice"
        doubted = {one.key for _, one in self.mails(*PERHAPS_TAKEN)}
        in_the_way = [
            key
            for contact, key, then in self.left
            if contact == task.contact and (then > day - timedelta(days=CAP) or key in doubted)
        ]
        assert in_the_way == [], "over the cap"
        self.left.append((str(task.contact), task.key, day))


def test_an_occurrence_that_comes_back_waits_for_its_place_and_keeps_its_number(workspace: Workspace) -> None:
    """It gave its place away when the text was changed, and another letter took it."""
    told, both = Mailed(workspace), text(letter(EVERY), letter())

    told.run(text(letter(EVERY)), 0)
    first = told.send(0)
    told.run(text(letter(EVERY)), 3)
    told.run(text(tell=letter()), 4)
    told.run(text(tell=letter()), 5)
    other = told.send(5)
    held = told.run(both, 6)
    told.run(both, 8)
    second = told.send(8)
    told.run(both, 11)

    assert (first, other, second) == ([("ada", 1)], [("ada", 1)], [("ada", 2)])
    assert held == ["ada had one on 2026-03-07; at most 1 per 3 days; free on 2026-03-10"]
    assert [task.occurrence for _, task in told.mails(S.PENDING)] == [3]


@pytest.mark.parametrize("by", ["auto", "draft"])
@pytest.mark.parametrize("before", ["", EVERY])
@pytest.mark.parametrize("after", ["", EVERY])
def test_what_nobody_got_is_written_once_more_whether_it_repeats_or_not(
    workspace: Workspace, by: str, before: str, after: str
) -> None:
    told = Mailed(workspace)
    told.run(text(letter(before, by=by)), 0)
    (key,) = [task.key for _, task in told.mails(S.DRAFT, S.PENDING)]
    told.run(text(), 1)
    assert told.mails(S.CANCELLED)

    told.run(text(letter(after)), 2)

    ((_, task),) = told.mails(S.DRAFT, S.PENDING)
    assert (task.key, task.occurrence, task.opened_on, task.mail) == (key, 1, on(2), "pending")
    assert told.send(2) == [("ada", 1)]
    told.run(text(letter(after)), 5)
    assert told.send(5) == ([("ada", 2)] if after else [])


def test_who_has_had_one_gets_no_more_from_a_step_that_comes_back_without_its_rhythm(
    workspace: Workspace,
) -> None:
    told, once = Mailed(workspace), text(letter())
    told.run(text(letter(EVERY)), 0)
    told.send(0)
    told.run(text(letter(EVERY)), 3)
    told.run(text(), 4)

    told.run(once, 5)

    (item,) = told.enrollments.values()
    assert (item.steps["write"].outcome, told.mails(S.PENDING)) == ("sent", [])


def test_a_rhythm_that_was_gone_for_a_while_gives_no_number_twice(workspace: Workspace) -> None:
    told = Mailed(workspace)
    for number in (0, 3, 6):
        told.run(text(letter(EVERY)), number)
        assert len(told.mails(S.PENDING)) == 1
        if number < 6:
            told.send(number)
    told.run(text(letter()), 7)
    told.run(text(letter(EVERY)), 8)
    told.send(8)

    told.run(text(letter(EVERY)), 11)

    assert told.send(11) == [("ada", 4)]


def test_of_a_step_that_comes_back_only_those_ask_again_who_got_nothing(workspace: Workspace) -> None:
    told, both = Mailed(workspace), text(letter(EVERY, to="admins"))
    told.run(both, 0)
    told.send(0, only=["ada"])
    told.run(text(), 1)

    told.run(both, 2)

    ((_, task),) = told.mails(S.PENDING)
    assert (task.contact, task.opened_on) == ("bob", on(2))
    assert told.send(2) == [("bob", 1)]
    told.run(both, 5)
    assert sorted(told.send(5)) == [("ada", 2), ("bob", 2)]


def test_whoever_still_waits_when_a_rhythm_ends_is_written_to_under_its_last_number(
    workspace: Workspace,
) -> None:
    told, every, once = Mailed(workspace), text(letter(EVERY, to="admins")), text(letter(to="admins"))
    told.run(every, 0)
    told.send(0, only=["ada"])
    told.run(every, 2)
    told.send(2)
    told.run(every, 3)
    assert told.send(3) == [("ada", 2)]

    told.run(once, 4)
    told.run(once, 5)

    assert told.send(5) == [("bob", 2)]


def test_a_letter_that_was_taken_back_with_its_run_does_not_come_back_with_its_step(
    workspace: Workspace,
) -> None:
    """Bob's had waited for its place; it waits again, and is no letter that he once had."""
    told, every = Mailed(workspace), text(letter(EVERY, to="admins"))
    told.run(text(tell=letter(to="admins")), 0)
    told.send(0, only=["bob"])
    told.run(every, 1)
    told.run(every, 2)
    known = len(told.events)
    told.run(every, 3)
    assert [task.contact for event in told.events[known:] for task in opened(event)] == ["bob"]
    history = [
        (1 if number < known else 2, event) for number, event in enumerate(of_enrollments(told.events))
    ]
    undone = part_of(history, Undo(2, on(3), "lea", "a bad export"))
    assert isinstance(undone.verdict, Recalled)
    told.take(undone.verdict)
    told.send(3)

    told.run(text(), 4)
    told.run(every, 5)

    assert told.send(5) == [("bob", 1)]


def test_a_step_whose_letters_all_ask_anew_after_an_undo_is_asked_as_a_whole(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob's had waited before, Ada's was let go by a person: nobody is left of whom the step could be done."""
    told, both = Mailed(workspace), text(letter(to="admins"))
    told.run(both, 0)
    told.send(0, only=["ada"], to=S.UNCERTAIN)
    for number in (1, 2):
        told.run(text(tell=letter(to="admins")), number)
    assert [whose for whose, _ in told.send(2)] == ["bob"]
    told.run(both, 3)
    [(item, hers)] = told.mails(S.UNCERTAIN)
    told.take(MailMoved(item.key, hers.key, on(3), S.PENDING.value, "lea"))
    known = len(told.events)
    told.take(Ended(item.key, on(4), "lost", "exit"))
    history = [
        (1 if number < known else 2, event) for number, event in enumerate(of_enrollments(told.events))
    ]
    undone = part_of(history, Undo(2, on(4), "lea", "a bad export", later=1))
    assert isinstance(undone.verdict, Recalled)
    told.take(undone.verdict)
    monkeypatch.setattr("tests.test_mails_come_back.ROWS", ())

    told.run(both, 5)

    assert told.enrollments[item.key].steps["write"].outcome == "undeliverable"


@pytest.mark.parametrize("of", ["contacts", "lines"])
def test_twice_as_many_readers_take_twice_as_much(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    few, many = (looked_at(workspace, monkeypatch, count, of) for count in (10, 40))

    assert 0 < many < 5 * few


def looked_at(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, count: int, of: str) -> int:
    """How often a row of a contact, or a line, is looked at while a letter waits for all but one of so many."""
    looks = []

    class Looked(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            looks.append(1) if of == "contacts" else None
            return super().get(key, default)

    def lines(enrollment: Enrollment, step: str) -> list[OpenTask]:
        found = last_lines(enrollment, step)
        looks.extend([1] * len(enrollment.tasks) if of == "lines" else [])
        return found

    rows = tuple(
        Looked(id=f"c{n}", email=f"c{n}@acme.example", first_name="Ann", has_left=n == 0, roles=("admin",))
        for n in range(count)
    )
    monkeypatch.setattr("tests.test_mails_come_back.ROWS", rows)
    monkeypatch.setattr("cs_playbook.plan.advance.last_lines", lines)
    told, both = Mailed(workspace), text(letter(to="admins"), letter(to="admins"))
    told.run(both, 0)
    looks.clear()
    told.run(both, 1)
    return len(looks)


def opened(event: Event) -> tuple[OpenTask, ...]:
    return event.tasks if isinstance(event, StepOpened) else ()


VERBS = st.sampled_from(
    (
        TASK,
        letter(),
        letter(EVERY),
        letter(EVERY, to="admins"),
        letter(to="admins"),
        letter(EVERY, by="draft"),
    )
)
PLAYED = st.tuples(st.builds(text, VERBS, VERBS), st.sampled_from(("sent", "some", "doubt", "no", "no")))


@settings(max_examples=60)
@that(days=st.lists(PLAYED, min_size=4, max_size=9))
def test_nobody_has_a_letter_twice_or_too_many_whatever_is_edited(
    workspace: Workspace, days: Sequence[tuple[str, str]]
) -> None:
    told = Mailed(workspace)
    for number, (words, how) in enumerate(days):
        told.run(words, number)
        play(told, number, how)

    for item in told.enrollments.values():
        mine = [event for event in of_enrollments(told.events) if event.enrollment == item.key]
        assert folded(None, mine) == item


def play(told: Mailed, number: int, how: str) -> None:
    if how == "no":
        return
    for item, task in told.mails(S.DRAFT):
        if task.state is TaskState.OPEN:
            told.leaves(task, on(number))
            told.take(TaskAnswered(item.key, task.key, "sent", on(number), "lea"))
    told.send(number, only=["bob"] if how == "some" else (), to=S.UNCERTAIN if how == "doubt" else S.SENT)


# --- on a ledger ---


def with_two(root: Path, write: str) -> World:
    """`leaving` ends where seats are bought; whoever has three at most is written to by `other` too."""
    world = capped(root / "small")
    for other in ("few-seats", "quiet"):
        world.edit(f"playbooks/{other}.yaml", "status: live", "status: draft")
    world.write("playbooks/leaving.yaml", ends_when_bought(write))
    other = text(letter()).replace("playbook: leaving", "playbook: other")
    world.write("playbooks/other.yaml", other.replace("seats < 10", "seats < 4"))
    return world


def ends_when_bought(write: str = TASK) -> str:
    words = text(write).replace("reentry: {days_after_end: 1, at_most: 2}\n", "")
    return words.replace("\nsteps:", "\nexit: [{when: seats > 40, outcome: back}]\nsteps:")


def morning(world: World, number: int, seats: int = 5) -> None:
    rows = given(
        account("acme", seats=seats), day=number, contacts=[contact("ada", "acme", roles="champion")]
    )
    world.morning(on(number), rows)
    assert world.run(on(number)).nothing
    assert world.wrong() == []


def sent(world: World, number: int) -> list[bytes]:
    post = Post()
    send(world.workspace, post, clock(on(number)))
    assert world.wrong() == []
    return [mail.content for mail in post.sent]


def test_an_occurrence_that_comes_back_has_the_words_of_that_day(tmp_path: Path) -> None:
    world = with_two(tmp_path, letter(EVERY))
    morning(world, 0)
    world.write("playbooks/leaving.yaml", ends_when_bought())
    morning(world, 1)
    world.edit("emails/few-seats/hello/en.md", "you have", "you now have")
    world.write("playbooks/leaving.yaml", ends_when_bought(letter(EVERY)))

    morning(world, 2)

    (words,) = sent(world, 2)
    assert b"you now have" in words


@pytest.mark.parametrize("by", ["auto", "draft"])
def test_what_an_undo_brings_back_asks_anew_where_a_later_run_gave_its_place_away(
    tmp_path: Path, by: str
) -> None:
    world = with_two(tmp_path, letter(EVERY, by=by))
    morning(world, 0)
    morning(world, 1, seats=50)  # a bad export: the playbook ends
    morning(world, 2, seats=3)
    assert len(sent(world, 2)) == 1

    assert take_back(world, on(2), which="2").back
    morning(world, 3)

    assert (sent(world, 3), drafts(world)) == ([], [])
    morning(world, 5)
    assert (len(sent(world, 5)), len(drafts(world))) == ((1, 0) if by == "auto" else (0, 1))


def test_what_an_undo_brings_back_is_as_it_was_where_no_run_has_come_since(tmp_path: Path) -> None:
    world = with_two(tmp_path, letter(EVERY))
    morning(world, 0)
    morning(world, 1, seats=50)

    take_back(world, on(1))

    assert len(sent(world, 1)) == 1


def drafts(world: World) -> list[str]:
    items = (task for item in world.enrollments("acme") for task in item.open_tasks)
    return [task.key for task in items if task.kind == "email"]
