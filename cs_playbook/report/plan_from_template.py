"""A template's text, an account and what the snapshot knows of it → the text of its success plan, open questions as
comments. What people wrote in the template, comments and layout too, stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from cs_playbook.model.value import Value
from cs_playbook.report.words import clean
from cs_playbook.report.yaml_words import comment, word
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import Node, Scalar, Sequence

_DECIMALS = 3


class ForAccount(Struct, frozen=True):
    """`key` as the snapshot has it. `about`: what is known of it, in words. `facts`: by name, for the starts of KPIs.

    `people`: name and roles of those who matter there.
    """

    key: str | int
    name: str
    about: str
    facts: Mapping[str, Value]
    people: tuple[tuple[str, tuple[str, ...]], ...]
    day: date


def plan_from_template(name: str, root: Block, source: str, account: ForAccount) -> str:
    """`root`, `source`: the template's nodes and text."""
    title = _text(root, "title")
    lines = [
        f"success_plan: {name}",
        f"title: {_from_data(f'{account.name}: {title}' if title else account.name)}",
        f"account: {word(account.key) if isinstance(account.key, str) else account.key}{_aside(account.about)}",
        f"template: {_text(root, 'success_plan')}",
        "# Until they have agreed it is a draft, and nothing of it becomes a task. Then say who, and when:",
        f"# agreed: {{by: , day: {account.day.isoformat()}}}",
    ]
    rest = {key.text: part for key, part in _parts(root, source)}
    for key, part in rest.items():
        if key == "handover":
            lines += [*_questions(root.get("handover")), *_people(account)]
        elif key not in ("success_plan", "title", "template", "account"):
            lines.append(_with_starts(part, root.get(key), key, account, root))
    if "handover" not in rest:
        lines += _people(account)
    return "\n".join(lines) + "\n"


def _from_data(text: str) -> str:
    """What came out of an export: nothing in it is a blank to fill, nor a letter that nobody can see."""
    return word(clean(text).replace("{{", "{ {").replace("{%", "{ %"))


def _text(root: Block, key: str) -> str:
    value = root.get(key)
    return value.text if isinstance(value, Scalar) else ""


def _aside(about: str) -> str:
    return f"      # {comment(about)}" if about else ""


def _parts(root: Block, source: str) -> Iterator[tuple[Scalar, str]]:
    """Each top key with its lines, as far as the next one."""
    lines = source.splitlines()
    starts = [key.span.line - 1 for key, _ in root.entries]
    for (key, _), start, end in zip(root.entries, starts, [*starts[1:], len(lines)], strict=True):
        yield key, "\n".join(lines[start:end]).rstrip()


def _questions(node: Node | None) -> Iterator[str]:
    """Each question above its answer, which is empty."""
    yield "handover:                  # plan.missing counts what has no answer"
    for key, question in node.entries if isinstance(node, Block) else ():
        if isinstance(question, Block):
            yield f"  {key.text}:"
            for kind, asked in question.entries:
                yield from _asked(kind.text, asked, "    ")
        else:
            yield from _asked(key.text, question, "  ")


def _asked(key: str, question: Node, indent: str) -> Iterator[str]:
    if isinstance(question, Scalar) and question.text:
        yield f"{indent}# {' '.join(question.text.split())}"
    yield f"{indent}{key}:"


def _people(account: ForAccount) -> Iterator[str]:
    if account.people:
        yield "stakeholders:              # how do they feel about it, what would they gain?  sentiment: good, neutral, bad; wants: …"
    for name, roles in account.people:
        yield f"  - {{name: {_from_data(name)}, role: {_from_data(', '.join(roles))}}}"


# --- what the figures are today ---


def _with_starts(part: str, node: Node | None, key: str, account: ForAccount, root: Block) -> str:
    """The KPIs begin where the account stands today."""
    if key != "objectives" or node is None:
        return part
    lines = part.split("\n")
    first = next(entry.span.line for entry, _ in root.entries if entry.text == key)
    found = [kpi for kpi in _kpis(node) if isinstance(kpi.get("start"), Scalar)]
    # From the end, so that what stands before keeps its place.
    for kpi in sorted(found, key=lambda one: one.get("start").span, reverse=True):  # type: ignore[union-attr]
        start, today = kpi.get("start"), _today(kpi, account)
        if isinstance(start, Scalar) and today is not None:
            at, column = start.span.line - first, start.span.column - 1
            lines[at] = lines[at][:column] + today + lines[at][column + len(start.text) :]
    return "\n".join(lines)


def _kpis(node: Node) -> Iterator[Block]:
    objectives = node.items if isinstance(node, Sequence) else ()
    for objective in objectives:
        kpis = objective.get("kpis") if isinstance(objective, Block) else None
        yield from (
            kpi for kpi in (kpis.items if isinstance(kpis, Sequence) else ()) if isinstance(kpi, Block)
        )


def _today(kpi: Block, account: ForAccount) -> str | None:
    """None where it is not known, or at its target already."""
    name, target = kpi.get("kpi"), kpi.get("target")
    value = account.facts.get(name.text) if isinstance(name, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    today = f"{round(value, _DECIMALS):g}"
    return None if isinstance(target, Scalar) and today == f"{float(target.text):g}" else today
