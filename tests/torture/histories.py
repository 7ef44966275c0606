"""A state machine → histories of it, played one after the other."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def play_histories(
    machine: type[RuleBasedStateMachine], examples: int, steps: int, derandomize: bool
) -> None:
    """Raises what was found, with the steps that lead to it. `derandomize`: the same each time; in the suite nobody waits
    for a smaller one."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=derandomize,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,) if derandomize else tuple(Phase),
        ),
    )
