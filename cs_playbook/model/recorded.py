"""What everything has in common that the ledger writes down: a default is left out, and nothing unknown is read."""

from __future__ import annotations

from msgspec import Struct


class Kept(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of what happened, or of what came of it. Its defaults never change: what happened would."""


class Happened(Kept, frozen=True, tag_field="kind", tag=True):
    """An event; where it is written down, `kind` names its class."""
