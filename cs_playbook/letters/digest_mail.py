"""A digest in Markdown → the words of a mail, as text and as HTML."""

from __future__ import annotations

import re
from html import escape

from cs_playbook.letters.layout import lay_out
from cs_playbook.letters.markdown import mark_up
from cs_playbook.letters.render import Rendered
from cs_playbook.letters.said import UNREADABLE

# A digest links to files beside it, which no reader of a mail has: there the path alone stays.
_TO_A_FILE = re.compile(r"\[([^\]\n]*)\]\((?!https?:|mailto:)[^)\n]*\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def digest_mail(digest: str) -> Rendered:
    """Its first heading is the subject."""
    words = _TO_A_FILE.sub(r"\1", digest)
    heading = words.partition("\n")[0].removeprefix("# ")
    subject = UNREADABLE.sub(" ", _ESCAPED.sub(r"\1", heading)).strip() or "Digest"
    marked = mark_up(words)
    return Rendered(subject, words, marked.text, lay_out(marked.html, escape(subject), "en", "ltr"))
