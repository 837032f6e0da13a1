from __future__ import annotations

from pathlib import Path

import pytest

antimony = pytest.importorskip("antimony")
pytest.importorskip("roadrunner")
pytest.importorskip("defusedxml")

TWO_DRUGS = Path("validation/mechanism/standards/two_drugs.ant")


def sbml_of(text: str) -> str:
    """SBML Level 3 of an antimony model."""
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    return str(antimony.getSBMLString(antimony.getMainModuleName()))


@pytest.fixture(scope="session")
def two_drugs(root: Path) -> str:
    """SBML with every kind of target a dose can have."""
    return sbml_of((root / TWO_DRUGS).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def published(root: Path) -> Path:
    """Folder of the published models."""
    return root / "tests" / "data" / "biomodels"
