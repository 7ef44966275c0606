"""Many rules about accounts → one scan of `temp.facts` that answers all of them, each asking first what most often says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.asked import lasting_of
from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.scan import Rule, seen_by, top_parts
from cs_playbook.compile.sql import balanced, sql_of_condition
from cs_playbook.model.condition import Condition, impatient, leaves

MOST = 30  # rules in one mask, two bits each: a number of SQLite has 63
_SAMPLED = 2_000  # accounts, spread over all: enough to tell a frequent no from a rare one


def masks(rules: Sequence[Rule], shares: Mapping[str, float]) -> str:
    """(account key, what is said) of the accounts that fit any of up to MOST rules: bit k, the account fits rule k;
    bit MOST + k, every `for` of it has been patient enough too. `shares`: part → how often it says yes (0 to 1).

    iif() jumps over what is already decided; limit -1 keeps SQLite from asking everything again in the outer where.
    """
    everybody = any(rule.playbook.sees_inactive or rule.playbook.trigger.per_person for rule in rules)
    said = [_said(rule, k, everybody, shares) for k, rule in enumerate(rules)]
    seen = "1" if everybody else f"f.{ACTIVE}"
    inside = f"select f._id as id, {balanced(' + ', said)} as said from temp.facts_keyed f where {seen} limit -1 offset 0"
    return f"select id, said from ({inside}) where said <> 0"


def parts(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Everything that must hold for one of the rules, as SQL, each once."""
    return tuple(dict.fromkeys(_sql(impatient(part)) for rule in rules for part in top_parts(rule.condition)))


def sample(asked: Sequence[str]) -> str:
    """One row: for each part the share of accounts to which it says yes, in a sample that is always the same."""
    step = f"(1 + (select max(_n) from temp.facts) / {_SAMPLED})"
    counted = ", ".join(f"total(iif({part}, 1, 0)) / max(count(*), 1)" for part in asked)
    return f"select {counted} from temp.facts_keyed f where f._n % {step} = 0"


def _said(rule: Rule, k: int, everybody: bool, shares: Mapping[str, float]) -> str:
    conditions = sorted(top_parts(rule.condition), key=lambda part: _dear(part, shares))
    seen = [seen_by(rule)] if everybody else []
    fits = balanced(" and ", [*seen, *(_sql(impatient(part)) for part in conditions)])
    patient = [_sql(part) for part in conditions if lasting_of(part)]
    fit, hold = 1 << k, 1 << (MOST + k)
    holds = f"iif({balanced(' and ', patient)}, {fit + hold}, {fit})" if patient else str(fit + hold)
    return f"iif({fits}, {holds}, 0)"


def _dear(part: Condition, shares: Mapping[str, float]) -> float:
    """What it costs to get a no from it."""
    share = shares.get(_sql(impatient(part)), 0.5)
    return sum(1 for _ in leaves(part)) / (1.01 - share)


def _sql(condition: Condition) -> str:
    return sql_of_condition(condition, account_columns("f"))
