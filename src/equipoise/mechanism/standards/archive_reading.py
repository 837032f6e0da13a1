"""Open a COMBINE archive: the model and the time courses that it describes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from equipoise.errors import InputError, Problem
from equipoise.mechanism.standards.archive_parts import TimeCourse
from equipoise.mechanism.standards.sbml_model import SbmlModel, parse_sbml
from equipoise.mechanism.standards.xml_reading import (
    MOST_BYTES,
    child,
    children,
    local,
    parse_xml,
)

MOST_MEMBERS = 1000
BY_ID = re.compile(r"""\[@id=['"]([^'"]+)['"]\](/@value)?$""")


@dataclass(frozen=True)
class ReadArchive:
    """What an archive holds.

    Attributes
    ----------
    model : SbmlModel
        The one that the simulations use; its events give the doses.
    simulations : tuple of TimeCourse
        Without doses of their own.
    members : dict of str to bytes
        Every file.
    """

    model: SbmlModel
    simulations: tuple[TimeCourse, ...]
    members: Mapping[str, bytes] = field(repr=False)


def read_archive(path: str | Path) -> ReadArchive:
    """Read an archive whose simulations are uniform time courses of one SBML file.

    Run one with ``simulate_sbml(with_values(model, one.values), one.end, one.points)``.

    Raises
    ------
    InputError
        If the file is no such archive, a member is too large or lies outside the archive, or the
        SED-ML asks for more than uniform time courses with other values of parameters.
    """
    place = Path(path)
    members = _members(place)
    described = sorted(name for name in members if name.endswith(".sedml"))
    if len(described) != 1:
        shown = ", ".join(described) or "none"
        raise _refusal(place.name, "*.sedml", shown, "one SED-ML file", "Split the archive.")
    root = parse_xml(members[described[0]], described[0])
    sources = sorted({one.get("source", "") for one in children(child(root, "listOfModels"))})
    names = [source.removeprefix("./") for source in sources]
    if len(names) != 1 or names[0] not in members:
        shown = ", ".join(names) or "none"
        raise _refusal(described[0], "source", shown, "one SBML file inside", "Split it.")
    model = parse_sbml(members[names[0]], names[0])
    return ReadArchive(model, _time_courses(root, described[0]), members)


def _members(place: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(place) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _bounded(place.name, infos)
            return {info.filename: archive.read(info) for info in infos}
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        action = "Name a COMBINE archive (*.omex)."
        raise _refusal(place.name, "", str(error), "a ZIP file", action) from error


def _bounded(file: str, infos: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in infos)
    if len(infos) > MOST_MEMBERS or total > MOST_BYTES:
        shown = f"{len(infos)} files, {total:,} bytes"
        allowed = f"at most {MOST_MEMBERS} files and {MOST_BYTES:,} bytes"
        raise _refusal(file, "", shown, allowed, "Leave out what is not needed.")
    for info in infos:
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in info.filename:
            raise _refusal(file, "", info.filename, "paths inside the archive", "Rename it.")


def _time_courses(root: Element, file: str) -> tuple[TimeCourse, ...]:
    models = {one.get("id"): one for one in children(child(root, "listOfModels"))}
    courses = {one.get("id"): one for one in children(child(root, "listOfSimulations"))}
    outputs: dict[str | None, list[str]] = {}
    for generator in children(child(root, "listOfDataGenerators")):
        for variable in children(child(generator, "listOfVariables")):
            found = BY_ID.search(variable.get("target", ""))
            if found:
                outputs.setdefault(variable.get("taskReference"), []).append(found[1])
    read = []
    for task in children(child(root, "listOfTasks")):
        name = task.get("id", "")
        model = models.get(task.get("modelReference"))
        course = courses.get(task.get("simulationReference"))
        if model is None or course is None or local(course) != "uniformTimeCourse":
            allowed = "a task with a model and a uniform time course"
            raise _refusal(file, name, local(task), allowed, "Run it in another tool.")
        read.append(_time_course(task, model, course, outputs.get(name, []), file))
    return tuple(read)


def _time_course(
    task: Element, model: Element, course: Element, outputs: list[str], file: str
) -> TimeCourse:
    name = task.get("id", "").removeprefix("task_")
    values = {}
    try:
        for change in children(child(model, "listOfChanges")):
            found = BY_ID.search(change.get("target", ""))
            if local(change) != "changeAttribute" or found is None or not found[2]:
                allowed = "changeAttribute of a parameter's value"
                raise _refusal(file, name, local(change), allowed, "Run it in another tool.")
            values[found[1]] = float(change.get("newValue", ""))
        start = float(course.get("outputStartTime", "nan"))
        end = float(course.get("outputEndTime", "nan"))
        steps = int(course.get("numberOfSteps", course.get("numberOfPoints", "")))
    except ValueError as error:
        raise _refusal(file, name, str(error), "numbers", "Correct the SED-ML.") from error
    if start != 0.0:
        raise _refusal(file, name, f"start {start:g}", "0", "Run it in another tool.")
    return TimeCourse(name, end, steps + 1, tuple(outputs), (), values, task.get("name", ""))


def _refusal(file: str, row: str, value: str, allowed: str, action: str) -> InputError:
    return InputError([Problem(file, row, "", value, allowed, action)])
