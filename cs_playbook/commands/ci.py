"""A workspace → the files with which a host of code looks at each pull request; nothing that is there is written over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal as OneOf
from typing import get_args

from cs_playbook.commands.outside import refuse_link
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.source import shipped
from cs_playbook.source.files import below_top

Host = OneOf["github", "gitlab"]
HOSTS: tuple[Host, ...] = get_args(Host)

_PLACES = {"github": ".github/workflows/playbooks.yml", "gitlab": ".gitlab/cs-playbook.yml"}
_INCLUDE = ".gitlab-ci.yml", "include:\n  - local: .gitlab/cs-playbook.yml\n"


def write_ci(root: Path, host: Host, version: str) -> tuple[tuple[Path, str], ...]:
    """(file, what became of it): written, was there already, or what is to be done by hand.

    `root`: of the workspace; the files go to the top of its repository. ChoiceError where another file is in the way.
    """
    below = below_top(root)
    top = root.resolve().parents[below.count("/") - 1] if below else root.resolve()
    place = _PLACES[host]
    made = [(top / place, _put(top, place, _filled(host, below, version)))]
    if host == "gitlab":
        made.append((top / _INCLUDE[0], _include(top)))
    return tuple(made)


def _filled(host: Host, below: str, version: str) -> str:
    text = (shipped.hosts() / f"{host}.yml").read_text(encoding="utf-8")
    folder = below.rstrip("/") or "."
    if "${{" in folder or "\n" in folder or "$" in folder:
        raise ChoiceError(
            f"the folder '{folder}' cannot be named in a workflow", "give it a plain name first"
        )
    return text.replace("@WORKSPACE@", json.dumps(folder, ensure_ascii=False)).replace(
        "@RANGE@", _range(version)
    )


def _range(version: str) -> str:
    """`>=0.1.0,<0.2`: what is written for this version runs with the next small ones."""
    major, minor, *_ = version.split(".")
    below = f"{major}.{int(minor) + 1}" if major == "0" else str(int(major) + 1)
    return f">={version},<{below}"


def _put(top: Path, place: str, text: str) -> str:
    file = top / place
    refuse_link(top, file)
    if file.exists() or file.is_symlink():
        if file.is_file() and file.read_text(encoding="utf-8", errors="replace") == text:
            return "was there already"
        raise ChoiceError(
            f"{file} is there already, and is another", "move it away first, or go on with yours"
        )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}", "look at its permissions") from error
    return "written"


def _include(top: Path) -> str:
    """Somebody's own pipeline is not ours to change."""
    file = top / _INCLUDE[0]
    if not file.exists():
        return _put(top, *_INCLUDE)
    known = ".gitlab/cs-playbook.yml" in file.read_text(encoding="utf-8", errors="replace")
    return (
        "includes it already"
        if known
        else "is yours: write  include: [{local: .gitlab/cs-playbook.yml}]  into it"
    )


def host_of(written: str) -> Host:
    """ChoiceError for a host that is not known here."""
    for host in HOSTS:
        if host == written:
            return host
    raise ChoiceError(f"there are no files for '{written}'", f"one of: {', '.join(HOSTS)}")


def described(made: tuple[tuple[Path, str], ...]) -> Iterator[str]:
    yield from (f"  {file}: {what}" for file, what in made)
