"""Stories whose days are each run twice: law 2, a second run with nothing said in between decides nothing."""

from __future__ import annotations

from cs_playbook.commands import story_day
from cs_playbook.commands.planning import Morning, prepare
from cs_playbook.effects.snapshot_memory import Slate
from cs_playbook.plan.decision import Change, SubjectPlan
from cs_playbook.source.manifest import Manifest
from cs_playbook.values import replace


class Twice(story_day._Playing):
    """Plays as ever; `again` gathers what the second runs would have done."""

    again: list[str] = []  # noqa: RUF012  # of all that play: a fixture gives each test its own

    def _record(self, morning: Morning, plans: tuple[SubjectPlan, ...], manifest: Manifest) -> None:
        super()._record(morning, plans, manifest)
        for plan in prepare(self._sources(self._beside(), manifest.day)).plans():
            for decision in plan.decisions:
                if isinstance(decision, Change):
                    where = f"{self.setting.playbook.name}, {self.case.name}, {manifest.day}"
                    self.again.append(f"{where}: {decision.event}")

    def _beside(self) -> Slate:
        """A slate of its own: what the first run reckoned is still looked at."""
        desks, key = self.setting.desks, ("again", id(self.desk))
        if key not in desks:
            desks[key] = replace(self.desk, slate=Slate(self.contract))
        return desks[key].slate
