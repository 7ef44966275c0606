"""What stands below a letter: who writes, in the reader's language, with the way out; in HTML, text and Markdown alike."""

from __future__ import annotations

import pytest

from cs_playbook.commands.workspace import examine
from cs_playbook.letters.by_hand import as_text, by_hand
from cs_playbook.letters.lacking import templates
from cs_playbook.letters.render import Rendered, render
from cs_playbook.letters.signature import signed_by, wrong_signatures
from cs_playbook.model.catalog import Catalog
from cs_playbook.parse.signature import read_signatures
from cs_playbook.values import replace
from tests.builders import small

ENGLISH = """\
**{{ sender.name }}**
{% if sender.title %}
{{ sender.title }}
{% endif %}
{% if sender.phone %}
{{ sender.phone }}
{% endif %}

{% if unsubscribe %}
Sent to {{ recipient.email }}. [No more of these]({{ unsubscribe }})
{% endif %}
"""
SENDING = (
    'sending: {site: mail.vendor.example, unsubscribe: "https://vendor.example/stop/{contact}?a=1&copy=2"}\n'
)
CATEGORIES = "categories: {success: {opt_out: has_left}, bills: {opt_out: none}}\n"
VALUES = {"contact": {"first_name": "Claire"}, "account": {"name": "Acme"}, "csm": {"name": "Léa"}}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    world = small(tmp_path_factory.mktemp("signature") / "w")
    world.edit("team.yaml", "{name: Léa,", '{name: Léa, title: Success <Manager>, phone: "+33 1 23 45",')
    world.write("project.yaml", (world.root / "project.yaml").read_text() + SENDING + CATEGORIES)
    world.write("emails/signature/en.md", ENGLISH)
    world.write("emails/signature/fr.md", "{{ sender.name }}\n{{ sender.email }}\n")
    world.write(
        "emails/few-seats/hello/en.md",
        "---\nsubject: Hello\ncategory: success\n---\nHello *{{ contact.first_name }}*.\n",
    )
    world.write(
        "emails/few-seats/hello/fr.md",
        "---\nsubject: Bonjour\ncategory: success\n---\nBonjour {{ contact.first_name }}.\n",
    )
    found = examine(world.root)
    assert found.catalog is not None
    assert not any(finding.is_error for finding in found.findings)
    return found.catalog


def letter(
    catalog: Catalog, sender: str = "lea", language: str = "en", category: str = "success"
) -> Rendered:
    template = templates(catalog)("few-seats/hello", language)
    assert template is not None
    signed = signed_by(catalog, category, f"{sender}@vendor.example", "c*l*aire@acme.example", "abc/1")
    rendered = render(template, VALUES, language, signed)
    assert isinstance(rendered, Rendered)
    return rendered


def test_the_text_ends_as_mail_programs_know_it(catalog: Catalog) -> None:
    assert (
        letter(catalog).text
        == """\
Hello Claire.

-- 
Léa
Success <Manager>
+33 1 23 45

Sent to c*l*aire@acme.example. No more of these (https://vendor.example/stop/abc%2F1?a=1&copy=2)
"""  # noqa: W291 - the space belongs to the line
    )


def test_the_page_says_the_same_words_with_the_styles_on_its_tags(catalog: Catalog) -> None:
    below = letter(catalog).html.partition('<div class="signature"')[2].partition("</div>")[0]

    assert below.partition(">")[2] == (
        '\n<p style="margin: 0 0 10px;"><strong>Léa</strong><br>\nSuccess &lt;Manager&gt;<br>\n+33 1 23 45</p>\n'
        '<p style="margin: 0 0 10px;margin-bottom: 0;">Sent to c*l*aire@acme.example. <a href="https://vendor.example/stop/abc%2F1?a=1&amp;copy=2"'
        ' style="color: #0a58ca;text-decoration: underline;">No more of these</a></p>\n'
    )


def test_who_has_no_title_and_no_phone_leaves_no_gap(catalog: Catalog) -> None:
    assert "-- \nMarc\n\nSent to" in letter(catalog, "marc").text


def test_a_stranger_signs_with_the_address(catalog: Catalog) -> None:
    assert "-- \nzoe@vendor.example\n" in letter(catalog, "zoe").text


def test_each_language_has_its_own(catalog: Catalog) -> None:
    assert letter(catalog, language="fr").text == "Bonjour Claire.\n\n-- \nLéa\nlea@vendor.example\n"


def test_a_kind_of_letter_that_nobody_can_leave_offers_no_way_out(catalog: Catalog) -> None:
    assert letter(catalog, category="bills").text.endswith("-- \nLéa\nSuccess <Manager>\n+33 1 23 45\n")


@pytest.mark.parametrize("editor", ["-- \n", "--\n"])
def test_what_a_person_writes_above_keeps_the_signature_below(catalog: Catalog, editor: str) -> None:
    """Editors take away a space at the end of a line."""
    before = letter(catalog)

    after = by_hand(as_text(before.subject, before.markdown).replace("-- \n", editor), "en")

    assert after == before


def test_a_letter_without_a_signature_stays_as_it_was(catalog: Catalog) -> None:
    assert letter(replace(catalog, signatures={})).text == "Hello Claire.\n"


# --- what is wrong with it ---


def found(catalog: Catalog, texts: dict[str, str]) -> list[str]:
    paths = {f"emails/signature/{language}.md": text for language, text in texts.items()}
    signatures, findings = read_signatures(paths)
    findings += wrong_signatures(replace(catalog, signatures=signatures))
    return [f"{one.span.line}:{one.span.column} {one.code} {one.message}" for one in findings]


WRONG = [
    ("Bye\n{{ sender.phone }}\n", "2:4 CSP414 'sender.phone' is empty in some letters"),
    ("{% if category == 'x' %}{{ category }}{% endif %}\n", "1:28 CSP414 'category' is empty in some letters"),
    ("{% if sender.title and sender.phone %}{{ sender.phone }}{% endif %}\n", None),
    ("{% if sender.title %}{{ sender.phone }}{% endif %}\n", "1:25 CSP414 'sender.phone' is empty in some letters"),
    ("{{ sender.nmae }}\n", "1:4 CSP405 nothing fills 'sender.nmae'"),
    ("{{ account.name }}\n", "1:4 CSP405 nothing fills 'account.name'"),
    ("{% for x in sender.phone %}{{ x }}{% endfor %}\n", "1:13 CSP414 a signature goes through no list"),
    ("[x](http://{{ sender.name }}/)\n", "1:5 CSP403 a blank may not say to which site a link goes"),
    ("---\nsubject: x\n---\nBye\n", "1:1 CSP414 a signature has no head: letters have a subject, it stands below them"),
    ("\n", "1:1 CSP414 the signature has no words"),
    ("{sender.name}\n", "1:1 CSP402 '{sender.name}' would be read as it stands"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "finding"), WRONG)
def test_what_would_hold_letters_or_leave_gaps_is_found_where_it_stands(
    catalog: Catalog, text: str, finding: str | None
) -> None:
    assert found(catalog, {"en": text, "fr": "x"}) == ([finding] if finding else [])


def test_a_language_without_one_is_told(catalog: Catalog) -> None:
    assert found(catalog, {"en": ENGLISH}) == ["1:1 CSP414 letters in 'fr' have no signature"]


def test_a_link_that_the_project_does_not_have_is_told(catalog: Catalog) -> None:
    bare = replace(catalog, project=replace(catalog.project, sending=None))

    assert found(bare, {"en": ENGLISH, "fr": "x"}) == [
        "9:7 CSP414 nobody sees this: project.yaml names no link to unsubscribe"
    ]


@pytest.mark.parametrize(
    ("ending", "finding"),
    [
        ("\n\n**{{ csm.name }}**\n", ["1:6 CSP415 the name stands twice below few-seats/hello, which ends with it already"]),
        ("\n\n{{ csm.name }} looks forward to it\n", []),
        ("\n\n{{ account.name }}\n", []),
    ],
)  # fmt: skip
def test_a_name_that_letters_end_with_already_is_told_once_for_all_of_them(
    catalog: Catalog, ending: str, finding: list[str]
) -> None:
    plain = catalog.letters["few-seats/hello", "en"]
    ends = replace(catalog, letters={("few-seats/hello", "en"): replace(plain, body=f"Hello{ending}")})

    assert found(ends, {"en": ENGLISH, "fr": "{{ sender.name }}\n"}) == finding
    assert found(ends, {"en": "x", "fr": "x"}) == []
