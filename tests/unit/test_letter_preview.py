"""The page of all mails: complete in itself, and nothing in a mail gets out of its frame."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.letters.preview import PreviewItem, page, page_in_pieces


def item(
    account: str = "Acme", subject: str = "Hello", html: str = "<p>Hi</p>", sender: str = "Léa"
) -> PreviewItem:
    return PreviewItem(
        account,
        "Claire",
        "claire@acme.example",
        sender,
        "lea@vendor.example",
        subject,
        html,
        "Hi\n",
        "p/x",
        "en",
        "a.eml",
    )


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_each_mail_stands_in_a_frame_that_runs_nothing() -> None:
    frames = Tags(page("Drafts", [item(), item("Borealis")])).all("iframe")

    assert [frame["srcdoc"] for frame in frames] == ["<p>Hi</p>", "<p>Hi</p>"]
    assert {frame["sandbox"] for frame in frames} == {
        "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    }


def test_nothing_is_fetched_and_only_the_page_s_own_script_may_run() -> None:
    html = page("Drafts", [item()])
    script = html.partition("<script>")[2].partition("</script>")[0]
    rule = str(Tags(html).all("meta")[1]["content"])

    assert "default-src 'none'" in rule
    assert f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in rule
    assert "http://" not in html
    assert "https://" not in html


def test_the_list_at_the_side_has_a_heading_for_each_sender() -> None:
    html = page("Drafts", [item(), item("Borealis"), item("Delos", sender="Marc")])

    assert [html.count(f"<h3>{name}</h3>") for name in ("Léa", "Marc")] == [1, 1]
    assert [link["href"] for link in Tags(html).all("a") if str(link["href"]).startswith("#")] == [
        "#m1",
        "#m2",
        "#m3",
    ]


def test_a_day_without_mails_says_so() -> None:
    assert "No mails today." in page("Drafts", [])


def test_mails_are_written_one_by_one() -> None:
    pieces = page_in_pieces("Drafts", (item(str(number)) for number in range(3)))

    assert [piece.count("<article") for piece in pieces][:4] == [0, 1, 1, 1]


@given(st.text(), st.text(), st.text())
def test_whatever_is_in_a_mail_the_page_has_the_same_tags(account: str, subject: str, html: str) -> None:
    calm = [tag for tag, _ in Tags(page("Drafts", [item()])).tags]

    assert [tag for tag, _ in Tags(page("Drafts", [item(account, subject, html)])).tags] == calm
