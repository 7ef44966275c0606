"""The address of an owner → the name of their folder among the files of a day."""

from __future__ import annotations

import hashlib
import re

_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9@._+-]{0,80}[A-Za-z0-9@_+-])?\Z")


def folder_of(owner: str) -> str:
    """A folder for an owner: the address itself where it is safe as a name, else a name made of it.

    Some systems take Lea@x and lea@x for one folder: whoever is written with capitals gets a mark of their own,
    whether or not the other is there, so that a folder keeps its name from day to day.
    """
    mark = hashlib.blake2b(owner.encode(), digest_size=6).hexdigest()
    if not _SAFE.match(owner) or ".." in owner:
        return f"owner-{mark}"
    return owner if owner == owner.lower() else f"{owner.lower()}~{mark}"
