"""The table of the outbox, and the triggers that refuse what must never happen to a mail."""

from __future__ import annotations

from cs_playbook.model.outbox import FIRST, IN_OUTBOX, MOVES, RUN, MailState
from cs_playbook.model.outbox import OUTBOX as BY_OUTBOX

_BY_ITSELF = ("", BY_OUTBOX, RUN)  # no person
# After: before it would be asked of an update too, where one is written as insert … on conflict.
# What a rebuilt cache may begin with: the fold of a person's words about a draft is written in one go.
_BEGINNINGS = sorted(FIRST | {MailState.SENT, MailState.DISCARDED, MailState.CANCELLED})


def _words(names: object) -> str:
    return ", ".join(f"'{name}'" for name in names)  # type: ignore[attr-defined]


def _moves() -> str:
    """`draft pending`, `draft sent` …"""
    return _words(f"{old.value} {new.value}" for old in MailState for new in sorted(MOVES[old]))


# `words`: what a person wrote instead of the letter's. The bytes come last: whoever asks for a state does not read them.
OUTBOX = f"""
create table outbox(
  task text primary key, enrollment text not null references enrollment(key), run integer references run(id),
  contact text, payload text not null,
  state text not null check (state in ({_words(state.value for state in MailState)})),
  by text not null default '', attempts integer not null default 0 check (attempts >= 0),
  sha256 text check (length(sha256) = 64), words text, content blob check (content is null or sha256 is not null)
) strict;
create index outbox_waiting on outbox(state, task) where state in ({_words(sorted(IN_OUTBOX))});
create trigger outbox_is_for_the_treated before insert on outbox
  when (select arm from enrollment where key = new.enrollment) is not 'treated'
  begin select raise(abort, 'only a treated enrollment may tell somebody'); end;
create trigger outbox_begins_at_the_beginning after insert on outbox
  when new.state not in ({_words(_BEGINNINGS)})
  begin select raise(abort, 'a mail begins as a draft, or pending'); end;
create trigger outbox_moves before update on outbox
  when old.state <> new.state and old.state || ' ' || new.state not in ({_moves()})
  begin select raise(abort, 'no such move of a mail: nobody is told twice'); end;
create trigger outbox_asks_a_person before update on outbox
  when old.state = 'uncertain' and new.state <> 'uncertain' and new.by in ({_words(_BY_ITSELF)})
  begin select raise(abort, 'only a person can say what became of an uncertain mail'); end;
create trigger outbox_sends_what_is_there before update on outbox
  when new.state = 'sending' and old.state <> 'sending' and new.content is null
  begin select raise(abort, 'there are no bytes to send'); end;
create trigger outbox_says_the_same before update on outbox
  when old.state not in ('draft', 'pending') and old.payload is not new.payload
  begin select raise(abort, 'what was sent, or is over, keeps its words'); end;
create trigger outbox_keeps_its_bytes before update on outbox
  when old.state not in ('draft', 'pending') and (old.sha256 is not new.sha256
    or (old.content is not new.content and (new.content is not null or new.state in ({_words(sorted(IN_OUTBOX))}))))
  begin select raise(abort, 'the bytes of a mail that was handed over stay as they were'); end;
create trigger outbox_counts_up before update on outbox when new.attempts < old.attempts
  begin select raise(abort, 'an attempt was made, and stays'); end;
create trigger outbox_stays_with_its_contact before update of task, enrollment, contact on outbox
  when (old.task, old.enrollment, old.contact) is not (new.task, new.enrollment, new.contact)
  begin select raise(abort, 'a mail keeps its contact'); end;
create trigger outbox_is_kept before delete on outbox
  begin select raise(abort, 'a line of the outbox is never deleted'); end;
"""  # noqa: S608 - nothing but names of states
