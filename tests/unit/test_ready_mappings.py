"""The ready mappings: each is a sound workspace, reads small exports to the letter, and fits what the tools really export.

After a change of a mapping: `pytest --update` writes tests/mappings/<tool>/expected.txt anew; read it.
"""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from cs_playbook.commands.ready_mappings import ReadyMapping, all_mappings, mapping_of
from cs_playbook.compile.placing import shape
from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Built, Stamp, build
from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.expression import from_day
from cs_playbook.model.value import FieldType
from cs_playbook.parse.catalog import read_catalog
from cs_playbook.source.snapshot import Snapshot

SMALL = Path(__file__).parents[1] / "mappings"
REAL = (Path(__file__).parents[2] / ".." / "shared" / "data").resolve()
FOLDERS = {"telco": "ibm_telco", "ravenstack": "ravenstack_dmy"}
NAMES = ("hubspot", "intercom", "pendo", "ravenstack", "salesforce", "stripe", "telco", "zendesk")
AROUND = {
    "project.yaml": "project: tried\nformat: 1\nsnapshots: data/snapshots\n"
    "ledger: {path: data/ledger.db, id: a1}\ncalendar: {timezone: Europe/Paris}\n",
    "team.yaml": "team: tried\nroles: {csm: {is: lea@vendor.example}}\n",
}
# What real rows of one table may lack in the seeds of the others: their ids and addresses were replaced one by one.
LACKING = {"CSP734", "CSP735", "CSP738", "CSP773"}


def catalog_of(mapping: ReadyMapping, **changes: str) -> Catalog:
    """`changes` replace a line of sources.yaml."""
    texts = dict(mapping.texts)
    for before, after in changes.items():
        texts["sources.yaml"] = texts["sources.yaml"].replace(before, after)
    read = read_catalog({**AROUND, **texts}, {})
    assert [f"{f.span.file}:{f.span.line} {f.message}" for f in read.findings] == []
    assert read.catalog is not None
    return read.catalog


def made(catalog: Catalog, exports: Path, into: Path) -> Built:
    assert catalog.sources is not None
    return build(
        catalog.contract,
        catalog.sources,
        Exports(exports),
        into,
        Stamp(date(2026, 3, 2), "2026-03-02T06:00:00Z", "0"),
    )


def test_these_are_all() -> None:
    assert tuple(mapping.name for mapping in all_mappings()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_small_exports_become_exactly_these_rows(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    catalog = catalog_of(mapping_of(name))

    built = made(catalog, SMALL / name, tmp_path)

    assert [finding.message for finding in built.findings if finding.is_error] == []
    assert built.path is not None
    rows = dumped(catalog, built.path)
    expected = SMALL / name / "expected.txt"
    if request.config.getoption("--update"):
        expected.write_text(rows, encoding="utf-8")
    assert rows == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name != "ravenstack"]
)  # see test_ravenstack_snapshot
def test_real_exports_have_the_columns_and_the_cells_that_are_declared(name: str, tmp_path: Path) -> None:
    exports = real(name, tmp_path / "exports")
    refuse = {
        "bad_rows: refuse": "bad_rows: set_aside\nat_most: 100%",
        **{f"at_most: {n}%": "at_most: 100%" for n in (20, 5)},
    }

    built = made(catalog_of(mapping_of(name), **refuse), exports, tmp_path / "snapshots")

    assert built.manifest is not None, [finding.message for finding in built.findings if finding.is_error]
    hashed = [
        finding
        for finding in built.findings
        if finding.code == "CSP731" and finding.message.endswith("is not one email address")
    ]
    wrong = [
        finding for finding in built.findings if finding.code.startswith("CSP73") and finding not in hashed
    ]
    assert {finding.code for finding in wrong} <= LACKING
    assert dict(built.manifest.tables)["accounts"].rows > 0


@pytest.mark.parametrize("name", NAMES)
def test_small_exports_have_no_column_that_the_tools_do_not_export(name: str, tmp_path: Path) -> None:
    exports = real(name, tmp_path / "exports")

    for small in (SMALL / name).glob("*.csv"):
        assert set(header(small)) <= set(header(exports / small.name)), small.name


def test_the_mapping_of_ravenstack_is_the_one_that_its_tests_read() -> None:
    ours = Path(__file__).parents[1] / "ravenstack"

    for name, text in mapping_of("ravenstack").texts:
        assert text.endswith((ours / name).read_text(encoding="utf-8")), name


def test_a_misspelt_name_is_told_what_was_meant() -> None:
    with pytest.raises(ChoiceError) as error:
        mapping_of("hubspt")

    assert error.value.hint == "did you mean 'hubspot'?"


def real(name: str, into: Path) -> Path:
    """The real exports under the names of their tables."""
    folder = REAL / FOLDERS.get(name, f"fivetran_{name}")
    if not folder.is_dir():
        pytest.skip(f"the exports of {name} are not beside the repository")
    if name in FOLDERS:
        return folder
    into.mkdir()
    for file in folder.glob("*.csv"):
        shutil.copy(file, into / file.name.removeprefix("sf_").replace("_data.csv", ".csv"))
    return into


def header(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return next(csv.reader(opened))


def dumped(catalog: Catalog, path: Path) -> str:
    """Every row of every table as `field: value`, days as days."""
    lines: list[str] = []
    with Snapshot.open(path, shape(catalog.contract)) as snapshot:
        for table in catalog.contract.tables:
            names = [field.name for field in table.fields]
            lines.append(table.name)
            for row in snapshot.connection.execute(f"SELECT {', '.join(names)} FROM {table.name}"):
                said = zip(table.fields, row, strict=True)
                lines.append(
                    "  " + " · ".join(f"{field.name} {shown(field.type, value)}" for field, value in said)
                )
    return "\n".join(lines) + "\n"


def shown(kind: FieldType, value: object) -> str:
    if value is None:
        return "–"
    if kind in (FieldType.DATE, FieldType.HAPPENED):
        return from_day(int(str(value))).isoformat()
    return repr(value) if isinstance(value, str) else str(value)
