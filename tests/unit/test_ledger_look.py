"""What is seen of a ledger without its events is what its events say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.event import Event, Muted, StartAsked, StartRefused, Unmuted

DAY = date(2026, 3, 2)
LEA = "lea@vendor.example"

days = st.integers(-3, 3).map(lambda number: DAY + timedelta(days=number))
accounts, rows = st.sampled_from(["acme", "borealis"]), st.sampled_from([None, "r1"])
said = st.lists(
    st.one_of(
        st.builds(Muted, accounts, days, days, st.just("legal"), st.just(LEA)),
        st.builds(Unmuted, accounts, days, st.just("settled"), st.just(LEA)),
        st.builds(StartAsked, st.just("care"), accounts, rows, days, st.just(LEA), st.just("why not")),
        st.builds(StartRefused, st.just("care"), accounts, rows, days, st.just("no")),
    ),
    max_size=6,
)


@given(said)
def test_it_counts_and_names_what_the_events_say(events: list[Event]) -> None:
    with Ledger.in_memory() as ledger:
        ledger.record(events, "")

        assert ledger.how_many_starts_asked() == len(ledger.pending_starts())
        assert ledger.left_alone(DAY) == tuple(
            (muted.account, muted.until, muted.because) for muted in ledger.muted(DAY).values()
        )
        assert ledger.how_many_not_in_place() == sum(1 for _ in ledger.unpublished())


def test_an_event_that_cannot_be_read_stops_with_a_sentence() -> None:
    with Ledger.in_memory() as ledger:
        ledger.record([Muted("acme", DAY, DAY + timedelta(days=9), "legal", LEA)], "")
        connection = ledger._connection
        for (name,) in connection.execute("select name from sqlite_schema where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {name}")
        connection.execute("update event set body = '{}'")

        with pytest.raises(StoppedOnPurpose, match="event"):
            ledger.left_alone(DAY)
