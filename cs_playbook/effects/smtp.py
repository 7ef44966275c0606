"""Finished mails → an SMTP server, over one connection for many; of each, what the server has surely done with it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Self

from msgspec import Struct

from cs_playbook.effects.pace import Pace
from cs_playbook.errors import UserError
from cs_playbook.letters.sealed import wrong_mail
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, Refused, Sealed, TryLater
from cs_playbook.model.sending import Smtp, is_ours, not_ours

# What a server says of us and our login, not of the mail (RFC 4954, RFC 5321): the mail is not refused by it.
_ABOUT_US = frozenset({500, 502, 503, 504, 530, 534, 535, 538})
_CLOSING = 421
_READY = 354
_DOT_FIRST = re.compile(rb"(?m)^\.")
_LOST = (smtplib.SMTPException, OSError)


class Login(Struct, frozen=True):
    """Who sends. The password is never shown."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.user!r})"


class Patience(Struct, frozen=True):
    """Seconds to wait: for the connection, for each answer, and for the one after the last byte of a mail."""

    connection: float = 30
    answer: float = 60
    taken: float = 300


class Dialled(Struct, frozen=True):
    """Whom to call, and how. `site`: the name we give when we say hello. `tls`: whose certificates are believed.
    `from_sites`: in whose names mails may leave; none: in everybody's."""

    server: Smtp
    site: str
    login: Login | None = None
    tls: ssl.SSLContext | None = None
    patience: Patience = Patience()
    from_sites: tuple[str, ...] = ()


class SmtpTransport:
    """A context manager. UserError: no connection, no TLS, no login; the mail it was
    given was surely not taken."""

    def __init__(self, dialled: Dialled, pace: Pace) -> None:
        self._dialled = dialled
        self._pace = pace
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._line is not None:
            with suppress(*_LOST):
                self._line.quit()
        self._hang_up()

    @property
    def name(self) -> str:
        return f"smtp {self._dialled.server.host}"

    def get_ready(self) -> None:
        """Comes back when the next mail may leave, with a line to the server. UserError: there is none."""
        self._pace.wait()
        if self._line is None:
            self._line = connect(self._dialled)

    def hand_over(self, mail: Sealed) -> Handed:
        """One mail. Nothing leaves that does not read the way it is meant (letters/sealed)."""
        wrong = wrong_mail(mail)
        if not is_ours(mail.sender, self._dialled.from_sites):
            wrong = not_ours(mail.sender, self._dialled.from_sites)
        if wrong:
            return Refused(wrong)
        try:
            line, code, answer = self._begin(mail)
            handed = _wrong_answer(code, answer) or self._offer(line, mail)
        except _LOST as cause:
            self._hang_up()
            return TryLater(f"the connection was lost before the mail was complete: {_why(cause)}")
        self._settle(handed)
        return handed

    def _begin(self, mail: Sealed) -> tuple[smtplib.SMTP, int, str]:
        """MAIL FROM. The server may have closed a connection that has rested: of this mail it has not heard."""
        if self._line is not None:
            with suppress(*_LOST):
                code, answer = _mail_from(self._line, mail)
                if code != _CLOSING:
                    return self._line, code, answer
            self._hang_up()
        self._line = connect(self._dialled)
        return self._line, *_mail_from(self._line, mail)

    def _offer(self, line: smtplib.SMTP, mail: Sealed) -> Handed:
        to, *copies = mail.recipients
        code, answer = _said(line.rcpt(to))
        wrong = _wrong_answer(code, answer)
        if wrong is not None:
            return wrong
        refused = list(_refused_copies(line, copies))
        line.putcmd("data")
        code, answer = _said(line.getreply())
        if code != _READY:
            return _wrong_answer(code, answer) or TryLater(f"{code} {answer}")
        line.send(_stuffed(mail.content))
        # Until here a lost connection is a mail that was not sent; from the last dot on nobody can tell.
        return self._finish(line, "; ".join(refused))

    def _finish(self, line: smtplib.SMTP, note: str) -> Handed:
        try:
            if line.sock is not None:
                line.sock.settimeout(self._dialled.patience.taken)
            line.send(b".\r\n")
            code, answer = _said(line.getreply())
        except _LOST as cause:
            self._hang_up()
            return InDoubt(f"the connection was lost after the last byte: {_why(cause)}")
        if code not in range(200, 600):
            self._hang_up()
            return InDoubt(f"an answer that nobody can read, after the last byte: {answer}")
        if line.sock is not None:
            line.sock.settimeout(self._dialled.patience.answer)
        return _wrong_answer(code, answer) or Delivered(f"{code} {answer}", note)

    def _settle(self, handed: Handed) -> None:
        """After a mail that was not taken, the server forgets it, or we call again."""
        if self._line is None or isinstance(handed, Delivered):
            return
        try:
            code, _ = self._line.rset()
        except _LOST:
            code = _CLOSING
        if code != 250:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def connect(dialled: Dialled) -> smtplib.SMTP:
    """A line that is greeted, as safe as was asked for, and logged in; UserError otherwise."""
    server, patience = dialled.server, dialled.patience
    where = f"{server.host}:{server.port}"
    try:
        line = _dial(dialled)
    except ssl.SSLCertVerificationError as cause:
        raise UserError(
            f"{where} shows a certificate that cannot be believed: {cause.verify_message}", _NAME_OF_SERVER
        ) from None
    except ssl.SSLError as cause:
        raise UserError(f"{where} does not speak TLS: {cause.reason}", _PORT_OF_SECURITY) from None
    except _LOST as cause:
        raise UserError(f"{where} cannot be reached: {_why(cause)}", _LATER) from None
    try:
        _secure_and_log_in(line, dialled, where)
    except BaseException:
        line.close()
        raise
    if line.sock is not None:
        line.sock.settimeout(patience.answer)
    return line


_NAME_OF_SERVER = "sending: {smtp: {host: …}} is the name its certificate is for; nothing was sent"
_PORT_OF_SECURITY = "usual are starttls on port 587 and tls on port 465; nothing was sent"
_LATER = "nothing was sent; what is pending waits for the next send"


def _dial(dialled: Dialled) -> smtplib.SMTP:
    server, wait = dialled.server, dialled.patience.connection
    if server.security == "tls":
        context = dialled.tls or ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, dialled.site, timeout=wait, context=context)
    return smtplib.SMTP(server.host, server.port, dialled.site, timeout=wait)


def _secure_and_log_in(line: smtplib.SMTP, dialled: Dialled, where: str) -> None:
    try:
        line.ehlo_or_helo_if_needed()
        if dialled.server.security == "starttls":
            line.starttls(context=dialled.tls or ssl.create_default_context())
            line.ehlo()
        if dialled.login is not None:
            line.login(dialled.login.user, dialled.login.password)
    except ssl.SSLCertVerificationError as cause:
        raise UserError(
            f"{where} shows a certificate that cannot be believed: {cause.verify_message}", _NAME_OF_SERVER
        ) from None
    except smtplib.SMTPAuthenticationError as cause:
        answer = _words(cause.smtp_error)
        raise UserError(f"{where} does not accept the login: {cause.smtp_code} {answer}", _LOGIN) from None
    except smtplib.SMTPNotSupportedError:
        missing = (
            "a login" if line.has_extn("starttls") or dialled.server.security != "starttls" else "STARTTLS"
        )
        raise UserError(f"{where} offers no {missing.removeprefix('a ')}", _PORT_OF_SECURITY) from None
    except _LOST as cause:
        raise UserError(f"{where} cannot be reached: {_why(cause)}", _LATER) from None


_LOGIN = "look at the variables that `smtp:` of project.yaml names; nothing was sent"


def _mail_from(line: smtplib.SMTP, mail: Sealed) -> tuple[int, str]:
    size = [f"size={len(mail.content)}"] if line.has_extn("size") else []
    return _said(line.mail(mail.sender, size))


def _refused_copies(line: smtplib.SMTP, copies: Sequence[str]) -> Iterator[str]:
    for copy in copies:
        code, answer = _said(line.rcpt(copy))
        if code == _CLOSING:
            raise smtplib.SMTPServerDisconnected(f"{code} {answer}")
        if code // 100 != 2:
            yield f"{copy}: {code} {answer}"


def _wrong_answer(code: int, answer: str) -> Handed | None:
    """None where the server goes on."""
    said = f"{code} {answer}".strip()
    match code // 100:
        case 2:
            return None
        case 5 if code not in _ABOUT_US:
            return Refused(said)
        case _:
            return TryLater(said)


def _said(reply: tuple[int, bytes]) -> tuple[int, str]:
    return reply[0], _words(reply[1])


def _words(answer: bytes | str) -> str:
    """On one line, for people; a server may say anything."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]


def _why(cause: BaseException) -> str:
    match cause:
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            return f"{code} {_words(answer)}"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return _words(str(cause)) or type(cause).__name__


def _stuffed(content: bytes) -> bytes:
    """A line that begins with a dot gets another, so that none ends the mail; the last line is whole."""
    stuffed = _DOT_FIRST.sub(b"..", content)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
