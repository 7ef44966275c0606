"""One slip of the pen, one finding: what follows from it is not told too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from holidays import list_supported_countries

from cs_playbook.commands.validating import validate
from cs_playbook.parse.countries import COUNTRIES
from cs_playbook.report.findings import Looked, about_branches, as_text, without_notes
from cs_playbook.source.finding import Finding
from tests.builders import World, library

SLIPS = {
    "the field a role comes from": ("team.yaml", "{from: csm_email,", "{from: csm_emial,"),
    "who stands in": ("team.yaml", "{from: csm_email, else: cs_ops}", "{from: csm_email, else: cs_op}"),
    "the key of a role": ("team.yaml", "csm: {from:", "csm: {form:"),
    "the type of a number": ("data.yaml", "arr: number", "arr: numbr"),
    "the type of a list": ("data.yaml", "roles: list", "roles: lst"),
    "the type of an address": ("data.yaml", "csm_email: email", "csm_email: emial"),
    "the subject of a letter": ("emails/onboarding/training-invitation/en.md", "subject:", "subjct:"),
    "a country": ("project.yaml", "holidays: [FR]", "holidays: [FRR]"),
    "the person of a role": ("team.yaml", "cs_ops: {is: nora@", "cs_ops: {is: norah@"),
    "a name for an address": ("team.yaml", "cs_ops: {is: nora@vendor.example}", "cs_ops: {is: Nora Lindqvist}"),
    "nobody to write to": ("playbooks/onboarding.yaml", "    to: {first_of: [sponsor, champion, admins]}\n", ""),
    "who does it": ("playbooks/onboarding.yaml", "    owner: csm\n    due", "    onwer: csm\n    due"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_one_slip_is_one_finding(slip: str, tmp_path: Path) -> None:
    file, before, after = SLIPS[slip]
    world = without_stories(tmp_path / "w")
    text = (world.root / file).read_text(encoding="utf-8")
    assert before in text
    world.write(file, text.replace(before, after, 1))

    found = findings(world)

    assert [finding.span.file for finding in found] == [file], found


@pytest.mark.parametrize(
    ("slip", "hint"),
    [
        ("a country", "did you mean 'FR'?"),
        ("the person of a role", "did you mean 'nora@vendor.example'?"),
        ("a name for an address", "write cs_ops: {is: nora@vendor.example}"),
        (
            "nobody to write to",
            "people of the customer are: admins, best_contact, billing_contact, champion, respondent, sponsor, webinar_guest; e.g. to: admins",
        ),
    ],
)
def test_the_hint_names_what_is_meant(slip: str, hint: str, tmp_path: Path) -> None:
    file, before, after = SLIPS[slip]
    world = without_stories(tmp_path / "w")
    world.write(file, (world.root / file).read_text(encoding="utf-8").replace(before, after, 1))

    assert hint in {finding.hint for finding in findings(world)}


def test_the_countries_are_those_whose_holidays_are_known() -> None:
    known = {code for code in list_supported_countries(include_aliases=True) if len(code) == 2}

    assert known == COUNTRIES


def test_answers_that_lead_nowhere_are_one_line_unless_somebody_asks(tmp_path: Path) -> None:
    world = without_stories(tmp_path / "w")
    world.write(
        "playbooks/extra.yaml",
        "playbook: extra\ntitle: Extra\nstatus: draft\nowner: cs_ops\nwhy: To show it.\ntrigger: {when: arr > 1}\nsteps:\n"
        "  - {id: call, task: Call them, owner: csm, outcomes: [agreed, no_answer]}\n"
        "  - {id: note, task: Note it, owner: csm, after: {call: agreed}}\n",
    )
    found = validate(world.root, None).findings

    said = as_text(without_notes(found), {}, Looked(1, 0.0), 80, about_branches(found))

    assert "steps have answers that nothing follows: each ends only its branch" in said
    assert "validate -v lists them" in " ".join(said.split())
    assert about_branches(without_notes(found)) == ""


def findings(world: World) -> tuple[Finding, ...]:
    return without_notes(validate(world.root, None).findings)


def without_stories(folder: Path) -> World:
    """They take a third of the time, and none of these slips stands in one."""
    world = library(folder)
    shutil.rmtree(world.root / "tests")
    return world
