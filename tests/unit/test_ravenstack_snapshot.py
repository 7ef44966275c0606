"""RavenStack, as its users sent it: the snapshot says what a plain reading of the CSV files says."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from cs_playbook.compile.placing import shape
from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Built, Stamp, build
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.expression import to_day
from cs_playbook.model.mapping import Sources
from cs_playbook.parse.catalog import read_catalog
from cs_playbook.source.snapshot import Snapshot

WORKSPACE = Path(__file__).parents[1] / "ravenstack"
EXPORTS = (Path(__file__).parents[2] / ".." / "shared" / "data" / "ravenstack_dmy").resolve()
DAY = date(2024, 6, 1)

pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason="the RavenStack exports are not beside the repository"
)


def workspace(**changes: str) -> Catalog:
    """The workspace; `changes` replace a text in sources.yaml."""
    files = {
        path.relative_to(WORKSPACE).as_posix(): path.read_text("utf-8") for path in WORKSPACE.rglob("*.yaml")
    }
    for before, after in changes.items():
        files["sources.yaml"] = files["sources.yaml"].replace(before, after)
    read = read_catalog(files, {})
    assert [f"{f.span.file}:{f.span.line} {f.message}" for f in read.findings] == []
    assert read.catalog is not None
    return read.catalog


def mapping(catalog: Catalog) -> Sources:
    assert catalog.sources is not None
    return catalog.sources


def make(into: Path, exports: Path = EXPORTS, **changes: str) -> Built:
    catalog = workspace(**changes)
    return build(
        catalog.contract, mapping(catalog), Exports(exports), into, Stamp(DAY, "2024-06-01T06:00:00Z", "0")
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return make(tmp_path_factory.mktemp("snapshots"))


@pytest.fixture(scope="module")
def snapshot(made: Built) -> Iterator[Snapshot]:
    assert made.path is not None
    with Snapshot.open(made.path, shape(workspace().contract)) as opened:
        yield opened


def lines(name: str) -> list[dict[str, str]]:
    with (EXPORTS / f"ravenstack_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(cell: str) -> int | None:
    return to_day(datetime.strptime(cell[:10], "%d-%m-%Y").date()) if cell else None  # noqa: DTZ007


def test_all_rows_are_kept_but_those_that_share_a_usage_id(made: Built) -> None:
    assert made.manifest is not None

    counts = {name: (count.rows, count.set_aside) for name, count in made.manifest.tables}

    assert counts == {
        "accounts": (500, 0),
        "subscriptions": (5000, 0),
        "usage": (25_000 - 42, 42),
        "tickets": (2000, 0),
        "churns": (600, 0),
    }


def test_the_usage_ids_that_stand_twice_are_listed_with_file_and_line(made: Built) -> None:
    ids = Counter(row["usage_id"] for row in lines("feature_usage"))
    first = next(n for n, row in enumerate(lines("feature_usage"), 2) if ids[row["usage_id"]] > 1)

    listed = [f for f in made.findings if f.code == "CSP734"]

    assert sum(count for count in ids.values() if count > 1) == 42
    assert len(listed) == 3
    assert listed[0].span.file.endswith("ravenstack_feature_usage.csv")
    assert (listed[0].span.line, listed[0].message) == (first, "the id 'U-25b56c' is also on line 7576")


def test_every_cell_is_what_a_plain_reading_gives(snapshot: Snapshot) -> None:
    expected = {
        (
            row["ticket_id"],
            row["account_id"],
            day(row["submitted_at"]),
            day(row["closed_at"]),
            row["priority"],
        )
        for row in lines("supports_ticket")
    }

    got = snapshot.connection.execute("SELECT id, account_id, opened_on, closed_on, priority FROM tickets")

    assert set(got) == expected


def test_usage_reaches_its_account_through_its_subscription(snapshot: Snapshot) -> None:
    account_of = {row["subscription_id"]: row["account_id"] for row in lines("subscriptions")}
    ids = Counter(row["usage_id"] for row in lines("feature_usage"))
    expected: Counter[str] = Counter()
    for row in lines("feature_usage"):
        if ids[row["usage_id"]] == 1:
            expected[account_of[row["subscription_id"]]] += int(row["usage_count"])

    got = snapshot.connection.execute(
        "SELECT accounts.id, sum(events) FROM usage JOIN accounts ON accounts._n = _account GROUP BY 1"
    )

    assert dict(got) == dict(expected)


def test_a_parent_row_is_found_by_its_number(snapshot: Snapshot) -> None:
    (wrong,) = snapshot.connection.execute(
        "SELECT count(*) FROM usage LEFT JOIN subscriptions s ON s._account = usage._account AND s._row = _through "
        "WHERE s.id IS NULL OR s.id <> usage.subscription_id"
    ).fetchone()

    assert wrong == 0


def test_the_eight_weeks_before_the_day_are_what_a_plain_sum_gives(snapshot: Snapshot) -> None:
    ids = Counter(row["usage_id"] for row in lines("feature_usage"))
    window = range(to_day(DAY) - 55, to_day(DAY) + 1)
    expected = sum(
        int(row["usage_count"])
        for row in lines("feature_usage")
        if ids[row["usage_id"]] == 1 and day(row["usage_date"]) in window
    )

    got = snapshot.connection.execute(
        "SELECT sum(events) FROM usage WHERE day BETWEEN ? AND ?", (window[0], window[-1])
    )

    assert got.fetchone() == (expected,)


def test_ends_that_are_still_to_come_are_in_the_file_for_whoever_hides_them(snapshot: Snapshot) -> None:
    ends = [end for row in lines("subscriptions") if (end := day(row["end_date"])) is not None]

    (come, all_of_them) = snapshot.connection.execute(
        "SELECT sum(ended_on <= ?), count(ended_on) FROM subscriptions", (to_day(DAY),)
    ).fetchone()

    assert (come, all_of_them) == (sum(end <= to_day(DAY) for end in ends), len(ends)) == (69, 486)


def test_read_month_first_it_is_refused_with_the_right_way(tmp_path: Path) -> None:
    refused = make(tmp_path, **{"DD-MM-YYYY": "MM-DD-YYYY"})

    assert (refused.manifest, list(tmp_path.iterdir())) == (None, [])
    assert {f.code for f in refused.findings if f.is_error} >= {"CSP737"}
    assert any(
        f.hint == "it fits DD-MM-YYYY: are day and month mixed up in `dates:`?" for f in refused.findings
    )


def test_read_month_first_it_is_refused_however_many_bad_rows_are_allowed_short_of_all(
    tmp_path: Path,
) -> None:
    refused = make(tmp_path, **{"DD-MM-YYYY": "MM-DD-YYYY", "at_most: 1%": "at_most: 50%"})

    assert refused.manifest is None


def test_the_order_of_files_and_rows_changes_not_one_byte(made: Built, tmp_path: Path) -> None:
    chance = random.Random(7)
    for path in EXPORTS.glob("*.csv"):
        header, *rows = path.read_bytes().splitlines(keepends=True)
        chance.shuffle(rows)
        (tmp_path / path.name).write_bytes(header + b"".join(rows))

    again = make(tmp_path / "snapshots", tmp_path)

    assert again.manifest is not None
    assert made.manifest is not None
    assert again.manifest.sha256 == made.manifest.sha256


def test_a_handful_fits_on_the_first_days_and_not_hundreds(snapshot: Snapshot) -> None:
    """The triggers of the workspace in plain SQL: what its playbooks are made to find."""
    found = [fitting(snapshot, DAY + timedelta(days=n)) for n in range(3)]

    assert found == [(11, 9, 7), (12, 9, 8), (13, 10, 10)]


def fitting(snapshot: Snapshot, today: date) -> tuple[int, int, int]:
    """Accounts with a usage drop, accounts with a ticket spike, trials in their fourth week."""
    (drops, spikes, trials) = snapshot.connection.execute(FITTING, {"today": to_day(today)}).fetchone()
    return drops, spikes, trials


FITTING = """
WITH open AS (
  SELECT s.*, a.plan_tier AS tier FROM subscriptions s JOIN accounts a ON a._n = s._account
  WHERE started_on <= :today AND (ended_on IS NULL OR ended_on > :today) AND a.signup_date <= :today),
paying AS (SELECT _account, max(tier) AS tier, 12 * sum(monthly) AS arr FROM open WHERE NOT is_trial GROUP BY 1),
used AS (
  SELECT _account, sum(iif(day > :today - 56, events, 0)) AS now, sum(iif(day <= :today - 56, events, 0)) AS before
  FROM usage WHERE day BETWEEN :today - 111 AND :today GROUP BY 1),
asked AS (SELECT _account FROM tickets WHERE opened_on BETWEEN :today - 59 AND :today GROUP BY 1 HAVING count(*) >= 2)
SELECT
  (SELECT count(*) FROM paying JOIN used USING (_account) WHERE arr >= 30000 AND before >= 60 AND now <= 0.4 * before),
  (SELECT count(*) FROM paying JOIN asked USING (_account)),
  (SELECT count(*) FROM open WHERE is_trial AND :today - started_on BETWEEN 21 AND 27)
"""
