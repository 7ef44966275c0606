"""RavenStack over five days in June 2024: real exports, saved by a spreadsheet, through three playbooks, into lists and answers.

What should start is computed here a second time, in plain Python over the CSV files.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest

from cs_playbook.commands.planning import Sources, prepare
from cs_playbook.commands.workspace import calendar_of, open_ledger, open_snapshot
from cs_playbook.model.event import Started
from cs_playbook.source.finding import Finding
from tests.builders import RAVENSTACK_EXPORTS as EXPORTS
from tests.builders import World, ravenstack

pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason="the RavenStack exports are not beside the repository"
)

JUNE = [date(2024, 6, day) for day in range(1, 6)]
Start = tuple[str, str, str | None]  # playbook, account, row


# --- a plain reading of the files ---


@cache
def lines(name: str) -> list[dict[str, str]]:
    with (EXPORTS / f"ravenstack_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(cell: str) -> date:
    return datetime.strptime(cell[:10], "%d-%m-%Y").date()  # noqa: DTZ007 - a day has no zone


@dataclass
class Customer:
    """One account as it is known on a day."""

    signed_up: date
    plan: str
    monthly: float = 0
    paid: int = 0
    going: int = 0
    recent: int = 0
    before: int = 0
    tickets: int = 0

    @property
    def tier(self) -> str:
        arr = 12 * self.monthly
        if not self.paid:
            return "trial"
        if arr >= 140_000 or (self.plan == "Enterprise" and arr >= 60_000):
            return "high"
        return "low" if arr >= 30_000 else "tech"


def has_ended(subscription: dict[str, str], today: date) -> bool:
    return bool(subscription["end_date"]) and day(subscription["end_date"]) <= today


def customers(today: date) -> dict[str, Customer]:
    known = {
        row["account_id"]: Customer(day(row["signup_date"]), row["plan_tier"]) for row in lines("accounts")
    }
    for row in lines("subscriptions"):
        if day(row["start_date"]) <= today and not has_ended(row, today):
            customer = known[row["account_id"]]
            customer.going += 1
            if row["is_trial"] == "FALSE":
                customer.paid += 1
                customer.monthly += float(row["mrr_amount"])
    for account, used_on, events in usage():
        age = (today - used_on).days
        known[account].recent += events if 0 <= age < 56 else 0
        known[account].before += events if 56 <= age < 112 else 0
    for row in lines("supports_ticket"):
        known[row["account_id"]].tickets += 0 <= (today - day(row["submitted_at"])).days < 60
    return {
        key: customer for key, customer in known.items() if customer.signed_up <= today and customer.going
    }


@cache
def usage() -> list[tuple[str, date, int]]:
    """Account, day, events; rows that share an id are set aside."""
    account_of = {row["subscription_id"]: row["account_id"] for row in lines("subscriptions")}
    times = Counter(row["usage_id"] for row in lines("feature_usage"))
    return [
        (account_of[row["subscription_id"]], day(row["usage_date"]), int(row["usage_count"]))
        for row in lines("feature_usage")
        if times[row["usage_id"]] == 1
    ]


def fitting(today: date) -> Iterator[Start]:
    known = customers(today)
    for key, customer in known.items():
        if (
            customer.tier in ("high", "low")
            and customer.before >= 60
            and customer.recent <= 0.4 * customer.before
        ):
            yield "usage-drop", key, None
        if customer.paid and customer.tickets >= 2:
            yield "ticket-spike", key, None
    for row in lines("subscriptions"):
        in_fourth_week = 21 <= (today - day(row["start_date"])).days <= 27
        if (
            row["account_id"] in known
            and row["is_trial"] == "TRUE"
            and in_fourth_week
            and not has_ended(row, today)
        ):
            yield "trial-ending", row["account_id"], row["subscription_id"]


def expected_starts() -> dict[date, set[Start]]:
    """Each subject once: nobody may come back within five days."""
    started: set[Start] = set()
    found = {}
    for today in JUNE:
        found[today] = set(fitting(today)) - started
        started |= found[today]
    return found


# --- five mornings ---


@dataclass(frozen=True)
class Week:
    world: World
    findings: tuple[Finding, ...]
    asked: dict[str, str]  # how it was answered on the first day → account


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """Built and run twice each morning; on the first day some answer, at once and by a returned list."""
    world = ravenstack(tmp_path_factory.mktemp("ravenstack") / "w")
    findings: tuple[Finding, ...] = ()
    asked: dict[str, str] = {}
    for today in JUNE:
        built = world.build(today, EXPORTS)
        assert built.manifest is not None
        findings = findings or built.findings
        world.run(today)
        assert world.run(today).nothing
        if today == JUNE[0]:
            asked = some_answer(world)
    return Week(world, findings, asked)


def some_answer(world: World) -> dict[str, str]:
    listed = world.lines(JUNE[0])
    of = {step: [line for line in listed if line["step"] == step] for step in ("find_cause", "read", "call")}
    large = [line for line in of["find_cause"] if 12 * customers(JUNE[0])[line["account"]].monthly >= 140_000]
    small = [line for line in of["find_cause"] if line not in large]
    chosen = {
        ("nobody_uses_it", "large"): large[0], ("nobody_uses_it", "small"): small[0], ("product_problem", ""): small[1],
        ("one_cause", ""): of["read"][0], ("unrelated", ""): of["read"][1], ("no", ""): of["call"][0], ("needs_time", ""): of["call"][1],
    }  # fmt: skip
    returned = []
    for number, ((outcome, _), line) in enumerate(chosen.items()):
        if number % 2:
            returned.append({**line, "outcome": outcome, "note": "from the list"})
        else:
            world.done(line["key"], outcome, JUNE[0])
    world.answer_list(returned)
    return {" ".join(filter(None, how)): line["account"] for how, line in chosen.items()}


def test_each_day_starts_what_a_plain_reading_of_the_files_says(week: Week) -> None:
    started: dict[date, set[Start]] = defaultdict(set)
    for event in week.world.events():
        if isinstance(event, Started):
            started[event.on].add((event.playbook, event.account, event.row))

    assert started == expected_starts()
    first = Counter(playbook for playbook, _, _ in started[JUNE[0]])
    assert first == {"usage-drop": 11, "ticket-spike": 9, "trial-ending": 7}


def test_the_next_day_goes_on_from_the_answers(week: Week) -> None:
    def steps(how: str, playbook: str) -> dict[str, str | None]:
        enrollment = week.world.enrollment(week.asked[how], playbook)
        return {step: progress.outcome for step, progress in enrollment.steps.items()}

    assert steps("nobody_uses_it large", "usage-drop")["size"] == "large"
    assert steps("nobody_uses_it large", "usage-drop").keys() >= {"workshop"}
    assert steps("nobody_uses_it small", "usage-drop")["size"] == "small"
    assert steps("nobody_uses_it small", "usage-drop").keys() >= {"call"}
    assert "fix" in steps("product_problem", "usage-drop")
    assert "plan" in steps("one_cause", "ticket-spike")
    assert "extend" in steps("needs_time", "trial-ending")
    ended = {
        how: week.world.enrollment(week.asked[how], playbook)
        for how, playbook in (("unrelated", "ticket-spike"), ("no", "trial-ending"))
    }
    assert {how: (item.outcome, item.ended_on) for how, item in ended.items()} == {
        "unrelated": ("unrelated", JUNE[1]), "no": ("no", JUNE[1]),
    }  # fmt: skip


def test_the_ledger_is_whole_and_the_lists_are_there(week: Week) -> None:
    assert week.world.wrong() == []
    for today in JUNE:
        listed = week.world.lines(today)
        assert {line["owner"] for line in listed} <= {
            "nora@ravenstack.example",
            "sam@ravenstack.example",
            "ines@ravenstack.example",
        }
        assert len({line["key"] for line in listed}) == len(listed) > 20


def test_nothing_that_ends_later_looks_ended_on_the_first_of_june(week: Week) -> None:
    workspace = week.world.workspace
    today = JUNE[0]
    visible = [row for row in lines("subscriptions") if day(row["start_date"]) <= today]
    with open_ledger(workspace, writing=False) as ledger, open_snapshot(workspace, today) as snapshot:
        morning = prepare(
            Sources(
                workspace.catalog,
                workspace.around,
                snapshot,
                ledger,
                calendar_of(workspace.catalog.project.calendar),
            )
        )
        seen = morning.stage.connection.execute(
            "select id, ended_on is not null from temp.seen_subscriptions"
        ).fetchall()

    assert dict(seen) == {row["subscription_id"]: has_ended(row, today) for row in visible}
    assert sum(ended for _, ended in seen) < sum(bool(row["end_date"]) for row in visible)


def test_what_is_odd_about_the_files_is_told(week: Week) -> None:
    told = {finding.code: finding.message for finding in week.findings}
    signed_up = {row["account_id"]: day(row["signup_date"]) for row in lines("accounts")}
    early = sum(
        day(row["submitted_at"]) < signed_up[row["account_id"]]
        for row in lines("supports_ticket")
        if day(row["submitted_at"]) <= JUNE[0]
    )

    repeated = [finding for finding in week.findings if finding.code == "CSP734"]
    assert repeated[0].span.file.endswith("ravenstack_feature_usage.csv")
    assert repeated[0].span.line > 1
    assert "42 of 25000 rows of usage are bad" in told["CSP738"]
    assert early > 0
    assert any(
        finding.code == "CSP743" and finding.message.startswith(f"{early} of 2000 rows of tickets")
        for finding in week.findings
    )


def test_a_byte_order_mark_is_no_letter(week: Week) -> None:
    marked = [path.name for path in EXPORTS.glob("*.csv") if path.read_bytes().startswith(b"\xef\xbb\xbf")]

    assert marked  # the first column of such a file is a key, and it was found
    assert not [finding for finding in week.findings if finding.code == "CSP722"]


def test_read_month_first_it_is_refused_with_file_and_line(tmp_path: Path) -> None:
    world = ravenstack(tmp_path / "w")
    world.edit("sources.yaml", "dates: DD-MM-YYYY", "dates: MM-DD-YYYY")
    late = next(number for number, row in enumerate(lines("accounts"), 2) if int(row["signup_date"][:2]) > 12)
    (tmp_path / "exports").mkdir()
    for path in EXPORTS.glob("*.csv"):  # their beginnings are enough
        (tmp_path / "exports" / path.name).write_bytes(
            b"".join(path.read_bytes().splitlines(keepends=True)[:100])
        )

    refused = world.build(JUNE[0], tmp_path / "exports")

    assert refused.manifest is None
    assert not (world.root / "data" / "snapshots").exists() or not list(
        (world.root / "data" / "snapshots").glob("*.db")
    )
    first = next(
        finding
        for finding in refused.findings
        if finding.span.file.endswith("ravenstack_accounts.csv") and finding.code == "CSP731"
    )
    assert (first.span.line, first.hint) == (
        late,
        "it fits DD-MM-YYYY: are day and month mixed up in `dates:`?",
    )


def test_a_week_without_runs_in_between_comes_to_the_same_days(week: Week, tmp_path: Path) -> None:
    """Who fits on the last day is started on the last day; nobody is invented for the days between."""
    world = ravenstack(tmp_path / "w")
    shutil.copytree(week.world.root / "data" / "snapshots", world.root / "data" / "snapshots")
    for today in (JUNE[0], JUNE[-1]):
        world.run(today)

    late = {
        (event.playbook, event.account, event.row)
        for event in world.events()
        if isinstance(event, Started) and event.on == JUNE[-1]
    }

    assert late == set(fitting(JUNE[-1])) - set(fitting(JUNE[0]))
