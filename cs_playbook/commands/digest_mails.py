"""The digests of the last run → a mail to each owner who has something to do or to know, once a day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from cs_playbook.commands.owner_folder import folder_of
from cs_playbook.commands.posting import PostResult, Posts, PostTold, became, states_now
from cs_playbook.commands.publishing import OUT
from cs_playbook.commands.send import Clock
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.effects.mail_folder import MailFolder
from cs_playbook.errors import UserError
from cs_playbook.letters.digest_mail import digest_mail
from cs_playbook.letters.headers import written_address
from cs_playbook.letters.message import Envelope, Unsendable, eml
from cs_playbook.model.outbox import Handed, Sealed, Transport, TryLater
from cs_playbook.model.posting import LASTS, PostState, may_post
from cs_playbook.model.sending import Sending
from cs_playbook.model.team import Always, Team
from cs_playbook.parse.address import is_address
from cs_playbook.report.task_lists import has_news


class _Digest(Struct, frozen=True):
    """Of one owner, on one day."""

    owner: str
    day: date
    words: str

    @property
    def key(self) -> str:
        """Another digest of the same day is the same: nobody gets two."""
        said = f"digest\n{self.day.isoformat()}\n{self.owner}"
        return f"d{hashlib.blake2b(said.encode(), digest_size=15).hexdigest()}"


def mail_digests(workspace: Workspace, way: Transport | MailFolder, clock: Clock) -> PostResult:
    """Nothing where the project file wants files, or the last run is older than three days."""
    sending = workspace.catalog.project.sending
    if sending is None or sending.digests != "mail":
        return PostResult()
    with locked(workspace.ledger, "send"), open_ledger(workspace, writing=True) as ledger:
        posts = Posts(ledger, clock)
        for digest in _digests(workspace, ledger, clock.day):
            if may_post(digest.key, posts.states) and not _mailed(digest, workspace, sending, way, posts):
                break
        return PostResult(tuple(posts.told))


def rehearse_digests(workspace: Workspace, clock: Clock) -> PostResult:
    """What `mail_digests` would do by a way that takes them all; nothing is changed."""
    sending = workspace.catalog.project.sending
    if sending is None or sending.digests != "mail":
        return PostResult()
    with open_ledger(workspace, writing=False) as ledger:
        states = states_now(ledger, clock.day)
        waiting = [one for one in _digests(workspace, ledger, clock.day) if may_post(one.key, states)]
    return PostResult(tuple(_would(one, _bytes(one, workspace.catalog.team, sending)) for one in waiting))


def _would(digest: _Digest, content: bytes | Unsendable) -> PostTold:
    state, why = (
        (PostState.WAITING, content.reason) if isinstance(content, Unsendable) else (PostState.POSTED, "")
    )
    return PostTold(digest.key, digest.owner, "", state, why)


def _digests(workspace: Workspace, ledger: Ledger, today: date) -> Iterator[_Digest]:
    """In order of owner; to our own people only, whatever the data say of who owns an account."""
    last = ledger.last_run()
    if last is None or last.day < today - LASTS:
        return
    team, sending = workspace.catalog.team, workspace.catalog.project.sending
    for path in list(ledger.paths_of(last.day)):
        owner = _owner(path, team)
        known = owner and (team.person(owner) or (sending and sending.from_sites and sending.may_send(owner)))
        if owner and known:
            words = _read(workspace, ledger, path)
            if has_news(words):
                yield _Digest(owner, last.day, words)


def _owner(path: str, team: Team) -> str | None:
    """Whose digest that file is; None: it is another file, or nobody has such an address."""
    _, *between, name = path.split("/")
    if name != "digest.md" or between[:1] != ["owners"]:
        return None
    always = [role.source.email for role in team.roles if isinstance(role.source, Always)]
    named = {folder_of(address): address for address in (*always, *(person.email for person in team.people))}
    return named.get(between[1]) or (between[1] if is_address(between[1]) else None)


def _read(workspace: Workspace, ledger: Ledger, path: str) -> str:
    try:
        content = (workspace.root / OUT / path).read_bytes()
    except OSError as cause:
        raise UserError(
            f"{OUT}/{path} cannot be read: {cause.strerror}", "a run of the day writes it again"
        ) from cause
    if hashlib.sha256(content).hexdigest() not in ledger.hashes_of(path):
        raise UserError(f"{OUT}/{path} is not what the run wrote", "a run of the day writes it again")
    return content.decode()


def _mailed(
    digest: _Digest, workspace: Workspace, sending: Sending, way: Transport | MailFolder, posts: Posts
) -> bool:
    """False: the way as a whole has failed, the rest waits."""
    content = _bytes(digest, workspace.catalog.team, sending)
    if isinstance(content, Unsendable):
        posts.waits(PostTold(digest.key, digest.owner, "", PostState.WAITING, content.reason))
        return True
    recipients = (written_address(digest.owner),)
    mail = Sealed(digest.key, written_address(sending.digests_from), recipients, content)
    try:
        _get_ready(way, mail)
    except UserError as cause:
        posts.waits(PostTold(digest.key, digest.owner, "", PostState.WAITING, cause.sentence))
        return False
    posts.begin(digest.key, digest.owner, "")
    state, why = became(_handed(way, mail))
    posts.end(PostTold(digest.key, digest.owner, "", state, why))
    return True


def _bytes(digest: _Digest, team: Team, sending: Sending) -> bytes | Unsendable:
    words = digest_mail(digest.words)
    reader, writer = team.person(digest.owner), team.person(sending.digests_from)
    envelope = Envelope(
        digest.key, writer.name if writer else "", sending.digests_from, reader.name if reader else "", digest.owner,
        words.subject, digest.day, sending.site, auto_submitted="auto-generated",
    )  # fmt: skip
    return eml(envelope, words)


def _get_ready(way: Transport | MailFolder, mail: Sealed) -> None:
    if isinstance(way, MailFolder):
        way.make_ready((mail,))
    else:
        way.get_ready()


def _handed(way: Transport | MailFolder, mail: Sealed) -> Handed:
    try:
        handed = way.hand_over(mail)
        if isinstance(way, MailFolder):
            way.settle()
    except UserError as cause:
        return TryLater(cause.sentence)
    return handed
