"""Two catalogs → what changed in meaning: what is new, gone, called otherwise, and place by place what it says now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from msgspec import Struct, field

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Playbook
from cs_playbook.study.meaning import ORDER, Place, Renames, Told, told
from cs_playbook.values import names_of, replace

MOST_PAIRS = 400  # lines that are held against each other; a text written anew is not read line by line
ALIKE = 0.55  # of two lines, from which on one is the other changed


class Edit(Struct, frozen=True):
    """One line that says something else: `before` "" where it is new, `after` "" where it is gone."""

    before: str
    after: str


class Said(Struct, frozen=True):
    """What one place says otherwise: `place` in the words of the YAML. `reordered`: the same lines in another order."""

    place: Place
    edits: tuple[Edit, ...]
    reordered: bool = False


class Thing(Struct, frozen=True):
    """Something declared that changed. `kind`: playbook, signal, segmentation … `how`: added, removed, changed, unread.

    `formerly`: what it was called. `renamed`: steps that are called otherwise, old → new. `status`: of a playbook, now
    (of a removed one: then). `gone`, `new`: names inside that are no longer, or newly, there: steps, segments, fields;
    `briefly`: what each of the new ones is.
    """

    kind: str
    name: str
    how: str
    formerly: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    new: tuple[Place, ...] = ()
    gone: tuple[Place, ...] = ()
    briefly: Mapping[Place, str] = field(default_factory=dict)
    status: str = ""
    title: str = ""

    @property
    def is_played(self) -> bool:
        """Accounts are in it: a playbook, or a success plan, which is played like one."""
        return self.kind in _PLAYED


class Changes(Struct, frozen=True):
    """In the order in which people ask: playbooks first. `stories`: names of stories, new and gone."""

    things: tuple[Thing, ...]
    new_stories: tuple[str, ...] = ()
    gone_stories: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.things or self.new_stories or self.gone_stories)

    def of(self, kind: str) -> tuple[Thing, ...]:
        return tuple(thing for thing in self.things if thing.kind == kind)

    @property
    def played(self) -> frozenset[str]:
        """Names of the changed things that accounts are in."""
        return frozenset(thing.name for thing in self.things if thing.is_played)


# What a catalog declares by name: its field → what one of it is called. Anything it gains later goes by its own name.
KINDS = {
    "playbooks": "playbook", "plans": "success plan", "segmentations": "segmentation", "scorecards": "scorecard", "signals": "signal",
    "traits": "trait", "assignments": "assignment", "kpis": "KPI", "letters": "email", "documents": "document", "team": "team", "contract": "data",
    "project": "project", "sources": "sources",
}  # fmt: skip
_PLAYED = ("playbook", "success plan")
_BRIEFLY = ("when", "type", "owner", "to", "from", "due", "every", "until", "after")
_WORKED_OUT = (
    *("facts", "fact_values", "tagged", "files", "stories"),
    *("unread_letters", "unread_playbooks", "unread_kpis"),
)


def changes(before: Catalog, now: Catalog, unsure: frozenset[str] = frozenset()) -> Changes:
    """`unsure`: files of `before` that have errors: what stands in them cannot be compared."""
    names = Renames(playbooks=_renamed_playbooks(before, now), letters=_renamed_letters(before, now))
    things = [
        thing
        for part, kind in _parts(now)
        for thing in _of_kind(kind, _by_name(before, part), _by_name(now, part), names, unsure)
    ]
    old, new = _stories(before, names.playbooks), _stories(now, {})
    return Changes(tuple(things), tuple(sorted(new - old)), tuple(sorted(old - new)))


def _parts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    later = [name for name in names_of(catalog) if name not in KINDS and name not in _WORKED_OUT]
    yield from KINDS.items()
    yield from ((name, name) for name in later)


def _by_name(catalog: Catalog, part: str) -> dict[str, Any]:
    value = getattr(catalog, part, None)
    if part == "plans":
        return {plan.name: plan for plan in catalog.plans}
    if part == "playbooks":  # the steps of a success plan are told in the words of the plan
        return {
            name: catalog.playbooks[name]
            for name in catalog.playbooks.keys() - _by_name(catalog, "plans").keys()
        }
    if isinstance(value, Mapping):
        return {
            " ".join(name) if isinstance(name, tuple) else str(name): item for name, item in value.items()
        }
    return {} if value is None else {"": value}


def _stories(catalog: Catalog, renamed: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        f"{renamed.get(stories.playbook, stories.playbook)}: {case.name}"
        for stories in catalog.stories
        for case in stories.cases
    )


# --- names ---


def _renamed_playbooks(before: Catalog, now: Catalog) -> dict[str, str]:
    """Declared: its old name stands under `formerly`."""
    found: dict[str, str] = {}
    for name, playbook in now.playbooks.items():
        if name not in before.playbooks:
            known = (old for old in reversed(playbook.formerly) if old in before.playbooks)
            old = next(known, None)
            if old is not None and old not in now.playbooks:
                found[old] = name
    return found


def _renamed_letters(before: Catalog, now: Catalog) -> dict[str, str]:
    """A letter or document whose words are the same in every language was only moved."""
    found: dict[str, str] = {}
    for part in ("letters", "documents"):
        old, new = _words(getattr(before, part)), _words(getattr(now, part))
        fresh = {words: name for name, words in new.items() if name not in old}
        found |= {name: fresh[words] for name, words in old.items() if name not in new and words in fresh}
    return found


def _words(letters: Mapping[tuple[str, str], Any]) -> dict[str, frozenset[Any]]:
    found: dict[str, set[Any]] = {}
    for (name, language), letter in letters.items():
        text = getattr(letter, "text", letter)
        found.setdefault(name, set()).add((language, text.subject, text.needs, text.category, text.body))
    return {name: frozenset(words) for name, words in found.items()}


# --- one kind ---


def _of_kind(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], names: Renames, unsure: frozenset[str]
) -> Iterator[Thing]:
    renamed = names.playbooks if kind == "playbook" else _with_language(names.letters, old, kind)
    was = {now: then for then, now in renamed.items()}
    for name, thing in sorted(new.items()):
        then = was.get(name, name)
        if then in old:
            yield from _compared(kind, name, then, old[then], thing, names, unsure)
        else:
            unread = bool(_files(thing) & unsure)
            yield _about(Thing(kind, name, "unread"), thing) if unread else _added(kind, name, thing)
    for name in sorted(set(old) - set(new) - set(renamed)):
        yield _about(Thing(kind, name, "removed"), old[name])


def _added(kind: str, name: str, thing: Any) -> Thing:
    """Of a new playbook for whom it is, and its steps; of anything else that it is new."""
    if kind != "playbook":
        return _about(Thing(kind, name, "added"), thing)
    now = told(thing)
    first = (("audience",), ("trigger", "when"), ("trigger", "every"), ("goal", "when"))
    said = tuple(
        Said(place, tuple(Edit("", text) for text in now[place])) for place in first if now.get(place)
    )
    steps = tuple(place for place in _whole(now, {}) if len(place) == 2 and place[0] == "steps")
    return _about(Thing(kind, name, "added", said=said, new=steps), thing)


def _briefly(place: Place, now: Told) -> str:
    """`task: Call them · owner csm · due 2 business days · after reply: timed_out`."""
    kind = next(iter(now.get((*place, "kind"), ())), "")
    first = ", ".join(now.get((*place, kind), ())) if kind else ""
    rest = (
        f"{word} {', '.join(now[(*place, word)])}"
        for word in _BRIEFLY
        if now.get((*place, word)) and word != kind
    )
    return " · ".join(part for part in (f"{kind}: {first}".strip(": "), *rest) if part)


def _with_language(letters: Mapping[str, str], old: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Letters stand there with their language: `usage-drop/check-in fr`."""
    if kind not in ("email", "document"):
        return {}
    pairs = ((name, *name.rpartition(" ")[::2]) for name in old)
    return {name: f"{letters[base]} {language}" for name, base, language in pairs if base in letters}


def _about(found: Thing, thing: Any) -> Thing:
    """With its title, and the status of a playbook."""
    if isinstance(thing, Playbook):
        return replace(found, status=thing.status.value, title=thing.words.title)
    title = getattr(thing, "title", "")
    return replace(found, title=title) if isinstance(title, str) else found


def _files(thing: Any) -> set[str]:
    span = getattr(thing, "span", None) or getattr(getattr(thing, "text", None), "span", None)
    return {span.file} if span is not None else set()


def _compared(
    kind: str, name: str, then: str, old: Any, new: Any, names: Renames, unsure: frozenset[str]
) -> Iterator[Thing]:
    if _files(old) & unsure:
        yield _about(Thing(kind, name, "unread"), new)
        return
    steps = _renamed_steps(old, new) if isinstance(new, Playbook) else {}
    before = told(old, Renames(steps, names.playbooks, names.letters))
    now = told(new)
    if name != then:
        # Its name is told by the rename.
        before, now = _without_name(before), _without_name(now)
    said, fresh, gone = _differing(before, now)
    formerly = "" if name == then else then
    if said or fresh or gone or steps or (formerly and kind == "playbook"):
        briefly = {place: _briefly(place, now) for place in fresh}
        yield _about(Thing(kind, name, "changed", formerly, steps, said, fresh, gone, briefly), new)


def _without_name(place_by_place: Told) -> Told:
    return {place: texts for place, texts in place_by_place.items() if place != ("name",)}


def _renamed_steps(old: Playbook, new: Playbook) -> dict[str, str]:
    here, there = {step.id for step in new.all_steps}, {step.id for step in old.all_steps}
    declared = new.changes.renamed_steps
    return {then: now for then, now in declared.items() if then in there and now in here and now not in there}


# --- place by place ---


def _differing(before: Told, now: Told) -> tuple[tuple[Said, ...], tuple[Place, ...], tuple[Place, ...]]:
    """What says something else; what is new and what is gone as a whole, without each of its parts."""
    fresh = _whole(now, before)
    gone = _whole(before, now)
    said = []
    for place in dict.fromkeys((*now, *before)):
        inside = place[-1] == "is" or any(place[: len(whole)] == whole for whole in (*fresh, *gone))
        if not inside and (found := _said(place, before.get(place, ()), now.get(place, ()))):
            said.append(found)
    return tuple(said), fresh, gone


def _whole(here: Told, there: Told) -> tuple[Place, ...]:
    """Named things of a list that only one side has; what is inside of such a one comes with it."""
    found = [place[:-1] for place in here if place and place[-1] == "is" and place not in there]
    inside = {place for place in found for whole in found if place != whole and place[: len(whole)] == whole}
    return tuple(place for place in found if place not in inside)


def _said(place: Place, before: Sequence[str], now: Sequence[str]) -> Said | None:
    if tuple(before) == tuple(now):
        return None
    old, new = Counter(before), Counter(now)
    gone, fresh = list((old - new).elements()), list((new - old).elements())
    if place and place[-1] == ORDER:
        both = [name for name in before if name in now]
        if both == [name for name in now if name in before]:
            return None
        return Said(place, (Edit(", ".join(before), ", ".join(now)),), reordered=True)
    if not gone and not fresh:
        return Said(place, (Edit(", ".join(before), ", ".join(now)),), reordered=True)
    return Said(place, tuple(_paired(gone, fresh)))


def _paired(gone: list[str], fresh: list[str]) -> Iterator[Edit]:
    """A line that is much like one that is gone is that one, changed; one for one always is."""
    if len(gone) == 1 and len(fresh) == 1:
        yield Edit(gone[0], fresh[0])
        return
    if len(gone) * len(fresh) > MOST_PAIRS:
        yield from (*(Edit(line, "") for line in gone), *(Edit("", line) for line in fresh))
        return
    left = list(fresh)
    for line in gone:
        near = max(left, key=lambda other: _likeness(line, other), default=None)
        if near is not None and _likeness(line, near) >= ALIKE:
            left.remove(near)
            yield Edit(line, near)
        else:
            yield Edit(line, "")
    yield from (Edit("", line) for line in left)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
