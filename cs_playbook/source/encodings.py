"""The name of an encoding → whether an export may be written in it: those of text, not every codec of Python."""

from __future__ import annotations

import codecs

USUAL = ("utf-8", "utf-16", "cp1252", "cp1250", "latin-1", "iso-8859-15", "mac-roman", "ascii")

# Python also knows codecs that pack (zip, hex), that write names of hosts (punycode, idna) or source code
# (unicode_escape): a file read with one of them is refused late, by the byte, or read as something else.
_UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
_EASTERN = (
    "big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk",
    "iso2022_jp", "johab", "shift_jis", "shift_jisx0213",
)  # fmt: skip
_OF_LETTERS = frozenset(("ascii", "koi8-r", "koi8-t", "koi8-u", "tis-620", *_UNICODE, *_EASTERN))
_FAMILIES = ("iso8859-", "mac-")
_PAGES = frozenset(
    ("cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860", "cp861",
     "cp862", "cp863", "cp864", "cp865", "cp866", "cp869", "cp874", *(f"cp125{n}" for n in range(9)))
)  # fmt: skip


def codec_of(encoding: str) -> str | None:
    """Python's own name of the encoding; None where an export cannot be written in it, or there is none."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    return name if name in _OF_LETTERS or name in _PAGES or name.startswith(_FAMILIES) else None


def is_of_python(encoding: str) -> bool:
    """Whether Python knows it at all."""
    try:
        return bool(codecs.lookup(encoding))
    except (LookupError, ValueError):
        return False
