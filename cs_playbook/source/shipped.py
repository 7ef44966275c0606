"""Nothing → where the program, the starter library and the JSON Schemas lie, in a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_IN_THE_WHEEL = _PACKAGE / "_library"  # where pyproject.toml puts both folders when it builds
_IN_A_CHECKOUT = _PACKAGE.parent


def playbooks() -> Path:
    """The starter library: a folder in the shape of a workspace."""
    return _shipped("playbooks")


def schemas() -> Path:
    """The folder of the JSON Schemas, one small file per kind."""
    return _shipped("schemas")


def language() -> Path:
    """The folder of what there is to read about the language."""
    return _PACKAGE / "language"


def guide() -> Path:
    """The folder of the pages for those who work with the program, one each."""
    return _PACKAGE / "guide"


def hosts() -> Path:
    """The folder of what hosts of code run for each pull request."""
    return _PACKAGE / "hosts"


def mappings() -> Path:
    """The folder of the ready mappings: one folder a tool, with its data.yaml and sources.yaml."""
    return language() / "mappings"


def program() -> Path:
    """The folder of this very program."""
    return _PACKAGE


def _shipped(folder: str) -> Path:
    # What stands beside an installed package belongs to strangers: the wheel's own library goes first.
    return (_IN_THE_WHEEL if _IN_THE_WHEEL.is_dir() else _IN_A_CHECKOUT) / folder
