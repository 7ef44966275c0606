"""A playbook of the starter library as it is listed: what it is for, in words."""

from __future__ import annotations

from msgspec import Struct


class Listed(Struct, frozen=True):
    """A playbook of the library. `audience`, `trigger`: a line each; `emails`: letters it may send; `plays`: what comes with it.

    `tables`: of the data, which it or what it stands on asks for, besides accounts.
    """

    name: str
    title: str
    why: str
    audience: tuple[str, ...]
    trigger: tuple[str, ...]
    by_hand: bool
    steps: int
    emails: int
    stories: int
    plays: tuple[str, ...]
    tags: tuple[str, ...]
    tables: tuple[str, ...] = ()
