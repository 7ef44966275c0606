"""A finished mail is read again before it leaves: what reads otherwise than it was meant stays here."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.letters.message import Envelope, eml
from cs_playbook.letters.plain_head import reads_plainly
from cs_playbook.letters.render import Rendered
from cs_playbook.letters.sealed import wrong_head, wrong_mail
from cs_playbook.model.outbox import Sealed
from cs_playbook.model.sending import unsubscribe_link
from cs_playbook.values import replace

RENDERED = Rendered("Hello", "Hi", "Hi Léa,\n\n.\n", "<p>Hi Léa</p>\n")
LINK = unsubscribe_link("https://vendor.example/stop/{contact}", "ab" * 32)
ENVELOPE = Envelope(
    "ab12", "Léa", "lea@vendor.example", "Claire", "claire@acme.example", "Hello", date(2026, 3, 2), "mail.vendor.example",
    copies=(("Marc, the boss", "marc@vendor.example"), ("", "ops@vendor.example")), thread=("cd34",), unsubscribe=LINK,
    auto_submitted="auto-generated",
)  # fmt: skip


def sealed(envelope: Envelope = ENVELOPE) -> Sealed:
    content = eml(envelope, RENDERED)
    assert isinstance(content, bytes), content
    recipients = (envelope.to, *(address for _, address in envelope.copies))
    return Sealed(envelope.key, envelope.sender, recipients, content)


def test_a_mail_with_all_its_headers_may_leave() -> None:
    mail = sealed()

    assert wrong_mail(mail) == ""
    assert f"List-Unsubscribe: <{LINK}>\r\n".encode() in mail.content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail.content


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (b"Subject: Hello", b"Subject: =?utf-8?q?a=0d=0aBcc:_eve=40evil.example?=", "Subject holds a control letter"),
        (b"Subject: Hello", b"Subject: Hello\r\nBcc: eve@evil.example", "its head holds 'Bcc'"),
        (b"Subject: Hello", b"Subject: Hello\r\nTo: eve@evil.example", "its head holds To twice"),
        (b"Subject: Hello\r\n", b"", "its head lacks Subject"),
        (b"Subject: Hello", b"Subject: Hello\r\n\r\nTo: x@y.example", "its head lacks Message-ID"),
        (b"Subject: Hello", b"Subject: Hello\nBcc: eve@evil.example", "it holds half a line end, or a NUL"),
        (b"Hi L", b"Hi\n.\nMAIL FROM:<x@y.example>", "it holds half a line end, or a NUL"),
        (b"Hi L", b"Hi \0", "it holds half a line end, or a NUL"),
        (b"Hi L", b"x" * 999, "a line is longer than 998 letters"),
        (b"Hello", "Héllo".encode(), "its head holds letters beyond ASCII"),
        (b"To: Claire <", b"To: =?utf-8?q?eve@evil.example,?= <", "To reads as =?utf-8?q?eve@evil.example, claire@acme.example, and should be claire@acme.example"),
        (b"<claire@acme.example>", b"<claire@acme.example>, eve@evil.example", "To reads as claire@acme.example, eve@evil.example, and should be claire@acme.example"),
        (b"<claire@acme.example>", b"<eve@evil.example>", "To reads as eve@evil.example, and should be claire@acme.example"),
        (b"<lea@vendor.example>", b"<boss@vendor.example>", "From reads as boss@vendor.example, and should be lea@vendor.example"),
        (b",\r\n ops@vendor.example", b"", "Cc reads as marc@vendor.example, and should be marc@vendor.example, ops@vendor.example"),
    ],
)  # fmt: skip
def test_bytes_that_read_otherwise_stay_here(old: bytes, new: bytes, wrong: str) -> None:
    mail = sealed()
    assert old in mail.content

    assert wrong_mail(replace(mail, content=mail.content.replace(old, new, 1))) == wrong


@pytest.mark.parametrize(
    "address", ["", "a@b.example> RCPT TO:<eve@evil.example", "a b@c.example", "x@é.example"]
)
def test_who_is_no_plain_address_gets_nothing(address: str) -> None:
    assert "is not one plain address" in wrong_mail(replace(sealed(), recipients=(address,)))


@settings(max_examples=50)
@given(name=st.text(max_size=40), subject=st.text(max_size=40))
def test_whatever_is_written_is_refused_or_reads_as_it_was_meant(name: str, subject: str) -> None:
    envelope = replace(ENVELOPE, to_name=name, sender_name=name, subject=subject)
    content = eml(envelope, RENDERED)
    if isinstance(content, bytes):
        assert wrong_mail(sealed(envelope)) == ""


# --- the strict reader, which spares most mails the slow ones ---

PIECES = (
    "=?", "?=", "=?utf-8?q?a,?=", "=?utf-8?b?", "YQ0KQmNjOg==", "eve@evil.example", ",", ";", ":", "<", ">", '"', "\\", "(", ")",
    "\r\n ", "\r\n", "\r\n\t", "\t", "  ", "Bcc: ", "To: ", "\x1b", "\x7f", "=", ".", "@", "[", "]", " ",
)  # fmt: skip


def plainly(mail: Sealed, head: str) -> bool:
    people = {"From": [mail.sender], "To": [mail.recipients[0]], "Cc": list(mail.recipients[1:])}
    return reads_plainly(head, people, ("From", "To", "Subject", "Message-ID"))


@settings(max_examples=150)
@given(
    name=st.sampled_from(["Claire", "Zoë, the boss", 'a "b"', "x" * 70, "O'Brien", "c.d@e"]),
    subject=st.sampled_from(["Hello", "Grüße und sehr viele Wörter noch dazu, mehr als eine Zeile", "a: b"]),
    changes=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(("", *PIECES))), max_size=3
    ),
)
def test_what_the_strict_reader_lets_through_is_right_to_the_readers_of_email_too(
    name: str, subject: str, changes: list[tuple[float, int, str]]
) -> None:
    mail = sealed(replace(ENVELOPE, to_name=name, sender_name=name, subject=subject))
    head = mail.content.partition(b"\r\n\r\n")[0].decode()
    assert plainly(mail, head)

    for where, gone, new in changes:
        at = int(where * len(head))
        head = head[:at] + new + head[at + gone :]

    if plainly(mail, head):
        assert list(wrong_head(mail, head.split("\r\n"))) == []


@pytest.mark.parametrize("header", ["Subject: x", "To: x <claire@acme.example>"])
@pytest.mark.parametrize("words", ["=?utf-8?b?YQ0KQmNjOiBl?=", "=?utf-8?q?a,?=", "a =?utf-8?b?YQ==?=", '"=?utf-8?q?a?="', "=?utf-8?b?/w==?="])  # fmt: skip
def test_encoded_words_that_are_not_ours_go_to_the_slow_readers(header: str, words: str) -> None:
    mail = sealed()
    head = mail.content.partition(b"\r\n\r\n")[0].decode()
    whole = header.replace("x", words, 1)
    name = header.partition(":")[0]

    changed = "\r\n".join(whole if line.startswith(f"{name}:") else line for line in head.split("\r\n"))

    assert changed != head
    assert not plainly(mail, changed)


def test_a_link_that_is_none_makes_no_mail() -> None:
    for link in (
        "http://vendor.example/x",
        "https://vendor.example/x>\r\nBcc: eve@evil.example",
        "https://a b",
    ):
        assert not isinstance(eml(replace(ENVELOPE, unsubscribe=link), RENDERED), bytes)
