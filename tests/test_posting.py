"""Notes to channels and digests by mail: posted once, signed, put off, in doubt; against a real server on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.looking import status
from cs_playbook.commands.posting import PostResult, post_notes
from cs_playbook.commands.send import Clock
from cs_playbook.commands.send_all import Left, send_all
from cs_playbook.commands.workspace import open_ledger
from cs_playbook.commands.world import World as Machine
from cs_playbook.effects.webhook import Target, post, secret_of, slack_body
from cs_playbook.errors import UserError
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, Refused, TryLater
from cs_playbook.model.posting import Posted
from cs_playbook.report.status import status_text
from tests.builders import World, account, given, on, six, small

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NOTE = {"day": "2026-03-02", "account": "acme", "account_name": "Acme", "text": "Acme has 30 seats", "playbook": "tells", "step": "a"}  # fmt: skip
PROJECT = """\
channels:
  cs-risk: {webhook_from_environment: CS_RISK, secret_from_environment: CS_SECRET}
  cs-room: {format: slack, webhook_from_environment: CS_ROOM}
  cs-log: {format: file}
sending: {site: mail.vendor.example, digests: mail, digests_from: cs-ops@vendor.example}
"""
TELLS = """\
playbook: tells
title: Made for a test
why: To see what is said.
status: live
owner: cs_ops
trigger: {when: id = 'acme', already_matching: start}
steps:
  - {id: a, notify: cs-risk, says: "{{ account.name }} has {{ account.seats }} seats"}
  - {id: b, notify: cs-room}
  - {id: c, notify: cs-log}
  - {id: d, task: "Call {{ account.name }}", owner: csm}
"""


@dataclass
class Hook:
    """A server that answers `/503` with 503, loses the line at `/lost`, and keeps what it was told."""

    port: int = 0
    told: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.told]


@pytest.fixture(scope="module")
def server() -> Iterator[Hook]:
    hook = Hook()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.told.append((self.path, dict(self.headers), body))
            word = self.path.strip("/")
            if word == "lost":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(int(word) if word.isdigit() else 204)
            self.send_header("Location", hook.at("elsewhere"))
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            pass

    there = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    hook.port = there.server_address[1]
    Thread(target=there.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield hook
    there.shutdown()
    there.server_close()


@pytest.fixture
def hook(server: Hook) -> Hook:
    server.told.clear()
    return server


# --- one post ---


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("x", Delivered("204")),
        ("503", TryLater("it answers 503")),
        ("401", TryLater("it answers 401")),  # a wrong address can be mended
        ("422", Refused("it answers 422")),
        ("302", TryLater("it answers 302, a redirect: nothing follows it")),
    ],
)
def test_the_answer_counts_and_nothing_follows_a_redirect(hook: Hook, path: str, what: Handed) -> None:
    assert post(Target("CS_RISK", "webhook", hook.at(path)), "w1", NOTE, 0) == what
    assert hook.paths == [f"/{path}"]


def test_only_what_may_have_been_read_is_in_doubt(hook: Hook) -> None:
    assert isinstance(post(Target("CS_RISK", "webhook", hook.at("lost")), "w1", NOTE, 0), InDoubt)
    assert post(Target("CS_RISK", "webhook", "http://127.0.0.1:1/x"), "w1", NOTE, 0) == TryLater(
        "Connection refused"
    )


def test_a_webhook_is_signed_by_the_scheme_of_standard_webhooks(hook: Hook) -> None:
    post(
        Target("CS_RISK", "webhook", hook.at("x"), secret_of(SECRET, "CS_SECRET")), "w1", NOTE, 1_770_000_000
    )

    ((_, headers, body),) = hook.told
    expected = hmac.new(bytes(range(32)), b"w1.1770000000." + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("w1", "1770000000")
    assert json.loads(body)["data"]["text"] == "Acme has 30 seats"


def test_slack_reads_data_as_data() -> None:
    hostile = {
        **NOTE,
        "text": "<!channel> <@U1> <https://evil.example|us> &amp; \u202e\x1b[31m",
        "account_name": "A<b>",
    }

    said = json.loads(slack_body(hostile))

    assert said["text"].startswith(
        "&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|us&gt; &amp;amp;  [31m"
    )
    assert not set(said["text"]) & set("<>\u202e\x1b")
    assert (said["mrkdwn"], said["link_names"]) == (False, False)


@pytest.mark.parametrize(
    "address", ["http://hooks.vendor.example/x", "ftp://127.0.0.1/x", "https://user@vendor.example/x", "https:///x", "x y", "https://[x"]
)  # fmt: skip
def test_a_secret_address_goes_over_https_and_is_never_shown(address: str) -> None:
    with pytest.raises(UserError, match="what CS_RISK holds is no https address") as wrong:
        post(Target("CS_RISK", "webhook", address), "w1", NOTE, 0)
    assert address not in f"{wrong.value.hint} {Target('CS_RISK', 'webhook', address)}"


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "whsec_ä", "*"])
def test_a_secret_that_signs_nothing_is_refused(secret: str) -> None:
    with pytest.raises(UserError, match="CS_SECRET holds is no secret"):
        secret_of(secret, "CS_SECRET")


# --- those of a run ---


@pytest.fixture
def made(tmp_path: Path) -> World:
    made = small(tmp_path)
    project = made.root / "project.yaml"
    project.write_text(project.read_text(encoding="utf-8") + PROJECT, encoding="utf-8")
    made.write("playbooks/tells.yaml", TELLS)
    made.morning(on(0), given(account("acme", name="Acme *1*", seats=30)))
    return made


def clock(day: int = 0) -> Clock:
    return Clock(on(day), lambda: f"{on(day).isoformat()}T07:00:00Z")


def posted(made: World, risk: str, room: str, day: int = 0) -> PostResult:
    environment = {"CS_RISK": risk, "CS_ROOM": room, "CS_SECRET": SECRET}
    return post_notes(made.workspace, environment, clock(day))


def said(result: PostResult) -> list[tuple[str, str]]:
    return [(told.channel, str(told.state)) for told in result.told]


def test_each_note_is_posted_once(made: World, hook: Hook) -> None:
    assert said(posted(made, hook.at("risk"), hook.at("room"))) == [
        ("cs-risk", "posted"),
        ("cs-room", "posted"),
    ]
    assert posted(made, hook.at("risk"), hook.at("room")).told == ()
    assert hook.paths == ["/risk", "/room"]


def test_what_was_not_taken_is_tried_again_for_three_days(made: World, hook: Hook) -> None:
    assert said(posted(made, hook.at("503"), "")) == [("cs-risk", "waiting"), ("cs-room", "waiting")]
    assert said(posted(made, hook.at("risk"), hook.at("lost"), day=3)) == [
        ("cs-risk", "posted"),
        ("cs-room", "in_doubt"),
    ]
    assert posted(made, hook.at("risk"), hook.at("room"), day=3).told == ()
    assert hook.paths == ["/503", "/risk", "/lost"]


def test_what_is_older_is_told_no_more(made: World, hook: Hook) -> None:
    assert posted(made, hook.at("risk"), hook.at("room"), day=4).told == ()


def test_what_a_cut_left_is_in_doubt_and_not_posted_again(made: World, hook: Hook) -> None:
    with open_ledger(made.workspace, writing=True) as ledger:
        key = next(note.note for note in ledger.notes(on(0)) if note.channel == "cs-risk")
        ledger.record([Posted(key, on(0), "posting", "cs-risk")], "2026-03-02T07:00:00Z")

    assert said(posted(made, hook.at("risk"), hook.at("room"))) == [("", "in_doubt"), ("cs-room", "posted")]
    assert hook.paths == ["/room"]


def test_a_file_that_somebody_has_changed_is_not_posted(made: World, hook: Hook) -> None:
    path = made.root / "out" / on(0).isoformat() / "channels" / "cs-risk.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("30 seats", "31 seats"), encoding="utf-8")

    with pytest.raises(UserError, match=r"cs-risk\.jsonl is not what the run wrote"):
        posted(made, hook.at("risk"), hook.at("room"))
    assert hook.told == []


# --- digests ---


def sent(made: World, folder: Path | None, day: int = 0) -> Left:
    machine = Machine({}, lambda: 0.0, lambda rest: None)
    return send_all(made.workspace, folder, None, machine, clock(day))


def test_a_digest_is_mailed_once_a_day_to_who_has_something_to_do(made: World, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    first, second = sent(made, folder), sent(made, folder)

    assert said(first.digests) == [("lea@vendor.example", "posted")]
    assert (second.digests.told, first.notes.told) == ((), ())
    (file,) = folder.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["From"], mail["Subject"]) == (
        "cs-ops@vendor.example",
        "Léa, Monday 2 March: 1 new, 0 late, 15 minutes",
    )
    assert mail["List-Unsubscribe"] is None
    text, page = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert "Call Acme *1*" in text
    assert "<strong" in page
    assert "Call Acme *1*" in page


def test_a_digest_of_last_week_stays_a_file(made: World, tmp_path: Path) -> None:
    assert sent(made, tmp_path / "mails", day=7).digests.told == ()


def test_without_a_server_the_digest_waits_and_says_why(made: World) -> None:
    (told,) = sent(made, None).digests.told

    assert (told.state, told.why) == ("waiting", "the project file names no server that takes mails")


# --- all together ---


def typed(made: World, *words: str) -> int:
    return run_app(["-C", str(made.root), "--as-of", on(0).isoformat(), *words])


def test_a_dry_run_says_what_would_be_told_and_changes_nothing(
    made: World, hook: Hook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CS_ROOM", hook.at("room"))
    before = made.ledger.read_bytes()

    assert typed(made, "send", "--dry-run") == 0

    told = capsys.readouterr().out
    assert "1 note to channels: cs-room 1\n" in told
    assert (
        "! 1 note to cs-risk wait, the next send tries again: the environment variable CS_RISK is not set"
        in told
    )
    assert "1 digest by mail\n" in told
    assert told.endswith("Nothing was changed. cs-playbook send does this.\n")
    assert (made.ledger.read_bytes(), hook.told) == (before, [])


def test_a_login_that_is_missing_stops_the_mails_and_not_the_notes(
    made: World, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp = "smtp: {host: 127.0.0.1, security: none, user_from_environment: CS_USER, password_from_environment: CS_WORD}"
    made.edit("project.yaml", "sending: {", f"sending: {{{smtp}, ")
    environment = {"CS_RISK": hook.at("risk"), "CS_ROOM": hook.at("room"), "CS_SECRET": SECRET}

    left = send_all(made.workspace, None, None, Machine(environment, lambda: 0.0, lambda rest: None), clock())

    assert said(left.notes) == [("cs-risk", "posted"), ("cs-room", "posted")]
    (digest,) = left.digests.told
    assert (digest.state, digest.why[:41]) == ("waiting", "the environment variable CS_USER is not s")


def test_status_counts_what_perhaps_arrived(made: World, hook: Hook) -> None:
    posted(made, hook.at("lost"), hook.at("room"))

    standing = status(made.workspace.place, six(made.workspace, on(0)))

    assert standing.posts_in_doubt == 1
    assert "0 pending · 0 uncertain · 1 note or digest in doubt" in status_text(standing, on(0))
    assert status(made.workspace.place, six(made.workspace, on(5))).posts_in_doubt == 0
