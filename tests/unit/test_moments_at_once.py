"""The quick way of reading a timestamp and the whole one never differ."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.parse import moment

# Twenty letters that nearly are a timestamp.
DIGITS = st.sampled_from("0123456789269W-:")
NEARLY = st.tuples(*[st.sampled_from(sign) if sign else DIGITS for sign in ("", "", "", "", "-", "", "", "-", "", "", "T ", "", "", ":", "", "", ":", "", "", "Z")]).map("".join)  # fmt: skip
REAL = st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"))


@settings(max_examples=300)
@given(NEARLY | REAL)
def test_the_quick_way_reads_what_the_whole_one_reads(cell: str) -> None:
    quick = moment._at_once(cell) if len(cell) == moment._USUAL else None
    whole = moment._TIMESTAMP.fullmatch(cell)
    if quick is not None:
        assert whole is not None, cell
        assert quick.strftime("%H:%M:%S") == f"{int(whole[4]):02d}:{whole[5]}:{whole[6]}"
        assert (quick.year, quick.month, quick.day) == (int(whole[1]), int(whole[2]), int(whole[3]))
