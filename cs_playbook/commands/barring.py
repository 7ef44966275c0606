"""Candidates of a rule → who of them is left alone today, and who is in another playbook that never runs beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct, field

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.compile import alone
from cs_playbook.compile.scan import Rule
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.expression import from_day, to_day
from cs_playbook.model.playbook import Playbook
from cs_playbook.plan.decision import Held, Today
from cs_playbook.plan.enroll import Candidate
from cs_playbook.plan.left_alone import Alone, in_force, muted_words, unknown_words
from cs_playbook.plan.together import held_apart, in_the_way


class Barring(Struct):
    """Grows while the rules are asked one after the other. `today_in`: account → playbooks that begin there today."""

    ledger: Ledger
    today: Today
    stage: Stage
    asks_alone: bool
    today_in: dict[str, dict[str, date]] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Sequence[Rule], today: Today, stage: Stage, ledger: Ledger) -> Barring:
        """Asked once for all rules, of those that fit any; nothing is asked where nothing bars."""
        barring = cls(ledger, today, stage, _find_alone(today, stage) if rules else False)
        for asked in ledger.pending_starts():
            # A person's wish goes before every rule; one that is refused lets the rule start tomorrow.
            barring._begin(asked.playbook, asked.account)
        return barring

    def begins(self, playbook: Playbook, candidates: Iterable[Candidate]) -> None:
        """They start today: what never runs beside it does not."""
        for candidate in candidates:
            # Who is only watched is in nobody's way; who it is, is known when it starts: asked of the one account.
            self._begin(playbook.first_name, candidate.account)

    def _begin(self, first_name: str, account: str) -> None:
        if first_name in self.today.rivals:
            self.today_in.setdefault(account, {})[first_name] = self.today.day

    def of_accounts(self, playbook: Playbook, accounts: Sequence[str]) -> dict[str, Held]:
        """Those that may not start it today, each with the reason."""
        barred = dict(self._apart(playbook, accounts))
        barred |= {account: found.held(playbook.name) for account, found in self._alone(accounts)}
        return barred

    def _alone(self, accounts: Sequence[str]) -> Iterator[tuple[str, Alone]]:
        if not self.asks_alone:
            return
        for account, why, until in self.stage.connection.execute(alone.OF_THESE, (alone.listed(accounts),)):
            yield account, Alone(why, None if until is None else from_day(until))

    def _apart(self, playbook: Playbook, accounts: Sequence[str]) -> Iterator[tuple[str, Held]]:
        others = self.today.rivals.get(playbook.first_name)
        if not others:
            return
        going = {account: dict(self.today_in.get(account, {})) for account in accounts}
        for account, name, _, since in self.ledger.open_in(accounts, others):
            going[account][name] = since
        for account, inside in going.items():
            why = in_the_way(playbook.first_name, inside, self.today.rivals)
            if why:
                yield account, held_apart(playbook, why)


def _find_alone(today: Today, stage: Stage) -> bool:
    """Into a table: who is left alone, of all that fit a rule. Whether there is anything to ask."""
    rules = in_force(today.catalog.project.hands_off, today.day)
    if not rules and not today.muted:
        return False
    connection = stage.connection
    connection.execute(alone.TABLE)
    said = (
        (event.account, muted_words(event.by, event.because), to_day(event.until))
        for event in today.muted.values()
    )
    connection.executemany(alone.ADD, said)
    for rule in rules:
        until = None if rule.lifted_on is None else to_day(rule.lifted_on)
        connection.execute(alone.add_all(rule.when), (rule.because, unknown_words(rule), until))
    return True
