"""All files of a workspace → its catalog and every finding, in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary

from msgspec import Struct, field

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition
from cs_playbook.model.data import Contract
from cs_playbook.model.document import DocumentText
from cs_playbook.model.letter import Letter
from cs_playbook.model.mapping import Sources
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.project import Project
from cs_playbook.model.story import Stories
from cs_playbook.model.team import Team
from cs_playbook.parse.assignment import read_assignments
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.data import bind_contract, read_contract
from cs_playbook.parse.document import read_document
from cs_playbook.parse.exported import as_exported
from cs_playbook.parse.facts import Facts, read_facts
from cs_playbook.parse.hands_off import read_hands_off
from cs_playbook.parse.kpi import read_kpis
from cs_playbook.parse.letter import read_letter
from cs_playbook.parse.letter_places import places_below, places_of_letters
from cs_playbook.parse.mail_policy import read_mail_policy
from cs_playbook.parse.mapping import read_sources
from cs_playbook.parse.nodes import block, text, texts
from cs_playbook.parse.opened import scopes_of
from cs_playbook.parse.planned import read_planned
from cs_playbook.parse.playbook import Surroundings, read_playbook
from cs_playbook.parse.project import read_project
from cs_playbook.parse.resources import read_resources
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.signature import read_signatures
from cs_playbook.parse.story import read_stories
from cs_playbook.parse.success_plan import is_template
from cs_playbook.parse.team import read_team
from cs_playbook.parse.trait import read_traits
from cs_playbook.parse.untold import untold_facts
from cs_playbook.source.commas import cut_by_commas
from cs_playbook.source.files import DOCUMENTS, hash_of
from cs_playbook.source.finding import NOWHERE, Finding, Severity, Span, in_order
from cs_playbook.source.schema import KINDS, check_shape, kind_of
from cs_playbook.source.tree import Mapping, Node, read_tree
from cs_playbook.values import replace

ONCE = ("project", "data", "team")
SHAPE = ("CSP112", "CSP115")
_FIRST_DATA = "from your exports: cs-playbook sources suggest exports/*.csv --write ."
MISREAD = ("CSP103", "CSP105", "CSP106", "CSP116")


class Read(Struct, frozen=True):
    """What came of reading: the catalog (None where too little is there to go on) and the findings, in order.

    With errors among the findings the catalog holds what could be read: enough to look for more, not to act on.
    `around`: what a playbook's text may name; needed to read pinned texts again.
    """

    catalog: Catalog | None
    findings: tuple[Finding, ...]
    around: Surroundings | None = None


def read_catalog(yaml: Dictionary[str, str], letters: Dictionary[str, str]) -> Read:
    """`yaml` and `letters`: path → text."""
    reader = _Reader(yaml)
    catalog = reader.catalog(letters)
    return Read(catalog, in_order(_without_echoes(reader.findings)), reader.around)


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """What YAML misreads is told once, not what follows from it on the same line; and of two findings about one
    value the one that knows more than its shape."""
    lines = {(finding.span.file, finding.span.line) for finding in findings if finding.code in MISREAD}
    values = {finding.span[:3] for finding in findings if finding.is_error and finding.code not in SHAPE}
    return [
        f
        for f in findings
        if f.code in MISREAD
        or ((f.span.file, f.span.line) not in lines and not (f.code in SHAPE and f.span[:3] in values))
    ]


def read_pinned(source: str, label: str, around: Surroundings) -> tuple[Playbook | None, list[Finding]]:
    """A playbook's text as it was when an enrollment began, read with today's names."""
    tree = read_tree(source, label)
    if not isinstance(tree.root, Mapping):
        return None, list(tree.findings)
    playbook, wrong = read_playbook(tree.root, source, _with_former_names(around))
    findings = [*tree.findings, *wrong]
    return (None if any(finding.is_error for finding in findings) else playbook), findings


def _with_former_names(around: Surroundings) -> Surroundings:
    names = around.scope.playbooks
    return (
        around
        if names is None
        else replace(around, scope=replace(around.scope, playbooks=names | around.former))
    )


class _Reader(Struct):
    """Holds the files by kind and the findings while the catalog grows."""

    yaml: Dictionary[str, str]
    findings: list[Finding] = field(default_factory=list)
    around: Surroundings | None = None
    broken: list[tuple[str, str, str]] = field(
        default_factory=list
    )  # kind, name, text of files that are no YAML

    def catalog(self, letters: Dictionary[str, str]) -> Catalog | None:
        files = self._by_kind()
        self._once(files)
        project = self._project(files["project"])
        contract, root = self._contract(files["data"], files["resources"])
        if contract is None or root is None or project is None or not files["team"] or self._hides_names():
            return None
        names = self._playbook_names([*files["playbook"], *_of_customers(files["success_plan"])]) | {
            name: "" for kind, name, _ in self.broken if kind == "playbook"
        }
        contract = as_exported(contract, files["sources"][0][1] if files["sources"] else None)
        facts, scope, contract = self._facts(files, contract, root, frozenset(names))
        scope = replace(scope, channels=frozenset(channel.name for channel in project.channels))
        self._one_name_each(project, _role_names(files["team"]))
        hands_off, wrong = read_hands_off(files["project"][0][1], scope)
        self.findings += wrong
        mail, wrong = read_mail_policy(files["project"][0][1], scope)
        self.findings += wrong
        project = replace(project, hands_off=hands_off, mail=mail)
        team = self._team(files["team"], scope)
        assigning, wrong = read_assignments(
            [root for _, root in files["segments"]], scope, team, dict(facts.segmentations)
        )
        self.findings += wrong
        places = places_of_letters(letters)
        scope = replace(
            scope, documents=frozenset(name for name, _ in places_below(letters, DOCUMENTS).values())
        )
        kpis, wrong = read_kpis([root for _, root in files["kpis"]], scope)
        self.findings += wrong
        written = self._letters(letters)
        # Whoever names a role or a letter that cannot be read is not reported too.
        former = frozenset(name for _, root in files["playbook"] for name in texts(root, "formerly"))
        self.around = Surroundings(
            scope,
            _role_names(files["team"]),
            frozenset(name for name, _ in places.values()),
            former,
            _their_roles(files["team"]),
        )
        plans, planned, wrong = read_planned([root for _, root in files["success_plan"]], self.around)
        hidden = any(
            kind == "success_plan" for kind, _, _ in self.broken
        )  # perhaps the template that is named
        self.findings += [one for one in wrong if not (hidden and one.code == "CSP602")]
        playbooks = dict(sorted({**planned, **self._playbooks(files["playbook"], self.around)}.items()))
        return Catalog(
            project=project, contract=contract, team=team, sources=self._sources(files["sources"], replace(contract, resources=())),
            signals=facts.signals, segmentations=facts.segmentations, scorecards=facts.scorecards, traits=scope.traits,
            playbooks=playbooks, tagged=_tagged(files["playbook"]), letters=written, signatures=self._signatures(letters), documents=self._documents(letters, scope, playbooks),
            stories=self._stories(files["tests"], frozenset(names)), facts=facts.types, fact_values=facts.values,
            plans=plans, assignments=assigning, kpis=kpis, unread_kpis=self._named_kpis(files["kpis"]) - kpis.keys(),
            unread_letters=frozenset(places.values()) - written.keys(),
            unread_playbooks=tuple(source for kind, _, source in self.broken if kind == "playbook"), files=hash_of({**self.yaml, **letters}),
        )  # fmt: skip

    def _by_kind(self) -> dict[str, list[tuple[str, Mapping]]]:
        files: dict[str, list[tuple[str, Mapping]]] = {kind: [] for kind in KINDS}
        for path, source in self.yaml.items():
            tree = read_tree(source, path)
            self.findings += [*tree.findings, *cut_by_commas(source, path)]
            if tree.root is None and tree.findings:
                self.broken += [(kind, name, source) for kind, name in _as_far_as_seen(source)]
                continue
            kind, wrong = kind_of(tree.root, path)
            self.findings += wrong
            if kind is not None and isinstance(tree.root, Mapping):
                self.findings += check_shape(tree.root, kind)
                files[kind].append((path, tree.root))
        return files

    def _hides_names(self) -> bool:
        """Whether a broken file hides what others name: all of it would look misspelt."""
        return any(
            kind in (*ONCE, "signals", "traits", "segments", "scorecard", "resources", "kpis")
            for kind, _, _ in self.broken
        )

    def _once(self, files: dict[str, list[tuple[str, Mapping]]]) -> None:
        for kind in ONCE:
            if not files[kind] and all(kind != other for other, _, _ in self.broken):
                self._report(
                    Span("project.yaml"),
                    "CSP140",
                    f"no file says `{kind}:`",
                    _FIRST_DATA
                    if kind == "data"
                    else "cs-playbook init my-team --empty writes one, to copy from",
                )
        for kind in (*ONCE, "sources"):
            for _, root in files[kind][1:]:
                first = files[kind][0][0]
                self._report(
                    root.entries[0][0].span,
                    "CSP141",
                    f"a second `{kind}:`; the first is {first}",
                    "keep one of them",
                )

    def _project(self, files: list[tuple[str, Mapping]]) -> Project | None:
        if not files:
            return None
        project, wrong = read_project(files[0][1])
        self.findings += wrong
        return project

    def _contract(
        self, files: list[tuple[str, Mapping]], offered: list[tuple[str, Mapping]]
    ) -> tuple[Contract | None, Mapping | None]:
        if not files:
            return None, None
        root = files[0][1]
        contract, wrong = read_contract(root)
        self.findings += wrong
        if contract is not None:
            resources, wrong = read_resources([node for _, node in offered], contract)
            self.findings += wrong
            contract = replace(contract, resources=resources)
        return contract, root

    def _facts(
        self,
        files: dict[str, list[tuple[str, Mapping]]],
        contract: Contract,
        root: Mapping,
        names: frozenset[str],
    ) -> tuple[Facts, Scope, Contract]:
        fields = {column.name: column.type for column in contract.accounts.fields}
        values = {column.name: column.values for column in contract.accounts.fields if column.values}
        tags = frozenset(tag for _, node in files["playbook"] for tag in texts(node, "tags"))
        scope = Scope(
            contract, fields, values, playbooks=names, tags=tags, kpis=self._named_kpis(files["kpis"]), untold=untold_facts(contract)
        )  # fmt: skip
        scope, wrong = read_traits([node for _, node in files["traits"]], scope, _role_names(files["team"]))
        self.findings += wrong
        facts, wrong = read_facts(
            [node for _, node in files["signals"]],
            [node for _, node in files["segments"]],
            scope,
            [node for _, node in files["scorecard"]],
            [node for _, node in files["success_plan"]],
        )
        self.findings += wrong
        untold = untold_facts(contract, facts.signals.values())
        scope = replace(scope, facts=facts.types, values=facts.values, unread=facts.unread, untold=untold)

        def read(node: Node, table: str | None) -> tuple[Condition | None, list[Finding]]:
            rows = contract.table(table) if table else None
            # What is expected of rows is asked before there are any facts: fields only.
            return read_conditions(
                node, replace(scope, facts=fields).inside(rows) if rows else replace(scope, remembers=False)
            )

        bound, wrong = bind_contract(root, contract, read)
        self.findings += wrong
        return facts, replace(scope, contract=bound), bound

    def _one_name_each(self, project: Project, roles: frozenset[str]) -> None:
        """`notify: x` must mean one of them."""
        for channel in project.channels:
            if channel.name in roles:
                fact = (
                    f"'{channel.name}' is a role of team.yaml too: `notify: {channel.name}` could mean both"
                )
                self._report(channel.span, "CSP127", fact, "give the channel another name, e.g. team-…")

    def _team(self, files: list[tuple[str, Mapping]], scope: Scope) -> Team:
        if not files:
            return Team("", (), (), NOWHERE)
        team, wrong = read_team(files[0][1], scope)
        self.findings += wrong
        return team

    def _sources(self, files: list[tuple[str, Mapping]], contract: Contract) -> Sources | None:
        if not files:
            return None
        sources, wrong = read_sources(files[0][1], contract)
        self.findings += wrong
        return sources

    def _letters(self, letters: Dictionary[str, str]) -> dict[tuple[str, str], Letter]:
        written: dict[tuple[str, str], Letter] = {}
        for path, (name, language) in places_of_letters(letters).items():
            letter, wrong = read_letter(letters[path], path, name, language)
            self.findings += wrong
            if letter is not None:
                written[name, language] = letter
        return written

    def _signatures(self, letters: Dictionary[str, str]) -> dict[str, Letter]:
        signatures, wrong = read_signatures(letters)
        self.findings += wrong
        return signatures

    def _documents(
        self, texts: Dictionary[str, str], scope: Scope, playbooks: Dictionary[str, Playbook]
    ) -> dict[tuple[str, str], DocumentText]:
        written: dict[tuple[str, str], DocumentText] = {}
        for path, (name, language) in places_below(texts, DOCUMENTS).items():
            opened = scopes_of(name, playbooks.values(), scope)
            document, wrong = read_document(texts[path], path, name, language, scope, opened)
            self.findings += wrong
            if document is not None:
                written[name, language] = document
        return written

    def _playbook_names(self, files: list[tuple[str, Mapping]]) -> dict[str, str]:
        names: dict[str, str] = {}
        for path, root in files:
            name = text(root, "playbook") or text(root, "success_plan")
            if name in names:
                self._report(
                    root.entries[0][0].span,
                    "CSP142",
                    f"there is already a playbook '{name}' in {names[name]}",
                    "each has a name of its own",
                )
            names.setdefault(name, path)
        return names

    def _playbooks(self, files: list[tuple[str, Mapping]], around: Surroundings) -> dict[str, Playbook]:
        playbooks: dict[str, Playbook] = {}
        for path, root in files:
            playbook, wrong = read_playbook(root, self.yaml[path], around)
            self.findings += wrong
            playbooks.setdefault(playbook.name, playbook)
        return dict(sorted(playbooks.items()))

    def _named_kpis(self, files: list[tuple[str, Mapping]]) -> frozenset[str]:
        """Also those that have errors."""
        entries = (block(root, "kpis") for _, root in files)
        return frozenset(key.text for one in entries if one is not None for key, _ in one.entries)

    def _stories(self, files: list[tuple[str, Mapping]], names: frozenset[str]) -> tuple[Stories, ...]:
        read: list[Stories] = []
        for _, root in files:
            stories, wrong = read_stories(root, names)
            self.findings += wrong
            read += [stories] if stories else []
        return tuple(read)

    def _report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        self.findings.append(Finding(span, code, message, hint, Severity.ERROR))


_FIRST_KEY = re.compile(r"(?:\ufeff|---[^\n]*\n|[ \t]*(?:#[^\n]*)?\n)*([a-z_]+):[ \t]*([\w-]*)")


def _as_far_as_seen(source: str) -> list[tuple[str, str]]:
    """Kind and name of a file that cannot be read as YAML: what its first line says, if it does."""
    said = _FIRST_KEY.match(source)
    return [(said[1], said[2])] if said else []


def _tagged(files: list[tuple[str, Mapping]]) -> dict[str, tuple[str, ...]]:
    """Tag → first names of the playbooks that have it."""
    tagged: dict[str, tuple[str, ...]] = {}
    for _, root in files:
        first_name = next(iter(texts(root, "formerly")), text(root, "playbook"))
        for tag in texts(root, "tags"):
            tagged[tag] = (*tagged.get(tag, ()), first_name)
    return tagged


def _of_customers(files: list[tuple[str, Mapping]]) -> list[tuple[str, Mapping]]:
    """The success plans that become playbooks: no templates."""
    return [(path, root) for path, root in files if not is_template(root)]


def _role_names(files: list[tuple[str, Mapping]]) -> frozenset[str]:
    roles = block(files[0][1], "roles") if files else None
    return frozenset(key.text for key, _ in roles.entries) if roles else frozenset()


def _their_roles(files: list[tuple[str, Mapping]]) -> frozenset[str]:
    roles = block(files[0][1], "roles") if files else None
    said = roles.entries if roles else ()
    return frozenset(key.text for key, node in said if isinstance(node, Mapping) and node.get("contacts"))
