"""The house: imports go down, files stay short, none tells of one machine, the wheel carries the library."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_playbook.source import shipped

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cs_playbook"
CORE = ("model", "parse", "check", "compile", "plan", "letters", "study")
LONGEST_FILE = 400
# Written in pieces: this file is read too.
TELLING = re.compile(
    "|".join(
        [
            *(rf"(?<![\w.-])/{folder}/" for folder in ("root", "work", "opt")),
            *(rf"{host}\.org" for host in ("pypi", "pythonhosted", "npmjs")),
            *(rf"{scheme}://" for scheme in ("file", "git[+]https?")),
            "https?:/" + "/pypi",
            re.escape(f"{ROOT}/"),
        ]
    )
)
OPENINGS = {"open", "input", "print", "read_text", "read_bytes", "write_text", "write_bytes"}


def test_imports_go_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    floors = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert floors.returncode == 0, floors.stdout + floors.stderr


def test_every_room_of_the_core_is_under_the_contract_of_the_core() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}

    rooms = {f"cs_playbook.{room}" for room in CORE if (PACKAGE / room / "__init__.py").exists()}

    assert set(contracts["core"]["source_modules"]) == rooms


def test_the_core_opens_no_file() -> None:
    openings = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for room in CORE
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for line, name in calls(path)
        if name in OPENINGS
    ]

    assert openings == []


def test_no_file_of_the_package_is_over_400_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}

    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_file_tells_of_one_machine_or_of_a_registry() -> None:
    telling = [
        f"{path}:{number} {found[0]}"
        for path in files_of_the_repository()
        for number, line in enumerate(text_of(ROOT / path).splitlines(), 1)
        if (found := TELLING.search(line))
    ]

    assert telling == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_versions_and_hashes_and_nothing_else(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    hashed = re.compile(r"[a-z0-9-]+==[^\s;]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")

    assert [line for line in requirements if not hashed.fullmatch(line)] == []


def test_the_dev_lock_has_all_of_the_other_lock() -> None:
    everything = pins("requirements-dev.lock")

    assert {name: everything.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


def test_a_checkout_uses_its_own_top_level_folders() -> None:
    assert (shipped.playbooks(), shipped.schemas()) == (ROOT / "playbooks", ROOT / "schemas")


def test_the_wheel_carries_the_library_and_finds_it(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([*build, *offline, str(ROOT)], check=True)
    unpacked = tmp_path / "site-packages"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(unpacked)

    shipped_files = {path.relative_to(unpacked / "cs_playbook" / "_library") for path in library(unpacked)}
    expected = {path for path in files_of_the_repository() if path.parts[0] in {"playbooks", "schemas"}}

    assert shipped_files == expected
    assert {"reference.md", "ten-minutes.md"} <= {
        path.name for path in (unpacked / "cs_playbook" / "language").iterdir()
    }
    assert where_the_library_is(unpacked) == unpacked / "cs_playbook" / "_library" / "playbooks"


def library(unpacked: Path) -> Iterator[Path]:
    return (path for path in (unpacked / "cs_playbook" / "_library").rglob("*") if path.is_file())


def where_the_library_is(unpacked: Path) -> Path:
    ask = """
import sys
sys.path.insert(0, sys.argv[1])
from cs_playbook.source import shipped
print(shipped.playbooks())
"""
    elsewhere = [sys.executable, "-I", "-c", ask, str(unpacked)]
    return Path(subprocess.run(elsewhere, capture_output=True, text=True, check=True).stdout.strip())


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def files_of_the_repository() -> list[Path]:
    """What git tracks, or would: relative to the top level."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("only a git checkout knows which files are its own")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and last name of every call in a file: `a.b.open(…)` gives `open`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield node.lineno, name
            case _:
                pass
