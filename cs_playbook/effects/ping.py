"""An address → posted to once, without a word: that it comes is all it says."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

_SECONDS = 10
_HERE = ("localhost", "127.0.0.1", "::1")


class _NoWayElse(HTTPRedirectHandler):
    """The address is a secret: it is told to nobody else."""

    def redirect_request(self, *_: object) -> None:
        return None


def post(address: str) -> str:
    """What came of it, in words that do not say the address."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        return "the monitor was not told: its address is no https:// address"
    try:
        with build_opener(_NoWayElse).open(Request(address, data=b"", method="POST"), timeout=_SECONDS):
            return "the monitor was told"
    except (URLError, HTTPException, OSError, ValueError) as cause:
        return f"the monitor could not be told ({type(cause).__name__}): it will raise the alarm"
