"""What ``audiogan doctor`` prints."""

from __future__ import annotations

import pytest
import torch

from audiogan.cli import diagnosis, main
from audiogan.cli.diagnosis import Selection, huge_pages, lstm_table
from audiogan.lstm import cpu, dispatch

Capture = pytest.CaptureFixture[str]
CPU = torch.device("cpu")


def rows(output: str, title: str) -> list[str]:
    lines = output[output.index(f"{title}\n") :].split("\n\n")[0].splitlines()
    return [" ".join(line.split()) for line in lines[2:]]


def test_the_machine_and_the_chosen_implementations_are_told(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(dispatch.VARIABLE, raising=False)
    assert main(["doctor"]) == 0
    output = capsys.readouterr().out
    machine = rows(output, "This machine")
    assert f"torch {torch.__version__}" in machine
    assert any(row.startswith(f"threads {torch.get_num_threads()} of ") for row in machine)
    assert any(row.startswith("huge pages ") for row in machine)
    chosen = dispatch.choose(CPU, torch.float32)
    form = "" if chosen.variant() is None else f" ({chosen.variant()})"
    assert any(row.startswith(f"cpu float32 {chosen.name}{form} triton: ") for row in rows(output, "LSTM"))


def test_a_slower_form_and_a_limit_are_told(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(dispatch.VARIABLE, raising=False)
    reasons = {"triton": "needs an NVIDIA GPU", "cpu": None, "reference": None}
    monkeypatch.setattr(diagnosis, "reasons_against", lambda device, dtype: reasons)
    monkeypatch.setattr(cpu.CPU, "variant", lambda self: "x86-64-v3")
    monkeypatch.setattr(cpu.CPU, "drawback", lambda self: "v4.so is incomplete: 5 of 9 bytes")
    monkeypatch.setattr(cpu.CPU, "largest_hidden", 64)
    assert main(["doctor"]) == 0
    assert rows(capsys.readouterr().out, "LSTM")[:3] == [
        "cpu float32 cpu (x86-64-v3) triton: needs an NVIDIA GPU",
        "cpu: v4.so is incomplete: 5 of 9 bytes",
        "beyond 64 hidden units: a slower one",
    ]


def test_every_faster_implementation_is_told_with_its_reason(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(dispatch.VARIABLE, raising=False)
    reasons = {"triton": "needs an NVIDIA GPU", "cpu": "no compiled library found", "reference": None}
    monkeypatch.setattr(diagnosis, "reasons_against", lambda device, dtype: reasons)
    assert main(["doctor"]) == 0
    assert rows(capsys.readouterr().out, "LSTM")[:2] == [
        "cpu float32 reference triton: needs an NVIDIA GPU",
        "cpu: no compiled library found",
    ]


def test_the_fastest_has_no_reason() -> None:
    table = lstm_table([Selection(CPU, torch.float64, "triton", ())])
    assert table.rows == [("cpu", "float64", "triton", "the fastest there is")]


def test_a_variable_that_chooses_is_told(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dispatch.VARIABLE, "reference")
    assert main(["doctor"]) == 0
    assert rows(capsys.readouterr().out, "LSTM")[0] == "cpu float32 reference AUDIOGAN_LSTM=reference"


def test_a_variable_that_names_nothing_is_told(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dispatch.VARIABLE, "referenec")
    assert main(["doctor"]) == 1
    assert rows(capsys.readouterr().out, "LSTM")[0] == (
        "cpu float32 none AUDIOGAN_LSTM=referenec: the LSTM has no such implementation; did you mean 'reference'? "
        "known: cpu, reference, triton"
    )


@pytest.mark.parametrize(
    ("variable", "kernel_setting", "told"),
    [
        ("1", None, "not offered by this system"),
        ("1", "never", "off (kernel: never)"),
        (None, "always", "on (kernel: always)"),
        ("1", "madvise", "on (THP_MEM_ALLOC_ENABLE=1, kernel: madvise)"),
        ("0", "madvise", "off; set THP_MEM_ALLOC_ENABLE=1 (kernel: madvise)"),
    ],
)
def test_huge_pages_depend_on_the_kernel_and_on_torchs_variable(
    variable: str | None, kernel_setting: str | None, told: str
) -> None:
    assert huge_pages(variable, kernel_setting) == told
