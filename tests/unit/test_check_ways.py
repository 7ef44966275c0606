"""Which steps can be reached: the search held against trying out every course of events."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.check.ways import PASSED, Need, Ways, ways_of
from cs_playbook.model.condition import Cases, Fit, Leaf
from cs_playbook.model.expression import FieldType, Literal
from cs_playbook.model.playbook import Playbook, Status, Story, Trigger
from cs_playbook.model.step import After, Decide, Requirement, Step
from cs_playbook.source.finding import NOWHERE

OUTCOMES = ("a", "b")
ASKED = Leaf("true", Literal(True, FieldType.BOOLEAN), NOWHERE)
NAMES = [f"s{number}" for number in range(6)]


def step(
    name: str,
    kind: str = "all",
    after: tuple[Requirement, ...] = (),
    ends: tuple[str, ...] = (),
    asks: bool = False,
) -> Step:
    verb = Decide(Cases(tuple(Fit(None, outcome) for outcome in OUTCOMES)))
    return Step(name, verb, After(kind, after), NOWHERE, ASKED if asks else None, ends=ends)  # type: ignore[arg-type]


def after(name: str, *outcomes: str) -> Requirement:
    return Requirement(name, outcomes, NOWHERE)


def ways(*steps: Step) -> Ways:
    trigger = Trigger(None, ("csm",), None, None, NOWHERE)
    return ways_of(Playbook("p", Story("P"), Status.DRAFT, None, 2, trigger, steps, NOWHERE, "", ""))


def test_a_join_of_two_branches_of_which_one_is_taken_is_never_reached() -> None:
    branches = ways(
        step("size"),
        step("big", after=(after("size", "a"),)),
        step("small", after=(after("size", "b"),)),
        step("both", after=(after("big"), after("small"))),
        step("either", "any", (after("big"), after("small"))),
    )

    assert branches.reached() == {"size", "big", "small", "either"}
    assert not branches.together(Need("big", frozenset(OUTCOMES)), Need("small", frozenset(OUTCOMES)))


def test_what_comes_after_an_answer_that_ends_the_enrollment_is_never_reached() -> None:
    assert ways(step("ask", ends=("a",)), step("then", after=(after("ask", "a"),))).reached() == {"ask"}


def test_a_result_can_be_there_before_a_step_only_if_it_need_not_wait_for_the_step() -> None:
    order = ways(
        step("first"),
        step("second", after=(after("first"),)),
        step("third", after=(after("second"),)),
        step("aside"),
    )

    assert order.before("second", "first")
    assert order.before("second", "aside")
    assert not order.before("second", "third")
    assert not order.before("second", "second")


def test_circles_are_found_once_and_hide_nothing_else() -> None:
    ring = ways(
        step("a", after=(after("c"),)),
        step("b", after=(after("a"),)),
        step("c", after=(after("b"),)),
        step("d"),
    )

    assert ring.circles == (("a", "b", "c"),)
    assert "d" in ring.reached()


def test_a_long_list_of_steps_is_taken_to_be_sound() -> None:
    names = [f"step{number}" for number in range(900)]
    line = [
        step(name, after=(after(above),) if above else ())
        for above, name in zip(["", *names], names, strict=False)
    ]

    assert ways(*line).reached() == set(names)


@st.composite
def playbooks(draw: st.DrawFn) -> tuple[Step, ...]:
    """Up to six steps, each after some of those above it."""
    steps: list[Step] = []
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        above = [other.id for other in steps]
        chosen = draw(st.lists(st.sampled_from(above), max_size=3)) if above else []
        answers = st.sampled_from(((), ("a",), ("b",), OUTCOMES))
        steps.append(
            step(
                name,
                draw(st.sampled_from(("all", "any"))),
                tuple(after(other, *draw(answers)) for other in chosen),
                draw(st.sampled_from(((), ("a",), ("b",)))),
                draw(st.booleans()),
            )
        )
    return tuple(steps)


@settings(max_examples=300)
@given(playbooks())
def test_the_search_finds_what_trying_everything_finds(steps: tuple[Step, ...]) -> None:
    assert ways(*steps).reached() == set().union(*(opened(steps, course) for course in courses(steps)))


def courses(steps: tuple[Step, ...]) -> list[dict[str, str]]:
    """Every way in which each step may end: with an outcome, or passed over by its own question."""
    endings = [(*OUTCOMES, PASSED) if step.when else OUTCOMES for step in steps]
    return [dict(zip((step.id for step in steps), chosen, strict=True)) for chosen in product(*endings)]


def opened(steps: tuple[Step, ...], course: dict[str, str]) -> set[str]:
    """The steps that open in it; an answer that ends the enrollment may come last, and opens nothing."""
    found: set[str] = set()
    for one in steps:
        said = [meets(item, found, course, steps) for item in one.after.requirements]
        if not said or (any(said) if one.after.kind == "any" else all(said)):
            found.add(one.id)
    return found


def meets(item: Requirement, found: set[str], course: dict[str, str], steps: tuple[Step, ...]) -> bool:
    before = next(one for one in steps if one.id == item.step)
    ending = course[item.step]
    if item.step not in found or ending in before.ends:
        return False
    return ending in item.outcomes or not item.outcomes
