"""What a hostile or careless person may hand us: one clear answer, and nothing half-done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise.cli import execute
from equipoise.errors import UsageError
from equipoise.new_case import write_case
from equipoise.output_folder import STATE, claimed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_case("teaching", tmp_path)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert execute(["check", str(folder)]) == 4
    return capsys.readouterr().err


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x1b", "\x7f", "\x9b", "\uffff"])
def test_control_characters_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], character: str
) -> None:
    change(folder / "evidence" / "trials.csv", "ALPHA", f"AL{character}PHA")
    message = said(folder, capsys)
    assert f"U+{ord(character):04X}" in message
    assert "trials.csv" in message


def test_control_characters_in_case_toml_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / "case.toml", 'label = "Response"', 'label = "Resp\\u0001onse"')
    assert "U+0001" in said(folder, capsys)


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("seed = 1 ", "seed = " + "9" * 5000 + " #", "case.toml"),
        ("seed = 1 ", "seed = " + "[" * 5000 + " #", "case.toml"),
        ('evidence_date = "2026-01-31"', 'evidence_date = "2026-13-99"', "evidence_date"),
        ('partition = ["delta_os"]', 'partition = ["delta_os"]\ncorrelations = [1.5]', "correl"),
        ('partition = ["delta_os"]', 'partition = ["delta_os"]\nunknown_shares = [1]', "unknown"),
        ("factors_swept = [3, 5, 10]", "factors_swept = [0]", "factors_swept"),
        ("sd = 0.354", "sd = inf", "sd"),
        ("mean = 0.0", "mean = nan", "mean"),
        ('complement_level = "negative"', 'complement_level = "positive"', "complement_level"),
        ('{ name = "negative"', '{ name = "any"', "any"),
        ("smallest_worthwhile = 1.5", "smallest_worthwhile = nan", "smallest_worthwhile"),
        ('id = "response"', f'id = "{"x" * 250}"', "id"),
        ('title = "Exemplin', f'title = "{"x" * 3000}', "title"),
    ],
)
def test_values_without_meaning_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, names: str
) -> None:
    change(folder / "case.toml", old, new)
    assert names in said(folder, capsys)


def test_only_comments_is_not_zero_problems(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "case.toml").write_text("# nothing\n")
    message = said(folder, capsys)
    assert "[case]" in message
    assert "[question]" in message


@pytest.mark.parametrize("number", ["1_0", "9" * 400, "0x10", "1e400", "nan", "0,64"])
def test_numbers_that_are_none(
    folder: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    change(folder / "evidence" / "results.csv", "itt,,24,60,", f'itt,,24,"{number}",')
    assert "n_treatment" in said(folder, capsys)


def test_latin_1_that_is_no_table_either(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "evidence" / "trials.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r").replace(b"BETA", b"BET\xc4"))
    assert "byte 0xc4" in said(folder, capsys)
    path.write_bytes(b"a," + b"x" * 200_000 + b"\xc4\n")
    assert "byte 0xc4" in said(folder, capsys)


@pytest.mark.parametrize("name", ["phenotypes.csv", "ledger.csv"])
def test_a_folder_where_a_file_should_be(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / "evidence" / name).unlink(missing_ok=True)
    (folder / "evidence" / name).mkdir()
    assert name in said(folder, capsys)


def test_kept_results_that_were_tampered_with_are_computed_again(folder: Path) -> None:
    out = folder.parent / "out"
    assert execute(["run", str(folder), "--out", str(out)]) == 0
    right = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and STATE not in p.parts}
    kept = sorted((out / STATE).glob("*.room"))
    for number, path in enumerate(kept):
        content = path.read_bytes()
        path.write_bytes((b"", content[:99], content[:-1] + b"?", b"[" * 99_999)[number % 4])
    kept[0].unlink()
    kept[0].mkdir()
    kept[1].write_bytes(kept[2].read_bytes())
    assert execute(["run", str(folder), "--out", str(out)]) == 0
    assert {path: path.read_bytes() for path in right} == right


def test_a_case_is_found_by_its_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert execute(["run", "teaching/case.toml"]) == 0
    assert (folder.parent / "teaching-dossier" / "dossier.html").is_file()


def test_one_folder_holds_one_case(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert execute(["run", str(folder), "--out", str(out)]) == 0
    other = write_case("other", tmp_path)
    assert execute(["run", str(other), "--out", str(out)]) == 2
    with (
        claimed(tmp_path / "held", "a"),
        pytest.raises(UsageError, match="another run"),
        claimed(tmp_path / "held", "a"),
    ):
        pass


@pytest.mark.parametrize("epoch", ["abc", "1e9", "-1", "9" * 30])
def test_an_epoch_that_is_no_time(
    epoch: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert execute(["--version"]) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert execute(["--version"]) == 0


def test_where_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone" / "far")
    assert execute(["new", "a", "--into", str(tmp_path / "file")]) == 2
    assert execute(["new", "abc\n", "--into", str(tmp_path)]) == 2
    case = write_case("teaching", tmp_path)
    assert execute(["run", str(case), "--out", str(tmp_path / "nowhere")]) == 2
    assert execute(["run", str(case), "--out", str(tmp_path / "file")]) == 2


def test_an_unexpected_error_is_one_message(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("equipoise.evidence.check.check", fail)
    capsys.readouterr()
    assert execute(["check", str(folder)]) == 5
    assert capsys.readouterr().err == "equipoise: KeyError: 'lost'\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_dead_stdout(folder: Path) -> None:
    command = [sys.executable, "-m", "equipoise.cli", "check", str(folder)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, "--json"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert "Traceback" not in done.stderr
    assert done.returncode == 5
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_that_knows_only_ascii(folder: Path) -> None:
    change(folder / "evidence" / "results.csv", "24 of 60 v 20 of 60", "24 of 60 ≤ 20 of 60")
    command = [sys.executable, "-m", "equipoise.cli", "show", "alpha_response"]
    for extra in ([], ["--json"]):
        done = subprocess.run(
            [*command, "--case", str(folder), *extra],
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.70,0.47,1.05", "0.70,0.69,0.71"),
        ("0.70,0.47,1.05", "0.98,0.80,1.20"),
    ],
)
def test_a_complement_the_numbers_do_not_allow(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    change(folder / "evidence" / "results.csv", old, new)
    message = said(folder, capsys)
    assert "delta-os" in message
    assert "delta_os_positive" in message
