"""The page of a success plan for its customer → Markdown, HTML, JSON. What is internal is not in `Page` at all."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from cs_playbook.model.plan_state import Mark
from cs_playbook.report.plan_json import FORMAT_VERSION, plain, written
from cs_playbook.report.values import TIE, date_words, value_words
from cs_playbook.report.words import clean, count, markdown
from cs_playbook.study.plans import Page, PageItem, PageKpi, PageObjective

_NOT_KNOWN = "not known yet"
_BOXES = {Mark.DONE: "x", Mark.OPEN: " ", Mark.LATE: " ", Mark.UNKNOWN: " "}
_STYLE = """
:root{color-scheme:light}
body{margin:0;background:#f4f5f7;color:#1c2733;font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:46rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.2rem;line-height:1.3;margin:0 0 .35rem}
h3{font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;color:#5b6875;margin:1.3rem 0 .4rem}
p{margin:.3rem 0}
.soft{color:#5b6875}
section{background:#fff;border:1px solid #dfe3e8;border-radius:12px;padding:1.4rem 1.5rem;margin-top:1.25rem}
.state{display:inline-block;font-size:.85rem;font-weight:600;padding:.1rem .6rem;border-radius:1rem;background:#e8ecf1;color:#33414e}
.state.good{background:#dff3e4;color:#14622f}.state.late{background:#fdebd3;color:#8a4b00}
.bar{height:.6rem;border-radius:.3rem;background:#e8ecf1;overflow:hidden;min-width:6rem}
td .bar{margin-top:.5rem}
.bar i{display:block;height:100%;background:#2563a8}
table{border-collapse:collapse;width:100%}
td{padding:.35rem .5rem .35rem 0;vertical-align:top;border-top:1px solid #eef1f4}
tr:first-child td{border-top:0}
.when{text-align:right;white-space:nowrap;color:#5b6875;padding-right:0}
.done{color:#5b6875}.mark{width:1.4rem}
.late{color:#8a4b00}
@media print{body{background:#fff}section{break-inside:avoid}}
@media (max-width:34rem){.when{white-space:normal}}
"""


# --- Markdown ---


def as_markdown(page: Page) -> str:
    return "\n".join(_markdown(page)).replace(TIE, " ") + "\n"


def _markdown(page: Page) -> Iterator[str]:
    yield f"# {markdown(page.title)}\n"
    yield f"{markdown(_head(page))}\n"
    yield f"**{_state(page.status)}** · {_percent(page.progress)}\n"
    for one in page.objectives:
        yield f"## {markdown(one.title)}\n"
        yield f"**{_state(one.status)}** · {_percent(one.progress)}{_by(one)}\n"
        for label, said in _words(one):
            yield f"{label}: {markdown(said)}\n"
        if one.kpis:
            yield "| | start | today | target | |\n|---|--:|--:|--:|--:|"
            for kpi in one.kpis:
                cells = " | ".join(
                    markdown(cell) for cell in (kpi.title, *_values(kpi, page), _percent(kpi.progress))
                )
                yield f"| {cells} |"
            yield ""
        for label, items in (("Milestones", one.milestones), ("In the way", one.blockers)):
            if items:
                yield f"{label}:\n"
                yield from (
                    f"- [{_BOXES[item.mark]}] {markdown(_title(item, page))}{_tail(item)}" for item in items
                )
                yield ""


def _tail(item: PageItem) -> str:
    when = _when(item)
    return f", {markdown(when)}" if when else ""


# --- HTML ---


def as_html(page: Page) -> str:
    """One file, to be sent or printed as it is: no script, nothing from elsewhere."""
    head = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(page.title)}</title><style>{_STYLE}</style></head>"
    )
    top = (
        f'<h1>{_text(page.title)}</h1><p class="soft">{_text(_head(page))}</p>'
        f"<p>{_pill(page.status)} {_text(_percent(page.progress))}</p>{_bar(page.progress)}"
    )
    return f"{head}<body><main>{top}{''.join(_section(one, page) for one in page.objectives)}</main></body></html>\n"


def _section(one: PageObjective, page: Page) -> str:
    said = "".join(f'<p><span class="soft">{label}:</span> {_text(text)}</p>' for label, text in _words(one))
    kpis = "".join(_kpi_row(kpi, page) for kpi in one.kpis)
    parts = [
        f"<h2>{_text(one.title)}</h2><p>{_pill(one.status)} {_text(_percent(one.progress) + _by(one))}</p>",
        said,
    ]
    parts += [f"<h3>Where we are</h3><table>{kpis}</table>"] if kpis else []
    for label, items in (("Milestones", one.milestones), ("In the way", one.blockers)):
        rows = "".join(_item_row(item, page) for item in items)
        parts += [f"<h3>{label}</h3><table>{rows}</table>"] if rows else []
    return f"<section>{''.join(parts)}</section>"


def _kpi_row(kpi: PageKpi, page: Page) -> str:
    start, today, target = _values(kpi, page)
    return (
        f'<tr><td>{_text(kpi.title)}<br><span class="soft">from {_text(start)} to {_text(target)}, '
        f"today {_text(today)}</span></td><td>{_bar(kpi.progress)}</td>"
        f'<td class="when">{_text(_percent(kpi.progress))}</td></tr>'
    )


def _item_row(item: PageItem, page: Page) -> str:
    mark = "✓" if item.mark is Mark.DONE else "○"
    style = "done" if item.mark is Mark.DONE else "late" if item.mark is Mark.LATE else ""
    return (
        f'<tr class="{style}"><td class="mark">{mark}</td><td>{_text(_title(item, page))}</td>'
        f'<td class="when">{_text(_when(item))}</td></tr>'
    )


def _pill(status: str) -> str:
    style = "good" if status in ("on track", "achieved") else "late" if status in ("behind", "missed") else ""
    return f'<span class="state {style}">{_text(_state(status))}</span>'


def _bar(progress: float | None) -> str:
    if progress is None:
        return ""
    return f'<div class="bar"><i style="width:{progress * 100:.0f}%"></i></div>'


def _text(said: str) -> str:
    return escape(clean(said))


# --- JSON ---


def as_json(page: Page) -> str:
    """The same page as values. Days as 2026-03-31, shares from 0 to 1, unknown as null."""
    content = {key: value for key, value in plain(page).items() if key != "units"}
    return written({"format_version": FORMAT_VERSION, **content})


# --- words of all three ---


def _head(page: Page) -> str:
    said = [page.account, date_words(page.day)]
    if page.agreed_on is not None:
        by = f" with {page.agreed_by}" if page.agreed_by else ""
        said.append(f"agreed{by} on {date_words(page.agreed_on)}")
    if page.review:
        said.append(f"we look at it together {page.review}")
    return " · ".join(said).replace(TIE, " ")


def _state(status: str) -> str:
    return status or _NOT_KNOWN


def _percent(progress: float | None) -> str:
    return _NOT_KNOWN if progress is None else f"{progress * 100:.0f}{TIE}%"


def _by(one: PageObjective) -> str:
    return "" if one.deadline is None else f", by {date_words(one.deadline)}".replace(TIE, " ")


def _words(one: PageObjective) -> Iterator[tuple[str, str]]:
    if one.problem:
        yield "Today", one.problem
    if one.success:
        yield "It has worked when", one.success


def _values(kpi: PageKpi, page: Page) -> tuple[str, str, str]:
    kind, unit = page.units.get(kpi.fact, (None, ""))
    start, today, target = (
        _NOT_KNOWN if value is None else value_words(value, kind, unit).replace(TIE, " ")
        for value in (kpi.start, kpi.current, kpi.target)
    )
    return start, today, target


def _title(item: PageItem, page: Page) -> str:
    return f"{item.title} ({page.account})" if item.theirs else item.title


def _when(item: PageItem) -> str:
    due = "" if item.due is None else date_words(item.due).replace(TIE, " ")
    match item.mark:
        case Mark.DONE:
            return "done" if item.done_on is None else f"done on {date_words(item.done_on)}".replace(TIE, " ")
        case Mark.LATE:
            return f"was due {due}, {count(item.days_late, 'day')} ago"
        case _:
            return f"by {due}" if due else ""
