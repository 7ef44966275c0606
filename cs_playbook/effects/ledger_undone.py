"""What is asked of a ledger where runs were taken back: which runs stand, which events count, as parts of queries."""

from __future__ import annotations

# A run that was taken back while it was the newest is as if it had never been; to take one back is no run of a day.
# `later` is left out of the text of an event where it is 0.
GONE = """(
  select json_extract(body, '$.run') from event where kind = 'RunUndone' and json_extract(body, '$.later') is null
  union all select run from event where kind = 'RunUndone' and run is not null
)"""
STANDS = f"run.id not in {GONE}"

# The same, but what stays of it keeps its day from being run anew.
WHOLLY_GONE = """(
  select json_extract(body, '$.run') from event where kind = 'RunUndone'
  and json_extract(body, '$.later') is null and json_extract(body, '$.stays') is null
  union all select run from event where kind = 'RunUndone' and run is not null
)"""

UNDONE = "(select json_extract(body, '$.run') from event where kind = 'RunUndone')"

NO_ARM = (
    "recalled"  # in the cache only, of an enrollment that was taken back: no question about an arm finds it
)


def still_counts(event: str) -> str:
    """Of an event under that name in a query: nobody has taken back what its run has done with its enrollment."""
    return (
        "not exists (select 1 from event gone where gone.kind = 'Recalled'"
        f" and gone.enrollment = {event}.enrollment and json_extract(gone.body, '$.run') = {event}.run)"
    )
