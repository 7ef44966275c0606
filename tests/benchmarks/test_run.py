"""A run that does much: ten thousand effects recorded, written and put in place; and the second run, which does nothing."""

from __future__ import annotations

import sqlite3
from email.message import EmailMessage
from pathlib import Path

from cs_playbook.commands.workspace import open_workspace
from tests.benchmarks.conftest import Show
from tests.benchmarks.measure import MEGABYTE, Figure, busy, spend
from tests.benchmarks.portfolio import DAY, snapshot
from tests.benchmarks.workspaces import effects_workspace, with_ledger

LARGEST = 150 * MEGABYTE
ACCOUNTS = 5_300  # each gets a task; those with somebody to write to, a mail
MAILS = 500  # that the limit program makes; its seconds are then those of all
AT_MOST = 1.5


def test_a_run_of_ten_thousand_effects(judge: Show, tmp_path: Path) -> None:
    root = with_ledger(effects_workspace(tmp_path / "effects"))
    opened = open_workspace(root)
    snapshot(opened.catalog.contract, opened.snapshots, ACCOUNTS)
    run = ("-C", str(root), "--as-of", DAY.isoformat(), "run")

    alone = busy(made_by_the_library) / MAILS
    first = spend(run, tmp_path)
    with_mail = mails(root)
    again = spend(run, tmp_path)

    effects = ACCOUNTS + with_mail
    note = f"; {effects / first.seconds:,.0f} effects a second, peak {first.peak / MEGABYTE:.0f} MB"
    judge(
        f"{ACCOUNTS:,} tasks and {with_mail:,} mails into the outbox, in one run",
        [
            Figure(
                "run", first.seconds, "as many mails by EmailMessage", alone * with_mail, AT_MOST, note, "run"
            ),
            Figure("run again: nothing to do", again.seconds, note=f"peak {again.peak / MEGABYTE:.0f} MB"),
        ],
    )
    assert first.peak <= LARGEST


def mails(root: Path) -> int:
    """In its outbox."""
    ledger = sqlite3.connect(root / "data" / "ledger.db")
    try:
        return int(ledger.execute("select count(*) from outbox").fetchone()[0])
    finally:
        ledger.close()


def made_by_the_library() -> None:
    """What the standard library takes for the last step alone: a text, its HTML, headers, bytes."""
    text = "Dear Claire,\n\n" + "fewer people came than before; what has changed at Société Générale?\n" * 10
    for number in range(MAILS):
        mail = EmailMessage()
        mail["From"], mail["To"] = "Paul <paul@vendor.example>", f"Claire <c{number}@customer.example>"
        mail["Subject"] = f"How is it going at Société {number}?"
        mail.set_content(text)
        mail.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
        mail.as_bytes()
