"""A list of cases that names every value of what it chooses by needs no `otherwise`: it is a note, no warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.workspace import examine
from cs_playbook.source.finding import Severity
from tests.test_golden import cases, workspace

EVERY_VALUE = next(case for case in cases("ok") if case.name == "every-value")


def test_that_an_empty_field_still_waits_is_a_note(tmp_path: Path) -> None:
    found = [one for one in examine(workspace(EVERY_VALUE, tmp_path)).findings if one.code == "CSP315"]

    assert {one.severity for one in found} == {Severity.NOTE}
    assert "names every value of 'contract_status'" in found[0].message
    assert len(found) == 5


@pytest.mark.parametrize("left_out", ["'active', ", "contract_status = 'trial'"])
def test_a_value_that_is_left_out_is_a_warning(left_out: str, tmp_path: Path) -> None:
    root = workspace(EVERY_VALUE, tmp_path)
    file = root / "playbooks" / "example.yaml"
    file.write_text(file.read_text().replace(left_out, "arr > 5" if "=" in left_out else "", 1))

    found = [one for one in examine(root).findings if one.code == "CSP315"]
    assert found[0].severity is Severity.WARNING
