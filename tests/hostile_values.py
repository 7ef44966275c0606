"""tests/hostile/values.txt → the values; and a world in which each stands wherever data may stand, run once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cs_playbook.parse.address import is_address
from cs_playbook.source.unseen import unseen
from tests.builders import REPOSITORY, World, on, with_ledger

HOSTILE = REPOSITORY / "tests" / "hostile"
LEA = "lea@vendor.example"
_REPEATED = re.compile(r'(".*") \* (\d+)\Z')


@dataclass(frozen=True)
class Value:
    """`text` "" where it is no text, but `raw` bytes that are not UTF-8."""

    group: str
    name: str
    text: str
    raw: bytes = b""


def values() -> list[Value]:
    """Every line of the file."""
    found: list[Value] = []
    group = ""
    for line in (HOSTILE / "values.txt").read_text("utf-8").split("\n"):
        if line.startswith("["):
            group = line.strip("[]")
        elif line and not line.startswith("#"):
            name, _, written = line.partition(" = ")
            found.append(_value(group, name, written))
    return found


def _value(group: str, name: str, written: str) -> Value:
    if written.startswith("hex "):
        return Value(group, name, "", bytes.fromhex(written.removeprefix("hex ")))
    repeated = _REPEATED.match(written)
    text, times = repeated.groups() if repeated else (written, "1")
    return Value(group, name, json.loads(text) * int(times))


TEXTS = [value for value in values() if not value.raw]


PLAN = """\
success_plan: plan-{number}
title: A year with them
account: {account}
owner: csm
agreed: {{by: their COO, day: 2026-01-20}}
objectives: [{{id: seats, title: Seats, problem: Few, kpis: [{{kpi: seats, start: 0, target: 50}}]}}]
"""


def run_of(texts: Sequence[Value], root: Path, written_to: str = "strangers") -> World:
    """An account for each, run on Monday: its id, name, remark, tags and owner; the name of one contact, the address of another.

    `written_to`: the role that the outbox writes to; strangers are those with the address.
    """
    shutil.copytree(HOSTILE / "workspace", root)
    world = World(root)
    world.edit("playbooks/greet.yaml", "to: readers", f"to: {written_to}")
    if written_to == "strangers":  # letters show the cases all the same
        world.edit("playbooks/case.yaml", "status: live", "status: draft")
    rows: dict[str, list[dict[str, object]]] = {"accounts": [], "contacts": [], "cases": []}
    for number, value in enumerate(texts):
        for table, row in _rows(number, value):
            rows[table].append(row)
    for table, written in rows.items():
        world.write(f"exports/{table}.jsonl", "".join(json.dumps(row) + "\n" for row in written))
    for number, value in first_of_each(texts):
        account = json.dumps(key_of(number, value))
        world.write(f"plans/plan-{number}.yaml", PLAN.format(number=number, account=account))
    with_ledger(world)
    assert world.build(on(0)).manifest is not None
    world.run(on(0))
    return world


def _rows(number: int, value: Value) -> Iterator[tuple[str, dict[str, object]]]:
    key, text = key_of(number, value), value.text
    contact = {"account_id": key, "language": "en"}
    owner = text if is_address(text) else LEA
    yield "accounts", {"id": key, "name": text, "status": "active", "remark": text, "tags": f"a|{text}|b", "seats": 5, "language": "en", "csm_email": owner}  # fmt: skip
    yield "contacts", {**contact, "id": f"c{number}", "email": f"c{number}@acme.example", "first_name": text, "met_on": "2026-01-01"}  # fmt: skip
    yield "contacts", {**contact, "id": f"e{number}", "email": text, "first_name": "Claire", "met_on": "2025-01-01"}  # fmt: skip
    yield "cases", {"id": key, "account_id": key, "subject": text}


def key_of(number: int, value: Value) -> str:
    """The value itself, where a key and a plan's `account:` may be that."""
    return (
        value.text
        if unseen(value.text, [], 0, one_line=True) is None and _is_key(value.text)
        else f"k{number}"
    )


def _is_key(text: str) -> bool:
    return text.isprintable() and text.strip() == text and 0 < len(text) <= 80


def first_of_each(texts: Sequence[Value]) -> list[tuple[int, Value]]:
    """The first value of every group, with its number."""
    found: list[tuple[int, Value]] = []
    for group in dict.fromkeys(value.group for value in texts):
        found += [(number, value) for number, value in enumerate(texts) if value.group == group][:1]
    return found
