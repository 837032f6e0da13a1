"""Simulations as SED-ML Level 1 Version 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from equipoise.mechanism.standards.archive_parts import TimeCourse
from equipoise.mechanism.standards.sbml_model import SbmlModel
from equipoise.mechanism.standards.xml_writing import document

SEDML = "http://sed-ml.org/sed-ml/level1/version4"
MATHML = "http://www.w3.org/1998/Math/MathML"
CVODE, RELATIVE, ABSOLUTE = "KISAO:0000019", "KISAO:0000209", "KISAO:0000211"
ROOT = "/sbml:sbml/sbml:model"


def sedml(
    model: SbmlModel,
    source: str,
    simulations: Sequence[TimeCourse],
    switches: Mapping[str, str],
    tolerances: tuple[float, float],
) -> bytes:
    """Describe the simulations: a model, a time course, a task, a report and a plot for each.

    Parameters
    ----------
    model : SbmlModel
        What `source` holds.
    source : str
        Name of the SBML file in the archive.
    simulations : sequence of TimeCourse
    switches : dict of str to str
        Parameter that turns the doses of a simulation on.
    tolerances : (float, float)
        Relative and absolute.
    """
    core = f"http://www.sbml.org/sbml/level{model.level}/version{model.version}"
    space = core + "/core" if model.level >= 3 else core
    root = Element("sedML", {"xmlns": SEDML, "xmlns:sbml": space, "level": "1", "version": "4"})
    lists = {
        name: SubElement(root, f"listOf{name}")
        for name in ("Models", "Simulations", "Tasks", "DataGenerators", "Outputs")
    }
    language = f"urn:sedml:language:sbml.level-{model.level}.version-{model.version}"
    for one in simulations:
        values = dict(one.values)
        if one.id in switches:
            values[switches[one.id]] = 1.0
        changed = SubElement(
            lists["Models"], "model", id=f"model_{one.id}", language=language, source=source
        )
        _changes(changed, values)
        _time_course(lists["Simulations"], one, tolerances)
        SubElement(
            lists["Tasks"],
            "task",
            id=f"task_{one.id}",
            name=one.name or one.id,
            modelReference=f"model_{one.id}",
            simulationReference=f"simulation_{one.id}",
        )
        _generators(lists["DataGenerators"], one, model)
        _outputs(lists["Outputs"], one)
    return document(root)


def _changes(changed: Element, values: Mapping[str, float]) -> None:
    if values:
        changes = SubElement(changed, "listOfChanges")
        for name, value in values.items():
            target = f"{ROOT}/sbml:listOfParameters/sbml:parameter[@id='{name}']/@value"
            SubElement(changes, "changeAttribute", target=target, newValue=repr(float(value)))


def _time_course(parent: Element, one: TimeCourse, tolerances: tuple[float, float]) -> None:
    course = SubElement(
        parent,
        "uniformTimeCourse",
        id=f"simulation_{one.id}",
        initialTime="0",
        outputStartTime="0",
        outputEndTime=repr(float(one.end)),
        numberOfSteps=str(one.points - 1),
    )
    algorithm = SubElement(course, "algorithm", kisaoID=CVODE)
    parameters = SubElement(algorithm, "listOfAlgorithmParameters")
    for kisao, value in zip((RELATIVE, ABSOLUTE), tolerances, strict=True):
        SubElement(parameters, "algorithmParameter", kisaoID=kisao, value=repr(float(value)))


def _generators(parent: Element, one: TimeCourse, model: SbmlModel) -> None:
    kinds = (
        ("Species", "species", model.species),
        ("Parameters", "parameter", model.parameters),
        ("Compartments", "compartment", model.compartments),
        ("Reactions", "reaction", model.reactions),
    )
    for name in ("time", *one.outputs):
        generator = SubElement(parent, "dataGenerator", id=f"data_{one.id}_{name}", name=name)
        variable = f"variable_{one.id}_{name}"
        where = {"symbol": "urn:sedml:symbol:time"}
        for kind, element, ids in kinds:
            if name in ids:
                path = f"{ROOT}/sbml:listOf{kind}/sbml:{element}[@id='{name}']"
                where = {"target": path}
        variables = SubElement(generator, "listOfVariables")
        SubElement(
            variables, "variable", {"id": variable, "taskReference": f"task_{one.id}", **where}
        )
        math = SubElement(generator, "math", xmlns=MATHML)
        SubElement(math, "ci").text = variable


def _outputs(parent: Element, one: TimeCourse) -> None:
    label = one.name or one.id
    report = SubElement(parent, "report", id=f"report_{one.id}", name=label)
    sets = SubElement(report, "listOfDataSets")
    for name in ("time", *one.outputs):
        data = f"data_{one.id}_{name}"
        SubElement(sets, "dataSet", id=f"set_{one.id}_{name}", label=name, dataReference=data)
    plot = SubElement(parent, "plot2D", id=f"plot_{one.id}", name=label)
    SubElement(plot, "xAxis", id=f"x_{one.id}", type="linear")
    SubElement(plot, "yAxis", id=f"y_{one.id}", type="linear")
    curves = SubElement(plot, "listOfCurves")
    for order, name in enumerate(one.outputs):
        SubElement(
            curves,
            "curve",
            id=f"curve_{one.id}_{name}",
            name=name,
            order=str(order),
            xDataReference=f"data_{one.id}_time",
            yDataReference=f"data_{one.id}_{name}",
        )
