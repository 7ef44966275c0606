"""Mails handed to real servers on loopback: what is taken, refused, put off, or in doubt, phase by phase."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from portpicker import pick_unused_port
from smtpdfix import SMTPDFix
from smtpdfix.certs import _generate_certs
from smtpdfix.configuration import Config

from cs_playbook.effects.pace import Pace
from cs_playbook.effects.smtp import Dialled, Login, Patience, SmtpTransport
from cs_playbook.errors import UserError
from cs_playbook.letters import message
from cs_playbook.letters.render import Rendered
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, Refused, Sealed, TryLater
from cs_playbook.model.sending import Rate, Security, Smtp
from cs_playbook.values import replace

LEA = "lea@vendor.example"
AT_ONCE = Pace(None, lambda: 0.0, lambda rest: None)
PATIENT = Patience(connection=20, answer=20, taken=20)
LONG_LETTER = "a line that fills what lies between us\n" * 120_000  # more than the buffers of both ends


class Desk:
    """Does what the address says: `rcpt-550@…` is refused, `data-drop@…` loses the line after the last dot."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.sessions: list[Session] = []
        self.slow = asyncio.Event()

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if session not in self.sessions:
            self.sessions.append(session)
        envelope.mail_from = address
        return self.act(server, "mail", address)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.act(server, "rcpt", address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if envelope.rcpt_tos[0].startswith("data-slow"):
            await self.slow.wait()
        answer = self.act(server, "data", envelope.rcpt_tos[0])
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer

    def act(self, server: SMTP, phase: str, address: str) -> str:
        at, _, what = address.partition("@")[0].partition("-")
        if at != phase:
            return "250 OK"
        if what == "drop":
            server.transport.abort()
        return f"{what} as you wish" if what.isdigit() else "250 too late"


class Server(SMTP):
    """Loses the line in the middle of a mail for `body-drop@…`."""

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.envelope is not None and self.envelope.rcpt_tos[:1] == ["body-drop@acme.example"]:
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Office(Controller):
    def factory(self) -> SMTP:
        return Server(self.handler, ident="desk", loop=self.loop, hostname="mail.vendor.example")


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    office = Office(Desk(), hostname="127.0.0.1", port=pick_unused_port())
    office.start()
    yield office
    office.loop.call_soon_threadsafe(office.handler.slow.set)
    office.stop()


@pytest.fixture
def desk(office: Office) -> Desk:
    office.handler.taken.clear()
    office.handler.sessions.clear()
    return office.handler


def server(port: int, security: Security = "none") -> Dialled:
    return Dialled(Smtp("127.0.0.1", port, security), "mail.vendor.example", patience=PATIENT)


def mail(
    to: str = "claire",
    cc: tuple[str, ...] = (),
    sender: str = LEA,
    text: str = "Hi\n.\n..x\n",
    key: str = "ab12",
) -> Sealed:
    address, copies = f"{to}@acme.example", tuple(f"{one}@vendor.example" for one in cc)
    envelope = message.Envelope(
        key, "Léa", sender, "Claire", address, "Hello", date(2026, 3, 2), "mail.vendor.example",
        tuple(("", copy) for copy in copies),
    )  # fmt: skip
    content = message.eml(envelope, Rendered("Hello", "Hi", text, "<p>Hi</p>\n"))
    assert isinstance(content, bytes), content
    return Sealed(key, sender, (address, *copies), content)


def handed(office: Office, *mails: Sealed, pace: Pace = AT_ONCE) -> list[Handed]:
    with SmtpTransport(server(office.port), pace) as transport:
        return [sent(transport, one) for one in mails]


def sent(transport: SmtpTransport, one: Sealed) -> Handed:
    transport.get_ready()
    return transport.hand_over(one)


def test_a_mail_arrives_byte_for_byte(office: Office, desk: Desk) -> None:
    sent = mail(cc=("marc",))

    assert handed(office, sent) == [Delivered("250 OK")]
    (envelope,) = desk.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == (LEA, ["claire@acme.example", "marc@vendor.example"])
    assert envelope.content == sent.content


def test_many_mails_go_over_one_connection(office: Office, desk: Desk) -> None:
    several = [mail("rcpt-550"), mail(), mail("data-451"), mail("rcpt-451"), mail()]

    assert [type(one) for one in handed(office, *several)] == [
        Refused,
        Delivered,
        TryLater,
        TryLater,
        Delivered,
    ]
    assert len(desk.sessions) == 1


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (mail(sender="mail-550@vendor.example"), Refused("550 as you wish")),
        (mail(sender="mail-530@vendor.example"), TryLater("530 as you wish")),  # not the mail: our login
        (mail(sender="mail-451@vendor.example"), TryLater("451 as you wish")),
        (mail("rcpt-550"), Refused("550 as you wish")),
        (mail("rcpt-451"), TryLater("451 as you wish")),
        (mail("rcpt-421"), TryLater("421 as you wish")),
        (mail("data-554"), Refused("554 as you wish")),
        (mail("data-451"), TryLater("451 as you wish")),
        (mail(cc=("rcpt-550", "marc", "rcpt-452")), Delivered("250 OK", "rcpt-550@vendor.example: 550 as you wish; rcpt-452@vendor.example: 452 as you wish")),
    ],
)  # fmt: skip
def test_the_answer_of_each_phase_counts(office: Office, desk: Desk, given: Sealed, what: Handed) -> None:
    assert handed(office, given) == [what]
    assert len(desk.taken) == isinstance(what, Delivered)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (mail(sender="mail-drop@vendor.example"), TryLater),
        (mail("rcpt-drop"), TryLater),
        (mail(cc=("rcpt-drop",)), TryLater),
        (mail(cc=("rcpt-421",)), TryLater),
        (mail("body-drop", text=LONG_LETTER), TryLater),
        (mail("data-drop"), InDoubt),
    ],
)  # fmt: skip
def test_only_what_is_lost_after_the_last_dot_is_in_doubt(
    office: Office, desk: Desk, given: Sealed, what: type[Handed]
) -> None:
    lost, after = handed(office, given, mail())

    assert isinstance(lost, what), lost
    assert after == Delivered("250 OK")  # over a new connection
    assert len(desk.taken) == 1 or what is InDoubt


def test_a_server_that_takes_too_long_leaves_a_doubt(office: Office, desk: Desk) -> None:
    dialled = replace(server(office.port), patience=replace(PATIENT, taken=0.02))
    with SmtpTransport(dialled, AT_ONCE) as transport:
        assert isinstance(transport.hand_over(mail("data-slow")), InDoubt)


def test_a_connection_that_rested_too_long_costs_no_mail(office: Office, desk: Desk) -> None:
    with SmtpTransport(server(office.port), AT_ONCE) as transport:
        assert transport.hand_over(mail()) == Delivered("250 OK")
        assert transport._line is not None
        assert transport._line.sock is not None
        transport._line.sock.close()
        assert transport.hand_over(mail()) == Delivered("250 OK")
    assert len(desk.taken) == 2


def test_what_reads_otherwise_than_it_was_meant_never_leaves(office: Office, desk: Desk) -> None:
    honest = mail()
    evil = replace(honest, content=honest.content.replace(b"Subject:", b"Bcc: eve@evil.example\r\nSubject:"))

    assert handed(office, evil) == [Refused("its head holds 'Bcc'")]
    assert desk.sessions == []


def test_no_faster_than_the_rate() -> None:
    now, rests = [100.0], []

    def pause(rest: float) -> None:
        rests.append(rest)
        now[0] += rest

    pace = Pace(Rate(2, 60), lambda: now[0], pause)
    for _ in range(5):
        pace.wait()
        now[0] += 10

    assert rests == [40.0, 40.0]


def test_mails_wait_for_their_turn(office: Office, desk: Desk) -> None:
    rests: list[float] = []
    ticks = iter(range(0, 1000, 1))
    pace = Pace(Rate(1, 3), lambda: next(ticks), rests.append)

    assert len(handed(office, mail(), mail(), pace=pace)) == 2
    assert rests


def test_a_server_that_is_not_there_stops_it_all(office: Office) -> None:
    with pytest.raises(UserError, match=r"127\.0\.0\.1:1 cannot be reached: Connection refused"):
        SmtpTransport(server(1), AT_ONCE).get_ready()


# --- TLS and login ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(_generate_certs(tmp_path_factory.mktemp("certs")).cert)


def guarded(certificate: Path, **settings: Any) -> SMTPDFix:
    config = Config()
    config._ssl_cert_files = (str(certificate), None)
    for name, value in {"auth_require_tls": False, **settings}.items():
        setattr(config, f"_{name}", value)
    return SMTPDFix("127.0.0.1", config=config)


def believing(certificate: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def called(port: int, security: Security, tls: ssl.SSLContext, login: Login | None = None) -> Dialled:
    return Dialled(Smtp("localhost", port, security), "mail.vendor.example", login, tls, PATIENT)


@pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # it cannot see TLS from the start
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the server's own call to itself
@pytest.mark.parametrize(
    ("security", "settings"), [("starttls", {"use_starttls": True}), ("tls", {"use_ssl": True})]
)
def test_over_tls_with_a_login(certificate: Path, security: Security, settings: dict[str, bool]) -> None:
    with guarded(certificate, enforce_auth=True, **settings) as there:
        login = Login("user", "password")
        dialled = called(there.port, security, believing(certificate), login)
        with SmtpTransport(dialled, AT_ONCE) as transport:
            assert isinstance(transport.hand_over(mail()), Delivered)
        with pytest.raises(UserError, match="certificate that cannot be believed"):
            SmtpTransport(replace(dialled, tls=believing(None)), AT_ONCE).hand_over(mail())
        with pytest.raises(UserError, match="does not accept the login: 535") as wrong:
            SmtpTransport(replace(dialled, login=Login("user", "hunter2")), AT_ONCE).hand_over(mail())
        assert len(there.messages) == 1
    assert "hunter2" not in f"{wrong.value} {wrong.value.hint} {Login('user', 'hunter2')}"


def test_nothing_is_said_in_the_open(office: Office, desk: Desk, certificate: Path) -> None:
    """Neither a mail nor the password leaves over a line that offers no STARTTLS."""
    dialled = called(office.port, "starttls", believing(certificate), Login("user", "password"))

    with pytest.raises(UserError, match="offers no STARTTLS"):
        SmtpTransport(replace(dialled, server=replace(dialled.server, host="127.0.0.1")), AT_ONCE).hand_over(
            mail()
        )
    with pytest.raises(UserError, match=r"does not speak TLS|cannot be reached"):
        SmtpTransport(called(office.port, "tls", believing(certificate)), AT_ONCE).hand_over(mail())
    assert desk.sessions == []
