"""What a playbook is meant to move: whether its objective names a KPI there is."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.source.finding import Finding, did_you_mean


def objectives_name_a_kpi(asked: Asked) -> Iterator[Finding]:
    """CSP560 An objective that names no KPI

    `objective: {kpi: …}` names a figure of a file that begins with `kpis:`, so that `cs-playbook kpis` can say
    where it stands, and which playbooks are meant to move it. What cannot be reckoned from a snapshot is a
    sentence.

    Fails:

        # kpis.yaml
        kpis:
          gross_retention: {retention: arr, as: gross, over: 12 months}

        # playbooks/example.yaml
        objective: {kpi: gross_retenton, from: 0.90, to: 0.92}

    Mended:

        # kpis.yaml
        kpis:
          gross_retention: {retention: arr, as: gross, over: 12 months}

        # playbooks/example.yaml
        objective: {kpi: gross_retention, from: 0.90, to: 0.92}
    """
    aim, catalog = asked.playbook.words.aim, asked.catalog
    if aim is None or aim.kpi in catalog.kpis or aim.kpi in catalog.unread_kpis:
        return
    known = ", ".join(catalog.kpis)
    near = did_you_mean(aim.kpi, catalog.kpis) or (f"there are: {known}" if known else "")
    hint = near or "say it in a sentence, objective: …, or define it in a file that begins with `kpis:`"
    yield Finding(aim.span, "CSP560", f"there is no KPI '{aim.kpi}'", hint)
