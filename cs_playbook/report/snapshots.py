"""Snapshots → what was built, what changed, what is in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.source.manifest import Manifest


def built_text(manifest: Manifest, folder: Path) -> str:
    rows = " · ".join(f"{name} {entry.rows}" for name, entry in manifest.tables)
    aside = sum(entry.set_aside for _, entry in manifest.tables)
    lines = [f"Snapshot of {day_with_year(manifest.day)}: {rows}"]
    if aside:
        lines.append(f"{count(aside, 'row')} set aside, listed above")
    lines += _not_exported(manifest)
    lines.append(f"{folder / (manifest.day.isoformat() + '.db')}      next: cs-playbook dry-run")
    return "\n".join(lines) + "\n"


def shown_text(manifest: Manifest, days: Sequence[date]) -> str:
    """Rows and the emptiest fields, by table."""
    lines = [f"Snapshot of {day_with_year(manifest.day)}, built {manifest.built_at}", ""]
    for name, entry in manifest.tables:
        aside = f", {entry.set_aside} set aside" if entry.set_aside else ""
        lines.append(f"  {name:<16} {entry.rows:>9} rows{aside}")
        empty = sorted(((missing, field) for field, missing in entry.empties if missing), reverse=True)
        if empty and entry.rows:
            shares = ", ".join(f"{field} {_share(missing, entry.rows)}" for missing, field in empty[:6])
            lines.append(f"  {'':<16} empty: {shares}{' …' if len(empty) > 6 else ''}")
    lines += [f"  {line}" for line in _not_exported(manifest)]
    lines += ["", "made of:"]
    lines += [
        f"  {clean(source.file)}   {source.rows} rows   sha256 {source.sha256[:12]}"
        for source in manifest.sources
    ]
    lines += [
        "",
        f"{count(len(days), 'snapshot')}, from {days[0].isoformat()} to {days[-1].isoformat()}"
        if days
        else "",
    ]
    return "\n".join(lines) + "\n"


def _not_exported(manifest: Manifest) -> list[str]:
    names = ", ".join(map(clean, manifest.not_exported))
    return [f"not exported, so unknown: {names}"] if names else []


def _share(part: int, whole: int) -> str:
    share = part / whole * 100
    return f"{share:.0f} %" if share >= 1 else "< 1 %"


def as_json(manifest: Manifest) -> str:
    tables = {
        name: {"rows": entry.rows, "set_aside": entry.set_aside, "empties": dict(entry.empties)}
        for name, entry in manifest.tables
    }
    content = {
        "format_version": 1,
        "day": manifest.day.isoformat(),
        "built_at": manifest.built_at,
        "sha256": manifest.sha256,
        "tables": tables,
        "not_exported": list(manifest.not_exported),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
