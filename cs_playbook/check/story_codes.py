"""The findings about stories (`tests:`): each code with what it means, for the manual."""

from __future__ import annotations

CODES = {
    "CSP330": "The stories are about a playbook that does not exist.",
    "CSP331": "`today` is not a day of the calendar.",
    "CSP332": "The days of a story do not rise.",
    "CSP333": "A story names an account, a contact or a row that it does not have.",
    "CSP334": "A story gives a table or a field that the contract does not have, nor is it another fact.",
    "CSP335": "A value is not of the kind of its field, or a row lacks what it cannot do without.",
    "CSP336": "Somebody says on a day what cannot be said: no such step, or none of its outcomes.",
    "CSP337": "A story expects what can never be: no such step, letter or outcome.",
    "CSP338": "`because` names no condition of the playbook.",
}
