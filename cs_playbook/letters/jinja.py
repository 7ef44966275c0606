"""Jinja text → the pieces of a letter and findings. Jinja only reads: nothing of it is compiled or run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cs_playbook.letters.filters import FILTERS, wrong_arguments
from cs_playbook.letters.pieces import (
    Blank,
    Choice,
    Compared,
    Either,
    Every,
    Filled,
    Filter,
    Fixed,
    Loop,
    Operand,
    Opposite,
    Piece,
    Rows,
    Shown,
    Test,
    Words,
)
from cs_playbook.letters.places import Place, Places
from cs_playbook.letters.plural import PLURAL
from cs_playbook.letters.refusals import ALLOWED, in_plain_words, refusal
from cs_playbook.source.finding import Finding, Span, did_you_mean

_OPERATORS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}
_ROWS = 'write {% for ticket in rows("tickets", "closed_on is null") %} {{ ticket.id }} {% endfor %}'
_ORDER = ("<", "<=", ">", ">=")


def read_jinja(source: str, place: Place) -> tuple[tuple[Piece, ...], list[Finding]]:
    """The pieces of `source` (line ends are "\\n"); findings point into the file by `place`."""
    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        return (), [_syntax(source, error, place)]
    except (RecursionError, ValueError):  # thousands of brackets, a number of thousands of digits
        return (), [_too_deep(place)]
    reader = _Reader(Places(source, _environment().lex(source), place))
    try:
        return reader.pieces(tree.body), reader.findings
    except RecursionError:
        return (), [_too_deep(place)]


def _too_deep(place: Place) -> Finding:
    message = "a tag in this letter is nested too deep or too long to be read"
    return Finding(place(1, 0, 1), "CSP402", message, "write it shorter")


@cache
def _environment() -> Environment:
    # A line that holds only a tag leaves no empty line behind: in Markdown that would split a list.
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)


class _Reader:
    """Holds the findings and the names of the lists gone through, while one tree is read from the top."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._items: tuple[str, ...] = ()
        self._of_rows = False
        self.findings: list[Finding] = [
            Finding(span, "CSP403", "'raw' is not allowed in a letter", ALLOWED) for span in places.raw()
        ]

    def pieces(self, body: Iterable[nodes.Node]) -> tuple[Piece, ...]:
        return tuple(piece for node in body for piece in self._piece(node))

    def _piece(self, node: nodes.Node) -> Iterator[Piece]:
        match node:
            case nodes.Output():
                yield from self._output(node)
            case nodes.If():
                yield self._choice(node)
            case nodes.For():
                yield from self._loop(node)
            case _:
                self._refuse(node)

    def _output(self, node: nodes.Output) -> Iterator[Piece]:
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                yield Words(part.data)
            else:
                yield from self._shown(part)

    def _shown(self, node: nodes.Node) -> Iterator[Shown]:
        filters: list[Filter] = []
        named: nodes.Node | None = node
        while isinstance(named, nodes.Filter):
            filters.insert(0, Filter(named.name, _constants(named)))
            named = named.node
        blank = self._blank(named) if named is not None else None
        self._check_filters(node)
        if blank is not None:
            yield Shown(
                blank, tuple(filters), " | ".join([blank.name, *(f"{f.name}{f.arguments}" for f in filters)])
            )

    def _check_filters(self, node: nodes.Node | None) -> None:
        if not isinstance(node, nodes.Filter):
            return
        self._check_filters(node.node)
        span = self._places.of(node.lineno, node.name)
        if node.name not in FILTERS:
            self._unknown_filter(node.name, span)
        elif wrong := wrong_arguments(Filter(node.name, _constants(node))):
            self._find(span, f"'{node.name}' cannot be used like this", wrong)

    def _unknown_filter(self, name: str, span: Span) -> None:
        if name in ("default", "d"):
            hint = "an empty blank holds the letter back; ask with {% if %} where it may be empty"
        else:
            hint = did_you_mean(name, FILTERS) or ALLOWED
        self._find(span, f"the filter '{name}' is not allowed in a letter", hint)

    # --- names ---

    def _blank(self, node: nodes.Node) -> Blank | None:
        name = _dotted(node)
        if name is None:
            self._refuse(node)
            return None
        span = self._places.of(node.lineno, name)
        root = name.partition(".")[0]
        wrong = _wrong_name(name, root, self._items, self._of_rows)
        if wrong:
            self._find(span, *wrong)
            return None
        return Blank(name, tuple(name.split(".")), span, inside=root in self._items)

    def _find(self, span: Span, message: str, hint: str) -> None:
        self.findings.append(Finding(span, "CSP403", message, hint))

    # --- for ---

    def _loop(self, node: nodes.For) -> Iterator[Piece]:
        item = node.target.name if isinstance(node.target, nodes.Name) else ""
        span = self._places.of(node.lineno, "for")
        if self._items or not item or node.test is not None or node.recursive:
            hint = "write {% for product in account.products %} … {% endfor %}"
            self._find(span, "this 'for' is more than a letter may hold", hint)
            return
        over = self._rows(node.iter) if _is_rows(node.iter) else self._blank(node.iter)
        self._items, self._of_rows = (item,), _is_rows(node.iter)
        body = self.pieces(node.body)
        self._items, self._of_rows = (), False
        otherwise = self.pieces(node.else_)
        if over is not None:
            yield Loop(item, over, body, otherwise)

    def _rows(self, node: nodes.Node) -> Rows | None:
        assert isinstance(node, nodes.Call)
        span = self._places.of(node.lineno, "rows")
        said = [arg.value for arg in node.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
        extra = node.kwargs or node.dyn_args or node.dyn_kwargs
        if extra or len(said) != len(node.args) or len(said) not in (1, 2):
            self._find(span, "rows() is not written like this", _ROWS)
            return None
        table, condition = said[0], said[1] if len(said) == 2 else ""
        return Rows(table, condition, span, self._places.quoted(node.lineno, condition or table))

    # --- if ---

    def _choice(self, node: nodes.If) -> Choice:
        branches = [(self._test(branch.test), self.pieces(branch.body)) for branch in (node, *node.elif_)]
        kept = tuple((test, body) for test, body in branches if test is not None)
        return Choice(kept, self.pieces(node.else_))

    def _test(self, node: nodes.Node) -> Test | None:
        match node:
            case nodes.And():
                return _joined(Every, self._test(node.left), self._test(node.right))
            case nodes.Or():
                return _joined(Either, self._test(node.left), self._test(node.right))
            case nodes.Not():
                item = self._test(node.node)
                return None if item is None else Opposite(item)
            case nodes.Compare():
                return self._compared(node)
            case _:
                blank = self._blank(node)
                return None if blank is None else Filled(blank)

    def _compared(self, node: nodes.Compare) -> Test | None:
        left = self._operand(node.expr)
        # In the order of the text: an operator is found by where the reading has come to.
        steps = [self._step(step, node.lineno) for step in node.ops]
        span, operator, right = steps[-1]
        if left is None or right is None:
            return None
        wrong = _wrong_comparison(left, operator, right, len(steps))
        if wrong:
            self._find(span, *wrong)
            return None
        return Compared(operator, left, right)

    def _step(self, step: nodes.Operand, line: int) -> tuple[Span, str, Operand | None]:
        operator = _OPERATORS[step.op]
        span = self._places.of(line, operator.split()[0])
        return span, operator, self._operand(step.expr)

    def _operand(self, node: nodes.Node) -> Operand | None:
        match node:
            case nodes.Const(value=str() | bool() | int() | float()):
                return Fixed(node.value)
            case nodes.Neg(node=nodes.Const(value=int() | float() as number)):
                return Fixed(-number)
            case nodes.List() | nodes.Tuple():
                return self._choices(node)
            case nodes.Const():
                hint = "write {% if account.x %} or {% if not account.x %}"
                self._find(self._places.of(node.lineno, "none"), "nothing is ever equal to none", hint)
                return None
            case _:
                return self._blank(node)

    def _choices(self, node: nodes.List | nodes.Tuple) -> Fixed | None:
        items = tuple(
            item.value
            for item in node.items
            if isinstance(item, nodes.Const) and isinstance(item.value, str | int | float)
        )
        if len(items) != len(node.items):
            self._refuse(node)
            return None
        return Fixed(items)

    # --- what is refused ---

    def _refuse(self, node: nodes.Node) -> None:
        if _is_rows(node):
            self._find(self._places.of(node.lineno, "rows"), "rows() can only be gone through", _ROWS)
            return
        refused = refusal(node)
        span = self._places.of(node.lineno or 1, refused.word)  # some have no line
        self._find(span, f"{refused.what} is not allowed in a letter", f"{refused.instead}; {ALLOWED}")


def _dotted(node: nodes.Node) -> str | None:
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            root = _dotted(node.node)
            return None if root is None else f"{root}.{node.attr}"
        case _:
            return None


def _is_rows(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "rows"


def _wrong_name(name: str, root: str, items: tuple[str, ...], of_rows: bool) -> tuple[str, str] | None:
    if any(part.startswith("_") for part in name.split(".")):
        return f"'{name}': a name that begins with _ is not a fact", ALLOWED
    if root == "loop" and items:
        return f"'{name}' is not allowed in a letter", ALLOWED
    if root in items and name != root and not of_rows:
        return f"'{root}' is one text of a list: it has no parts", f"write {{{{ {root} }}}}"
    return None


def _constants(node: nodes.Filter) -> tuple[str | int, ...]:
    """What stands in its brackets; what is no text or whole number becomes "?", which no filter takes."""
    if node.name == PLURAL and not node.args:
        return tuple(part for word in node.kwargs for part in (str(word.key), _constant(word.value)))
    named = [*node.kwargs, *filter(None, (node.dyn_args, node.dyn_kwargs))]
    return (*(_constant(arg) for arg in node.args), *("?" for _ in named))


def _constant(node: nodes.Node) -> str | int:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str | int) else "?"


def _joined(kind: type[Every] | type[Either], *items: Test | None) -> Test | None:
    kept = tuple(item for item in items if item is not None)
    return kind(kept) if kept else None


def _wrong_comparison(
    left: Operand, operator: str, right: Operand, comparisons: int
) -> tuple[str, str] | None:
    fixed = [side.value for side in (left, right) if isinstance(side, Fixed)]
    if comparisons > 1:
        return "two comparisons in a row", "join two comparisons with 'and'"
    if len(fixed) == 2:
        return (
            "both sides are written here: the answer never changes",
            "compare a fact: account.tier == 'high'",
        )
    if operator in _ORDER and any(
        not isinstance(value, int | float) or isinstance(value, bool) for value in fixed
    ):
        return f"'{operator}' compares numbers", "texts are compared with == or in"
    if operator.endswith("in") == (isinstance(right, Fixed) and not isinstance(right.value, tuple)):
        return (
            f"'{operator}' cannot be used like this",
            "write account.tier in ['high', 'low'], or 'champion' in contact.roles",
        )
    if isinstance(left, Fixed) and isinstance(left.value, tuple):
        return "a list stands on the left", "write account.tier in ['high', 'low']"
    return None


def _syntax(source: str, error: TemplateSyntaxError, place: Place) -> Finding:
    lines = source.split("\n")
    line = min(max(error.lineno, 1), len(lines))
    tag = re.search(r"\{[{%#]", lines[line - 1])
    message, hint = in_plain_words(error.message or "")
    return Finding(place(line, tag.start() if tag else 0, 2 if tag else 1), "CSP402", message, hint)
