"""Command line: thin; it calls the library and holds no statistics."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from equipoise import __version__
from equipoise.command_failure import check_epoch, failed, prepare_streams, silence_stdout
from equipoise.errors import (
    EXIT_COMPUTATION,
    EXIT_DONE,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    EquipoiseError,
    UsageError,
)
from equipoise.terminal import with_progress, write

app = App(
    name="equipoise",
    version=__version__,
    suppress_keyboard_interrupt=False,
    help="From the scattered trials of a repurposed drug to the study that would settle it.",
    help_epilogue=(
        "Exit codes: 0 done, 1 findings of severity error, 2 usage, 3 missing extra, "
        "4 bad input, 5 computation failed, 130 interrupted.\n\n"
        "Research use only, not medical advice."
    ),
)

Json = Annotated[
    bool, Parameter(name="--json", negative="", help="Answer with one JSON object on stdout.")
]


@app.command
def new(name: str, *, into: Path = Path(), json: Json = False) -> int:
    """Write a small commented case that runs, to be filled with your own evidence.

    Parameters
    ----------
    name
        Name of the case and of the folder made for it: lower-case letters, digits and hyphens.
    into
        Folder in which to make it.
    """
    from equipoise.new_case import write_case

    folder = write_case(name, into)
    answer = {"folder": str(folder), "next": f"equipoise run {folder}"}
    _answer("new", json, answer, f"{folder}\nRun it: equipoise run {folder}")
    return EXIT_DONE


@app.command
def check(case: str, *, json: Json = False) -> int:
    """Check the arithmetic of every printed number; exit 1 if any is contradicted.

    Parameters
    ----------
    case
        Name of a packaged case, or its folder.
    """
    from equipoise.case import load_case
    from equipoise.evidence.check import check as run_rules
    from equipoise.report.answers import findings_answer, findings_text
    from equipoise.synthesis import synthesise

    loaded = load_case(case)
    synthesise(loaded.evidence, loaded.question, loaded.plan)  # refuses what `run` would refuse
    findings = run_rules(loaded.evidence, loaded.question)
    _answer("check", json, findings_answer(findings), findings_text(findings))
    return EXIT_FINDINGS if any(f.severity == "error" for f in findings) else EXIT_DONE


@app.command
def run(case: str, *, out: Path | None = None, fresh: bool = False, json: Json = False) -> int:
    """Run a case to its dossier: HTML, JSON, CSV tables and figures.

    Parameters
    ----------
    case
        Name of a packaged case, or its folder.
    out
        Output folder; by default ./CASE-dossier. A non-empty folder that equipoise did not
        write is refused.
    fresh
        Compute everything again, ignoring the room results kept in the output folder.
    """
    from equipoise.case import find_case, load_case
    from equipoise.output_folder import check_output_folder
    from equipoise.report.answers import dossier_answer
    from equipoise.run import run_case

    folder = find_case(case)
    target = out or Path(f"{Path(str(folder)).resolve().name}-dossier")
    check_output_folder(target, folder if isinstance(folder, Path) else None)
    loaded = load_case(folder)
    dossier = with_progress(
        f"equipoise run {loaded.name}",
        lambda step: run_case(loaded, target, fresh=fresh, progress=step),
    )
    page = target / "dossier.html"
    _answer("run", json, dossier_answer(dossier, target), str(page))
    return EXIT_DONE


@app.command
def show(identifier: str, *, case: str | None = None, json: Json = False) -> int:
    """Show everything known of one number: row, quote, source, and what used it.

    Parameters
    ----------
    identifier
        Id of an evidence row or of a result, as printed in the dossier.
    case
        Name of a packaged case, or its folder. By default the packaged cases are searched.
    """
    from equipoise.report.answers import trace_answer, trace_text
    from equipoise.report.trace import trace
    from equipoise.run import dossier_with

    found = trace(dossier_with(identifier, case), identifier)
    _answer("show", json, trace_answer(found), trace_text(found))
    return EXIT_DONE


@app.command
def retrodict(cases: Path, *, json: Json = False) -> int:
    """Score what the method would have said of past questions whose answer is now known.

    Parameters
    ----------
    cases
        JSON file of past questions: the evidence before a cutoff, and the later result.
    """
    from equipoise.synthesis.retrodiction import (
        read_cases,
        retrodiction_answer,
        retrodiction_text,
    )
    from equipoise.synthesis.retrodiction import retrodict as score

    result = score(read_cases(cases))
    _answer("retrodict", json, retrodiction_answer(result), retrodiction_text(result))
    return EXIT_DONE


@app.command
def design(case: str, *, workers: int = 1, scheduler: str = "threads", json: Json = False) -> int:
    """Rank the studies that a case could do next, and write a synopsis of the best trial.

    Parameters
    ----------
    case
        Name of a packaged case, or its folder; its case.toml needs a [design] section.
    workers
        Threads or processes that share the simulation; the numbers are the same for any.
    scheduler
        `threads`, `processes`, or `tcp://host:port` of a Dask cluster (extra `cluster`).
    """
    from equipoise.case import load_case
    from equipoise.design.answer import design_answer, design_text
    from equipoise.design.choice.bench import Crew
    from equipoise.run import assembled

    loaded = load_case(case)
    if loaded.studies is None:
        raise UsageError(f"{loaded.name} has no [design] section: docs/case.md describes it.")
    crew = Crew(workers, scheduler)
    dossier = with_progress(
        f"equipoise design {loaded.name}",
        lambda step: assembled(loaded, step, crew, simulated=False),
    )
    _answer("design", json, design_answer(dossier.design), design_text(dossier.design))
    return EXIT_DONE


@app.command(help_flags=[], version_flags=[])
def patient(
    *words: Annotated[str, Parameter(allow_leading_hyphen=True)], json: Json = False
) -> int:
    """Tell one patient's absolute benefit and harm, and how much of the answer is prior.

    Research use only, not medical advice.

    Parameters
    ----------
    words
        CASE and what is known of the patient, as --NAME=VALUE. The names come from the case:
        `equipoise patient CASE --help` lists them with their allowed values.
    """
    if not words or words[0] in {"--help", "-h"}:
        app.help_print(["patient"])
        return EXIT_DONE if words else EXIT_USAGE
    from equipoise.ask_patient import ask_patient

    answer, text = ask_patient(words[0], words[1:])
    _answer("patient", json and answer is not None, answer or {}, text)
    return EXIT_DONE


@app.command
def simulate(
    case: str,
    *,
    regimen: str | None = None,
    table: Path | None = None,
    days: float | None = None,
    patients: int = 1000,
    stratum_share: float | None = None,
    rival: str | None = None,
    seed: int | None = None,
    workers: int = 1,
    archive: Path | None = None,
    json: Json = False,
) -> int:
    """Simulate any regimen in virtual patients, with and without the drug in question.

    Research use only, not medical advice. Simulated, never observed. See docs/mechanism.md.

    Parameters
    ----------
    case
        Name of a packaged case, or its folder; its case.toml needs a [mechanism] section.
    regimen
        Name of a regimen of the case or of the table, or several joined by +.
    table
        Your own dosing table, with the columns of mechanism/regimens.csv.
    days
        Day of surgery, from the first dose; by default that of the regimen.
    patients
        Number of virtual patients.
    stratum_share
        Share of patients with the stratum on which the case's sensitivities differ.
    rival
        Id of a rival in mechanism/rivals.csv; by default the one that parameters.csv switches on.
    seed
        Seed of the patients; by default that of the case.
    workers
        Threads; the numbers are the same for any.
    archive
        Also write model, doses and a PEtab problem to this file (.omex), for other tools.
    """
    from equipoise.ask_arms import ArmRequest, ask_arms

    asked = ArmRequest(regimen, table, days, patients, stratum_share, rival, seed, workers, archive)
    answer, text = with_progress(
        f"equipoise simulate {case}", lambda say: ask_arms(case, asked, say)
    )
    _answer("simulate", json, answer, text)
    return EXIT_DONE


def _answer(command: str, as_json: bool, answer: dict[str, Any], text: str) -> None:
    """Write the answer of a command: one JSON object, or text."""
    if as_json:
        from equipoise.report.answers import to_json

        text = to_json(command, answer)
    write(sys.stdout, text)


def execute(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    as_json = any(word.partition("=")[0] == "--json" for word in arguments)
    try:
        check_epoch()
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return failed(error, EXIT_USAGE, as_json)
    except EquipoiseError as error:
        return failed(error, error.exit_code, as_json)
    except KeyboardInterrupt:
        return failed("interrupted; what was finished is kept", EXIT_INTERRUPTED, as_json)
    except BrokenPipeError:
        silence_stdout()
        return EXIT_DONE
    except Exception as error:  # the last door: whatever failed, one message and one code
        return failed(f"{type(error).__name__}: {error}", EXIT_COMPUTATION, as_json)
    return code if isinstance(code, int) else EXIT_DONE


def main() -> None:
    """Entry point of the ``equipoise`` command."""
    prepare_streams(plain="--json" not in sys.argv)
    sys.exit(execute(sys.argv[1:]))


if __name__ == "__main__":
    main()
