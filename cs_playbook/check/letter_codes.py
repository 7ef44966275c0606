"""The findings about letters: code → one sentence that says what it means."""

from __future__ import annotations

LETTER_CODES: tuple[tuple[str, str], ...] = (
    ("CSP401", "The head of a letter, between its two lines ---, is missing or cannot be used."),
    ("CSP402", "A tag ({{ … }} or {% … %}) in a letter cannot be read."),
    (
        "CSP403",
        "A letter holds something it may not hold: a call, arithmetic, a filter or link off the list.",
    ),
    ("CSP404", "A letter is missing in a language that somebody in reach reads."),
    ("CSP405", "A letter asks for a blank that nothing fills."),
    ("CSP406", "A letter asks for other blanks in one language than in another."),
    ("CSP407", "`needs` names a blank that the letter never uses."),
    ("CSP408", "The file of a letter is not named after a language."),
    (
        "CSP411",
        "A letter goes through rows of a table that is not there, or shows a field that a row does not have.",
    ),
    ("CSP412", "A warning: a letter asks for something of a contact that nobody of some accounts has."),
    (
        "CSP413",
        "A warning: a letter links to an address that an item of `resources:` does not have, or cannot have.",
    ),
    (
        "CSP414",
        "The signature below letters shows what may be empty, or cannot be used.",
    ),
    ("CSP415", "A warning: the signature says the name with which letters end already."),
    ("CSP420", "A cap on emails caps nothing, or everything."),
    ("CSP421", "Quiet days for emails that cannot be."),
    ("CSP422", "A category of letters obeys a field that contacts do not have, or that is no yes or no."),
    ("CSP423", "A letter is of no category that the project file declares."),
    ("CSP424", "`suppress_when` names a table or a field that holds no addresses."),
    ("CSP425", "A playbook's cap on emails is wider than the project's."),
)
