"""Who fits the rules, in a table of its own → who is new, who may start and in which order, who is held, who fits no more.

The tables stand on the disk beside the facts: however many fit, the program does not grow.
"""

from __future__ import annotations

from cs_playbook.compile.sql import quoted

# `holds`: every `for` has been patient enough. `over`: it would end on the day it starts. `n`: the number of the account,
# by which its facts are found in a third of the time that its key takes.
_FITTING = "create temp table if not exists fitting (rule integer, subject text, account text, row text, holds integer, n integer not null, over integer not null default 0, primary key (rule, subject)) strict, without rowid"
_GONE = "create temp table if not exists gone (subject text primary key) strict, without rowid"
_HELD = "create temp table if not exists held (account text, row text, rule integer, by text, why text, until integer) strict"
TABLES = (_FITTING, _GONE, _HELD)

ADD_FITTING = (
    "insert or ignore into temp.fitting (rule, subject, account, row, holds, n) values (?, ?, ?, ?, ?, ?)"
)
EMPTY_GONE = "delete from temp.gone"
ADD_HELD = "insert into temp.held values (?, ?, ?, ?, ?, ?)"

# Parameter: the reason that is counted and not listed.
HELD_LISTED = (
    "select account, row, rule, by, why, until from temp.held where by <> ? order by account, rule, rowid"
)
WANT_HELD = "insert or ignore into temp.wanted select account from temp.held where by <> ?"
# Parameters: rule, reason, account, row.
ONE_HELD = "select why, until from temp.held where rule = ? and by = ? and account = ? and row is ?"


def mark_over(ended: str) -> str:
    """`ended`: the query of those that would end at once (parameter: rule). Parameters: rule, rule."""
    return f"update temp.fitting set over = 1 where rule = ? and subject in ({ended})"


def counted(past: str) -> str:
    """Parameter: rule. One row: how many fit, how many of them did not before."""
    return f"select count(*), coalesce(sum(p.value is not 1), 0) from {_beside(past)} where t.rule = ?"


def new_ones(past: str) -> str:
    """Parameter: rule. The subjects that did not fit before, in order."""
    return f"select t.subject from {_beside(past)} where t.rule = ? and p.value is not 1 order by t.subject"


def largest_new_ones(past: str, money: str | None) -> str:
    """Parameter: rule. Accounts of those that did not fit before, the largest first."""
    order = f"f.{quoted(money)} desc, t.account" if money else "t.account"
    facts = "left join temp.facts f on f._n = t.n"
    return f"select t.account from {_beside(past)} {facts} where t.rule = ? and p.value is not 1 order by {order}"


def count_new_to_both(past: str, later: str) -> str:
    """Parameter: rule. How many of the new ones a later memory does not know either."""
    there = f"select 1 from temp.{quoted(later)} l where l.subject = t.subject and l.value = 1"
    return (
        f"select count(*) from {_beside(past)} where t.rule = ? and p.value is not 1 and not exists ({there})"
    )


def candidates(past: str) -> str:
    """Parameters: today, rule. (account, row, since which day without a break) of those that may start, longest first."""
    since = "iif(p.value = 1, p.since, ?)"
    return f"select t.account, t.row, {since} from {_beside(past)} where t.rule = ? and {_MAY_START} order by 3, t.account, t.row"


def add_gone(past: str) -> str:
    """Parameter: rule. Into `temp.gone`: subjects that fitted and do not fit any more."""
    return (
        f"insert into temp.gone select p.subject from temp.{quoted(past)} p "
        "left join temp.fitting t on t.rule = ? and t.subject = p.subject where p.value = 1 and t.subject is null"
    )


_MAY_START = "t.holds = 1 and t.over = 0"


def _beside(past: str) -> str:
    return f"temp.fitting t left join temp.{quoted(past)} p on p.subject = t.subject"
