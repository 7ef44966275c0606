"""The words a condition may use, and what is refused with its right spelling: clocks, sub-queries, sums of dates."""

from __future__ import annotations

import re

from cs_playbook.parse.tokens import Refusal, Token
from cs_playbook.source.finding import did_you_mean

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
RELATED = ("has", "number_of", "total", "newest", "oldest")
MEMORY = ("was", "ago", "at_start", "changed", "set_on", "running", "finished", "last_outcome")
OVER_DAYS = ("ago", "changed", "finished")  # and these a duration
AGGREGATES = ("count", "sum", "avg", "min", "max")
CALLS = (
    "days_until", "days_since", "months_until", "months_since", "calendar_months_since", "business_days_until", "business_days_since",
    "fiscal_quarter", "earliest", "latest", "days_after", "months_after", "lower",
)  # fmt: skip
FUNCTIONS = (*RELATED, *MEMORY, *CALLS)
RANK = "rank"
NOT_YET = ("row_number", "dense_rank")
CLOCKS = ("now", "current_date", "current_time", "current_timestamp", "getdate", "sysdate", "curdate", "date", "datetime", "julianday", "strftime")  # fmt: skip

# `renewal_date < today + 90 days`, `today - signup_date > 30`: what people write first, and what it means here.
_FIELD = r"[A-Za-z_][\w.]*"
_UNIT = r"(?:\s*'?(?P<unit>day|week|month)s?'?)?"
_DATE_SUM = re.compile(
    rf"(?P<field>{_FIELD})\s*(?P<operator><=|>=|<|>|=)\s*(?P<at>today\s*(?P<sign>[-+])\s*(?:interval\s*)?'?(?P<count>[0-9]{{1,15}}(?![0-9])){_UNIT})",
    re.IGNORECASE,
)
_DATE_DIFFERENCE = re.compile(
    rf"(?P<at>(?:(?P<field>{_FIELD})\s*-\s*today|today\s*-\s*(?P<past>{_FIELD}))\s*(?P<operator><=|>=|<|>|=)\s*(?P<count>[0-9]{{1,15}}(?![0-9])){_UNIT})",
    re.IGNORECASE,
)
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def date_sum(text: str) -> Refusal | None:
    """`renewal_date < today + 90 days` and its kin, anywhere in a condition; None where there is none."""
    found = _DATE_SUM.search(text) or _DATE_DIFFERENCE.search(text)
    return None if found is None else _no_date_sums(found)


def sub_query(token: Token) -> Refusal:
    return Refusal(
        token.at,
        "CSP206",
        "a query inside a condition is not allowed",
        "ask the rows: has(contacts, 'champion' in roles), number_of(tickets, closed_on is null); or define a signal",
    )


def clock(token: Token) -> Refusal:
    return Refusal(
        token.at,
        "CSP204",
        f"'{token.text}' is a clock, and a snapshot must always decide the same",
        "`today` is the day of the snapshot: days_since(d), days_until(d), or compare with today",
    )


def _no_date_sums(match: re.Match[str]) -> Refusal:
    """The right spelling of this very comparison."""
    said = match.groupdict()
    months = said["unit"] == "month"
    count = int(said["count"]) * (7 if said["unit"] == "week" else 1)
    back = said.get("sign") == "-" or said.get("past") is not None
    function = f"{'months' if months else 'days'}_{'since' if back else 'until'}"
    operator = _TURNED[said["operator"]] if said.get("sign") == "-" else said["operator"]
    at = (match.start("at"), match.end("at") - match.start("at"))
    hint = f"ask for the distance: {function}({said.get('past') or said['field']}) {operator} {count}"
    return Refusal(at, "CSP205", "dates are not added to or subtracted from here", hint)


EXAMPLES = {
    "has": "has(contacts, 'champion' in roles and not has_left)",
    "number_of": "number_of(tickets, closed_on is null)",
    "total": "total(invoices.amount, paid_on is null)",
    "newest": "newest(invoices.amount, kind = 'annual')",
    "oldest": "oldest(invoices.amount)",
    "was": "was(csm_email)",
    "ago": "ago(active_users, '30 days')",
    "at_start": "at_start(active_users)",
    "set_on": "set_on(sentiment)",
    "running": "running('onboarding')",
    "finished": "finished('onboarding', '30 days')",
    "changed": "changed(csm_email, '14 days')",
    "last_outcome": "last_outcome('onboarding')",
}


def unknown_function(token: Token) -> Refusal:
    near = did_you_mean(token.word, FUNCTIONS)
    usual = {"if": "case when … then … else … end", "iif": "case when … then … else … end", "coalesce": "case when x is null then 0 else x end", "count": "number_of(table, condition)", "upper": "lower(x)", "datediff": "days_since(d)", "contains": "x like '%word%'", "starts_with": "x like 'word%'", "ifnull": "case when x is null then 0 else x end"}  # fmt: skip
    hint = near or (
        f"write {usual[token.word]}" if token.word in usual else f"there are: {', '.join(FUNCTIONS)}"
    )
    return Refusal(token.at, "CSP208", f"there is no function '{token.text}'", hint)
