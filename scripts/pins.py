"""Write constraints.txt: what a clean environment with the core and every extra resolves to.

Run by ``make pins``. The oldest supported Python decides, because newer releases of numpy and
scipy drop it first while the versions it gets also serve the newer Pythons.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+")


def main() -> int:
    """Resolve core and extras together and write the pins, sorted by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = re.search(r">=(\d+)\.(\d+)", project["requires-python"])
    if oldest is None or sys.version_info[:2] != tuple(map(int, oldest.groups())):
        wanted = ".".join(oldest.groups()) if oldest else "?"
        print(f"make pins needs the oldest supported Python: make PYTHON=python{wanted} pins")
        return 1
    extras = ",".join(sorted(project.get("optional-dependencies", {})))
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
        subprocess.run([*pip, "install", "-qq", f"{ROOT}[{extras}]"], check=True)
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True)
    pins = [line for line in frozen.stdout.splitlines() if PIN.fullmatch(line)]
    target = ROOT / "constraints.txt"
    target.write_text("".join(f"{pin}\n" for pin in sorted(pins, key=str.lower)))
    print(f"{target.name}: {len(pins)} pins")
    return 0


if __name__ == "__main__":
    sys.exit(main())
