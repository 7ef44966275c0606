"""The correction of what was given at the start of a playbook. Recorded at once; the next run moves what is not yet open."""

from __future__ import annotations

from cs_playbook.commands.given import Pairs, refuse
from cs_playbook.commands.must import holds_for
from cs_playbook.commands.people import Act
from cs_playbook.commands.whom import whom
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError
from cs_playbook.model.asks import Ask, Misread, unfit, unknown_question, value_of
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import GivenCorrected
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.value import Value
from cs_playbook.parse.catalog import read_pinned


def correct_given(
    workspace: Workspace, account: str, playbook: str, written: Pairs, because: str, act: Act
) -> list[GivenCorrected]:
    """What was given at the start, said better; a date that moves moves what is not yet open. Recorded at once."""
    with locked(workspace.ledger, "given"), open_ledger(workspace, writing=True) as ledger:
        found = whom(account, workspace, ledger)
        words = ", ".join(f"{name}={said}" for name, said in written)
        going = _going(workspace, ledger, found, playbook)
        corrected = [(item, text, _corrected(written, text, playbook)) for item, text in going]
        for item, text, values in corrected:
            asks = [ask for ask in text.asks if ask.name in values]
            refuse(unfit({**item.given, **values}, asks, holds_for(workspace, found, act.on)), (), "")
        events = [
            GivenCorrected(item.key, act.on, values, act.by, because, words) for item, _, values in corrected
        ]
        ledger.record(events, act.recorded_at)
        return events


def _going(
    workspace: Workspace, ledger: Ledger, account: str, playbook: str
) -> list[tuple[Enrollment, Playbook]]:
    known = workspace.catalog.playbooks.get(playbook)
    first_name = known.first_name if known else playbook
    mine = [item for item in ledger.enrollments_of(account) if item.is_open and item.playbook == first_name]
    if not mine:
        raise ChoiceError(f"{account} is not in '{playbook}'", "cs-playbook explain shows where it is")
    texts = [
        (item, read_pinned(ledger.definition(item.definition) or "", playbook, workspace.around)[0])
        for item in mine
    ]
    return [(item, text) for item, text in texts if text is not None]


def _corrected(written: Pairs, text: Playbook, playbook: str) -> dict[str, Value]:
    """Only what is said changes; said as nothing, it is empty again, where it may be."""
    asked = {ask.name: ask for ask in text.asks}
    values: dict[str, Value] = {}
    wrong: list[Misread] = []
    for name, said in written:
        ask = asked.get(name)
        read = unknown_question(name, asked, f"'{playbook}'") if ask is None else _value(ask, said)
        values |= {} if isinstance(read, Misread) else {name: read}
        wrong += [read] if isinstance(read, Misread) else []
    refuse(wrong, (), "")
    return values


def _value(ask: Ask, said: str) -> Value | Misread:
    if said.strip():
        return value_of(ask, said)
    return ask.default if not ask.must_be_said else Misread(f"'{ask.name}' cannot be empty", "say what it is")
