"""What a person writes instead of a letter (a line `Subject: …`, Markdown below) → the same parts as a rendered letter."""

from __future__ import annotations

import re

from cs_playbook.letters.layout import lay_out
from cs_playbook.letters.markdown import Markup, mark_up, mark_up_lines, refused_in
from cs_playbook.letters.render import Rendered
from cs_playbook.letters.said import UNREADABLE, one_line, reads_from
from cs_playbook.letters.signature import RULE, with_signature

_SUBJECT = re.compile(r"\ASubject:[ \t]*(.*)\Z", re.IGNORECASE)
_RULE = re.compile(r"^-- ?\n", re.MULTILINE)  # editors take a space away at the end of a line
_MARKS = re.compile("[\ue000-\ue003]")  # ours, where values stand in a letter
_SPACES = str.maketrans("", "", "\n\t")


def as_text(subject: str, markdown: str) -> str:
    """As it is given to an editor."""
    return f"Subject: {subject}\n\n{markdown}"


def by_hand(text: str, language: str) -> Rendered | str:
    """A sentence that says what is wrong, where no mail can be made of it."""
    first, _, rest = text.replace("\r\n", "\n").lstrip("\ufeff\n").partition("\n")
    said = _SUBJECT.match(first)
    subject, markdown = one_line(said[1]) if said else "", _MARKS.sub("", rest).strip("\n") + "\n"
    if said is None or not subject:
        return "its first line is not `Subject: …`" if said is None else "its subject is empty"
    wrong = _wrong(markdown)
    if wrong:
        return wrong
    markup = _marked_up(markdown)
    title = subject.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = lay_out(markup.html, title, language, reads_from(language))
    return Rendered(subject, markup.markdown, markup.text, html)


def _marked_up(markdown: str) -> Markup:
    """What stands below the last line `-- ` is the signature, as it was given to the editor."""
    *letter, below = _RULE.split(markdown)
    if not letter or not below.strip() or not "".join(letter).strip():
        return mark_up(markdown)
    return with_signature(mark_up(f"{RULE}\n".join(letter)), mark_up_lines(below))


def _wrong(markdown: str) -> str:
    if not markdown.strip():
        return "it has no words below its subject"
    if UNREADABLE.search(markdown.translate(_SPACES)):
        return "it holds control letters"
    refused = refused_in(markdown)
    if refused:
        return f"line {refused[0].line + 3}: '{refused[0].what}' is a picture, or a link that mail programs refuse"
    return ""
