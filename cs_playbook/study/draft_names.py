"""Names of files and columns → names for tables and fields, and what such names usually mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

# First come the words that mean it most often.
ACCOUNT_WORDS = ("account", "company", "organization", "organisation", "customer", "client", "tenant")
_NAMES_OF_ACCOUNTS = frozenset(
    (*(f"{word}_name" for word in ACCOUNT_WORDS), "raison_sociale", "firma", "firmenname", "kundenname")
)
_NO_NAMES = frozenset(
    (
        "and", "or", "not", "in", "between", "like", "is", "null", "case", "when", "then", "else", "end", "true",
        "false", "select", "exists", "with", "otherwise", "today", "now", "current_date", "current_time",
        "current_timestamp", "getdate", "sysdate", "curdate", "account", "row", "contact", "steps", "given",
        "started_on", "plan", "parent", "children",
    )
)  # fmt: skip
_OF_PEOPLE = frozenset(
    (
        "phone", "telephone", "telefon", "tel", "mobile", "adresse", "nom", "prenom", "fax", "street", "address", "postal", "postcode", "zip", "birth", "birthday", "birthdate",
        "ssn", "passport", "ip", "latitude", "longitude", "gender", "signature", "photo", "salutation", "iban",
        "lastname", "last_name", "surname", "token", "password", "user_agent",
    )
)  # fmt: skip
_COPY = re.compile(r"(_data|_exports?|_list|_table|_\d+)+$")
_LETTERS = 0.5
_LONGEST_NAME = 200
_OF_LOADERS = ("_fivetran", "_airbyte", "_sdc", "_dlt", "fivetran_", "airbyte_")


def snake(name: str, usual: str = "column") -> str:
    """`N° facture` → `n_facture`, `customerID` → `customer_id`: a name that a field or a table may have."""
    plain = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", bare)
    word = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")
    if not word:
        return usual
    word = word if word[0].isalpha() else f"{usual}_{word}"
    return f"{word}_" if word in _NO_NAMES else word


def fields_of(header: Sequence[str]) -> tuple[str, ...]:
    """A field's name for each column, no two alike."""
    return _each_once([snake(column) for column in header])


def can_be_written(name: str) -> bool:
    """A name that a person can see: an empty one, or one with control letters, cannot stand in YAML."""
    return name.isprintable() and bool(name.strip()) and len(name) < _LONGEST_NAME


def tables_of(files: Sequence[str]) -> tuple[str, ...]:
    """A table's name for each file: what all begin with is left out (`crm_`), and what ends like a copy (`_data`)."""
    stems = [
        _COPY.sub("", snake(file.rsplit("/", 1)[-1].rpartition(".")[0] or file, "table")) for file in files
    ]
    shared = _shared(stems) if len(stems) > 1 else 0
    return _each_once([stem[shared:] if stem[shared : shared + 1].isalpha() else stem for stem in stems])


def _shared(stems: Sequence[str]) -> int:
    """How many letters all of them begin with, up to a whole word."""
    words = [stem.split("_") for stem in stems]
    same = 0
    while all(len(word) > same + 1 and word[same] == words[0][same] for word in words):
        same += 1
    return sum(len(word) + 1 for word in words[0][:same])


def _each_once(names: Sequence[str]) -> tuple[str, ...]:
    taken: list[str] = []
    for name in names:
        own, n = name, 2
        while own in taken:
            own, n = f"{name}_{n}", n + 1
        taken.append(own)
    return tuple(taken)


def singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word


def account_likeness(table: str) -> int:
    """0: says nothing of accounts; the more, the surer. `account_history` is less sure than `account`."""
    words = [singular(word) for word in table.split("_")]
    best = max((9 - ACCOUNT_WORDS.index(word) for word in words if word in ACCOUNT_WORDS), default=0)
    return max(best - 3 * (len(words) - 1), 1) if best else 0


def names_account(column: str, table: str) -> bool:
    """Whether a column is called like the key of accounts (`account_id`, `Company`), or of that very table."""
    name = snake(column).removesuffix("_")
    return name.removesuffix("_id").removesuffix("_key") in (*ACCOUNT_WORDS, singular(table))


def names_row_of(column: str, table: str, key: str) -> bool:
    """Whether a column is called like a key of the table: `subscription_id` of subscriptions, or as the key itself."""
    name = snake(column)
    parts = singular(table).split("_")
    ends = tuple(f"{'_'.join(parts[n:])}_id" for n in range(len(parts)))
    return (name == snake(key) and name != "id") or name in ends or name == singular(table)


def called_by_name(names: Mapping[str, str]) -> dict[str, str]:
    """Columns of accounts and their fields; what the account is called becomes `name`: that is what screens show."""
    likely = [column for column, field in names.items() if field in _NAMES_OF_ACCOUNTS]
    if "name" in names.values() or len(likely) != 1:
        return dict(names)
    return {column: "name" if column == likely[0] else field for column, field in names.items()}


def has_word(name: str, words: Iterable[str]) -> bool:
    """Whether one of the words is among those of a name, or (where it is several joined by _) stands in it."""
    low = snake(name)
    parts = frozenset(low.split("_"))
    return any(word in parts or ("_" in word and word in low) for word in words)


def is_personal(column: str) -> bool:
    """What a playbook hardly needs and a law protects, by its name."""
    return has_word(column, _OF_PEOPLE)


def is_of_the_loader(column: str) -> bool:
    """What the tool that copied the data adds for itself."""
    return column.startswith(_OF_LOADERS)


# --- which column is meant by a field ---

_SAME = {
    "organisation": "account", "organization": "account", "company": "account", "customer": "account", "mail": "email",
    "solved": "closed", "resolved": "closed", "submitted": "opened", "created": "opened", "started": "begun",
    "start": "begun", "end": "ended", "industry": "sector", "firstname": "first", "login": "seen", "action": "event",
    "type": "kind", "date": "day", "acv": "arr", "unsubscribed": "opted", "respondent": "contact", "response": "id",
}  # fmt: skip
_LITTLE = frozenset(("on", "at", "time", "property", "hs", "the", "is", "has", "out", "c"))


def likeness(field: str, column: str, table: str) -> float:
    """0 to 1: how much a column is called like a field of a table. `closed_on` and `Closed at` are quite alike."""
    if snake(field) == snake(column):
        return 1.0
    one, other = _core(field, table), _core(column, table)
    if one == other:
        return 0.95 if _by_letters(field, column) or (one == ("id",) and "id" in snake(column)) else 0.9
    shared = set(one) & set(other)
    if shared and (shared == set(one) or shared == set(other)):
        return 0.8
    return SequenceMatcher(None, "_".join(one), "_".join(other)).ratio() * 0.9


def _by_letters(field: str, column: str) -> bool:
    """Alike without knowing that seen and login, arr and acv may mean the same."""
    return SequenceMatcher(None, snake(field), snake(column)).ratio() >= _LETTERS


def _core(name: str, table: str) -> tuple[str, ...]:
    """The words that count: `id` for the key of the table itself, without the table's own name before another word."""
    own = _SAME.get(singular(table), singular(table))
    words = [_SAME.get(word, word) for word in map(singular, snake(name).split("_"))]
    kept = [word for word in words if word not in _LITTLE] or words
    if kept in ([own], [own, "id"], ["id"]):
        return ("id",)
    kept = [word for word in kept if word != "id"] or kept
    dated = [word for word in kept if word != "day"] or kept
    return tuple(dated[1:] if len(dated) > 1 and dated[0] == own else dated)
