"""A case is data: code and templates outside ``cases/`` do not know any drug or tumour class."""

from __future__ import annotations

import re
from pathlib import Path

FOLDERS = ("src", "tests", "scripts", "validation", "benchmarks")
SUFFIXES = {".py", ".j2", ".html", ".js", ".css"}
CASES = "src/equipoise/cases/"


def test_code_and_templates_name_no_case(root: Path) -> None:
    words = (root / "tests" / "data" / "case_words.txt").read_text().split()
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    files = [
        path
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in SUFFIXES and CASES not in path.relative_to(root).as_posix()
    ]
    assert len(words) == 4
    assert len(files) > 20
    hits = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert hits == []
