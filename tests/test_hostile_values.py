"""Hundreds of values as customers type them stand everywhere that data may stand: none becomes a header, link, tag, formula, path or escape."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import unicodedata
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from cs_playbook.cli.app import run_app
from cs_playbook.commands.posting import post_notes
from cs_playbook.commands.send import send
from cs_playbook.commands.workspace import open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.mail_folder import eml_folder, maildir
from cs_playbook.effects.webhook import slack_body, webhook_body
from cs_playbook.model.outbox import MailState
from cs_playbook.parse.address import is_address
from tests.builders import World, on
from tests.hostile_values import TEXTS, Value, first_of_each, key_of, run_of, values
from tests.tags import Tags
from tests.test_diff import commit, git
from tests.test_send import Post, clock

DAY = "2026-03-02"
PLAIN = [Value("plain", f"plain {number}", f"Name {number}") for number in range(3)]
ADDRESSES = [value for value in TEXTS if is_address(value.text)]
SOME = list(dict.fromkeys([*(value for _, value in first_of_each(TEXTS)), *ADDRESSES]))
# Full-width and small signs are read as the usual ones by some spreadsheets.
FORMULA = re.compile(r"[=+\-@|%]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z")
HEADERS = ["From", "To", "Subject", "MIME-Version", "Content-Type", "Message-ID"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return run_of(TEXTS, tmp_path_factory.mktemp("hostile") / "w")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One of each group, and every address that is one: small enough to be sent."""
    return run_of(SOME, tmp_path_factory.mktemp("few") / "w", written_to="readers")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> World:
    return run_of(PLAIN, tmp_path_factory.mktemp("plain") / "w")


def unseen(words: str, but: str = "\n") -> set[str]:
    """Letters that steer a terminal, turn the reading order or hide."""
    return {
        repr(letter)
        for letter in set(words)
        if letter not in but and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }


def files(world: World, ending: str) -> dict[str, str]:
    """Path → text of what is published and ends so."""
    found = {path: content for path, content in world.published().items() if path.endswith(ending)}
    assert found
    return {path: content.decode("utf-8-sig").replace("\r\n", "\n") for path, content in found.items()}


def test_there_are_hundreds_and_none_twice() -> None:
    assert len({value.text for value in TEXTS}) == len(TEXTS) > 400


# --- files: their names, lists, pages ---


def test_no_path_is_made_of_a_value(world: World) -> None:
    """Each part of it is a safe name on every system, and nothing lies outside of out/."""
    parts = {part for path in world.published() for part in path.split("/")}
    reserved = re.compile(r"(?i)(con|nul|aux|prn|com\d|lpt\d)(\.|\Z)")

    assert [
        p for p in parts if not re.fullmatch(r"[a-zA-Z0-9](?:[a-zA-Z0-9@._+~-]*[a-zA-Z0-9_~+-])?", p)
    ] == []
    assert [part for part in parts if reserved.match(part) or ".." in part or len(part) > 120] == []
    assert {path.name for path in world.root.iterdir()} == {path.name for path in plain_parts(world)}


def plain_parts(world: World) -> list[Path]:
    """What a workspace that has been run holds."""
    kept = ("data", "documents", "emails", "exports", "out", "plans", "playbooks", "answers")
    there = [world.root / name for name in (*kept, "data.yaml", "health.yaml", "kpis.yaml", "project.yaml", "size.yaml", "sources.yaml", "team.yaml")]  # fmt: skip
    return [path for path in there if path.exists()]


def test_no_cell_of_a_list_begins_a_formula(world: World) -> None:
    """Nor does what a spreadsheet makes a cell of that takes semicolons or tabs for what separates them."""
    for path, text in files(world, ".csv").items():
        rows = list(csv.reader(io.StringIO(text, newline="")))
        cells = [cell for row in rows for cell in row]
        parts = [part for cell in cells for part in re.split("[;\t\n]", cell)]

        assert {len(row) for row in rows} == {len(rows[0])}, path
        assert [part[:60] for part in parts if begins_a_formula(part)] == []
        assert unseen("".join(cells), but="") == set()


def begins_a_formula(cell: str) -> bool:
    seen = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").strip()
    return FORMULA.match(seen) is not None and NUMBER.match(seen) is None


def test_nothing_in_markdown_means_anything(world: World, plain: World) -> None:
    """Digests, notes, documents and plans: no tag, link, image, name that is called, or address that a host makes a link of."""
    for kind in ("/documents/", "/digest.md", "/channels/"):
        known = {
            token for path, text in files(plain, ".md").items() if kind in path for token in tokens(text)
        }
        for path, text in files(world, ".md").items():
            if kind in path:
                assert tokens(text) <= known, path
                assert re.findall(r"(?i)[a-z]://[^v].{0,40}|www\..{0,40}", text) == [], path
                assert unseen(text) <= (JOINS if kind == "/documents/" else set()), path


def tokens(markdown: str) -> set[tuple[str, str]]:
    """(kind, where it leads) of everything there is; keys are all the same."""
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)
    inner = [one for token in parsed for one in (token.children or [token])]
    leads = [(one.type, str(one.attrs.get("href") or one.attrs.get("src") or "")) for one in inner]
    return {(kind, re.sub(r"[a-z][0-9a-f]{15}", "KEY", leads_to)) for kind, leads_to in leads}


def test_nothing_in_a_page_is_a_tag_an_attribute_or_a_link(world: World, plain: World) -> None:
    """The page of the day and that of its drafts, each in a frame."""
    expected = {path: Tags(text) for path, text in files(plain, ".html").items()}

    for path, text in files(world, ".html").items():
        page = Tags(text)
        assert page.seen <= expected[path].seen, path
        assert {leads_to(link) for link in page.links} == {leads_to(link) for link in expected[path].links}
        (shape,) = {frozenset(Tags(frame).seen) for frame in expected[path].pages} or {frozenset()}
        assert {frozenset(Tags(frame).seen) for frame in page.pages} <= {shape}
        assert unseen(text) - JOINS == set(), path


# What joins and parts letters in the words of a customer: some languages and families of emoji cannot be written without.
JOINS = {repr(letter) for letter in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}


def leads_to(link: str) -> str:
    return re.sub(r"#m\d+|[a-z][0-9a-f]{15,16}|owners/[^/]+|#o-.*|#[^ ]*", "", link)


# --- mails ---


def test_a_draft_has_the_headers_that_are_meant_and_one_recipient(world: World) -> None:
    mails = [message(content) for path, content in world.published().items() if path.endswith(".eml")]

    assert len(mails) > 300
    for mail in mails:
        as_meant(mail, {"X-Unsent", "List-Unsubscribe", "List-Unsubscribe-Post"})


def test_the_outbox_holds_what_is_meant(world: World, few: World) -> None:
    with (
        open_ledger(world.workspace, writing=False) as ledger,
        open_ledger(few.workspace, writing=False) as other,
    ):
        contents = [content for one in (ledger, other) for content in mails_of(one)]

    assert len(contents) > 60
    for content in contents:
        mail = message(content)
        as_meant(mail, {"Date", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted"})
        assert parts_of(mail) == ("multipart/alternative", "text/plain", "text/html")


def mails_of(ledger: Ledger) -> list[bytes]:
    return [ledger.mail_bytes(task.key) or b"" for _, task in ledger.mails(MailState.PENDING)]


def test_what_a_server_is_given_is_one_address_of_seven_bits(few: World, tmp_path: Path) -> None:
    post = Post()

    send(few.copy(tmp_path / "w").workspace, post, clock(on(0)))

    assert len(post.sent) > 40
    for sealed in post.sent:
        assert len(sealed.recipients) == 1
        assert re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", sealed.recipients[0])
        assert re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", sealed.sender)
        assert message(sealed.content)["To"].addresses[0].addr_spec == sealed.recipients[0]


def message(content: bytes) -> EmailMessage:
    read = message_from_bytes(content, policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read


def as_meant(mail: EmailMessage, besides: set[str]) -> None:
    assert sorted(mail.keys()) == sorted([*HEADERS, *besides])
    assert len(mail["To"].addresses) == len(mail["From"].addresses) == 1
    assert (mail.defects, mail["To"].addresses[0].domain == "") == ([], False)
    assert re.fullmatch(r"<[a-z0-9]+@mail\.vendor\.example>", mail["Message-ID"])
    for name in ("Subject", "To", "From"):
        assert unseen(str(mail[name]), but="") <= JOINS
    text, html = (part.get_payload(decode=True).decode() for part in mail.get_payload())  # type: ignore[union-attr]
    assert unseen(text.replace("\r\n", "\n")) <= JOINS
    assert {link.split("?")[0] for link in Tags(html).links} == {"https://vendor.example/help"}


def parts_of(mail: EmailMessage) -> tuple[str, ...]:
    return tuple(part.get_content_type() for part in mail.walk())


def test_mails_in_folders_have_names_made_of_keys(few: World, tmp_path: Path) -> None:
    for number, way in enumerate((eml_folder, maildir)):
        copied = few.copy(tmp_path / f"w{number}")
        send(copied.workspace, way(tmp_path / f"mails{number}"), clock(on(0)))

    names = {path.name for number in (0, 1) for path in (tmp_path / f"mails{number}").rglob("*") if path.is_file()}  # fmt: skip
    assert len(names) > 80
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(\.eml|[a-zA-Z0-9.,=:_@-]*)", name)] == []


# --- channels ---


def test_a_note_is_one_object_a_line_whatever_ends_a_line(world: World) -> None:
    """A reader that takes U+2028 or U+0085 for the end of a line finds whole objects too; `send` reads them again."""
    (text,) = files(world, ".jsonl").values()
    notes = [json.loads(line) for line in text.splitlines()]

    assert len(notes) == len({note["key"] for note in notes}) > 400
    assert {frozenset(note) for note in notes} == {frozenset(notes[0])}
    assert unseen(text) == set()
    for note in notes:
        body, slack = webhook_body(note), json.loads(slack_body(note))
        assert json.loads(body)["data"] == note
        assert body.isascii()
        assert b"\n" not in body
        assert set(slack) == {"text", "mrkdwn", "link_names", "unfurl_links", "unfurl_media"}
        assert (slack["mrkdwn"], slack["link_names"], slack["unfurl_links"]) == (False, False, False)
        assert re.search(r"[<>]|&(?!amp;|lt;|gt;)", slack["text"]) is None
        assert unseen(slack["text"], but="") <= JOINS


def test_every_note_can_be_read_by_send(world: World) -> None:
    waiting = post_notes(world.workspace, {}, clock(on(0)))

    assert len(waiting.told) > 400


# --- screens ---

SCREENS = (
    ["status"], ["ledger", "verify"], ["run"], ["snapshot", "show"], ["snapshot", "check"], ["capacity"], ["send", "--dry-run", "--to-folder", "x"],
    ["-v", "-o", "text", "-o", "json=a", "-o", "jsonl=b", "dry-run"], ["-o", "text", "-o", "json=a", "-o", "csv=b.csv", "tasks"], ["-o", "text", "-o", "json=a", "health"],
    ["-o", "text", "-o", "json=a", "segments"], ["-o", "text", "-o", "json=a", "-o", "svg=c.svg", "segments", "size"], ["-o", "text", "-o", "json=a", "plans"], ["-o", "text", "-o", "json=a", "drafts"], ["-o", "text", "-o", "markdown=a", "vocabulary"],
    ["-o", "text", "-o", "json=a", "status"], ["-o", "text", "-o", "json=a", "capacity"], ["-o", "text", "-o", "json=a", "-o", "csv=b.csv", "-o", "svg=c.svg", "assign"],
    ["-o", "text", "-o", "json=a", "kpis"], ["-o", "text", "-o", "json=a", "kpis", "remarked", "--by", "remark"], ["-o", "text", "-o", "json=a", "-o", "svg=c.svg", "kpis", "--by", "name"],
    ["-o", "text", "-o", "json=a", "suppress", "--list"], ["-v", "validate"],
)  # fmt: skip
OF_ONE = (("explain",), ("history",), ("health",), ("blame", "greet"))
DRAWN = {"svg", "style", "defs", "clippath", "rect", "g", "text", "circle", "comment"}
CURIOUS = ("line ends", "markup of the terminal", "logs of ci", "escapes")


@pytest.mark.parametrize("words", SCREENS, ids=" ".join)
def test_a_screen_of_all_shows_and_obeys_nobody(words: list[str], few: World, screen: Screen) -> None:
    screen(few, *words)


@pytest.mark.parametrize("words", OF_ONE, ids=" ".join)
def test_a_screen_of_one_account_obeys_its_name_as_little(
    words: tuple[str, ...], few: World, screen: Screen
) -> None:
    for number, value in first_of_each(SOME):
        if value.group in CURIOUS:
            screen(few, "-o", "text", "-o", "json=a", *words, "--", key_of(number, value))


def test_a_draft_and_where_it_comes_from_obey_nobody_who_reads_it(few: World, screen: Screen) -> None:
    keys = {path.rpartition("/")[2].removesuffix(".eml") for path in few.published() if path.endswith(".eml")}

    assert len(keys) > 20
    for key in sorted(keys)[::6]:
        for words in (["drafts", "show"], ["blame"]):
            assert key[:4] in screen(few, "-o", "text", "-o", "json=a", *words, key)


Screen = Callable[..., str]


@pytest.fixture
def screen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Screen:
    """What a command says, with names: no escape, no command of a CI log, no formula, no tag in a picture, no crash."""
    monkeypatch.setenv("COLUMNS", "100")

    monkeypatch.chdir(tmp_path)

    def shown(world: World, *words: str) -> str:
        code = run_app(["-C", str(world.root), "--as-of", DAY, "--names", *words])
        said = capsys.readouterr()
        assert code in (0, 1), said.err
        written = [file.read_text("utf-8") for file in tmp_path.iterdir() if file.is_file()]
        for text in (said.out, said.err, *written):
            assert unseen(text.removeprefix("\ufeff").replace("\r\n", "\n")) == set(), words
            assert re.findall(r"(?m)^\s*::.*|.*##\[.*", text) == [], words
        for table in tmp_path.glob("*.csv"):
            rows = csv.reader(io.StringIO(table.read_text("utf-8"), newline=""))
            parts = [part for row in rows for cell in row for part in re.split("[;\t\n]", cell)]
            assert [part for part in parts if begins_a_formula(part)] == []
        for drawn in tmp_path.glob("*.svg"):
            assert {tag for tag, *_ in Tags(drawn.read_text("utf-8")).seen} <= DRAWN
        return said.out

    return shown


def test_a_plan_for_a_customer_has_no_tag_of_theirs(few: World, plain: World, screen: Screen) -> None:
    expected = Tags(screen(plain, "-o", "html", "plans", "show", "plan-0")).seen
    known = tokens(screen(plain, "-o", "markdown", "plans", "show", "plan-0"))

    for number, value in first_of_each(SOME):
        if value.group in ("html", "markdown", "json and sql"):
            assert Tags(screen(few, "-o", "html", "plans", "show", f"plan-{number}")).seen == expected
            assert tokens(screen(few, "-o", "markdown", "plans", "show", f"plan-{number}")) == known


def test_the_page_of_letters_has_the_tags_it_would_have(
    few: World, plain: World, tmp_path: Path, screen: Screen
) -> None:
    """`email preview`: each letter stands in frames of their own."""
    some = [key_of(number, value) for number, value in first_of_each(SOME) if value.group in ("html", "markdown", "escapes", "slack")]  # fmt: skip
    asked = [word for key in some for word in ("--account", key)]
    for world, words in ((plain, ["--account", "Name 0", "--account", "Name 1"]), (few, asked)):
        screen(world, "-o", f"html={tmp_path / 'page'}", "email", "preview", "greet/hello", *words)
        (tmp_path / "page").rename(tmp_path / f"{world.root.parent.name}.html")

    expected, page = (Tags((tmp_path / f"{world.root.parent.name}.html").read_text("utf-8")) for world in (plain, few))  # fmt: skip
    frames = {frozenset(Tags(frame).seen) for frame in expected.pages}
    assert page.seen <= expected.seen
    assert len(page.pages) >= len(some)
    assert {frozenset(Tags(frame).seen) for frame in page.pages} <= frames


def test_what_is_said_of_a_change_calls_nobody(few: World, tmp_path: Path, screen: Screen) -> None:
    """A comment on a pull request: all that is quoted stands in code spans, so no name, tag, link or image comes to life."""
    world = few.copy(tmp_path / "w")
    world.write(".gitignore", "data/\nout/\nexports/\nanswers/\n")
    git(world.root, "init", "-q", "-b", "main")
    commit(world.root)
    world.edit("playbooks/greet.yaml", "remark is not null, because", "seats = 6, because")

    said = screen(world, "-o", "text", "-o", "markdown=a", "diff")

    comment = (tmp_path / "a").read_text("utf-8")
    kinds = {kind for kind, _ in tokens(comment)}
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", comment)
    assert "evil" in said + comment
    assert kinds & {"link_open", "image", "html_inline"} == set()
    assert re.findall(r"(?<![\w.])@\w|\w+://|www\.", outside) == []


def test_halves_of_letters_are_refused_and_nothing_is_built(
    few: World, tmp_path: Path, screen: Screen
) -> None:
    """Bytes that are no letters: the file that holds them is named, and the day has no snapshot."""
    copied = World(tmp_path / "w")
    shutil.copytree(few.root, copied.root, ignore=shutil.ignore_patterns("data", "out"))
    rows = copied.root / "exports" / "accounts.jsonl"
    whole = rows.read_bytes()

    for value in (one for one in values() if one.raw):
        rows.write_bytes(whole + b'{"id": "z", "name": "' + value.raw + b'", "status": "active"}\n')
        built = copied.build(on(1))
        assert built.manifest is None, value.name
        assert any(
            finding.is_error and finding.span.file.endswith("accounts.jsonl") for finding in built.findings
        )
        assert unseen("".join(finding.message for finding in built.findings)) == set()
