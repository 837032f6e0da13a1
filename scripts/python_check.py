"""Can this Python build the project's environment?  Says what to install when it cannot.

With ``--key`` it prints a short name for this Python and this folder, which the Makefile puts
into the names of its stamp files: another Python, or a moved folder, starts a new environment.

Written without any recent syntax: its readers are the Pythons that are too old.
"""

import os
import sys
import zlib

OLDEST, NEWEST = (3, 11), (3, 13)


def complaint():
    """Return what is missing, as sentences, or an empty string."""
    found = sys.version.split()[0]
    if not OLDEST <= tuple(sys.version_info[:2]) <= NEWEST:
        return (
            "equipoise needs Python 3.11, 3.12 or 3.13; " + sys.executable + " is " + found + ".\n"
            "Install one of them and name it, for instance: make PYTHON=python3.12 report\n"
        )
    try:
        import ensurepip  # noqa: F401, PLC0415 (the import is the question)
        import venv  # noqa: F401, PLC0415
    except ImportError as error:
        version = str(sys.version_info[0]) + "." + str(sys.version_info[1])
        return (
            "This Python (" + found + ") cannot make virtual environments: " + str(error) + ".\n"
            "On Debian or Ubuntu install the package python3-venv (or python"
            + version
            + "-venv);\nelsewhere install a Python that comes with ensurepip.\n"
        )
    return ""


def key():
    """Name this Python (minor version) and this folder."""
    folder = zlib.crc32(os.getcwd().encode("utf-8")) & 0xFFFFFFFF  # noqa: PTH109 (old Pythons)
    return "%d.%d-%08x" % (sys.version_info[0], sys.version_info[1], folder)  # noqa: UP031


if __name__ == "__main__":
    problem = complaint()
    if problem:
        sys.stderr.write(problem)
        sys.exit(1)
    if "--key" in sys.argv:
        sys.stdout.write(key() + "\n")
