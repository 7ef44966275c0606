"""In which language somebody is written to: the contact's, else the account's, else the default, else the one there is."""

from __future__ import annotations

import pytest

from cs_playbook.commands.workspace import examine
from cs_playbook.model.catalog import Catalog
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.speaking import language_for, one_read_by
from cs_playbook.values import replace
from tests.builders import small

HELLO = "few-seats/hello"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Supports en, fr and pt-BR; the letter hello is there in all three."""
    found = examine(small(tmp_path_factory.mktemp("language") / "w").root).catalog
    assert found is not None
    languages = replace(found.project.languages, supported=("en", "fr", "pt-BR"))
    letters = {**found.letters, (HELLO, "pt-BR"): found.letters[HELLO, "fr"]}
    return replace(found, project=replace(found.project, languages=languages), letters=letters)


@pytest.mark.parametrize(
    ("contact", "account", "language"),
    [
        ("fr", "pt-BR", "fr"),
        (None, "fr", "fr"),
        ("", "fr", "fr"),
        ("de", "fr", "fr"),
        ("de", None, "en"),
        (None, None, "en"),
        ("FR", None, "fr"),
        ("fr-CA", "en", "fr"),
        ("fr_BE", "en", "fr"),
        ("pt-br", None, "pt-BR"),
        ("pt", "fr", "pt-BR"),
        ("f", None, "en"),
    ],
)
def test_the_first_wish_that_can_be_fulfilled_counts(
    catalog: Catalog, contact: str | None, account: str | None, language: str
) -> None:
    subject = Subject("acme", None, {"language": account})

    assert language_for({"language": contact}, subject, HELLO, catalog) == language


def test_somebody_of_whom_nothing_is_known_reads_what_the_account_reads(catalog: Catalog) -> None:
    assert language_for(None, Subject("acme", None, {"language": "fr"}), HELLO, catalog) == "fr"


def test_a_letter_that_is_not_written_in_it_goes_out_in_the_next(catalog: Catalog) -> None:
    letters = {place: letter for place, letter in catalog.letters.items() if place != (HELLO, "fr")}
    subject = Subject("acme", None, {"language": "pt-BR"})

    assert language_for({"language": "fr"}, subject, HELLO, replace(catalog, letters=letters)) == "pt-BR"


def test_without_the_default_any_is_better_than_none(catalog: Catalog) -> None:
    letters = {(HELLO, "pt-BR"): catalog.letters[HELLO, "pt-BR"]}

    assert (
        language_for({"language": "fr"}, Subject("a", None, {}), HELLO, replace(catalog, letters=letters))
        == "pt-BR"
    )


def test_the_plain_language_comes_before_that_of_another_country() -> None:
    assert one_read_by("pt-PT", ("pt-BR", "pt")) == "pt"
