"""`health` and what is remembered for it: the portfolio by band, who does worst and why, the whole sum of one account."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.report.health import sparkline
from tests.builders import World, account, given, on, small

pytestmark = pytest.mark.usefixtures("meant_once")

CARD = """\
scorecard: health
title: How they do
bands: [{band: red, below: 50}, {band: yellow, below: 75}, {band: green}]
groups:
  - group: size
    weight: 60
    measures:
      - {measure: seats, weight: 2, points: [{at: 0, is: 0}, {at: 100, is: 100}]}
      - {measure: arr, points: [{when: arr < 20000, is: 0}, {when: otherwise, is: 100}]}
  - group: feeling
    title: How they feel
    weight: 40
    measures:
      - {measure: sentiment, points: {good: 100, bad: 0}, stale_after: 2 days}
profiles:
  - {profile: silent ones, when: sector = 'public', without: [feeling]}
unrated: {when: strategic, because: the board looks after them}
override:
  - {when: sentiment = 'bad', band: red, because: the CSM says so}
"""
TRAITS = "traits:\n  sentiment: {values: [good, bad], owner: csm}\n"


def world(root: Path) -> World:
    made = small(root)
    made.write("traits.yaml", TRAITS)
    made.write("scorecards.yaml", CARD)
    return made


def typed(made: World, day: int, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run_app(["-C", str(made.root), "--as-of", on(day).isoformat(), *words]) == 0
    return capsys.readouterr().out


def series_in(made: World) -> set[str]:
    with sqlite3.connect(made.ledger) as ledger:
        return {
            name
            for (name,) in ledger.execute("select distinct series from memory")
            if name.startswith("fact:health")
        }


PORTFOLIO = """\
health of 4 accounts · Monday 2 March 2026
How they do

  red      1  25 %  ARR 10 k   6 %
  yellow   1  25 %  ARR 48 k  31 %
  green    1  25 %  ARR 48 k  31 %
  no band  1  25 %  ARR 48 k  31 %

  Worst first   and what pulls them down most
  Zeta  33.3 red     seats 50  ARR 10 k
  Acme  70.0 yellow  seats 55  ARR 48 k

cs-playbook health ACCOUNT   shows the whole sum of one
"""


def test_the_portfolio_by_band_and_who_does_worst_with_what_drags_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world(tmp_path)
    made.morning(on(0), given(account("acme", seats=55), account("bolt"), account("core", strategic="yes")))

    assert typed(made, 0, capsys, "--names", "health") == PORTFOLIO
    said = json.loads(typed(made, 0, capsys, "-o", "json", "health"))["scorecards"][0]
    assert [(band["band"], band["accounts"]) for band in said["bands"]] == [
        ("red", 1),
        ("yellow", 1),
        ("green", 1),
        (None, 1),
    ]
    assert [(one["account"], one["score"], one["drag"]) for one in said["worst"]] == [
        ("zeta", 33.3, "seats"),
        ("acme", 70.0, "seats"),
    ]


SUM = """\
Acme (acme) · Monday 2 March 2026

health 82.0 green
                 value   points  weight  gives
  size                             60 %
    seats        55          55    40 %   22.0
    arr          48 000     100    20 %   20.0
  How they feel                    40 %
    sentiment    good       100    40 %   40.0
  Sum                             100 %   82.0
  green is from 75.
  What pulls it down most: seats.
"""


def test_the_whole_sum_of_one_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = world(tmp_path)
    made.morning(on(0), given(account("acme", seats=55)))
    typed(made, 0, capsys, "set", "acme", "sentiment", "good")

    assert typed(made, 0, capsys, "health", "Acme") == SUM
    said = json.loads(typed(made, 0, capsys, "-o", "json", "health", "acme"))["scorecards"][0]
    assert [(one["measure"], one["points"], one["gives"]) for one in said["measures"]] == [
        ("seats", 55.0, 22.0), ("arr", 100.0, 20.0), ("sentiment", 100.0, 40.0)
    ]  # fmt: skip
    in_explain = typed(made, 0, capsys, "explain", "acme")
    assert "\n  health 82.0 green\n" in in_explain
    assert "  green is from 75.\n" in in_explain


def test_what_is_missing_stale_unrated_overruled_or_left_out_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world(tmp_path)
    people = (
        account("acme"),
        account("bolt", seats=""),
        account("core", strategic="yes"),
        account("dome", sector="public"),
    )
    made.morning(on(0), given(*people))
    for who, feeling in (("acme", "good"), ("core", "bad")):
        typed(made, 0, capsys, "set", who, "sentiment", feeling)
    made.export(given(*people, day=3))
    made.build(on(3))

    def health_of(who: str) -> str:
        return " ".join(typed(made, 3, capsys, "health", who).split())

    assert "sentiment good, stale: 3 days old – – –" in health_of("acme")
    assert "60 % of the weight has a value." in health_of("acme")
    assert "seats missing – – –" in health_of("bolt")
    assert (
        "The weight of what is missing went to the rest of its group, or to the other groups."
        in health_of("bolt")
    )
    assert "no score, red" in health_of("core")
    assert "Unrated: the board looks after them." in health_of("core")
    assert "Put into red, although there is no number: the CSM says so." in health_of("core")
    assert "How they feel does not count" in health_of("dome")
    assert "Judged by profile silent ones, without feeling: sector = 'public'." in health_of("dome")


def test_the_band_is_remembered_the_number_only_where_somebody_asks_for_it(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.morning(on(0), given(account("acme")))
    assert series_in(made) == {"fact:health.band"}

    asks = "playbook: sinks\ntitle: It sinks\nwhy: To know.\nowner: cs_ops\nstatus: live\ntrigger: {when: health.change_28d <= -10, already_matching: skip}\nsteps:\n  - {id: call, task: Call, owner: csm}\n"
    made.write("playbooks/sinks.yaml", asks)
    made.morning(on(1), given(account("acme"), day=1))
    assert series_in(made) == {"fact:health.band", "fact:health"}


def test_the_trend_counts_the_accounts_of_today_week_by_week(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world(tmp_path)
    for day, seats in ((0, 100), (7, 10), (14, 10), (21, 10), (28, 10), (35, 100)):
        made.morning(on(day), given(account("acme", seats=seats), account("bolt"), day=day))

    shown = typed(made, 35, capsys, "--no-names", "health")
    red = next(line for line in shown.splitlines() if line.startswith("  red"))
    said = json.loads(typed(made, 35, capsys, "-o", "json", "health"))["scorecards"][0]

    assert said["past_days"] == [on(day).isoformat() for day in (0, 7, 14, 21, 28)]
    assert said["bands"][0]["past"] == [1, 2, 2, 2, 2]
    assert red.split()[-5:] == [sparkline((1, 2, 2, 2, 2, 1)), "2", "four", "weeks", "ago"]
    assert "bars: accounts of today, week by week since 2 Mar 2026" in shown


def test_a_score_that_changed_says_since_when_and_by_how_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world(tmp_path)
    made.write("signals.yaml", (made.root / "signals.yaml").read_text("utf-8"))
    asks = "playbook: sinks\ntitle: It sinks\nwhy: To know.\nowner: cs_ops\nstatus: live\ntrigger: {when: health.change_7d <= -10, already_matching: start}\nsteps:\n  - {id: call, task: Call, owner: csm}\n"
    made.write("playbooks/sinks.yaml", asks)
    made.morning(on(0), given(account("acme", seats=100)))
    made.morning(on(7), given(account("acme", seats=10), day=7))

    title = typed(made, 7, capsys, "health", "acme").splitlines()[2]
    assert title == "health 40.0 red · −60.0 in 7 days"
    assert ("acme", "sinks", 7) in made.starts()
    made.morning(on(8), given(account("acme", seats=10), day=8))
    assert "health 40.0 red since 9 Mar 2026 · −60.0 in 7 days" in typed(made, 8, capsys, "health", "acme")


def test_without_a_scorecard_the_command_says_how_one_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = small(tmp_path)
    made.morning(on(0), given(account("acme")))

    assert run_app(["-C", str(made.root), "--as-of", on(0).isoformat(), "health"]) == 1
    assert "cs-playbook new scorecard health begins one" in capsys.readouterr().err


def test_letters_name_a_band(tmp_path: Path) -> None:
    from cs_playbook.letters.fill import look_up

    values = {"account": {"health": 40.0, "health.band": "red"}}

    assert look_up(values, ("account", "health")) == 40.0
    assert look_up(values, ("account", "health", "band")) == "red"
    assert look_up(values, ("account", "health", "drag")) is None
