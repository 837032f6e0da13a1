"""What the documents say exists, exists; what is generated is not stale."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from equipoise.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "NOTICE.md",
    *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")),
)


@pytest.fixture(scope="module")
def pages(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text(encoding="utf-8") for name in PAGES}


def load(root: Path, script: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(script, root / "scripts" / f"{script}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["cli", "case"])
def test_a_written_reference_is_fresh(root: Path, page: str) -> None:
    stands = (root / "docs" / f"{page}.md").read_text(encoding="utf-8")
    written = load(root, f"{page}_reference").reference()
    assert stands == written, f"docs/{page}.md is stale: run make docs"


def test_every_key_and_column_is_described(root: Path) -> None:
    module = load(root, "case_reference")
    models = [*module.SECTIONS.values(), *module.FILES.values()]
    models += module.RECORDS.values()
    whole = (*module.SECTIONS.values(), *module.RECORDS.values())
    models += [part for section in whole for part in module.parts_of(section)]
    bare = [
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert len(models) > 15
    assert bare == []


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(pages: dict[str, str], root: Path, name: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", pages[name])
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (root / name).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("name", ["docs/design.md", "docs/synthesis.md"])
def test_examples_of_a_page_run_one_after_the_other(pages: dict[str, str], name: str) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", pages[name], re.MULTILINE | re.DOTALL)
    assert blocks
    shared: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, name, "exec"), shared)


def said(text: str, program: str) -> set[str]:
    """Words that follow the program's name, in backticks or in a block of commands."""
    blocks = "\n".join(re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    pattern = rf"{program} ([a-z]+)"
    inline = re.findall(f"`{pattern}", text)
    return {*inline, *re.findall(f"^{pattern}", blocks, re.MULTILINE)}


def test_commands_and_targets_exist(pages: dict[str, str], root: Path) -> None:
    text = "\n".join(pages.values())
    made = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(), re.MULTILINE))
    assert {"report", "test", "check"} <= said(text, "make") <= made
    assert {"new", "check", "run", "show"} <= said(text, "equipoise") <= set(app)


def test_files_named_in_the_architecture_exist(pages: dict[str, str], root: Path) -> None:
    package = root / "src" / "equipoise"
    named = re.findall(r"`([a-z_/*]+\.py|[a-z_]+/)`", pages["docs/architecture.md"])
    rooms = ("", "evidence/", "synthesis/", "report/")
    missing = [n for n in named if not any(list(package.glob(f"{room}{n}")) for room in rooms)]
    assert len(named) > 15
    assert missing == []


def test_files_named_in_contributing_exist(pages: dict[str, str], root: Path) -> None:
    named = re.findall(r"`(src/[a-z_/*]+(?:\.py)?)`", pages["CONTRIBUTING.md"])
    missing = [n for n in named if not list(root.glob(n)) and not n.endswith("design/")]
    assert missing == []


def test_the_number_followed_in_the_architecture_is_in_the_evidence(
    pages: dict[str, str], root: Path
) -> None:
    text = pages["docs/architecture.md"]
    row = re.search(r"the row `(\w+)`", text)
    result = re.search(r"equipoise show ([\w-]+)\.ratio", text)
    assert row is not None
    assert result is not None
    for folder in (root / "src" / "equipoise" / "cases").iterdir():
        if not (folder / "case.toml").is_file():
            continue
        plan = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))["synthesis"]
        stratum = {c["id"]: c["stratum"] for c in plan["complements"]}
        if stratum.get(result[1]) == row[1]:
            rows = (folder / "evidence" / "results.csv").read_text(encoding="utf-8")
            assert f"\n{row[1]}," in rows
            return
    pytest.fail("no packaged case has that row as a stratum")


def test_one_version_everywhere(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    version = project["version"]
    package = (root / "src/equipoise/__init__.py").read_text()
    assert f'__version__ = "{version}"' in package
    assert f"\nversion: {version}\n" in (root / "CITATION.cff").read_text()
    assert f"## [{version}]" in (root / "CHANGELOG.md").read_text()


def test_the_citation_has_what_the_format_requires(root: Path) -> None:
    text = (root / "CITATION.cff").read_text()
    keys = re.findall(r"^([a-z-]+):", text, re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert {"cff-version", "message", "title", "authors", "license", "type"} <= set(keys)
    assert text.startswith("cff-version: 1.2.0\n")
