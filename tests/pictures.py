"""Makes the pictures of the README, from the made-up portfolio: python tests/pictures.py FOLDER"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from cs_playbook.cli.app import run_app
from cs_playbook.study.made_up import FIRST_MORNING, exports


def main(folder: Path) -> None:
    """dry-run.svg of the third morning, on which usage drops start; explain.svg of one of them."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "acme"
        _type(["init", str(root)])
        for n in range(3):
            day = FIRST_MORNING + timedelta(days=n)
            (root / "exports").mkdir(exist_ok=True)
            for name, lines in exports(day).items():
                with (root / "exports" / name).open("w", encoding="utf-8", newline="") as file:
                    file.writelines(lines)
            here = ["-C", str(root), "--as-of", day.isoformat(), "--names", "-q"]
            _type([*here, "snapshot", "build"])
            if n == 2:
                _type([*here, "-o", f"svg={folder / 'dry-run.svg'}", "dry-run"])
            _type([*here, "run"])
        _type([*here, "-o", f"svg={folder / 'explain.svg'}", "explain", "Marmalade Freight", "usage-drop"])


def _type(words: list[str]) -> None:
    code = run_app(words)
    assert code == 0, (words, code)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
