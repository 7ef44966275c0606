"""A text with blanks → a sentence: `Find out what changed at {{ account.name }}`."""

from __future__ import annotations

import re

from cs_playbook.model.expression import Name, ScopeName
from cs_playbook.model.step import Sentence
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean, did_you_mean_part
from cs_playbook.source.tree import Scalar

_BLANK = re.compile(r"\{\{\s*(?P<name>[^{}]*?)\s*\}\}")
SINGLE_BRACES = re.compile(r"\{\s*(?P<name>(?:account|contact|row|steps|[a-z_]+)\.[a-z_][a-z0-9_.]*)\s*\}")
_NAME = re.compile(
    r"(?:(?:account|parent|row|contact|given)|steps\.[a-z][a-z0-9_]*)\.[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?\Z"
)


_SAID = (ScopeName.ACCOUNT, ScopeName.ROW, ScopeName.CONTACT, ScopeName.ENROLLMENT)


def read_sentence(node: Scalar, scope: Scope) -> tuple[Sentence, list[Finding]]:
    """The pieces of a sentence; a blank that nothing can fill is a finding, and stays as written."""
    pieces: list[str | Name] = []
    findings: list[Finding] = []
    position = 0
    for blank in _BLANK.finditer(node.text):
        pieces.append(node.text[position : blank.start()])
        name = _fact(blank["name"], scope)
        if name is None:
            findings.append(_unknown(node, blank, scope))
        pieces.append(name or blank.group())
        position = blank.end()
    pieces.append(node.text[position:])
    findings += _left_over(node)
    return Sentence(node.text, tuple(piece for piece in pieces if piece != ""), node.span), findings


def _fact(written: str, scope: Scope) -> Name | None:
    if not _NAME.match(written):
        return None
    first, _, rest = written.partition(".")
    found = scope.find(Name(rest if first == "account" else written))
    return found if found is None or found.scope in _SAID else None


def _unknown(node: Scalar, blank: re.Match[str], scope: Scope) -> Finding:
    span = node.place(blank.start("name"), max(len(blank["name"]), 1))
    written = blank["name"]
    if written.startswith("contact.") and not scope.contact:
        return Finding(
            span,
            "CSP310",
            f"'{written}': this step is about no contact",
            "say `about:` with a role of contacts",
        )
    first = written.partition(".")[0]
    if scope.person is not None and first in ("account", "parent", "row", "contact"):
        fact = f"'{written}': this playbook is about a person ('{scope.person}'), not about an account"
        return Finding(span, "CSP310", fact, "say it in words: whose list it is on knows who is meant")
    if first == "row" and scope.row is None:
        fact = f"'{written}': this playbook is about whole accounts, not about rows"
        return Finding(span, "CSP310", fact, "`trigger: {one_per: <table>}` makes it one per row")
    above = scope.facts if first == "parent" and scope.contract.accounts.parent else ()
    known = [f"parent.{fact}" for fact in above]
    known += [f"account.{fact}" for fact in scope.facts] + [name for name in scope.known() if "." in name]
    roots = ("account", "parent", "row", "contact", "given", "steps")
    near = did_you_mean_part(written, known) if did_you_mean(first, roots) or first in roots else ""
    near = _of_account(written, scope) or near
    return Finding(
        span,
        "CSP310",
        f"nothing fills the blank '{written}'",
        near or _what_there_is(first, scope),
    )


def _of_account(written: str, scope: Scope) -> str:
    """Conditions call a fact of the account by its bare name; a sentence says whose it is. There are no filters here."""
    bare, filtered, _ = (part.strip() for part in written.partition("|"))
    fact = bare.removeprefix("account.")
    if fact not in scope.facts or (fact != bare and not filtered):
        return ""
    return f"write 'account.{fact}'{' alone: filters are for letters' if filtered else ''}"


def _what_there_is(first: str, scope: Scope) -> str:
    if first == "account" and scope.facts:
        facts = sorted(scope.facts)
        return f"of an account there are: {', '.join(facts[:12])}{' …' if len(facts) > 12 else ''}"
    given = f"{', '.join(f'given.{name}' for name in scope.given)}, " if scope.given else ""
    return f"blanks here are {given}account.x, row.x and contact.x"


def _left_over(node: Scalar) -> list[Finding]:
    if "{{" in _BLANK.sub("", node.text):
        return [
            Finding(
                node.span, "CSP311", "a blank is opened here and never closed", "write {{ account.name }}"
            )
        ]
    if "{%" in node.text or "{#" in node.text:
        return [
            Finding(
                node.span,
                "CSP311",
                "only blanks like {{ account.name }} can stand in a sentence",
                "for more, write an email file",
            )
        ]
    single = SINGLE_BRACES.search(_BLANK.sub("", node.text))
    if single is not None:
        return [
            Finding(
                node.span,
                "CSP311",
                f"'{single[0]}' would be read as it stands",
                f"a blank has two braces: {{{{ {single['name']} }}}}",
            )
        ]
    return []
