"""The key of a line, a mail or an enrollment → where it comes from: playbook, version, line, commit, run, values, people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date

from msgspec import Struct

from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import Recorded
from cs_playbook.effects.ledger_undo_records import KnownRun
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import Started, StepOpened
from cs_playbook.model.playbook import Playbook
from cs_playbook.parse.catalog import read_pinned
from cs_playbook.parse.playbook import definition_of
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.brought import Commit, brought_by
from cs_playbook.source.tree import Mapping as MappingNode
from cs_playbook.source.tree import read_tree
from cs_playbook.study.behind import Facts, Part, part_of

_SHOWN = 5


class Origin(Struct, frozen=True):
    """Where one enrollment, and one line of it if `task` is given, comes from.

    `file`, `line`: today's, of the step or the playbook; "" where there is none any more. `same`: today's file says what
    it said then; if not, `line_then` is the line in the text that the ledger keeps. `parts`: the conditions with their
    values on the day it began; `no_values`: why there are none, or what is missing there. `words`: what was recorded of it, in order.
    """

    enrollment: Enrollment
    task: OpenTask | None
    title: str
    file: str
    line: int
    same: bool
    line_then: int
    commit: Commit | None
    began: KnownRun | None
    opened: KnownRun | None
    parts: tuple[Part, ...]
    no_values: str
    words: Sequence[Recorded]
    enrollments: Mapping[str, Enrollment]


def blame(workspace: Workspace, key: str, playbook: str = "") -> Origin:
    """`key`: of a task, a mail or an enrollment, or its beginning; or an account, with the playbook it is in, or was.

    Raises ChoiceError for what does not exist, or is not unique.
    """
    with look_into_ledger(workspace) as ledger:
        enrollment, task = (
            (_of_account(workspace, key, playbook, ledger), None) if playbook else _of_key(ledger, key)
        )
        return _origin(workspace, enrollment, task, ledger)


# --- which one ---


def _of_key(ledger: Ledger, key: str) -> tuple[Enrollment, OpenTask | None]:
    found: list[tuple[Enrollment, OpenTask | None]] = [
        *ledger.find_tasks(key),
        *((enrollment, None) for enrollment in ledger.find_enrollments(key)),
    ]
    exact = [one for one in found if key == (one[1].key if one[1] else one[0].key)]
    chosen = exact or found
    if len(chosen) > 1:
        some = ", ".join(task.key if task else enrollment.key for enrollment, task in chosen[:_SHOWN])
        more = " …" if len(chosen) > _SHOWN else ""
        raise ChoiceError(
            f"'{key}' is the beginning of {len(chosen)} keys", f"write more of it: {some}{more}"
        )
    if not chosen:
        hint = "cs-playbook tasks and drafts list them; or: cs-playbook blame ACCOUNT PLAYBOOK"
        raise ChoiceError(f"nothing was ever done under the key '{key}'", hint)
    return chosen[0]


def _of_account(workspace: Workspace, account: str, playbook: str, ledger: Ledger) -> Enrollment:
    from cs_playbook.commands.account import find_account

    found = find_account(workspace.place, account, ledger)
    known = workspace.catalog.playbooks.get(playbook)
    name = known.first_name if known else playbook
    mine = [item for item in ledger.ever_of(found) if item.playbook == name]
    if not mine:
        inside = sorted({item.playbook for item in ledger.ever_of(found)})
        there = f"it was in: {', '.join(inside)}" if inside else f"why not: cs-playbook explain {found}"
        raise ChoiceError(f"{found} was never in '{playbook}'", there)
    return max(mine, key=lambda item: (item.is_open, item.started_on, item.episode))


# --- where it comes from ---


def _origin(workspace: Workspace, enrollment: Enrollment, task: OpenTask | None, ledger: Ledger) -> Origin:
    history = ledger.history(enrollment.account)
    words = [item for item in history if getattr(item.event, "enrollment", None) == enrollment.key]
    runs = {run.number: run for run in ledger.runs()}
    then, now = _texts(workspace, enrollment, ledger)
    step = task.step if task else ""
    parts, no_values = _values(workspace, enrollment, then, ledger)
    file = now.span.file if now else ""
    return Origin(
        enrollment, task, then.words.title if then else enrollment.playbook, file, _line(now, step),
        now is not None and now.definition == enrollment.definition, _line(then, step),
        _commit(workspace, file, enrollment.definition), runs.get(_began_in(words)), runs.get(_opened_in(words, task)),
        parts, no_values, words, {item.key: item for item in ledger.ever_of(enrollment.account)},
    )  # fmt: skip


def _began_in(words: Sequence[Recorded]) -> int:
    """The last time, where it was taken back in between."""
    return max((item.run or 0 for item in words if isinstance(item.event, Started)), default=0)


def _opened_in(words: Sequence[Recorded], task: OpenTask | None) -> int:
    if task is None:
        return 0
    opened = (item for item in words if isinstance(item.event, StepOpened) and task.key in _keys(item.event))
    return max((item.run or 0 for item in opened), default=0)


def _keys(event: StepOpened) -> set[str]:
    return {task.key for task in event.tasks}


def _texts(
    workspace: Workspace, enrollment: Enrollment, ledger: Ledger
) -> tuple[Playbook | None, Playbook | None]:
    """The text it goes by, and today's; None where it no longer binds, or is gone."""
    playbooks = workspace.catalog.playbooks.values()
    now = next((one for one in playbooks if one.first_name == enrollment.playbook), None)
    if now is not None and now.definition == enrollment.definition:
        return now, now
    source = ledger.definition(enrollment.definition) or ""
    then, _ = read_pinned(source, f"{enrollment.playbook} as it was", workspace.around)
    return then, now


def _line(playbook: Playbook | None, step: str) -> int:
    if playbook is None:
        return 0
    found = playbook.step(step) if step else None
    return (found or playbook).span.line if found or not step else 0


def _commit(workspace: Workspace, file: str, definition: str) -> Commit | None:
    def is_the_text(text: str) -> bool:
        root = read_tree(text, file).root
        return isinstance(root, MappingNode) and definition_of(root) == definition

    try:
        return brought_by(workspace.root, file, is_the_text) if file else None
    except UserError:  # no git here: then nobody knows
        return None


# --- the values that decided ---


def _values(
    workspace: Workspace, enrollment: Enrollment, text: Playbook | None, ledger: Ledger
) -> tuple[tuple[Part, ...], str]:
    """As the snapshot of the day has them, asked by today's signals and segments."""
    if text is None:
        return (), "the text it goes by no longer binds: cs-playbook validate says where"
    if text.trigger.when is None:
        return (), "no rule starts it"
    folder, day = workspace.snapshots, enrollment.started_on
    if workspace.catalog.project.keep.snapshots is not None and day not in snapshots.days(folder):
        return (), f"the snapshot of {day.isoformat()} is here no more; what `keep:` lets go is gone"
    try:
        return _asked(workspace, enrollment, text, ledger), _emptied(workspace, day)
    except UserError as cause:
        return (), f"the snapshot of {day.isoformat()} cannot be asked: {cause.sentence}"


def _emptied(workspace: Workspace, day: date) -> str:
    """What its values must not be taken for."""
    from cs_playbook.effects.snapshot_blanking import is_blank

    if workspace.catalog.project.keep.contacts_in_snapshots is None:
        return ""
    manifest = snapshots.read_manifest(snapshots.place_of(workspace.snapshots, day))
    blanked = is_blank(manifest, workspace.catalog.contract)
    return (
        "names and texts of contacts are gone from it, as `keep:` says: what asks for them reads empty"
        if blanked
        else ""
    )


def _asked(workspace: Workspace, enrollment: Enrollment, text: Playbook, ledger: Ledger) -> tuple[Part, ...]:
    from cs_playbook.commands.facts_stage import everything_asked
    from cs_playbook.commands.one_account import row_subjects, subject_of
    from cs_playbook.commands.planning import Sources, prepare
    from cs_playbook.compile.scan import rule_of, top_parts
    from cs_playbook.model.about import table_row
    from cs_playbook.model.answer import explain

    catalog, day = workspace.catalog, enrollment.started_on
    with closing(open_snapshot(workspace, day)) as snapshot:
        calendar = calendar_of(catalog.project.calendar)
        asked = everything_asked(catalog, [text])
        morning = prepare(Sources(catalog, workspace.around, snapshot, ledger, calendar, asked=asked))
        subject, rule = subject_of(enrollment.account, morning), rule_of(text)
        table = catalog.contract.table(text.trigger.one_per) if text.trigger.one_per else None
        key = table_row(text.trigger, enrollment.row)
        if table is not None and key is not None:
            rows = row_subjects(subject, rule, table, morning)
            subject = next((one for one in rows if one.row == key), subject)
        facts = Facts(subject.values, morning.today.reckoning, morning.today.catalog)
        conditions = top_parts(rule.condition) if rule else ()
        return tuple(
            part_of(explain(one, subject.values, morning.today.reckoning), facts) for one in conditions
        )
