"""The defaults that the reference names are those of the parser: written down they change nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from cs_playbook.commands.workspace import open_workspace
from cs_playbook.parse.steps import BELONGS, VERBS
from cs_playbook.source.finding import Span
from cs_playbook.values import names_of
from tests.unit.test_reference import HOME, content, examined, ground, lay_out, loud, schemas

SHORT_PROJECT = """\
project: acme-cs
format: 1
snapshots: data/snapshots
ledger: {path: data/ledger.db}
calendar: {}
stop_when: {}
channels: {cs-risk: {webhook_from_environment: CS_RISK_WEBHOOK}}
"""
NOT_OF_THE_MEANING = ("span", "at", "account_span", "query_span", "places", "text", "definition", "files")


def test_a_default_that_is_written_down_changes_nothing(tmp_path: Path) -> None:
    """What the page says holds where a key is left out, written into every file in which it may stand."""
    plain_files = {**ground(), HOME["project"]: SHORT_PROJECT}
    full = {
        name: with_defaults(text) if name.endswith(".yaml") else text for name, text in plain_files.items()
    }

    assert loud(examined(full, tmp_path / "looked")) == []
    before = open_workspace(lay_out(plain_files, tmp_path / "before")).catalog
    after = open_workspace(lay_out(full, tmp_path / "after")).catalog

    assert full["playbooks/onboarding.yaml"].count("2 business days") == 1
    assert without_places(after) == without_places(before)


def with_defaults(text: str) -> str:
    value = content(text)
    kind = next(iter(value))
    return json.dumps(filled(value, schemas()[kind], schemas()[kind]), ensure_ascii=False)


def filled(value: Any, inner: Mapping[str, Any], kind: Mapping[str, Any]) -> Any:
    named = str(inner.get("$ref", "")).removeprefix("#/definitions/")
    inner = kind["definitions"][named] if named else inner
    if isinstance(value, list):
        return [filled(item, inner.get("items", {}), kind) for item in value]
    if not isinstance(value, dict):
        return value
    known = inner.get("properties", {})
    verb = next((verb for verb in VERBS if verb in value), "") if named == "step" else ""
    defaults = {
        name: one["default"]
        for name, one in known.items()
        if "default" in one and (not verb or name in BELONGS[verb])
    }
    others = inner.get("additionalProperties")
    others = others if isinstance(others, dict) else {}
    written = {name: filled(item, known.get(name, others), kind) for name, item in value.items()}
    return {**written, **{name: default for name, default in defaults.items() if name not in value}}


def without_places(value: Any) -> Any:
    if isinstance(value, Struct):
        named = {name: without_places(getattr(value, name)) for name in names_of(value)}
        return {
            name: one
            for name, one in named.items()
            if name not in NOT_OF_THE_MEANING and not isinstance(one, Span)
        }
    if isinstance(value, Mapping):
        return {name: without_places(one) for name, one in value.items() if not isinstance(one, Span)}
    if isinstance(value, tuple | list):
        return [without_places(one) for one in value]
    return None if isinstance(value, Span) else value
