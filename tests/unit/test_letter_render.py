"""What the reader of a letter sees, in HTML and in plain text; and that what was typed stays as typed."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cs_playbook.letters.render import MissingBlanks, Rendered, TooLarge, render
from cs_playbook.letters.said import _money, _number
from cs_playbook.letters.template import Template, compile_letter
from cs_playbook.model.letter import Letter
from cs_playbook.source.finding import Span


def template(body: str, subject: str = "Hello", needs: tuple[str, ...] = ()) -> Template:
    letter = Letter("p/x", "en", subject, needs, "", body, Span("en.md", 2, 11), 5)
    compiled = compile_letter(letter)
    assert isinstance(compiled, Template), compiled
    return compiled


def rendered(body: str, subject: str = "Hello", language: str = "en", **values: Any) -> Rendered:
    result = render(template(body, subject), values, language)
    assert isinstance(result, Rendered), result
    return result


class Page(HTMLParser):
    """The tags, attributes and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


# --- what it looks like ---

LETTER = """\
Hello {{ contact.first_name }},

{% if account.arr > 10000 %}
you pay **{{ account.arr | money('EUR') }}** until {{ account.renewal_date }}:
{% endif %}

1. read the [guide](https://help.vendor.example/?a={{ account.id }})
2. call *us*
   - today
   - or tomorrow

> so it goes

Write to [{{ csm.email }}](mailto:{{ csm.email }}), <https://vendor.example> or `code`.

---

Bye,\\
{{ csm.name }}
"""
VALUES = {
    "contact": {"first_name": "Claire"},
    "account": {"arr": 48000.0, "renewal_date": date(2026, 9, 30), "id": "a/b ?"},
    "csm": {"name": "Léa", "email": "lea@vendor.example"},
}


def test_the_plain_text_reads_like_a_letter() -> None:
    assert (
        rendered(LETTER, **VALUES).text
        == """\
Hello Claire,

you pay €48,000 until September 30, 2026:

1. read the guide (https://help.vendor.example/?a=a%2Fb%20%3F)
2. call us
   - today
   - or tomorrow

> so it goes

Write to lea@vendor.example, https://vendor.example or code.

--------------------

Bye,
Léa
"""
    )


def test_the_page_is_complete_and_its_styles_stand_on_its_tags() -> None:
    html = rendered(LETTER, "Hello {{ csm.name }}", **VALUES).html

    assert html.startswith('<!DOCTYPE html><html lang="en" dir="ltr">')
    assert "<title>Hello Léa</title>" in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 36em" in html
    assert not re.search("[\ue000-\uf8ff]", html)


def test_the_markdown_means_what_the_page_shows() -> None:
    result = rendered(LETTER, **VALUES)

    again = MarkdownIt("commonmark", {"html": False}).render(result.markdown)

    assert [word for word in Page(again).words if word.strip()] == [
        word for word in Page(result.html.partition("<body")[2]).words[1:] if word.strip()
    ]


def test_a_loose_list_keeps_its_empty_lines() -> None:
    assert rendered("- a\n\n- b\n\n      code\n").text == "- a\n\n- b\n\n      code\n"


NUMBERS = """\
{{ d }} · {{ d | date('short') }} · {{ n }} · {{ n | number(2) }}
· {{ p | percent }} · {{ p | percent(1) }} · {{ m | money('EUR') }} · {{ c | money('EUR') }} · {{ l }}
"""
GIVEN = {"d": date(2026, 9, 30), "n": 1234.5, "p": -0.456, "m": 12000, "c": 12.5, "l": ["a", "b"]}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "September 30, 2026 · 9/30/26 · 1,234.5 · 1,234.50 · -46% · -45.6% · €12,000 · €12.50 · a and b",
        ),
        (
            "fr",
            "30 septembre 2026 · 30/09/2026 · 1 234,5 · 1 234,50"
            " · -46 % · -45,6 % · 12 000 € · 12,50 € · a et b",
        ),
        (
            "de",
            "30. September 2026 · 30.09.26 · 1.234,5 · 1.234,50"
            " · -46 % · -45,6 % · 12.000 € · 12,50 € · a und b",
        ),
    ],
)
def test_dates_numbers_and_lists_are_written_in_the_language_of_the_reader(language: str, words: str) -> None:
    text = rendered(NUMBERS, language=language, **GIVEN).text

    assert re.sub("[\u00a0\u202f]", " ", text) == words + "\n"


@pytest.mark.parametrize("zeros", [(-0.0, 0.0), (0.0, -0.0)])
def test_nothing_below_zero_is_zero_whichever_comes_first(zeros: tuple[float, float]) -> None:
    """The two are equal: what one of them was written as is remembered for the other."""
    _number.cache_clear()
    _money.cache_clear()
    body = "{{ n }} {{ n | number(1) }} {{ n | money('EUR') }}"

    assert [rendered(body, n=zero).text for zero in zeros] == ["0 0.0 €0\n"] * 2


@pytest.mark.parametrize(
    ("language", "form", "words"),
    [
        ("en", "plural(one='seat', other='seats')", ["seats", "seat", "seats", "seats", "seats"]),
        ("fr", "plural(one='place', other='places')", ["place", "place", "places", "places", "place"]),
        ("pl", "plural(one='lek', few='leki', many='leków', other='leku')", ["leków", "lek", "leki", "leków", "leku"]),
        ("ja", "plural(other='席')", ["席"] * 5),
    ],
)  # fmt: skip
def test_a_word_fits_its_number(language: str, form: str, words: list[str]) -> None:
    text = f"{{{{ a | {form} }}}} {{{{ b | {form} }}}} {{{{ c | {form} }}}} {{{{ d | {form} }}}} {{{{ e | {form} }}}}"
    letter = Letter("p/x", language, "Hello", (), "", text, Span("x.md", 2, 11), 5)
    compiled = compile_letter(letter)
    assert isinstance(compiled, Template), compiled

    result = render(compiled, {"a": 0, "b": 1.0, "c": 3, "d": 12, "e": 1.5}, language)

    assert isinstance(result, Rendered)
    assert result.text.split() == words


def test_a_language_that_is_read_from_the_right_says_so() -> None:
    assert 'dir="rtl"' in rendered("x", language="he").html


def test_filters_of_text_follow_each_other() -> None:
    assert (
        rendered("{{ a | lower | title }} {{ a | upper }}", a="bORIS o'neil").text
        == "Boris O'Neil BORIS O'NEIL\n"
    )


# --- what is held back ---


def test_an_empty_need_holds_the_letter_although_the_letter_could_do_without() -> None:
    letter = template("Hi{% if a.b %} {{ a.b }}{% endif %}", needs=("a.b", "a.c"))

    assert render(letter, {"a": {"c": 0}}, "en") == MissingBlanks(("a.b",))


def test_blanks_of_subject_and_body_are_named_together() -> None:
    assert render(template("{{ a }} {{ b }}", "{{ c }} {{ a }}"), {"b": "x"}, "en") == MissingBlanks(
        ("c", "a")
    )


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), {}, [], "text"])
def test_a_value_that_a_filter_cannot_show_holds_the_letter(value: Any) -> None:
    assert render(template("{{ a | number }}"), {"a": value}, "en") == MissingBlanks(("a",))


def test_a_subject_without_a_word_holds_the_letter() -> None:
    assert render(template("x", "{% if a %}a{% endif %}"), {"a": ""}, "en") == MissingBlanks(("subject",))


def test_a_letter_without_end_is_too_large() -> None:
    assert render(template("{{ a }}"), {"a": "x" * 300_000}, "en") == TooLarge(256_000)


# --- what was typed stays as typed ---

PLACES = """\
{{ x }} **{{ x }}** _{{ x }}_ `{{ x }}` [{{ x }}](https://v.example/{{ x }} "{{ x }}") [m](mailto:{{ x }})

# {{ x }}

- {{ x }}

> {{ x }}

    {{ x }}

```{{ x }}
{{ x }}
```

{{ x }}
"""
EMPTY = Page(rendered(PLACES, x="word").html)
TYPED = st.one_of(
    st.text(min_size=1),
    st.text("<>&\"'`*_[]()!#|\\/:.-=?~ \n\ue0000\ue001\ue0021x;", min_size=1),
    st.sampled_from(
        [
            "[x](http://evil.example)",
            "<b>x</b>",
            "*x*",
            "<script>alert(1)</script>",
            'x" onmouseover="alert(1)',
            "javascript:alert(1)",
            "\n\n# x",
            "![x](http://evil.example)",
            "{{ 7 * 7 }}{% raw %}",
            "&lt;b&gt;",
            "\\",
            "1. x",
            "\ue0000\ue001",
            "@evil.example",
        ]
    ),
)


@given(TYPED.filter(lambda typed: as_shown(typed) != ""))
def test_whatever_is_typed_shows_as_typed_and_changes_no_tag(typed: str) -> None:
    result = rendered(PLACES, "{{ x }}", x=typed)
    page = Page(result.html)

    assert page.tags == EMPTY.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in EMPTY.attributes]
    assert "".join(page.words).count(as_shown(typed)) >= 10
    assert result.subject == as_shown(typed)
    assert result.text.splitlines()[0].startswith(f"{as_shown(typed)} {as_shown(typed)} ")
    links = [str(value) for name, value in page.attributes if name == "href"]
    assert all(
        re.fullmatch(r"https://v\.example/[\w.%~-]+|mailto:[\w.%~@-]+", link, re.ASCII) for link in links
    )


def as_shown(typed: str) -> str:
    """On one line, without what cannot be seen: another writing of the same rule."""
    unseen = [
        *range(0x20),
        *range(0x7F, 0xA0),
        0x61C,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
    ]
    folded = "".join(" " if letter.isspace() else letter for letter in typed)
    seen = "".join(letter for letter in folded if ord(letter) not in unseen)
    return re.sub(" +", " ", seen).strip()


@given(TYPED.filter(lambda typed: as_shown(typed) != ""))
def test_the_markdown_of_whatever_is_typed_shows_it_as_typed(typed: str) -> None:
    markdown = rendered("Hi {{ x }} and *{{ x }}x*", x=typed).markdown

    page = Page(MarkdownIt("commonmark").render(markdown))

    assert set(page.tags) <= {"p", "em"}
    assert as_shown(typed) in "".join(page.words)
