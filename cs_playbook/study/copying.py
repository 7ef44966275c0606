"""The files of a library and those of a workspace → the files that a playbook brings along, what is missing, what clashes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS
from cs_playbook.source.files import DOCUMENTS, LETTERS, WorkspaceFiles
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import plain, read_tree
from cs_playbook.study.mentions import Kind
from cs_playbook.study.parts import Needs, needs_of
from cs_playbook.study.pieces_of_text import Piece, piece_of, renamed, without_block, without_others
from cs_playbook.values import replace

RESOURCES = "resources"
ASSIGN = "assign"  # who owns which account is said of one's own people
ALL = "all"  # what `mine` may say instead of names


class Question(Struct, frozen=True):
    """The workspace has that name already and means something else by it. Both texts, and where they stand."""

    kind: str
    name: str
    mine: str
    mine_in: str
    theirs: str
    theirs_in: str


class Missing(Struct, frozen=True):
    """What nobody but the workspace's own people can add: `what` in words, the `text` to begin with, the file it goes into."""

    what: str
    text: str
    file: str


class Copied(Struct, frozen=True):
    """`yaml` and `letters`: path → text of new files. `dropped`: lines left out, by file. `kept`: what is there already."""

    playbook: str
    yaml: Mapping[str, str]
    letters: Mapping[str, str]
    missing: tuple[Missing, ...] = ()
    questions: tuple[Question, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()  # the playbooks that come with it


class Side(Struct, frozen=True):
    """A library or a workspace: its files and what they mean."""

    files: WorkspaceFiles
    catalog: Catalog


def team_for(name: str, library: Side) -> str:
    """A first team.yaml for a workspace that has none: the roles a playbook needs, and the people of the library."""
    source, file = _file_of(library.files, "team")
    roles = [_need(source, file, "roles", role) for role in needs_of(name, library.catalog).of(Kind.ROLE)]
    blocks = [
        f"{block}:\n"
        + "".join(
            piece.text for key in _keys(source, file, block) if (piece := piece_of(source, file, block, key))
        )
        for block in ("teams", "people")
        if _keys(source, file, block)
    ]
    first = "team: customer-success\n# From the library: put your own people in the place of these.\nroles:\n"
    return first + "".join(piece.text for piece in roles) + "".join(blocks)


def copy(name: str, new_name: str, library: Side, workspace: Side, mine: Collection[str]) -> Copied:
    """`name` in the library becomes `new_name`. `mine`: names (or `all`) of which the workspace's own meaning is kept."""
    copier = _Copier(name, new_name, library, workspace, needs_of(name, library.catalog))
    questions = [one for one in copier.questions() if not {one.name, ALL} & set(mine)]
    yaml, letters = copier.yaml(), copier.letters()
    dropped = tuple((path, line) for path, (_, lines) in yaml.items() for line in lines)
    also = tuple(copier.name_of(one) for one in copier.new_playbooks() if one != name)
    return Copied(
        new_name, {path: text for path, (text, _) in yaml.items()}, letters, tuple(copier.missing()),
        tuple(questions), dropped, also,
    )  # fmt: skip


class _Copier(Struct, frozen=True):
    """One playbook on its way from one side to the other."""

    name: str
    new_name: str
    library: Side
    workspace: Side
    needs: Needs

    def name_of(self, playbook: str) -> str:
        return self.new_name if playbook == self.name else playbook

    def new_playbooks(self) -> list[str]:
        """It, and those it plays that the workspace lacks."""
        has = self.workspace.catalog.playbooks
        return [one for one in self.needs.playbooks if one == self.name or one not in has]

    # --- new files ---

    def yaml(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Path → text, and the lines left out of it."""
        files: dict[str, tuple[str, tuple[str, ...]]] = {}
        absent = self._absent()
        for playbook in self.new_playbooks():
            for _, source in self._files_of("playbook", playbook):
                said = without_others(
                    renamed(source, playbook, self.name_of(playbook)), absent, self._alone(playbook)
                )
                files[self._free(f"playbooks/{self.name_of(playbook)}.yaml", files)] = (
                    said.text,
                    said.dropped,
                )
            for path, source in self._files_of("tests", playbook):
                here = path.replace(f"/{playbook}", f"/{self.name_of(playbook)}", 1)
                files[self._free(here, files)] = (renamed(source, playbook, self.name_of(playbook)), ())
        for path, text in (*self._definitions(), *self._kpis(), *self._lists()):
            files[self._free(path, files)] = (text, ())
        return files

    def _definitions(self) -> Iterator[tuple[str, str]]:
        lacking = [fact for fact in self._facts() if fact not in self.workspace.catalog.facts]
        for kind, known in (
            ("signals", self.library.catalog.signals),
            ("traits", self.library.catalog.traits),
        ):
            pieces = [self._piece(kind, kind, fact) for fact in lacking if fact in known]
            if pieces:
                yield (
                    f"{kind}/{self.new_name}.yaml",
                    f"{kind}:\n" + "".join(piece.text for piece, _ in pieces),
                )
        for kind, own in (
            ("segments", self.library.catalog.segmentations),
            ("scorecard", self.library.catalog.scorecards),
        ):
            for fact in lacking:
                if fact in own:
                    yield from (
                        (f"{kind}s/{fact}.yaml".replace("ss/", "s/"), without_block(text, path, ASSIGN))
                        for path, text in self._files_of(kind, fact)
                    )

    def _kpis(self) -> Iterator[tuple[str, str]]:
        """What its objective names, where the workspace does not know it."""
        lacking = [one for one in self.needs.of(Kind.KPI) if one not in self.workspace.catalog.kpis]
        pieces = [self._piece("kpis", "kpis", one) for one in lacking]
        if pieces:
            yield f"kpis/{self.new_name}.yaml", "kpis:\n" + "".join(piece.text for piece, _ in pieces)

    def _lists(self) -> Iterator[tuple[str, str]]:
        """Lists kept by hand that the workspace lacks, whole; one that it has is its own."""
        theirs = {table.name for table in self.library.catalog.contract.resources}
        for table in self.needs.of(Kind.TABLE):
            if table in theirs and self.workspace.catalog.contract.table(table) is None:
                for _, text in self._files_of(RESOURCES, table):
                    yield f"{RESOURCES}/{table}.yaml", text

    def letters(self) -> dict[str, str]:
        """Those of its playbooks; a letter that is there already, in whatever words, is kept."""
        found: dict[str, str] = {}
        for kind, folder in ((Kind.LETTER, LETTERS), (Kind.DOCUMENT, DOCUMENTS)):
            for letter in self.needs.of(kind):
                below = f"{folder}/{letter}/"
                for path, text in self.library.files.letters.items():
                    here = path.replace(f"/{self.name}/", f"/{self.new_name}/", 1)
                    if (
                        path.startswith(below)
                        and "/" not in path[len(below) :]
                        and here not in self.workspace.files.letters
                    ):
                        found[here] = text
        return found

    def _alone(self, playbook: str) -> list[str]:
        """Its tags that nobody else will have."""
        come = [self.library.catalog.playbooks[one] for one in self.new_playbooks() if one != playbook]
        others = {tag for one in (*self.workspace.catalog.playbooks.values(), *come) for tag in one.tags}
        return [f"tag:{tag}" for tag in self.library.catalog.playbooks[playbook].tags if tag not in others]

    def _absent(self) -> list[str]:
        """Playbooks and tags that are named, and nobody will be or have."""
        come = [self.library.catalog.playbooks[one] for one in self.new_playbooks()]
        here = [*self.workspace.catalog.playbooks.values(), *come]
        known = {*(one.name for one in here), *(f"tag:{tag}" for one in here for tag in one.tags)}
        return [name for name in self.needs.others if name not in known]

    def _free(self, path: str, taken: Collection[str]) -> str:
        """A path that nobody has yet: nothing is ever overwritten."""
        stem, number, there = path.removesuffix(".yaml"), 2, {*self.workspace.files.yaml, *taken}
        while path in there:
            path, number = f"{stem}-{number}.yaml", number + 1
        return path

    def _facts(self) -> list[str]:
        return list(dict.fromkeys(word.partition(".")[0] for word in self.needs.of(Kind.FACT)))

    # --- what is missing ---

    def missing(self) -> Iterator[Missing]:
        yield from self._missing_data()
        team, _ = _file_of(self.workspace.files, "team")
        source, file = _file_of(self.library.files, "team")
        for role in self.needs.of(Kind.ROLE):
            if (
                self.workspace.catalog.team.role(role) is None
                and role not in self.workspace.catalog.team.unread
            ):
                piece = piece_of(source, file, "roles", role)
                if piece is not None and team:
                    yield Missing(f"the role '{role}'", piece.text, "team.yaml, under roles:")
        known = {channel.name for channel in self.workspace.catalog.project.channels}
        for channel in self.needs.of(Kind.CHANNEL):
            if channel not in known:
                text = f"  {channel}: {{webhook_from_environment: …}}\n"
                yield Missing(f"the channel '{channel}'", text, "project.yaml, under channels:")

    def _missing_data(self) -> Iterator[Missing]:
        source, file = _file_of(self.library.files, "data")
        contract, own = self.library.catalog.contract, self.workspace.catalog.contract
        into = "data.yaml, and where it comes from into sources.yaml"
        fields = [f"{ACCOUNTS}.{fact}" for fact in self._facts() if contract.accounts.field(fact)]
        for table in self.needs.of(Kind.TABLE):
            if own.table(table) is None and (piece := piece_of(source, file, "tables", table)):
                yield Missing(f"the table '{table}'", piece.text, into)
        for place in (*fields, *self.needs.of(Kind.COLUMN)):
            table, _, name = place.partition(".")
            theirs, mine = contract.table(table), own.table(table)
            wanted, there = (one.field(name) if one else None for one in (theirs, mine))
            if (
                wanted is None
                or mine is None
                or (table == ACCOUNTS and there is None and name in self.workspace.catalog.facts)
            ):
                continue
            if there is None and mine.items is not None:
                file = f"{mine.span.file}, under fields:, and what it is into each item"
                yield Missing(f"the field {place}", f"  {name}: {wanted.type.value}\n", file)
            elif there is None:
                yield Missing(f"the field {place}", f"      {name}: {wanted.type.value}\n", into)
            elif there.type.reads_as is not wanted.type.reads_as:
                fact = f"{place} as {wanted.type.value}: yours is {there.type.value}"
                yield Missing(fact, f"      {name}: {wanted.type.value}\n", into)

    # --- what clashes ---

    def questions(self) -> Iterator[Question]:
        yield from self._names_taken()
        yield from self._facts_differing()
        own = self.workspace.catalog
        for role in self.needs.of(Kind.ROLE):
            if own.team.role(role) is not None:
                yield from self._differing("team", "roles", role)
        for kpi in self.needs.of(Kind.KPI):
            if kpi in own.kpis:
                yield from self._differing("kpis", "kpis", kpi)
        yield from self._letters_differing()

    def _facts_differing(self) -> Iterator[Question]:
        own = self.workspace.catalog
        for fact in self._facts():
            for kind, known in (
                ("signals", self.library.catalog.signals),
                ("traits", self.library.catalog.traits),
            ):
                if fact in known and fact in own.facts:
                    yield from self._differing(kind, kind, fact)
            for kind, cards in (
                ("segments", self.library.catalog.segmentations),
                ("scorecard", self.library.catalog.scorecards),
            ):
                if fact in cards and fact in own.facts:
                    yield from self._whole_file(kind, fact)

    def _names_taken(self) -> Iterator[Question]:
        for playbook in self.needs.playbooks:
            if playbook != self.name and playbook in self.workspace.catalog.playbooks:
                yield from self._whole_file("playbook", playbook)

    def _differing(self, kind: str, block: str, name: str) -> Iterator[Question]:
        theirs, theirs_in = self._piece(kind, block, name)
        mine, mine_in = _find(self.workspace.files, kind, block, name)
        if mine is None or mine.means != theirs.means:
            text = mine.text if mine else "(it is another kind of fact)\n"
            yield Question(
                {"team": "role", "kpis": "KPI"}.get(kind, kind.removesuffix("s")),
                name,
                text,
                mine_in,
                theirs.text,
                theirs_in,
            )

    def _whole_file(self, kind: str, name: str) -> Iterator[Question]:
        theirs = next(iter(self._files_of(kind, name)), ("", ""))
        mine = next(
            iter(_files_named(self.workspace.files, kind, name)), ("", "(it is another kind of fact)\n")
        )
        if _means(*mine) != _means(*theirs):
            yield Question(kind, name, mine[1], mine[0], theirs[1], theirs[0])

    def _letters_differing(self) -> Iterator[Question]:
        for kind, folder, word in ((Kind.LETTER, LETTERS, "email"), (Kind.DOCUMENT, DOCUMENTS, "document")):
            for letter in self.needs.of(kind):
                for path, text in self.library.files.letters.items():
                    here = path.replace(f"/{self.name}/", f"/{self.new_name}/", 1)
                    mine = self.workspace.files.letters.get(here)
                    if path.startswith(f"{folder}/{letter}/") and mine is not None and mine != text:
                        yield Question(word, letter, mine, here, text, path)

    # --- texts of the library ---

    def _piece(self, kind: str, block: str, name: str) -> tuple[Piece, str]:
        piece, file = _find(self.library.files, kind, block, name)
        assert piece is not None, f"the library's {kind} have no {name}"
        return piece, file

    def _files_of(self, kind: str, name: str) -> list[tuple[str, str]]:
        return _files_named(self.library.files, kind, name)


def with_files(files: WorkspaceFiles, copied: Copied) -> WorkspaceFiles:
    """The workspace as it would be."""
    return replace(
        files,
        yaml=dict(sorted({**files.yaml, **copied.yaml}.items())),
        letters=dict(sorted({**files.letters, **copied.letters}.items())),
    )


def has_kind(files: WorkspaceFiles, kind: str) -> bool:
    return any(_first_key(path, text)[0] == kind for path, text in files.yaml.items())


def _file_of(files: WorkspaceFiles, kind: str) -> tuple[str, str]:
    """Text and path of the one file of that kind; empty where there is none."""
    return next(
        ((text, path) for path, text in files.yaml.items() if _first_key(path, text)[0] == kind), ("", "")
    )


def _files_named(files: WorkspaceFiles, kind: str, name: str) -> list[tuple[str, str]]:
    return [(path, text) for path, text in files.yaml.items() if _first_key(path, text) == (kind, name)]


def _first_key(path: str, text: str) -> tuple[str, str]:
    """`playbook`, `usage-drop`: what the first key of a file says."""
    root = read_tree(text, path).root
    if not isinstance(root, Block) or not root.entries:
        return "", ""
    key, value = root.entries[0]
    return key.text, str(getattr(value, "text", ""))


def _find(files: WorkspaceFiles, kind: str, block: str, name: str) -> tuple[Piece | None, str]:
    for path, text in files.yaml.items():
        if _first_key(path, text)[0] == kind:
            piece = piece_of(text, path, block, name)
            if piece is not None:
                return piece, path
    return None, ""


def _need(source: str, file: str, block: str, name: str) -> Piece:
    return piece_of(source, file, block, name) or Piece("", None)


def _keys(source: str, file: str, block: str) -> list[str]:
    root = read_tree(source, file).root
    inside = root.get(block) if isinstance(root, Block) else None
    return [key.text for key, _ in inside.entries] if isinstance(inside, Block) else []


def _means(path: str, text: str) -> object:
    root = read_tree(without_block(text, path, ASSIGN), path).root
    return None if root is None else plain(root)
