"""A file of an export → its bytes, hashed as they are read; and where bytes are that its encoding does not know."""

from __future__ import annotations

import codecs
import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

from cs_playbook.errors import UserError
from cs_playbook.source.encodings import codec_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Hashed(io.RawIOBase):
    """The bytes of a file, hashed and counted as they are read."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.sha256 = hashlib.sha256()
        self._raw = path.open("rb", buffering=0)
        self._size = path.stat().st_size
        self._read = 0

    @property
    def share(self) -> float:
        """How much of the file has been read: 0 to 1."""
        return min(self._read / self._size, 1.0) if self._size else 1.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        count = self._raw.readinto(view) or 0
        self.sha256.update(view[:count])
        self._read += count
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def opened(path: Path) -> Hashed:
    """Raises UserError where it may not be read."""
    try:
        return Hashed(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "look at its permissions") from error


def codec(encoding: str) -> str:
    """The codec that reads the encoding, and drops the mark of UTF-8."""
    name = codec_of(encoding) or encoding
    return "utf-8-sig" if name == "utf-8" else name


def line_of_first_fault(path: Path, codec: str) -> int:
    """The decoder reads large pieces and cannot tell the line: the file is read once more, line by line."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line = 1
    with path.open("rb") as file:
        try:
            for piece in file:
                line += decoder.decode(piece).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeError:
            pass
    return line
