"""What leaves the machine: in whose name, with which links and logins, and how often it is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from keyring.backend import KeyringBackend
from portpicker import pick_unused_port

from cs_playbook.commands.send_all import send_all
from cs_playbook.commands.smtp_way import login_of
from cs_playbook.commands.workspace import open_ledger
from cs_playbook.commands.world import World as Machine
from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.effects.mail_folder import eml_folder
from cs_playbook.effects.smtp import Login
from cs_playbook.errors import UserError
from cs_playbook.model.outbox import MailState, TryLater
from cs_playbook.model.sending import Smtp
from cs_playbook.model.suppression import fingerprint
from cs_playbook.parse.sending import wrong_link
from tests.builders import World, on, small
from tests.test_send import ACCOUNTS, TUESDAY, Post, clock, exported, mail, sent_by, states, with_mails

CLAIRE = "claire-acme@acme.example"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return with_mails(tmp_path_factory.mktemp("made") / "small")


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def with_sending(root: Path, sending: str) -> World:
    """Two mornings; three mails are to leave on the second."""
    world = small(root)
    world.edit("playbooks/few-seats.yaml", "send: draft", "send: auto")
    project = world.root / "project.yaml"
    project.write_text(f"{project.read_text(encoding='utf-8')}sending: {sending}\n", encoding="utf-8")
    world.morning(on(0), exported(0))
    for key in ACCOUNTS:
        world.done(world.task(key, "ask"), "people", on(0))
    world.morning(TUESDAY, exported(1))
    return world


def bytes_of(world: World, key: str) -> bytes:
    with open_ledger(world.workspace, writing=False) as ledger:
        return ledger.mail_bytes(mail(world, key).key) or b""


# --- how often ---


def test_a_server_that_says_later_five_times_means_never(world: World) -> None:
    later = Post({CLAIRE: TryLater("451 later")})
    for _ in range(4):
        assert [told.state for told in sent_by(world, later).moved if told.task.contact == "claire-acme"] == [
            MailState.PENDING
        ]

    (told,) = sent_by(world, later).moved

    assert (told.state, told.why) == (MailState.DEAD, "5 attempts, and still: 451 later")
    assert len(sent_by(world, later).moved) == 0


def test_a_server_that_is_not_there_costs_no_attempt(world: World) -> None:
    class Away(Post):
        def get_ready(self) -> None:
            raise UserError("it cannot be reached")

    result = sent_by(world, Away())

    assert (result.stopped is not None, result.moved) == (True, ())
    assert (mail(world, "acme").attempts, set(states(world).values())) == (0, {"pending"})


def test_the_server_of_the_project_file_gets_them_at_its_pace(world: World) -> None:
    class Sink:
        taken: list[str]

        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            self.taken = [*getattr(self, "taken", []), *envelope.rcpt_tos]
            return "250 OK"

    there = Controller(Sink(), hostname="127.0.0.1", port=pick_unused_port())
    smtp = f"{{host: 127.0.0.1, port: {there.port}, security: none}}"
    project = world.root / "project.yaml"
    said = f"sending: {{site: mail.vendor.example, at_most: 1 per minute, smtp: {smtp}}}\n"
    project.write_text(f"{project.read_text(encoding='utf-8')}{said}", encoding="utf-8")
    now = [0.0]
    machine = Machine({}, lambda: now[0], lambda rest: now.__setitem__(0, now[0] + rest))
    there.start()
    try:
        left = send_all(world.workspace, None, None, machine, clock())
    finally:
        there.stop()

    assert (left.is_whole, sorted(there.handler.taken)) == (
        True,
        [f"claire-{key}@{key}.example" for key in ACCOUNTS],
    )
    assert (left.mails.through, now) == ("smtp 127.0.0.1", [120.0])


# --- in whose name, with which links ---


def test_a_mail_says_how_to_unsubscribe_by_a_token_that_tells_nobody_who_it_is(tmp_path: Path) -> None:
    world = with_sending(
        tmp_path, '{site: mail.vendor.example, unsubscribe: "https://vendor.example/stop/{contact}"}'
    )

    with open_ledger(world.workspace, writing=False) as ledger:
        token = fingerprint(CLAIRE, ledger.suppression_list().key)
    content = bytes_of(world, "acme")
    assert f"List-Unsubscribe: <https://vendor.example/stop/{token}>".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    assert b"@mail.vendor.example>\r\n" in content
    assert (
        len({*re.findall(rb"/stop/([0-9a-f]{64})>", b"".join(bytes_of(world, key) for key in ACCOUNTS))}) == 3
    )


def test_nothing_is_sent_in_a_name_that_is_not_ours(tmp_path: Path) -> None:
    world = with_sending(tmp_path, "{site: mail.vendor.example, from_sites: [elsewhere.example]}")

    assert set(states(world).values()) == {""}  # a person has it
    moves = [event.why for event in world.events() if type(event).__name__ == "MailMoved"]
    assert set(moves) == {"'lea@vendor.example' is on none of from_sites: elsewhere.example"}


def test_what_reads_otherwise_than_it_was_meant_is_laid_into_no_folder(world: World, tmp_path: Path) -> None:
    """However it came there: these bytes have another reader besides."""
    key, content = (
        mail(world, "acme").key,
        bytes_of(world, "acme").replace(b"Subject: ", b"Bcc: eve@evil.example\r\nSubject: "),
    )
    with open_ledger(world.workspace, writing=True) as ledger:
        ledger.record([], "2026-03-03T06:00:00Z", [Written(key, content)])

    result = sent_by(world, eml_folder(tmp_path / "mails"))

    assert [(told.state, told.why) for told in result.of(MailState.DEAD)] == [
        (MailState.DEAD, "its head holds 'Bcc'")
    ]
    assert not (tmp_path / "mails" / f"{key}.eml").exists()
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 2


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("https://vendor.example/stop/{contact}", ""),
        ("https://vendor.example:8443/stop?who={contact}&why=mail", ""),
        ("http://vendor.example/{contact}", "is no https link"),
        ("https://vendor.example/stop", "does not name the contact once"),
        ("https://vendor.example/{contact}/{contact}", "does not name the contact once"),
        ("https://{contact}.vendor.example/", "is not a link"),
        ("https://vendor.example{contact}", "is not a link"),
        ("https://user@vendor.example/{contact}", "is not a link"),
        ("https://vendor/{contact}", "is not a link"),
        ("https://vendor.example/{contact}\r\nBcc: eve@evil.example", "is not a link"),
        ("https://vendor.example/{contact}>", "is not a link"),
        ("https://vendor.example/#{contact}", "is not a link"),
    ],
)
def test_a_link_to_unsubscribe_leads_to_one_site_and_names_the_contact_behind_it(
    link: str, wrong: str
) -> None:
    assert wrong in wrong_link(link)
    assert bool(wrong) == bool(wrong_link(link))


# --- the login ---

SERVER = Smtp("smtp.vendor.example", 587, "starttls", "CS_USER", "CS_PASSWORD", "cs-playbook")


class InMemory(KeyringBackend):
    """A keyring that knows one password."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return {("cs-playbook", "lea"): "from the keyring"}.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("ring")
def test_the_password_lies_in_a_variable_or_else_in_the_keyring() -> None:
    both = {"CS_USER": "lea", "CS_PASSWORD": "from the environment"}

    assert login_of(SERVER, both) == Login("lea", "from the environment")
    assert login_of(SERVER, {"CS_USER": "lea"}) == Login("lea", "from the keyring")
    assert login_of(Smtp("localhost", 25, "none"), both) is None


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize(
    ("server", "environment", "said"),
    [
        (SERVER, {}, "CS_USER is not set: it holds the name"),
        (SERVER, {"CS_USER": "marc"}, "holds no password of marc for cs-playbook"),
        (Smtp("x", 587, "starttls", "CS_USER", "CS_PASSWORD"), {"CS_USER": "lea"}, "CS_PASSWORD is not set: it holds the password"),
    ],
)  # fmt: skip
def test_a_login_that_is_not_there_says_where_it_should_be(
    server: Smtp, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        login_of(server, environment)
