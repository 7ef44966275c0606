"""The model is questioned: what would not bind, never end, never be reached, never be filled."""

from __future__ import annotations

from cs_playbook.check import graph, letters, people, playbooks, questions, segments, steps, team, workspace
from cs_playbook.check.rule import CatalogRule, PlaybookRule, Rule, asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.source.finding import Finding

# Explicit, in the order of the files people write. Each rule's docstring is its page of the manual.
CATALOG_RULES: tuple[CatalogRule, ...] = (
    workspace.languages_can_be_told,
    workspace.contacts_can_be_written_to,
    workspace.every_signal_is_used,
    segments.segments_are_told_apart,
    segments.segments_are_reached,
    segments.everybody_has_a_segment,
    team.role_names_are_free,
    team.no_circles_of_roles,
    team.one_kind_of_people,
    team.managers_have_names,
    workspace.every_role_is_used,
    playbooks.names_are_its_own,
    letters.letters_in_every_language,
    letters.letters_are_sent,
    letters.letters_in_languages_one_reads,
)
PLAYBOOK_RULES: tuple[PlaybookRule, ...] = (
    playbooks.live_says_who_fits_already,
    playbooks.live_has_an_owner,
    playbooks.live_says_why,
    questions.no_single_day,
    steps.ids_are_unique,
    steps.ends_with_its_own_outcomes,
    steps.every_answer_leads_on,
    steps.cases_have_an_otherwise,
    steps.every_case_can_fit,
    graph.after_names_a_step,
    graph.after_asks_for_its_outcomes,
    graph.no_circles,
    graph.every_step_is_reached,
    questions.outcomes_that_exist,
    questions.results_that_can_be_there,
    people.contacts_where_contacts_are_meant,
    people.colleagues_where_colleagues_are_meant,
    people.somebody_is_always_there,
)
RULES: tuple[Rule, ...] = (*CATALOG_RULES, *PLAYBOOK_RULES)


def check(catalog: Catalog) -> list[Finding]:
    """Every finding of every rule, in no order. What of the catalog could not be read has been reported."""
    findings = [finding for rule in CATALOG_RULES for finding in rule(catalog)]
    for playbook in catalog.playbooks.values():
        question = asked(playbook, catalog)
        findings += [finding for rule in PLAYBOOK_RULES for finding in rule(question)]
    return findings
