"""Nothing a customer typed becomes a command: names full of traps change the words of an output, never its structure."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from cs_playbook.cli import globals_first
from cs_playbook.cli.app import run_app
from tests.builders import World, account, contact, on, small, tables, used

FORMULAS = ("=cmd|' /C calc'!A1", "+1+cmd", "-2+3+cmd", "@SUM(1+1)", "\t=1+1", "\uff1d1+1", "%0a=1")
MARKUP = (
    "[/x]", "[bold]x[/bold]", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></tr></table>", "<!-- ",
    "&lt;b&gt;", "]]>", "**bold** _it_ `code`", "[link](javascript:alert(1))", "![x](http://x.example/x.png)", "| a | b |",
    "# heading", "- item", "1. item", "> quote", "```", "~~~", "---", "    code", "<https://x.example>", "@octocat",
)  # fmt: skip
COMMANDS = (
    "::error file=x::pwned", "x ::set-output name=a::b", "##[command]rm", "{{ account.arr }}{% for x in y %}", "a' or 1=1 --",
    '"); drop table accounts; --', "$(touch x)", "../../etc/passwd", "%s %(x)s {0}", '"quoted", comma; semicolon', "x" * 300,
)  # fmt: skip
UNSEEN = (
    "\x1b[31mred\x1b[0m\x07", "\x9b31mred", "\u202egnp.exe", "\u2066x\u2069", "zero\u200bwidth", "a\r\nBcc: evil@x.example",
    "a\n::error::b", "tab\tbed", "\ufeffmark", "\u2028line",
)  # fmt: skip
# They cannot stand in the head of a mail.
UNSENDABLE = 11
ENCODED = ("=?utf-8?q?a=0d=0aBcc:_evil@x.example?=", "=?utf-8?b?ZXZpbA==?= <evil@x.example>")
NAMES = (*FORMULAS, *MARKUP, *COMMANDS, *UNSEEN, *ENCODED)


def world_with(root: Path, names: tuple[str, ...]) -> World:
    """A customer of each name, with a contact of that name; a task each on Monday, a letter each on Tuesday."""
    world = small(root)
    world.edit("playbooks/few-seats.yaml", "audience: tier = 'high'\n", "")
    keys = [f"a{number:02}" for number in range(len(names))]
    rows = tables(
        [account(key, seats=3, name=name) for key, name in zip(keys, names, strict=True)],
        [contact(f"{key}-c", key, first_name=name) for key, name in zip(keys, names, strict=True)],
        usage=[used(key, on(day), 1) for key in keys for day in range(-7, 9)],
    )
    world.morning(on(0), rows)
    world.answer_list([{**line, "outcome": "product"} for line in world.lines(on(0))])
    world.morning(on(1), rows)
    return world


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_with(tmp_path_factory.mktemp("hostile") / "w", NAMES)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_with(
        tmp_path_factory.mktemp("plain") / "w", tuple(f"Name {number}" for number in range(len(NAMES)))
    )


def text(world: World, path: str) -> str:
    return world.published()[path].decode("utf-8-sig")


def unseen(words: str) -> set[str]:
    """Letters that steer a terminal, turn the reading order or hide; line ends, and the one after an @, aside."""
    shown = words.replace("\r\n", "\n").replace("@\u200b", "@")
    return {
        repr(letter)
        for letter in shown
        if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }


def test_every_file_is_where_it_would_be(hostile: World, plain: World) -> None:
    undelivered = {path for path in plain.published() if path not in hostile.published()}

    assert set(hostile.published()) <= set(plain.published())
    assert {path.split("/")[1] for path in undelivered} == {"drafts"}
    assert len(undelivered) == len(unsendable(hostile)) == UNSENDABLE


def unsendable(world: World) -> list[str]:
    """Names that cannot stand in the head of a mail: the task is there, the draft is not, and the reason is said."""
    return re.findall(
        r"No draft: the (?:recipient's name|subject) cannot be written into a mail",
        text(world, "2026-03-03/owners/lea@vendor.example/digest.md"),
    )


def test_what_cannot_be_sent_is_not_promised_on_later_days(hostile: World, tmp_path: Path) -> None:
    world = hostile.copy(tmp_path / "w")
    world.build(on(2))
    world.run(on(2))

    digest = text(world, "2026-03-04/owners/lea@vendor.example/digest.md")
    linked = re.findall(r"\]\(\.\./\.\./\.\./([^)]*\.eml)\)", digest)

    assert len(linked) == len(NAMES) - UNSENDABLE
    assert [path for path in linked if path not in world.published()] == []


# --- lists ---


@pytest.mark.parametrize("name", ["tasks.csv", "tasks-new.csv", "owners/lea@vendor.example/tasks.csv"])
def test_lists_have_a_row_for_each_task_and_no_formula(name: str, hostile: World, plain: World) -> None:
    rows = list(csv.reader(io.StringIO(text(hostile, f"2026-03-02/{name}"), newline="")))
    same = list(csv.reader(io.StringIO(text(plain, f"2026-03-02/{name}"), newline="")))

    assert [len(row) for row in rows] == [len(row) for row in same]
    assert [row[0] for row in rows] == [row[0] for row in same]
    assert [cell for row in rows for cell in row if re.match(r"\s*[=+\-@|%\t\r\uff1d]", cell)] == []
    assert unseen("\n".join(cell for row in rows for cell in row)) == set()


def test_a_list_with_such_names_comes_back_as_it_went(hostile: World) -> None:
    """It was answered in the fixture: every row found its task."""
    assert {
        item.steps["ask"].outcome
        for number in range(len(NAMES))
        for item in hostile.enrollments(f"a{number:02}")
    } == {"product"}


# --- digests ---


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-03"])
def test_a_digest_has_the_structure_it_would_have(day: str, hostile: World, plain: World) -> None:
    path = f"{day}/owners/lea@vendor.example/digest.md"

    got, expected = text(hostile, path), text(plain, path)

    if day == "2026-03-02":
        assert blocks(got) == blocks(expected)
    assert set(blocks(got)) <= set(blocks(expected)) | {"softbreak"}
    assert unseen(got) == set()
    assert links(got) <= set(links(expected))


def blocks(markdown: str) -> list[str]:
    """The kinds of all tokens; neighbouring texts are one."""
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)
    kinds = [inner.type for token in parsed for inner in (token.children or [token])]
    return [
        kind
        for number, kind in enumerate(kinds)
        if kind != "text" or number == 0 or kinds[number - 1] != "text"
    ]


def links(markdown: str) -> set[str]:
    parsed = MarkdownIt("commonmark").parse(markdown)
    return {
        str(inner.attrs.get("href") or inner.attrs.get("src"))
        for token in parsed
        for inner in token.children or ()
        if inner.type in ("link_open", "image")
    }


# --- the page ---


class Tags(HTMLParser):
    """Every tag with the names of its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, ...]] = []
        self.pages: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, *(name for name, _ in attrs)))
        self.pages += [value or "" for name, value in attrs if name == "srcdoc"]

    def handle_endtag(self, tag: str) -> None:
        self.seen.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("comment",))


def tags(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    parser.close()
    return parser


def test_the_page_of_tasks_has_the_tags_it_would_have(hostile: World, plain: World) -> None:
    got, expected = tags(text(hostile, "2026-03-02/index.html")), tags(text(plain, "2026-03-02/index.html"))

    assert got.seen == expected.seen
    assert unseen(text(hostile, "2026-03-02/index.html")) == set()


def test_the_page_of_drafts_shows_each_in_a_frame_that_may_do_nothing(hostile: World, plain: World) -> None:
    got, expected = tags(text(hostile, "2026-03-03/drafts.html")), tags(text(plain, "2026-03-03/drafts.html"))

    assert set(got.seen) <= set(expected.seen)
    assert len(got.pages) == len(NAMES) - UNSENDABLE
    assert {tuple(tags(page).seen) for page in got.pages} == {
        tuple(tags(page).seen) for page in expected.pages
    }
    assert unseen(text(hostile, "2026-03-03/drafts.html")) <= {repr("\u200b"), repr("\ufeff")}


# --- mails ---


def mails(world: World) -> Iterator[EmailMessage]:
    for path, content in world.published().items():
        if path.endswith(".eml"):
            message = message_from_bytes(content, policy=SMTP)
            assert isinstance(message, EmailMessage)
            yield message


def test_a_mail_has_the_headers_it_would_have_and_one_recipient(hostile: World, plain: World) -> None:
    expected = next(mails(plain)).keys()

    for mail in mails(hostile):
        assert mail.keys() == expected
        assert [address.addr_spec for address in mail["To"].addresses] == [
            f"{key}-c@{key}.example" for key in [mail["To"].addresses[0].domain.split(".")[0]]
        ]
        assert [address.addr_spec for address in mail["From"].addresses] == ["lea@vendor.example"]
        assert not mail.defects
        assert unseen(str(mail["Subject"])) <= {repr("\u200b"), repr("\ufeff")}


def test_a_mail_has_the_parts_and_tags_it_would_have(hostile: World, plain: World) -> None:
    (shape,) = {parts(mail) for mail in mails(plain)}

    assert {parts(mail) for mail in mails(hostile)} == {shape}


def parts(mail: EmailMessage) -> tuple[object, ...]:
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    return (*(part.get_content_type() for part in mail.walk()), *tags(html).seen)


def test_what_was_typed_is_not_filled_in(hostile: World) -> None:
    """Neither a blank nor a loop of Jinja in a name is one."""
    bodies = [
        part.get_content()
        for mail in mails(hostile)
        for part in mail.walk()
        if part.get_content_type() == "text/plain"
    ]

    assert [body for body in bodies if "{{ account.arr }}{% for x in y %}" in body]


# --- screens ---

SCREENS = (
    ["tasks"], ["-o", "csv", "tasks"], ["-o", "json", "tasks"], ["-o", "json", "history", "a29"], ["-o", "json", "dry-run"], ["-o", "json", "explain", "a41"], ["--names", "tasks"], ["history", "a29"], ["status"], ["dry-run"], ["--names", "dry-run"], ["-v", "--names", "dry-run"],
    ["--names", "explain", "a29"], ["--names", "explain", "a40", "few-seats"], ["explain", "a41"], ["run"], ["start", "few-seats", "rede"], ["stop", "few-seats", "nobody", "--because", "x"],
    ["explain", "::error"], ["done", "zzzz"], ["ledger", "verify"], ["snapshot", "show"], ["snapshot", "check"],
)  # fmt: skip


@pytest.mark.parametrize("words", SCREENS, ids=" ".join)
def test_a_screen_shows_names_and_obeys_none(
    words: list[str],
    hostile: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = hostile.copy(tmp_path / "w") if words[0] in ("run", "start", "stop", "done") else hostile
    monkeypatch.setenv("COLUMNS", "100")

    code = run_app(globals_first(["-C", str(world.root), "--as-of", "2026-03-03", *words]))

    shown = capsys.readouterr()
    assert code in (0, 1), shown.err
    assert "Traceback" not in shown.err
    for screen in (shown.out, shown.err):
        assert unseen(screen.replace("\ufeff", "", 1)) == set()
        assert [line for line in screen.splitlines() if re.match(r"\s*::", line) or "##[" in line] == []


@pytest.mark.parametrize("key", ["a\x1fb", "\x1b[31mred", "a\nb"])
def test_a_key_with_a_control_letter_is_a_bad_row(key: str, tmp_path: Path) -> None:
    """A unit separator in a key would make one subject of two."""
    world = small(tmp_path / "w")
    world.export(tables([account("acme"), account(key)]))

    built = world.build(on(0))

    assert [finding.code for finding in built.findings if "cannot be a key" in finding.message] == ["CSP731"]
    assert unseen("".join(finding.message for finding in built.findings)) == set()


def test_keys_that_are_traps_are_shown_as_what_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = ("::error::x", "\x9b31mred", "../../x", "\u202egnp", "[/x]")
    world = small(tmp_path / "w")
    world.morning(
        on(0),
        tables(
            [account(key, name=f"N{number}", seats=3 if number else 50) for number, key in enumerate(keys)]
        ),
    )
    first = world.lines(on(0))[0]["key"]

    for words in (
        ["start", "few-seats", "N0"], ["stop", "few-seats", "N1", "--because", "x"], ["done", first, "--outcome", "season"], ["run"],
        ["tasks"], ["history", "N1"], ["history", "N0"], ["explain", "N2"], ["dry-run"], ["-o", "json", "history", "N1"],
    ):  # fmt: skip
        assert run_app(globals_first(["-C", str(world.root), "--as-of", "2026-03-02", *words])) in (0, 1)

    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert unseen(shown.out + shown.err) == set()
    assert [line for line in (shown.out + shown.err).splitlines() if re.match(r"\s*::", line)] == []


def test_an_account_that_cannot_be_found_is_not_answered_with_an_escape(
    hostile: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for wanted in ("[31mred[0m", "::error file=x::pwne", "gnp.exe"):
        assert run_app(["-C", str(hostile.root), "--as-of", "2026-03-03", "history", wanted]) == 1

    shown = capsys.readouterr()
    assert unseen(shown.err) == set()
    assert [line for line in shown.err.splitlines() if re.match(r"\s*::", line)] == []


def test_names_of_findings_are_shown_as_what_they_are(
    hostile: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad cell is quoted in the finding of a build."""
    world = hostile.copy(tmp_path / "w")
    rows = [account(f"x{number}", seats=3, arr=name) for number, name in enumerate(NAMES)]
    world.export(tables(rows))

    code = run_app(["-C", str(world.root), "--as-of", "2026-03-04", "snapshot", "build"])

    shown = capsys.readouterr()
    assert code == 1
    assert unseen(shown.out + shown.err) == set()
    assert [
        line for line in (shown.out + shown.err).splitlines() if re.match(r"\s*::", line) or "##[" in line
    ] == []
