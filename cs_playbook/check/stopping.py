"""What a playbook says of its own stops, held against those of the project."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.stopping import USUAL, Above
from cs_playbook.source.finding import Finding


def own_stops_are_tighter(asked: Asked) -> Iterator[Finding]:
    """CSP801 A playbook would widen a stop of the project

    `stop_when:` of project.yaml holds for every playbook: a run over one of its limits does nothing at all.
    A playbook may have limits of its own beside these, tighter ones. A wider one would change nothing, and
    a reader would think that it does.

    Fails:

        # playbooks/example.yaml
        stop_when: {tasks_for_one_person: 500}

    Mended:

        # playbooks/example.yaml
        stop_when: {tasks_for_one_person: 10}
    """
    own, all_of_them = asked.playbook.stop_when, asked.catalog.project.stop_when.most
    if own.span is None:
        return
    pairs = (
        ("newly_fitting_a_playbook", own.newly_fitting_a_playbook, all_of_them.newly_fitting_a_playbook),
        ("endings", own.endings, all_of_them.endings),
        ("emails", own.emails, all_of_them.emails),
    )
    for name, said, limit in pairs:
        if said is not None and limit is not None and _is_wider(said, limit):
            written = f"{{more_than: {limit.more_than}, and_share: {limit.and_share * 100:g}%}}"
            yield Finding(own.span, "CSP801", f"`{name}` is wider than the project's", f"at most {written}")
    most = all_of_them.tasks_for_one_person or USUAL.tasks_for_one_person
    if own.tasks_for_one_person is not None and most is not None and own.tasks_for_one_person > most:
        fact = f"`tasks_for_one_person: {own.tasks_for_one_person}` is wider than the project's"
        yield Finding(own.span, "CSP801", fact, f"at most {most}")


def _is_wider(own: Above, limit: Above) -> bool:
    return own.more_than > limit.more_than or own.and_share > limit.and_share
