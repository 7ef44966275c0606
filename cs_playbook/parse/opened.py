"""A document and the playbooks that open it → what its title may name: the account, and what each of them is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Document, Step
from cs_playbook.parse.scope import Scope
from cs_playbook.values import replace


def scopes_of(name: str, playbooks: Iterable[Playbook], scope: Scope) -> list[Scope]:
    """One for each playbook that opens it, as its steps see it; none where nobody does."""
    return [
        _as_its_steps_see(playbook, opening, scope)
        for playbook in playbooks
        if (opening := list(_opening(name, playbook)))
    ]


def _opening(name: str, playbook: Playbook) -> Iterator[Document]:
    for step in playbook.all_steps:
        if isinstance(step.verb, Document) and any(fit.value == name for fit in step.verb.name.fits):
            yield step.verb


def _as_its_steps_see(playbook: Playbook, opening: list[Document], scope: Scope) -> Scope:
    steps: tuple[Step, ...] = playbook.all_steps
    return replace(
        scope,
        person=playbook.trigger.per_person,
        row=scope.contract.table(playbook.trigger.one_per or ""),
        contact=all(verb.about is not None for verb in opening),
        steps=frozenset((*(step.id for step in steps), *playbook.unread)),
        given={ask.name: ask for ask in playbook.asks},
        answers={step.id: {ask.name: ask for ask in step.asks} for step in steps},
    )
