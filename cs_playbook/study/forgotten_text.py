"""A file of ours as text and the traces of a person → the same text without them; where lines are about them, without first names too."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from cs_playbook.model.traces import Traces

_SHORTEST = 4  # letters of a key on a list
_KEY = re.compile(r"(?<![\w@.-])[a-z][0-9a-f]{3,15}(?![\w@-])")
# A digest says one thing in several lines, a page in none: what belongs together is taken together.
_PIECES = {
    ".md": re.compile(r"(?=^(?:\d+\. |#|- ))", re.MULTILINE),
    ".html": re.compile(r"(?=<(?:tr|li)\b)"),
}
_LINES = re.compile(r"(?<=\n)")
_ARTICLE = re.compile(r'<article id="(\w+)".*?</article>', re.DOTALL)

Named = Callable[[str], bool]


def without_them(text: str, suffix: str, traces: Traces, tasks: Collection[str]) -> str:
    """`suffix`: of the file, `.md`. `tasks`: the keys of the lines that are about them."""

    def named(piece: str) -> bool:
        return traces.count(piece) > 0 or any(_is_theirs(key, tasks) for key in _KEY.findall(piece))

    if suffix == ".html":
        text = _without_letters(text, named, traces)
    pieces = _PIECES.get(suffix, _LINES).split(text)
    return "".join(traces.without_any_name(piece) if named(piece) else piece for piece in pieces)


def lines_with(text: str, traces: Traces) -> Iterator[int]:
    """The numbers of the lines that name them."""
    for number, line in enumerate(text.splitlines(), 1):
        if traces.count(line):
            yield number


def _is_theirs(key: str, tasks: Collection[str]) -> bool:
    return key in tasks or (len(key) < 16 and any(task.startswith(key) for task in tasks))


def _without_letters(page: str, named: Named, traces: Traces) -> str:
    """A letter to them is taken out of the page whole, with its line among the contents."""
    for article in list(_ARTICLE.finditer(page)):
        if named(article[0]):
            place = article[1]
            short = (
                f'<article id="{place}" tabindex="-1"><header><h2>{traces.one_mark}</h2></header></article>'
            )
            page = page.replace(article[0], short)
            page = re.sub(rf'<a href="#{place}">.*?</a>', f'<a href="#{place}"><b>{traces.one_mark}</b></a>', page, flags=re.DOTALL)  # fmt: skip
    return page
