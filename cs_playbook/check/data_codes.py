"""The findings about exports and snapshots: each code with what it means, for the manual."""

from __future__ import annotations

CODES = {
    # the contract: `data:`
    "CSP700": "The table `answers`, of tasks answered in the CRM, lacks what it needs or has what it cannot have.",
    "CSP701": "A field has a type that does not exist.",
    "CSP702": "The contract has no table `accounts`, the one that must exist.",
    "CSP703": "`key`, `account`, `by`, `day` or `parent` names a field that the table does not have.",
    "CSP704": "`key`, `account`, `by`, `day` or `parent` names a field of a type that cannot serve.",
    "CSP705": "A table says not, or not in a way that works, how its rows belong to an account.",
    "CSP706": "Tables belong to an account through each other: no row would ever reach one.",
    "CSP707": "A table or a field has a name that means something else in conditions.",
    "CSP708": "`values:` stands on a field that is neither text nor a list.",
    "CSP710": "An item of `resources:` has a field that is not declared, or a value that is not of its field.",
    # how exports become tables: `sources:`
    "CSP711": "`sources:` names a table or a field that the contract does not have.",
    "CSP712": "A table or a field of the contract has no source.",
    "CSP713": "`dates:` says no way of writing dates.",
    "CSP714": "A date field is read and nothing says how it is written: only YYYY-MM-DD is read.",
    "CSP715": "Two declarations of a format contradict each other.",
    "CSP716": "A field says both a column and a constant, or neither.",
    "CSP717": "A constant is not of the type of its field.",
    "CSP718": "An encoding, a separator or a file that cannot be used.",
    "CSP719": "`where:`, `newest_by:` or a lookup asks for what it cannot have.",
    "CSP770": "A table says not where its rows are, says it twice, or says what means nothing there.",
    "CSP771": "`times:`, `divided_by:` or `words:` on a field that cannot have them.",
    # the files, when a snapshot is built
    "CSP721": "The file of a table is not there.",
    "CSP722": "A column that a field is read from is not in the header.",
    "CSP723": "A column that a field is read from is in the header twice.",
    "CSP724": "The bytes of a file are not text in the declared encoding.",
    "CSP725": "A file is not CSV with the declared separator.",
    "CSP726": "A file is empty, or no account is left.",
    "CSP727": "Dates are not written YYYY-MM-DD and no `dates:` says how.",
    "CSP728": "A file is not JSON, or holds no list of records where it should.",
    "CSP729": "A query fails, gives no rows, or does more than read.",
    "CSP772": "A key that is looked up stands twice, and the two rows do not say the same.",
    # rows, when a snapshot is built
    "CSP731": "A cell is not of the type of its field.",
    "CSP732": "A cell is none of the values of its field.",
    "CSP733": "A cell that a row cannot do without is empty: its key, its owner's key or its day.",
    "CSP734": "Two rows of a table have the same key.",
    "CSP735": "A row belongs to an account, or to a row in between, that is not there.",
    "CSP736": "A row has fewer or more cells than the header.",
    "CSP737": "More rows of a table are bad than `at_most` allows.",
    "CSP738": "How many rows of a table are bad, before the list of them.",
    "CSP739": "A line is not JSON, or a record is none.",
    "CSP773": "A row names what is not there to be looked up.",
    # what stands to reason, but a person should know
    "CSP741": "Columns of an export that no field is read from.",
    "CSP742": "Accounts name a parent that is not there.",
    "CSP743": "Rows say no to what `expect:` says of them.",
    "CSP744": "Accounts are, step by step, their own parent.",
    "CSP745": "How many rows `where:` and `newest_by:` left out.",
    "CSP774": "A word of `where:` that the export writes otherwise, or that leaves no row.",
    # a snapshot beside the one before
    "CSP751": "A table has fewer rows than in the snapshot before.",
    "CSP752": "A table has more rows than in the snapshot before.",
    "CSP753": "A field is empty more often than in the snapshot before.",
    "CSP754": "A table is new, or gone, since the snapshot before.",
}
