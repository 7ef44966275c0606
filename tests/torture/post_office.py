"""A server in a process of its own that takes every mail and writes down which; it outlives those who are killed."""

from __future__ import annotations

import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class PostOffice:
    """`book`: the Message-ID of each mail it has taken, one a line."""

    port: int
    book: Path

    def forget(self) -> None:
        self._wait()
        self.book.write_bytes(b"")

    def taken(self) -> Counter[str]:
        self._wait()
        return Counter(self.book.read_text("utf-8").splitlines())

    def _wait(self) -> None:
        """One customer at a time: who is greeted knows that the one before has gone."""
        with socket.create_connection(("127.0.0.1", self.port)) as line, line.makefile("rb") as said:
            said.readline()
            line.sendall(b"QUIT\r\n")
            said.read()


@contextmanager
def post_office(book: Path) -> Iterator[PostOffice]:
    """On any free port of this machine."""
    book.write_bytes(b"")
    with socket.create_server(("127.0.0.1", 0)) as door:
        child = os.fork()
        if child == 0:
            try:
                while True:
                    _serve(door.accept()[0], book)
            finally:
                os._exit(1)
        try:
            yield PostOffice(door.getsockname()[1], book)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _serve(customer: socket.socket, book: Path) -> None:
    """Whoever hangs up in the middle of a mail has not sent it."""
    with customer, customer.makefile("rb") as said:
        try:
            customer.sendall(b"220 torture\r\n")
            while line := said.readline():
                word = line[:4].upper()
                customer.sendall(_taken(customer, said, book) if word == b"DATA" else b"250 yes\r\n")
                if word == b"QUIT":
                    return
        except OSError:  # it was killed
            return


def _taken(customer: socket.socket, said: BinaryIO, book: Path) -> bytes:
    customer.sendall(b"354 go on\r\n")
    name = ""
    while line := said.readline():
        if line.lower().startswith(b"message-id:"):
            name = line[len("message-id:") :].decode().strip()
        if line == b".\r\n":
            with book.open("a", encoding="utf-8") as taken:
                taken.write(f"{name}\n")
            return b"250 taken\r\n"
    return b""
