"""What a letter may hold, where a finding points, and that filling it says what Jinja would have said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cs_playbook.letters.blanks import differing_blanks, unknown_blanks
from cs_playbook.letters.fill import FilledText, MissingBlanks, TooLarge, fill
from cs_playbook.letters.template import Template, blanks, compile_letter, needed
from cs_playbook.model.letter import Letter
from cs_playbook.source.finding import Finding, Span


def letter(body: str, subject: str = "Hello", language: str = "en", needs: tuple[str, ...] = ()) -> Letter:
    return Letter("p/x", language, subject, needs, "", body, Span(f"{language}.md", 2, 11, len(subject)), 5)


def template(
    body: str, subject: str = "Hello", language: str = "en", needs: tuple[str, ...] = ()
) -> Template:
    compiled = compile_letter(letter(body, subject, language, needs))
    assert isinstance(compiled, Template), compiled
    return compiled


def findings(body: str, subject: str = "Hello") -> list[Finding]:
    compiled = compile_letter(letter(body, subject))
    assert isinstance(compiled, list), "nothing was found"
    return compiled


def filled(body: str, **values: Any) -> str | tuple[str, ...]:
    match fill(template(body).body, values, "en"):
        case FilledText() as text:
            return text.plain
        case MissingBlanks(names):
            return names
        case TooLarge():
            return "too large"


# --- what is refused, and where ---

REFUSED = [
    ("{{ account.delete() }}", 18),
    ("{{ account.arr * 2 }}", 16),
    ("{{ 'a' * 1000000000 }}", 8),
    ("{{ 2 ** 3 ** 4 }}", 6),
    ("{{ -account.arr }}", 4),
    ("{{ account.a ~ account.b }}", 14),
    ("{{ account['name'] }}", 11),
    ("{{ account.name if account.name else 'you' }}", 17),
    ("{{ account.__class__ }}", 4),
    ("{{ ''.__class__.__mro__ }}", 1),
    ("{{ 'text' }}", 1),
    ("{{ [1, 2] }}", 4),
    ("{{ {} }}", 4),
    ("{{ a, b }}", 5),
    ("{{ account.name | safe }}", 19),
    ("{{ account.name | default('you') }}", 19),
    ("{{ account.name | attr('x') }}", 19),
    ("{{ account.name | upper | tojson }}", 27),
    ("{{ account.arr | money('euros') }}", 18),
    ("{{ account.arr | money }}", 18),
    ("{{ account.arr | number(99) }}", 18),
    ("{{ account.arr | number(x) }}", 18),
    ("{{ account.arr | number(decimals=2) }}", 18),
    ("{{ account.day | date('%Y') }}", 18),
    ("{{ account.seats | plural }}", 20),
    ("{{ account.seats | plural('seat', 'seats') }}", 20),
    ("{{ account.seats | plural(one='seat') }}", 20),
    ("{{ account.seats | plural(one='seat', other=account.name) }}", 20),
    ("{{ account.seats | plural(one='seat', others='seats') }}", 20),
    ("{{ account.seats | plural(other='seats') }}", 4),
    ("{{ account.seats | plural(one='seat', few='seats', other='seats') }}", 4),
    (
        "{% for x in account.xs %}{% if account.a %}{{ account.n | plural(other='x') }}{% endif %}{% endfor %}",
        47,
    ),
    ("{% set x = 1 %}", 4),
    ("{% set x %}a{% endset %}", 4),
    ("{% with x = 1 %}{% endwith %}", 4),
    ("{% include 'x' %}", 4),
    ("{% import 'x' as y %}", 4),
    ("{% from 'x' import y %}", 4),
    ("{% extends 'x' %}", 4),
    ("{% block x %}{% endblock %}", 4),
    ("{% macro x() %}{% endmacro %}", 4),
    ("{% call x() %}{% endcall %}", 4),
    ("{% filter upper %}a{% endfilter %}", 4),
    ("{% autoescape false %}{{ account.x }}{% endautoescape %}", 4),
    ("{% raw %}{{ x }}{% endraw %}", 1),
    ("{% if account.x is defined %}{% endif %}", 17),
    ("{% if account.x == none %}{% endif %}", 20),
    ("{% if true %}{% endif %}", 1),
    ("{% if 1 == 1 %}{% endif %}", 9),
    ("{% if 1 < account.x < 3 %}{% endif %}", 21),
    ("{% if account.x > 'a' %}{% endif %}", 17),
    ("{% if account.x == ['a'] %}{% endif %}", 17),
    ("{% if account.x in 'abc' %}{% endif %}", 17),
    ("{% if ['a'] in account.x %}{% endif %}", 13),
    ("{% if account.x in [account.y] %}{% endif %}", 20),
    ("{% for x in range(9) %}{% endfor %}", 18),
    ("{% for x in account.xs if x %}{% endfor %}", 4),
    ("{% for a, b in account.xs %}{% endfor %}", 4),
    ("{% for x in account.xs recursive %}{% endfor %}", 4),
    ("{% for x in account.xs %}{{ x.y }}{% endfor %}", 29),
    ("{% for x in account.xs %}{{ loop.index }}{% endfor %}", 29),
    ("{% for x in account.xs %}{% for y in account.ys %}{% endfor %}{% endfor %}", 29),
    ("{{ lipsum(9) }}", 10),
    ("{{ cycler.__init__.__globals__ }}", 4),
    ("![pixel](https://spy.example/x.gif)", 10),
    ("[x](javascript:alert(1))", 5),
    ("[x](/relative)", 5),
    ("[x](http://vendor.example/help)", 5),
    ("<HTTP://vendor.example>", 1),
    ("[x](//spy.example)", 5),
    ("[x](data:text/html,x)", 5),
    ("[x](https://good.example@spy.example/)", 5),
    ("[x](https://{{ account.site }}/)", 5),
    ("[x](https://good.example{{ account.site }})", 5),
    ("[x]({{ account.site }})", 5),
]


@pytest.mark.parametrize(("tag", "column"), REFUSED)
def test_what_a_letter_may_not_hold_is_found_where_it_stands(tag: str, column: int) -> None:
    first = findings(f"Hello,\n\n{tag}\n")[0]

    assert (first.code, first.span.line, first.span.column) == ("CSP403", 7, column)
    assert first.hint


def test_a_form_that_a_language_has_must_be_written() -> None:
    compiled = compile_letter(letter("{{ account.seats | plural(one='lek', other='leki') }}", language="pl"))

    assert isinstance(compiled, list)
    assert [(finding.code, finding.message, finding.hint) for finding in compiled] == [
        (
            "CSP403",
            "Polish has a word of its own for 2, 3, 4: 'few' is missing",
            "write plural(one='…', few='…', many='…', other='…')",
        )
    ]


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{% if account.x %}", "'{% if %}' is never closed"),
        ("{% endif %}", "'{% endif %}' closes or continues nothing"),
        ("{% fro x in y %}", "there is no tag 'fro' in a letter"),
        ("{{ account.name", "this tag cannot be read"),
        ("{{ }}", "this tag cannot be read"),
        ("{{ a b }}", "this tag cannot be read"),
        ("{{ " + "(" * 5000 + " }}", "a tag in this letter is nested too deep or too long to be read"),
        ("{{ " + "9" * 5000 + " }}", "a tag in this letter is nested too deep or too long to be read"),
    ],
)
def test_a_tag_that_cannot_be_read_is_told_in_plain_words(tag: str, message: str) -> None:
    first = findings(f"Hello,\n{tag}\n")[0]

    assert first.code == "CSP402"
    assert message in first.message


def test_rows_are_gone_through_and_nothing_else() -> None:
    (finding,) = findings("{{ rows('tickets') }}")

    assert finding.message == "rows() can only be gone through"


def test_the_condition_of_rows_is_a_text_that_stands_in_the_letter() -> None:
    wrong = findings("{% for t in rows('tickets', account.name) %}{{ t.title }}{% endfor %}")

    assert [finding.message for finding in wrong] == ["rows() is not written like this"]


@pytest.mark.parametrize(
    "subject", ["{# later #}", "{% if account.a %} {% endif %}", "{% for x in a.xs %}{% endfor %}"]
)
def test_a_subject_that_never_has_a_word_is_found_in_every_language(subject: str) -> None:
    assert [(finding.code, finding.message) for finding in findings("Hello", subject)] == [
        ("CSP401", "the subject never has a word")
    ]


def test_all_findings_come_at_once_and_in_order() -> None:
    lines = [finding.span.line for finding in findings("{{ a() }}\n{{ b | safe }}\n{% set c = 1 %}\n")]

    assert lines == [5, 6, 7]


def test_a_finding_in_the_subject_points_into_the_head() -> None:
    (finding,) = findings("Hello", subject="{{ account.name | safe }}: hello")

    assert finding.span == Span("en.md", 2, 29, 4)


def test_a_file_that_is_named_after_no_language_is_found() -> None:
    compiled = compile_letter(letter("Hello", language="klingon"))

    assert isinstance(compiled, list)
    assert [finding.code for finding in compiled] == ["CSP408"]


# --- blanks ---


def test_blanks_are_the_names_with_their_places() -> None:
    greeting = "Hi {{ contact.first_name|upper }},\n"
    body = greeting + "  {%- if steps.call.outcome == 'x' %} {{csm . name}}{% endif %}\n"
    found = blanks(
        template(body + "{% for p in account.products %}{{ p }}{% endfor %}", "{{ account.name }}")
    )

    assert [(blank.name, blank.span.line, blank.span.column, blank.span.length) for blank in found] == [
        ("account.name", 2, 14, 12),
        ("contact.first_name", 5, 7, 18),
        ("steps.call.outcome", 6, 10, 18),
        ("csm.name", 6, 41, 10),
        ("account.products", 7, 13, 16),
    ]


def test_needed_are_the_needs_and_what_stands_outside_of_an_if() -> None:
    compiled = template(
        "{{ contact.first_name }} {% if account.arr %}{{ account.arr }}{% endif %}", needs=("csm.name",)
    )

    assert needed(compiled) == ("csm.name", "contact.first_name")


def test_an_unknown_blank_is_told_the_nearest_name() -> None:
    (finding,) = unknown_blanks(template("Hi {{ contact.frist_name }}"), {"contact.first_name", "today"})

    assert (finding.code, finding.span.column, finding.hint) == (
        "CSP405",
        7,
        "did you mean 'contact.first_name'?",
    )


def test_a_need_that_nothing_fills_is_found_too() -> None:
    (finding,) = unknown_blanks(template("Hi", needs=("contact.frist_name",)), {"contact.first_name"})

    assert (finding.code, finding.span.line) == ("CSP405", 2)


def test_blanks_that_differ_between_languages_are_found_on_both_sides() -> None:
    english = template("{{ account.name }} {{ csm.name }}", needs=("csm.name",))
    french = template("{{ account.name }} {{ today }}", language="fr")

    found = [(f.code, f.span.file, f.span.line, f.message) for f in differing_blanks([english, french])]

    assert found == [
        ("CSP406", "fr.md", 2, "'csm.name' is in the letter in 'en', not in this one"),
        ("CSP406", "fr.md", 5, "'today' is not in the letter in 'en'"),
        ("CSP406", "fr.md", 2, "needs is not the same as in 'en': csm.name"),
    ]
    assert differing_blanks([english, english]) == []


# --- filling ---


def test_a_blank_in_a_branch_that_is_not_taken_is_not_missed() -> None:
    body = "{% if account.arr %}{{ account.arr }} a year{% else %}free{% endif %}"

    assert filled(body, account={"arr": None}) == "free"
    assert filled(body, account={"arr": 12000}) == "12,000 a year"


@pytest.mark.parametrize("empty", [None, "", "  ", "\u00a0\n"])
def test_a_blank_that_would_be_shown_empty_holds_the_letter(empty: str | None) -> None:
    assert filled("Hello {{ contact.first_name }},", contact={"first_name": empty}) == ("contact.first_name",)


def test_every_missing_blank_is_named_once() -> None:
    assert filled("{{ a.b }} {{ a.b }} {{ c }}{% for x in d.e %}{{ x }}{% endfor %}") == ("a.b", "c", "d.e")


@pytest.mark.parametrize("test", ["a == 'x'", "a != 'x'", "not a == 'x'", "a < 3", "a in ['x']", "'x' in a"])
def test_a_comparison_with_something_empty_is_unknown_and_holds_the_letter(test: str) -> None:
    assert filled(f"{{% if {test} %}}yes{{% else %}}no{{% endif %}}", a=None) == ("a",)


def test_a_comparison_of_a_text_with_a_number_holds_the_letter() -> None:
    assert filled("{% if a > 3 %}yes{% else %}no{% endif %}", a="7") == ("a",)


def test_a_letter_that_grows_without_end_is_refused() -> None:
    body = "{% for x in xs %}{{ x }} is a long line of words{% endfor %}"

    assert filled(body, xs=["x"] * 100_000) == "too large"


def test_a_line_that_holds_only_a_tag_leaves_no_empty_line() -> None:
    assert filled("{% for x in xs %}\n- {{ x }}\n  {% endfor %}\n", xs=["a", "b"]) == "- a\n- b\n"


NAMES = st.sampled_from(["a.b", "a.c", "a.n", "d"])
TEXTS = st.text("xy \n.#*", max_size=6)
TESTS = st.recursive(
    st.one_of(
        NAMES,
        st.tuples(st.sampled_from(["a.b", "a.c", "d"]), st.sampled_from(["==", "!=", "in"])).map(
            lambda t: f"{t[0]} in ['x', 'y']" if t[1] == "in" else f"{t[0]} {t[1]} 'x'"
        ),
        st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=="]), st.integers(-3, 3)).map(
            lambda t: f"a.n {t[0]} {t[1]}"
        ),
        st.sampled_from(["'x' in xs", "'z' not in xs"]),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"not {t}"),
    ),
    max_leaves=4,
)
SOURCES = st.recursive(
    st.one_of(
        TEXTS, NAMES.map(lambda name: f"{{{{ {name} }}}}"), NAMES.map(lambda name: f"{{{{- {name} -}}}}")
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(TESTS, inner, TESTS, inner, inner).map(
            lambda t: f"{{% if {t[0]} %}}{t[1]}{{% elif {t[2]} %}}{t[3]}{{% else %}}\n{t[4]}{{% endif %}}"
        ),
    ),
    max_leaves=8,
)


@given(
    source=st.tuples(SOURCES, SOURCES, SOURCES),
    values=st.tuples(*[st.sampled_from(["x", "y", "Léa <b>"])] * 3),
    n=st.integers(0, 3),
)
def test_filling_says_what_the_sandboxed_jinja_says(
    source: tuple[str, ...], values: tuple[str, ...], n: int
) -> None:
    first, middle, last = source
    body = f"{first}{{% for item in xs %}}{middle}{{{{ item }}}}{{% endfor %}}{last}"
    given_values = {"a": {"b": values[0], "c": values[1], "n": n}, "d": values[2], "xs": ["x", "q"]}
    oracle = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )

    assert filled(body, **given_values) == oracle.from_string(body).render(given_values)


@given(st.text("{}%#-+ab.\n |('\")[]<>=_ifendfor", max_size=40))
def test_whatever_is_written_is_a_template_or_findings_within_the_file(body: str) -> None:
    match compile_letter(letter(body)):
        case Template() as compiled:
            spans = [blank.span for blank in blanks(compiled)]
        case found:
            spans = [finding.span for finding in found]

    assert all(5 <= span.line <= 5 + body.count("\n") and span.column >= 1 for span in spans)
