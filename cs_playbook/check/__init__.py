"""The model is questioned: what would not bind, never end, never be reached, never be filled."""

from __future__ import annotations

from cs_playbook.check import (
    about,
    absences,
    assignments,
    books,
    documents,
    exclusive,
    graph,
    kpis,
    last_outcomes,
    letters,
    mail_policy,
    people,
    playbooks,
    plays,
    questions,
    ranks,
    rhythms,
    scorecards,
    segments,
    senders,
    sending,
    steps,
    stopping,
    success_plans,
    team,
    workspace,
)
from cs_playbook.check.rule import CatalogRule, PlaybookRule, Rule, asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Playbook
from cs_playbook.source.finding import Finding, Severity
from cs_playbook.values import replace

# Explicit, in the order of the files people write. Each rule's docstring is its page of the manual.
CATALOG_RULES: tuple[CatalogRule, ...] = (
    workspace.languages_can_be_told,
    workspace.contacts_can_be_written_to,
    workspace.every_signal_is_used,
    ranks.ranks_stand_in_signals,
    workspace.every_list_is_used,
    segments.segments_are_told_apart,
    segments.segments_are_reached,
    segments.everybody_has_a_segment,
    segments.no_segment_of_one_day,
    segments.stages_can_be,
    exclusive.exactly_one_fits,
    assignments.rules_are_reached,
    assignments.one_assignment_of_a_role,
    scorecards.bands_follow_each_other,
    scorecards.one_name_each_in_a_scorecard,
    scorecards.profiles_leave_something,
    scorecards.overrides_name_a_band,
    scorecards.sums_are_exact,
    success_plans.one_plan_for_an_account,
    success_plans.objectives_are_measured,
    team.role_names_are_free,
    team.no_circles_of_roles,
    team.one_kind_of_people,
    team.people_of_roles_are_known,
    team.managers_have_names,
    absences.covers_are_there,
    sending.senders_are_on_our_sites,
    workspace.every_role_is_used,
    playbooks.names_are_its_own,
    playbooks.rivals_exist,
    last_outcomes.last_outcomes_exist,
    plays.no_circles_of_plays,
    documents.documents_in_the_default_language,
    documents.documents_are_used,
    letters.letters_in_every_language,
    letters.letters_are_sent,
    letters.letters_in_languages_one_reads,
    mail_policy.letters_have_a_category,
)
PLAYBOOK_RULES: tuple[PlaybookRule, ...] = (
    playbooks.live_says_who_fits_already,
    playbooks.live_has_an_owner,
    playbooks.live_says_why,
    kpis.objectives_name_a_kpi,
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
    rhythms.first_days_are_of_the_rhythm,
    rhythms.nothing_comes_after_what_never_ends,
    rhythms.what_repeats_comes_to_an_end,
    rhythms.undone_once,
    rhythms.a_rhythm_says_who_starts,
    questions.outcomes_that_exist,
    questions.shares_are_no_percentages,
    questions.results_that_can_be_there,
    people.contacts_where_contacts_are_meant,
    people.colleagues_where_colleagues_are_meant,
    people.somebody_is_always_there,
    about.a_line_is_about_one_contact,
    about.roles_ask_for_rows_there_are,
    books.a_person_is_no_account,
    senders.one_sender,
    senders.threads_go_on,
    senders.families_are_known,
    senders.limits_count_somebody_known,
    plays.the_rule_need_not_answer,
    plays.undo_steps_end_nothing,
    plays.plays_can_begin,
    plays.played_ones_are_live,
    plays.plays_are_given_what_they_ask,
    stopping.own_stops_are_tighter,
    mail_policy.own_caps_are_tighter,
    sending.live_mails_have_a_way,
)
# Asked of the steps of an exit's `then:` too: a list of its own.
UNDO_RULES: tuple[PlaybookRule, ...] = (
    steps.cases_have_an_otherwise,
    steps.every_case_can_fit,
    graph.after_names_a_step,
    graph.after_asks_for_its_outcomes,
    graph.no_circles,
    graph.every_step_is_reached,
    people.contacts_where_contacts_are_meant,
    people.colleagues_where_colleagues_are_meant,
    about.a_line_is_about_one_contact,
    about.roles_ask_for_rows_there_are,
    plays.plays_can_begin,
    plays.plays_are_given_what_they_ask,
)
RULES: tuple[Rule, ...] = (*CATALOG_RULES, *PLAYBOOK_RULES)


def check(catalog: Catalog) -> list[Finding]:
    """Every finding of every rule, in no order. What of the catalog could not be read has been reported."""
    planned = {plan.name for plan in catalog.plans}
    findings = [finding for rule in CATALOG_RULES for finding in rule(catalog)]
    for playbook in catalog.playbooks.values():
        question = asked(playbook, catalog)
        found = (finding for rule in PLAYBOOK_RULES for finding in rule(question))
        findings += found if playbook.name not in planned else filter(_of_a_plan, found)
        for undo in _undoing(playbook):
            question = asked(undo, catalog)
            findings += [finding for rule in UNDO_RULES for finding in rule(question)]
    return findings


def _of_a_plan(finding: Finding) -> bool:
    """Nobody has written the steps of a success plan: notes are about steps, and a name that stands twice is CSP604."""
    return finding.severity is not Severity.NOTE and finding.code != "CSP303"


def _undoing(playbook: Playbook) -> list[Playbook]:
    """The steps of each exit's `then:`, as if they were a playbook."""
    rule = replace(playbook.trigger, when=None)
    bare = replace(playbook, owner=None, audience=None, trigger=rule, exits=(), goal=None, unread=())
    return [replace(bare, steps=way_out.then) for way_out in playbook.exits if way_out.then]
