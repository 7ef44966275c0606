"""The bytes of a mail, read again by Python's own parser: the expected headers, one recipient, the words."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.letters.message import Envelope, Unsendable, draft, eml
from cs_playbook.letters.render import Rendered
from cs_playbook.values import replace

RENDERED = Rendered("Hello", "Hi", "Hi Léa,\n\n.\nFrom here = there\n", "<p>Hi Léa</p>\n")
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]


def envelope(
    sender_name: str = "Léa",
    to_name: str = "Claire",
    to: str = "claire@acme.example",
    subject: str = "Hello",
    key: str = "ab12",
    domain: str = "led.example",
) -> Envelope:
    return Envelope(key, sender_name, "lea@vendor.example", to_name, to, subject, date(2026, 3, 2), domain)


def read(made: bytes | Unsendable) -> EmailMessage:
    assert isinstance(made, bytes), made
    message = message_from_bytes(made, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_is_these_bytes() -> None:
    assert eml(envelope(), RENDERED) == (
        b"From: =?utf-8?b?TMOpYQ==?= <lea@vendor.example>\r\n"
        b"To: Claire <claire@acme.example>\r\n"
        b"Subject: Hello\r\n"
        b"Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n"
        b"Message-ID: <ab12@led.example>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="=_ab12"\r\n'
        b"\r\n"
        b"--=_ab12\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Hi L=C3=A9a,\r\n\r\n=2E\r\nFrom here =3D there\r\n"
        b"\r\n"
        b"--=_ab12\r\n"
        b'Content-Type: text/html; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"<p>Hi L=C3=A9a</p>\r\n"
        b"\r\n"
        b"--=_ab12--\r\n"
    )


def test_a_draft_opens_for_editing_and_has_no_date() -> None:
    message = read(draft(envelope(), RENDERED))

    assert message.keys() == ["X-Unsent" if name == "Date" else name for name in HEADERS]
    assert message["X-Unsent"] == "1"


def test_python_s_own_message_says_the_same() -> None:
    mine = read(eml(envelope(), RENDERED))
    oracle = EmailMessage()
    oracle["From"] = Address("Léa", addr_spec="lea@vendor.example")
    oracle["To"] = Address("Claire", addr_spec="claire@acme.example")
    oracle["Subject"] = "Hello"
    oracle["Date"] = mine["Date"].datetime
    oracle.set_content(RENDERED.text)
    oracle.add_alternative(RENDERED.html, subtype="html")

    again = read(oracle.as_bytes(policy=policy.SMTP))

    assert [mine[name] for name in HEADERS[:4]] == [again[name] for name in HEADERS[:4]]
    assert words(mine) == words(again)


def words(message: EmailMessage) -> list[tuple[str, str]]:
    return [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n")) for part in message.iter_parts()
    ]


# --- whatever the words are ---

WORDS = st.one_of(
    st.text(max_size=200),
    st.text("=?utf8QqBb_,;<>@:\"'\\() \t\r\nÄé日", max_size=60),
    st.sampled_from(
        [
            "=?utf-8?q?a=0d=0aBcc:_evil@x.y?=",
            "=?utf-8?q?a@evil.com,?=",
            "a\r\nBcc: evil@x.y",
            "a\u2028Bcc: evil@x.y",
            'a" <evil@x.y>, "b',
            "Doe, John (boss)",
            "a" * 300,
            "Léa " * 60,
        ]
    ),
)


@given(sender=WORDS, name=WORDS, subject=WORDS)
def test_whatever_the_words_are_there_is_one_recipient_and_no_other_header(
    sender: str, name: str, subject: str
) -> None:
    made = eml(envelope(sender, name, subject=subject), RENDERED)
    if isinstance(made, Unsendable):
        return

    message = read(made)

    assert message.keys() == HEADERS
    assert message["Subject"] == subject
    assert [address.addr_spec for address in message["To"].addresses] == ["claire@acme.example"]
    assert [address.addr_spec for address in message["From"].addresses] == ["lea@vendor.example"]
    assert shown(made, b"To: ") == " ".join(name.split())
    assert shown(made, b"From: ") == " ".join(sender.split())
    assert all(len(line) <= 90 for line in made.split(b"\r\n"))
    assert b"\n" not in made.replace(b"\r\n", b"")


def shown(made: bytes, header: bytes) -> str:
    """The name before the address. (Python's parser of addresses puts spaces between long encoded words.)"""
    line = made[made.index(header) + len(header) :]
    end = next(at for at, (a, b) in enumerate(pairwise(line.split(b"\r\n"))) if not b.startswith(b" ")) + 1
    phrase = b"\r\n".join(line.split(b"\r\n")[:end]).decode("ascii").rpartition("<")[0].strip()
    if phrase.startswith('"'):
        return phrase[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return str(make_header(decode_header(phrase)))


@given(st.text(max_size=600), st.text(st.characters(codec="utf-8"), max_size=600))
def test_whatever_the_words_of_the_letter_are_they_arrive(text: str, html: str) -> None:
    lines = [
        "".join(letter for letter in part if ord(letter) >= 32 and not 0xD800 <= ord(letter) < 0xE000)
        for part in (text, html)
    ]

    message = read(eml(envelope(), Rendered("Hello", "", lines[0], lines[1])))

    assert [content for _, content in words(message)] == lines


def test_the_same_input_gives_the_same_bytes_and_another_key_another_mail() -> None:
    assert eml(envelope(), RENDERED) == eml(envelope(), RENDERED)
    assert eml(envelope(), RENDERED) != eml(envelope(key="ab13"), RENDERED)


# --- what is never sent ---


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?a=0d=0aBcc:_evil@x.y?=",
        "x =?UTF-8?B?YQ==?= y",
        "=?utf-8?q?open",
        "a\nb",
        "a\rb",
        "a\x00b",
        "a\x0bb",
        "a\x85b",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "a\ud800b",
    ],
)
@pytest.mark.parametrize("where", ["sender_name", "to_name", "subject"])
def test_control_letters_and_encoded_words_are_refused(text: str, where: str) -> None:
    made = eml(envelope(**{where: text}), RENDERED)

    assert isinstance(made, Unsendable)
    assert made.reason


@pytest.mark.parametrize(
    "address",
    [
        "",
        "claire",
        "@acme.example",
        "claire@",
        "claire@localhost",
        "claire@acme..example",
        "claire@-acme.example",
        ".claire@acme.example",
        "cla..ire@acme.example",
        "a@acme.example, b@acme.example",
        "a@acme.example;b@acme.example",
        "a@b@acme.example",
        "Claire <a@acme.example>",
        "a@acme.example\r\nBcc: b@x.y",
        "cla ire@acme.example",
        '"cla ire"@acme.example',
        "élise@acme.example",
        "=?utf-8?q?a?=@acme.example",
        "claire@straße.example",
        "claire@[127.0.0.1]",
        "claire@acme.example\u202e",
        "x" * 65 + "@acme.example",
        "claire@" + "a" * 64 + ".example",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    made = eml(envelope(to=address), RENDERED)

    assert isinstance(made, Unsendable)
    assert "recipient" in made.reason


def test_a_site_beyond_ascii_is_written_in_ascii() -> None:
    message = read(eml(envelope(to="claire@exämple.com"), RENDERED))

    assert message["To"].addresses[0].addr_spec == "claire@xn--exmple-cua.com"


@pytest.mark.parametrize(
    ("key", "domain"), [("a b", "led.example"), ("", "led.example"), ("ab", "led example")]
)
def test_a_mail_without_a_proper_key_is_refused(key: str, domain: str) -> None:
    assert isinstance(eml(envelope(key=key, domain=domain), RENDERED), Unsendable)


def test_copies_stand_one_a_line_and_are_read_as_they_were_given() -> None:
    copies = (("Noël, of sales", "noel@vendor.example"), ("", "eve@acme.example"))
    made = read(draft(replace(envelope(), copies=copies), RENDERED))

    assert [(address.display_name, address.addr_spec) for address in made["Cc"].addresses] == list(copies)
    assert len(made["To"].addresses) == 1


@pytest.mark.parametrize(
    "copy",
    [
        ("Eve\r\nBcc: x@y.example", "eve@acme.example"),
        ("=?utf-8?q?a=0d=0aBcc:_x?=", "eve@acme.example"),
        ("Eve", "eve@acme.example, x@y.example"),
        ("Eve", "eve@acme.example\r\nBcc: x@y.example"),
    ],
)
def test_a_copy_can_bring_no_other_recipient(copy: tuple[str, str]) -> None:
    assert isinstance(draft(replace(envelope(), copies=(copy,)), RENDERED), Unsendable)


def test_a_thread_names_the_mails_before_it_the_oldest_first() -> None:
    made = read(draft(replace(envelope(), thread=("aa11", "bb22")), RENDERED))

    assert made["References"].split() == ["<aa11@led.example>", "<bb22@led.example>"]
    assert made["In-Reply-To"] == "<bb22@led.example>"


def test_a_thread_that_names_no_mail_is_not_written() -> None:
    assert isinstance(draft(replace(envelope(), thread=("x\r\nBcc: y",)), RENDERED), Unsendable)
