"""Findings that stop what was asked, on their way to the screen."""

from __future__ import annotations

from cs_playbook.errors import UserError
from cs_playbook.source.files import WorkspaceFiles
from cs_playbook.source.finding import Finding


class UnsoundFiles(UserError):
    """The files have findings that stop what was asked."""

    exit_code = 1

    def __init__(self, findings: tuple[Finding, ...], files: WorkspaceFiles) -> None:
        errors = sum(finding.is_error for finding in findings)
        super().__init__(
            f"{errors} finding{'' if errors == 1 else 's'} in the files: nothing was done",
            "mend them, then cs-playbook validate",
        )
        self.findings = findings
        self.files = files
